"""What somebody has been told: the list behind the bell, how much of it is unread, and how reminders arrived."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.directory.models import Person
from engine.documents.models import Document
from engine.documents.queries import within
from engine.errors import NotFound
from engine.notices.models import Letter, Notice, NoticePreference
from engine.notices.rules import DEFAULT, KINDS, Channel, Digest, Preference
from engine.platform import Actor
from engine.tasks.kept import Kept, kept_counts, kept_filters
from engine.tasks.models import Task, TaskCandidate
from engine.tasks.queries import BOXES, Asking, Box, asking, stood_in_for

PAGE = 50
MOST_COUNTED = 99
_BY = aliased(Person)  # made once: a fresh alias costs a millisecond
WORK_KINDS = ("assigned", "offered", "urgent", "near", "late", "escalated", "urged")
"""Notices that ask for something to be done: they are settled when it is done, or somebody else does it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One notice as it is shown; subject and number only when the person may see the document now."""

    id: int
    kind: str
    at: datetime
    read: bool
    by: str | None
    step: str | None
    task_id: int | None
    document_id: int | None  # None also when it isn't the person's to see
    number: str | None
    subject: str | None
    instance_id: int | None
    details: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What kind of notice it is, in words."""
        return KINDS[self.kind].name


def notices(
    session: Session, actor: Actor, *, unread: bool = False, before_id: int | None = None, limit: int = PAGE,
    ids: Collection[int] | None = None,
) -> Sequence[Row]:  # fmt: skip
    """Notices of a person, newest first; `before_id` (the last one shown) gives the next page."""
    seen = _may_see(actor)
    rows = (
        select(
            Notice, _BY.full_name, Task.name, seen.label("seen"), Document.id, Document.code, Document.subject,
            _settled(actor),
        )
        .outerjoin(Task, Task.id == Notice.task_id)
        .outerjoin(Document, Document.id == func.coalesce(Notice.document_id, Task.document_id))
        .outerjoin(_BY, _BY.id == Notice.by_id)
        .where(Notice.person_id == actor.person_id)
    )  # fmt: skip
    rows = rows.where(Notice.id.in_(ids)) if ids is not None else rows.where(Notice.bell)
    if unread:
        rows = rows.where(_unread(actor))
    if before_id is not None:
        rows = rows.where(Notice.id < before_id)
    return [
        Row(
            row.id, row.kind, row.at, row.read_at is not None or settled, said_by, step, row.task_id,
            document_id if may_see else None, code if may_see else None, subject if may_see else None,
            row.instance_id, row.details,
        )
        for row, said_by, step, may_see, document_id, code, subject, settled in session.execute(
            rows.order_by(Notice.id.desc()).limit(limit)
        )
    ]  # fmt: skip


def unread(session: Session, actor: Actor) -> int:
    """How many notices somebody hasn't read and that still concern them; counted up to 99, since nobody reads more."""
    return session.scalar(select(_count_unread(actor.person_id, stood_in_for(actor)))) or 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the sidebar and the bell say: tasks of each box and of each kept filter, notices not read."""

    boxes: Mapping[Box, int]
    kept: Sequence[Kept]
    filters: Mapping[int, int]
    unread: int


def waiting(session: Session, actor: Actor, now: datetime) -> Waiting:
    """What waits for somebody; two statements, with kept filters three."""
    own = kept_filters(session, actor)
    *boxes, bell = session.execute(*asking(actor, now, _waiting)).one()
    return Waiting(dict(zip(BOXES, boxes, strict=True)), own, kept_counts(session, actor, own, now), bell)


def _waiting(asking: Asking) -> Select[Any]:
    return select(*asking.counts(), _count_unread(asking.person, asking.stood_in_for))


def _count_unread(person: Any, stood_in: Any) -> Any:
    # Each notice asks for its task: the planner, given a join, may read millions of tasks in their order instead.
    done = select(Task.id).where(Task.id == Notice.task_id, _is_settled(person, stood_in))
    rows = select(Notice.id).where(Notice.person_id == person, Notice.bell, Notice.read_at.is_(None))
    rows = rows.where(done.correlate(Notice).scalar_subquery().is_(None)).limit(MOST_COUNTED + 1)
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()


def own(session: Session, actor: Actor, notice_id: int) -> Notice:
    """A notice of this person; NotFound for anybody else's."""
    row = session.get(Notice, notice_id)
    if row is None or row.person_id != actor.person_id:
        raise NotFound("Không tìm thấy thông báo này.")
    return row


