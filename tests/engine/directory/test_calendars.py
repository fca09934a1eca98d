"""Rows of a calendar become the pure one; every change gives it a new version."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from engine.calendar import public_holidays
from engine.clock import VIETNAM
from engine.directory import calendars, commands
from engine.directory.models import Calendar
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.platform import Platform, system
from tests import builders
from tests.builders import Office


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.fixture
def calendar(platform: Platform, office: Office) -> Calendar:
    made = platform.run(system(), calendars.add_calendar, "Lịch tỉnh Mẫu")
    platform.run(system(), commands.change_agency, office.id, {"calendar_id": made.id})
    return made


def test_a_seeded_calendar_knows_2026_and_2027(platform: Platform, calendar: Calendar, office: Office) -> None:
    with platform.reading() as session:
        pure = calendars.office_calendar(session, office.id)
        assert calendars.last_day(session, calendar.id) == date(2027, 11, 24)

    assert pure.received_at(at("2026-11-23 17:00")) == at("2026-11-25 07:00")
    assert pure.is_working_day(date(2026, 1, 10))
    assert not pure.is_working_day(date(2026, 1, 2))
    assert pure.is_working_day(date(2026, 11, 23))  # that swap was only proposed
    for holiday in public_holidays(2027):
        assert not pure.is_working_day(holiday.day)


def test_seeding_again_adds_nothing_and_keeps_what_was_entered(platform: Platform, calendar: Calendar) -> None:
    platform.run(system(), calendars.set_day, calendar.id, date(2026, 9, 1), "holiday", "proposed")

    assert platform.run(system(), calendars.seed_year, calendar.id, 2026) == 0
    with platform.reading() as session:
        assert calendars.load(session, calendar.id).is_working_day(date(2026, 9, 1))


def test_a_change_counts_at_once_and_makes_a_new_version(
    platform: Platform, calendar: Calendar, office: Office
) -> None:
    with platform.reading() as session:
        before = calendars.office_calendar(session, office.id)
        assert calendars.office_calendar(session, office.id) is before  # kept between calls

    platform.run(
        system(), calendars.set_day, calendar.id, date(2026, 11, 23), "swap_off", "confirmed", source="Thông báo"
    )

    with platform.reading() as session:
        after = calendars.office_calendar(session, office.id)
    assert before.is_working_day(date(2026, 11, 23))
    assert not after.is_working_day(date(2026, 11, 23))
    assert after.version > before.version
    platform.run(system(), calendars.remove_day, calendar.id, date(2026, 11, 23), "swap_off")
    with platform.reading() as session:
        assert calendars.office_calendar(session, office.id).is_working_day(date(2026, 11, 23))
    with pytest.raises(NotFound):
        platform.run(system(), calendars.remove_day, calendar.id, date(2026, 11, 23), "swap_off")


def test_a_new_season_leaves_the_past_as_it_was(platform: Platform, calendar: Calendar) -> None:
    winter = [(time(7, 30), time(12)), (time(13), time(16, 30))]
    platform.run(system(), calendars.set_hours, calendar.id, winter, date(2026, 12, 1))

    with platform.reading() as session:
        pure = calendars.load(session, calendar.id)
    assert pure.hours_on(date(2026, 11, 30)) == calendars.USUAL_HOURS
    assert pure.hours_on(date(2026, 12, 1)) == tuple(winter)


def test_hours_that_overlap_are_refused(platform: Platform, calendar: Calendar) -> None:
    with pytest.raises(InvalidInput):
        platform.run(
            system(), calendars.set_hours, calendar.id, [(time(7), time(12)), (time(11), time(15))], date(2026, 12, 1)
        )


def test_a_day_with_hours_of_its_own(platform: Platform, calendar: Calendar) -> None:
    hours = [(time(8), time(10))]
    platform.run(system(), calendars.set_day, calendar.id, date(2026, 11, 25), "local", hours=hours)

    with platform.reading() as session:
        assert calendars.load(session, calendar.id).hours_on(date(2026, 11, 25)) == tuple(hours)


def test_an_agency_without_a_calendar_works_by_that_above_or_the_usual_hours(
    platform: Platform, calendar: Calendar, office: Office, other: Office
) -> None:
    below = builders.agency(platform, parent_id=office.id)

    with platform.reading() as session:
        assert calendars.office_calendar(session, below.id).version > 1
        usual = calendars.office_calendar(session, other.id)
    assert usual.version == 0
    assert usual.received_at(at("2026-11-23 17:00")) == at("2026-11-25 07:00")


def test_a_shared_calendar_is_changed_by_the_province_only(
    platform: Platform, calendar: Calendar, office: Office, other: Office
) -> None:
    admin = builders.actor(platform, office["agency-admin"])
    change = (calendar.id, date(2026, 12, 24), "local")

    platform.run(admin, calendars.set_day, *change, hours=[(time(8), time(10))])  # still its own
    platform.run(system(), commands.change_agency, other.id, {"calendar_id": calendar.id})
    with pytest.raises(NotAllowed, match="dùng chung"):
        platform.run(admin, calendars.set_day, *change)
    with pytest.raises(NotAllowed):
        platform.run(builders.actor(platform, office["clerk"]), calendars.set_day, *change)
    central = builders.actor(platform, builders.person(platform, office.agency, "provincial-admin"))
    platform.run(central, calendars.set_day, *change)


def test_unknown_kinds_of_days_are_refused(platform: Platform, calendar: Calendar) -> None:
    with pytest.raises(InvalidInput):
        platform.run(system(), calendars.set_day, calendar.id, date(2026, 12, 24), "party")
    with platform.reading() as session, pytest.raises(NotFound):
        calendars.load(session, 10**9)
