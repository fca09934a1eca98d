"""Take back a step nobody has opened: the instance stands again where it stood before its task was completed.

Only while nothing has happened since that a person, a timer or the outside would notice: then the state kept by
`keeping` is put back under lock. History isn't rewritten: it says what was left again and what stands open anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
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


@dataclass(frozen=True)
class _Since:
    """What stands and has happened in the instances of several steps, read together."""

    tasks: dict[int, list[Task]]
    lines: dict[int, list[Subscription]]
    passages: dict[int, list[Passage]]
    troubled: frozenset[int]
    carried: frozenset[int]
    people: dict[int, str]


def step_of(session: Session, task: Task, *, lock: bool = False) -> Step | None:
    """What completing a task has done, as far as it is kept; None when a later step took its place."""
    return _steps(session, [task], lock=lock).get(task.id)


def _steps(session: Session, tasks: Sequence[Task], *, lock: bool = False) -> dict[int, Step]:
    """The steps by task, those that nothing has taken the place of; as many questions for one as for fifty."""
    rows = select(StepBefore).where(StepBefore.task_id.in_([task.id for task in tasks]))
    kept: dict[int, list[StepBefore]] = {}
    for row in session.scalars(rows.order_by(StepBefore.instance_id.desc())):
        kept.setdefault(row.task_id, []).append(row)
    own = {task.id: sorted(kept.get(task.id, ()), key=lambda row, task=task: row.instance_id != task.instance_id)
           for task in tasks}  # fmt: skip
    found = [task for task in tasks if own[task.id] and own[task.id][0].instance_id == task.instance_id]
    concerned = {row.instance_id for task in found for row in own[task.id]}
    if not concerned:
        return {}
    wanted = select(Instance).where(Instance.id.in_(concerned)).order_by(Instance.id.desc())
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    instances = {each.id: each for each in session.scalars(wanted)}
    children = _children(session, concerned)
    steps = {}
    for task in found:
        before = {row.instance_id: _tokens(session, row) for row in own[task.id]}
        concern = {key: each for key, each in instances.items() if key in before}
        steps[task.id] = Step(task, tuple(own[task.id]), concern, before, tuple(_called(children, before)))
    return steps


def _tokens(session: Session, row: StepBefore) -> frozenset[str]:
    procedure = definitions.ready(session, row.version_id).procedure
    return frozenset(place.token for place in run.places(procedure, row.state))


def _children(session: Session, parents: Collection[int]) -> dict[int, list[Instance]]:
    """Procedures called from these, however deep, by who called them."""
    found: dict[int, list[Instance]] = {}
    queue = set(parents)
    while queue:
        rows = select(Instance).where(Instance.parent_id.in_(queue), Instance.status != "cancelled")
        called = session.scalars(rows.order_by(Instance.id)).all()
        for each in called:
            found.setdefault(each.parent_id or 0, []).append(each)
        queue = {each.id for each in called} - found.keys() - set(parents)
    return found


def _called(children: dict[int, list[Instance]], before: dict[int, frozenset[str]]) -> Iterator[Instance]:
    """Procedures called since, however deep."""
    queue = list(before)
    while queue:
        found = [
            each
            for parent in queue
            for each in children.get(parent, ())
            if each.id not in before and each.parent_token not in before.get(each.parent_id or 0, ())
        ]
        yield from found
        queue = [each.id for each in found]


def may_take_back(session: Session, actor: Actor, catalog: Catalog, task: Task) -> Verdict:
    """Whether the actor may take back the step that completing this task was, and what stands against it."""
    return may_take_back_each(session, actor, catalog, [task])[task.id]


def may_take_back_each(session: Session, actor: Actor, catalog: Catalog, tasks: Sequence[Task]) -> dict[int, Verdict]:
    """The same for many tasks, by task; the questions to the database don't grow with their number."""
    verdicts = {task.id: verdict for task in tasks if not (verdict := _may_ask(actor, task))}
    steps = _steps(session, [task for task in tasks if task.id not in verdicts])
    since = _since(session, list(steps.values()))
    for task in tasks:
        if task.id in steps:
            verdicts[task.id] = _verdict(session, actor, catalog, steps[task.id], since)
        elif task.id not in verdicts:
            verdicts[task.id] = Verdict(False, "Quy trình đã có bước khác được làm sau bước này.")
    return verdicts


def _may_ask(actor: Actor, task: Task) -> Verdict:
    if task.state != "completed" or task.agency_id != actor.agency_id:
        return Verdict(False, "Bước này chưa hoàn thành nên không có gì để rút lại.")
    if actor.person_id not in (task.completed_by_id, task.acting_for_id):
        return Verdict(False, "Chỉ người đã hoàn thành bước này mới rút lại được.")
    return ALLOWED


def verdict_on(session: Session, actor: Actor, catalog: Catalog, step: Step) -> Verdict:
    """Whether nothing has happened since the step that would be lost."""
    return _verdict(session, actor, catalog, step, _since(session, [step]))


def _verdict(session: Session, actor: Actor, catalog: Catalog, step: Step, since: _Since) -> Verdict:
    for found in _against(session, actor, catalog, step, since):
        return Verdict(False, found)
    return ALLOWED


