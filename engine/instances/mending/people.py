"""Add and remove people on work that is running: lines of the instruction and what is asked of them, together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import occasions
from engine.bpmn import run
from engine.definitions import queries as definitions
from engine.directory.calendars import office_calendar
from engine.directory.queries import require_units
from engine.documents import incoming
from engine.documents import queries as documents
from engine.documents.models import Assignment, Document, Party
from engine.documents.text import fitting
from engine.errors import InvalidInput, NotFound
from engine.instances import lines
from engine.instances.advance import Move, resume
from engine.instances.commands import locked, receive_message, tell_parent
from engine.instances.queries import waited_for
from engine.platform import ALLOWED, Actor, Verdict, Work
from engine.tasks import commands as tasks
from engine.tasks.models import Task

ADDED, REPLACED = "people-added", "lead-replaced"
RUNNING = ("directed", "in_progress")


def may_direct(session: Session, actor: Actor, document: Document) -> Verdict:
    """Leaders, and the head of the unit in charge, say who works on a running document (ND30-23.2, SYS-1.l–m)."""
    if document.direction != "incoming" or document.status not in RUNNING:
        return Verdict(False, "Chỉ thêm, bớt được người khi văn bản đến đang được giải quyết.")
    if "leader" in actor.roles:
        return ALLOWED
    leading = {row.unit_id for row in documents.assignments(session, document.id) if row.part == "lead"}
    if any(f"unit-head@{unit}" in actor.groups for unit in leading):
        return ALLOWED
    return Verdict(False, "Chỉ lãnh đạo và trưởng phòng của đơn vị chủ trì thêm, bớt người.", "ND30-23.2")


def may_replace_lead(session: Session, actor: Actor, document: Document) -> Verdict:
    """The leader who instructed (or who stands in) may let another unit lead while the work isn't done (ND30-23.2)."""
    if document.direction != "incoming" or document.status not in RUNNING:
        return Verdict(False, "Chỉ đổi được đơn vị chủ trì khi văn bản đến đang được giải quyết.")
    written = documents.instruction(session, document.id)
    by = written.person_id if written else None
    if "leader" not in actor.roles or by is None or by not in {actor.person_id, *actor.standing_in_for}:
        return Verdict(False, "Chỉ lãnh đạo đã cho ý kiến chỉ đạo được đổi đơn vị chủ trì.", "ND30-23.2")
    if not waited_for(session, document.agency_id, REPLACED, str(document.id)):
        return Verdict(False, "Quy trình đang chạy không có bước đổi đơn vị chủ trì; đơn vị chủ trì trả lại kèm lý do.")
    return ALLOWED


def replace_lead(work: Work, document_id: int, unit_id: int | None, reason: str) -> None:
    """Let another unit lead: what the former one had open is withdrawn, both are told; the reason is kept.

    NotAllowed says who may; InvalidInput names the field.
    """
    document = documents.locked(work, document_id, "incoming")
    work.require(may_replace_lead(work.session, work.actor, document))
    said = fitting("reason", "lý do đổi đơn vị chủ trì", reason, 500, required=True, lines=True)
    if unit_id is None:
        raise InvalidInput("Chưa chọn đơn vị.", {"unit": "Chọn đơn vị chủ trì mới."})
    require_units(work.session, document.agency_id, {unit_id})
    rows = documents.assignments(work.session, document_id)
    if any(row.part == "lead" and row.state == "open" and row.unit_id == unit_id for row in rows):
        raise InvalidInput("Đơn vị này đang chủ trì.", {"unit": "Chọn đơn vị khác."})
    told = {"lead_unit": unit_id, "reason": said, "person": work.actor.person_id}
    receive_message(work, document.agency_id, REPLACED, str(document_id), told)


def may_add_support(session: Session, document: Document) -> Verdict:
    """Supporters are added where a running procedure of the document takes them (the message `people-added`)."""
    if waited_for(session, document.agency_id, ADDED, str(document.id)):
        return ALLOWED
    said = "Quy trình giải quyết đang chạy không có bước nhận thêm bên phối hợp; chỉ thêm được bên để biết."
    return Verdict(False, said)


def may_remove(row: Assignment) -> Verdict:
    """Supporters and who is informed may go; the lead is never missing, so only another can take their place."""
    if row.state != "open":
        return Verdict(False, "Dòng này đã xong hoặc đã được thay.")
    if row.part == "lead":
        return Verdict(
            False,
            "Văn bản luôn có một bên chủ trì; lãnh đạo đã chỉ đạo đổi đơn vị, trưởng phòng chuyển việc cho người khác.",
            "ND30-23.2",
        )
    return ALLOWED


