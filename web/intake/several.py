"""Several scans at once: dropped in, a line per paper with what it proposes, confirmed together, a result per row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.documents import queries as documents
from engine.documents.editing import Upload
from engine.errors import InvalidInput, RequestError
from engine.instances import cases
from engine.intake import commands, queries
from engine.intake.models import Scan
from web.intake import entry
from web.intake.registering import Shown, shown
from web.intake.routes import require_clerk, screen
from web.layout.forms import uploads
from web.session import actor, platform

MOST_FILES = 50
ASKED = ("code", "issued_date", "organ_name", "type_name", "subject")
LATE = ("arrived_at", "late_reason")  # asked too of what is entered after an outage


@dataclass
class Row:
    """One scan on the list: what is typed or proposed, what is wrong, or what it became."""

    scan: Scan
    values: dict[str, str]
    proposals: dict[str, Shown]
    errors: dict[str, str] = field(default_factory=dict)
    refused: str = ""
    chosen: bool = False

    @property
    def ready(self) -> bool:
        """Whether everything asked is proposed, and all of it surely."""
        return all(name in self.proposals and self.proposals[name].sure for name in ASKED)


@dataclass(frozen=True, slots=True)
class Done:
    """A row that has become a document."""

    document_id: int
    said: str
    again: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent: taken in, or why not."""

    name: str
    problem: str = ""


@screen.post("/intake")
def take_in() -> Any:
    """Take in what was dropped: a line per file, a result per file; scripts send file by file and get JSON."""
    require_clerk()
    together = request.form.get("together") == "pages"
    given = uploads("files")[:MOST_FILES]
    for each in given:
        each.handle.seek(0)
    files = [Upload(each.name, each.handle.read()) for each in given]
    by_script = request.accept_mimetypes.best == "application/json"
    rows: list[Scan] = []
    sent: list[Sent] = []
    for group in [files] if together or not files else [[each] for each in files]:
        name = ", ".join(each.file_name for each in group)
        try:
            rows += platform().run(actor(), commands.take_in, group, together=together)
            sent.append(Sent(name))
        except InvalidInput as refused:
            sent.append(Sent(name, refused.fields.get("files", str(refused))))
    problems = [each.problem for each in sent if each.problem]
    if by_script:
        if problems:
            return jsonify(message=" ".join(problems)), 422
        return jsonify(scans=[{"id": row.id, "address": url_for("intake.scan", scan_id=row.id)} for row in rows])
    if problems:
        return page(problem=" ".join(problems), sent=sent if len(sent) > 1 else ()), 422
    flash(_("Đã nhận %(count)s bản quét. Hệ thống đang đọc từng trang.", count=len(rows)), "done")
    return redirect(url_for("intake.index", outage=_outage()), 303)


def _outage() -> int | None:
    """The outage after which papers are entered, when the page was opened for one."""
    wanted = request.values.get("outage", type=int)
    return wanted if any(each["value"] == wanted for each in entry.outages()["outages"]) else None


@screen.get("/intake")
def index() -> str:
    """List scans that wait, with what their pages propose."""
    require_clerk()
    return page()


@screen.post("/intake/confirm")
def confirm() -> Any:
    """Register the marked rows as confirmed; each by itself, so that one that is wrong holds up no other."""
    require_clerk()
    ids = list(dict.fromkeys(request.form.getlist("row", type=int)))[: queries.MOST]
    if not ids:
        return page(problem=_("Chưa chọn dòng nào để tiếp nhận.")), 422
    outage = _outage()
    done: list[Done] = []
    failed: dict[int, Row] = {}
    for each in ids:
        with platform().reading() as session:
            scan = queries.scan(session, actor(), each)
        row = _sent(scan)
        try:
            done.append(_one(row, outage))
        except InvalidInput as refused:
            row.errors = dict(refused.fields) if set(refused.fields) <= {*ASKED, *LATE} else {}
            row.refused = str(refused) if not row.errors else ""
            failed[each] = row
        except RequestError as refused:
            row.refused = str(refused)
            failed[each] = row
    return page(done=done, failed=failed), 422 if failed else 200


def _sent(scan: Scan) -> Row:
    values = {name: request.form.get(f"{scan.id}-{name}", "") for name in (*ASKED, *LATE)}
    return Row(scan, values, _shown(scan.proposals), chosen=True)


def _one(row: Row, outage: int | None) -> Done:
    if row.scan.document_id is not None:
        return _became(row.scan.document_id)
    proposed = {name: each.value for name, each in row.proposals.items() if each.sure}
    sent: dict[str, Any] = {**proposed, **row.values, "files": [], "certify": "true", "outage": str(outage or "")}
    found = entry.convert(sent, wanted=False)
    entry.refuse_offers(found)
    answers = dict(entry.SCANNED.validate(sent, entry.context()))
    entry.refuse_secrets(answers)
    entry.refuse_impossible(answers)
    certify, late = bool(answers.pop("certify", True)), entry.catch_up(answers)
    answers.pop("files", None)
    given = {key: value for key, value in answers.items() if value is not None}
    document, new = platform().run(actor(), cases.begin_scanned, row.scan.id, certify=certify, catch_up=late, **given)
    return Done(document.id, f"{document.code} · {document.subject}", not new)


def _became(document_id: int) -> Done:
    """What another click or tab has made of the scan."""
    with platform().reading() as session:
        document = documents.get(session, actor(), document_id)
    return Done(document.id, f"{document.code} · {document.subject}", again=True)


def page(
    *, problem: str = "", done: Sequence[Done] = (), failed: Mapping[int, Row] | None = None, sent: Sequence[Sent] = ()
) -> str:
    """The list; rows that were refused keep what was typed in them."""
    refused = dict(failed or {})
    with platform().reading() as session:
        scans = queries.scans(session, actor())
    rows = [refused.get(scan.id) or _listed(scan) for scan in scans]
    for row, scan in zip(rows, scans, strict=True):
        row.scan = scan
    outage, listed = _outage(), entry.outages()["outages"]
    return render_template(
        "intake/index.html", rows=[row for row in rows if row.scan.state != "stopped"], problem=problem, done=done,
        stopped=[row.scan for row in rows if row.scan.state == "stopped"], kinds=entry.context().data["kinds"],
        waiting=sum(1 for row in rows if row.scan.state == "waiting"), ready=sum(1 for row in rows if row.ready),
        largest=platform().settings.max_upload_bytes, sent=sent, outage=outage, outages=listed,
        first=next((row.scan.id for row in rows if row.scan.state == "read"), None),
    )  # fmt: skip


def _listed(scan: Scan) -> Row:
    proposals = _shown(scan.proposals)
    return Row(scan, {name: proposals[name].value if name in proposals else "" for name in (*ASKED, *LATE)}, proposals)


def _shown(proposals: Mapping[str, Any]) -> dict[str, Shown]:
    return {name: shown(name, each) for name, each in proposals.items()}
