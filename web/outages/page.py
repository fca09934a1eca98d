"""What the page of an outage shows: items, what comes next and why not, what was entered, numbers, editions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.documents.models import Register
from engine.outages import queries, rules
from engine.outages.entries import MOST_NUMBERS
from engine.outages.models import Outage
from engine.platform import Actor, Verdict
from engine.tasks import queries as worklists
from engine.tasks import rules as task_rules
from engine.tasks.models import Task
from web import language

TONES = {
    "planned": "today", "running": "late", "ended": "soon", "submitted": "soon", "closed": "done", "cancelled": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """Something that may come next: where it is done, or why it can't be."""

    label: str
    address: str
    verdict: Verdict
    first: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open task of the case that leads an outage to its end."""

    task: Task
    assignee: str
    mine: bool


def parts(session: Session, actor: Actor, row: Outage, now: datetime) -> dict[str, Any]:
    """Read everything the page shows, as far as the reader may see it."""
    reads = rules.reads_report(actor, row)
    waiting = _waiting(session, actor, row)
    every = _steps(actor, row, waiting)
    return {
        "phase": rules.phase(row, now), "phases": rules.PHASES, "tones": TONES, "turns": rules.TURNS,
        "announcer": queries.agency_name(session, row), "reads": reads, "waiting": waiting,
        "steps": [each for each in every if each.verdict], "missing": [each for each in every if not each.verdict],
        "editions": queries.editions(session, row.id) if reads else [],
        "written": _written(row) if reads and row.state not in ("announced", "cancelled") else None,
        "lacks": rules.report_missing(row) if reads and row.state == "ended" else {},
        "entered": _entered(session, actor, row), "counts": queries.counts(session, row.id, actor.agency_id),
        **_numbers(session, actor, row),
    }  # fmt: skip


def _waiting(session: Session, actor: Actor, row: Outage) -> list[Waiting]:
    if row.instance_id is None or row.agency_id != actor.agency_id:
        return []
    found = []
    for task, assignee in worklists.open_in(session, row.instance_id):
        mine = bool(task_rules.may_complete(actor, task, worklists.candidate_groups(session, task.id)))
        found.append(Waiting(task, assignee or "", mine))
    return found


def _steps(actor: Actor, row: Outage, waiting: list[Waiting]) -> list[Step]:
    mine = [
        Step(each.task.name, url_for("worklist.task", task_id=each.task.id), Verdict(True), True)
        for each in waiting if each.mine
    ]  # fmt: skip
    enter = url_for("intake.new", outage=row.id)
    return [
        *mine,
        Step(_("Nhập bổ sung văn bản đến"), enter, rules.may_enter(actor, row)),
        Step(_("Quét nhiều văn bản đến"), url_for("intake.index", outage=row.id), rules.may_enter(actor, row)),
        Step(_("Viết báo cáo sự cố"), url_for("outages.report", outage_id=row.id), rules.may_report(actor, row)),
        Step(_("Sửa thông báo"), url_for("outages.correct", outage_id=row.id), rules.may_correct(actor, row)),
    ]


def _written(row: Outage) -> list[tuple[str, str]]:
    """The report as far as it is written."""
    said = [(part.label, getattr(row, part.name)) for part in rules.PARTS]
    book = language.told(rules.HANDBOOKS.get(row.handbook, ""))
    said.append((_("Sổ tay hướng dẫn"), f"{book}: {row.handbook_note}" if book and row.handbook_note else book))
    if row.security_doubt:
        told = f"{row.told_whom} · {row.told_by}" if row.told_whom or row.told_by else ""
        said.append((
            _("Báo cơ quan chuyên trách công nghệ thông tin"),
            f"{told} · {rules.at(row.told_at)}" if row.told_at else told,
        ))  # fmt: skip
    return said


def _entered(session: Session, actor: Actor, row: Outage) -> list[queries.Entered]:
    """Clerks, leaders and admins look through what was entered; others find their documents where they always are."""
    if not actor.roles & {"clerk", "leader", "agency-admin", "provincial-admin"}:
        return []
    return queries.entered(session, actor, row.id, limit=200)


def _numbers(session: Session, actor: Actor, row: Outage) -> dict[str, Any]:
    """Numbers held for paper, with what a clerk may do with them."""
    if "clerk" not in actor.roles:
        return {"keeps": False}
    books = select(Register).where(
        Register.agency_id == actor.agency_id, Register.direction == "outgoing", Register.active
    )
    held = queries.held(session, actor, row.id)
    open_ones = any(each.entry.state == "held" and each.entry.document_id is None for each in held)
    return {
        "keeps": True, "held": held, "may_hold": rules.may_hold(actor, row), "may_use": rules.may_enter(actor, row),
        "books": session.scalars(books.order_by(Register.id)).all(), "most": MOST_NUMBERS,
        "unnumbered": queries.unnumbered(session, actor) if open_ones else [],
    }  # fmt: skip
