"""What a worker does now and then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, text

from connectors import chores
from connectors.conversion import tables
from connectors.delivery import carry_out_all
from connectors.notification.telling import tell_people
from engine.clock import VIETNAM, FixedClock
from engine.directory import calendars
from engine.directory.models import Agency
from engine.documents.models import Attachment
from engine.documents.searching import queries
from engine.documents.searching.asking import Criteria
from engine.documents.searching.models import Content
from engine.instances import commands
from engine.instances.mending import messages
from engine.instances.models import PendingMessage
from engine.instances.timing.calendar_changes import change_calendar
from engine.instances.timing.models import Reckoning
from engine.notices import queries as notices
from engine.platform import Platform, Work, system
from engine.settings import Settings
from engine.tasks import reminders
from engine.tasks.models import Task
from tests import builders
from tests.catalog import catalog


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    made = builders.platform(settings, clock, tmp_path / "files")
    made.catalog = catalog()
    yield made
    made.engine.dispose()


def test_a_chore_that_fails_keeps_no_other_from_being_done(
    platform: Platform, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(platform: Platform) -> None:
        raise ZeroDivisionError

    office = builders.office(platform)
    platform.run(system(office.id), commands.receive_message, office.id, "answered", "7", {})
    clock.advance(messages.KEPT_AT_LEAST * 2)
    monkeypatch.setattr(chores, "CHORES", (broken, *chores.CHORES))
    chores.do_chores(platform)
    with platform.reading() as session:
        assert session.scalars(select(PendingMessage)).one().ended_at == clock.now()


def test_what_nobody_has_read_is_read_and_found_in_the_end(platform: Platform) -> None:
    office = builders.office(platform)
    words = tables.write_pdf(tables.Table("Khu tái định cư", (), (tables.Column("Cột", 9),), ()))
    document = builders.arrived(platform, office, main_file=builders.Upload("a.pdf", words))
    with platform.engine.begin() as connection:
        connection.execute(text("delete from delivery"))  # as it was before files were read at all
    chores.keep_search_up_to_date(platform)
    clerk = builders.actor(platform, office["clerk"])

    def found(said: str) -> list[int]:
        with platform.reading() as session:
            return [row.id for row in queries.find(session, clerk, Criteria(text=said)).documents]

    assert (found("trat tu xay dung"), found("tai dinh cu")) == ([document.id], [])
    carry_out_all(platform)
    assert found('"tái định cư"') == [document.id]
    with platform.engine.connect() as connection:
        results = connection.scalars(text("select result::text from delivery")).all()
    assert [json.loads(each)["state"] for each in results] == ["read"]
    assert "tái định cư" not in results[0]  # what a file says stands nowhere else, or it would outlive it (SYS-8)
    chores.keep_search_up_to_date(platform)
    assert carry_out_all(platform) == 0


def test_a_file_that_is_gone_leaves_the_document_found_by_its_fields(platform: Platform) -> None:
    office = builders.office(platform)
    document = builders.arrived(platform, office)
    with platform.reading() as session:
        file_hash = session.scalars(select(Attachment.file_hash)).one()
    platform.files.remove(file_hash)
    carry_out_all(platform)
    with platform.reading() as session:
        content = session.get_one(Content, file_hash)
        assert (content.state, content.note) == ("failed", "Không tìm thấy tệp trong kho lưu trữ.")
        clerk = builders.actor(platform, office["clerk"])
        page = queries.find(session, clerk, Criteria(text="trật tự"))
    assert [row.id for row in page.documents] == [document.id]


def test_a_worker_moves_deadlines_with_the_calendar_and_reminds_of_them(platform: Platform, clock: FixedClock) -> None:
    office = builders.office(platform)
    calendar = platform.run(system(), calendars.add_calendar, "Lịch thử")
    due = calendars.USUAL_HOURS[-1][-1]

    def prepare(work: Work) -> int:
        work.session.get_one(Agency, office.id).calendar_id = calendar.id
        before = datetime.combine(date(2026, 11, 25), due, VIETNAM)
        given = {"agency_id": office.id, "instance_id": 1, "document_id": None}
        work.session.add(Reckoning(
            **given, rule="office_deadline", start=work.now, duration="P1D", first_due=before, due=before,
            calendar_version=1, at=work.now,
        ))  # fmt: skip
        task = Task(
            **given, token="t", data={}, element="e", name="Trình", procedure="p", assignee_id=office["clerk"].id,
            created_at=work.now, due_at=before, remind_at=work.now, answers={},
        )  # fmt: skip
        work.session.add(task)
        work.session.flush()
        return task.id

    task_id = platform.run(system(), prepare)
    rest = partial(calendars.set_day, calendar_id=calendar.id, day=date(2026, 11, 25), kind="holiday", source="Bão")
    platform.run(system(), change_calendar, calendar.id, rest, "Bão")
    while chores.follow_calendars(platform):
        pass
    clock.set(datetime(2026, 11, 26, 17, 0, tzinfo=VIETNAM))
    tell_people(platform)
    with platform.reading() as session:
        assert session.get_one(Task, task_id).due_at == clock.now()
        assert [each.kind for each in reminders.of_task(session, task_id)] == ["late"]
        told = notices.notices(session, builders.actor(platform, office["clerk"]))
    assert [row.kind for row in told] == ["late"]
