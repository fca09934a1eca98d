"""Fan-out to people is not fan-out of tokens: one wait, many rows, and a rule that says when it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from engine.bpmn import run
from engine.bpmn.expressions import ExpressionError, parse_value
from engine.definitions.queries import Ready
from engine.instances.mending.incidents import COMPLETION, open_incident, raise_incident
from engine.instances.models import Incident, Instance, Subscription
from engine.instances.timing.functions import functions
from engine.occasions import OPENED
from engine.platform import Work
from engine.tasks.commands import NewTask
from engine.tasks.models import Task


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a wait: the only one (index None) or one item of a fan-out."""

    index: int | None
    given: dict[str, Any]
    item: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    assignee: str | None = None
    groups: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    due: datetime | None = None
    priority: int | None = None


def of(wait: run.Wait) -> list[Line]:
    """The rows a wait asks for: one, or one per item."""
    if wait.fan_out is None:
        return [
            Line(
                None,
                wait.given,
                {},
                wait.name,
                wait.assignee,
                wait.candidate_groups,
                wait.candidate_users,
                wait.due,
                wait.priority,
            )
        ]
    found = []
    for index, share in enumerate(wait.fan_out.shares):
        item = {wait.fan_out.item_variable: share.item}
        found.append(
            Line(
                index,
                share.given,
                item,
                share.name or wait.name,
                share.assignee,
                share.candidate_groups,
                share.candidate_users,
                share.due,
                share.priority,
            )
        )
    return found


def tasks_of(instance: Instance, ready: Ready, wait: run.Wait) -> list[NewTask]:
    """The worklist rows of a user task; a sequential fan-out opens its first line and plans the rest."""
    element = ready.procedure.elements[wait.element]
    rows = []
    for line in of(wait):
        users = tuple(f"person:{user}" for user in line.users)
        planned = wait.fan_out is not None and wait.fan_out.sequential and (line.index or 0) > 0
        rows.append(
            NewTask(
                agency_id=instance.agency_id,
                instance_id=instance.id,
                token=wait.token,
                element=wait.element,
                name=element.name or wait.element,
                procedure=instance.procedure,
                form=wait.form,
                document_id=instance.document_id,
                groups=tuple(dict.fromkeys(line.groups + users)),
                assignee_id=int(line.assignee) if line.assignee and line.assignee.isdigit() else None,
                due_at=line.due,
                priority=line.priority or 0,
                index=line.index,
                data=line.item if wait.fan_out is not None else wait.given,
                planned=planned,
            )
        )
    return rows


def subscription(instance: Instance, wait: run.Wait) -> dict[str, Any]:
    """The row that counts the lines of a fan-out and keeps what they share."""
    assert wait.fan_out is not None
    return {
        "agency_id": instance.agency_id,
        "instance_id": instance.id,
        "token": wait.token,
        "element": wait.element,
        "kind": "lines",
        "name": wait.kind,
        "correlation": None,
        "due_at": None,
        "total": len(wait.fan_out.items),
        "settled": 0,
        "details": {
            "given": wait.given,
            "completion": wait.fan_out.completion,
            "sequential": wait.fan_out.sequential,
            "results": {},
        },
    }


def settle_line(work: Work, instance: Instance, token: str, index: int, result: Mapping[str, Any]) -> list[Any] | None:
    """Count one line as done; the results of all done lines when the element is complete, else None.

    The cost doesn't grow with the number of lines: results of user tasks stay on their rows until the end. A rule
    that can't be worked out is an incident; the line stays done.
    """
    row = _counted(work, instance, token)
    if row is None:
        return None
    row.settled = (row.settled or 0) + 1
    if row.name != "user_task":
        kept = {**row.details["results"], str(index): dict(result)}
        row.details = {**row.details, "results": kept, "latest": str(index)}
    try:
        return _results_if_complete(work, instance, row, result)
    except ExpressionError as error:
        if open_incident(work, instance, token, COMPLETION) is None:
            raise_incident(work, instance, row.element, token, COMPLETION, str(error))
        return None


def reconsider(work: Work, instance: Instance, token: str, given: Mapping[str, Any]) -> list[Any] | None:
    """Ask the rule again with corrected data, nobody having answered anew; as settle_line, but ExpressionError goes up.

    Afterwards the lines share `given`.
    """
    row = _counted(work, instance, token)
    if row is None:
        return None
    row.details = {**row.details, "given": dict(given)}
    return _results_if_complete(work, instance, row, _latest(work, row))


