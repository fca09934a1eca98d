"""How deadlines, sizes, dates and urgency are said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import Babel

from engine.clock import VIETNAM
from web.layout import words


@pytest.fixture(autouse=True)
def speaking():
    """Words are said inside a request."""
    app = Flask("words")
    Babel(app, default_locale="vi")
    with app.test_request_context():
        yield


class EightToFive:
    """An office that works every hour as it passes."""

    def office_time_between(self, start: datetime, end: datetime) -> timedelta:
        return end - start


NOW = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("left", "said", "short", "tone"),
    [
        (timedelta(minutes=80), "còn 1 giờ 20 phút làm việc", "còn 1 g 20 p", "today"),
        (timedelta(minutes=5), "còn 5 phút làm việc", "còn 5 p", "today"),
        (timedelta(hours=2), "còn 2 giờ làm việc", "còn 2 g", "today"),
        (timedelta(hours=40), "còn 5 ngày làm việc", "còn 5 ng", ""),
        (timedelta(hours=-50), "quá hạn 2 ngày", "quá hạn 2 ng", "late"),
        (timedelta(minutes=-30), "quá hạn 30 phút", "quá hạn 30 p", "late"),
    ],
)
def test_a_deadline_is_told_in_office_time(left: timedelta, said: str, short: str, tone: str) -> None:
    mark = words.deadline(NOW + left, NOW, EightToFive())
    assert (mark.text, mark.short, mark.tone) == (said, short, tone)
    assert mark.icon
    assert mark.title.startswith("Hạn ")


def test_no_deadline_is_said_too() -> None:
    assert words.deadline(None, NOW).text == "không có hạn"


def test_dates_and_times_are_vietnamese() -> None:
    assert words.moment(datetime(2026, 11, 22, 18, 5, tzinfo=UTC)) == "23/11/2026 01:05"
    assert words.day(datetime(2026, 11, 22, 18, 5, tzinfo=UTC)) == "23/11/2026"
    assert words.day(date(2026, 1, 2)) == "02/01/2026"
    assert words.moment("2026-11-23T09:00:00+07:00") == "23/11/2026 09:00"
    assert (words.day(None), words.moment(None), words.moment("hôm qua")) == ("", "", "")


def test_sizes_use_a_comma() -> None:
    assert [words.size(n) for n in (None, 900, 20_480, 1_258_291)] == ["", "900 B", "20 KB", "1,2 MB"]


def test_urgency_has_an_icon_and_a_word() -> None:
    assert words.urgency(0) is None
    assert [(mark.text, bool(mark.icon)) for n in (1, 2, 3) if (mark := words.urgency(n))] == [
        ("Khẩn", True), ("Thượng khẩn", True), ("Hỏa tốc", True),
    ]  # fmt: skip


def test_initials_are_of_family_and_given_name() -> None:
    assert words.initials("Nguyễn Thị Ánh Tuyết") == "NT"
    assert words.initials("Đỗ") == "Đ"
