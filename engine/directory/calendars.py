"""Office calendars: their rows, their seeding, and the pure calendar made of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engine.calendar import COUNTED, OfficeCalendar, Override, Span, WeeklyHours, public_holidays
from engine.directory.models import Agency, Calendar, CalendarSession, DayOverride
from engine.directory.rules import may_administer
from engine.errors import Conflict, InvalidInput, NotFound
from engine.platform import ALLOWED, Actor, Verdict, Work

USUAL_HOURS: tuple[Span, ...] = ((time(7, 0), time(11, 30)), (time(13, 30), time(17, 0)))
"""A placeholder until the province's own office hours are entered (facts, section 10.1)."""
WORKING_WEEK = range(5)
KINDS = ("holiday", "compensation", "swap_off", "swap_work", "local")
STATUSES = ("confirmed", "proposed", "computed")

# Days set by yearly notices that no rule computes; those never announced officially stay proposals.
_NOTICES: tuple[tuple[date, str, str, str], ...] = (
    (date(2026, 1, 2), "swap_off", "confirmed", "12729/VPCP-KGVX"),
    (date(2026, 1, 10), "swap_work", "confirmed", "12729/VPCP-KGVX"),
    (date(2026, 8, 31), "swap_off", "confirmed", "9441/TB-BNV"),
    (date(2026, 8, 22), "swap_work", "confirmed", "9441/TB-BNV"),
    (date(2026, 11, 23), "swap_off", "proposed", "Đề xuất hoán đổi tháng 9/2026, chưa có thông báo"),
    (date(2026, 11, 28), "swap_work", "proposed", "Đề xuất hoán đổi tháng 9/2026, chưa có thông báo"),
)
_KEPT = 64
_kept: OrderedDict[tuple[object, ...], OfficeCalendar] = OrderedDict()
_keeping = threading.Lock()


def office_calendar(session: Session, agency_id: int) -> OfficeCalendar:
    """The calendar an agency works by: its own, else that of the nearest agency above, else the usual hours."""
    found = _found(session, agency_id)
    return load(session, *found) if found is not None else _remembered(("usual",), _usual)


def calendar_of(session: Session, agency_id: int) -> int | None:
    """The id of the calendar an agency works by; None for the usual hours, which nobody has entered."""
    found = _found(session, agency_id)
    return found[0] if found is not None else None


def agencies_of(session: Session, calendar_id: int) -> list[int]:
    """The agencies that work by a calendar, their own or inherited."""
    rows = session.execute(select(Agency.id, Agency.parent_id, Agency.calendar_id)).all()
    above = {row[0]: (row[1], row[2]) for row in rows}

    def works_by(agency_id: int) -> int | None:
        seen: set[int] = set()
        at: int | None = agency_id
        while at is not None and at not in seen and at in above:
            seen.add(at)
            at, own = above[at]
            if own is not None:
                return own
        return None

    return [each for each in above if works_by(each) == calendar_id]


def _found(session: Session, agency_id: int) -> tuple[int, int] | None:
    """Id and version of the nearest calendar, up the tree of agencies."""
    seen: set[int] = set()
    at: int | None = agency_id
    while at is not None and at not in seen:
        seen.add(at)
        row: Any = session.execute(
            select(Agency.parent_id, Calendar.id, Calendar.version)
            .outerjoin(Calendar, Calendar.id == Agency.calendar_id)
            .where(Agency.id == at)
        ).first()
        if row is None:
            return None
        if row[1] is not None:
            return row[1], row[2]
        at = row[0]
    return None


def names(session: Session, agency_id: int, days: Iterable[date]) -> dict[date, str]:
    """What the calendar of an agency calls days unlike their weekday: the holiday, the notice; by day."""
    calendar_id = calendar_of(session, agency_id)
    if calendar_id is None:
        return {h.day: h.name for year in {day.year for day in days} for h in public_holidays(year)}
    rows = select(DayOverride).where(DayOverride.calendar_id == calendar_id, DayOverride.day.in_(list(days)))
    return {row.day: row.source for row in session.scalars(rows) if row.status in COUNTED and row.source}


