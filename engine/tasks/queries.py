"""The inbox: what waits for me, for my groups, for whom I stand in for."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from engine.directory.models import Person, RoleGrant
from engine.directory.names import by_name
from engine.directory.queries import today, valid_on
from engine.directory.rules import STAND_IN_PROCEDURES
from engine.documents.models import Document
from engine.platform import Actor
from engine.tasks import rules
from engine.tasks.filters import Facets, Filter, columns, facets, narrow
from engine.tasks.models import Task, TaskCandidate

Box = Literal["mine", "groups", "stand-in", "due-soon"]
BOXES: tuple[Box, ...] = ("mine", "groups", "stand-in", "due-soon")
SOON = timedelta(hours=24)
EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an inbox, with what its columns show."""

    id: int
    name: str
    procedure: str
    element: str
    due_at: datetime | None
    priority: int
    created_at: datetime
    assignee_id: int | None
    assignee_name: str | None
    version: int
    document_id: int | None
    direction: str | None
    code: str | None
    arrival_number: int | None
    subject: str | None
    organ_name: str | None
    urgency: int | None
    grouped: bool  # some group may take it
    suspended: bool = False  # its deadline stands still

    @property
    def offers(self) -> tuple[str, ...]:
        """What can be done with it without opening it, for somebody in whose box it lies."""
        return rules.offered(self.assignee_id, self.grouped)


def inbox(
    session: Session, actor: Actor, box: Box, now: datetime, *, limit: int = 50, offset: int = 0, search: str = "",
    wanted: Filter = EVERYTHING,
) -> Sequence[Row]:  # fmt: skip
    """Open tasks of one box, as far as they are wanted: due soonest first, then urgent, then oldest."""
    rows, values = asking(actor, now, _ROWS[box])
    boxed = searched(narrow(rows, wanted, now), search)
    return [Row(*row) for row in session.execute(boxed, {**values, "limit": limit, "offset": offset})]


def _rows(asking: Asking, box: Box) -> Select[Any]:
    columns = (
        Task.id,
        Task.name,
        Task.procedure,
        Task.element,
        Task.due_at,
        Task.priority,
        Task.created_at,
        Task.assignee_id,
        Person.full_name,
        Task.version,
        Task.document_id,
        Document.direction,
        Document.code,
        Document.arrival_number,
        Document.subject,
        Document.organ_name,
        Document.urgency,
        exists().where(TaskCandidate.task_id == Task.id),
        Task.suspended_at.is_not(None),
    )
    rows = (
        select(*columns)
        .select_from(Task)
        .outerjoin(Document, Document.id == Task.document_id)
        .outerjoin(Person, Person.id == Task.assignee_id)
    )
    boxed = _in_order(asking.narrow(rows, box))
    return boxed.limit(bindparam("limit", type_=BigInteger)).offset(bindparam("offset", type_=BigInteger))


_ROWS: Mapping[Box, Callable[[Asking], Select[Any]]] = {box: partial(_rows, box=box) for box in BOXES}


def _in_order(rows: Select[Any]) -> Select[Any]:
    return rows.order_by(Task.due_at.asc().nulls_last(), Task.priority.desc(), Task.id)


def choices(session: Session, actor: Actor, box: Box, now: datetime, *, wanted: Filter, search: str = "") -> Facets:
    """By what a box can be narrowed, with counts; one statement, however many tasks it holds."""
    by = columns(now)
    rows = select(*by.values(), func.count()).select_from(Task).outerjoin(Document, Document.id == Task.document_id)
    boxed = searched(in_box(rows, actor, box, now), search).group_by(*by.values())
    return facets(((Filter(*values), count) for *values, count in session.execute(boxed)), wanted)


def counts(session: Session, actor: Actor, now: datetime) -> dict[Box, int]:
    """How many open tasks each box holds."""
    return dict(zip(BOXES, session.execute(*asking(actor, now, _counts)).one(), strict=True))


def asking(
    actor: Actor, now: datetime, made: Callable[[Asking], Select[Any]]
) -> tuple[Select[Any], Mapping[str, Any]]:
    """A statement about what waits for somebody, and its values; what `made` returns is made once for everybody."""
    values = {
        "agency": actor.agency_id, "person": actor.person_id, "groups": sorted(actor.groups), "soon": now + SOON,
        "absent": sorted(actor.standing_in_for),
    }  # fmt: skip
    if actor.stand_in_limits:  # rare, and each has conditions of its own
        return made(dataclasses.replace(ANYBODY, stood_in_for=stood_in_for(actor))), values
    return _made_once(made), values


@cache
def _made_once(made: Callable[[Asking], Select[Any]]) -> Select[Any]:
    return made(ANYBODY)


def _counts(asking: Asking) -> Select[Any]:
    return select(*asking.counts())


def waiting_for(session: Session, actor: Actor, document_id: int | None, now: datetime) -> int | None:
    """The next task of mine on the same document, for complete-and-next; None when there is none."""
    if document_id is None:
        return None
    rows = select(Task.id).where(Task.document_id == document_id)
    found: int | None = None
    for box in BOXES[:2]:
        found = found or session.scalar(in_box(rows, actor, box, now).order_by(Task.id).limit(1))
    return found


def next_of_mine(session: Session, actor: Actor, now: datetime, besides: int | None = None) -> int | None:
    """The task that stands first in my box, apart from one; None when I have no other."""
    first = session.scalars(*asking(actor, now, _first_two))
    return next((each for each in first if each != besides), None)


