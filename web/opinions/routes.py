"""The rounds of opinions on a document: who was asked, what has come, urging, the summary as a file."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from connectors.conversion.opinions import file_name, table_of
from connectors.conversion.tables import MEDIA_TYPES, WRITERS
from engine.documents import queries as documents
from engine.documents.commands import note_read
from engine.documents.models import Document
from engine.errors import InvalidInput, NotFound
from engine.instances import cases
from engine.notices import commands as notices
from engine.notices.rules import LONGEST_MESSAGE
from engine.opinions import queries, rules
from engine.opinions import summary as summaries
from engine.tasks import queries as worklists
from web.layout import words
from web.session import actor, now, platform

screen = Blueprint("opinions", __name__)
KINDS = ("pdf", "docx", "xlsx")


@screen.get("/documents/<int:document_id>/opinions")
def rounds(document_id: int) -> Any:
    """Show every round on a document, the newest first; one that runs refreshes by itself."""
    with platform().reading() as reading:
        found = documents.get(reading, actor(), document_id)
        shown = _shown(reading, found)
    return render_template("opinions/rounds.html", **shown)


@screen.get("/documents/<int:document_id>/opinions/live")
def live(document_id: int) -> Any:
    """Return the rounds alone, for the page that is open."""
    with platform().reading() as reading:
        shown = _shown(reading, documents.get(reading, actor(), document_id))
    return render_template("opinions/live.html", **shown)


def _shown(reading: Session, document: Document) -> dict[str, Any]:
    reports = queries.of_document(reading, document.id)
    running = next((each.round for each in reports if each.round.closed_at is None), None)
    return {
        "document": document, "reports": reports,
        "may_ask": rules.may_ask(actor(), document, asking=cases.asks_for_opinions(reading, document.id)),
        "running": running, "mine": {each.round.id: bool(rules.is_asker(actor(), each.round)) for each in reports},
        "totals": summaries.totals, "about": summaries.about, "verdicts": rules.VERDICTS, "endings": rules.ENDINGS,
        "own_tasks": [
            task for task, _name in worklists.open_on(reading, document.id)
            if task.procedure == "opinions" and task.assignee_id == actor().person_id
        ],
        "longest": LONGEST_MESSAGE, "kinds": KINDS,
        "deadline": words.deadline(running.due_at, now()) if running else None,
    }  # fmt: skip


@screen.post("/documents/<int:document_id>/opinions/ask")
def ask(document_id: int) -> Any:
    """Begin asking for opinions; leads to the form that says whom and until when."""
    instance = platform().run(actor(), cases.begin_opinions, document_id)
    with platform().reading() as reading:
        here = (task.id for task, _name in worklists.open_on(reading, document_id) if task.instance_id == instance.id)
        task_id = next(here, None)
    if task_id is None:
        return redirect(url_for("opinions.rounds", document_id=document_id), 303)
    return redirect(url_for("worklist.task", task_id=task_id), 303)


@screen.post("/opinions/<int:round_id>/urge")
def urge(round_id: int) -> Any:
    """Urge everybody who hasn't answered yet."""
    with platform().reading() as reading:
        found, _document = queries.get(reading, actor(), round_id)
    try:
        count = platform().run(actor(), notices.urge_round, round_id, request.form.get("message", ""))
        flash(_("Đã đôn đốc %(count)s nơi chưa trả lời.", count=count), "done")
    except InvalidInput as error:
        flash(" ".join(error.fields.values()) or str(error), "late")
    return redirect(url_for("opinions.rounds", document_id=found.document_id), 303)


@screen.get("/opinions/<int:round_id>/summary.<format>")
def summary(round_id: int, format: str) -> Any:
    """Return the summary of a round as it stands now, as a PDF, Word or Excel file."""
    if format not in KINDS:
        raise NotFound(_("Bảng tổng hợp có dạng PDF, Word, Excel."))
    with platform().reading() as reading:
        found, _document = queries.get(reading, actor(), round_id)
        content = WRITERS[format](table_of(summaries.summary(reading, found)))
    platform().run(actor(), note_read, found.document_id, printed=f"bảng tổng hợp ý kiến ({format})")
    return send_file(
        BytesIO(content), mimetype=MEDIA_TYPES[format], as_attachment=True, download_name=file_name(found, format)
    )
