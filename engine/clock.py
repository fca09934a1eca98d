"""The only place that knows what time it is; everything else is given a Clock or a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
"""The zone of office hours, of dates on documents and of every time a person reads."""


class Clock(Protocol):
    """Whoever asks for the time asks one of these."""

    def now(self) -> datetime:
        """Return the current moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the current moment, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, moment: datetime) -> None:
        self._moment = self._aware(moment)

    def now(self) -> datetime:
        """Return the moment the clock was last set to, in UTC."""
        return self._moment

    def advance(self, step: timedelta | None = None, **parts: float) -> datetime:
        """Move forward by `step`, or by the parts of a timedelta (`hours=2`); return the new moment."""
        step = timedelta(**parts) if step is None else step
        if step < timedelta(0):
            raise ValueError("a clock only moves forward; use set()")
        self._moment += step
        return self._moment

    def set(self, moment: datetime) -> datetime:
        """Jump to `moment` (aware); return it in UTC."""
        self._moment = self._aware(moment)
        return self._moment

    @staticmethod
    def _aware(moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone means something else in every office")
        return moment.astimezone(UTC)