def add_people(
    work: Work, document_id: int, part: str, *, units: Sequence[int] = (), people: Sequence[int] = (),
    due_date: date | None = None,
) -> int:  # fmt: skip
    """Add supporters or who is informed, all in one step; how many were added, those already there left out.

    NotAllowed says who may and where the procedure takes nobody; InvalidInput names the field.
    """
    document = documents.locked(work, document_id, "incoming")
    work.require(may_direct(work.session, work.actor, document))
    if part not in ("support", "inform"):
        raise InvalidInput("Chọn vai phối hợp hoặc để biết.", {"part": "Chọn vai phối hợp hoặc để biết."})
    if part == "support":
        work.require(may_add_support(work.session, document))
    due_at = _due(work, document, due_date)
    there = [row for row in documents.assignments(work.session, document_id) if row.state == "open"]
    new_units = [u for u in dict.fromkeys(units) if not any(r.unit_id == u and r.person_id is None for r in there)]
    new_people = [p for p in dict.fromkeys(people) if not any(r.person_id == p for r in there)]
    if not new_units and not new_people:
        sentence = "Chọn ít nhất một đơn vị hoặc người chưa có trong phân công."
        raise InvalidInput(sentence, {"units": sentence})
    own = due_at if part == "support" or due_date is not None else None
    rows = [incoming.Line(part, unit, None, own) for unit in new_units]
    rows += [incoming.Line(part, None, person, own) for person in new_people]
    current = documents.instruction(work.session, document_id)
    incoming.add_lines(work, document, rows, current.id if current else None)
    if part == "support":
        said = due_at.isoformat() if due_at else None
        asked: list[Mapping[str, Any]] = [{"unit": unit, "due": said} for unit in new_units]
        asked += [{"person": person, "due": said} for person in new_people]
        receive_message(work, document.agency_id, ADDED, str(document_id), {"contributors": asked})
    work.note(
        "document.people_added", "document", document.id, document.agency_id, part=part, units=new_units,
        people=new_people, due_at=due_at,
    )  # fmt: skip
    return len(rows)


def _due(work: Work, document: Document, due_date: date | None) -> datetime | None:
    """The day given, else the lead's; InvalidInput when it is over."""
    if due_date is None:
        rows = documents.assignments(work.session, document.id)
        return next((row.due_at for row in rows if row.part == "lead" and row.due_at), None)
    due_at = office_calendar(work.session, document.agency_id).end_of_day(due_date)
    if due_at <= work.now:
        raise InvalidInput("Hạn phải ở sau thời điểm hiện tại.", {"due_date": "Chọn ngày muộn hơn."})
    return due_at


def remove_person(work: Work, assignment_id: int) -> Assignment:
    """Take a line away: what was asked of it is withdrawn, and the others go on (or are complete) without it.

    NotAllowed for the lead; NotFound for another agency's line.
    """
    row = work.session.get(Assignment, assignment_id)
    if row is None:
        raise NotFound("Không tìm thấy dòng phân công này.")
    document = documents.locked(work, row.document_id, "incoming")
    work.require(may_direct(work.session, work.actor, document))
    work.session.refresh(row, with_for_update=True)
    work.require(may_remove(row))
    row.state, row.settled_at, row.note = "replaced", work.now, "Bớt khỏi phân công."
    for task in _asked_of(work, row):
        _withdraw_line(work, task)
    if row.seen_at is None:
        mine = Party.person_id == row.person_id if row.person_id else Party.unit_id == row.unit_id
        same = (Party.document_id == document.id, mine, Party.reason == row.part)
        work.session.execute(delete(Party).where(*same))
    work.note(
        "document.person_removed", "document", document.id, document.agency_id, part=row.part, unit=row.unit_id,
        person=row.person_id,
    )  # fmt: skip
    return row


def _asked_of(work: Work, row: Assignment) -> Sequence[Task]:
    """Open lines of a fan-out that ask for this person's or unit's contribution."""
    wanted = {"person": row.person_id} if row.person_id is not None else {"unit": row.unit_id}
    open_lines = select(Task).where(
        Task.document_id == row.document_id, Task.state.in_(("open", "planned")), Task.index.is_not(None)
    )
    found = work.session.scalars(open_lines.order_by(Task.id)).all()
    return [task for task in found if row.part == "support" and _names(task.data, wanted)]


def _names(data: Mapping[str, Any], wanted: Mapping[str, int | None]) -> bool:
    return any(
        isinstance(item, Mapping) and all(item.get(name) == value for name, value in wanted.items())
        for item in data.values()
    )


def _withdraw_line(work: Work, task: Task) -> None:
    """One line less; the element is complete when it was the last that was waited for."""
    instance = locked(work, task.instance_id)
    tasks.locked(work, task.id)
    task.state, task.completed_at = "withdrawn", work.now
    if task.assignee_id is not None:
        work.tell(occasions.WITHDRAWN, task.agency_id, instance_id=instance.id)
    work.session.flush()
    results = lines.drop_line(work, instance, task.token)
    if results is not None:
        move = Move(work, instance, definitions.ready(work.session, instance.version_id), closed=[task.token])
        resume(move, run.complete, task.token, {"results": results})
        tell_parent(work, instance)
