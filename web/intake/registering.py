"""Registering one document: from a scan, its pages beside the form, or typed for what came another way."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.documents.editing import Upload
from engine.documents.models import Document
from engine.errors import Conflict, InvalidInput
from engine.forms.views import FormView
from engine.instances import cases
from engine.intake import clearing, commands, proposing, queries
from engine.intake.duplicates import Likeness
from engine.intake.models import RegistrationForm, Scan
from engine.tasks import queries as worklists
from web.intake import entry
from web.intake.routes import require_clerk, screen
from web.layout.forms import posted
from web.session import actor, now, platform

KEEP, NEXT = "keep-form", "next"


@dataclass
class Page:
    """What a page of registration shows besides its scan."""

    view: FormView
    sent: Mapping[str, Any] | None = None
    likenesses: list[Likeness] = field(default_factory=list)
    forms: list[RegistrationForm] = field(default_factory=list)
    offers: bool = False
    reason: str = ""
    once: str = ""
    form_error: str = ""
    form_name: str = ""


@screen.route("/documents/incoming/new", methods=["GET", "POST"])
def new() -> Any:
    """Take in a document that came by another way than the axis or the scanner; for the registry clerk."""
    require_clerk()
    if request.method == "POST":
        return _typed()
    with platform().reading() as session:
        kept = _chosen(session)
        view = entry.TYPED.view(None, entry.context(entry.begins_with({}, kept)), {})
        forms = list(queries.forms(session, actor()))
    return _new(Page(view, forms=forms, once=secrets.token_hex(12)))


def _typed() -> Any:
    sent, once = posted(entry.TYPED), _once()
    if request.form.get("do") == KEEP:
        return _keep_form(sent, None)
    wanted = request.form.get("convert") == "1"
    found = entry.convert(sent, wanted)
    main: Upload | None = None
    try:
        answers = _checked(sent, entry.TYPED, found)
        main, files = entry.read_files(answers, wanted, found)
        late = entry.catch_up(answers)
        given = {**_filled(answers), "agency_id": actor().agency_id, "main_file": main, "files": files}
        given["catch_up"] = late
        document, new_one = platform().run(
            actor(), cases.begin_once, once, duplicate_reason=_reason(), originals=found.originals, **given
        )
    except InvalidInput as refused:
        return _new(_again(refused, sent, found, main=main, once=once)), 422
    return _begun(document, new_one)


@screen.route("/intake/<int:scan_id>", methods=["GET", "POST"])
def scan(scan_id: int) -> Any:
    """Show the pages of a scan beside the form with what they propose, and register it when a clerk confirms."""
    require_clerk()
    with platform().reading() as session:
        row = queries.scan(session, actor(), scan_id)
        kept = _chosen(session)
        forms = list(queries.forms(session, actor()))
    if row.document_id is not None:
        flash(_("Bản quét này đã được tiếp nhận."), "done")
        return redirect(url_for("documents.document", document_id=row.document_id), 303)
    if request.method == "POST":
        return _scanned(row)
    values = entry.begins_with(row.proposals, kept, row.page_amount)
    with platform().reading() as session:
        likenesses = entry.alike(session, values, row) if row.file_hash else []
    view = entry.SCANNED.view(None, entry.context(values), {})
    return _scan(row, Page(view, forms=forms, likenesses=likenesses))


def _scanned(row: Scan) -> Any:
    sent = posted(entry.SCANNED)
    if request.form.get("do") == KEEP:
        return _keep_form(sent, row)
    wanted = request.form.get("convert") == "1"
    found = entry.convert(sent, wanted)
    try:
        answers = _checked(sent, entry.SCANNED, found)
        _main, files = entry.read_files(answers, wanted, found)
        certify = bool(answers.pop("certify", False))
        late = entry.catch_up(answers)
        document, new_one = platform().run(
            actor(), cases.begin_scanned, row.id, certify=certify, duplicate_reason=_reason(),
            originals=found.originals, files=files, catch_up=late, **_filled(answers),
        )  # fmt: skip
    except InvalidInput as refused:
        return _scan(row, _again(refused, sent, found, row=row)), 422
    except Conflict as refused:  # still being read, or settled in another tab: what was typed stays
        return _scan(row, _again(InvalidInput(str(refused), {"scan": str(refused)}), sent, found, row=row)), 409
    return _begun(document, new_one, _next(row.id) if request.form.get("do") == NEXT else None)


def _next(scan_id: int) -> Any:
    """Lead to the scan that waits behind this one, then to those before it; to the list when none is left."""
    with platform().reading() as session:
        waiting = [each.id for each in queries.scans(session, actor(), ("read", "waiting")) if each.id != scan_id]
    outage = request.form.get("outage", type=int) or request.args.get("outage", type=int)
    if not waiting:
        return url_for("intake.index", outage=outage)
    after = next((each for each in waiting if each > scan_id), waiting[0])
    return url_for("intake.scan", scan_id=after, outage=outage)


def _checked(sent: dict[str, Any], form: Any, found: entry.Converted) -> dict[str, Any]:
    entry.refuse_offers(found)
    answers: dict[str, Any] = form.validate(sent, entry.context())
    entry.refuse_secrets(answers)
    entry.refuse_impossible(answers)
    return answers


def _filled(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answers.items() if value is not None}


def _reason() -> str:
    return request.form.get("duplicate_reason", "").strip()


def _once() -> str:
    """The key of the page that was sent; a page without one counts as never sent before."""
    sent = request.form.get("_once", "")
    return sent if re.fullmatch("[0-9a-f]{24}", sent) else secrets.token_hex(12)


def _chosen(session: Any) -> RegistrationForm | None:
    wanted = request.args.get("form", type=int)
    return queries.form(session, actor(), wanted) if wanted is not None else None


def _again(
    refused: InvalidInput, sent: dict[str, Any], found: entry.Converted, *, row: Scan | None = None,
    main: Upload | None = None, once: str = "",
) -> Page:  # fmt: skip
    """The page once more with what was typed, what is wrong, and what it may be the same as."""
    errors = dict(refused.fields) or {"subject": str(refused)}
    duplicate = errors.pop("duplicate_reason", "")
    form = entry.SCANNED if row is not None else entry.TYPED
    hashes = [hashlib.sha256(main.content).hexdigest()] if main is not None else []
    with platform().reading() as session:
        likenesses = entry.alike(session, _comparable(sent), row, hashes) if duplicate or row is not None else []
        forms = list(queries.forms(session, actor()))
    view = form.view(sent, entry.context(), errors)
    page = Page(view, sent, likenesses, forms, bool(found.offers) or found.files, _reason(), once)
    page.form_name = request.form.get("form_name", "")
    return page


def _comparable(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as values to compare: the date as a date when it is one."""
    try:
        return dict(entry.SCANNED.validate({**sent, "files": []}, entry.context()))
    except InvalidInput:
        return {key: value for key, value in sent.items() if isinstance(value, str) and key != "issued_date"}


