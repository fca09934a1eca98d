"""Office time: working days, office hours, legal moments and deadlines; pure, the rows come from elsewhere.

Hours of a day are half-open [start, end): exactly 11:30 is outside a morning that ends at 11:30, and the
lunch break counts as outside (LA-10.2). A result that falls on the end of a session stays there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from engine.clock import VIETNAM
from engine.errors import InvalidInput, PlatformError

SEARCHED_DAYS = 366  # a calendar without office hours for a year is a mistake, not a deadline
FURTHEST_OFFICE_DAYS = 3660
OFF, ON = frozenset({"holiday", "compensation", "swap_off"}), frozenset({"swap_work"})
COUNTED = frozenset({"confirmed", "computed"})
MIDDAY = time(12, 0)  # where a single unbroken session would be cut into morning and afternoon

_DURATION = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?", re.ASCII)

Span = tuple[time, time]


class CalendarError(PlatformError):
    """The office calendar can't answer: it has no office hours where some are needed."""


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Office hours [starts, ends) on one weekday (0 = Monday) during a season."""

    weekday: int
    starts: time
    ends: time
    valid_from: date = date.min
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether these hours belong to the season of this day, whatever its weekday."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Override:
    """A day unlike its weekday: a holiday, its compensation, one side of a swap, or hours of its own (`local`)."""

    day: date
    kind: str
    status: str = "confirmed"
    sessions: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficeDuration:
    """So many office days, then so much office time."""

    days: int = 0
    time: timedelta = timedelta(0)


def office_duration(text: str | timedelta) -> OfficeDuration:
    """Read `PT2H`, `P3D`, `P1W` (five office days), `P1DT4H`; a timedelta is office time. InvalidInput otherwise."""
    if isinstance(text, timedelta):
        if not timedelta(0) <= text <= timedelta(days=FURTHEST_OFFICE_DAYS):
            raise InvalidInput("Thời hạn không được là số âm hoặc quá dài.")
        return OfficeDuration(0, text)
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        raise InvalidInput(f"Thời hạn “{text}” không đúng dạng; ví dụ: PT2H (2 giờ làm việc), P3D (3 ngày làm việc).")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    if weeks * 5 + days > FURTHEST_OFFICE_DAYS:
        raise InvalidInput(f"Thời hạn “{text}” quá dài.")
    return OfficeDuration(weeks * 5 + days, timedelta(hours=hours, minutes=minutes, seconds=seconds))


@dataclass(frozen=True, slots=True)
class ReckonedDay:
    """One day of a deadline's reckoning: the office day it counts as, or the office time of it that counts."""

    day: date
    number: int  # the office day it is counted as, from 1; 0 when it isn't counted as a day
    spans: tuple[tuple[datetime, datetime], ...]  # the office time that is counted
    off: str  # why the office is closed: "weekend" or the kind of an override; empty on a working day


