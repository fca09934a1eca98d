"""What expressions of a diagram may call besides CEL's own functions: the agency's office time, and the present."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from engine.calendar import OfficeCalendar
from engine.directory import queries as directory

RULES: Mapping[str, Callable[[OfficeCalendar, datetime, str], datetime]] = {
    "office_deadline": lambda calendar, start, duration: calendar.office_deadline(start, duration),
    "end_of_morning_next_day": lambda calendar, start, _duration: calendar.end_of_morning_next_day(start),
    "end_of_next_day": lambda calendar, start, _duration: calendar.end_of_next_day(start),
}
"""The rules of deadlines by the names diagrams call them; a reckoning is worked out again by its rule alone."""
Told = dict[str, Any]


class Present(Protocol):
    """A session and the time that holds in it: a command's work, or a reading."""

    @property
    def session(self) -> Session: ...

    @property
    def now(self) -> datetime: ...


def functions(work: Present, agency_id: int, told: list[Told] | None = None) -> Mapping[str, Callable[..., Any]]:
    """Deadlines by the agency's calendar, which is read only when one is asked for, and `now`.

    Every reckoning is added to `told`, with the calendar's version.
    """
    now = work.now

    def reckon(rule: str, given: datetime | str, duration: str = "") -> datetime:
        calendar = directory.office_calendar(work.session, agency_id)
        start = datetime.fromisoformat(given) if isinstance(given, str) else given
        due = RULES[rule](calendar, start, duration)
        if told is not None:
            told.append({
                "rule": rule, "start": start, "duration": str(duration), "due": due,
                "calendar_version": calendar.version,
            })  # fmt: skip
        return due

    return {
        "office_deadline": lambda start, duration: reckon("office_deadline", start, duration),
        "end_of_morning_next_day": lambda start: reckon("end_of_morning_next_day", start),
        "end_of_next_day": lambda start: reckon("end_of_next_day", start),
        "now": lambda: now,
    }
