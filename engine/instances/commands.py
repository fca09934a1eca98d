"""Start procedures, complete tasks, deliver messages and signals, fire timers, stop instances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from engine.bpmn import run
from engine.database import write
from engine.definitions import queries as definitions
from engine.definitions.models import Definition
from engine.directory.rules import stands_in
from engine.documents.text import fitting
from engine.errors import BusinessError, Conflict, NotFound
from engine.instances import answers as forms
from engine.instances import lines, rules
from engine.instances.advance import Move, begin, cancel, correlate, error_of, resume
from engine.instances.mending.incidents import raise_incident
from engine.instances.mending.keeping import keeping
from engine.instances.models import Instance, PendingMessage, Subscription
from engine.instances.timing import suspending
from engine.platform import Work
from engine.tasks import assignments
from engine.tasks import commands as tasks
from engine.tasks import rules as task_rules
from engine.tasks.models import Task

FAILED = "connector.failed"  # the code under which a diagram may catch that a connector has given up


def start_instance(
    work: Work,
    key: str,
    agency_id: int,
    data: Mapping[str, Any],
    *,
    start_element: str | None = None,
    version_id: int | None = None,
) -> Instance:
    """Start the procedure in force for the agency; called procedures with a fixed name are pinned now, so the run
    stays on one set of versions.
    """
    version_id = version_id or definitions.current(work.session, key, agency_id)
    document_id = data.get("document_id")
    instance = Instance(
        agency_id=agency_id,
        version_id=version_id,
        procedure=key,
        pins=_pins(work, version_id, agency_id),
        state=b"",
        status="running",
        outcome={},
        started_at=work.now,
        started_by_id=work.actor.person_id,
        document_id=document_id if isinstance(document_id, int) else None,
    )
    begin(work, instance, data, start_element)
    work.note(
        "instance.started",
        "instance",
        instance.id,
        agency_id=agency_id,
        procedure=key,
        version=version_id,
        document=document_id,
    )
    return instance


def _pins(work: Work, version_id: int, agency_id: int) -> dict[str, int]:
    """Versions of everything that is called by a fixed name, however deep."""
    pins: dict[str, int] = {}
    queue = [version_id]
    while queue:
        for element in definitions.ready(work.session, queue.pop()).procedure.elements.values():
            called = element.attributes.get("calledElement", "") if element.kind == "callActivity" else ""
            if called and "${" not in called and called not in pins:
                pins[called] = definitions.current(work.session, called, agency_id)
                queue.append(pins[called])
    return pins


def locked(work: Work, instance_id: int) -> Instance:
    """The running instance with its row locked; Conflict when it has ended meanwhile."""
    instance = work.session.scalar(select(Instance).where(Instance.id == instance_id).with_for_update())
    if instance is None:
        raise NotFound("Không tìm thấy lượt chạy quy trình này.")
    if instance.status != "running":
        raise Conflict("Quy trình của việc này đã kết thúc.")
    return instance


@dataclass(frozen=True, slots=True)
class Completed:
    """What came of completing a task: the instance, and whether it has ended."""

    task_id: int
    instance_id: int
    document_id: int | None
    ended: bool


def complete_task(work: Work, task_id: int, answers: Mapping[str, Any], version: int | None = None) -> Completed:
    """Finish a task with its form's answers and move the procedure on.

    Two people at once: one wins, the other gets a Conflict that says who and when. InvalidInput has a sentence per
    field; nothing is saved then. `version` is the task's version the form was shown with.
    """
    instance, task, groups = tasks.locked_with(work, task_id, Instance)
    tasks.require_open(work, task)
    if instance.status != "running":
        raise Conflict("Quy trình của việc này đã kết thúc.")
    work.require(task_rules.may_complete(work.actor, task, groups))
    if version is not None and task.version != version:
        raise Conflict("Việc này đã thay đổi sau khi bạn mở biểu mẫu. Tải lại trang để xem nội dung mới nhất.")
    if task.suspended_at is not None:
        suspending.run_on(work, instance, task)
    if stands_in(work.actor, task.assignee_id, task.procedure):
        work.actor = replace(work.actor, acting_for_id=task.assignee_id)  # history and audit trail name both
    ready = definitions.ready(work.session, instance.version_id)
    values = forms.accept(work, ready, task, lines.shared(work.session, task), answers)
    values |= {"completed_by": work.actor.person_id, "completed_at": work.now.isoformat()}
    writes = [tasks.closing(work, task, values), keeping(work, instance.id, task.id)]
    move = Move(work, instance, ready, left_by=task.token, writes=writes)
    _note_completion(work, task)
    _move_on(work, move, task, values, groups)
    return Completed(task.id, instance.id, instance.document_id, instance.status == "ended")


def _note_completion(work: Work, task: Task) -> None:
    work.note(
        "task.completed",
        "task",
        task.id,
        agency_id=task.agency_id,
        element=task.element,
        instance=task.instance_id,
        document=task.document_id,
        acting_for=task.acting_for_id,
    )


def _move_on(work: Work, move: Move, task: Task, values: Mapping[str, Any], groups: frozenset[str]) -> None:
    if task.index is None:
        resume(move, run.complete, task.token, values)
        tell_parent(work, move.instance, task.id)
        return
    write(work.session, *move.writes)
    move.writes.clear()
    if task.document_id is not None:
        assignments.settle_line(work, task, groups)
    results = lines.settle_line(work, move.instance, task.token, task.index, values)
    if results is not None:
        move.closed.append(task.token)  # lines of it that are still open
        resume(move, run.complete, task.token, {"results": results})
        tell_parent(work, move.instance, task.id)


def tell_parent(work: Work, instance: Instance, task_id: int | None = None) -> None:
    """A called procedure that has ended lets its caller go on; `task_id` is the task whose completion has done it."""
    if instance.status != "ended" or instance.parent_id is None or instance.parent_token is None:
        return
    parent = work.session.scalar(select(Instance).where(Instance.id == instance.parent_id).with_for_update())
    if parent is None or parent.status != "running":
        return
    if instance.error is not None:
        withdraw_siblings(work, parent, instance.parent_token)
        fail_wait(work, parent, instance.parent_token, error_of(instance))
        return
    result: Mapping[str, Any] | None = instance.outcome
    if instance.parent_index is not None:
        results = lines.settle_line(work, parent, instance.parent_token, instance.parent_index, instance.outcome)
        result = None if results is None else {"results": results}
    if result is None:
        return
    move = Move(work, parent, definitions.ready(work.session, parent.version_id))
    if task_id is not None:
        move.writes.append(keeping(work, parent.id, task_id))
    withdraw_siblings(work, parent, instance.parent_token)
    resume(move, run.complete, instance.parent_token, result)
    tell_parent(work, parent, task_id)


def fail_wait(work: Work, instance: Instance, token: str, error: BusinessError, delivery_id: int | None = None) -> None:
    """Take the way the diagram draws for an error of this wait; where nothing is drawn, an incident."""
    move = Move(work, instance, definitions.ready(work.session, instance.version_id))
    element = next((p.element for p in run.places(move.ready.procedure, instance.state) if p.token == token), "")
    try:
        move.closed.append(token)  # lines of it that still run or wait
        resume(move, run.throw_error, token, error.code, str(error))
        tell_parent(work, instance)
    except run.Uncaught:
        kind = "operation" if error.code == FAILED else "business-error"
        raise_incident(work, instance, element, token, kind, str(error), delivery_id)


def withdraw_siblings(work: Work, parent: Instance, token: str) -> None:
    """Once a fan-out of calls is complete by its rule, the calls still running are stopped."""
    running = select(Instance).where(
        Instance.parent_id == parent.id, Instance.parent_token == token, Instance.status == "running"
    )
    for child in work.session.scalars(running.with_for_update()).all():
        cancel(work, child)


def receive_message(
    work: Work, agency_id: int, name: str, correlation: str | None, data: Mapping[str, Any]
) -> Instance | None:
    """Give a message to who waits for it, start the procedure that begins with it, or keep it until somebody waits.

    Returns the instance that took it, None when it was kept.
    """
    correlate(work, agency_id, name, correlation)
    wanted = Subscription.correlation.is_(None) if correlation is None else Subscription.correlation == correlation
    waiting = work.session.execute(
        select(Subscription.id, Subscription.instance_id)
        .where(Subscription.kind == "message", Subscription.name == name, wanted, Subscription.agency_id == agency_id)
        .order_by(Subscription.id)
    ).all()
    for subscription_id, instance_id in waiting:
        if (instance := _trigger(work, subscription_id, instance_id, data)) is not None:
            return instance
    if (start := _started_by(work, agency_id, name)) is not None:
        key, element = start
        return start_instance(work, key, agency_id, data, start_element=element)
    given = {"name": name, "correlation": correlation, "data": dict(data)}
    work.session.add(PendingMessage(agency_id=agency_id, arrived_at=work.now, looked_at=work.now, **given))
    return None


def _trigger(work: Work, subscription_id: int, instance_id: int, data: Mapping[str, Any]) -> Instance | None:
    """Complete the wait behind a subscription; None when it has gone meanwhile."""
    instance = work.session.scalar(select(Instance).where(Instance.id == instance_id).with_for_update())
    subscription = work.session.scalar(select(Subscription).where(Subscription.id == subscription_id).with_for_update())
    if instance is None or instance.status != "running" or subscription is None:
        return None
    token = subscription.token
    work.session.delete(subscription)
    work.session.flush()
    resume(Move(work, instance, definitions.ready(work.session, instance.version_id)), run.complete, token, dict(data))
    tell_parent(work, instance)
    return instance


def _started_by(work: Work, agency_id: int, message: str) -> tuple[str, str] | None:
    """The procedure in force for the agency that a message starts, and its start event."""
    for key in work.session.scalars(select(Definition.key).distinct().order_by(Definition.key)):
        try:
            ready = definitions.ready(work.session, definitions.current(work.session, key, agency_id))
        except NotFound:
            continue
        for start in ready.procedure.starts:
            if start.kind == "message" and start.name == message:
                return key, start.element
    return None


def receive_signal(work: Work, agency_id: int, name: str, data: Mapping[str, Any]) -> int:
    """Give a signal to everything of the agency that waits for it; how many took it."""
    waiting = work.session.execute(
        select(Subscription.id, Subscription.instance_id)
        .where(Subscription.kind == "signal", Subscription.name == name, Subscription.agency_id == agency_id)
        .order_by(Subscription.instance_id, Subscription.id)
    ).all()
    return sum(_trigger(work, sid, iid, data) is not None for sid, iid in waiting)


def fire_timer(work: Work, subscription_id: int) -> bool:
    """Fire a due timer once; False when it is gone, not due yet, or another worker has it."""
    found = work.session.get(Subscription, subscription_id)
    if found is None:
        return False
    instance = work.session.scalar(select(Instance).where(Instance.id == found.instance_id).with_for_update())
    work.session.refresh(found, with_for_update=True) if instance is not None else None
    if instance is None or instance.status != "running" or found.due_at is None or found.due_at > work.now:
        return False
    token = found.token
    work.session.delete(found)  # a timer that repeats is opened anew by the core
    work.session.flush()
    resume(Move(work, instance, definitions.ready(work.session, instance.version_id)), run.complete, token, {})
    tell_parent(work, instance)
    return True


def cancel_instance(work: Work, instance_id: int, reason: str) -> Instance:
    """Stop a run by hand, with a reason; its called procedures stop too."""
    instance = locked(work, instance_id)
    work.require(rules.may_cancel(work.actor, instance))
    said = fitting("reason", "lý do dừng quy trình", reason, 500)
    cancel(work, instance)
    work.note("instance.cancelled", "instance", instance.id, agency_id=instance.agency_id, reason=said)
    return instance
