"""The versions of a draft: who made them, when and why; a new one from a file or from a template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from connectors.conversion.operations import draft_of
from engine.clock import VIETNAM
from engine.directory import queries as directory
from engine.documents import formats
from engine.documents.editing import Upload
from engine.documents.models import Document
from engine.documents.text import fold
from engine.drafts import commands, queries, rules, signers
from engine.errors import InvalidInput, NotAllowed
from engine.instances.mending.signers import LONGEST_REASON, choose_signer
from engine.platform import Verdict
from web.session import actor, now, platform

screen = Blueprint("drafting", __name__)


@screen.route("/documents/<int:outgoing_id>/drafts", methods=["GET", "POST"])
def versions(outgoing_id: int) -> Any:
    """List every version of a draft, the newest first; take in a new one with why it was made."""
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        with platform().reading() as session:
            queries.draft_of(session, actor(), outgoing_id)
        errors = _add(outgoing_id)
        if not errors:
            flash(_("Đã thêm bản dự thảo. Các bản trước vẫn còn."), "done")
            return redirect(url_for("drafting.versions", outgoing_id=outgoing_id), 303)
    with platform().reading() as session:
        found = queries.draft_of(session, actor(), outgoing_id)
        every = queries.versions(session, found)
        own = queries.templates(session, found.agency_id).get(found.type_name)
        lacking = _lacking(session, found)
    page = render_template(
        "drafting/versions.html", document=found, versions=every, own=own, lacking=lacking, errors=errors,
        may=rules.may_draft(actor(), found), origin=origin, sent=request.form if errors else {}, slug=slug,
        signed_from=queries.signed_from(every), may_take={each.key: _may_take(found, each) for each in every},
        unoffered=_unoffered(found, len(every)),
    )  # fmt: skip
    return page, 422 if errors else 200


def _may_take(found: Document, each: queries.Version) -> Verdict:
    return rules.may_take_text(actor(), found, each.file.media_type if each.file is not None else formats.WORD)


def _unoffered(found: Document, versions: int) -> list[tuple[str, Verdict]]:
    """Return what can be done about a draft; the page says why of what the rules don't allow."""
    draft = rules.may_draft(actor(), found)
    return [
        (_("So sánh hai bản"), rules.may_compare("1", "2", versions)), (_("Tạo dự thảo từ mẫu"), draft),
        (_("Tải bản mới lên"), draft), (_("Lấy nội dung tệp Word làm nội dung văn bản"), draft),
        (_("Chọn người ký khác"), signers.may_choose(actor(), found)), (_("Ký số"), rules.may_sign(actor(), found)),
    ]  # fmt: skip


def _add(outgoing_id: int) -> Mapping[str, str]:
    """Take in the file that was sent; what is wrong, by field."""
    file = request.files.get("file")
    content = file.read() if file is not None else b""
    if not content:
        return {"file": _("Chọn tệp dự thảo.")}
    upload = Upload(file.filename or "du-thao" if file else "du-thao", content)
    try:
        platform().run(actor(), commands.add_version, outgoing_id, upload, request.form.get("reason", ""))
    except InvalidInput as error:
        return error.fields or {"file": str(error)}
    return {}


@screen.route("/documents/<int:outgoing_id>/signer", methods=["GET", "POST"])
def signer(outgoing_id: int) -> Any:
    """Say who is to sign a draft and in which capacity, whether they still can, and name another (ND30-13)."""
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        chosen = request.form.get("signer_id", "")
        person_id = int(chosen) if chosen.isdigit() and len(chosen) < 19 else None
        try:
            platform().run(actor(), choose_signer, outgoing_id, person_id, request.form.get("reason", ""))
        except InvalidInput as error:
            errors = error.fields or {"signer_id": str(error)}
        else:
            flash(_("Đã ghi người ký. Dự thảo đi tiếp với người ký này."), "done")
            return redirect(url_for("documents.document", document_id=outgoing_id), 303)
    on = directory.today(now())
    with platform().reading() as session:
        found = queries.draft_of(session, actor(), outgoing_id)
        stopped = signers.problem(session, found, on)
        may = signers.may_choose(actor(), found)
        people = signers.candidates(session, found, on) if may else ()
    page = render_template(
        "drafting/signer.html", document=found, stopped=stopped, may=may, people=people, errors=errors,
        sent=request.form if errors else {}, longest=LONGEST_REASON,
    )  # fmt: skip
    return page, 422 if errors else 200


