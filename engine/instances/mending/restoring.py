"""Put an instance and what hangs on it back to where they stood before a person's step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from engine.bpmn import run
from engine.database import write
from engine.definitions import queries as definitions
from engine.documents.models import Assignment, Document, Instruction, Opinion, Party
from engine.errors import NotAllowed, NotFound
from engine.instances.advance import cancel
from engine.instances.mending.taking_back import Step, may_take_back, step_of, verdict_on
from engine.instances.models import Instance, Passage, StepBefore, Subscription
from engine.instances.resting import withdraw
from engine.platform import Work
from engine.tasks import commands as tasks
from engine.tasks.models import Task

TAKEN_BACK = "taken-back"
OF_PARTS = ("lead", "support", "inform", "task")


def take_back(work: Work, task_id: int) -> Task:
    """Take back the step that completing a task was: the task is open again, with what was answered still in it.

    NotAllowed says what stands against it (`may_take_back`), NotFound for another agency's task.
    """
    found = work.session.get(Task, task_id)
    if found is None or found.agency_id != work.actor.agency_id:
        raise NotFound("Không tìm thấy việc này.")
    work.require(may_take_back(work.session, work.actor, work.catalog, found))
    step = step_of(work.session, found, lock=True)
    if step is None:
        raise NotAllowed("Quy trình đã có bước khác được làm sau bước này.")
    task = tasks.locked(work, task_id)
    work.require(verdict_on(work.session, work.actor, work.catalog, step))
    for child in step.called:
        if child.status == "running" and child.parent_id in step.before:
            cancel(work, child)
    for row in step.rows:
        _put_back(work, step, row)
    _reopen(work, task)
    if step.rows[0].document and task.document_id is not None:
        _put_document_back(work, task.document_id, step.rows[0].document)
    work.session.execute(delete(StepBefore).where(StepBefore.task_id == task.id))
    work.note(
        "step.taken_back", "task", task.id, agency_id=task.agency_id, element=task.element, instance=task.instance_id,
        document=task.document_id,
    )  # fmt: skip
    return task


def _put_back(work: Work, step: Step, row: StepBefore) -> None:
    instance = step.instances[row.instance_id]
    procedure = definitions.ready(work.session, instance.version_id).procedure
    now = {place.token: place.element for place in run.places(procedure, instance.state)}
    then = {place.token: place.element for place in run.places(procedure, row.state)}
    left = [token for token in now if token not in then]
    if left:
        write(work.session, *withdraw(work, instance, left))
    _history(work, instance, {token: now[token] for token in left}, {t: e for t, e in then.items() if t not in now})
    _reopen_withdrawn(work, row, [token for token in then if token not in now])
    work.session.execute(delete(Subscription).where(Subscription.instance_id == instance.id))
    kept = [{**each, "due_at": _moment(each["due_at"])} for each in row.subscriptions]
    if kept:
        work.session.execute(insert(Subscription), kept)
    instance.state, instance.status, instance.ended_at = row.state, "running", None
    instance.outcome, instance.error = {}, None
    work.session.flush()


def _history(work: Work, instance: Instance, left: Mapping[str, str], again: Mapping[str, str]) -> None:
    """What no longer stands open is cancelled, what stands open again is entered, and who has done it is said."""
    lines = [_line(work, instance, token, element, "cancelled") for token, element in left.items()]
    for token, element in again.items():
        lines += [_line(work, instance, token, element, event) for event in (TAKEN_BACK, "entered")]
    if lines:
        work.session.execute(insert(Passage), lines)


def _line(work: Work, instance: Instance, token: str, element: str, event: str) -> dict[str, Any]:
    by = work.actor if event == TAKEN_BACK else None
    return {
        "instance_id": instance.id, "version_id": instance.version_id, "element": element, "token": token,
        "event": event, "at": work.now, "person_id": by.person_id if by else None,
        "acting_for_id": by.acting_for_id if by else None, "flow": None,
    }  # fmt: skip


def _reopen(work: Work, task: Task) -> None:
    """The task waits again for who completed it; what was answered is what its form begins with."""
    answered = {name: value for name, value in task.answers.items() if name not in ("completed_by", "completed_at")}
    if task.index is None:
        task.data = {**task.data, **answered}
    task.state, task.completed_at, task.completed_by_id = "open", None, None
    task.assignee_id = task.acting_for_id or work.actor.person_id
    task.acting_for_id, task.answers = None, {}
    work.session.flush()


def _reopen_withdrawn(work: Work, row: StepBefore, tokens: list[str]) -> None:
    """Work beside the step that the step had ended waits again."""
    sequential = {each["token"] for each in row.subscriptions if (each["details"] or {}).get("sequential")}
    mine = (Task.instance_id == row.instance_id, Task.state == "withdrawn", Task.completed_at == row.at)
    ended = select(Task).where(*mine, Task.token.in_(tokens)).order_by(Task.index)
    opened: set[str] = set()
    for task in work.session.scalars(ended).all():
        task.state = "planned" if task.token in sequential & opened else "open"
        task.completed_at = None
        opened.add(task.token)
    work.session.flush()


def _put_document_back(work: Work, document_id: int, before: Mapping[str, Any]) -> None:
    """What was written with the document since: kept as evidence, and no longer in force."""
    document = work.session.get_one(Document, document_id, with_for_update=True)
    for table, last in ((Instruction, before["instruction"]), (Opinion, before["opinion"])):
        mine = (table.document_id == document_id, table.id > last, table.withdrawn_at.is_(None))
        work.session.execute(update(table).where(*mine).values(withdrawn_at=work.now))
    since = (Assignment.document_id == document_id, Assignment.id > before["assignment"])
    said = {"state": "replaced", "settled_at": work.now, "note": "Bước phân công đã được rút lại."}
    work.session.execute(update(Assignment).where(*since, Assignment.state == "open").values(**said))
    for assignment_id, due_at in before["open"]:
        again = {"state": "open", "settled_at": None, "due_at": _moment(due_at)}
        work.session.execute(update(Assignment).where(Assignment.id == assignment_id).values(**again))
    parties = (Party.document_id == document_id, Party.id > before["party"], Party.reason.in_(OF_PARTS))
    work.session.execute(delete(Party).where(*parties))
    document.status = before["status"]
    work.session.flush()


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
