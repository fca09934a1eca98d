"""Dates, times and numbers as people here write them."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import VIETNAM
from engine.forms import notation


@pytest.mark.parametrize("text", ["23/11/2026", "23-11-2026", "23.11.2026", " 2026-11-23 "])
def test_one_day_in_every_usual_way(text: str) -> None:
    assert notation.read_date(text) == date(2026, 11, 23)


@pytest.mark.parametrize(
    "text", ["31/02/2026", "11/23/2026", "23/11/26", "0000-00-00", "23/11/9999", "hôm nay", "", "२३/11/2026x"]
)
def test_what_is_no_day(text: str) -> None:
    assert notation.read_date(text) is None


def test_moments_are_in_the_zone_of_vietnam() -> None:
    wanted = datetime(2026, 11, 23, 8, 15, tzinfo=VIETNAM)
    for text in (
        "23/11/2026 08:15",
        "23/11/2026 8h15",
        "2026-11-23T08:15",
        "2026-11-23T01:15:00Z",
        "2026-11-23T08:15:00+07:00",
    ):
        assert notation.read_moment(text) == wanted
    assert notation.read_moment("23/11/2026") is None
    assert notation.read_moment("23/11/2026 25:00") is None
    assert notation.show_moment("2026-11-23T01:15:00Z") == "23/11/2026 08:15"
    assert notation.show_moment("sai") == "sai"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("1.234", 1234),
        ("1.234,5", 1234.5),
        ("1234.5", 1234.5),
        ("1,5", 1.5),
        ("-3", -3),
        ("1 000", 1000),
        ("0,25", 0.25),
    ],
)
def test_numbers_the_vietnamese_way(text: str, number: float) -> None:
    assert notation.read_number(text) == number


@pytest.mark.parametrize("text", ["", "1.23.4", "1,2,3", "1e9", "NaN", "inf", "0x1", "٣", "--1", "9" * 40])
def test_what_is_no_number(text: str) -> None:
    assert notation.read_number(text) is None


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_shown_day_reads_back(day: date) -> None:
    assert notation.read_date(notation.show_date(day.isoformat())) == day


@given(st.integers(-(10**12), 10**12) | st.decimals(-1000, 1000, places=4).map(float))
def test_a_shown_number_reads_back(number: float) -> None:
    # a whole number of four digits or more is shown without thousands marks, a fraction with a comma
    assert notation.read_number(notation.show_number(number)) == number
