"""Reminders of deadlines: at half, at four fifths, at the end of the office time, then to who is responsible.

A task says when its deadline is to be looked at next, so a look costs what is due and not what is open. A task whose
deadline has just been set, extended or moved is looked at once, and nothing it has been reminded of comes twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from engine import occasions
from engine.calendar import CalendarError, OfficeCalendar
from engine.database import as_json
from engine.directory.calendars import office_calendar
from engine.directory.models import Person
from engine.documents.models import Document
from engine.platform import Work
from engine.tasks.models import Reminder, Task

HALF, NEAR, LATE, ESCALATED = 50, 80, 100, 200
KINDS = {HALF: "half", NEAR: "near", LATE: "late", ESCALATED: "escalated"}
NAMES = {
    "half": "Nhắc khi qua 50% thời hạn",
    "near": "Nhắc khi qua 80% thời hạn",
    "late": "Nhắc khi hết thời hạn",
    "escalated": "Báo người phụ trách việc quá hạn",
    "procedure": "Nhắc theo quy trình",
    "urged": "Đôn đốc của người phụ trách",
}
"""Every kind of reminder, in words."""
GRACE = "P1D"
"""How long after its deadline work that isn't urgent becomes the affair of who is responsible; ND30-24.1 names none."""
AT_ONCE = 200
LONG_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Moments:
    """When a task is reminded of; the levels in order."""

    half: datetime
    near: datetime
    late: datetime
    escalated: datetime

    def reached(self, now: datetime) -> int:
        """The highest level that has come; 0 for none."""
        return max((level for level, at in self._all() if at <= now), default=0)

    def following(self, now: datetime) -> datetime | None:
        """When the next level comes; None after the last."""
        return min((at for _level, at in self._all() if at > now), default=None)

    def _all(self) -> tuple[tuple[int, datetime], ...]:
        return (HALF, self.half), (NEAR, self.near), (LATE, self.late), (ESCALATED, self.escalated)


