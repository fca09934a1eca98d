"""Change the worklist: open, withdraw, claim, release, hand over, remind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, delete, func, select, update

from engine import occasions
from engine.clock import VIETNAM
from engine.database import Base, Write, as_json, written
from engine.directory import queries as directory
from engine.directory.models import Person
from engine.directory.rules import stands_in
from engine.documents import commands as documents
from engine.documents.text import fitting
from engine.errors import Conflict, InvalidInput, NotFound
from engine.platform import Work
from engine.tasks import reminders, rules
from engine.tasks.assignments import move_line, note_seen, take_over_line
from engine.tasks.models import Task, TaskCandidate
from engine.tasks.queries import receivers

Owner = TypeVar("Owner", bound=Base)
LONGEST_NOTE = 500


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


def opening(tasks: Sequence[NewTask], now: datetime) -> Write:
    """The writing of tasks and of who may take them: one statement however many there are."""
    groups = [
        {"instance_id": task.instance_id, "token": task.token, "index": task.index, "group": group}
        for task in tasks
        for group in task.groups
    ]
    return Write(_OPEN, {"opened": as_json([_row(task, now) for task in tasks]), "candidates": as_json(groups)})


def _row(task: NewTask, now: datetime) -> dict[str, Any]:
    row = {name: getattr(task, name) for name in _GIVEN}
    row |= {"state": "planned" if task.planned else "open", "created_at": now, "answers": {}, "version": 1}
    row |= {"remind_at": now if task.due_at else None, "reminded": 0, "suspended_seconds": 0}
    return row | {"claimed_at": now if task.assignee_id else None}


_GIVEN = tuple(each.name for each in fields(NewTask) if each.name not in ("groups", "planned"))
_COLUMNS = (
    "agency_id, instance_id, token, index, data, element, name, procedure, form, document_id, state, "
    "priority, due_at, created_at, answers, version, claimed_at, remind_at, reminded, suspended_seconds"
)
# Whoever has handed over their work gets none any more: it goes to who took over (engine/tasks/succession).
_SUCCESSOR = """
      (select succession.new from succession
       where succession.agency_id = {row}.agency_id and succession.old = {old}
         and (succession.document_id is null or succession.document_id = {row}.document_id)
       order by succession.id desc limit 1)"""
_ASSIGNEE = _SUCCESSOR.format(row="given", old="'person:' || given.assignee_id")
_GROUP = _SUCCESSOR.format(row="opened", old='given."group"')
_GIVEN_COLUMNS = _COLUMNS.replace("due_at", "coalesce(reckoned_anew.due, due_at)")
# A deadline that came with the process data may have been moved by a calendar that has changed since (`reckoning`).
_OPEN = f"""
    opened as (
      insert into task ({_COLUMNS}, assignee_id)
      select {_GIVEN_COLUMNS}, coalesce(cast(substr({_ASSIGNEE}, 8) as bigint), assignee_id)
      from jsonb_populate_recordset(null::task, cast(:opened as jsonb)) as given
      left join lateral (
        select due from reckoning
        where (reckoning.document_id = given.document_id or reckoning.instance_id = given.instance_id)
          and reckoning.agency_id = given.agency_id and first_due = given.due_at and due <> first_due
        order by reckoning.id desc limit 1
      ) as reckoned_anew on true
      returning id, agency_id, instance_id, token, index, document_id
    ),
    candidates as (
      insert into task_candidate (task_id, "group", agency_id)
      select distinct opened.id, coalesce({_GROUP}, given."group"), opened.agency_id
      from opened join jsonb_to_recordset(cast(:candidates as jsonb))
        as given(instance_id bigint, token text, index bigint, "group" text)
      on given.instance_id = opened.instance_id and given.token = opened.token
        and given.index is not distinct from opened.index
    )"""  # noqa: S608  # the names of our own columns


def closing(work: Work, task: Task, answers: Mapping[str, Any]) -> Write:
    """The writing of a task's completion with these answers by who works; the task's row is locked."""
    acting_for = task.assignee_id if stands_in(work.actor, task.assignee_id, task.procedure) else None
    done = {
        "state": "completed",
        "completed_at": work.now,
        "completed_by_id": work.actor.person_id,
        "acting_for_id": acting_for,
        "answers": dict(answers),
        "version": task.version + 1,
    }
    written(task, done)
    return Write(_CLOSE, {f"closed_{name}": value for name, value in done.items()} | {
        "closed_id": task.id, "closed_answers": as_json(done["answers"]),
    })  # fmt: skip


_CLOSE = """
    closed as (
      update task set state = :closed_state, completed_at = :closed_completed_at,
        completed_by_id = :closed_completed_by_id, acting_for_id = :closed_acting_for_id,
        answers = cast(:closed_answers as jsonb), version = :closed_version
      where id = :closed_id
    )"""


def withdrawing(instance_id: int, tokens: Sequence[str], now: datetime, actor_id: int | None) -> Write:
    """The taking back of the open tasks of these tokens (interrupted, cancelled, or no longer needed)."""
    return Write(_WITHDRAW, {"instance": instance_id, "tokens": list(tokens), "now": now, "told_actor": actor_id})


_WITHDRAW = f"""
    withdrawn_tasks as (
      update task set state = 'withdrawn', completed_at = :now, version = version + 1
      where instance_id = :instance and token = any(:tokens) and state in ('open', 'planned')
      returning agency_id, assignee_id
    ),{occasions.TAKEN_BACK}"""  # noqa: S608  # the text of our own statement


def locked_with(work: Work, task_id: int, owner: type[Owner]) -> tuple[Owner, Task, frozenset[str]]:
    """The task, the instance that owns it and the groups that may take it, both rows locked; in one statement.

    `owner` is the instance's class: the worklist lies below the instances and doesn't know them. NotFound as `locked`.
    """
    found = work.session.execute(_with_owner(owner), {"task": task_id}).first()
    if found is None or (not work.actor.is_system and found[1].agency_id != work.actor.agency_id):
        raise NotFound("Không tìm thấy việc này.")
    return found[0], found[1], frozenset(found[2] or ())


@cache
def _with_owner(owner: Any) -> Select[Any]:
    groups = select(func.array_agg(TaskCandidate.group)).where(TaskCandidate.task_id == Task.id).scalar_subquery()
    both: Select[Any] = select(owner, Task, groups).join(Task, Task.instance_id == owner.id)
    return both.where(Task.id == bindparam("task")).with_for_update(of=[owner, Task])


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


def note_opened(work: Work, task_id: int) -> bool:
    """Note that somebody who may do an open task has looked at it for the first time; no version, or forms go stale."""
    mine = (Task.id == task_id, Task.agency_id == work.actor.agency_id, Task.state == "open", Task.opened_at.is_(None))
    seen = update(Task).where(*mine).values(opened_at=work.now, opened_by_id=work.actor.person_id)
    row = work.session.execute(seen.returning(Task.document_id).execution_options(synchronize_session=False)).first()
    if row is not None and row[0] is not None:
        note_seen(work, row[0])
    return row is not None


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


def hand_over_task(work: Work, task_id: int, person_id: int, note: str = "") -> Task:
    """Pass a task on to a colleague who may do it, with a word for them; their line of the instruction goes along.

    InvalidInput names the field: somebody gone or of another agency, somebody without the role the step asks for.
    """
    task = locked(work, task_id)
    require_open(work, task)
    work.require(rules.may_release(work.actor, task))
    receiver = work.session.get(Person, person_id)
    if receiver is None or receiver.agency_id != task.agency_id or not receiver.active:
        raise InvalidInput(
            "Người nhận phải là người đang làm việc trong cơ quan.", {"person": "Chọn người khác trong cơ quan."}
        )
    if receiver.id not in {each.id for each in receivers(work.session, task, candidates(work, task_id), work.now)}:
        sentence = f"{receiver.full_name} không giữ vai trò mà bước này giao cho nên không xử lý được."
        raise InvalidInput(sentence, {"person": sentence})
    said = fitting("note", "lời nhắn", note, LONGEST_NOTE, lines=True)
    work.tell(
        occasions.HANDED, task.agency_id, task_id=task.id, document_id=task.document_id, person_id=receiver.id,
        details={"from": task.assignee_id},
    )  # fmt: skip
    if task.document_id is not None:
        documents.add_party(work, task.document_id, person_id=receiver.id, reason="task")
        take_over_line(work, task, receiver)
    task.assignee_id, task.claimed_at = receiver.id, work.now
    task.handed_by_id, task.handed_note = work.actor.person_id, said or None
    work.note("task.handed-over", "task", task.id, to=receiver.id, document=task.document_id, note=said)
    return task


def forward_line(work: Work, task_id: int, unit_id: int, note: str = "") -> Task:
    """Pass a unit's share of a work done side by side on to another unit; who leads is changed by a return instead.

    InvalidInput names the field; NotAllowed when the task isn't such a share.
    """
    task = locked(work, task_id)
    require_open(work, task)
    groups = candidates(work, task_id)
    work.require(rules.may_forward(work.actor, task, groups))
    unit = directory.unit(work.session, task.agency_id, unit_id)
    role = next(group.partition("@")[0] for group in sorted(groups) if "@" in group)
    if f"{role}@{unit.id}" in groups:
        raise InvalidInput("Việc này đang ở đơn vị đó.", {"unit": "Chọn đơn vị khác."})
    said = fitting("note", "lời nhắn", note, LONGEST_NOTE, lines=True)
    work.session.execute(delete(TaskCandidate).where(TaskCandidate.task_id == task.id))
    work.session.add(TaskCandidate(task_id=task.id, group=f"{role}@{unit.id}", agency_id=task.agency_id))
    if task.document_id is not None:
        documents.add_party(work, task.document_id, unit_id=unit.id, reason="task")
        move_line(work, task.document_id, [int(g.partition("@")[2]) for g in groups if "@" in g], unit.id)
    task.assignee_id = task.claimed_at = task.opened_at = task.opened_by_id = None
    task.handed_by_id, task.handed_note = work.actor.person_id, said or None
    work.tell(occasions.OPENED, task.agency_id, instance_id=task.instance_id, details={"tokens": [task.token]})
    work.note("task.forwarded", "task", task.id, to_unit=unit.id, document=task.document_id, note=said)
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
        reminders.note_reminder(work, task, "procedure", message)
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
    if tasks:
        told = {"message": message, "group": group}
        work.tell(occasions.REMINDED, tasks[0].agency_id, document_id=document_id, details=told)
    return len(tasks)


def require_open(work: Work, task: Task) -> None:
    """Conflict, told in words, when the task has been completed or withdrawn meanwhile."""
    if task.state == "completed":
        raise Conflict(
            f"{_name(work, task.completed_by_id)} đã hoàn thành việc này lúc {clock_text(task.completed_at)}."
        )
    if task.state != "open":
        raise Conflict(closed_text(task))


def _name(work: Work, person_id: int | None) -> str:
    person = work.session.get(Person, person_id) if person_id else None
    return person.full_name if person else "Hệ thống"


def closed_text(task: Task) -> str:
    """Why a task that nobody completed is open no longer; one that came too late is told so."""
    late = task.due_at is not None and task.completed_at is not None and task.completed_at >= task.due_at
    if late:
        return f"Việc này đã đóng khi hết thời hạn {clock_text(task.due_at)}; nội dung gửi sau không được ghi nhận."
    return "Việc này không còn chờ xử lý: quy trình đã đi tiếp theo hướng khác."


def clock_text(at: datetime | None) -> str:
    """An instant as people here write it: 08:15 ngày 23/11/2026."""
    return at.astimezone(VIETNAM).strftime("%H:%M ngày %d/%m/%Y") if at else ""
