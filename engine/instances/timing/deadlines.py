"""Why a deadline is what it is: how it was reckoned, when it stood still, when a changed calendar has moved it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from engine.bpmn.expressions import ExpressionError, parse_value
from engine.bpmn.spiff.timers import moment as _moment
from engine.calendar import CalendarError, OfficeCalendar, ReckonedDay, reckoning, until
from engine.directory import calendars
from engine.directory.models import Person
from engine.errors import InvalidInput
from engine.instances import lines, queries
from engine.instances.timing import calendar_changes, reckonings
from engine.instances.timing.functions import functions
from engine.instances.timing.models import CalendarChange, DeadlineMove, Reckoning, Suspension
from engine.platform import Actor
from engine.tasks.models import Task

EARLY = 2  # a moment worked out again may differ by how the first one was stored, never by a minute
CLAUSES = {
    "office_deadline": ("LA-10.2",),
    "end_of_morning_next_day": ("QD28-6.2a",),
    "end_of_next_day": ("ND30-4.2.c",),
}
"""What the rule itself rests on; the limit rests on the step's own clauses."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One reckoning by office time: from when, how long, until when, and the days between."""

    rule: str  # the function the diagram calls
    start: datetime
    duration: str  # empty for the rules that need none
    due: datetime
    days: tuple[ReckonedDay, ...]
    calendar_version: int | None = None  # None: not kept, worked out again by the calendar as it is now
    at: datetime | None = None

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses the rule rests on."""
        return CLAUSES.get(self.rule, ())

    @property
    def closed(self) -> tuple[ReckonedDay, ...]:
        """The days that aren't counted because the office is closed."""
        return tuple(day for day in self.days if day.off)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where the deadline of a task comes from."""

    task: Task
    due_at: datetime | None
    rule: str  # the expression in the diagram
    reckonings: tuple[Reckoned, ...]
    legal_basis: tuple[str, ...]
    names: Mapping[date, str]  # what the calendar says of days that are not like their weekday
    moved: bool  # the deadline isn't what its rule gives: somebody has set another one
    calendar_version: int
    moves: Sequence[tuple[DeadlineMove, CalendarChange, str | None]] = ()  # by a changed calendar, and whose change
    suspensions: Sequence[tuple[Suspension, str | None]] = ()  # when it stood still, and who stopped it


@dataclass(frozen=True, slots=True)
class _Then:
    """The moment a task was given, as the diagram's functions saw it."""

    session: Session
    now: datetime


def explain(session: Session, actor: Actor, task_id: int, now: datetime) -> Explanation:
    """Explain the deadline of a task the actor may see; NotFound otherwise.

    Days count as office days, hours as office hours (LA-10.2, QD28-6.2a). What was kept when it was reckoned is told as
    it was; a deadline older than that is worked out again, and what can't be is left out, never guessed.
    """
    view = queries.task(session, actor, task_id, now)
    task = view.task
    text = view.ready.procedure.elements[task.element].attributes.get("dueDate", "")
    calendar = calendars.office_calendar(session, task.agency_id)
    told, moved = _told(session, task, text, calendar)
    days = {each.day for one in told for each in one.days}
    return Explanation(
        task, task.due_at, text, tuple(told), view.legal_basis, calendars.names(session, task.agency_id, days), moved,
        calendar.version, calendar_changes.moves_of(session, task_id), suspensions_of(session, task_id),
    )  # fmt: skip


def suspensions_of(session: Session, task_id: int) -> Sequence[tuple[Suspension, str | None]]:
    """When a task's deadline stood still and who stopped it, oldest first."""
    by = aliased(Person)
    rows = select(Suspension, by.full_name).outerjoin(by, by.id == Suspension.begun_by_id)
    return [(r[0], r[1]) for r in session.execute(rows.where(Suspension.task_id == task_id).order_by(Suspension.id))]


def _told(session: Session, task: Task, text: str, calendar: OfficeCalendar) -> tuple[list[Reckoned], bool]:
    """The reckonings behind a deadline, and whether it is another one than they give."""
    kept = reckonings.of_task(session, task)
    if kept is not None:
        return [_kept(calendar, kept)], False
    told: list[Reckoned] = []
    again = _work_out(session, task, text, calendar, told)
    return told, again is not None and task.due_at is not None and _differ(again, task.due_at)


def _kept(calendar: OfficeCalendar, row: Reckoning) -> Reckoned:
    days = _days(calendar, row.start, row.duration, row.due)
    return Reckoned(row.rule, row.start, row.duration, row.due, days, row.calendar_version, row.at)


def _days(calendar: OfficeCalendar, start: datetime, duration: str, due: datetime) -> tuple[ReckonedDay, ...]:
    try:
        return reckoning(calendar, start, duration) if duration else until(calendar, start, due)
    except CalendarError:
        return ()


def _work_out(
    session: Session, task: Task, text: str, calendar: OfficeCalendar, told: list[Reckoned]
) -> datetime | None:
    """The moment the diagram's expression gives now; None when its data don't tell any more."""
    called = functions(_Then(session, task.created_at), task.agency_id)
    listened = {name: partial(_listened, name, each, calendar, told) for name, each in called.items() if name != "now"}
    try:
        value = parse_value(text).evaluate(lines.shared(session, task), {**called, **listened}) if text else None
        return _moment(value, task.created_at) if value else None
    except (ExpressionError, InvalidInput, CalendarError, ValueError):
        return None


def _listened(
    name: str, function: Callable[..., datetime], calendar: OfficeCalendar, told: list[Reckoned], *given: Any
) -> datetime:
    found = function(*given)
    start = given[0] if isinstance(given[0], datetime) else datetime.fromisoformat(str(given[0]))
    duration = str(given[1]) if len(given) > 1 else ""
    told.append(Reckoned(name, start, duration, found, _days(calendar, start, duration, found)))
    return found


def _differ(one: datetime, other: datetime) -> bool:
    return abs((one - other).total_seconds()) >= EARLY
