"""The period of a report: a quarter, a month, or from one day to another; and the one before it (LA-11.3)."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.clock import VIETNAM
from engine.errors import InvalidInput

QUARTERS = ("I", "II", "III", "IV")
FIRST_YEAR, LAST_YEAR = 1946, 2999
LONGEST = timedelta(days=5 * 366)
RANGE = "range"
_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in Viet Nam's time, the first and the last one included."""

    first: date
    last: date
    key: str = RANGE  # 2026-Q4, 2026-11, or range

    @property
    def begins(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.first, time(), VIETNAM)

    @property
    def ends(self) -> datetime:
        """The moment after the last."""
        return datetime.combine(self.last + timedelta(days=1), time(), VIETNAM)

    @property
    def quarter(self) -> str:
        """I, II, III or IV; empty for what is no quarter."""
        found = _QUARTER.fullmatch(self.key)
        return QUARTERS[int(found[2]) - 1] if found else ""

    @property
    def before(self) -> Period:
        """The quarter or month before; for a range as many days right before it."""
        end = self.first - timedelta(days=1)
        if self.quarter:
            return quarter_of(end)
        return Period(end - (self.last - self.first), end) if self.key == RANGE else month_of(end)


def quarter_of(day: date) -> Period:
    """The quarter a day lies in."""
    return _quarter(day.year, (day.month + 2) // 3)


def month_of(day: date) -> Period:
    """The month a day lies in."""
    return _month(day.year, day.month)


def _quarter(year: int, number: int) -> Period:
    last_month = number * 3
    last = date(year, last_month, calendar.monthrange(year, last_month)[1])
    return Period(date(year, last_month - 2, 1), last, f"{year:04d}-Q{number}")


def _month(year: int, number: int) -> Period:
    return Period(
        date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1]), f"{year:04d}-{number:02d}"
    )


def choices(today: date, quarters: int = 8, months: int = 12) -> tuple[Period, ...]:
    """The quarters and months a report is usually made for, the present ones first."""
    found = [quarter_of(today)]
    while len(found) < quarters:
        found.append(found[-1].before)
    found.append(month_of(today))
    while len(found) < quarters + months:
        found.append(found[-1].before)
    return tuple(found)


def chosen(key: str, since: str, until: str, today: date) -> Period:
    """The period somebody asks for; without a word the present quarter. InvalidInput for none that can be.

    Two days count when the key says range, or when they come without a key.
    """
    if not key and not since and not until:
        return quarter_of(today)
    if key in ("", RANGE):
        return _range(since, until, today)
    quarter, month = _QUARTER.fullmatch(key), _MONTH.fullmatch(key)
    found = quarter or month
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise InvalidInput("Kỳ báo cáo không đọc được; hãy chọn lại quý, tháng hoặc khoảng ngày.")
    make = _quarter if quarter else _month
    return make(int(found[1]), int(found[2]))


def _range(since: str, until: str, today: date) -> Period:
    try:
        last = date.fromisoformat(until) if until else today
        first = date.fromisoformat(since) if since else last.replace(day=1)
    except ValueError as error:
        raise InvalidInput("Ngày không đọc được; hãy chọn lại khoảng thời gian của báo cáo.") from error
    if first > last or last - first > LONGEST:
        raise InvalidInput("Ngày bắt đầu phải trước ngày kết thúc và khoảng thời gian không quá năm năm.")
    if not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR:
        raise InvalidInput("Năm của báo cáo không hợp lệ.")
    return Period(first, last)
