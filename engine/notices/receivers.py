"""Whom an occasion concerns: what is told to whom, before anybody's preferences; never who did it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine import occasions
from engine.directory.models import Person, RoleGrant, StandIn
from engine.directory.queries import confirmers, today, valid_on
from engine.directory.rules import STAND_IN_PROCEDURES
from engine.documents.models import Assignment, Document, Opinion
from engine.notices.models import Notice
from engine.occasions import Occasion
from engine.outages.models import Outage
from engine.outages.rules import told_times
from engine.tasks import reminders
from engine.tasks.models import Reminder, Task, TaskCandidate
from engine.tasks.succession.queries import heirs

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Told:
    """One thing to tell one person; `mark` says what it tells, so that it is told once."""

    person_id: int
    kind: str
    mark: str
    task_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def of(session: Session, occasion: Occasion, now: datetime) -> list[Told]:
    """Everybody of the agency an occasion concerns, each once, the one whose doing it is left out."""
    found: dict[tuple[int, str], Told] = {}
    every = list(_WHO[occasion.kind](session, occasion, now))
    taken = heirs(session, occasion.agency_id, {told.person_id for told in every}, occasion.document_id)
    for told in every:
        told = replace(told, person_id=taken.get(told.person_id, told.person_id))  # to whoever took their work over
        if told.person_id != occasion.actor_id:
            found.setdefault((told.person_id, told.mark), told)
    ids = select(Person.id).where(
        Person.id.in_({told.person_id for told in found.values()}), Person.active,
        Person.agency_id == occasion.agency_id,
    )  # fmt: skip
    active = set(session.scalars(ids)) if found else set()
    return [told for told in found.values() if told.person_id in active]


def _opened(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    tasks = select(Task).where(
        Task.instance_id == occasion.instance_id, Task.token.in_(occasion.details["tokens"]),
        Task.created_at == occasion.at, Task.state == "open",
    )  # fmt: skip
    untouched = [task for task in session.scalars(tasks) if not _claimed(task)]
    pressing = _about_urgent(session, untouched)
    ordinary = [task for task in untouched if task.document_id not in pressing]
    yield from _concerned(session, ordinary, now, "assigned", "offered")
    yield from _concerned(
        session, [task for task in untouched if task.document_id in pressing], now, "urgent", "urgent"
    )


def _about_urgent(session: Session, tasks: Iterable[Task]) -> set[int | None]:
    """The documents among these tasks' that are to be handled at once, whatever the hour (ND30-4.2.c, QD28-6.2c)."""
    ids = {task.document_id for task in tasks if task.document_id is not None}
    urgent = select(Document.id).where(Document.id.in_(ids), Document.urgency > 0)
    return set(session.scalars(urgent)) if ids else set()


def _claimed(task: Task) -> bool:
    """Whether somebody has taken it since the step: that is the person's own doing, or told as a handing over."""
    return task.claimed_at is not None and task.claimed_at > task.created_at


def _concerned(session: Session, tasks: Iterable[Task], now: datetime, personal: str, grouped: str) -> Iterator[Told]:
    """Whose a task is (and who stands in for them), or else everybody who may take it."""
    open_to: dict[int, Task] = {}
    held: dict[int, list[Task]] = {}
    for task in tasks:
        if task.assignee_id is None:
            open_to[task.id] = task
        else:
            held.setdefault(task.assignee_id, []).append(task)
    for person_id, theirs in held.items():
        yield from (Told(person_id, personal, f"{personal}:{task.id}", task.id) for task in theirs)
    absent = select(StandIn.person_id, StandIn.stand_in_id, StandIn.kinds).where(
        StandIn.person_id.in_(held), StandIn.valid_from <= now, StandIn.valid_to > now, StandIn.revoked_at.is_(None)
    )
    for person_id, stand_in_id, kinds in session.execute(absent) if held else ():
        theirs = [task for task in held[person_id] if not kinds or _of_kinds(task, kinds)]
        for task in theirs:
            yield Told(stand_in_id, personal, f"{personal}:{task.id}", task.id, {"for": person_id})
    candidates = select(TaskCandidate.task_id, TaskCandidate.group).where(TaskCandidate.task_id.in_(open_to))
    for task_id, group in session.execute(candidates) if open_to else ():
        for person_id in members(session, open_to[task_id].agency_id, group, now):
            yield Told(person_id, grouped, f"{grouped}:{task_id}", task_id)


