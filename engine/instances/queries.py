"""What people see of running procedures: a task with its form, the timeline, tokens on the diagram, incidents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ARRAY, BigInteger, Select, and_, any_, bindparam, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.definitions import queries as definitions
from engine.definitions.models import Version
from engine.definitions.queries import Ready
from engine.directory.models import Person
from engine.documents.models import Document
from engine.documents.queries import seen_by, within
from engine.errors import NotFound
from engine.forms.context import FormContext
from engine.forms.form import Form
from engine.instances import answers, lines
from engine.instances.models import Incident, Instance, Passage, Subscription
from engine.platform import Actor, Verdict
from engine.tasks import rules as task_rules
from engine.tasks.models import Reminder, Task, TaskCandidate
from engine.tasks.succession.models import HandedItem, HandOver

# Made once: a fresh alias has every one of its columns looked up again by SQLAlchemy, a millisecond each.
_OTHER, _THIRD = aliased(Person), aliased(Person)


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with everything its page shows besides the document."""

    task: Task
    instance: Instance
    document: Document | None  # what it is about, whoever looks
    document_seen: bool  # whether the actor may see that
    ready: Ready
    form: Form | None
    context: FormContext
    documentation: str
    legal_basis: tuple[str, ...]
    lane: str
    assignee_name: str | None
    groups: frozenset[str]  # who may take it
    reminded: bool  # whether anybody was ever reminded of it
    may_claim: Verdict
    may_complete: Verdict
    may_release: Verdict


def task(session: Session, actor: Actor, task_id: int, now: datetime) -> TaskView:
    """A task the actor may see; NotFound otherwise (another agency's task doesn't exist for them)."""
    seen = func.coalesce(seen_by(actor), false())
    row = session.execute(_TASK.add_columns(seen), {"task": task_id, "agency": actor.agency_id}).first()
    if row is None:
        raise NotFound("Không tìm thấy việc này.")
    found, instance, document, assignee_name, candidates, reminded, document_seen = row
    groups = frozenset(candidates)
    if not task_rules.may_see(actor, found, groups):
        raise NotFound("Không tìm thấy việc này.")
    ready = definitions.ready(session, instance.version_id)
    element = ready.procedure.elements[found.element]
    return TaskView(
        task=found,
        instance=instance,
        document=document,
        document_seen=document_seen,
        ready=ready,
        form=answers.form_of(ready, found),
        context=answers.context(session, ready, found, lines.shared(session, found), now),
        documentation=element.documentation or "",
        legal_basis=element.legal_basis,
        lane=element.lane or "",
        assignee_name=assignee_name,
        groups=groups,
        reminded=reminded,
        may_claim=task_rules.may_claim(actor, found, groups),
        may_complete=task_rules.may_complete(actor, found, groups),
        may_release=task_rules.may_release(actor, found),
    )


def _task() -> Select[Any]:
    """A task with its case, document and assignee, the groups that may take it, whether it was ever reminded of."""
    candidates = select(TaskCandidate.group).where(TaskCandidate.task_id == Task.id).correlate(Task)
    return (
        select(
            Task, Instance, Document, Person.full_name, func.array(candidates.scalar_subquery()),
            exists().where(Reminder.task_id == Task.id),
        )
        .join(Instance, Instance.id == Task.instance_id)
        .outerjoin(Document, Document.id == Task.document_id)
        .outerjoin(Person, Person.id == Task.assignee_id)
        .where(Task.id == bindparam("task"), Task.agency_id == bindparam("agency"))
    )  # fmt: skip


_TASK = _task()