def load(session: Session, calendar_id: int, version: int | None = None) -> OfficeCalendar:
    """The pure calendar of these rows, kept per process by id and version; NotFound when there is no such calendar."""
    if version is None:
        version = session.scalar(select(Calendar.version).where(Calendar.id == calendar_id))
        if version is None:
            raise NotFound("Không tìm thấy lịch làm việc này.")
    newest = version
    database = str(session.get_bind().engine.url)  # several installations in one process (tests) don't share
    return _remembered((database, calendar_id, newest), lambda: _read(session, calendar_id, newest))


def _read(session: Session, calendar_id: int, version: int) -> OfficeCalendar:
    hours = session.scalars(select(CalendarSession).where(CalendarSession.calendar_id == calendar_id))
    days = session.scalars(select(DayOverride).where(DayOverride.calendar_id == calendar_id))
    return OfficeCalendar(
        tuple(WeeklyHours(h.weekday, h.starts, h.ends, h.valid_from, h.valid_to) for h in hours),
        tuple(Override(d.day, d.kind, d.status, spans_of(d.sessions)) for d in days),
        version,
    )


def _usual() -> OfficeCalendar:
    hours = tuple(WeeklyHours(day, *span) for day in WORKING_WEEK for span in USUAL_HOURS)
    days = [Override(h.day, h.kind, "computed") for year in range(2025, 2036) for h in public_holidays(year)]
    return OfficeCalendar(hours, (*days, *(Override(d, kind, status) for d, kind, status, _ in _NOTICES)), 0)


def _remembered(key: tuple[object, ...], make: Callable[[], OfficeCalendar]) -> OfficeCalendar:
    with _keeping:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            return found
    made = make()
    with _keeping:
        _kept[key] = made
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return made


def spans_of(sessions: dict[str, object]) -> tuple[Span, ...]:
    """Hours stored with a day: {"hours": [["07:30", "11:30"], …]}; {} means none of its own."""
    listed = sessions.get("hours", [])
    assert isinstance(listed, list)
    return tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in listed)


# --- Commands -------------------------------------------------------------------------------------------------


def may_change(session: Session, actor: Actor, calendar_id: int) -> Verdict:
    """The provincial admin changes any calendar; an agency admin only one that no other agency works by."""
    if actor.is_system or "provincial-admin" in actor.roles:
        return ALLOWED
    users = set(session.scalars(select(Agency.id).where(Agency.calendar_id == calendar_id)))
    if "agency-admin" in actor.roles and users == {actor.agency_id}:
        return ALLOWED
    return Verdict(False, "Lịch làm việc này dùng chung; chỉ quản trị tỉnh được sửa.")


def add_calendar(
    work: Work,
    name: str,
    hours: Sequence[Span] = USUAL_HOURS,
    *,
    since: date = date(2025, 1, 1),
    years: Iterable[int] = (2026, 2027),
) -> Calendar:
    """Make a calendar, Monday to Friday with the same hours, and seed the public holidays of some years."""
    if not (work.actor.is_system or work.actor.roles & {"provincial-admin", "agency-admin"}):
        work.require(Verdict(False, "Chỉ quản trị được lập lịch làm việc."))
    calendar = Calendar(name=name, version=1)
    work.session.add(calendar)
    work.session.flush()
    for weekday in WORKING_WEEK:
        for starts, ends in hours:
            _add_session(work.session, calendar.id, weekday, starts, ends, since)
    work.note("calendar.added", "calendar", calendar.id, name=name)
    for year in years:
        seed_year(work, calendar.id, year)
    return calendar


def seed_year(work: Work, calendar_id: int, year: int) -> int:
    """Add the computed holidays and notices of a year; days entered before stay as they are. Returns rows added."""
    work.require(may_change(work.session, work.actor, calendar_id))
    rows = [(h.day, h.kind, "computed", h.name) for h in public_holidays(year)]
    rows += [notice for notice in _NOTICES if notice[0].year == year]
    statement = insert(DayOverride).on_conflict_do_nothing(index_elements=["calendar_id", "day", "kind"])
    added = work.session.scalars(
        statement.returning(DayOverride.id),
        [
            {"calendar_id": calendar_id, "day": day, "kind": kind, "status": status, "sessions": {}, "source": source}
            for day, kind, status, source in rows
        ],
    ).all()
    _changed(work, calendar_id, "calendar.seeded", year=year, days=len(added))
    return len(added)


