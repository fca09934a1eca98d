"""Why a deadline is what it is: the diagram's own expression worked out again, with every reckoning it asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.expressions import ExpressionError, parse_value
from engine.bpmn.spiff.timers import moment as _moment
from engine.calendar import CalendarError, OfficeCalendar, ReckonedDay, reckoning
from engine.definitions import queries as definitions
from engine.directory import calendars
from engine.errors import InvalidInput
from engine.instances import lines, queries
from engine.instances.models import Instance
from engine.instances.timing.functions import functions
from engine.platform import Actor, Work
from engine.tasks.models import Task

EARLY = 2  # a moment worked out again may differ by how the first one was stored, never by a minute


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One reckoning by office time: from when, how long, until when, and the days between."""

    rule: str  # the function the diagram calls
    start: datetime
    duration: str  # empty for the rules that need none
    due: datetime
    days: tuple[ReckonedDay, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where the deadline of a task comes from."""

    task: Task
    due_at: datetime | None
    rule: str  # the expression in the diagram
    reckonings: tuple[Reckoned, ...]
    legal_basis: tuple[str, ...]
    names: Mapping[date, str]  # what the calendar says of days that are not like their weekday
    moved: bool  # the deadline was changed afterwards: extended, or reckoned by an earlier calendar


@dataclass(frozen=True, slots=True)
class _Then:
    """The moment a task was given, as the diagram's functions saw it."""

    session: Session
    now: datetime


def explain(session: Session, actor: Actor, task_id: int, now: datetime) -> Explanation:
    """Explain the deadline of a task the actor may see, by the agency's calendar as it is now; NotFound otherwise.

    Days count as office days, hours as office hours (LA-10.2, QD28-6.2a); what can't be worked out any more is left
    out, never guessed.
    """
    view = queries.task(session, actor, task_id, now)
    task = view.task
    text = view.ready.procedure.elements[task.element].attributes.get("dueDate", "")
    calendar = calendars.office_calendar(session, task.agency_id)
    told: list[Reckoned] = []
    again = _work_out(session, task, text, calendar, told)
    days = {each.day for one in told for each in one.days}
    moved = again is not None and task.due_at is not None and _differ(again, task.due_at)
    return Explanation(
        task, task.due_at, text, tuple(told), view.legal_basis, calendars.names(session, task.agency_id, days), moved
    )


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
    told.append(Reckoned(name, start, duration, found, reckoning(calendar, start, duration) if duration else ()))
    return found


# --- A calendar that changes ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline that another calendar has moved."""

    task_id: int
    name: str
    agency_id: int
    before: datetime
    after: datetime


def change_calendar(work: Work, calendar_id: int, change: Callable[[Work], object]) -> tuple[Moved, ...]:
    """Change a calendar by `change` and move the deadlines of open tasks that followed from it; what moved, by task.

    A deadline that somebody set or extended by hand no longer follows from the calendar and stays. Timers that already
    run (reminders) keep their moment. NotAllowed and InvalidInput come from `change`.
    """
    open_tasks = work.session.scalars(
        select(Task).where(
            Task.state == "open", Task.due_at.is_not(None),
            Task.agency_id.in_(calendars.agencies_of(work.session, calendar_id)),
        ).order_by(Task.id).with_for_update()
    ).all()  # fmt: skip
    before = [(task, _again(work.session, task)) for task in open_tasks]
    change(work)
    return tuple(each for task, then in before if (each := _moved(work, task, then)) is not None)


def _moved(work: Work, task: Task, then: datetime | None) -> Moved | None:
    now = _again(work.session, task)
    if then is None or now is None or task.due_at is None or _differ(then, task.due_at) or not _differ(then, now):
        return None
    moved = Moved(task.id, task.name, task.agency_id, task.due_at, now)
    task.due_at = now
    work.note("task.due_moved", "task", task.id, task.agency_id, before=moved.before.isoformat(), after=now.isoformat())
    return moved


def _again(session: Session, task: Task) -> datetime | None:
    version_id = session.get_one(Instance, task.instance_id).version_id
    text = definitions.ready(session, version_id).procedure.elements[task.element].attributes.get("dueDate", "")
    return _work_out(session, task, text, calendars.office_calendar(session, task.agency_id), [])


def _differ(one: datetime, other: datetime) -> bool:
    return abs((one - other).total_seconds()) >= EARLY
