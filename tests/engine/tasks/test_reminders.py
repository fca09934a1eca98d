"""Deadlines the platform watches: at 50 %, at 80 %, at the end, then who is responsible; each told once."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import event, select, text, update

from engine.calendar import OfficeCalendar, WeeklyHours
from engine.clock import VIETNAM
from engine.notices import commands as notices
from engine.notices.queries import notices as notices_of
from engine.notices.sentences import headline
from engine.platform import system
from engine.tasks import commands, reminders
from engine.tasks.models import Reminder, Task
from tests import bpmn_text as bpmn
from tests.engine.instances.conftest import Office, made_office, office  # noqa: F401
from tests.engine.notices.conftest import tell, told

USUAL = OfficeCalendar(
    tuple(
        WeeklyHours(day, time(start, half), time(end, until))
        for day in range(5)
        for start, half, end, until in ((7, 0, 11, 30), (13, 30, 17, 0))
    )
)
WITHIN = "${office_deadline(now(), 'PT4H')}"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=VIETNAM)


def waiting(office: Office, due: str = WITHIN, more: str = 'camunda:candidateGroups="clerk"') -> int:  # noqa: F811
    """A task given on Monday at nine."""
    task = f'<bpmn:userTask id="work" name="Chuyển" {more} camunda:dueDate="{due}"/>'
    office.publish(bpmn.process("due", [bpmn.START, task, bpmn.END, bpmn.chain("start", "work", "end")]))
    return office.task(office.start("due", who="admin"), "work")


def look(office: Office, moment: str) -> list[str]:  # noqa: F811
    """Let it be this moment and have deadlines looked at; the kinds of reminders given so far, oldest first."""
    office.clock.set(at(moment))
    office.platform.run(system(), reminders.remind_due)
    with office.platform.reading() as session:
        return list(session.scalars(select(Reminder.kind).order_by(Reminder.id)))


def test_moments_are_parts_of_the_office_time() -> None:
    found = reminders.moments(USUAL, at("23 09:00"), at("23 14:30"))  # three and a half hours of office time
    assert (found.half, found.near) == (at("23 10:45"), at("23 13:48"))
    assert (found.late, found.escalated) == (at("23 14:30"), at("24 17:00"))
    urgent = reminders.moments(USUAL, at("23 09:00"), at("23 09:15"), urgent=True)
    assert (urgent.near, urgent.escalated) == (at("23 09:12"), at("23 09:15"))
    still = reminders.moments(USUAL, at("23 09:00"), at("23 14:30"), stood_still=timedelta(hours=1, minutes=30))
    assert (still.half, still.near) == (at("23 11:30"), at("23 14:06"))
    past = reminders.moments(USUAL, at("23 09:00"), at("20 17:00"))
    assert (past.half, past.reached(at("23 09:00"))) == (at("20 17:00"), reminders.LATE)


def test_each_level_is_reminded_of_once(office: Office) -> None:  # noqa: F811
    task_id = waiting(office)  # due at 14:30 + … : 09:00–11:30 and 13:30–15:00
    assert look(office, "23 10:59") == []
    assert look(office, "23 11:00") == ["half"]
    assert look(office, "23 14:12") == look(office, "23 14:12") == ["half", "near"]
    assert look(office, "23 15:00") == ["half", "near", "late"]
    assert look(office, "25 16:59") == ["half", "near", "late"]
    assert look(office, "25 17:00") == look(office, "30 09:00") == ["half", "near", "late", "escalated"]
    with office.platform.reading() as session:
        assert session.get_one(Task, task_id).version == 1
        assert reminders.counts_of_document(session, 1) == {}
        [first, *_rest] = reversed(reminders.of_task(session, task_id))
    assert (first.level, first.by, first.step, first.name) == (50, None, "Chuyển", "Nhắc khi qua 50% thời hạn")


def test_who_has_the_work_is_told_then_who_is_responsible(office: Office) -> None:  # noqa: F811
    waiting(office)
    tell(office.platform)
    for moment in ("23 11:00", "23 14:12", "23 15:00", "25 17:00"):
        look(office, moment)
        tell(office.platform)
    assert told(office.platform, office.people["clerk"]) == ["offered", "near", "near", "late"]
    assert told(office.platform, office.people["leader"]) == ["escalated"]
    assert told(office.platform, office.people["stranger"]) == []
    with office.platform.reading() as session:
        said = [headline(row) for row in notices_of(session, office.people["clerk2"])]
    assert said[1:3] == ["Việc “Chuyển” đã qua 80% thời hạn.", "Việc “Chuyển” đã qua 50% thời hạn."]


def test_what_was_missed_is_not_made_up_for(office: Office) -> None:  # noqa: F811
    waiting(office)
    assert look(office, "26 09:00") == ["late", "escalated"]
    tell(office.platform)
    assert told(office.platform, office.people["clerk"]) == ["offered", "late"]


def test_an_extended_deadline_is_reminded_of_anew(office: Office) -> None:  # noqa: F811
    task_id = waiting(office)
    assert look(office, "23 14:12") == ["near"]
    office.platform.run(system(), lambda work: setattr(work.session.get_one(Task, task_id), "due_at", at("30 17:00")))
    assert look(office, "23 14:13") == ["near"]
    assert look(office, "30 17:00") == ["near", "late"]
    with office.platform.reading() as session:
        assert session.get_one(Task, task_id).reminded == reminders.LATE


def test_a_diagrams_reminder_counts_and_takes_the_platforms_place(office: Office) -> None:  # noqa: F811
    task_id = waiting(office)
    with office.platform.engine.begin() as connection:
        connection.execute(update(Task).values(document_id=7))  # nobody sees it; here it is only a number
    office.clock.set(at("23 15:00"))
    office.platform.run(system(office.agency_id), commands.remind, 7, "Hết hạn chuyển", "leader")
    assert look(office, "23 15:01") == ["procedure"]
    with office.platform.engine.begin() as connection:
        connection.execute(update(Task).values(document_id=None))
    office.platform.run(office.people["leader"], notices.urge, task_id, "Làm ngay")
    with office.platform.reading() as session:
        assert reminders.counts_of_document(session, 7) == {"procedure": 1}
        [urged, drawn] = reminders.of_task(session, task_id)
    assert (urged.by, urged.message, urged.level) == ("Người leader", "Làm ngay", 100)
    assert (drawn.by, drawn.message) == (None, "Hết hạn chuyển")


def test_a_look_costs_what_is_due_and_not_what_is_open(office: Office) -> None:  # noqa: F811
    task_id = waiting(office)
    look(office, "23 09:01")
    names = [column.name for column in Task.__table__.columns if column.name not in ("id", "remind_at")]
    columns = ", ".join(f'"{name}"' for name in names)
    said: list[str] = []
    with office.platform.engine.begin() as connection:
        connection.execute(text(
            f"insert into task ({columns}, remind_at) select {columns}, remind_at + interval '1 day' "
            f"from task, generate_series(1, 3000) where id = {task_id}"
        ))  # fmt: skip
        connection.execute(text("analyze task"))
    event.listen(office.platform.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    assert look(office, "23 11:00") == ["half"]
    asked = len(said)
    assert asked <= 16
    with office.platform.engine.connect() as connection:
        plan = connection.execute(text(
            "explain select id from task where state = 'open' and remind_at <= now() order by remind_at limit 200"
        ))  # fmt: skip
        assert "ix_task_remind" in "\n".join(row[0] for row in plan)
