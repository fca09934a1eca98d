"""The office calendar: everybody of the agency reads it; its admins change it and see which deadlines move."""

from __future__ import annotations

import calendar as months
import re
from collections.abc import Callable
from datetime import date, datetime, time
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.calendar import Span
from engine.clock import VIETNAM
from engine.directory import calendars
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.forms.context import FormContext
from engine.forms.form import Form
from engine.instances.timing import calendar_changes
from engine.instances.timing.calendar_changes import change_calendar, move_deadlines
from engine.platform import Work
from web.layout import words
from web.layout.forms import posted, screen_form
from web.session import actor, now, platform

screen = Blueprint("calendar", __name__)
HOURS, DAY = screen_form(__file__, "hours"), screen_form(__file__, "day")
YEARS = (2020, 2100)
PIECES = 4
"""How many pieces of moved deadlines are waited for; a worker goes on with the rest."""
_SPAN = re.compile(r"(\d{1,2})[:hg](\d{2})\s*[-–]\s*(\d{1,2})[:hg](\d{2})")


@screen.get("/calendar")
def index() -> Any:
    """Show the calendar of a year."""
    return _page()


@screen.post("/calendar/hours")
def hours() -> Any:
    """Set other office hours from a day on."""
    since = words.day(request.form.get("since", "")[:10])
    return _changed(HOURS, _hours, _("Đổi giờ làm việc từ ngày %(day)s", day=since))


@screen.post("/calendar/days")
def day() -> Any:
    """Enter or change a day unlike its weekday."""
    given, source = request.form.get("day", "")[:10], request.form.get("source", "")
    said = _("Nhập ngày %(day)s: %(source)s", day=words.day(given), source=source)
    return _changed(DAY, _day, said)


@screen.post("/calendar/days/<int:year>/<int:month>/<int:number>/<kind>")
def settle(year: int, month: int, number: int, kind: str) -> Any:
    """Confirm a computed or proposed day, or take it out of the calendar."""
    try:
        when = date(year, month, number)
    except (ValueError, OverflowError):
        raise NotFound(_("Lịch làm việc không có ngày này.")) from None
    do = request.form.get("do")
    if do == "confirm":
        said = _("Xác nhận ngày %(day)s", day=words.day(when))
        return _changed(None, lambda _answers: partial(_confirm, day=when, kind=kind), said)
    if do == "remove":
        said = _("Bỏ ngày %(day)s khỏi lịch", day=words.day(when))
        return _changed(None, lambda _answers: partial(_remove, day=when, kind=kind), said)
    raise InvalidInput(_("Chọn việc cần làm với ngày này rồi gửi lại."))


@screen.post("/calendar/years")
def add_year() -> Any:
    """Enter the computed public holidays of a year."""
    year = _year(request.form.get("year", ""))
    return _changed(None, lambda _answers: partial(_seed, year=year), _("Điền ngày lễ năm %(year)s", year=year))


@screen.post("/calendar/own")
def own() -> Any:
    """Take a copy of the shared calendar as the agency's own."""
    platform().run(actor(), calendars.take_own)
    flash(
        _("Cơ quan đã có lịch riêng, chép từ lịch dùng chung. Từ nay lịch dùng chung thay đổi không kéo theo."), "done"
    )
    return redirect(url_for("calendar.index"), 303)


Change = Callable[[Work, int], object]


def _changed(form: Form | None, made: Callable[[dict[str, Any]], Change], said: str) -> Any:
    calendar_id = _own_calendar()
    sent = posted(form) if form is not None else {}
    try:
        change = made(form.validate(sent, FormContext()) if form is not None else {})
        change_id = platform().run(
            actor(), change_calendar, calendar_id, lambda work: change(work, calendar_id), " ".join(said.split())
        )
    except InvalidInput as error:
        if form is None:
            raise
        return _page(refused=(form, sent, error.fields or {"": str(error)})), 422
    for _piece in range(PIECES):
        if not platform().run(actor(), move_deadlines, change_id):
            break
    with platform().reading() as reading:
        done = calendar_changes.recent(reading, actor(), 1)[0]
    if done.count or done.row.state == "running":
        return _page(done=done)
    flash(_("Đã lưu lịch làm việc. Không có hạn nào thay đổi."), "done")
    return redirect(url_for("calendar.index", year=request.args.get("year")), 303)


