"""What expressions of a diagram may call besides CEL's own functions: the agency's office time, and the present."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from engine.directory import queries as directory


class Present(Protocol):
    """A session and the time that holds in it: a command's work, or a reading."""

    @property
    def session(self) -> Session: ...

    @property
    def now(self) -> datetime: ...


def functions(work: Present, agency_id: int) -> Mapping[str, Callable[..., Any]]:
    """Deadlines by the agency's calendar, which is read only when one is asked for, and `now`."""
    now = work.now

    def deadline(start: datetime | str, duration: str) -> datetime:
        return directory.office_calendar(work.session, agency_id).office_deadline(_moment(start), duration)

    def morning(start: datetime | str) -> datetime:
        return directory.office_calendar(work.session, agency_id).end_of_morning_next_day(_moment(start))

    def day(start: datetime | str) -> datetime:
        return directory.office_calendar(work.session, agency_id).end_of_next_day(_moment(start))

    return {
        "office_deadline": deadline,
        "end_of_morning_next_day": morning,
        "end_of_next_day": day,
        "now": lambda: now,
    }


def _moment(text: datetime | str) -> datetime:
    return datetime.fromisoformat(text) if isinstance(text, str) else text
