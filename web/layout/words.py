"""How dates, deadlines, sizes and states are said on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from flask import g
from flask_babel import gettext as _

from engine.bpmn.checks.law.clauses import cite
from engine.calendar import office_duration as read_duration
from engine.clock import VIETNAM


class OfficeTime(Protocol):
    """The part of an office calendar that words need."""

    def office_time_between(self, start: datetime, end: datetime, /) -> timedelta:
        """Return the working time from one moment to another."""
        ...


@dataclass(frozen=True, slots=True)
class Mark:
    """Something said with an icon, a word and a colour, never with colour alone."""

    text: str
    tone: str = ""
    icon: str = ""
    title: str = ""
    short: str = ""  # for lists; the whole text is its title there


def for_scripts() -> dict[str, str]:
    """Return the sentences that scripts build into a page themselves, in its language (layout/scripts/words.js)."""
    return {
        "filter": _("Lọc danh sách"), "find": _("Tìm theo tên"), "page": _("Trang {number} trên {count}"),
        "noDiagram": _("Không mở được sơ đồ. Tải lại trang để thử lại."),
        "notDrawn": _("Phần tử này không được vẽ trên sơ đồ."),
        "tooLarge": _("{name} lớn quá {size} MB; chọn tệp nhỏ hơn."),
    }  # fmt: skip


def day(value: date | datetime | str | None) -> str:
    """Return 23/11/2026; empty for nothing. ISO strings out of process data are read too."""
    if isinstance(value, str):
        value = read_moment(value)
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(VIETNAM) if value.tzinfo else value
    return value.strftime("%d/%m/%Y")


def moment(value: datetime | str | None) -> str:
    """Return 23/11/2026 08:15 in Viet Nam's zone; empty for nothing."""
    if isinstance(value, str):
        value = read_moment(value)
    if value is None:
        return ""
    return (value.astimezone(VIETNAM) if value.tzinfo else value).strftime("%d/%m/%Y %H:%M")


def read_moment(text: str) -> datetime | None:
    """Return the moment an ISO string names, or None."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def size(count: int | None) -> str:
    """Return a file's size as people say it: 640 KB, 1,2 MB."""
    if count is None:
        return ""
    if count < 1024:
        return f"{count} B"
    if count < 1024 * 1024:
        return f"{count // 1024} KB"
    return f"{count / 1024 / 1024:.1f} MB".replace(".", ",")


def urgency(value: int | None) -> Mark | None:
    """Return how an urgency is marked; None for an ordinary document."""
    if not value:  # nearly all of a list
        return None
    marks = {
        1: Mark(_("Khẩn"), "soon", "flag"),
        2: Mark(_("Thượng khẩn"), "today", "flag"),
        3: Mark(_("Hỏa tốc"), "late", "bolt"),
        4: Mark(_("Hỏa tốc hẹn giờ"), "late", "bolt"),
    }
    return marks.get(value)


def deadline(
    due: datetime | None, at: datetime, calendar: OfficeTime | None = None, *, suspended: bool = False
) -> Mark:
    """Return how far a deadline is, in office time while it runs (“còn 1 giờ 20 phút làm việc”)."""
    if suspended:
        return Mark(_("tạm dừng thời hạn"), "none", "clock", short=_("tạm dừng"))
    if due is None:
        return Mark(_("không có hạn"), "none", "")
    title = _("Hạn %(moment)s", moment=moment(due))
    if due <= at:
        late = _late(at - due)
        return Mark(_("quá hạn %(time)s", time=late), "late", "alert", title, _("quá hạn %(time)s", time=_short(late)))
    left = calendar.office_time_between(at, due) if calendar is not None else due - at
    today = due.astimezone(VIETNAM).date() == at.astimezone(VIETNAM).date()
    tone = "today" if today else "near" if left <= timedelta(hours=8) else ""
    text = _office(left) if calendar is not None else _late(left)
    said = _("còn %(time)s làm việc", time=text)
    return Mark(said, tone, "clock", title, _("còn %(time)s", time=_short(text)))


def _short(time: str) -> str:
    """Shorten the units of a time for a narrow column: 1 g 20 p, 2 ng."""
    for word, letter in _units():
        time = time.replace(word, letter)
    return time


def _units() -> Sequence[tuple[str, str]]:
    """Return the units and their letters, translated once for a whole list."""
    kept: Sequence[tuple[str, str]] | None = g.get("units_of_time") if g else None
    if kept is None:
        kept = ((_("giờ"), _("g")), (_("phút"), _("p")), (_("ngày"), _("ng")))
        if g:
            g.units_of_time = kept
    return kept


def _late(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    if minutes >= 24 * 60:
        return _("%(count)s ngày", count=minutes // (24 * 60))
    if minutes >= 60:
        return _("%(count)s giờ", count=minutes // 60)
    return _("%(count)s phút", count=max(minutes, 1))


def _office(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    if minutes >= 16 * 60:
        return _("%(count)s ngày", count=minutes // (8 * 60))
    hours, rest = divmod(minutes, 60)
    if hours and rest and hours < 8:
        return _("%(hours)s giờ %(minutes)s phút", hours=hours, minutes=rest)
    if hours:
        return _("%(count)s giờ", count=hours)
    return _("%(count)s phút", count=max(rest, 1))


def office_time(span: timedelta | None) -> str:
    """Return a length of office time in short: 1 g 20 p, 3 ng (of eight hours), < 1 p; a dash for nothing."""
    if span is None:
        return "—"
    return _short(_office(span)) if span >= timedelta(minutes=1) else _("< 1 p")


def office_duration(text: str) -> str:
    """Return a term as people say it: PT2H is “2 giờ làm việc”, P1DT4H “1 ngày và 4 giờ làm việc”."""
    wanted = read_duration(text)
    parts = [_("%(count)s ngày", count=wanted.days)] if wanted.days else []
    parts += [_office(wanted.time)] if wanted.time else []
    return _("%(time)s làm việc", time=_(" và ").join(parts))


def initials(name: str) -> str:
    """Return the letters that stand for a person: of the family name and of the given name, which comes last."""
    parts = name.split()
    return (parts[0][0] + parts[-1][0]).upper() if len(parts) > 1 else name[:1].upper()


def local_now(at: datetime) -> datetime:
    """Return a moment in Viet Nam's zone."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(VIETNAM)


FILTERS = {
    "day": day,
    "moment": moment,
    "size": size,
    "urgency": urgency,
    "initials": initials,
    "office_time": office_time,
    "office_duration": office_duration,
    "clause": cite,
}
