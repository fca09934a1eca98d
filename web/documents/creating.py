"""New documents: drafting an outgoing one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.clock import VIETNAM
from engine.directory import queries as directory
from engine.documents import commands as documents
from engine.documents import kinds, queries
from engine.documents.models import Document
from engine.errors import InvalidInput
from engine.forms.context import FormContext
from engine.forms.context import Upload as Posted
from engine.instances import cases
from engine.instances.answers import AgencyChoices
from engine.tasks import queries as worklists
from web.documents.routes import screen
from web.layout.forms import posted, screen_form
from web.session import actor, now, platform

OUTGOING = screen_form(__file__, "outgoing")
ANSWERABLE = ("registered", "submitted", "directed", "in_progress", "resolved")


@screen.route("/documents/outgoing/new", methods=["GET", "POST"])
def new_outgoing() -> Any:
    """Draft a document and start its procedure."""
    sent, errors, status = None, {}, 200
    if request.method == "POST":
        sent = posted(OUTGOING)
        try:
            with platform().reading() as reading:
                answers = OUTGOING.validate(sent, _outgoing_context(reading))
            return _begun(*platform().run(actor(), cases.begin_outgoing, **_draft(answers)))
        except InvalidInput as error:
            errors, status = error.fields or {"subject": str(error)}, 422
    with platform().reading() as reading:
        view = OUTGOING.view(sent, _outgoing_context(reading), errors)
    return render_template("documents/new-outgoing.html", view=view), status


def _begun(document: Document, _instance: Any) -> Any:
    """Lead to the first task of the new document when it is the person's own, else to the document."""
    with platform().reading() as reading:
        task_id = worklists.waiting_for(reading, actor(), document.id, now())
    flash(_("Đã tạo văn bản và bắt đầu quy trình."), "done")
    if task_id is not None:
        return redirect(url_for("worklist.task", task_id=task_id), 303)
    return redirect(url_for("documents.document", document_id=document.id), 303)


def _catalogues() -> dict[str, Any]:
    return {
        "kinds": [{"value": kind.name, "label": kind.name} for kind in kinds.KINDS],
        "urgencies": [{"value": value, "label": name} for value, name in kinds.URGENCY.items() if value < 4],
    }


def _outgoing_context(reading: Session) -> FormContext:
    who, agency_id = actor(), actor().agency_id or 0
    units = directory.units(reading, agency_id, on=now().astimezone(VIETNAM).date())
    answerable = queries.incoming(reading, who, statuses=ANSWERABLE, limit=200)
    own = [unit for unit in units if unit.id in who.unit_ids] or list(units)
    data = {
        **_catalogues(),
        "units": [{"value": unit.id, "label": unit.name} for unit in own],
        "answerable": [
            {"value": row.id, "label": f"{row.code or _('Chưa có số')} · {row.organ_name} · {row.subject}"[:160]}
            for row in answerable
        ],
        "unit_id": own[0].id if own else None,
        "answers": request.args.get("answers", type=int),
    }
    return FormContext(data, AgencyChoices(reading, agency_id, now()), now().astimezone(VIETNAM).date())


def _draft(answers: dict[str, Any]) -> dict[str, Any]:
    main, annexes = answers.pop("main_file", None) or [], answers.pop("files", None) or []
    answered = answers.pop("answers", None)
    return {
        **{key: value for key, value in answers.items() if value is not None},
        "agency_id": actor().agency_id,
        "drafter_id": actor().person_id,
        "answers": [answered] if answered else [],
        "main_file": _upload(main[0]) if main else None,
        "files": [_upload(each) for each in annexes],
    }


def _upload(file: Posted) -> documents.Upload:
    file.handle.seek(0)
    return documents.Upload(file.name, file.handle.read())