def takes_part(session: Session, actor: Actor, instance_id: int) -> bool:
    """Whether the actor may see any task of an instance, as `task` decides for one; asked in one statement."""
    tasks = (
        select(Task, func.array_agg(TaskCandidate.group).filter(TaskCandidate.group.is_not(None)))
        .outerjoin(TaskCandidate, TaskCandidate.task_id == Task.id)
        .where(Task.instance_id == instance_id, Task.agency_id == actor.agency_id)
        .group_by(Task.id)
    )
    return any(task_rules.may_see(actor, found, groups or ()) for found, groups in session.execute(tasks))


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline: an element entered and left, by whom."""

    instance_id: int
    procedure: str
    element: str
    name: str
    kind: str
    entered_at: datetime
    left_at: datetime | None
    cancelled: bool
    person: str | None
    acting_for: str | None


@dataclass(frozen=True, slots=True)
class Course:
    """The way one instance has gone: its timeline, where it stands now, what of the diagram it has passed."""

    events: Sequence[Event]
    tokens: Mapping[str, int]  # element → how many tokens wait there
    visited: frozenset[str]  # elements and flows


def course(session: Session, instance: Instance) -> Course:
    """The course of an instance, in one statement."""
    rows = _passages(session, [instance.id])
    counted: dict[str, int] = {}
    for each in rows:
        if each.passage.event not in ("moved", "taken-back"):
            step = 1 if each.passage.event == "entered" else -1
            counted[each.passage.element] = counted.get(each.passage.element, 0) + step
    tokens = {element: number for element, number in counted.items() if number > 0}
    visited = frozenset(name for each in rows for name in (each.passage.element, each.passage.flow) if name)
    return Course(_events(session, [instance], rows), tokens, visited)


class _Row(NamedTuple):
    passage: Passage
    person: str | None
    acting_for: str | None
    handed_over: bool  # whether anybody has handed over a task of these instances


def _passages(session: Session, instance_ids: Sequence[int]) -> Sequence[_Row]:
    """What was passed in some instances with who did it, each in its order; one statement however many they are."""
    return [_Row(*row) for row in session.execute(_PASSAGES, {"instances": list(instance_ids)})]


def _all_passages() -> Select[Any]:
    ids = bindparam("instances", type_=ARRAY(BigInteger))
    handed = exists().where(HandedItem.kind == "task", HandedItem.subject_id == Task.id, Task.instance_id == any_(ids))
    found = (
        select(Passage, Person.full_name, _OTHER.full_name, handed)
        .outerjoin(Person, Person.id == Passage.person_id)
        .outerjoin(_OTHER, _OTHER.id == Passage.acting_for_id)
        .where(Passage.instance_id == any_(ids))
        .order_by(Passage.instance_id, Passage.id)
    )
    return cast(Select[Any], found)


_PASSAGES = _all_passages()


def _events(session: Session, instances: Sequence[Instance], rows: Sequence[_Row]) -> list[Event]:
    """What happened in each of some instances, in their order."""
    by_id = {each.id: each for each in instances}
    entered: dict[tuple[int, str, str], Passage] = {}
    events: dict[int, Event] = {}
    for passage, person, acting_for, _handed in rows:
        instance = by_id[passage.instance_id]
        if passage.event == "taken-back":
            events[passage.id] = _taken_back(session, instance, passage, person, acting_for)
            continue
        if passage.event == "moved":
            moved = entered.setdefault((instance.id, "moved", passage.at.isoformat()), passage)
            events[moved.id] = _moved(session, instance, moved, person)
            continue
        # history is told in the words of the version it happened in: a later one may lack the element
        element = definitions.ready(session, passage.version_id).procedure.elements.get(passage.element)
        if element is None or element.kind.endswith("Gateway"):
            continue
        key = (instance.id, passage.token, passage.element)
        begun = entered.setdefault(key, passage)
        left = passage.event != "entered"
        events[begun.id] = Event(
            instance.id,
            instance.procedure,
            passage.element,
            element.name or passage.element,
            element.kind,
            begun.at,
            passage.at if left else None,
            passage.event == "cancelled",
            person,
            acting_for,
        )
        if left:
            entered.pop(key, None)
    handed = _handed_over(session, by_id) if rows and rows[0].handed_over else []
    return sorted([*events.values(), *handed], key=lambda event: event.entered_at)


def _handed_over(session: Session, by_id: Mapping[int, Instance]) -> list[Event]:
    """Who handed over open tasks of cases to whom when they left or moved (ND30-31.3.đ)."""
    rows = session.execute(
        select(
            HandedItem.at, Task.instance_id, Task.element, Task.name, Person.full_name, _OTHER.full_name,
            _THIRD.full_name,
        )
        .join(Task, and_(Task.id == HandedItem.subject_id, HandedItem.kind == "task"))
        .join(HandOver, HandOver.id == HandedItem.hand_over_id)
        .join(Person, Person.id == HandOver.person_id)
        .join(_OTHER, _OTHER.id == HandedItem.receiver_id)
        .outerjoin(_THIRD, _THIRD.id == HandOver.made_by_id)
        .where(Task.instance_id.in_(by_id))
        .order_by(HandedItem.id)
    )  # fmt: skip
    return [
        Event(
            instance_id, by_id[instance_id].procedure, element, f"Bàn giao “{name}”: {giver} → {to}",
            "handing-over", at, at, False, by, None,
        )
        for at, instance_id, element, name, giver, to, by in rows
    ]  # fmt: skip


def _taken_back(
    session: Session, instance: Instance, passage: Passage, person: str | None, acting_for: str | None
) -> Event:
    """That somebody took a step back, as a line of its own."""
    element = definitions.ready(session, passage.version_id).procedure.elements.get(passage.element)
    name = f"Rút lại bước “{element.name if element and element.name else passage.element}”"
    return Event(
        instance.id, instance.procedure, passage.element, name, "taken-back", passage.at, passage.at, False, person,
        acting_for,
    )  # fmt: skip


def _moved(session: Session, instance: Instance, passage: Passage, person: str | None) -> Event:
    """That a case went on in another version, as one line however many tokens it had."""
    number = session.scalar(select(Version.number).where(Version.id == passage.version_id))
    name = f"Chuyển sang phiên bản {number} của quy trình"
    return Event(instance.id, instance.procedure, "", name, "migration", passage.at, passage.at, False, person, None)


def timeline(session: Session, instances: Sequence[Instance]) -> list[Event]:
    """What happened in some instances, oldest first; gateways are left out, people read activities and events."""
    return _events(session, instances, _passages(session, [each.id for each in instances])) if instances else []


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """One line of the list of runs."""

    id: int
    procedure: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    document_id: int | None
    code: str | None
    subject: str | None
    open_incidents: int


def instances(
    session: Session,
    actor: Actor,
    *,
    status: str | None = None,
    procedure: str | None = None,
    limit: int = 50,
    before: int | None = None,
) -> Sequence[InstanceRow]:
    """Runs of the actor's agency, newest first; `before` is the id to go on from.

    Number and subject only of documents the actor may see: overseeing cases shows nobody what they are about.
    """
    troubles = (
        select(func.count())
        .select_from(Incident)
        .where(Incident.instance_id == Instance.id, Incident.state == "open")
        .scalar_subquery()
    )
    rows = (
        select(
            Instance.id,
            Instance.procedure,
            Instance.status,
            Instance.started_at,
            Instance.ended_at,
            Instance.document_id,
            Document.code,
            Document.subject,
            troubles,
        )
        .outerjoin(Document, and_(Document.id == Instance.document_id, within(actor)))
        .where(Instance.agency_id == actor.agency_id)
    )
    if status:
        rows = rows.where(Instance.status == status)
    if procedure:
        rows = rows.where(Instance.procedure == procedure)
    if before:
        rows = rows.where(Instance.id < before)
    return [InstanceRow(*r) for r in session.execute(rows.order_by(Instance.id.desc()).limit(limit))]


def instance(session: Session, actor: Actor, instance_id: int) -> Instance:
    """One run of the actor's agency; NotFound otherwise."""
    found = session.get(Instance, instance_id)
    if found is None or found.agency_id != actor.agency_id:
        raise NotFound("Không tìm thấy lượt chạy quy trình này.")
    return found


