"""What process data may hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from engine.bpmn.step import iso_duration, plain


def test_plain_copies_and_simplifies() -> None:
    inner: dict[str, Any] = {"b": (1, 2.5, None, True)}
    value = {"a": inner, 1: date(2026, 11, 23), "t": datetime(2026, 11, 23, 8, tzinfo=UTC)}
    copied = plain(value)
    assert copied == {"a": {"b": [1, 2.5, None, True]}, "1": "2026-11-23", "t": "2026-11-23T08:00:00+00:00"}
    assert copied["a"] is not inner


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        object(),
        float("nan"),
        float("inf"),
        b"x",
        "\ud800",
        "a\0b",
        {"\ud800": 1},
        2**63,
        -(2**63) - 1,
        deep(51),
        deep(5000),
    ],
)
def test_what_nobody_can_store_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^[^A-Z]"):
        plain({"x": value})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(hours=2), "PT7200S"),
        (timedelta(days=1), "P1D"),
        (timedelta(days=1, seconds=1.5), "P1DT1.5S"),
        (timedelta(0), "PT0S"),
        (-timedelta(hours=1), "-PT3600S"),
    ],
)
def test_durations_as_text(value: timedelta, text: str) -> None:
    assert iso_duration(value) == text
    assert plain([value]) == [text]
