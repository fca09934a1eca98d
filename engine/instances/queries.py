"""What people see of running procedures: a task with its form, the timeline, tokens on the diagram, incidents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.definitions import queries as definitions
from engine.definitions.models import Version
from engine.definitions.queries import Ready
from engine.directory.models import Person
from engine.documents.models import Document
from engine.documents.queries import within
from engine.errors import NotFound
from engine.forms.context import FormContext
from engine.forms.form import Form
from engine.instances import answers, lines
from engine.instances.models import Incident, Instance, Passage, Subscription
from engine.platform import Actor, Verdict
from engine.tasks import queries as task_queries
from engine.tasks import rules as task_rules
from engine.tasks.models import Task, TaskCandidate
from engine.tasks.succession.models import HandedItem, HandOver

# Made once: a fresh alias has every one of its columns looked up again by SQLAlchemy, a millisecond each.
_OTHER, _THIRD = aliased(Person), aliased(Person)


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with everything its page shows besides the document."""

    task: Task
    ready: Ready
    form: Form | None
    context: FormContext
    documentation: str
    legal_basis: tuple[str, ...]
    lane: str
    assignee_name: str | None
    groups: frozenset[str]  # who may take it
    may_claim: Verdict
    may_complete: Verdict
    may_release: Verdict


def task(session: Session, actor: Actor, task_id: int, now: datetime) -> TaskView:
    """A task the actor may see; NotFound otherwise (another agency's task doesn't exist for them)."""
    found = session.get(Task, task_id)
    if found is None or found.agency_id != actor.agency_id:
        raise NotFound("Không tìm thấy việc này.")
    groups = task_queries.candidate_groups(session, task_id)
    if not task_rules.may_see(actor, found, groups):
        raise NotFound("Không tìm thấy việc này.")
    instance = session.get_one(Instance, found.instance_id)
    ready = definitions.ready(session, instance.version_id)
    element = ready.procedure.elements[found.element]
    return TaskView(
        task=found,
        ready=ready,
        form=answers.form_of(ready, found),
        context=answers.context(session, ready, found, lines.shared(session, found), now),
        documentation=element.documentation or "",
        legal_basis=element.legal_basis,
        lane=element.lane or "",
        assignee_name=session.scalar(select(Person.full_name).where(Person.id == found.assignee_id)),
        groups=groups,
        may_claim=task_rules.may_claim(actor, found, groups),
        may_complete=task_rules.may_complete(actor, found, groups),
        may_release=task_rules.may_release(actor, found),
    )


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


def timeline(session: Session, instance_id: int) -> list[Event]:
    """What happened in one instance, oldest first; gateways are left out, people read activities and events."""
    instance = session.get(Instance, instance_id)
    if instance is None:
        raise NotFound("Không tìm thấy lượt chạy quy trình này.")
    return _events(session, [instance])


def _events(session: Session, instances: Sequence[Instance]) -> list[Event]:
    """What happened in each of some instances, in their order; one reading however many they are."""
    by_id = {each.id: each for each in instances}
    rows = session.execute(
        select(Passage, Person.full_name, _OTHER.full_name)
        .outerjoin(Person, Person.id == Passage.person_id)
        .outerjoin(_OTHER, _OTHER.id == Passage.acting_for_id)
        .where(Passage.instance_id.in_(by_id))
        .order_by(Passage.instance_id, Passage.id)
    )
    entered: dict[tuple[int, str, str], Passage] = {}
    events: dict[int, Event] = {}
    for passage, person, acting_for in rows:
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
    return sorted([*events.values(), *_handed_over(session, by_id)], key=lambda event: event.entered_at)


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


def document_timeline(session: Session, document_id: int) -> list[Event]:
    """What happened to a document in all procedures it went through, called ones included."""
    found = session.scalars(select(Instance).where(Instance.document_id == document_id).order_by(Instance.id)).all()
    return _events(session, found)


def tokens(session: Session, instance_id: int) -> dict[str, int]:
    """Where the instance stands now: element → how many tokens wait there."""
    counted: dict[str, int] = {}
    entered = select(Passage.element, Passage.event, func.count()).where(
        Passage.instance_id == instance_id, Passage.event.not_in(("moved", "taken-back"))
    )
    for element, event, number in session.execute(entered.group_by(Passage.element, Passage.event)):
        counted[element] = counted.get(element, 0) + (number if event == "entered" else -number)
    return {element: number for element, number in counted.items() if number > 0}


def visited(session: Session, instance_id: int) -> set[str]:
    """Elements and flows the instance has passed, to be shown on the diagram."""
    rows = session.execute(select(Passage.element, Passage.flow).where(Passage.instance_id == instance_id).distinct())
    return {name for row in rows for name in row if name}


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
