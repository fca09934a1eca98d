"""Reports on schedule: made once when a period is over, as files that stay, for the people who are to have them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from connectors import chores
from connectors.delivery import carry_out_all
from engine.clock import VIETNAM, FixedClock
from engine.directory.models import Person
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.instances.practice.reporting import schedules
from engine.instances.practice.reporting.models import ReportFile
from engine.notices import queries
from engine.notices.sentences import headline, matter
from engine.platform import Actor, Platform
from engine.settings import Settings
from tests import builders
from tests.catalog import catalog
from tests.engine.notices.conftest import tell


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    made = builders.platform(settings, clock, tmp_path / "files")
    made.catalog = catalog()
    yield made
    made.engine.dispose()


@pytest.fixture
def office(platform: Platform) -> builders.Office:
    return builders.office(platform)


def actor(platform: Platform, person: Person) -> Actor:
    return builders.actor(platform, person)


def made(platform: Platform, who: Actor) -> list[ReportFile]:
    """Order what is due, make it, tell it; what this person may have, newest first."""
    chores.order_reports(platform)
    carry_out_all(platform)
    tell(platform)
    with platform.reading() as session:
        return list(schedules.made(session, who))


def test_a_quarter_that_is_over_is_reported_once(
    platform: Platform, office: builders.Office, clock: FixedClock
) -> None:
    clerk, leader = actor(platform, office["clerk"]), actor(platform, office["leader"])
    builders.arrived(platform, office, subject="Về việc mật")
    platform.run(clerk, schedules.add_schedule, "quarterly", "quarter", [office["leader"].id])
    assert made(platform, clerk) == []
    clock.set(datetime(2027, 1, 1, 0, 1, tzinfo=VIETNAM))
    [row] = made(platform, clerk)
    assert ([row.id], row.period, row.state) == ([each.id for each in made(platform, clerk)], "2026-Q4", "done")
    sheet = openpyxl.load_workbook(io.BytesIO(platform.files.get(row.files["xlsx"]))).worksheets[0]
    said = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert said[0][0] == "Báo cáo gửi, nhận và xử lý văn bản điện tử"
    assert ["1", "Tổng số văn bản đến", "văn bản", "1", "0", "+1"] in said
    pdf = pypdfium2.PdfDocument(platform.files.get(row.files["pdf"]))
    assert "hệ thống theo lịch" in pdf[0].get_textpage().get_text_range()
    assert "Về việc mật" not in str(said)
    with platform.reading() as session:
        [told] = [each for each in queries.notices(session, leader) if each.kind == "report"]
        assert [each for each in queries.notices(session, clerk) if each.kind == "report"] == []
    assert (headline(told), matter(told)) == ("Báo cáo định kỳ đã lập xong.", "Báo cáo định kỳ quý IV năm 2026")


def test_months_missed_are_made_up_for(platform: Platform, office: builders.Office, clock: FixedClock) -> None:
    clerk = actor(platform, office["clerk"])
    platform.run(clerk, schedules.add_schedule, "timeliness", "month", [office["clerk"].id])
    clock.set(datetime(2027, 2, 3, 9, 0, tzinfo=VIETNAM))
    assert [row.period for row in made(platform, clerk)] == ["2027-01", "2026-12", "2026-11"]
    with platform.reading() as session:
        [schedule] = schedules.in_force(session, clerk)
    platform.run(clerk, schedules.end_schedule, schedule.row.id)
    clock.set(datetime(2027, 5, 3, 9, 0, tzinfo=VIETNAM))
    assert len(made(platform, clerk)) == 3


def test_who_may_have_a_report(platform: Platform, office: builders.Office, clock: FixedClock) -> None:
    clerk, specialist = actor(platform, office["clerk"]), actor(platform, office["specialist"])
    platform.run(clerk, schedules.add_schedule, "published", "month", [office["specialist"].id])
    clock.set(datetime(2026, 12, 1, 8, 0, tzinfo=VIETNAM))
    [row] = made(platform, clerk)
    other = builders.person(platform, office.agency, "form-checker")
    with platform.reading() as session:
        assert schedules.report_file(session, specialist, row.id).state == "done"
        with pytest.raises(NotFound):
            schedules.report_file(session, actor(platform, other), row.id)
        assert list(schedules.in_force(session, specialist)) == []


def test_a_report_that_cannot_be_made_says_why(platform: Platform, office: builders.Office, clock: FixedClock) -> None:
    clerk = actor(platform, office["clerk"])
    platform.run(clerk, schedules.add_schedule, "published", "month", [office["clerk"].id])
    platform.run(clerk, lambda work: setattr(work.session.get_one(Person, clerk.person_id), "active", False))
    clock.set(datetime(2026, 12, 1, 8, 0, tzinfo=VIETNAM))
    [row] = made(platform, clerk)
    assert row.state == "failed"
    assert row.problem


def test_wrong_schedules_are_refused_at_their_field(platform: Platform, office: builders.Office) -> None:
    clerk = actor(platform, office["clerk"])
    for kind, every, receivers, field in (
        ("all", "month", [office["clerk"].id], "kind"), ("quarterly", "day", [office["clerk"].id], "every"),
        ("quarterly", "month", [], "receivers"), ("quarterly", "month", [10**6], "receivers"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            platform.run(clerk, schedules.add_schedule, kind, every, receivers)
        assert list(refused.value.fields) == [field]
    platform.run(clerk, schedules.add_schedule, "quarterly", "month", [office["clerk"].id])
    with pytest.raises(Conflict):
        platform.run(clerk, schedules.add_schedule, "quarterly", "month", [office["clerk"].id])
    with pytest.raises(NotAllowed):
        platform.run(actor(platform, office["specialist"]), schedules.add_schedule, "quarterly", "quarter", [1])
