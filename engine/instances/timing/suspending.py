"""A deadline that stands still while somebody else supplements what is missing, and goes on with the time left."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from engine.calendar import OfficeCalendar
from engine.directory.calendars import office_calendar
from engine.documents.text import fitting
from engine.errors import Conflict
from engine.instances.models import Instance, Subscription
from engine.instances.timing import reckonings
from engine.instances.timing.models import Suspension
from engine.platform import ALLOWED, Actor, Verdict, Work
from engine.tasks import commands as tasks
from engine.tasks.models import Task

LONGEST_REASON = 500
MAY = frozenset({"clerk", "unit-head", "leader", "agency-admin"})


def may_suspend(actor: Actor, task: Task) -> Verdict:
    """Who takes in, heads a unit or leads lets a deadline stand still; a specialist asks for more time instead."""
    if task.agency_id != actor.agency_id or task.state != "open":
        return Verdict(False, "Việc này không còn chờ xử lý.")
    if task.due_at is None and task.suspended_at is None:
        return Verdict(False, "Việc này không có thời hạn để tạm dừng.")
    if actor.is_system or actor.roles & MAY:
        return ALLOWED
    return Verdict(
        False, "Chỉ văn thư, trưởng phòng và lãnh đạo được tạm dừng thời hạn; bạn có thể xin gia hạn.", "ND30-24.2"
    )


def suspend_task(work: Work, task_id: int, reason: str) -> Suspension:
    """Let a task's deadline, and the timers of its run, stand still while a supplement is awaited, with the reason.

    Conflict when it stands still already or the task is done.
    """
    instance, task, _groups = tasks.locked_with(work, task_id, Instance)
    tasks.require_open(work, task)
    if task.suspended_at is not None:
        raise Conflict("Thời hạn của việc này đang tạm dừng.")
    work.require(may_suspend(work.actor, task))
    said = fitting("reason", "lý do tạm dừng", reason, LONGEST_REASON, required=True, lines=True)
    calendar = office_calendar(work.session, task.agency_id)
    assert task.due_at is not None
    timers = work.session.scalars(
        select(Subscription).where(
            Subscription.instance_id == instance.id, Subscription.kind == "timer", Subscription.due_at > work.now
        )
    ).all()
    row = Suspension(
        agency_id=task.agency_id, task_id=task.id, begun_at=work.now, begun_by_id=work.actor.person_id, reason=said,
        due_before=task.due_at, left_seconds=_left(calendar, work.now, task.due_at),
        timers={str(each.id): _left(calendar, work.now, each.due_at) for each in timers if each.due_at is not None},
    )  # fmt: skip
    for each in timers:
        each.due_at = None
    task.suspended_at, task.due_at, task.remind_at = work.now, None, None
    work.session.add(row)
    work.note("task.suspended", "task", task.id, agency_id=task.agency_id, reason=said, document=task.document_id)
    return row


def resume_task(work: Work, task_id: int) -> Task:
    """Let a task's deadline run on with the office time that was left; Conflict when it doesn't stand still."""
    instance, task, _groups = tasks.locked_with(work, task_id, Instance)
    tasks.require_open(work, task)
    if task.suspended_at is None:
        raise Conflict("Thời hạn của việc này không tạm dừng.")
    work.require(may_suspend(work.actor, task))
    run_on(work, instance, task)
    return task


def run_on(work: Work, instance: Instance, task: Task) -> None:
    """The same for whoever completes a task whose deadline stands still; its row and its run's are locked."""
    row = work.session.scalar(
        select(Suspension).where(Suspension.task_id == task.id, Suspension.ended_at.is_(None)).with_for_update()
    )
    if row is None or task.suspended_at is None:
        return
    calendar = office_calendar(work.session, task.agency_id)
    stood_still = calendar.office_time_between(row.begun_at, work.now)
    task.suspended_seconds += int(stood_still.total_seconds())
    task.due_at = _due(work, instance, calendar, row.left_seconds, row.due_before, stood_still)
    task.suspended_at, task.remind_at = None, work.now
    timers = select(Subscription).where(Subscription.id.in_([int(each) for each in row.timers]))
    for timer in work.session.scalars(timers):
        timer.due_at = calendar.office_deadline(work.now, timedelta(seconds=row.timers[str(timer.id)]))
    row.ended_at, row.ended_by_id, row.due_after = work.now, work.actor.person_id, task.due_at
    work.note("task.resumed", "task", task.id, agency_id=task.agency_id, due=task.due_at.isoformat(),
              document=task.document_id)  # fmt: skip


def _left(calendar: OfficeCalendar, now: datetime, due: datetime) -> int:
    return int(calendar.office_time_between(now, due).total_seconds())


def later_by(calendar: OfficeCalendar, due: datetime, stood_still: timedelta) -> datetime:
    """A deadline moved on by the office time for which it stood still."""
    return calendar.office_deadline(due, stood_still) if stood_still else due


def _due(
    work: Work, instance: Instance, calendar: OfficeCalendar, left: int, before: datetime, stood_still: timedelta
) -> datetime:
    """The new deadline, kept as a reckoning of its own; what was late already stays as late as it was."""
    if left <= 0:
        return later_by(calendar, before, stood_still)
    duration = f"PT{left}S"
    due = calendar.office_deadline(work.now, duration)
    told = {"rule": "office_deadline", "start": work.now, "duration": duration, "due": due,
            "calendar_version": calendar.version}  # fmt: skip
    reckonings.note(work, instance, told)
    return due
