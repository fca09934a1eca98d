"""A deadline stands still while a supplement is awaited, and goes on with the office time that was left."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import func, select

from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.instances.models import Subscription
from engine.instances.timing.suspending import resume_task, suspend_task
from engine.platform import system
from engine.tasks import reminders
from engine.tasks.models import Reminder, Task
from tests.engine.instances.conftest import Office
from tests.engine.instances.timing.test_calendar_changes import rest, timed
from tests.engine.instances.timing.test_deadlines import at, changed, explained, own_calendar, waiting


def due(office: Office, task_id: int) -> object:
    with office.platform.reading() as session:
        return session.get_one(Task, task_id).due_at


def test_the_time_left_runs_on_after_the_supplement(office: Office) -> None:
    own_calendar(office)
    office.clock.set(at("2026-11-23 16:00"))
    task_id = waiting(office)  # two office hours: until 25/11 08:00, the 24th is a holiday
    clerk = office.people["clerk"]
    office.clock.set(at("2026-11-23 16:30"))
    office.platform.run(clerk, suspend_task, task_id, "Chờ bổ sung tệp phụ lục")
    assert due(office, task_id) is None
    office.clock.set(at("2026-11-27 09:00"))
    assert office.platform.run(system(), reminders.remind_due) == 0
    office.platform.run(clerk, resume_task, task_id)
    assert due(office, task_id) == at("2026-11-27 10:30")
    found = explained(office, task_id)
    [(row, by)] = found.suspensions
    assert (row.reason, by, row.due_before, row.due_after) == (
        "Chờ bổ sung tệp phụ lục", "Người clerk", at("2026-11-25 08:00"), at("2026-11-27 10:30"),
    )  # fmt: skip
    assert [(one.start, one.duration) for one in found.reckonings] == [(at("2026-11-27 09:00"), "PT5400S")]
    for moment, kinds in (("09:29", []), ("09:30", ["half"]), ("10:06", ["half", "near"])):
        office.clock.set(at(f"2026-11-27 {moment}"))
        office.platform.run(system(), reminders.remind_due)
        with office.platform.reading() as session:
            assert list(session.scalars(select(Reminder.kind).order_by(Reminder.id))) == kinds


def test_timers_of_the_run_stand_still_too(office: Office) -> None:
    own_calendar(office)
    office.publish(timed())
    run = office.start("timed", {"received_at": at("2026-11-23 09:00").isoformat()})
    office.do(run, "first")
    task_id = office.task(run, "work")
    office.platform.run(office.people["clerk"], suspend_task, task_id, "Chờ bổ sung")
    assert [timer.due_at for timer in office.rows(Subscription, run)] == [None]
    office.clock.set(at("2026-11-25 09:00"))
    office.platform.run(office.people["leader"], resume_task, task_id)
    assert [timer.due_at for timer in office.rows(Subscription, run)] == [due(office, task_id)]
    assert due(office, task_id) == at("2026-11-27 17:00")  # as many hours of three days as before


def test_the_calendar_moves_what_has_run_on(office: Office) -> None:
    calendar_id = own_calendar(office)
    task_id = waiting(office)
    clerk = office.people["clerk"]
    office.platform.run(clerk, suspend_task, task_id, "Chờ bổ sung")
    office.clock.set(at("2026-11-25 16:00"))
    office.platform.run(clerk, resume_task, task_id)
    before = due(office, task_id)
    changed(office, calendar_id, partial(rest("2026-11-26"), calendar_id=calendar_id))
    assert due(office, task_id) != before


def test_completing_ends_the_standing_still(office: Office) -> None:
    task_id = waiting(office)
    with office.platform.reading() as session:
        run = session.get_one(Task, task_id).instance_id
    office.platform.run(office.people["clerk"], suspend_task, task_id, "Chờ bổ sung")
    office.do(run, "work")
    with office.platform.reading() as session:
        done = session.get_one(Task, task_id)
    assert (done.state, done.suspended_at) == ("completed", None)
    assert done.due_at is not None


@pytest.mark.parametrize(("who", "reason", "error"), [
    ("clerk", "  ", InvalidInput), ("stranger", "Chờ", NotFound), ("clerk", "x" * 501, InvalidInput),
])  # fmt: skip
def test_who_may_and_with_which_words(office: Office, who: str, reason: str, error: type[Exception]) -> None:
    task_id = waiting(office)
    with pytest.raises(error):
        office.platform.run(office.people[who], suspend_task, task_id, reason)


def test_it_stands_still_once_and_only_for_who_is_responsible(office: Office) -> None:
    task_id, nobody = waiting(office), waiting(office, "${''}")
    clerk = office.people["clerk"]
    office.platform.run(clerk, suspend_task, task_id, "Chờ bổ sung")
    with pytest.raises(Conflict):
        office.platform.run(clerk, suspend_task, task_id, "Chờ bổ sung")
    with pytest.raises(NotAllowed):
        office.platform.run(clerk, suspend_task, nobody, "Không có hạn")
    office.platform.run(clerk, resume_task, task_id)
    with pytest.raises(Conflict):
        office.platform.run(clerk, resume_task, task_id)
    with office.platform.reading() as session:
        assert session.scalar(select(func.count()).select_from(Task).where(Task.suspended_at.is_not(None))) == 0
