"""The registers of incoming and outgoing documents in the columns of NĐ 30/2020 Phụ lục IV, on screen and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import VIETNAM
from engine.directory.models import Person, Unit
from engine.documents import queries
from engine.documents.models import Assignment, Dispatch, Register
from engine.errors import NotFound
from web.session import actor, now, platform

screen = Blueprint("registers", __name__)
PAGE, PRINTED = 100, 2000


@screen.get("/registers")
def index() -> Any:
    """List the agency's registers."""
    with platform().reading() as reading:
        found = queries.registers(reading, actor().agency_id or 0)
        years = {row.id: queries.register_years(reading, row.id) for row in found}
    return render_template("registers/index.html", registers=found, years=years)


@screen.get("/registers/<int:register_id>")
def register(register_id: int) -> Any:
    """Show one register of one year, newest first; `print` gives the whole year in order, ready for paper."""
    printed = "print" in request.args
    year = request.args.get("year", now().astimezone(VIETNAM).year, type=int)
    below = request.args.get("below", type=int)
    with platform().reading() as reading:
        found = reading.get(Register, register_id)
        if found is None or found.agency_id != actor().agency_id:
            raise NotFound(_("Không tìm thấy sổ này."))
        limit = PRINTED if printed else PAGE + 1
        lines = list(
            queries.register_lines(reading, actor(), register_id, year, below=None if printed else below, limit=limit)
        )
        years = queries.register_years(reading, register_id)
        where = _where(reading, [line.document.id for line in lines if line.document])
    shown = lines[::-1] if printed else lines[:PAGE]
    return render_template(
        "registers/register.html", register=found, year=year, years=sorted({*years, year}, reverse=True), lines=shown,
        more=not printed and len(lines) > PAGE, printed=printed, **where,
    )  # fmt: skip


def _where(reading: Session, ids: Sequence[int]) -> dict[str, Any]:
    """Who got each document and when: recipients of outgoing ones, the lead of incoming ones; drafting units."""
    recipients: dict[int, list[Dispatch]] = {}
    leads: dict[int, tuple[str, Any]] = {}
    if ids:
        for dispatch in reading.scalars(select(Dispatch).where(Dispatch.document_id.in_(ids)).order_by(Dispatch.id)):
            recipients.setdefault(dispatch.document_id, []).append(dispatch)
        rows = (
            select(Assignment.document_id, Assignment.created_at, Unit.name, Person.full_name)
            .outerjoin(Unit, Unit.id == Assignment.unit_id)
            .outerjoin(Person, Person.id == Assignment.person_id)
            .where(Assignment.document_id.in_(ids), Assignment.part == "lead", Assignment.state != "replaced")
            .order_by(Assignment.id)
        )
        for document_id, at, unit, person in reading.execute(rows):
            leads[document_id] = (person or unit or "", at)
    units = {unit.id: unit.name for unit in reading.scalars(select(Unit).where(Unit.agency_id == actor().agency_id))}
    return {"recipients": recipients, "leads": leads, "units": units}