def preference(session: Session, person_id: int) -> Preference:
    """What somebody has chosen, or what everybody gets."""
    return preferences(session, [person_id]).get(person_id, DEFAULT)


def preferences(session: Session, person_ids: Collection[int]) -> dict[int, Preference]:
    """What those of these people have chosen who have chosen something."""
    rows = select(NoticePreference).where(NoticePreference.person_id.in_(person_ids))
    return {
        row.person_id: Preference(
            {kind: frozenset(cast(list[Channel], row.channels[kind])) for kind in KINDS if kind in row.channels},
            cast(Digest, row.digest), row.quiet_from, row.quiet_until, row.working_days_only,
        )
        for row in session.scalars(rows)
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder somebody has sent: to whom, about what, read or not, and how its letter fared."""

    at: datetime
    to: str
    step: str | None
    task_id: int | None
    number: str | None
    subject: str | None
    read_at: datetime | None
    letter: str | None  # waiting, sent, failed; None: no letter
    problem: str


def reminders_by(session: Session, actor: Actor, limit: int = PAGE) -> Sequence[Reminder]:
    """The reminders a person has sent, newest first, one line per receiver (SYS-1.l–m)."""
    rows = (
        select(Notice, Person.full_name, Task.name, _may_see(actor), Document.code, Document.subject, Letter)
        .join(Person, Person.id == Notice.person_id)
        .outerjoin(Task, Task.id == Notice.task_id)
        .outerjoin(Document, Document.id == Task.document_id)
        .outerjoin(Letter, Letter.id == Notice.letter_id)
        .where(Notice.by_id == actor.person_id, Notice.kind == "urged")
        .order_by(Notice.id.desc())
        .limit(limit)
    )
    return [
        Reminder(
            row.at, to, step, row.task_id, code if seen else None, subject if seen else None, row.read_at,
            letter.state if letter else ("waiting" if row.mail_at else None), letter.problem if letter else "",
        )
        for row, to, step, seen, code, subject, letter in session.execute(rows)
    ]  # fmt: skip


def failed_letters(session: Session, agency_id: int, limit: int = PAGE) -> Sequence[tuple[Letter, str, str]]:
    """Letters of an agency that could not be sent, with name and address of who should have had them; newest first."""
    rows = (
        select(Letter, Person.full_name, Person.email)
        .join(Person, Person.id == Letter.person_id)
        .where(Letter.agency_id == agency_id, Letter.state == "failed")
    )
    return [(r[0], r[1], r[2]) for r in session.execute(rows.order_by(Letter.id.desc()).limit(limit))]


def _may_see(actor: Actor) -> ColumnElement[bool]:
    """Whether the document is within the person's scope, or lies in one of their boxes."""
    mine = or_(Task.assignee_id == actor.person_id, stood_in_for(actor), _offered(actor))
    return func.coalesce(or_(within(actor), and_(Task.state == "open", Task.agency_id == actor.agency_id, mine)), False)


def _offered(actor: Actor) -> ColumnElement[bool]:
    group = exists().where(TaskCandidate.task_id == Task.id, TaskCandidate.group.in_(actor.groups))
    return and_(Task.assignee_id.is_(None), group)


def _settled(actor: Actor) -> ColumnElement[bool]:
    """Whether what is asked for has been done, or has become somebody else's."""
    return _is_settled(actor.person_id, stood_in_for(actor))


def _is_settled(person: Any, stood_in: Any) -> ColumnElement[bool]:
    theirs = or_(Task.assignee_id.is_(None), Task.assignee_id == person, stood_in)
    gone = or_(Task.state != "open", and_(Notice.kind.in_(("offered", "urgent")), ~theirs))
    return func.coalesce(and_(Notice.kind.in_(WORK_KINDS), gone), False)


def _unread(actor: Actor) -> ColumnElement[bool]:
    return and_(Notice.bell, Notice.read_at.is_(None), ~_settled(actor))
