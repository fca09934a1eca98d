"""Lists of documents, the page of one document, and its audit trail."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.documents import kinds, queries, rules
from engine.errors import InvalidInput, NotFound
from engine.instances import cases
from engine.tasks import assignments
from web.documents import page
from web.layout import papers
from web.session import actor, platform

screen = Blueprint("documents", __name__)
PAGE = 50


@screen.get("/documents/<any(incoming, outgoing):direction>")
def listing(direction: str) -> Any:
    """List incoming or outgoing documents the person may see, newest first, narrowed by status."""
    statuses = kinds.INCOMING_STATUSES if direction == "incoming" else kinds.OUTGOING_STATUSES
    status, before = request.args.get("status"), request.args.get("before", type=int)
    narrowed = (status,) if status in statuses else ()
    with platform().reading() as reading:
        rows = queries.documents(reading, actor(), direction, statuses=narrowed, before_id=before, limit=PAGE + 1)
        recipients = page.recipients_of(reading, [row.id for row in rows]) if direction == "outgoing" else {}
    return render_template(
        "documents/listing.html", direction=direction, rows=rows[:PAGE], more=len(rows) > PAGE, status=status,
        statuses=statuses, recipients=recipients, status_name=kinds.status_name,
    )  # fmt: skip


@screen.get("/documents/<int:document_id>")
def document(document_id: int) -> Any:
    """Show one document: the items of QĐ 28/2018 article 10.2, files, signatures, dispatches, links, history."""
    with platform().reading() as reading:
        found = queries.get(reading, actor(), document_id)
        files = papers.files(reading, found)
        shown = papers.chosen(files, request.args.get("file"))
        parts = page.parts(reading, actor(), found)
    if parts.pop("unread"):
        platform().run(actor(), assignments.read_document, document_id)
    return render_template(
        "documents/document.html", document=found, files=files, shown=shown, verdict=papers.verdict(found),
        status=kinds.status_name(found.direction, found.status), kinds=kinds, **parts,
    )  # fmt: skip


@screen.get("/documents/<int:document_id>/audit")
def audit(document_id: int) -> Any:
    """Show who did, looked at and printed what of a document (ND30 PL VI III.5.a; SYS-5.a, SYS-6)."""
    part = request.args.get("only", "")
    part = part if part in page.PARTS else ""
    with platform().reading() as reading:
        found = queries.get(reading, actor(), document_id)
        lines = page.audit_lines(reading, found, part)
        readers = page.readers(reading, found) if part == "read" else []
    return render_template("documents/audit.html", document=found, lines=lines, part=part, readers=readers)


@screen.post("/documents/<int:document_id>/recall")
def recall(document_id: int) -> Any:
    """Ask every recipient to give an issued document back, with a reason (QD28-8.2b)."""
    with platform().reading() as reading:
        verdict = rules.may_recall(actor(), queries.get(reading, actor(), document_id))
        if not verdict:
            raise NotFound(verdict.reason)
    reason = request.form.get("reason", "").strip()
    if not reason:
        raise InvalidInput(_("Ghi lý do thu hồi rồi gửi lại."))
    platform().run(actor(), cases.begin_recall, document_id, reason)
    flash(_("Đã bắt đầu thu hồi. Trả lời của từng nơi nhận hiện ở mục gửi, nhận."), "done")
    return redirect(url_for("documents.document", document_id=document_id), 303)