def _keep_form(sent: dict[str, Any], row: Scan | None) -> Any:
    """Keep what is typed as a registration form and show the page again as it was."""
    form, error, status = (entry.SCANNED if row is not None else entry.TYPED), "", 200
    try:
        shared = request.form.get("form_shared") == "1"
        kept = platform().run(actor(), commands.keep_form, request.form.get("form_name", ""), sent, shared=shared)
        flash(_("Đã lưu mẫu đăng ký “%(name)s”.", name=kept.name), "done")
    except InvalidInput as refused:
        error, status = next(iter(refused.fields.values()), str(refused)), 422
    with platform().reading() as session:
        forms = list(queries.forms(session, actor()))
    page = Page(form.view(sent, entry.context(), {}), sent, [], forms, once=_once(), form_error=error)
    page.form_name = request.form.get("form_name", "") if error else ""
    return (_scan(row, page) if row is not None else _new(page)), status


def _new(page: Page) -> str:
    return render_template("intake/new.html", page=page, view=page.view, largest=platform().settings.max_upload_bytes)


def _scan(row: Scan, page: Page) -> str:
    proposals = {name: shown(name, each) for name, each in row.proposals.items()}
    cleared = None
    if row.state == "stopped":
        with platform().reading() as session:
            cleared = clearing.of_marks(session, row.agency_id, [row.mark]).get(row.mark)
    with platform().reading() as session:
        waiting = [each.id for each in queries.scans(session, actor(), ("read", "waiting"))]
    place = waiting.index(row.id) if row.id in waiting else 0
    return render_template(
        "intake/scan.html", waiting=waiting, place=place, scan=row, page=page, view=page.view, proposals=proposals,
        cleared=cleared is not None, largest=platform().settings.max_upload_bytes,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal as people see it."""

    value: str
    said: str
    page: int
    box: str
    sure: bool
    percent: int


def shown(name: str, each: Mapping[str, Any]) -> Shown:
    """A proposal with its value as the form's control takes it."""
    value = str(each["value"])
    if name in ("issued_date", "due_date"):
        year, month, day = value.split("-")
        value = f"{day}/{month}/{year}"
    box = " ".join(str(part) for part in each["box"])
    sure = each["confidence"] >= proposing.SURE
    return Shown(value, each["said"], int(each["page"]), box, sure, round(each["confidence"] * 100))


def _begun(document: Document, new_one: bool, onward: str | None = None) -> Any:
    """Lead to the next scan when that was asked for; to the first task of the document when it is the person's own,
    else to the document.
    """
    with platform().reading() as session:
        task_id = worklists.waiting_for(session, actor(), document.id, now())
    flash(
        _("Đã tạo văn bản và bắt đầu quy trình.") if new_one
        else _("Văn bản này đã được tiếp nhận từ lần gửi trước; không tạo thêm."), "done",
    )  # fmt: skip
    if onward is not None:
        flash(f"{document.code or ''} · {document.subject}"[:200], "done")
        return redirect(onward, 303)
    if task_id is not None:
        return redirect(url_for("worklist.task", task_id=task_id), 303)
    return redirect(url_for("documents.document", document_id=document.id), 303)
