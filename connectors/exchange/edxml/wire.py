"""The spelling of the wire: namespace, dates without a zone, names of files, clean text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from engine.clock import VIETNAM
from engine.forms.text import clean

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
MOST_NAME_LETTERS = 200

_DAY = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d{1,9})?")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\\/]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def text(raw: str | None, *, lines: bool = False) -> str:
    """Return a text of the wire in NFC, without control characters."""
    return clean(raw or "", lines=lines)


def day(written: date) -> str:
    """Return a day as `2026/11/20`."""
    return written.strftime("%Y/%m/%d")


def moment(written: datetime) -> str:
    """Return an aware moment as Vietnamese local time without a zone, `2026/11/20 15:42:10`."""
    if written.tzinfo is None:
        raise ValueError("a moment on the wire must come from an aware datetime")
    return written.astimezone(VIETNAM).strftime("%Y/%m/%d %H:%M:%S")


def read_day(raw: str) -> date | None:
    """Return the day in `2026/11/20`, ISO 8601 or `20/11/2026`, a time behind it ignored; None when there is none."""
    raw = raw.strip()
    if match := _DAY.match(raw):
        year, month, number = (int(part) for part in match.groups())
    elif match := _DAY_FIRST.match(raw):
        number, month, year = (int(part) for part in match.groups())
    else:
        return None
    if raw[match.end() : match.end() + 1] not in ("", " ", "T"):
        return None
    try:
        return date(year, month, number) if 1900 <= year <= 2200 else None
    except ValueError:
        return None


def read_moment(raw: str) -> datetime | None:
    """Return the aware moment in a timestamp; without a zone it is Vietnamese local time. None when unreadable."""
    raw = raw.strip()
    whole = read_day(raw)
    if whole is None:
        return None
    rest = raw[11:] if len(raw) > 10 and raw[10] in "T " else raw.partition(" ")[2]
    match = _CLOCK.match(rest.strip())
    if match is None:
        return datetime(whole.year, whole.month, whole.day, tzinfo=VIETNAM) if not rest.strip() else None
    zone = rest.strip()[match.end() :].strip()
    try:
        local = datetime(
            whole.year, whole.month, whole.day, int(match.group(1)), int(match.group(2)), int(match.group(3) or 0),
            tzinfo=VIETNAM,
        )  # fmt: skip
        if not zone:
            return local
        shifted = datetime.fromisoformat(local.strftime("%Y-%m-%dT%H:%M:%S") + ("+00:00" if zone in "Zz" else zone))
    except ValueError:
        return None
    return shifted.astimezone(VIETNAM) if shifted.tzinfo is not None else None


def file_name(raw: str, number: int) -> str:
    """Return a name that is safe to show and to store: no path, no control characters, never empty.

    The ending survives shortening, because the kind of file is judged by it and by its content together.
    """
    name = clean(raw).replace("\\", "/").rpartition("/")[2]
    name = _NOT_IN_NAMES.sub("_", name).strip(" .")
    if not name or _RESERVED.fullmatch(name):
        return f"tep-{number}" + (f"_{name}" if name else "")
    stem, dot, ending = name.rpartition(".")
    if len(name) > MOST_NAME_LETTERS and dot and len(ending) <= 10:
        return stem[: MOST_NAME_LETTERS - len(ending) - 1] + dot + ending
    return name[:MOST_NAME_LETTERS]


def content_id(raw: str) -> str:
    """Return a content id without the `cid:` that some systems put on one side only."""
    cleaned = clean(raw)
    return cleaned[4:].strip() if cleaned[:4].lower() == "cid:" else cleaned


def earliest() -> datetime:
    """Return a moment before every message, for sorting those without a time."""
    return datetime(1900, 1, 1, tzinfo=UTC)
