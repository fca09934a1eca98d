"""Who works on a running document: people and units added, lines taken away, and why something can't be."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.clock import VIETNAM
from engine.directory import queries as directory
from engine.directory.queries import today
from engine.documents import queries
from engine.documents.models import Assignment, Document
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.forms.context import FormContext
from engine.instances.answers import AgencyChoices
from engine.instances.mending import people
from engine.platform import Verdict
from engine.tasks import assignments
from web.documents.page import line_mark
from web.documents.routes import screen
from web.layout.forms import again, posted, screen_form
from web.session import actor, now, platform

FORM = screen_form(__file__, "people")


@screen.get("/documents/<int:document_id>/people")
def assigned(document_id: int) -> Any:
    """Show the lines of a document, which of them may go, and the form that adds more."""
    return _page(document_id)


@screen.post("/documents/<int:document_id>/people")
def add_people(document_id: int) -> Any:
    """Add supporters or who is informed."""
    sent = posted(FORM)
    try:
        with platform().reading() as reading:
            found = queries.get(reading, actor(), document_id)
            given = FORM.validate(sent, _context(reading, found))
        due = date.fromisoformat(given["due_date"]) if given["due_date"] else None
        count = platform().run(
            actor(), people.add_people, document_id, given["part"], units=given["units"], people=given["people"],
            due_date=due,
        )  # fmt: skip
    except InvalidInput as problem:
        return _page(document_id, sent, problem), 422
    except NotAllowed as problem:
        return _page(document_id, sent, InvalidInput(str(problem))), 403
    flash(_("Đã thêm %(count)s dòng phân công.", count=count), "done")
    return redirect(url_for("documents.assigned", document_id=document_id), 303)


@screen.post("/documents/<int:document_id>/people/<int:line_id>/remove")
def remove_person(document_id: int, line_id: int) -> Any:
    """Take a line away; what was asked of it is withdrawn."""
    with platform().reading() as reading:
        queries.get(reading, actor(), document_id)
        row = reading.get(Assignment, line_id)
        if row is None or row.document_id != document_id:
            raise NotFound(_("Không tìm thấy dòng phân công này."))
    platform().run(actor(), people.remove_person, line_id)
    flash(_("Đã bớt khỏi phân công; việc đang mở của bên này được thu lại."), "done")
    return redirect(url_for("documents.assigned", document_id=document_id), 303)


@screen.post("/documents/<int:document_id>/lead")
def replace_lead(document_id: int) -> Any:
    """Let another unit lead, with the reason (ND30-23.2)."""
    sent = {"unit": request.form.get("unit", ""), "reason": request.form.get("reason", "")}
    with platform().reading() as reading:
        queries.get(reading, actor(), document_id)
    unit = int(sent["unit"]) if sent["unit"].isascii() and sent["unit"].isdigit() and len(sent["unit"]) < 16 else None
    try:
        platform().run(actor(), people.replace_lead, document_id, unit, sent["reason"])
    except InvalidInput as problem:
        return _page(document_id, lead=sent, lead_problem=problem), 422
    except NotAllowed as problem:
        return _page(document_id, lead=sent, lead_problem=InvalidInput(str(problem))), 403
    flash(_("Đã đổi đơn vị chủ trì; hai đơn vị được báo."), "done")
    return redirect(url_for("documents.assigned", document_id=document_id), 303)


def _context(reading: Session, document: Document) -> FormContext:
    return FormContext({}, AgencyChoices(reading, document.agency_id, now()), now().astimezone(VIETNAM).date())


def _page(
    document_id: int, sent: dict[str, Any] | None = None, problem: InvalidInput | None = None, *,
    lead: dict[str, str] | None = None, lead_problem: InvalidInput | None = None,
) -> str:  # fmt: skip
    with platform().reading() as reading:
        found = queries.get(reading, actor(), document_id)
        lines = assignments.lines(reading, document_id, now())
        may_direct = people.may_direct(reading, actor(), found)
        may_replace = people.may_replace_lead(reading, actor(), found)
        leading = {line.unit_id for line in lines if line.part == "lead"}
        others = [unit for unit in directory.units(reading, found.agency_id, today(now())) if unit.id not in leading]
        support = people.may_add_support(reading, found) if may_direct else may_direct
        rows = {row.id: row for row in queries.assignments(reading, document_id)}
        removable: dict[int, Verdict] = {line.id: people.may_remove(rows[line.id]) for line in lines}
        errors = (problem.fields or {"": str(problem)}) if problem else None
        context = _context(reading, found)
        form = FORM.view(again(FORM, sent, context), context, errors)
    return render_template(
        "documents/people.html", document=found, lines=lines, removable=removable, may_direct=may_direct,
        may_support=support, form=form, line_mark=line_mark,
        may_replace=may_replace, others=others, lead=lead or {}, lead_problem=lead_problem,
    )  # fmt: skip
