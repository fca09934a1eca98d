"""Periods: what they are called, where they begin and end, which one came before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.errors import InvalidInput
from engine.instances.practice.reporting import periods
from engine.instances.practice.reporting.periods import Period, chosen

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("key", "quarter", "first", "last", "before"),
    [
        ("2026-Q4", "IV", date(2026, 10, 1), date(2026, 12, 31), "2026-Q3"),
        ("2026-Q1", "I", date(2026, 1, 1), date(2026, 3, 31), "2025-Q4"),
        ("2028-02", "", date(2028, 2, 1), date(2028, 2, 29), "2028-01"),
        ("2026-01", "", date(2026, 1, 1), date(2026, 1, 31), "2025-12"),
    ],
)
def test_quarters_and_months(key: str, quarter: str, first: date, last: date, before: str) -> None:
    found = chosen(key, "", "", TODAY)
    assert (found.quarter, found.first, found.last, found.before.key) == (quarter, first, last, before)
    assert found.before.ends == found.begins


def test_a_range_is_compared_with_as_many_days_before_it() -> None:
    found = chosen("range", "2026-11-10", "2026-11-19", TODAY)
    assert found.before == Period(date(2026, 10, 31), date(2026, 11, 9))
    assert found.ends - found.begins == timedelta(days=10)
    assert chosen("", "2026-11-10", "", TODAY).last == TODAY


def test_without_a_word_it_is_the_present_quarter() -> None:
    assert chosen("", "", "", TODAY).key == "2026-Q4"
    listed = [each.key for each in periods.choices(TODAY, quarters=2, months=3)]
    assert listed == ["2026-Q4", "2026-Q3", "2026-11", "2026-10", "2026-09"]


@pytest.mark.parametrize(
    ("key", "since", "until"),
    [
        ("2026-Q5", "", ""), ("2026-13", "", ""), ("0001-Q1", "", ""), ("x", "", ""), ("2026-Q1\n", "", ""),
        ("range", "2026-11-10", "2026-11-09"), ("range", "2010-01-01", "2026-11-09"), ("range", "hôm nay", ""),
        ("range", "0001-01-01", "0001-01-02"),
    ],
)  # fmt: skip
def test_what_is_no_period_is_refused_in_words(key: str, since: str, until: str) -> None:
    with pytest.raises(InvalidInput, match=r"hãy chọn lại|năm năm|không hợp lệ"):
        chosen(key, since, until, TODAY)
