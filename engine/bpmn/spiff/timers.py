"""When a timer is due: ISO 8601 dates, durations and cycles, as text or as values of an expression."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, timedelta
from typing import Any, Literal

from engine.bpmn.step import Repeat, iso_duration

_DURATION = re.compile(
    r"^(-)?P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$"
)
_CYCLE = re.compile(r"^R(\d*)/(?:([^/P][^/]*)/)?(P[^/]*)$")


def after(start: datetime, duration: str) -> datetime:
    """`start` moved by an ISO 8601 duration; months by the calendar; raises ValueError."""
    try:
        return _moved(start, duration)
    except OverflowError as error:
        raise ValueError(f"«{duration}» vượt quá lịch") from error


def _moved(start: datetime, duration: str) -> datetime:
    found = _DURATION.match(duration.strip())
    if found is None:
        raise ValueError(f"«{duration}» không phải khoảng thời gian ISO 8601 (ví dụ PT2H, P3D)")
    sign = -1 if found.group(1) else 1
    years, months, weeks, days, hours, minutes = (int(found.group(index) or 0) for index in range(2, 8))
    total = sign * (years * 12 + months)
    if total:
        month = start.month - 1 + total
        year, month = start.year + month // 12, month % 12 + 1
        if not 1 <= year <= 9999:
            raise OverflowError
        start = start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))
    seconds = float(found.group(8) or 0)
    return start + sign * timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def moment(value: Any, now: datetime) -> datetime:
    """The moment a value means: a time, ISO text of a time or of a duration from now; raises ValueError."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=now.tzinfo)
    if isinstance(value, timedelta):
        return after(now, iso_duration(value))
    if isinstance(value, str):
        text = value.strip()
        if text.startswith(("P", "-P")):
            return after(now, text)
        try:
            return moment(datetime.fromisoformat(text), now)
        except ValueError:
            pass
    raise ValueError(f"«{value}» không phải thời điểm hay khoảng thời gian ISO 8601")


def schedule(kind: Literal["date", "duration", "cycle"], value: Any, now: datetime) -> tuple[datetime, Repeat | None]:
    """When a timer fires first, and how it repeats; raises ValueError."""
    if kind != "cycle" or not isinstance(value, str):
        if kind == "cycle" and isinstance(value, timedelta):
            return moment(value, now), Repeat(None, iso_duration(value))
        return moment(value, now), None
    found = _CYCLE.match(value.strip())
    if found is None:
        raise ValueError(f"«{value}» không phải chu kỳ ISO 8601 (ví dụ R3/PT4H, R/P1D)")
    count, begin, interval = found.groups()
    times = int(count) if count else None
    if times == 0:
        raise ValueError(f"Chu kỳ «{value}» không có lần nào")
    if after(now, interval) <= now:
        raise ValueError(f"Chu kỳ «{value}» không tiến về phía trước")
    first = moment(begin, now) if begin else after(now, interval)
    return first, Repeat(None if times is None else times - 1, interval)


def following(due: datetime, repeat: Repeat, now: datetime) -> tuple[datetime, Repeat] | None:
    """The firing after this one, or None when it was the last; missed firings of the past are not made up for."""
    if repeat.remaining == 0:
        return None
    remaining = None if repeat.remaining is None else repeat.remaining - 1
    upcoming = after(due, repeat.interval)
    if upcoming <= now and not set("YM") & set(repeat.interval.partition("T")[0]):
        # All turns are equally long: no counting through years of seconds.
        turn = upcoming - due
        upcoming += turn * ((now - upcoming) // turn + 1)
    while upcoming <= now:
        upcoming = after(upcoming, repeat.interval)
    return upcoming, Repeat(remaining, repeat.interval)