@screen.post("/documents/<int:outgoing_id>/drafts/from-template")
def from_template(outgoing_id: int) -> Any:
    """Fill the template of the document's kind with its fields; it becomes a new version (ND30-10.2)."""
    from connectors.conversion.templates.filling import fill, values_of
    from connectors.conversion.templates.standard import standard_template

    with platform().reading() as session:
        found = queries.draft_of(session, actor(), outgoing_id)
        draft = draft_of(session, found, now().astimezone(VIETNAM).year)
        own = queries.templates(session, found.agency_id).get(found.type_name)
    if own is not None and request.form.get("template") != "standard":
        called = _("mẫu của cơ quan, bản %(edition)s", edition=own.edition)
        template = platform().files.get(own.file_hash)
    else:
        template, called = standard_template(found.type_name), _("mẫu chuẩn Nghị định 30")
    upload = Upload(f"du-thao-{slug(found.type_name)}.docx", fill(template, values_of(draft)))
    reason = _("Tạo từ mẫu %(kind)s (%(called)s)", kind=found.type_name.lower(), called=called)
    platform().run(actor(), commands.add_version, outgoing_id, upload, reason, origin="template", template=called)
    flash(_("Đã tạo dự thảo từ mẫu. Tải về để sửa tiếp, rồi tải bản đã sửa lên."), "done")
    return redirect(url_for("drafting.versions", outgoing_id=outgoing_id), 303)


@screen.post("/documents/<int:outgoing_id>/drafts/<int:draft_file_id>/take")
def take_text(outgoing_id: int, draft_file_id: int) -> Any:
    """Make what a Word version says the text of the document."""
    from connectors.conversion.checking.body import body_of

    with platform().reading() as session:
        found = queries.draft_of(session, actor(), outgoing_id)
        file = queries.file_of(session, found, draft_file_id)
    if not (may := rules.may_take_text(actor(), found, file.media_type)):
        raise NotAllowed(may.reason)
    body = body_of(platform().files.get(file.file_hash))
    platform().run(actor(), commands.take_text, outgoing_id, draft_file_id, body)
    flash(_("Đã lấy nội dung tệp Word làm nội dung văn bản. PDF để ký được dựng từ nội dung này."), "done")
    return redirect(url_for("drafting.versions", outgoing_id=outgoing_id), 303)


def _lacking(session: Session, found: Document) -> list[str]:
    """Return what a template would have to leave open."""
    draft = draft_of(session, found, 2000)
    places = draft.addressees or draft.recipients
    given = {
        _("người ký"): draft.signer_name, _("nơi nhận"): "x" if places else "", _("nội dung"): draft.body.strip(),
        _("địa danh của cơ quan"): draft.place,
    }  # fmt: skip
    return [name for name, value in given.items() if not value]


def origin(version: queries.Version) -> str:
    """Return how a version came about, in words."""
    said = {
        "text": _("Nội dung nhập trên hệ thống"), "uploaded": _("Tệp tải lên"), "template": _("Tạo từ mẫu"),
        "rendered": _("PDF dựng để kiểm tra và ký"), "signed": _("PDF đã ký số cá nhân"),
        "sealed": _("PDF đã ký số cơ quan"),
    }  # fmt: skip
    return said.get(version.origin, _("Tệp"))


def slug(name: str) -> str:
    """Return a kind's name as it stands in addresses: quyet-dinh."""
    return fold(name).replace(" ", "-")