def of_document(session: Session, document_id: int) -> Sequence[Instance]:
    """All runs that concern a document, roots first."""
    rows = select(Instance).where(Instance.document_id == document_id)
    return session.scalars(rows.order_by(Instance.parent_id.asc().nulls_first(), Instance.id)).all()


def incidents(
    session: Session, actor: Actor, state: str = "open", limit: int = 100
) -> Sequence[tuple[Incident, Instance]]:
    """Where runs of the agency can't go on without an admin, newest first."""
    rows = select(Incident, Instance).join(Instance, Instance.id == Incident.instance_id).where(Incident.state == state)
    if "provincial-admin" not in actor.roles:
        rows = rows.where(Incident.agency_id == actor.agency_id)
    return [(r[0], r[1]) for r in session.execute(rows.order_by(Incident.id.desc()).limit(limit))]


def waits(session: Session, instance_id: int) -> Sequence[Subscription]:
    """Timers, messages and signals the instance waits for."""
    rows = select(Subscription).where(Subscription.instance_id == instance_id, or_(Subscription.kind != "lines"))
    return session.scalars(rows.order_by(Subscription.due_at.asc().nulls_last(), Subscription.id)).all()


def waited_for(session: Session, agency_id: int, name: str, correlation: str) -> bool:
    """Whether a running case of an agency waits for a message; one nobody waits for would be kept for later."""
    rows = select(Subscription.id).where(
        Subscription.kind == "message", Subscription.name == name, Subscription.agency_id == agency_id,
        Subscription.correlation == correlation,
    )  # fmt: skip
    return session.scalar(rows.limit(1)) is not None


def diagram(session: Session, version_id: int) -> tuple[bytes, Mapping[str, str]]:
    """The drawing of a version, and element id → name."""
    ready = definitions.ready(session, version_id)
    return ready.diagram, {e.id: e.name or e.id for e in ready.procedure.elements.values()}