def moments(
    calendar: OfficeCalendar, begun: datetime, due: datetime, *, stood_still: timedelta = timedelta(0),
    urgent: bool = False,
) -> Moments:  # fmt: skip
    """When 50 % and 80 % of the office time are over (it begins to run when a task is given), the deadline, and when
    whoever is responsible hears of it: at once when urgent (ND30-4.2.c), else an office day later (ND30-24.1).

    A deadline that lies outside of office hours, or before its beginning, has all its moments at its end.
    """
    running = calendar.office_time_between(begun, due)
    total = max(running - stood_still, timedelta(0))

    def before_end(left: timedelta) -> datetime:
        spent = running - left
        return min(calendar.office_deadline(begun, spent), due) if spent > timedelta(0) else begun

    return Moments(
        before_end(total / 2) if total else due, before_end(total / 5) if total else due, due,
        due if urgent else max(due, calendar.office_deadline(due, GRACE)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Look:
    """What a look at one task's deadline has found: the levels that are new, and when to look again."""

    task_id: int
    agency_id: int
    document_id: int | None
    reached: int
    new: tuple[int, ...]
    following: datetime | None


_LOOKED_AT = (
    Task.id, Task.agency_id, Task.document_id, Task.reminded, Task.created_at, Task.due_at, Task.suspended_seconds,
    Document.urgency,
)  # fmt: skip


def remind_due(work: Work, limit: int = AT_ONCE) -> int:
    """Look at the deadlines that are due to be looked at; how many were.

    Reminders are rows and one occasion per agency; who is told is found out afterwards. Any number of workers may do
    it at once. The task's version stays: a reminder makes nobody's open form stale.
    """
    due = select(*_LOOKED_AT).outerjoin(Document, Document.id == Task.document_id)
    due = due.where(Task.state == "open", Task.remind_at <= work.now).order_by(Task.remind_at).limit(limit)
    found = work.session.execute(due.with_for_update(of=Task, skip_locked=True)).all()
    calendars = {each: office_calendar(work.session, each) for each in {row.agency_id for row in found}}
    looks = [_look(calendars[row.agency_id], row, work.now) for row in found]
    if not looks:
        return 0
    rows = [{"id": each.task_id, "remind_at": each.following, "reminded": each.reached} for each in looks]
    work.session.execute(text(_LOOKED), {"rows": as_json(rows)})
    levels: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for each in looks:
        if each.new:
            levels[each.agency_id][str(each.task_id)] = list(each.new)
    for agency_id, of_tasks in levels.items():
        work.tell(occasions.DUE, agency_id, details={"levels": of_tasks})
    work.session.add_all(
        Reminder(
            agency_id=each.agency_id, task_id=each.task_id, document_id=each.document_id, kind=KINDS[level],
            level=min(level, LATE), at=work.now, by_id=None, message="",
        )
        for each in looks for level in each.new
    )  # fmt: skip
    return len(looks)


_LOOKED = """
    update task set remind_at = looked.remind_at, reminded = looked.reminded
    from jsonb_to_recordset(cast(:rows as jsonb)) as looked(id bigint, remind_at timestamptz, reminded bigint)
    where task.id = looked.id"""


def _look(calendar: OfficeCalendar, row: Any, now: datetime) -> _Look:
    about = (row.id, row.agency_id, row.document_id)
    if row.due_at is None:
        return _Look(*about, 0, (), None)
    stood_still = timedelta(seconds=row.suspended_seconds)
    try:
        found = moments(calendar, row.created_at, row.due_at, stood_still=stood_still, urgent=bool(row.urgency))
    except CalendarError:  # nobody works any more: what is due stays due, and an admin mends the calendar
        return _Look(*about, row.reminded, (), now + LONG_PAUSE)
    reached = found.reached(now)
    # of what was missed while no worker ran only the last is told, but both that it is late and who is responsible
    new = [level for level in (LATE, ESCALATED) if row.reminded < level <= reached] or [reached]
    return _Look(*about, reached, tuple(new) if reached > row.reminded else (), found.following(now))


def note_reminder(work: Work, task: Task, kind: str, message: str) -> None:
    """Write down a reminder given by a person or a diagram; at the same level the platform then gives none itself."""
    level = None
    if task.due_at is not None:
        level = LATE if task.due_at <= work.now else NEAR
        if kind == "procedure" and task.reminded < level:
            task.reminded = level
    work.session.add(
        Reminder(
            agency_id=task.agency_id, task_id=task.id, document_id=task.document_id, kind=kind, level=level,
            at=work.now, by_id=work.actor.person_id, message=message,
        )
    )  # fmt: skip


# --- Queries ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Given:
    """A reminder as it is shown."""

    kind: str
    level: int | None
    at: datetime
    task_id: int
    step: str
    by: str | None
    message: str

    @property
    def name(self) -> str:
        """What kind it is, in words."""
        return NAMES[self.kind]


def of_document(session: Session, document_id: int, limit: int = 100) -> Sequence[Given]:
    """The reminders given about a document's work, newest first; for whoever may see the document."""
    return _given(session, Reminder.document_id == document_id, limit)


def of_task(session: Session, task_id: int, limit: int = 100) -> Sequence[Given]:
    """The reminders of one task, newest first."""
    return _given(session, Reminder.task_id == task_id, limit)


def _given(session: Session, condition: ColumnElement[bool], limit: int) -> Sequence[Given]:
    rows = (
        select(Reminder, Task.name, Person.full_name)
        .join(Task, Task.id == Reminder.task_id)
        .outerjoin(Person, Person.id == Reminder.by_id)
        .where(condition)
        .order_by(Reminder.id.desc())
        .limit(limit)
    )
    return [
        Given(row.kind, row.level, row.at, row.task_id, step, by, row.message)
        for row, step, by in session.execute(rows)
    ]


def counts_of_document(session: Session, document_id: int) -> Mapping[str, int]:
    """How many reminders of each kind a document's work has had."""
    rows = select(Reminder.kind, func.count()).where(Reminder.document_id == document_id).group_by(Reminder.kind)
    return {row[0]: row[1] for row in session.execute(rows)}
