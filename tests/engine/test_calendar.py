"""Office time: the vectors of the domain facts, and properties that hold for every calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import (
    CalendarError,
    OfficeCalendar,
    Override,
    WeeklyHours,
    lunar_days,
    office_duration,
    public_holidays,
    reckoning,
)
from engine.clock import VIETNAM
from engine.errors import InvalidInput

HOURS = ((time(7, 0), time(11, 30)), (time(13, 30), time(17, 0)))
WEEK = tuple(WeeklyHours(day, *span) for day in range(5) for span in HOURS)
NOTICES = (
    Override(date(2026, 1, 2), "swap_off"), Override(date(2026, 1, 10), "swap_work"),
    Override(date(2026, 8, 31), "swap_off"), Override(date(2026, 8, 22), "swap_work"),
    Override(date(2026, 11, 23), "swap_off", "proposed"), Override(date(2026, 11, 28), "swap_work", "proposed"),
)  # fmt: skip
COMPUTED = tuple(Override(h.day, h.kind, "computed") for year in (2026, 2027) for h in public_holidays(year))
CALENDAR = OfficeCalendar(WEEK, COMPUTED + NOTICES)

VECTORS = """
2026-11-23 08:15 | 2026-11-23 08:15 | 2026-11-23 10:15 | 2026-11-25 11:30 | 2026-11-25 17:00
2026-11-23 10:00 | 2026-11-23 10:00 | 2026-11-23 14:00 | 2026-11-25 11:30 | 2026-11-25 17:00
2026-11-23 11:30 | 2026-11-23 13:30 | 2026-11-23 15:30 | 2026-11-25 11:30 | 2026-11-25 17:00
2026-11-23 12:10 | 2026-11-23 13:30 | 2026-11-23 15:30 | 2026-11-25 11:30 | 2026-11-25 17:00
2026-11-23 15:00 | 2026-11-23 15:00 | 2026-11-23 17:00 | 2026-11-25 11:30 | 2026-11-25 17:00
2026-11-23 16:00 | 2026-11-23 16:00 | 2026-11-25 08:00 | 2026-11-25 11:30 | 2026-11-25 17:00
2026-11-23 17:00 | 2026-11-25 07:00 | 2026-11-25 09:00 | 2026-11-25 11:30 | 2026-11-25 17:00
2026-11-23 21:40 | 2026-11-25 07:00 | 2026-11-25 09:00 | 2026-11-25 11:30 | 2026-11-25 17:00
2026-11-21 09:00 | 2026-11-23 07:00 | 2026-11-23 09:00 | 2026-11-23 11:30 | 2026-11-23 17:00
2026-02-13 16:30 | 2026-02-13 16:30 | 2026-02-23 08:30 | 2026-02-23 11:30 | 2026-02-23 17:00
2026-02-14 10:00 | 2026-02-23 07:00 | 2026-02-23 09:00 | 2026-02-23 11:30 | 2026-02-23 17:00
2026-02-17 00:05 | 2026-02-23 07:00 | 2026-02-23 09:00 | 2026-02-23 11:30 | 2026-02-23 17:00
2026-01-02 09:00 | 2026-01-05 07:00 | 2026-01-05 09:00 | 2026-01-05 11:30 | 2026-01-05 17:00
2026-01-10 09:00 | 2026-01-10 09:00 | 2026-01-10 11:00 | 2026-01-12 11:30 | 2026-01-12 17:00
2026-01-09 16:45 | 2026-01-09 16:45 | 2026-01-10 08:45 | 2026-01-10 11:30 | 2026-01-10 17:00
2026-08-21 16:30 | 2026-08-21 16:30 | 2026-08-22 08:30 | 2026-08-22 11:30 | 2026-08-22 17:00
2026-08-22 08:00 | 2026-08-22 08:00 | 2026-08-22 10:00 | 2026-08-24 11:30 | 2026-08-24 17:00
2026-08-28 16:00 | 2026-08-28 16:00 | 2026-09-03 08:00 | 2026-09-03 11:30 | 2026-09-03 17:00
2026-04-24 16:30 | 2026-04-24 16:30 | 2026-04-28 08:30 | 2026-04-28 11:30 | 2026-04-28 17:00
2026-04-29 16:10 | 2026-04-29 16:10 | 2026-05-04 08:10 | 2026-05-04 11:30 | 2026-05-04 17:00
2026-12-31 23:59 | 2027-01-04 07:00 | 2027-01-04 09:00 | 2027-01-04 11:30 | 2027-01-04 17:00
""".strip().splitlines()


def at(text: str) -> datetime:
    return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM)


@pytest.mark.parametrize("line", VECTORS, ids=lambda line: line.partition(" |")[0])
def test_vectors_of_section_13_1(line: str) -> None:
    entered, received, deadline, morning, day = map(at, line.split("|"))

    assert CALENDAR.received_at(entered) == received
    assert CALENDAR.office_deadline(entered, "PT2H") == deadline
    assert CALENDAR.office_deadline(received, timedelta(hours=2)) == deadline
    assert CALENDAR.end_of_morning_next_day(entered) == morning
    assert CALENDAR.end_of_next_day(entered) == day
    assert CALENDAR.office_deadline(entered, "P1D") == day


@pytest.mark.parametrize(
    ("year", "tet", "kings"),
    [
        (2024, (2, 10), (4, 18)), (2025, (1, 29), (4, 7)), (2026, (2, 17), (4, 26)), (2027, (2, 6), (4, 16)),
        (2028, (1, 26), (4, 4)), (2029, (2, 13), (4, 23)), (2030, (2, 2), (4, 12)), (2031, (1, 23), (4, 1)),
        (2032, (2, 11), (4, 19)), (2033, (1, 31), (4, 9)),
    ],
)  # fmt: skip
def test_lunar_days_are_those_of_utc_plus_7(year: int, tet: tuple[int, int], kings: tuple[int, int]) -> None:
    assert lunar_days(year) == (date(year, *tet), date(year, *kings))


def test_tet_2030_differs_from_the_chinese_calendar() -> None:
    assert lunar_days(2030)[0] == date(2030, 2, 2)  # UTC+8 would give 03/02


def test_public_holidays_of_2026() -> None:
    days = {holiday.day: holiday.kind for holiday in public_holidays(2026)}

    assert [d.day for d in sorted(days) if d.month == 2] == [16, 17, 18, 19, 20]
    assert days[date(2026, 4, 26)] == "holiday"
    assert days[date(2026, 4, 27)] == "compensation"
    assert days[date(2026, 9, 1)] == days[date(2026, 9, 2)] == "holiday"
    assert days[date(2026, 11, 24)] == "holiday"


def test_culture_day_is_a_holiday_since_2026_only() -> None:
    assert date(2025, 11, 24) not in {h.day for h in public_holidays(2025)}


def test_a_whole_weekend_of_tet_is_compensated_on_the_days_after() -> None:
    days = {h.day: h.kind for h in public_holidays(2027)}  # mùng 1 and 2 are Saturday and Sunday

    assert days[date(2027, 2, 10)] == days[date(2027, 2, 11)] == "compensation"


def test_a_proposed_swap_changes_nothing_until_it_is_confirmed() -> None:
    confirmed = OfficeCalendar(WEEK, (*COMPUTED, Override(date(2026, 11, 23), "swap_off", "confirmed")))

    assert CALENDAR.is_working_day(date(2026, 11, 23))
    assert not CALENDAR.is_working_day(date(2026, 11, 28))
    assert not confirmed.is_working_day(date(2026, 11, 23))


def test_a_confirmed_notice_outweighs_a_computed_holiday() -> None:
    calendar = OfficeCalendar(WEEK, (*COMPUTED, Override(date(2026, 9, 1), "swap_work", "confirmed")))

    assert calendar.is_working_day(date(2026, 9, 1))


def test_a_working_saturday_keeps_fridays_hours_or_has_its_own() -> None:
    friday = (*(h for h in WEEK if h.weekday != 4), WeeklyHours(4, time(7), time(11)))
    own = Override(date(2026, 1, 10), "swap_work", "confirmed", ((time(8), time(10)),))

    assert OfficeCalendar(friday, (Override(date(2026, 1, 10), "swap_work"),)).hours_on(date(2026, 1, 10)) == (
        (time(7), time(11)),
    )
    assert OfficeCalendar(WEEK, (own,)).hours_on(date(2026, 1, 10)) == ((time(8), time(10)),)


def test_a_local_day_has_its_own_hours() -> None:
    calendar = OfficeCalendar(WEEK, (Override(date(2026, 11, 23), "local", "confirmed", ((time(7), time(9)),)),))

    assert calendar.received_at(at("2026-11-23 09:00")) == at("2026-11-24 07:00")


def test_seasons_change_the_hours() -> None:
    summer = WeeklyHours(0, time(7), time(11), date(2026, 4, 16), date(2026, 10, 15))
    winter = WeeklyHours(0, time(8), time(12), date(2026, 10, 16))
    calendar = OfficeCalendar((summer, winter))

    assert calendar.hours_on(date(2026, 10, 12)) == ((time(7), time(11)),)
    assert calendar.hours_on(date(2026, 10, 19)) == ((time(8), time(12)),)


def test_an_unbroken_day_has_its_morning_end_at_noon() -> None:
    calendar = OfficeCalendar(tuple(WeeklyHours(day, time(8), time(16)) for day in range(5)))

    assert calendar.end_of_morning_next_day(at("2026-11-23 09:00")) == at("2026-11-24 12:00")


def test_a_term_that_ends_on_a_day_off_ends_on_the_next_working_day() -> None:
    assert CALENDAR.end_of_day(date(2026, 11, 24)) == at("2026-11-25 17:00")
    assert CALENDAR.end_of_day(date(2026, 11, 25)) == at("2026-11-25 17:00")


def test_office_time_between_skips_lunch_nights_and_holidays() -> None:
    assert CALENDAR.office_time_between(at("2026-11-23 11:00"), at("2026-11-23 14:00")) == timedelta(hours=1)
    assert CALENDAR.office_time_between(at("2026-11-23 16:00"), at("2026-11-25 08:00")) == timedelta(hours=2)
    assert CALENDAR.office_time_between(at("2026-11-25 08:00"), at("2026-11-23 16:00")) == -timedelta(hours=2)


@pytest.mark.parametrize("text", ["", "P", "PT", "2H", "P1M", "P1Y", "PT-1H", "P999999D", "pt2h", "PT2H;", "P9999W"])
def test_unreadable_durations_are_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidInput, match="Thời hạn"):
        office_duration(text)


def test_a_negative_or_endless_timedelta_is_refused() -> None:
    with pytest.raises(InvalidInput):
        CALENDAR.office_deadline(at("2026-11-23 09:00"), timedelta(hours=-1))
    with pytest.raises(InvalidInput):
        CALENDAR.office_deadline(at("2026-11-23 09:00"), timedelta.max)


def test_weeks_and_days_are_office_days() -> None:
    assert CALENDAR.office_deadline(at("2026-11-25 09:00"), "P1W") == at("2026-12-02 17:00")
    assert CALENDAR.office_deadline(at("2026-11-25 09:00"), "P1DT1H") == at("2026-11-27 08:00")


def test_a_calendar_without_hours_says_so_instead_of_searching_for_ever() -> None:
    with pytest.raises(CalendarError, match="không có ngày làm việc nào"):
        OfficeCalendar(()).received_at(at("2026-11-23 09:00"))


def test_hours_that_end_before_they_begin_are_refused() -> None:
    with pytest.raises(CalendarError):
        OfficeCalendar((WeeklyHours(0, time(11), time(7)),))


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        CALENDAR.received_at(datetime(2026, 11, 23, 9))


# --- Properties -----------------------------------------------------------------------------------------------

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)).map(lambda m: m.replace(tzinfo=VIETNAM))
durations = st.timedeltas(timedelta(minutes=1), timedelta(hours=60))


@st.composite
def calendars(draw: st.DrawFn) -> OfficeCalendar:
    """Calendars of all shapes that are open on some weekday every week."""
    week = []
    for weekday in sorted(draw(st.sets(st.integers(0, 6), min_size=1))):
        marks = sorted(draw(st.sets(st.integers(0, 95), min_size=2, max_size=6)))
        for start, end in zip(marks[::2], marks[1::2], strict=False):
            week.append(WeeklyHours(weekday, time(start // 4, start % 4 * 15), time(end // 4, end % 4 * 15)))
    kinds = st.sampled_from(["holiday", "compensation", "swap_off", "swap_work"])
    statuses = st.sampled_from(["confirmed", "computed", "proposed"])
    days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
    overrides = draw(st.lists(st.builds(Override, days, kinds, statuses), max_size=20))
    return OfficeCalendar(tuple(week), tuple(overrides))


@given(calendars(), moments)
def test_receipt_is_in_office_hours_never_earlier_and_stays_put(calendar: OfficeCalendar, entered: datetime) -> None:
    received = calendar.received_at(entered)

    assert received >= entered
    assert calendar.is_office_time(received)
    assert calendar.received_at(received) == received
    assert (received == entered) == calendar.is_office_time(entered)
    assert calendar.office_time_between(entered, received) == timedelta(0)


@given(calendars(), moments, durations)
def test_exactly_the_duration_of_office_time_lies_before_the_deadline(
    calendar: OfficeCalendar, start: datetime, duration: timedelta
) -> None:
    deadline = calendar.office_deadline(start, duration)

    assert calendar.office_time_between(start, deadline) == duration
    # it stays at the end of a session instead of jumping to the next one
    assert calendar.office_time_between(deadline - timedelta(microseconds=1), deadline) > timedelta(0)


@given(calendars(), moments, st.timedeltas(timedelta(0), timedelta(days=20)), durations, durations)
def test_later_or_longer_never_means_an_earlier_deadline(
    calendar: OfficeCalendar, start: datetime, later: timedelta, one: timedelta, two: timedelta
) -> None:
    short, long = sorted((one, two))

    assert calendar.received_at(start) <= calendar.received_at(start + later)
    assert calendar.office_deadline(start, short) <= calendar.office_deadline(start, long)
    assert calendar.office_deadline(start, short) <= calendar.office_deadline(start + later, short)


@given(calendars(), moments, durations, durations)
def test_durations_add_up(calendar: OfficeCalendar, start: datetime, one: timedelta, two: timedelta) -> None:
    first = calendar.office_deadline(start, one)

    assert calendar.office_deadline(first, two) == calendar.office_deadline(start, one + two)


@given(calendars(), moments)
def test_the_next_working_day_is_a_later_day_with_none_between(calendar: OfficeCalendar, moment: datetime) -> None:
    ends = calendar.end_of_next_day(moment)

    assert ends.date() > moment.date()
    assert calendar.is_working_day(ends.date())
    between = range(moment.date().toordinal() + 1, ends.date().toordinal())
    assert not any(calendar.is_working_day(date.fromordinal(day)) for day in between)


@given(calendars(), st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=10), moments)
def test_proposed_days_never_count(calendar: OfficeCalendar, days: list[date], moment: datetime) -> None:
    proposed = tuple(Override(day, kind, "proposed") for day in days for kind in ("holiday", "swap_work"))
    with_proposals = OfficeCalendar(calendar.sessions, calendar.overrides + proposed)

    assert with_proposals.received_at(moment) == calendar.received_at(moment)


def test_a_reckoning_names_every_day_with_what_counts_or_why_not() -> None:
    found = reckoning(CALENDAR, at("2026-11-20 16:00"), "PT2H")
    assert [(each.day.day, each.off, each.number) for each in found] == [
        (20, "", 0), (21, "weekend", 0), (22, "weekend", 0), (23, "", 0),
    ]  # fmt: skip
    assert found[0].spans == ((at("2026-11-20 16:00"), at("2026-11-20 17:00")),)
    assert found[3].spans == ((at("2026-11-23 07:00"), at("2026-11-23 08:00")),)
    days = reckoning(CALENDAR, at("2026-11-23 09:00"), "P2D")
    assert [(each.day.day, each.off, each.number) for each in days] == [
        (23, "", 0), (24, "holiday", 0), (25, "", 1), (26, "", 2),
    ]  # fmt: skip


@given(calendars(), moments, durations)
def test_a_reckoning_adds_up_to_its_deadline(calendar: OfficeCalendar, start: datetime, duration: timedelta) -> None:
    found = reckoning(calendar, start, duration)

    assert sum((b - a for each in found for a, b in each.spans), timedelta(0)) == duration
    assert [each.day for each in found] == [found[0].day + timedelta(days=n) for n in range(len(found))]
    assert all(calendar.is_working_day(each.day) == (each.off == "") for each in found)
    if duration:
        assert found[-1].spans[-1][1] == calendar.office_deadline(start, duration)


@given(calendars(), moments, st.integers(1, 12))
def test_a_reckoning_counts_each_office_day_once(calendar: OfficeCalendar, start: datetime, days: int) -> None:
    found = reckoning(calendar, start, f"P{days}D")

    assert [each.number for each in found if each.number] == list(range(1, days + 1))
    assert found[-1].number == days
