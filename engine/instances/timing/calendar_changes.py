"""A calendar that changes: deadlines and running timers that follow from it are moved, in bounded pieces.

What was reckoned says by which rule, from when and how long, so that it is worked out again without a diagram. What
is past stays as it was, and so does what somebody named or extended to a moment of their own (facts, section 10.4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, tuple_
from sqlalchemy.orm import Session

from engine.calendar import CalendarError, OfficeCalendar
from engine.database import as_json
from engine.directory import calendars
from engine.directory.models import Calendar, Person
from engine.instances.timing.functions import RULES
from engine.instances.timing.models import CalendarChange, DeadlineMove, Reckoning
from engine.platform import Actor, Work

AT_ONCE = 500
SHOWN = 200


def change_calendar(work: Work, calendar_id: int, change: Callable[[Work], object], said: str = "") -> int:
    """Change a calendar by `change`, told in words by `said`; the id of the change, whose deadlines are to be moved.

    NotAllowed and InvalidInput come from `change`. The deadlines follow by `move_deadlines`, piece by piece, so that no
    command grows with the number of open tasks; a worker goes on where the first pieces end.
    """
    change(work)
    version = work.session.scalar(select(Calendar.version).where(Calendar.id == calendar_id)) or 0
    row = CalendarChange(
        calendar_id=calendar_id, calendar_version=version, said=said[:300], at=work.now, by_id=work.actor.person_id,
        state="running", reached=work.now, reached_id=0, looked_at=0, earlier=0, later=0, timers=0,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    return row.id


def running(session: Session) -> Sequence[int]:
    """The changes whose deadlines haven't all been moved, oldest first: they are moved in this order."""
    return session.scalars(
        select(CalendarChange.id).where(CalendarChange.state == "running").order_by(CalendarChange.id)
    ).all()


def move_deadlines(work: Work, change_id: int, limit: int = AT_ONCE) -> bool:
    """Move the next deadlines of a change, with the open tasks, timers and assignments that have them; whether any may
    be left. Nothing happens while another worker has the change.
    """
    change = work.session.scalar(
        select(CalendarChange)
        .where(CalendarChange.id == change_id, CalendarChange.state == "running")
        .with_for_update(skip_locked=True)
    )
    if change is None:
        return False
    rows = _next(work.session, change, limit)
    moves = _moves(work, rows)
    if moves:
        _apply(work, change, moves)
    change.looked_at += len(rows)
    if rows:
        change.reached, change.reached_id = rows[-1].due, rows[-1].id
    if len(rows) < limit:
        change.state, change.finished_at = "done", work.now
        return False
    return True


def _next(session: Session, change: CalendarChange, limit: int) -> Sequence[Any]:
    columns = (
        Reckoning.id, Reckoning.agency_id, Reckoning.instance_id, Reckoning.document_id, Reckoning.rule,
        Reckoning.start, Reckoning.duration, Reckoning.due,
    )  # fmt: skip
    concerned = calendars.agencies_of(session, change.calendar_id)
    rows = select(*columns).where(
        Reckoning.agency_id.in_(concerned), Reckoning.due > change.at,
        tuple_(Reckoning.due, Reckoning.id) > (change.reached, change.reached_id),
    )  # fmt: skip
    return session.execute(rows.order_by(Reckoning.due, Reckoning.id).limit(limit)).all()


def _moves(work: Work, rows: Sequence[Any]) -> list[dict[str, Any]]:
    pure = {each: calendars.office_calendar(work.session, each) for each in {row.agency_id for row in rows}}
    found = []
    for row in rows:
        after = _again(pure[row.agency_id], row)
        if after is not None and after != row.due:
            found.append({
                "id": row.id, "agency_id": row.agency_id, "instance_id": row.instance_id,
                "document_id": row.document_id, "before": row.due, "after": after,
                "version": pure[row.agency_id].version,
            })  # fmt: skip
    return found


def _again(calendar: OfficeCalendar, row: Any) -> datetime | None:
    try:
        return RULES[row.rule](calendar, row.start, row.duration)
    except CalendarError:  # a calendar without office hours moves nothing; once it has some it does
        return None


