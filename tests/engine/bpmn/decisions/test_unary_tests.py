"""The cells of decision tables, one by one and against plain Python."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpmn.decisions.unary_tests import UnaryTestError, parse_cell

DATA = {"limit": 10, "document": {"level": "mật"}}


def holds(cell: str, value: Any) -> bool:
    return parse_cell(cell).test(value, (DATA, {}))


@pytest.mark.parametrize(
    ("cell", "yes", "no"),
    [
        ("-", [1, "a", None], []),
        ("", [True], []),
        ('"a","b"', ["a", "b"], ["c", None, 1]),
        ('"hỏa tốc"', ["hỏa tốc"], ["hoả tốc "]),
        (r'"a\"bA\n"', ['a"bA\n'], ['a"bA']),
        ("5", [5, 5.0], [4, "5", True, None]),
        ("-3.5", [-3.5], [3.5]),
        ("1", [1], [True]),
        ("true", [True], [False, 1, "true"]),
        ("false", [False], [True, 0, None]),
        ("null", [None], [0, "", False]),
        ("< 5", [4, 4.9, -1], [5, 6, "4", None, True]),
        ("<= 5", [5], [5.1]),
        ("> 5", [6], [5, None]),
        (">= 5", [5], [4]),
        ("= 5", [5], [4]),
        ("!= 5", [4, None], [5]),
        ("< 5, > 10", [4, 11], [5, 7, 10]),
        ("[1..10]", [1, 5, 10], [0, 11, "5"]),
        ("(1..10]", [2, 10], [1]),
        ("[1..10)", [1, 9], [10]),
        ("]1..5[", [2, 4], [1, 5]),
        ("[1..2],[4..5]", [1, 2, 4, 5], [3]),
        ("[1.5..2]", [1.75], [1.4]),
        ('["a".."c"]', ["b"], ["d", 1]),
        ('not("a","b")', ["c", None, 1], ["a", "b"]),
        ("not([1..5], 7)", [6], [3, 7]),
        ("not(null)", [0, "a"], [None]),
        ("limit", [10], [9]),
        ("< limit", [9], [10]),
        ("document.level", ["mật"], ["thường"]),
        ("[1..limit]", [10], [11]),
        ("true, null", [True, None], [False]),
        ('date("2026-11-23")', ["2026-11-23", date(2026, 11, 23), "2026-11-23T23:00:00+07:00"], ["2026-11-24", "x", 1]),
        ('< date("2026-11-23")', ["2026-11-22", "2026-11-22T16:59:00+00:00"], ["2026-11-23", None]),
        (
            '[date("2026-11-01")..date("2026-11-30")]',
            ["2026-11-30", datetime(2026, 11, 30, 16, 59, tzinfo=UTC)],
            [datetime(2026, 11, 30, 17, 0, tzinfo=UTC), "2026-12-01"],
        ),
        (
            '>= date and time("2026-11-23T08:00:00")',
            ["2026-11-23T08:00:00+07:00", datetime(2026, 11, 23, 1, tzinfo=UTC), "2026-11-24"],
            ["2026-11-23T07:59:00", date(2026, 11, 23)],
        ),
    ],
)
def test_cells(cell: str, yes: list[Any], no: list[Any]) -> None:
    assert [value for value in yes if not holds(cell, value)] == []
    assert [value for value in no if holds(cell, value)] == []


@pytest.mark.parametrize(
    "cell",
    [
        "<", "[1..", "[1..2", "1..2", '"a', "not(", "not(1", "a b", "1 2", ",", "1,", "()", "[1,2]", "@", "5x",
        'date("x")', "date(2026)", "1 + 2", "a.", "a(1)", "import", "- -", "x" * 3000, "[1..2}", "not(not(1))", "< not",
        'date("2026-13-01")',
    ],
)  # fmt: skip
def test_unreadable_cells(cell: str) -> None:
    with pytest.raises(UnaryTestError, match=r"[A-Za-zĐđ]"):
        parse_cell(cell).test(1, (DATA, {}))


def test_names() -> None:
    assert parse_cell("[low..bounds.high], other").names == {"low", "bounds", "other"}
    assert parse_cell('"low", date("2026-01-01"), true, null').names == frozenset()


_number = st.integers(-20, 20) | st.sampled_from([-2.5, 0.5, 3.25])
_word = st.text(string.ascii_letters + "đĐệ \"\\", max_size=4)


def _quoted(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)


@given(_number, _number, _number, st.sampled_from("[(]"), st.sampled_from("])["))
def test_intervals_agree_with_python(value: Any, low: Any, high: Any, opens: str, closes: str) -> None:
    expected = (value >= low if opens == "[" else value > low) and (value <= high if closes == "]" else value < high)
    assert holds(f"{opens}{low!r}..{high!r}{closes}", value) is expected


@given(st.lists(_number | _word | st.booleans() | st.none(), min_size=1, max_size=4), st.booleans(), st.data())
def test_lists_agree_with_python(wanted: list[Any], negated: bool, data: st.DataObject) -> None:
    value = data.draw(st.sampled_from(wanted) | _number | _word | st.booleans() | st.none())
    cell = ", ".join(_quoted(each) for each in wanted)
    expected = any(isinstance(value, bool) == isinstance(each, bool) and value == each for each in wanted)
    assert holds(f"not({cell})" if negated else cell, value) is (expected != negated)


@given(st.sampled_from(["<", "<=", ">", ">="]), _number | _word, _number | _word)
def test_comparisons_agree_with_python(sign: str, value: Any, wanted: Any) -> None:
    same_kind = isinstance(value, str) == isinstance(wanted, str)
    expected = same_kind and {"<": lambda: value < wanted, "<=": lambda: value <= wanted,
                              ">": lambda: value > wanted, ">=": lambda: value >= wanted}[sign]()  # fmt: skip
    assert holds(f"{sign} {_quoted(wanted)}", value) is expected


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        cell = parse_cell(text)
    except UnaryTestError:
        return
    assert cell.test is not None