def drop_line(work: Work, instance: Instance, token: str) -> list[Any] | None:
    """Wait for one line less; the results when the element is complete without it, else None."""
    row = _counted(work, instance, token)
    if row is None:
        return None
    row.total = max((row.total or 0) - 1, 0)
    try:
        return _results_if_complete(work, instance, row, _latest(work, row))
    except ExpressionError as error:
        if open_incident(work, instance, token, COMPLETION) is None:
            raise_incident(work, instance, row.element, token, COMPLETION, str(error))
        return None


def results_so_far(work: Work, instance: Instance, token: str) -> list[Any]:
    """The results of the lines that are done, complete or not."""
    row = _counted(work, instance, token)
    return [] if row is None else _results(work, row)


def _counted(work: Work, instance: Instance, token: str) -> Subscription | None:
    lines = select(Subscription).where(
        Subscription.instance_id == instance.id, Subscription.token == token, Subscription.kind == "lines"
    )
    return work.session.scalar(lines.with_for_update())


def _results_if_complete(
    work: Work, instance: Instance, row: Subscription, result: Mapping[str, Any]
) -> list[Any] | None:
    if not _complete(work, row, result):
        if row.details.get("sequential") and row.name == "user_task":
            _open_next(work, row.instance_id, row.token)
        return None
    results = _results(work, row)
    work.session.delete(row)
    untold = (Incident.instance_id == instance.id, Incident.token == row.token, Incident.kind == COMPLETION)
    work.session.execute(
        update(Incident).where(*untold, Incident.state == "open").values(state="withdrawn", settled_at=work.now)
    )
    return results


def _complete(work: Work, row: Subscription, result: Mapping[str, Any]) -> bool:
    total, settled = row.total or 0, row.settled or 0
    if settled >= total:
        return True
    rule = row.details.get("completion")
    if not rule:
        return False
    names = {**row.details.get("given", {}), **result}
    names |= {
        "nr_of_instances": total,
        "nr_of_completed": settled,
        "nr_of_active": total - settled,
        "result": dict(result),
    }
    # Camunda's own names, so that a diagram made elsewhere counts the same
    names |= {"nrOfInstances": total, "nrOfCompletedInstances": settled, "nrOfActiveInstances": total - settled}
    condition = parse_value(rule)
    if "results" in condition.names:  # only a rule that asks for them pays for reading the other lines
        names["results"] = _results(work, row)
    return condition.evaluate(names, functions(work, row.agency_id)) is True


def _latest(work: Work, row: Subscription) -> dict[str, Any]:
    """The answer of the line that was done last."""
    if row.name != "user_task":
        return dict(row.details["results"].get(row.details.get("latest"), {}))
    answered = select(Task.answers).where(
        Task.instance_id == row.instance_id, Task.token == row.token, Task.state == "completed"
    )
    latest = work.session.scalar(answered.order_by(Task.completed_at.desc(), Task.id.desc()).limit(1))
    return latest or {}


def _results(work: Work, row: Subscription) -> list[Any]:
    if row.name != "user_task":
        kept = row.details["results"]
        return [kept[key] for key in sorted(kept, key=int)]
    done = select(Task.answers).where(
        Task.instance_id == row.instance_id, Task.token == row.token, Task.state == "completed"
    )
    return list(work.session.scalars(done.order_by(Task.index)))


def _open_next(work: Work, instance_id: int, token: str) -> None:
    following = work.session.scalar(
        select(Task)
        .where(Task.instance_id == instance_id, Task.token == token, Task.state == "planned")
        .order_by(Task.index)
        .limit(1)
    )
    if following is not None:
        following.state, following.created_at = "open", work.now
        following.remind_at = work.now if following.due_at else None
        work.tell(OPENED, following.agency_id, instance_id=instance_id, details={"tokens": [token]})


def shared(work_session: Any, task: Task) -> dict[str, Any]:
    """What a task's element sees of the process data: its own, or what all lines share plus its item."""
    if task.index is None:
        return dict(task.data)
    details = work_session.scalar(
        select(Subscription.details).where(
            Subscription.instance_id == task.instance_id, Subscription.token == task.token, Subscription.kind == "lines"
        )
    )
    return {**(details or {}).get("given", {}), **task.data}