@dataclass(frozen=True)
class OfficeCalendar:
    """An agency's office time at one version of its calendar; safe to keep and to share between threads."""

    sessions: tuple[WeeklyHours, ...]
    overrides: tuple[Override, ...] = ()
    version: int = 1
    _by_day: dict[date, Override] = field(init=False, repr=False, compare=False)
    _known: dict[date, tuple[Span, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for hours in self.sessions:
            if not hours.starts < hours.ends:
                raise CalendarError("Giờ làm việc phải bắt đầu trước khi kết thúc.")
        counted = sorted((o for o in self.overrides if o.status in COUNTED), key=_weight)
        object.__setattr__(self, "_by_day", {o.day: o for o in counted})
        object.__setattr__(self, "_known", {})

    def hours_on(self, day: date) -> tuple[Span, ...]:
        """The office hours of a day in order; empty on a day off."""
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = self._read(day)
        return known

    def is_working_day(self, day: date) -> bool:
        """Whether the office is open at all on this day."""
        return bool(self.hours_on(day))

    def is_office_time(self, moment: datetime) -> bool:
        """Whether a moment lies inside office hours [start, end)."""
        return any(start <= moment < end for start, end in self._spans(_local(moment).date()))

    def received_at(self, entered: datetime) -> datetime:
        """Legal time of receipt: the moment itself inside office hours, else the next session's start (LA-10.2)."""
        for start, end in self._spans_from(entered):
            if entered < end:
                return max(_local(entered), start)
        raise AssertionError("unreachable")

    def office_deadline(self, start: datetime, duration: str | timedelta) -> datetime:
        """The moment `duration` of office time after `start`: days count to the end of an office day, then hours."""
        wanted = office_duration(duration)
        moment = self._after_days(start, wanted.days) if wanted.days else _local(start)
        left = wanted.time
        if not left:
            return moment if wanted.days else self.received_at(moment)
        for begins, ends in self._spans_from(moment):
            begins = max(begins, moment)
            if begins >= ends:
                continue
            if ends - begins >= left:
                return begins + left
            left -= ends - begins
        raise AssertionError("unreachable")

    def end_of_morning_next_day(self, moment: datetime) -> datetime:
        """When the morning of the next working day ends: the latest time to send a signed document (QD28-6.2a)."""
        day = self.next_working_day(_local(moment).date())
        first_start, first_end = self.hours_on(day)[0]
        if len(self.hours_on(day)) == 1 and first_start < MIDDAY < first_end:
            first_end = MIDDAY
        return _at(day, first_end)

    def end_of_next_day(self, moment: datetime) -> datetime:
        """When the next working day ends (ND30-4.2.c: at the latest the next working day)."""
        return self.end_of_day(self.next_working_day(_local(moment).date()))

    def end_of_day(self, day: date) -> datetime:
        """When office hours end on this day; on a day off, on the next working day (a term never ends on a day off)."""
        if not self.is_working_day(day):
            day = self.next_working_day(day)
        return _at(day, self.hours_on(day)[-1][1])

    def next_working_day(self, day: date) -> date:
        """The first working day after this one; CalendarError when a whole year has none."""
        for step in range(1, SEARCHED_DAYS + 1):
            following = day + timedelta(days=step)
            if self.is_working_day(following):
                return following
        raise CalendarError(f"Lịch làm việc không có ngày làm việc nào trong một năm kể từ {day:%d/%m/%Y}.")

    def office_time_between(self, a: datetime, b: datetime) -> timedelta:
        """Office time from `a` to `b`; negative when `b` comes first."""
        if b < a:
            return -self.office_time_between(b, a)
        total, day, last = timedelta(0), _local(a).date(), _local(b).date()
        while day <= last:
            for start, end in self._spans(day):
                total += max(min(end, b) - max(start, a), timedelta(0))
            day += timedelta(days=1)
        return total

    def _after_days(self, start: datetime, days: int) -> datetime:
        day = _local(start).date()
        for _ in range(days):
            day = self.next_working_day(day)
        return self.end_of_day(day)

    def _read(self, day: date) -> tuple[Span, ...]:
        override = self._by_day.get(day)
        if override is None or (override.kind in ON and not override.sessions):
            # A working Saturday keeps Friday's hours.
            weekday = day.weekday() if override is None else min(day.weekday(), 4)
            hours = [hours for hours in self.sessions if hours.weekday == weekday and hours.holds_on(day)]
            return tuple(sorted((each.starts, each.ends) for each in hours))
        return () if override.kind in OFF else tuple(sorted(override.sessions))

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for start, end in self.hours_on(day):
            yield _at(day, start), _at(day, end)

    def _spans_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Sessions of the moment's day and all later ones; CalendarError after a year without any."""
        day = _local(moment).date()
        while True:
            yield from self._spans(day)
            day = self.next_working_day(day)


def reckoning(calendar: OfficeCalendar, start: datetime, duration: str | timedelta) -> tuple[ReckonedDay, ...]:
    """How a calendar's `office_deadline` comes about, day by day from the first to the last, nothing left out."""
    wanted = office_duration(duration)
    due = calendar.office_deadline(start, duration)
    first = moment = _local(start)
    if wanted.days:
        moment = calendar.office_deadline(start, f"P{wanted.days}D")
    found: list[ReckonedDay] = []
    day, counted = first.date(), 0
    while day <= due.date():
        hours = [(_at(day, begins), _at(day, ends)) for begins, ends in calendar.hours_on(day)]
        as_day = bool(hours) and counted < wanted.days and day > first.date()
        counted += as_day
        spans = ((max(begins, moment), min(ends, due)) for begins, ends in hours) if wanted.time else ()
        unlike = calendar._by_day.get(day)
        off = "" if hours else unlike.kind if unlike is not None else "weekend"
        found.append(ReckonedDay(day, counted if as_day else 0, tuple((a, b) for a, b in spans if a < b), off))
        day += timedelta(days=1)
    return tuple(found)


def until(calendar: OfficeCalendar, start: datetime, due: datetime) -> tuple[ReckonedDay, ...]:
    """The days from a start to the end of the next working day or of its morning: which are off, which one counts."""
    found: list[ReckonedDay] = []
    day, last = _local(start).date(), _local(due).date()
    while day <= last and len(found) <= SEARCHED_DAYS:
        hours = [(_at(day, begins), _at(day, ends)) for begins, ends in calendar.hours_on(day)]
        spans = tuple((begins, min(ends, due)) for begins, ends in hours if begins < due) if day == last else ()
        unlike = calendar._by_day.get(day)
        off = "" if hours else unlike.kind if unlike is not None else "weekend"
        found.append(ReckonedDay(day, int(bool(spans) and len(found) > 0), spans, off))
        day += timedelta(days=1)
    return tuple(found)


def _weight(override: Override) -> tuple[int, int]:
    # Of two rows for one day the later in this order wins: notice over computation, own hours over a day off.
    kinds = ("compensation", "holiday", "swap_off", "swap_work", "local")
    return (override.status == "confirmed", kinds.index(override.kind) if override.kind in kinds else 0)


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone means something else in every office")
    return moment.astimezone(VIETNAM)


def _at(day: date, when: time) -> datetime:
    return datetime.combine(day, when, VIETNAM)


# --- Public holidays ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday as computed; a yearly notice confirms or replaces it."""

    day: date
    kind: str
    name: str


CULTURE_DAY_SINCE = 2026


def public_holidays(year: int) -> tuple[Holiday, ...]:
    """Paid holidays of a year with compensation of those on a weekend (Labour Code Đ111.3, Đ112; 24/11 since 2026).

    Tết is the last day of the old lunar year and four of the new, the day beside 02/9 is 01/9: the pattern of
    2026, provisional until the Prime Minister's yearly notice is entered.
    """
    tet, hung_kings = lunar_days(year)
    days = {date(year, 1, 1): "Tết Dương lịch"}
    days |= {tet + timedelta(days=n): "Tết Âm lịch" for n in range(-1, 4)}
    days |= {
        hung_kings: "Giỗ Tổ Hùng Vương",
        date(year, 4, 30): "Ngày Chiến thắng",
        date(year, 5, 1): "Quốc tế Lao động",
    }
    days |= {date(year, 9, 1): "Quốc khánh", date(year, 9, 2): "Quốc khánh"}
    if year >= CULTURE_DAY_SINCE:
        days[date(year, 11, 24)] = "Ngày Văn hóa Việt Nam"
    found = [Holiday(day, "holiday", name) for day, name in sorted(days.items())]
    return tuple(found + list(_compensations(found)))


def _compensations(found: Iterable[Holiday]) -> Iterator[Holiday]:
    taken = {h.day for h in found}
    for holiday in found:
        if holiday.day.weekday() < 5:
            continue
        day = holiday.day
        while day.weekday() >= 5 or day in taken:
            day += timedelta(days=1)
        taken.add(day)
        yield Holiday(day, "compensation", f"Nghỉ bù {holiday.name} ({holiday.day:%d/%m})")


@lru_cache(maxsize=64)
def lunar_days(year: int) -> tuple[date, date]:
    """The first day of the lunar year and the tenth of its third month, in the calendar of UTC+7."""
    import holidays  # a large package, wanted once a year

    names = {"Tết Nguyên Đán": "tet", "Ngày Giỗ Tổ Hùng Vương": "kings"}
    table = holidays.country_holidays("VN", years=year, language="vi")
    listed = [(name, day) for day, together in table.items() for name in together.split("; ")]
    found = {names[name]: day for name, day in listed if name in names}
    if len(found) != 2:
        raise CalendarError(f"Không tính được ngày nghỉ âm lịch của năm {year}.")
    return found["tet"], found["kings"]
