"""Which channels a kind comes by, and when a letter may go."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from engine.calendar import OfficeCalendar, Override, WeeklyHours
from engine.clock import VIETNAM
from engine.notices.rules import CHANNELS, KINDS, Preference, mail_at

HOURS = tuple(
    WeeklyHours(day, *span)
    for day in range(5)
    for span in ((time(7, 0), time(11, 30)), (time(13, 30), time(17, 0)))
)  # fmt: skip
CALENDAR = OfficeCalendar(HOURS, (Override(datetime(2026, 11, 24).date(), "holiday"),))
NIGHT = (time(20, 0), time(6, 0))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 here; the 23rd is a Monday, the 24th a holiday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("wanted", "now", "goes"),
    [
        (Preference(), at(23, 9, 5), at(23, 9, 5)),
        (Preference(digest="hourly"), at(23, 9, 5), at(23, 10)),
        (Preference(digest="morning"), at(23, 6, 59), at(23, 7)),
        (Preference(digest="morning"), at(23, 7), at(25, 7)),  # the 24th is a holiday
        (Preference(digest="morning"), at(27, 18), at(30, 7)),
        (Preference(quiet_from=NIGHT[0], quiet_until=NIGHT[1]), at(23, 19, 59), at(23, 19, 59)),
        (Preference(quiet_from=NIGHT[0], quiet_until=NIGHT[1]), at(23, 20), at(24, 6)),
        (Preference(quiet_from=NIGHT[0], quiet_until=NIGHT[1]), at(23, 5), at(23, 6)),
        (Preference(quiet_from=time(11, 30), quiet_until=time(13, 30)), at(23, 12), at(23, 13, 30)),
        (Preference(quiet_from=time(8, 0), quiet_until=time(8, 0)), at(23, 8), at(23, 8)),
        (Preference(digest="hourly", quiet_from=NIGHT[0], quiet_until=NIGHT[1]), at(23, 19, 30), at(24, 6)),
        (Preference(working_days_only=True), at(28, 9), at(30, 7)),
        (Preference(working_days_only=True, quiet_from=time(6, 0), quiet_until=time(8, 0)), at(28, 9), at(30, 8)),
    ],
)
def test_a_letter_waits_for_its_hour(wanted: Preference, now: datetime, goes: datetime) -> None:
    assert mail_at(wanted, now, CALENDAR) == goes


def test_a_kind_has_its_defaults_until_something_is_chosen() -> None:
    assert Preference().of("assigned") == {"bell", "mail", "push"}
    assert Preference({"assigned": frozenset()}).of("assigned") == frozenset()
    assert Preference({"assigned": frozenset()}).of("late") == KINDS["late"].channels


def test_every_kind_comes_by_a_channel_that_exists() -> None:
    assert all(kind.channels and kind.channels <= set(CHANNELS) for kind in KINDS.values())


def test_what_is_urgent_waits_for_no_hours() -> None:
    wanted = Preference({"urgent": frozenset({"bell"})}, "morning", time(0, 0), time(23, 59), working_days_only=True)
    assert wanted.at_hours_of("assigned") is wanted
    at_any = wanted.at_hours_of("urgent")
    assert (at_any.of("urgent"), at_any.digest, at_any.quiet_from) == ({"bell"}, "at-once", None)