def _of_kinds(task: Task, kinds: Iterable[str]) -> bool:
    return any(task.procedure in STAND_IN_PROCEDURES[kind] for kind in kinds)


def members(session: Session, agency_id: int, group: str, now: datetime) -> Iterable[int]:
    """The people of a group: `person:7`, a role held anywhere in the agency, or a role in a unit (`unit-head@12`)."""
    role, _at, unit = group.partition("@")
    if role.startswith("person:"):
        return [int(role[7:])] if role[7:].isdigit() else []
    held = (
        select(RoleGrant.person_id)
        .distinct()
        .where(RoleGrant.agency_id == agency_id, RoleGrant.role == role, valid_on(RoleGrant, today(now)))
    )
    if unit:
        own = RoleGrant.unit_id == int(unit) if unit.isdigit() else RoleGrant.unit_id == -1
        held = held.where(own | RoleGrant.unit_id.is_(None))
    return session.scalars(held).all()


def _handed(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    task = session.get(Task, occasion.task_id)
    if task is None or task.state != "open":
        return
    if task.assignee_id == occasion.person_id:
        yield from _again(_concerned(session, [task], now, "assigned", "offered"), occasion)
    before = occasion.details.get("from")
    if before and before != task.assignee_id:
        yield Told(before, "taken-back", f"taken-back:{occasion.id}", task.id)


def _again(told: Iterable[Told], occasion: Occasion) -> Iterator[Told]:
    """What may happen to a person more than once with the same task is told every time."""
    for each in told:
        yield Told(each.person_id, each.kind, f"{each.mark}:{occasion.id}", each.task_id, each.details)


def _withdrawn(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    tasks = select(Task.id, Task.assignee_id).where(
        Task.instance_id == occasion.instance_id, Task.state == "withdrawn", Task.completed_at == occasion.at,
        Task.assignee_id.is_not(None),
    )  # fmt: skip
    for task_id, person_id in session.execute(tasks):
        assert person_id is not None
        yield Told(person_id, "taken-back", f"withdrawn:{task_id}", task_id)


def _reminded(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    """A timer's reminder: near its deadline or past it; a group that was called in is told as well."""
    rows = select(Task).where(Task.document_id == occasion.document_id, Task.state == "open")
    tasks = session.scalars(rows).all()
    for late in (True, False):
        kind = "late" if late else "near"
        some = [task for task in tasks if (task.due_at is not None and task.due_at <= occasion.at) is late]
        yield from _again(_concerned(session, some, now, kind, kind), occasion)
        group = occasion.details.get("group")
        for person_id in members(session, occasion.agency_id, group, now) if group and some else ():
            yield Told(person_id, kind, f"{kind}:{some[0].id}:{occasion.id}", some[0].id)


def _due(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    """Deadlines the platform watches itself: who has the work is told how much of the time is over; who is responsible
    is told of what stays late (ND30-24.1).
    """
    levels: Mapping[str, list[int]] = occasion.details["levels"]
    rows = select(Task).where(Task.id.in_([int(each) for each in levels]), Task.state == "open")
    tasks = session.scalars(rows).all()
    for level in (reminders.HALF, reminders.NEAR, reminders.LATE):
        kind = "late" if level == reminders.LATE else "near"
        some = [task for task in tasks if level in levels[str(task.id)]]
        for told in _concerned(session, some, now, kind, kind):
            said = {**told.details, "level": level}
            yield Told(told.person_id, kind, f"{told.mark}:{level}:{occasion.id}", told.task_id, said)
    for task in tasks:
        if reminders.ESCALATED in levels[str(task.id)]:
            for person_id in _responsible(session, task, now):
                yield Told(person_id, "escalated", f"escalated:{task.id}:{occasion.id}", task.id)


def _responsible(session: Session, task: Task, now: datetime) -> Iterable[int]:
    """Who answers for late work: the head of the unit that has it; for the head's own, leaders; for a leader's, the
    clerks, who urge (SYS-1.l–m).
    """
    groups = session.scalars(select(TaskCandidate.group).where(TaskCandidate.task_id == task.id)).all()
    doers = {each for group in groups for each in members(session, task.agency_id, group, now)}
    units = {group.partition("@")[2] for group in groups} - {""}
    if task.assignee_id is not None:
        doers = {task.assignee_id}
        unit_id = session.scalar(select(Person.unit_id).where(Person.id == task.assignee_id))
        units = {str(unit_id)} if unit_id is not None else set()
    for group in (*(f"unit-head@{unit}" for unit in sorted(units)), "leader", "clerk"):
        found = set(members(session, task.agency_id, group, now))
        if found and not doers & found:
            return sorted(found)
    return ()


def _urged(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    task = session.get(Task, occasion.task_id)
    if task is not None and task.state == "open":
        said = {"message": occasion.details.get("message", "")}
        for told in _again(_concerned(session, [task], now, "urged", "urged"), occasion):
            yield Told(told.person_id, told.kind, told.mark, told.task_id, {**told.details, **said})


def _returned(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    """A draft that was sent back: who drafts it and all who have acted on it (a rejection reaches everybody)."""
    document = session.get(Document, occasion.document_id)
    if document is None or document.destroyed_at is not None:
        return
    said = _why_returned(session, occasion)
    for person_id in _people(document.drafter_id):
        yield Told(person_id, "returned", f"returned:{occasion.id}", details=said)
    judged = select(Opinion.person_id).where(Opinion.document_id == document.id)
    done = select(Task.completed_by_id, Task.acting_for_id).where(
        Task.document_id == document.id, Task.state == "completed", Task.completed_at <= occasion.at
    )
    acted = _people(*session.scalars(judged), *(each for row in session.execute(done) for each in row))
    for person_id in acted - _people(document.drafter_id):
        yield Told(person_id, "rejected", f"rejected:{occasion.id}", details=said)


def _why_returned(session: Session, occasion: Occasion) -> dict[str, Any]:
    """The reason of the verdict by which a draft was sent back."""
    verdict = select(Opinion.text).where(Opinion.document_id == occasion.document_id, Opinion.at == occasion.at)
    reason = session.scalar(verdict.order_by(Opinion.id.desc()).limit(1)) or ""
    return {"message": reason[:LONGEST_REASON]} if reason else {}


def _sent_out(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    """News of a document we sent: who drafted it follows what becomes of it (LA-9.3.b)."""
    document = session.get(Document, occasion.document_id)
    if document is None:
        return
    mark = f"{occasion.kind}:{occasion.details.get('dispatch') or occasion.id}:{occasion.details.get('reply', '')}"
    said = {"recipient": occasion.details.get("recipient", "")}
    for person_id in _people(document.drafter_id, document.created_by_id):
        yield Told(person_id, occasion.kind, mark, details=said)


def _people(*ids: int | None) -> set[int]:
    return {each for each in ids if each is not None}


def _incident(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    for person_id in members(session, occasion.agency_id, "agency-admin", now):
        yield Told(person_id, "incident", f"incident:{occasion.id}")


def _own(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    """What is one person's own affair: a print that is ready, a letter of theirs that didn't arrive."""
    if occasion.person_id is not None:
        yield Told(occasion.person_id, occasion.kind, f"{occasion.kind}:{occasion.id}", details=occasion.details)


def _informed(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    """Who is named “để biết” by a step, people and the people of units, unless it has been taken back (ND30-23.2)."""
    document = session.get(Document, occasion.document_id)
    if document is None or document.destroyed_at is not None:
        return
    lines = select(Assignment.unit_id, Assignment.person_id).where(
        Assignment.document_id == document.id, Assignment.part == "inform", Assignment.state == "open",
    )  # fmt: skip
    named = session.execute(lines).all()
    units = {unit_id for unit_id, person_id in named if person_id is None} & set(occasion.details["units"])
    people = {person_id for _unit, person_id in named} & set(occasion.details["people"])
    of_units = session.scalars(select(Person.id).where(Person.unit_id.in_(units))) if units else ()
    for person_id in sorted({*people, *of_units}):
        yield Told(person_id, "informed", f"informed:{occasion.id}")


def _replaced(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    """The head of the unit that led until another took its place; who had a task there hears of that by itself."""
    for person_id in members(session, occasion.agency_id, f"unit-head@{occasion.details['unit']}", now):
        yield Told(person_id, "taken-back", f"replaced:{occasion.id}", details={"message": occasion.details["reason"]})


def _standing_in(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    row = session.get(StandIn, occasion.details["stand_in"])
    if row is not None and row.revoked_at is None and row.valid_to > now:
        said = {"for": row.person_id, "until": row.valid_to.isoformat()}
        yield Told(row.stand_in_id, "standing-in", f"standing-in:{row.id}", details=said)


def _destroyed(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    """A recalled document leaves no words in notices; that there were notices stays (QD28-9.2b)."""
    about = update(Notice).where(Notice.document_id == occasion.document_id)
    session.execute(about.values(details={}, read_at=func.coalesce(Notice.read_at, now)))
    session.execute(update(Reminder).where(Reminder.document_id == occasion.document_id).values(message=""))
    yield from ()


def _confirmers(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    """Whoever may confirm a change of rights; who asked isn't told (SYS-3.c)."""
    for person_id in session.scalars(confirmers(occasion.agency_id, today(now)).distinct()):
        yield Told(person_id, occasion.kind, f"{occasion.kind}:{occasion.id}", details=occasion.details)


def _clearing(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    """Leaders hear that a stopped file is asked for, who asked hears what was decided (LA-1.2)."""
    decided = [occasion.person_id] if occasion.person_id is not None else []
    for person_id in decided or members(session, occasion.agency_id, "leader", now):
        yield Told(person_id, occasion.kind, f"{occasion.kind}:{occasion.id}", details=occasion.details)


def _outage(session: Session, occasion: Occasion, now: datetime) -> Iterator[Told]:
    """Everybody of the agency is told of an outage, and of every change of what was announced (LA-14.3)."""
    row = session.get(Outage, occasion.details["outage"])
    if row is None or row.edition != occasion.details["edition"]:
        return  # what has been corrected since is told by the correction
    said = {"outage": row.id, "turn": occasion.details["turn"], **told_times(row)}
    people = select(Person.id).where(Person.agency_id == occasion.agency_id, Person.active)
    for person_id in session.scalars(people):
        yield Told(person_id, "outage", f"outage:{row.id}:{row.edition}", details=said)


_Finder = Callable[[Session, Occasion, datetime], Iterator[Told]]
_WHO: Mapping[str, _Finder] = {
    occasions.OPENED: _opened,
    occasions.HANDED: _handed,
    occasions.WITHDRAWN: _withdrawn,
    occasions.REMINDED: _reminded,
    occasions.DUE: _due,
    occasions.URGED: _urged,
    occasions.RETURNED: _returned,
    occasions.REFUSED: _sent_out,
    occasions.ANSWERED: _sent_out,
    occasions.INCIDENT: _incident,
    occasions.READY: _own,
    occasions.REPORT: _own,
    occasions.STANDING_IN: _standing_in,
    occasions.UNDELIVERED: _own,
    occasions.DESTROYED: _destroyed,
    occasions.HANDED_OVER: _own,
    occasions.INFORMED: _informed,
    occasions.REPLACED: _replaced,
    occasions.DOSSIERS_DUE: _own,
    occasions.LOAN: _own,
    occasions.COPY: _own,
    occasions.SIGNER: _own,
    occasions.RIGHTS_ASKED: _confirmers,
    occasions.OUTAGE: _outage,
    occasions.CLEARING: _clearing,
}
