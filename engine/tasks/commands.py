"""Change the worklist: open, withdraw, claim, release, hand over, remind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from engine.clock import VIETNAM
from engine.directory.models import Person
from engine.errors import Conflict, InvalidInput, NotFound
from engine.platform import Work
from engine.tasks import rules
from engine.tasks.models import Task, TaskCandidate


@dataclass(frozen=True, slots=True)
class NewTask:
    """One line of the worklist to be opened."""

    agency_id: int
    instance_id: int
    token: str
    element: str
    name: str
    procedure: str
    form: str | None
    document_id: int | None
    groups: tuple[str, ...]
    assignee_id: int | None
    due_at: datetime | None
    priority: int
    index: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
    planned: bool = False


def open_tasks(work: Work, tasks: Sequence[NewTask]) -> list[int]:
    """Write tasks and who may take them; their ids in the same order. Cost: two statements however many there are."""
    if not tasks:
        return []
    rows = [
        {
            "agency_id": t.agency_id,
            "instance_id": t.instance_id,
            "token": t.token,
            "index": t.index,
            "data": t.data,
            "element": t.element,
            "name": t.name,
            "procedure": t.procedure,
            "form": t.form,
            "document_id": t.document_id,
            "state": "planned" if t.planned else "open",
            "assignee_id": t.assignee_id,
            "priority": t.priority,
            "due_at": t.due_at,
            "created_at": work.now,
            "answers": {},
            "version": 1,
            "claimed_at": work.now if t.assignee_id else None,
        }
        for t in tasks
    ]
    ids = list(work.session.scalars(insert(Task).returning(Task.id, sort_by_parameter_order=True), rows))
    candidates = [
        {"task_id": task_id, "group": group, "agency_id": t.agency_id}
        for task_id, t in zip(ids, tasks, strict=True)
        for group in t.groups
    ]
    if candidates:
        work.session.execute(insert(TaskCandidate), candidates)
    return ids


def withdraw_tasks(work: Work, instance_id: int, tokens: Iterable[str]) -> None:
    """Take back the open tasks of these tokens (interrupted, cancelled, or no longer needed)."""
    work.session.execute(
        update(Task)
        .where(Task.instance_id == instance_id, Task.token.in_(list(tokens)), Task.state.in_(("open", "planned")))
        .values(state="withdrawn", completed_at=work.now, version=Task.version + 1)
        .execution_options(synchronize_session=False)
    )


def locked(work: Work, task_id: int) -> Task:
    """The task with its row locked until the transaction ends; NotFound when it isn't there or belongs to another
    agency.
    """
    task = work.session.scalar(select(Task).where(Task.id == task_id).with_for_update())
    if task is None or (not work.actor.is_system and task.agency_id != work.actor.agency_id):
        raise NotFound("Không tìm thấy việc này.")
    return task


def candidates(work: Work, task_id: int) -> frozenset[str]:
    """The groups that may take a task."""
    return frozenset(work.session.scalars(select(TaskCandidate.group).where(TaskCandidate.task_id == task_id)))


def claim_task(work: Work, task_id: int) -> Task:
    """Take a task of one of my groups; Conflict tells who was faster."""
    task = locked(work, task_id)
    require_open(work, task)
    if task.assignee_id is not None and task.assignee_id != work.actor.person_id:
        raise Conflict(f"{_name(work, task.assignee_id)} đã nhận việc này lúc {clock_text(task.claimed_at)}.")
    work.require(rules.may_claim(work.actor, task, candidates(work, task_id)))
    task.assignee_id, task.claimed_at = work.actor.person_id, work.now
    work.note("task.claimed", "task", task.id, element=task.element, document=task.document_id)
    return task


def release_task(work: Work, task_id: int) -> Task:
    """Give a task back to its groups; a task that was assigned to me alone can't be given back to nobody."""
    task = locked(work, task_id)
    require_open(work, task)
    work.require(rules.may_release(work.actor, task))
    if not candidates(work, task_id):
        raise InvalidInput("Việc này được giao đích danh nên không trả lại nhóm được; hãy chuyển cho người khác.")
    task.assignee_id = task.claimed_at = None
    work.note("task.released", "task", task.id, element=task.element, document=task.document_id)
    return task


def hand_over_task(work: Work, task_id: int, person_id: int) -> Task:
    """Pass a task on to a colleague of the same agency."""
    task = locked(work, task_id)
    require_open(work, task)
    work.require(rules.may_release(work.actor, task))
    receiver = work.session.get(Person, person_id)
    if receiver is None or receiver.agency_id != task.agency_id or not receiver.active:
        raise InvalidInput(
            "Người nhận phải là người đang làm việc trong cơ quan.", {"person": "Chọn người khác trong cơ quan."}
        )
    task.assignee_id, task.claimed_at = receiver.id, work.now
    work.note("task.handed-over", "task", task.id, to=receiver.id, document=task.document_id)
    return task


def remind(work: Work, document_id: int, message: str, group: str | None = None) -> int:
    """Urge the open tasks of a document: raise their priority and, with a group, let that group take them too; how
    many.
    """
    tasks = work.session.scalars(
        select(Task).where(Task.document_id == document_id, Task.state == "open").with_for_update()
    ).all()
    for task in tasks:
        task.priority += 10
        if group and group not in candidates(work, task.id):
            work.session.add(TaskCandidate(task_id=task.id, group=group, agency_id=task.agency_id))
        work.note(
            "task.reminded",
            "task",
            task.id,
            agency_id=task.agency_id,
            message=message,
            group=group,
            document=document_id,
        )
    return len(tasks)


def require_open(work: Work, task: Task) -> None:
    """Conflict, told in words, when the task has been completed or withdrawn meanwhile."""
    if task.state == "completed":
        raise Conflict(
            f"{_name(work, task.completed_by_id)} đã hoàn thành việc này lúc {clock_text(task.completed_at)}."
        )
    if task.state != "open":
        raise Conflict("Việc này không còn chờ xử lý: quy trình đã đi tiếp theo hướng khác.")


def _name(work: Work, person_id: int | None) -> str:
    person = work.session.get(Person, person_id) if person_id else None
    return person.full_name if person else "Hệ thống"


def clock_text(at: datetime | None) -> str:
    """An instant as people here write it: 08:15 ngày 23/11/2026."""
    return at.astimezone(VIETNAM).strftime("%H:%M ngày %d/%m/%Y") if at else ""
