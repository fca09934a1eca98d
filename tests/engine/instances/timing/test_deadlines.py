"""Deadlines are explained by working them out again, and follow a calendar that changes."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from engine.audit import AuditEntry
from engine.clock import VIETNAM
from engine.directory import calendars
from engine.directory.models import Agency
from engine.errors import NotAllowed, NotFound
from engine.instances.timing import calendar_changes, deadlines
from engine.instances.timing.calendar_changes import Change, change_calendar, move_deadlines
from engine.instances.timing.deadlines import Explanation
from engine.platform import Work, system
from engine.tasks.models import Task
from tests.bpmn_text import END, START, chain, process
from tests.engine.instances.conftest import Office
from tests.engine.instances.test_commands import many

TWO_HOURS = "${office_deadline(received_at, limits.forward)}"


def due(expression: str) -> bytes:
    """A procedure whose only task is due by an expression."""
    task = f'<bpmn:userTask id="work" name="Chuyển" camunda:candidateGroups="clerk" camunda:dueDate="{expression}"/>'
    return process("due", [START, task, END, chain("start", "work", "end")])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def own_calendar(office: Office) -> int:
    """Give the agency a calendar of its own; its id."""

    def make(work: Work) -> int:
        calendar = calendars.add_calendar(work, "Lịch thử", ((time(7), time(11, 30)), (time(13, 30), time(17))))
        work.session.get_one(Agency, office.agency_id).calendar_id = calendar.id
        return calendar.id

    return office.platform.run(system(), make)


def waiting(office: Office, expression: str = TWO_HOURS, received: str = "2026-11-23 16:00") -> int:
    office.publish(due(expression))
    data = {"received_at": at(received).isoformat(), "limits": {"forward": "PT2H"}}
    return office.task(office.start("due", data), "work")


def changed(office: Office, calendar_id: int, change: Any, said: str = "Nghỉ") -> Change:
    """Let an admin change the calendar and all deadlines follow; what is shown of it."""
    admin = office.people["admin"]
    change_id = office.platform.run(admin, change_calendar, calendar_id, change, said)
    while office.platform.run(admin, move_deadlines, change_id, 2):
        pass
    with office.platform.reading() as session:
        return calendar_changes.recent(session, admin)[0]


def explained(office: Office, task_id: int, who: str = "clerk") -> Explanation:
    with office.platform.reading() as session:
        return deadlines.explain(session, office.people[who], task_id, office.clock.now())


def test_a_deadline_is_told_with_every_day_it_was_reckoned_over(office: Office) -> None:
    own_calendar(office)
    found = explained(office, waiting(office))
    [told] = found.reckonings
    assert (told.rule, told.duration, told.start, told.due) == (
        "office_deadline", "PT2H", at("2026-11-23 16:00"), at("2026-11-25 08:00"),
    )  # fmt: skip
    assert [(each.day.day, each.off) for each in told.days] == [(23, ""), (24, "holiday"), (25, "")]
    assert found.names[date(2026, 11, 24)] == "Ngày Văn hóa Việt Nam"
    assert (found.due_at, found.moved, found.rule) == (told.due, False, TWO_HOURS)


def test_each_line_of_a_fan_out_is_told_its_own(office: Office) -> None:
    element = many("opinion").replace(
        "<bpmn:userTask ", '<bpmn:userTask camunda:dueDate="${end_of_next_day(now())}" ', 1
    )
    office.publish(process("fan", [START, element, END, chain("start", "opinion", "end")]))
    instance_id = office.start("fan", {"people": [office.people["clerk"].person_id, office.people["clerk2"].person_id]})
    task = office.rows(Task, instance_id)[0]
    [told] = explained(office, task.id).reckonings
    assert (told.rule, told.due) == ("end_of_next_day", task.due_at)


def test_what_was_extended_by_hand_is_said_to_have_moved(office: Office) -> None:
    task_id = waiting(office)

    def extend(work: Work) -> None:
        work.session.get_one(Task, task_id).due_at = at("2026-12-01 17:00")

    office.platform.run(system(), extend)
    found = explained(office, task_id)
    assert (found.moved, found.due_at) == (True, at("2026-12-01 17:00"))


def test_a_moment_that_somebody_named_has_no_reckoning(office: Office) -> None:
    found = explained(office, waiting(office, "${limits.forward}"))
    assert (found.reckonings, found.moved) == ((), False)


def test_another_agencys_deadline_does_not_exist(office: Office) -> None:
    task_id = waiting(office)
    with pytest.raises(NotFound):
        explained(office, task_id, "stranger")


def test_a_new_holiday_moves_what_followed_from_the_calendar_and_nothing_else(office: Office) -> None:
    calendar_id = own_calendar(office)
    follows, named = waiting(office), waiting(office, "2026-11-25T17:00:00+07:00")
    day = partial(calendars.set_day, calendar_id=calendar_id, day=date(2026, 11, 25), kind="holiday", source="12/TB")
    admin = office.people["admin"]
    change = changed(office, calendar_id, day)
    assert [(row.task_id, row.name, row.agency_id, row.before, row.after) for row in change.moved] == [
        (follows, "Chuyển", office.agency_id, at("2026-11-25 08:00"), at("2026-11-26 08:00"))
    ]
    assert (change.earlier, change.later, change.row.state, change.by) == (0, 1, "done", "Người admin")
    with office.platform.reading() as session:
        assert session.get_one(Task, follows).due_at == at("2026-11-26 08:00")
        assert session.get_one(Task, named).due_at == at("2026-11-25 17:00")
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "task.due_moved")).one()
    assert (noted.subject_id, noted.person_id) == (str(follows), admin.person_id)


def test_who_may_not_change_the_calendar_moves_nothing(office: Office) -> None:
    calendar_id = own_calendar(office)
    task_id = waiting(office)
    day = partial(calendars.set_day, calendar_id=calendar_id, day=date(2026, 11, 25), kind="holiday")
    with pytest.raises(NotAllowed):
        office.platform.run(office.people["clerk"], change_calendar, calendar_id, day)
    assert explained(office, task_id).due_at == at("2026-11-25 08:00")