def _everything(step: Step) -> list[int]:
    return [*step.instances, *(each.id for each in step.called)]


def _since(session: Session, steps: Sequence[Step]) -> _Since:
    everything = sorted({key for step in steps for key in _everything(step)})
    if not everything:
        return _Since({}, {}, {}, frozenset(), frozenset(), {})
    tasks = _grouped(
        session, select(Task).where(Task.instance_id.in_(everything), Task.state == "open").order_by(Task.id)
    )
    lines = _grouped(
        session, select(Subscription).where(Subscription.instance_id.in_(everything), Subscription.kind == "lines")
    )
    kept = {row.instance_id: row.passage_id for step in steps for row in step.rows}
    later = [and_(Passage.instance_id == key, Passage.id > kept.get(key, 0)) for key in everything]
    passages = _grouped(session, select(Passage).where(or_(*later)).order_by(Passage.id))
    troubled = select(Incident.instance_id).where(Incident.instance_id.in_(everything), Incident.state == "open")
    deliveries = select(outbox.Delivery.instance_id).where(
        outbox.Delivery.instance_id.in_(everything), outbox.Delivery.state == outbox.CARRIED
    )
    named = {task.opened_by_id for found in tasks.values() for task in found}
    named |= {task.assignee_id for found in tasks.values() for task in found}
    named |= {passage.person_id for found in passages.values() for passage in found}
    people = select(Person.id, Person.full_name).where(Person.id.in_(named - {None}))
    names: dict[int, str] = {row[0]: row[1] for row in session.execute(people)}
    return _Since(
        tasks, lines, passages, frozenset(session.scalars(troubled)),
        frozenset(each for each in session.scalars(deliveries) if each is not None), names,
    )  # fmt: skip


def _grouped(session: Session, wanted: Any) -> dict[int, list[Any]]:
    """What a query finds, by instance."""
    found: dict[int, list[Any]] = {}
    for row in session.scalars(wanted):
        found.setdefault(row.instance_id, []).append(row)
    return found


def _against(session: Session, actor: Actor, catalog: Catalog, step: Step, since: _Since) -> Iterator[str]:
    for row in step.rows:
        instance = step.instances[row.instance_id]
        if instance.status == "cancelled" or (instance.status == "ended" and instance.parent_id is None):
            yield "Quy trình đã kết thúc."
        if instance.status == "ended" and instance.parent_id not in step.before:
            yield "Phần việc này của quy trình đã kết thúc."
        if instance.version_id != row.version_id:
            yield "Hồ sơ đã được chuyển sang phiên bản khác của quy trình."
    everything = _everything(step)
    yield from _seen(actor, step, everything, since)
    yield from _settled(step, since)
    if since.troubled & set(everything):
        yield "Quy trình đang có sự cố chờ quản trị cơ quan xử lý."
    if since.carried & set(everything):
        yield "Hệ thống đang gửi dữ liệu của bước sau ra bên ngoài; thử lại sau ít phút."
    yield from _passed(session, catalog, step, since)


def _seen(actor: Actor, step: Step, everything: Sequence[int], since: _Since) -> Iterator[str]:
    """What people have done with the tasks that the step has opened."""
    opened = [task for key in everything for task in since.tasks.get(key, ())]
    for task in sorted(opened, key=lambda task: task.id):
        if task.token in step.before.get(task.instance_id, ()):
            continue
        if task.opened_at is not None and task.opened_by_id != actor.person_id:
            who = _name(since, task.opened_by_id)
            yield f"{who} đã mở việc “{task.name}” lúc {clock_text(task.opened_at)}."
        if task.handed_by_id is not None or (
            task.claimed_at is not None and task.claimed_at > task.created_at and task.assignee_id != actor.person_id
        ):
            yield f"{_name(since, task.assignee_id)} đã nhận việc “{task.name}” lúc {clock_text(task.claimed_at)}."


def _settled(step: Step, since: _Since) -> Iterator[str]:
    """Lines of a fan-out that were done beside the step since."""
    for row in step.rows:
        kept = {each["token"]: each["settled"] for each in row.subscriptions if each["kind"] == "lines"}
        own = step.task.token if row.instance_id == step.task.instance_id and step.task.index is not None else None
        for each in since.lines.get(row.instance_id, ()):
            if each.token in kept and each.settled != kept[each.token] + (1 if each.token == own else 0):
                yield "Người khác đã gửi kết quả của việc làm song song sau bước này."


def _passed(session: Session, catalog: Catalog, step: Step, since: _Since) -> Iterator[str]:
    """What the procedure has gone through since."""
    for instance in (*step.instances.values(), *step.called):
        ready = definitions.ready(session, instance.version_id)
        for passage in since.passages.get(instance.id, ()):
            element = ready.procedure.elements.get(passage.element)
            own = instance.id == step.task.instance_id and passage.token == step.task.token
            if element is None or passage.event == "cancelled":
                continue
            name = element.name or element.id
            if element.kind == "userTask" and passage.event == "left" and not own:
                yield f"{_name(since, passage.person_id)} đã làm xong việc “{name}” sau bước này."
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


def _name(since: _Since, person_id: int | None) -> str:
    return since.people.get(person_id or 0, "Hệ thống")
