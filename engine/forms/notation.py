"""How people here write dates, times and numbers: 23/11/2026, 08:15, 1.234,5; and how process data keeps them."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from engine.clock import VIETNAM

_OLDEST, _NEWEST = 1900, 2200
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_CLOCK = re.compile(r"(\d{1,2})[:hg](\d{2})?(?::(\d{2}))?", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d{1,3}(?:\.\d{3})*(?:,\d{1,9})?|-?\d{1,15}(?:[.,]\d{1,9})?", re.ASCII)
_THOUSANDS = re.compile(r"-?\d{1,3}(?:\.\d{3})+", re.ASCII)


def read_date(text: str) -> date | None:
    """Return the day written as 23/11/2026 or 2026-11-23; None when it is no such day."""
    text = text.strip()
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
    elif match := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    else:
        return None
    try:
        return date(year, month, day) if _OLDEST <= year <= _NEWEST else None
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """Return the time written as 08:15 or 8h15; None when it is none."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return time(int(match.group(1)), int(match.group(2) or 0), int(match.group(3) or 0))
    except ValueError:
        return None


def read_moment(text: str) -> datetime | None:
    """Return the moment written as `23/11/2026 08:15` or in ISO 8601, in Vietnam's zone; None when it is none."""
    text = text.strip()
    day_text, _, time_text = text.partition("T" if _YEAR_FIRST.match(text) and "T" in text else " ")
    day, hour = read_date(day_text), read_time(time_text)
    if day is not None and hour is not None:
        return datetime.combine(day, hour, VIETNAM)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or not _OLDEST < moment.year < _NEWEST:
        return None
    return moment.astimezone(VIETNAM)


def read_number(text: str) -> int | float | None:
    """Return the number written the Vietnamese way (1.234,5) or with a decimal point (1234.5); None when it is none.

    `1.234` is one thousand two hundred and thirty-four, as on every Vietnamese form.
    """
    text = text.strip().replace("\u00a0", "").replace(" ", "").replace("\u2212", "-")
    if not _NUMBER.fullmatch(text):
        return None
    if "," in text or _THOUSANDS.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    return float(text) if "." in text else int(text)


def show_date(iso: str) -> str:
    """Return an ISO day as 23/11/2026; anything else unchanged."""
    day = read_date(iso)
    return iso if day is None else day.strftime("%d/%m/%Y")


def show_moment(iso: str) -> str:
    """Return an ISO moment as `23/11/2026 08:15` in Vietnam's zone; anything else unchanged."""
    moment = read_moment(iso)
    return iso if moment is None else moment.strftime("%d/%m/%Y %H:%M")


def show_number(number: int | float) -> str:
    """Return a number with a decimal comma and no thousands mark, ready to be typed over."""
    return (str(number) if isinstance(number, int) else f"{number:.9f}".rstrip("0").rstrip(".")).replace(".", ",")
