"""A calendar that changes moves what follows from it, wherever it is: tasks, timers, data kept for later steps."""

from __future__ import annotations

from datetime import date
from functools import partial

from sqlalchemy import select, text, update

from engine.calendar import OfficeCalendar
from engine.directory import calendars
from engine.instances.models import Instance, Subscription
from engine.instances.timing.calendar_changes import change_calendar, move_deadlines, running
from engine.instances.timing.models import Reckoning
from engine.platform import system
from engine.tasks.models import Task
from tests import bpmn_text as bpmn
from tests.engine.instances.conftest import Office
from tests.engine.instances.timing.test_deadlines import at, changed, explained, own_calendar, waiting


def timed() -> bytes:
    """Work due when the first step has said, with a timer at the same moment; the same due again in a later step."""
    first = (
        '<bpmn:userTask id="first" name="Nhận" camunda:candidateGroups="clerk"><bpmn:extensionElements>'
        "<camunda:inputOutput><camunda:outputParameter name=\"due_at\">${office_deadline(received_at, 'P2D')}"
        "</camunda:outputParameter></camunda:inputOutput></bpmn:extensionElements></bpmn:userTask>"
    )
    work, again = (
        f'<bpmn:userTask id="{name}" name="{name}" camunda:candidateGroups="clerk" camunda:dueDate="${{due_at}}"/>'
        for name in ("work", "again")
    )
    timer = (
        '<bpmn:boundaryEvent id="late" attachedToRef="work" cancelActivity="false"><bpmn:timerEventDefinition>'
        "<bpmn:timeDate>${due_at}</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    )
    over = '<bpmn:endEvent id="over"/>'
    flows = bpmn.chain("start", "first", "work", "again", "end") + bpmn.chain("late", "over")
    return bpmn.process("timed", [bpmn.START, first, work, timer, again, over, bpmn.END, flows])


def rest(day: str) -> partial[None]:
    """Make a day a holiday in whichever calendar."""
    return partial(calendars.set_day, day=date.fromisoformat(day), kind="holiday", source="Nghỉ bão")


def test_tasks_timers_and_later_steps_follow(office: Office) -> None:
    calendar_id = own_calendar(office)
    office.publish(timed())
    run = office.start("timed", {"received_at": at("2026-11-23 09:00").isoformat()})
    office.do(run, "first")
    before, after = at("2026-11-26 17:00"), at("2026-11-27 17:00")  # the 24th is a holiday anyway
    assert [task.due_at for task in office.rows(Task, run)][1:] == [before]
    change = changed(office, calendar_id, partial(rest("2026-11-25"), calendar_id=calendar_id), "Thêm ngày nghỉ")
    assert (change.later, change.row.timers, change.row.said) == (1, 1, "Thêm ngày nghỉ")
    assert office.rows(Task, run)[1].due_at == after
    assert [timer.due_at for timer in office.rows(Subscription, run)] == [after]
    office.do(run, "work")
    assert office.rows(Task, run)[2].due_at == after  # though the process data still have what was reckoned first
    found = explained(office, office.task(run, "again"))
    assert [(one.rule, one.duration, one.due) for one in found.reckonings] == [("office_deadline", "P2D", after)]
    moved = explained(office, office.rows(Task, run)[1].id).moves
    assert [(move.before, move.after, row.said, by) for move, row, by in moved] == [
        (before, after, "Thêm ngày nghỉ", "Người admin")
    ]


def test_the_way_back_brings_every_deadline_back(office: Office) -> None:
    calendar_id = own_calendar(office)
    task_id = waiting(office)
    changed(office, calendar_id, partial(rest("2026-11-25"), calendar_id=calendar_id))
    remove = partial(calendars.remove_day, calendar_id=calendar_id, day=date(2026, 11, 25), kind="holiday")
    change = changed(office, calendar_id, remove)
    assert (change.earlier, change.later) == (1, 0)
    found = explained(office, task_id)
    assert (found.due_at, found.moved, len(found.moves)) == (at("2026-11-25 08:00"), False, 2)
    assert found.reckonings[0].calendar_version == change.row.calendar_version


def test_what_is_past_is_not_touched(office: Office) -> None:
    calendar_id = own_calendar(office)
    task_id = waiting(office)
    office.clock.set(at("2026-11-25 08:01"))
    change = changed(office, calendar_id, partial(rest("2026-11-25"), calendar_id=calendar_id))
    assert (change.count, change.row.looked_at) == (0, 0)
    assert explained(office, task_id).due_at == at("2026-11-25 08:00")


def test_a_proposed_day_counts_only_when_it_is_confirmed(office: Office) -> None:
    calendar_id = own_calendar(office)
    waiting(office)
    day = rest("2026-11-25")
    proposed = partial(day, calendar_id=calendar_id, status="proposed")
    assert changed(office, calendar_id, proposed).count == 0
    confirm = partial(calendars.confirm_day, calendar_id=calendar_id, day=date(2026, 11, 25), kind="holiday")
    assert changed(office, calendar_id, confirm).count == 1


def test_another_agencys_deadlines_stay(office: Office) -> None:
    calendar_id = own_calendar(office)
    task_id = waiting(office)
    with office.platform.engine.begin() as connection:
        for table in (Task, Reckoning, Instance):
            connection.execute(update(table).values(agency_id=office.other_agency_id))
    assert changed(office, calendar_id, partial(rest("2026-11-25"), calendar_id=calendar_id)).count == 0
    with office.platform.reading() as session:
        assert session.get_one(Task, task_id).due_at == at("2026-11-25 08:00")


def test_pieces_are_bounded_and_go_on_where_they_ended(office: Office) -> None:
    calendar_id = own_calendar(office)
    task_id = waiting(office)
    columns = ", ".join(f'"{each.name}"' for each in Reckoning.__table__.columns if each.name not in ("id", "due"))
    with office.platform.engine.begin() as connection:  # some that are due later, about other runs
        connection.execute(text(
            f"insert into reckoning ({columns}, due) select {columns}, due + number * interval '1 hour' "
            "from reckoning, generate_series(1, 7) as number"
        ))  # fmt: skip
        connection.execute(text(
            "update reckoning set instance_id = 0, start = start + interval '7 days', first_due = due "
            "where id > (select min(id) from reckoning)"
        ))  # fmt: skip
    day = partial(rest("2026-11-25"), calendar_id=calendar_id)
    change_id = office.platform.run(office.people["admin"], change_calendar, calendar_id, day)
    with office.platform.reading() as session:
        assert list(running(session)) == [change_id]
    assert office.platform.run(system(), move_deadlines, change_id, 3)
    with office.platform.reading() as session:
        assert session.get_one(Task, task_id).due_at == at("2026-11-26 08:00")
    pieces = 1
    while office.platform.run(system(), move_deadlines, change_id, 3):
        pieces += 1
    assert pieces <= 5  # what has moved behind the others is looked at once more, and then no further
    with office.platform.reading() as session:
        assert list(running(session)) == []
        dues = session.execute(select(Reckoning.due, Reckoning.start, Reckoning.duration)).all()
        pure: OfficeCalendar = calendars.office_calendar(session, office.agency_id)
    assert {pure.office_deadline(start, duration) for _due, start, duration in dues} == {due for due, *_ in dues}
