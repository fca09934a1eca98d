"""Take back a step nobody has opened: the instance stands again where it stood before its task was completed.

Only while nothing has happened since that a person, a timer or the outside would notice: then the state kept by
`keeping` is put back under lock. History isn't rewritten: it says what was left again and what stands open anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import outbox
from engine.bpmn import run
from engine.bpmn.reading import read
from engine.definitions import queries as definitions
from engine.directory.models import Person
from engine.instances.models import Incident, Instance, Passage, StepBefore, Subscription
from engine.operations import Catalog
from engine.platform import ALLOWED, Actor, Verdict
from engine.tasks.commands import clock_text
from engine.tasks.models import Task

HAPPENINGS = frozenset({"boundaryEvent", "intermediateCatchEvent", "receiveTask"})
THROWING = frozenset({"intermediateThrowEvent", "sendTask"})
TOLD = frozenset({"message", "signal", "escalation", "error"})


@dataclass(frozen=True)
class Step:
    """A completed task with everything it has moved: the instance, its callers, what they have called since."""

    task: Task
    rows: tuple[StepBefore, ...]  # the task's own instance first, then its callers
    instances: dict[int, Instance]
    before: dict[int, frozenset[str]]  # tokens an instance stood at
    called: tuple[Instance, ...]  # begun since


def step_of(session: Session, task: Task, *, lock: bool = False) -> Step | None:
    """What completing a task has done, as far as it is kept; None when a later step took its place."""
    rows = select(StepBefore).where(StepBefore.task_id == task.id).order_by(StepBefore.instance_id.desc())
    kept = sorted(session.scalars(rows).all(), key=lambda row: row.instance_id != task.instance_id)
    if not kept or kept[0].instance_id != task.instance_id:
        return None
    wanted = select(Instance).where(Instance.id.in_([row.instance_id for row in kept])).order_by(Instance.id.desc())
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    instances = {each.id: each for each in session.scalars(wanted)}
    before = {row.instance_id: _tokens(session, row) for row in kept}
    return Step(task, tuple(kept), instances, before, tuple(_called(session, before)))


def _tokens(session: Session, row: StepBefore) -> frozenset[str]:
    procedure = definitions.ready(session, row.version_id).procedure
    return frozenset(place.token for place in run.places(procedure, row.state))


def _called(session: Session, before: dict[int, frozenset[str]]) -> Iterator[Instance]:
    """Procedures called since, however deep."""
    queue = list(before)
    while queue:
        children = select(Instance).where(Instance.parent_id.in_(queue), Instance.status != "cancelled")
        found = [
            each
            for each in session.scalars(children.order_by(Instance.id)).all()
            if each.id not in before and each.parent_token not in before.get(each.parent_id or 0, ())
        ]
        yield from found
        queue = [each.id for each in found]


def may_take_back(session: Session, actor: Actor, catalog: Catalog, task: Task) -> Verdict:
    """Whether the actor may take back the step that completing this task was, and what stands against it."""
    if task.state != "completed" or task.agency_id != actor.agency_id:
        return Verdict(False, "Bước này chưa hoàn thành nên không có gì để rút lại.")
    if actor.person_id not in (task.completed_by_id, task.acting_for_id):
        return Verdict(False, "Chỉ người đã hoàn thành bước này mới rút lại được.")
    step = step_of(session, task)
    if step is None:
        return Verdict(False, "Quy trình đã có bước khác được làm sau bước này.")
    return verdict_on(session, actor, catalog, step)


def verdict_on(session: Session, actor: Actor, catalog: Catalog, step: Step) -> Verdict:
    """Whether nothing has happened since the step that would be lost."""
    for found in _against(session, actor, catalog, step):
        return Verdict(False, found)
    return ALLOWED


def _against(session: Session, actor: Actor, catalog: Catalog, step: Step) -> Iterator[str]:
    for row in step.rows:
        instance = step.instances[row.instance_id]
        if instance.status == "cancelled" or (instance.status == "ended" and instance.parent_id is None):
            yield "Quy trình đã kết thúc."
        if instance.status == "ended" and instance.parent_id not in step.before:
            yield "Phần việc này của quy trình đã kết thúc."
        if instance.version_id != row.version_id:
            yield "Hồ sơ đã được chuyển sang phiên bản khác của quy trình."
    everything = [*step.instances, *(each.id for each in step.called)]
    yield from _seen(session, actor, step, everything)
    yield from _settled(session, step)
    if session.scalar(select(Incident.id).where(Incident.instance_id.in_(everything), Incident.state == "open")):
        yield "Quy trình đang có sự cố chờ quản trị cơ quan xử lý."
    deliveries = select(outbox.Delivery).where(outbox.Delivery.instance_id.in_(everything))
    in_hand = deliveries.where(outbox.Delivery.state == outbox.CARRIED)
    if session.scalar(in_hand.limit(1)) is not None:
        yield "Hệ thống đang gửi dữ liệu của bước sau ra bên ngoài; thử lại sau ít phút."
    yield from _passed(session, catalog, step)


def _seen(session: Session, actor: Actor, step: Step, everything: Sequence[int]) -> Iterator[str]:
    """What people have done with the tasks that the step has opened."""
    tasks = select(Task).where(Task.instance_id.in_(everything), Task.state == "open").order_by(Task.id)
    for task in session.scalars(tasks).all():
        if task.token in step.before.get(task.instance_id, ()):
            continue
        if task.opened_at is not None and task.opened_by_id != actor.person_id:
            who = _name(session, task.opened_by_id)
            yield f"{who} đã mở việc “{task.name}” lúc {clock_text(task.opened_at)}."
        if task.handed_by_id is not None or (
            task.claimed_at is not None and task.claimed_at > task.created_at and task.assignee_id != actor.person_id
        ):
            yield f"{_name(session, task.assignee_id)} đã nhận việc “{task.name}” lúc {clock_text(task.claimed_at)}."


def _settled(session: Session, step: Step) -> Iterator[str]:
    """Lines of a fan-out that were done beside the step since."""
    for row in step.rows:
        kept = {each["token"]: each["settled"] for each in row.subscriptions if each["kind"] == "lines"}
        now = select(Subscription).where(Subscription.instance_id == row.instance_id, Subscription.kind == "lines")
        own = step.task.token if row.instance_id == step.task.instance_id and step.task.index is not None else None
        for each in session.scalars(now):
            if each.token in kept and each.settled != kept[each.token] + (1 if each.token == own else 0):
                yield "Người khác đã gửi kết quả của việc làm song song sau bước này."


def _passed(session: Session, catalog: Catalog, step: Step) -> Iterator[str]:
    """What the procedure has gone through since."""
    since = {row.instance_id: row.passage_id for row in step.rows}
    for instance in (*step.instances.values(), *step.called):
        ready = definitions.ready(session, instance.version_id)
        rows = select(Passage).where(Passage.instance_id == instance.id, Passage.id > since.get(instance.id, 0))
        for passage in session.scalars(rows.order_by(Passage.id)):
            element = ready.procedure.elements.get(passage.element)
            own = instance.id == step.task.instance_id and passage.token == step.task.token
            if element is None or passage.event == "cancelled":
                continue
            name = element.name or element.id
            if element.kind == "userTask" and passage.event == "left" and not own:
                yield f"{_name(session, passage.person_id)} đã làm xong việc “{name}” sau bước này."
            if element.kind in HAPPENINGS and passage.event == "left":
                yield f"Sau bước này đã xảy ra “{name}”."
            if element.kind == "serviceTask" and not _retractable(catalog, element.attributes.get("topic", "")):
                yield f"Bước này đã kéo theo “{name}”, là việc không làm ngược lại được."
            if element.kind in THROWING or (element.kind == "endEvent" and _throws(ready.diagram, element.id)):
                yield f"Bước này đã báo sang quy trình khác (“{name}”)."


def _retractable(catalog: Catalog, topic: str) -> bool:
    return topic in catalog and catalog.get(topic).retractable


def _throws(diagram: bytes, element: str) -> bool:
    node = next(each for each in read(diagram).nodes() if each.id == element)
    return node.event is not None and node.event.kind in TOLD


def _name(session: Session, person_id: int | None) -> str:
    person = session.get(Person, person_id) if person_id else None
    return person.full_name if person else "Hệ thống"
