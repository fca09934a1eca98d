"""The lines of an instruction with their state: who has looked, who is at work, who is late, who is done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ARRAY, BigInteger, ColumnElement, and_, any_, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session

from engine import audit
from engine.directory.models import Person, Unit
from engine.documents import commands as documents
from engine.documents.models import Assignment
from engine.platform import Work
from engine.tasks.models import Task, TaskCandidate

State = Literal["unseen", "doing", "done", "late", "returned"]
PARTS = ("lead", "support", "inform")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: who, in which part, until when, and how far."""

    id: int
    part: str
    person: str
    unit: str
    person_id: int | None
    unit_id: int | None
    due_at: datetime | None
    state: State
    at: datetime | None  # when it was done, or first looked at
    task_id: int | None  # what waits for them, if anything does


def lines(session: Session, document_id: int, now: datetime) -> Sequence[Line]:
    """The lines in force, the lead first; two statements however many there are."""
    rows = (
        select(Assignment, Person.full_name, Unit.name)
        .outerjoin(Person, Person.id == Assignment.person_id)
        .outerjoin(Unit, Unit.id == Assignment.unit_id)
        .where(Assignment.document_id == document_id, Assignment.state != "replaced")
        .order_by(Assignment.id)
    )
    given = list(session.execute(rows))
    if not given:
        return ()
    work = _work(session, document_id)
    found = [_line(row, person or "", unit or "", work, now) for row, person, unit in given]
    return sorted(found, key=lambda line: (PARTS.index(line.part), line.person_id is not None, line.id))


def _work(session: Session, document_id: int) -> Sequence[tuple[Task, str | None]]:
    """What was asked of people about the document, with the groups it was asked of."""
    rows = (
        select(Task, TaskCandidate.group)
        .outerjoin(TaskCandidate, TaskCandidate.task_id == Task.id)
        .where(Task.document_id == document_id, Task.state.in_(("open", "completed")))
        .order_by(Task.id)
    )
    return [(task, group) for task, group in session.execute(rows)]


def _line(row: Assignment, person: str, unit: str, work: Sequence[tuple[Task, str | None]], now: datetime) -> Line:
    """What is known of a line: its own row first, then the work asked of its person or unit since it was written."""
    mine = [task for task, group in work if task.created_at >= row.created_at and _is_for(row, task, group)]
    waiting = next((task for task in mine if task.state == "open"), None)
    finished = next((task for task in reversed(mine) if task.state == "completed"), None)
    seen = min((each for each in (row.seen_at, *(task.opened_at for task in mine)) if each), default=None)
    done = row.part == "support" and finished is not None and waiting is None
    state: State = "doing" if seen or finished else "unseen"
    at = seen or (finished.completed_at if finished else None)
    if row.state == "returned":
        state, at = "returned", row.settled_at
    elif row.state == "done" or done or (row.part == "inform" and seen):
        state = "done"
        at = row.settled_at or (finished.completed_at if done and finished else at)
    elif row.due_at is not None and row.due_at < now:
        state = "late"
    return Line(
        row.id, row.part, person, unit, row.person_id, row.unit_id, row.due_at, state, at,
        waiting.id if waiting else None,
    )  # fmt: skip


def _is_for(row: Assignment, task: Task, group: str | None) -> bool:
    if row.person_id is not None:
        return task.assignee_id == row.person_id or group == f"person:{row.person_id}"
    return group is not None and group.endswith(f"@{row.unit_id}")


def read_document(work: Work, document_id: int) -> None:
    """Open a document to read it: an audit line, and the lines of the reader count as seen; NotFound as `note_read`."""
    documents.note_read(work, document_id)
    note_seen(work, document_id)


def reading_of(document_id: int) -> str:
    """What opening a document is called among what somebody has looked at today."""
    return audit.view_of("document.read", "document", document_id)


def unread(document: Any, subject: Any, day: Any, person: Any, acting_for: Any, units: Any) -> ColumnElement[bool]:
    """Column: whether opening a document would leave a mark, as `read_document` does; of parameters of a statement."""
    return or_(~audit.looked(day, person, acting_for, subject), exists().where(*_unseen(document, person, units)))


def note_seen(work: Work, document_id: int) -> int:
    """Note that whoever works has looked at what they, or their unit, were given; one statement, mostly of no row."""
    given = {"document": document_id, "me": work.actor.person_id, "units": sorted(work.actor.unit_ids), "now": work.now}
    found: Any = work.session.execute(_SEE, given, execution_options={"synchronize_session": False})
    return int(found.rowcount)


def _unseen(document: Any, person: Any, units: Any) -> tuple[ColumnElement[bool], ...]:
    whose = or_(Assignment.person_id == person, and_(Assignment.person_id.is_(None), Assignment.unit_id == any_(units)))
    return (Assignment.document_id == document, Assignment.seen_at.is_(None), Assignment.state == "open", whose)


_SEE = (
    update(Assignment)
    .where(*_unseen(bindparam("document"), bindparam("me"), bindparam("units", type_=ARRAY(BigInteger))))
    .values(seen_at=bindparam("now"))
)


def settle_line(work: Work, task: Task, groups: Collection[str]) -> None:
    """A supporter who has done their share of work done side by side is done, whatever the others do."""
    people = {task.assignee_id, work.actor.person_id, work.actor.acting_for_id} - {None}
    units = [int(unit) for _role, _at, unit in (group.partition("@") for group in groups) if unit.isdigit()]
    whose = or_(Assignment.person_id.in_(people), and_(Assignment.person_id.is_(None), Assignment.unit_id.in_(units)))
    mine = (Assignment.document_id == task.document_id, Assignment.part == "support", Assignment.state == "open")
    work.session.execute(update(Assignment).where(*mine, whose).values(state="done", settled_at=work.now))


def take_over_line(work: Work, task: Task, receiver: Person) -> None:
    """The person's line of the instruction becomes the receiver's, who hasn't looked yet."""
    if task.assignee_id is None:
        return
    mine = (Assignment.document_id == task.document_id, Assignment.person_id == task.assignee_id)
    other = {"person_id": receiver.id, "unit_id": receiver.unit_id, "seen_at": None}
    work.session.execute(update(Assignment).where(*mine, Assignment.state == "open").values(**other))


def move_line(work: Work, document_id: int, units: Sequence[int], unit_id: int) -> None:
    """A supporting unit's line becomes another unit's, which hasn't looked yet."""
    mine = (Assignment.document_id == document_id, Assignment.unit_id.in_(units), Assignment.person_id.is_(None))
    theirs = (*mine, Assignment.part == "support", Assignment.state == "open")
    work.session.execute(update(Assignment).where(*theirs).values(unit_id=unit_id, seen_at=None))