def _first_two(asking: Asking) -> Select[Any]:
    return _in_order(asking.narrow(select(Task.id), "mine")).limit(2)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A task somebody has marked: what it is called and whose it is."""

    id: int
    name: str
    subject: str | None
    assignee_id: int | None
    state: str


def chosen(session: Session, actor: Actor, ids: Collection[int]) -> dict[int, Chosen]:
    """Those of these tasks the actor may see, by id; whoever may not see one isn't told that it exists."""
    groups = func.array_agg(TaskCandidate.group).filter(TaskCandidate.group.is_not(None))
    rows = (
        select(Task, Document.subject, groups)
        .outerjoin(Document, Document.id == Task.document_id)
        .outerjoin(TaskCandidate, TaskCandidate.task_id == Task.id)
        .where(Task.id.in_(ids), Task.agency_id == actor.agency_id)
        .group_by(Task.id, Document.subject)
    )
    return {
        task.id: Chosen(task.id, task.name, subject, task.assignee_id, task.state)
        for task, subject, candidates in session.execute(rows)
        if rules.may_see(actor, task, candidates or ())
    }


@dataclass(frozen=True, slots=True)
class Done:
    """A task somebody has completed, with its document."""

    task: Task
    code: str | None
    subject: str | None


def done_by(session: Session, actor: Actor, *, limit: int, offset: int = 0) -> Sequence[Done]:
    """What the actor has completed, or others in their place, newest first."""
    mine = or_(Task.completed_by_id == actor.person_id, Task.acting_for_id == actor.person_id)
    rows = (
        select(Task, Document.code, Document.subject)
        .outerjoin(Document, Document.id == Task.document_id)
        .where(mine, Task.state == "completed", Task.agency_id == actor.agency_id)
        .order_by(Task.completed_at.desc(), Task.id.desc())
    )
    return [Done(*row) for row in session.execute(rows.limit(limit).offset(offset))]


def open_on(session: Session, document_id: int) -> Sequence[tuple[Task, str | None]]:
    """Open tasks of a document with the assignee's name: where the document is now."""
    return _open(session, Task.document_id == document_id)


def open_in(session: Session, instance_id: int) -> Sequence[tuple[Task, str | None]]:
    """Open tasks of a case with the assignee's name."""
    return _open(session, Task.instance_id == instance_id)


def _open(session: Session, where: ColumnElement[bool]) -> Sequence[tuple[Task, str | None]]:
    rows = select(Task, Person.full_name).outerjoin(Person, Person.id == Task.assignee_id)
    return [(r[0], r[1]) for r in session.execute(rows.where(where, Task.state == "open").order_by(Task.id))]


def candidate_groups(session: Session, task_id: int) -> frozenset[str]:
    """The groups that may take a task."""
    return frozenset(session.scalars(select(TaskCandidate.group).where(TaskCandidate.task_id == task_id)))


def receivers(session: Session, task: Task, groups: Collection[str], now: datetime) -> Sequence[Person]:
    """Who a task may be handed over to: who holds a role it is for, in whatever unit; anybody, if it is for no role."""
    people = select(Person).where(Person.agency_id == task.agency_id, Person.active)
    roles = {group.partition("@")[0] for group in groups if not group.startswith("person:")}
    if roles:
        held = select(RoleGrant.person_id).where(RoleGrant.agency_id == task.agency_id, RoleGrant.role.in_(roles))
        people = people.where(Person.id.in_(held.where(valid_on(RoleGrant, today(now)))))
    return by_name(session.scalars(people.order_by(Person.id)))


def searched(rows: Any, search: str) -> Any:
    """Narrow a select on tasks and their documents by folded words."""
    return rows.where(Document.folded.contains(search, autoescape=True)) if search else rows


def in_box(rows: Any, actor: Actor, box: Box, now: datetime) -> Any:
    """Narrow a select on tasks, whatever its columns, to one box; every branch stays inside the actor's agency."""
    groups = literal(sorted(actor.groups), ARRAY(Text))
    return Asking(actor.agency_id, actor.person_id, groups, stood_in_for(actor), now + SOON).narrow(rows, box)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks and until when “soon” is: values of one question, or parameters of a statement made once for all."""

    agency: Any
    person: Any
    groups: Any
    stood_in_for: Any
    soon: Any

    def narrow(self, rows: Any, box: Box) -> Any:
        rows = rows.where(Task.state == "open", Task.agency_id == self.agency)
        for_my_groups = exists().where(
            TaskCandidate.task_id == Task.id,
            TaskCandidate.agency_id == self.agency,
            TaskCandidate.group == func.any(self.groups),
        )
        unclaimed = and_(Task.assignee_id.is_(None), for_my_groups)
        if box == "mine":
            return rows.where(Task.assignee_id == self.person)
        if box == "groups":
            return rows.where(unclaimed)
        if box == "stand-in":
            return rows.where(self.stood_in_for)
        return rows.where(or_(Task.assignee_id == self.person, unclaimed), Task.due_at <= self.soon)

    def counts(self) -> Sequence[Any]:
        """Columns: how many tasks each box holds, in the order of BOXES."""
        return [self.narrow(select(func.count()).select_from(Task), box).scalar_subquery() for box in BOXES]


def stood_in_for(actor: Actor) -> Any:
    """Condition on Task: it lies with somebody this actor stands in for, in all work or in work of its kind."""
    limited = [
        and_(Task.assignee_id == person_id, Task.procedure.in_(STAND_IN_PROCEDURES[kind]))
        for person_id, kind in sorted(actor.stand_in_limits)
    ]
    return or_(Task.assignee_id.in_(actor.standing_in_for), *limited)


ANYBODY = Asking(
    bindparam("agency", type_=BigInteger), bindparam("person", type_=BigInteger),
    bindparam("groups", type_=ARRAY(Text)), Task.assignee_id == func.any(bindparam("absent", type_=ARRAY(BigInteger))),
    bindparam("soon", type_=DateTime(timezone=True)),
)  # fmt: skip