def set_hours(
    work: Work, calendar_id: int, hours: Sequence[Span], since: date, weekdays: Iterable[int] = WORKING_WEEK
) -> None:
    """Other office hours from a day on (a new season); the hours before stay in force until the day before."""
    work.require(may_change(work.session, work.actor, calendar_id))
    wanted = sorted(hours)
    if any(a >= b for a, b in wanted) or any(x[1] > y[0] for x, y in pairwise(wanted)):
        raise InvalidInput(
            "Giờ làm việc chồng nhau hoặc kết thúc trước khi bắt đầu.", {"hours": "Giờ làm việc chưa đúng."}
        )
    days = list(weekdays)
    for row in work.session.scalars(
        select(CalendarSession).where(
            CalendarSession.calendar_id == calendar_id, CalendarSession.weekday.in_(days),
            (CalendarSession.valid_to.is_(None)) | (CalendarSession.valid_to >= since),
        )
    ):  # fmt: skip
        if row.valid_from >= since:
            work.session.delete(row)
        else:
            row.valid_to = date.fromordinal(since.toordinal() - 1)
    for weekday in days:
        for starts, ends in wanted:
            _add_session(work.session, calendar_id, weekday, starts, ends, since)
    _changed(work, calendar_id, "calendar.hours_set", since=since, hours=[f"{a:%H:%M}–{b:%H:%M}" for a, b in wanted])


def set_day(
    work: Work,
    calendar_id: int,
    day: date,
    kind: str,
    status: str = "confirmed",
    *,
    hours: Sequence[Span] = (),
    source: str = "",
) -> None:
    """Enter, confirm or change a day unlike its weekday; the calendar gets a new version."""
    work.require(may_change(work.session, work.actor, calendar_id))
    if kind not in KINDS or status not in STATUSES:
        raise InvalidInput("Loại ngày hoặc trạng thái không hợp lệ.", {"kind": "Chọn loại ngày trong danh sách."})
    stored = {"hours": [[f"{a:%H:%M}", f"{b:%H:%M}"] for a, b in hours]} if hours else {}
    values = {"status": status, "sessions": stored, "source": source}
    work.session.execute(
        insert(DayOverride)
        .values(calendar_id=calendar_id, day=day, kind=kind, **values)
        .on_conflict_do_update(index_elements=["calendar_id", "day", "kind"], set_=values)
    )
    _changed(work, calendar_id, "calendar.day_set", day=day, kind=kind, status=status, source=source)


def confirm_day(work: Work, calendar_id: int, day: date, kind: str) -> None:
    """Make a computed or proposed day a confirmed one, as the notice says; NotFound when it isn't in the calendar."""
    row = _entered(work, calendar_id, day, kind)
    row.status = "confirmed"
    _changed(work, calendar_id, "calendar.day_confirmed", day=day, kind=kind)


def remove_day(work: Work, calendar_id: int, day: date, kind: str) -> None:
    """Take a day back out of the calendar; NotFound when it isn't in it."""
    work.session.delete(_entered(work, calendar_id, day, kind))
    _changed(work, calendar_id, "calendar.day_removed", day=day, kind=kind)


def _entered(work: Work, calendar_id: int, day: date, kind: str) -> DayOverride:
    work.require(may_change(work.session, work.actor, calendar_id))
    row = work.session.scalar(
        select(DayOverride).where(
            DayOverride.calendar_id == calendar_id, DayOverride.day == day, DayOverride.kind == kind
        )
    )
    if row is None:
        raise NotFound("Lịch làm việc không có ngày này.")
    return row


def _add_session(session: Session, calendar_id: int, weekday: int, starts: time, ends: time, since: date) -> None:
    session.add(CalendarSession(calendar_id=calendar_id, weekday=weekday, starts=starts, ends=ends, valid_from=since))