_MOVES = """
    moves as materialized (
      select * from jsonb_to_recordset(cast(:moves as jsonb)) as given(
        id bigint, agency_id bigint, instance_id bigint, document_id bigint, before timestamptz, after timestamptz,
        version bigint)
    ),
    runs as (
      select instance_id, agency_id, before, after from moves
      union
      select instance.id, moves.agency_id, before, after
      from moves join instance on instance.document_id = moves.document_id and instance.agency_id = moves.agency_id
      where instance.status = 'running'
    )"""
_SAME = "between runs.before - interval '1 second' and runs.before + interval '1 second'"
_APPLY = f"""
    with {_MOVES},
    reckoned as (
      update reckoning set due = moves.after, calendar_version = moves.version from moves where reckoning.id = moves.id
    ),
    tasks as (
      update task set due_at = runs.after, remind_at = :now from runs
      where task.instance_id = runs.instance_id and task.state in ('open', 'planned') and task.due_at {_SAME}
      returning task.id, task.agency_id, task.name, runs.before, runs.after
    ),
    assignments as (
      update assignment set due_at = moves.after from moves
      where assignment.document_id = moves.document_id and assignment.state = 'open'
        and assignment.due_at between moves.before - interval '1 second' and moves.before + interval '1 second'
    ),
    timers as (
      update subscription set due_at = runs.after from runs
      where subscription.instance_id = runs.instance_id and subscription.kind = 'timer'
        and subscription.due_at > :changed and subscription.due_at {_SAME}
      returning 1
    ),
    noted as (
      insert into deadline_move (change_id, agency_id, task_id, name, before, after)
      select :change, agency_id, id, name, before, after from tasks
      returning task_id, agency_id, name, before, after
    )
    select noted.*, (select count(*) from timers) from noted
    union all
    select null, null, null, null, null, (select count(*) from timers) where not exists (select from noted)"""  # noqa: S608  # our own text


def _apply(work: Work, change: CalendarChange, moves: Sequence[Mapping[str, Any]]) -> None:
    given = {"moves": as_json(moves), "now": work.now, "changed": change.at, "change": change.id}
    rows = work.session.execute(text(_APPLY), given).all()
    for task_id, agency_id, _name, before, after, _timers in rows:
        if task_id is None:
            continue
        change.later += after > before
        change.earlier += after < before
        work.note("task.due_moved", "task", task_id, agency_id, before=before.isoformat(), after=after.isoformat(),
                  calendar_version=change.calendar_version)  # fmt: skip
    change.timers += rows[0][5] if rows else 0


# --- Queries ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a calendar as it is shown: what, who, and what it did to the deadlines of one's own agency."""

    row: CalendarChange
    by: str | None
    moved: tuple[DeadlineMove, ...]  # the first of them
    earlier: int
    later: int

    @property
    def count(self) -> int:
        """How many deadlines of the agency were moved."""
        return self.earlier + self.later


def recent(session: Session, actor: Actor, limit: int = 5) -> Sequence[Change]:
    """The last changes of the calendar one's agency works by, newest first."""
    calendar_id = calendars.calendar_of(session, actor.agency_id or 0)
    rows = (
        select(CalendarChange, Person.full_name)
        .outerjoin(Person, Person.id == CalendarChange.by_id)
        .where(CalendarChange.calendar_id == calendar_id)
        .order_by(CalendarChange.id.desc())
        .limit(limit)
    )
    return [_change(session, actor, row, by) for row, by in session.execute(rows)]


def _change(session: Session, actor: Actor, row: CalendarChange, by: str | None) -> Change:
    own = (DeadlineMove.change_id == row.id, DeadlineMove.agency_id == actor.agency_id)
    moved = select(DeadlineMove).where(*own).order_by(DeadlineMove.id).limit(SHOWN)
    later = DeadlineMove.after > DeadlineMove.before
    counted = select(func.count().filter(~later), func.count().filter(later)).where(*own)
    earlier_count, later_count = session.execute(counted).one()
    return Change(row, by, tuple(session.scalars(moved)), earlier_count, later_count)


def moves_of(session: Session, task_id: int) -> Sequence[tuple[DeadlineMove, CalendarChange, str | None]]:
    """When and why a task's deadline was moved by the calendar, oldest first."""
    rows = (
        select(DeadlineMove, CalendarChange, Person.full_name)
        .join(CalendarChange, CalendarChange.id == DeadlineMove.change_id)
        .outerjoin(Person, Person.id == CalendarChange.by_id)
        .where(DeadlineMove.task_id == task_id)
        .order_by(DeadlineMove.id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(rows)]