def _own_calendar() -> int:
    """The calendar the agency works by; NotAllowed when it has none that could be changed."""
    with platform().reading() as reading:
        found = calendars.calendar_of(reading, actor().agency_id or 0)
        if found is None:
            raise NotAllowed(_("Cơ quan chưa có lịch làm việc riêng để sửa; hãy lập lịch riêng trước."))
        allowed = calendars.may_change(reading, actor(), found)
    if not allowed:
        raise NotAllowed(allowed.reason)
    return found


def _page(
    done: calendar_changes.Change | None = None, refused: tuple[Form, dict[str, Any], dict[str, str]] | None = None
) -> str:
    today = now().astimezone(VIETNAM).date()
    year = _year(request.args.get("year") or str(today.year))
    with platform().reading() as reading:
        found = calendars.overview(reading, actor(), actor().agency_id or 0, year)
        changes = calendar_changes.recent(reading, actor())
        views = {}
        for form in (HOURS, DAY):
            sent, errors = (refused[1], refused[2]) if refused is not None and refused[0] is form else (None, None)
            views[form.id] = form.view(sent, FormContext(), errors)
    weeks = [(number, months.Calendar().monthdatescalendar(year, number)) for number in range(1, 13)]
    special = {each.day: each for each in found.days if each.status != "proposed"}
    return render_template(
        "calendar/index.html", found=found, year=year, weeks=weeks, special=special, today=today, views=views,
        done=done, changes=changes, years=YEARS, shared=len(found.users) > 1 or not found.may_change,
        may_own="agency-admin" in actor().roles and not found.may_change,
    )  # fmt: skip


def _year(text: str) -> int:
    if not re.fullmatch(r"\d{4}", text) or not YEARS[0] <= int(text) <= YEARS[1]:
        raise InvalidInput(_("Năm phải từ %(first)s đến %(last)s.", first=YEARS[0], last=YEARS[1]))
    return int(text)


def _hours(answers: dict[str, Any]) -> Change:
    spans = [each for name in ("morning", "afternoon") for each in _spans(name, answers.get(name) or "")]
    if not spans:
        raise InvalidInput(_("Nhập giờ của ít nhất một buổi."), {"morning": _("Nhập giờ của ít nhất một buổi.")})
    since = _date(answers["since"])
    return lambda work, calendar_id: calendars.set_hours(work, calendar_id, spans, since)


def _day(answers: dict[str, Any]) -> Change:
    spans = _spans("hours", answers.get("hours") or "")
    if spans and answers["kind"] not in ("local", "swap_work"):
        raise InvalidInput(_("Ngày nghỉ không có giờ làm việc."), {"hours": _("Để trống, hoặc chọn loại ngày khác.")})
    return lambda work, calendar_id: calendars.set_day(
        work, calendar_id, _date(answers["day"]), answers["kind"], hours=spans, source=answers["source"]
    )


def _confirm(work: Work, calendar_id: int, *, day: date, kind: str) -> None:
    calendars.confirm_day(work, calendar_id, day, kind)


def _remove(work: Work, calendar_id: int, *, day: date, kind: str) -> None:
    calendars.remove_day(work, calendar_id, day, kind)


def _seed(work: Work, calendar_id: int, *, year: int) -> None:
    calendars.seed_year(work, calendar_id, year)


def _spans(field: str, text: str) -> list[Span]:
    found = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        match = _SPAN.fullmatch(part)
        numbers = [int(each) for each in match.groups()] if match else [99] * 4
        if numbers[0] > 23 or numbers[2] > 23 or numbers[1] > 59 or numbers[3] > 59:
            wrong = _("“%(text)s” chưa đúng dạng giờ; ví dụ 07:00-11:30.", text=part)
            raise InvalidInput(wrong, {field: wrong})
        found.append((time(numbers[0], numbers[1]), time(numbers[2], numbers[3])))
    return found


def _date(value: Any) -> date:
    return value if isinstance(value, date) and not isinstance(value, datetime) else date.fromisoformat(str(value)[:10])