def _changed(work: Work, calendar_id: int, action: str, **details: object) -> None:
    work.session.flush()
    calendar = work.session.get(Calendar, calendar_id, with_for_update=True)
    if calendar is None:
        raise NotFound("Không tìm thấy lịch làm việc này.")
    calendar.version += 1
    work.note(action, "calendar", calendar_id, None, version=calendar.version, **details)


def last_day(session: Session, calendar_id: int) -> date | None:
    """The last day entered in a calendar: after it, deadlines don't know the holidays."""
    return session.scalar(select(func.max(DayOverride.day)).where(DayOverride.calendar_id == calendar_id))


# --- Queries --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Season:
    """The same hours on some weekdays from a day on."""

    valid_from: date
    valid_to: date | None
    weekdays: tuple[int, ...]
    hours: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """A calendar for one year, for people."""

    calendar: Calendar | None  # None: the usual hours, which nobody has entered
    year: int
    seasons: tuple[Season, ...]  # the present or next one first
    days: tuple[DayOverride, ...]
    pure: OfficeCalendar
    users: tuple[str, ...]  # the agencies that name it as theirs
    may_change: Verdict


def overview(session: Session, actor: Actor, agency_id: int, year: int) -> Overview:
    """The calendar an agency works by, as it is in a year; everybody of the agency may read it."""
    pure = office_calendar(session, agency_id)
    calendar_id = calendar_of(session, agency_id)
    if calendar_id is None:
        refused = Verdict(False, "Cơ quan chưa có lịch làm việc; đang tính theo giờ thông thường.")
        return Overview(None, year, (), (), pure, (), refused)
    rows = session.scalars(
        select(DayOverride)
        .where(DayOverride.calendar_id == calendar_id, DayOverride.day.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(DayOverride.day, DayOverride.id)
    )
    users = session.scalars(select(Agency.name).where(Agency.calendar_id == calendar_id).order_by(Agency.id))
    return Overview(
        session.get_one(Calendar, calendar_id), year, _seasons(session, calendar_id), tuple(rows), pure,
        tuple(users), may_change(session, actor, calendar_id),
    )  # fmt: skip


def _seasons(session: Session, calendar_id: int) -> tuple[Season, ...]:
    rows = session.scalars(
        select(CalendarSession).where(CalendarSession.calendar_id == calendar_id).order_by(CalendarSession.starts)
    )
    by_day: dict[tuple[date, date | None, int], list[Span]] = {}
    for row in rows:
        by_day.setdefault((row.valid_from, row.valid_to, row.weekday), []).append((row.starts, row.ends))
    alike: dict[tuple[date, date | None, tuple[Span, ...]], list[int]] = {}
    for (since, until, weekday), hours in sorted(by_day.items(), key=lambda each: each[0][2]):
        alike.setdefault((since, until, tuple(hours)), []).append(weekday)
    found = [Season(since, until, tuple(days), hours) for (since, until, hours), days in alike.items()]
    return tuple(sorted(found, key=lambda each: each.valid_from, reverse=True))


def take_own(work: Work) -> Calendar:
    """Give the actor's agency a copy of the calendar it shares, to change as its own; Conflict when it has one."""
    agency = work.session.get_one(Agency, work.actor.agency_id)
    work.require(may_administer(work.actor, agency.id))
    shared_id = calendar_of(work.session, agency.id)
    if shared_id is not None and set(agencies_of(work.session, shared_id)) == {agency.id}:
        raise Conflict("Cơ quan đã có lịch làm việc riêng.")
    name = f"Lịch làm việc {agency.name}"[:200]
    if shared_id is None:
        made = add_calendar(work, name, years=(work.now.year, work.now.year + 1))
        agency.calendar_id = made.id
        return made
    own = Calendar(name=name, version=1)
    work.session.add(own)
    work.session.flush()
    for table in (CalendarSession, DayOverride):
        columns = [each.name for each in table.__table__.columns if each.name not in ("id", "calendar_id")]
        copied = select(literal(own.id), *(table.__table__.c[each] for each in columns))
        rows = copied.where(table.__table__.c.calendar_id == shared_id)
        work.session.execute(insert(table).from_select(["calendar_id", *columns], rows))
    agency.calendar_id = own.id
    work.note("calendar.taken", "calendar", own.id, agency.id, copied_from=shared_id)
    return own
