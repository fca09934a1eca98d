"""What a condition tells of variables: for every value, the branch it leads to still knows it."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from engine.bpmn.checks.variables.environment import Environment
from engine.bpmn.checks.variables.narrowing import narrow, path_of, paths
from engine.bpmn.checks.variables.shapes import group, kind_of, literals, maybe, nullable, of
from engine.bpmn.expressions import compile_expression
from engine.bpmn.expressions.syntax import parse_expression

VALUES: dict[str, tuple[Any, ...]] = {"d": ("a", "b", "c"), "f": (True, False), "n": (None, 1, 2)}
BEFORE = Environment({"d": literals(VALUES["d"]), "f": of("flag"), "n": literals(VALUES["n"])})


@pytest.mark.parametrize(
    "text",
    [
        "d == 'a'", "d != 'a'", "'a' == d", "d in ['a', 'b']", "!(d in ['a', 'b'])", "f", "!f", "f == false",
        "d == 'a' && f", "d == 'a' || f", "!(d == 'a' && f)", "!(d == 'a' || f)", "n == null", "n != null",
        "n != null && n > 1", "d == 'a' || d == 'b' || n == 1", "d == 'z'", "true", "false", "d == 'a' ? f : !f",
        "has(data.d)", "size(d) == 1", "d == data.d", "n == 1.0", "n != 2.0", "n in [1.0, null]",
    ],
)  # fmt: skip
@pytest.mark.parametrize("truth", [True, False])
def test_no_value_that_goes_this_way_is_lost(text: str, truth: bool) -> None:
    narrowed = narrow(BEFORE, parse_expression(text), truth)
    for values in product(*VALUES.values()):
        case = dict(zip(VALUES, values, strict=True))
        if compile_expression(text).evaluate(case) is truth:
            assert narrowed is not None
            for name, value in case.items():
                shape = narrowed.variables[name]
                assert shape.values is None or (kind_of(value), value) in shape.values


@pytest.mark.parametrize(
    ("text", "truth", "name", "expected"),
    [
        ("d == 'a'", True, "d", ("a",)),
        ("d == 'a'", False, "d", ("b", "c")),
        ("d == 'a' || d == 'b'", False, "d", ("c",)),
        ("!(d == 'a') && d != 'b'", True, "d", ("c",)),
        ("n != null", True, "n", (1, 2)),
    ],
)
def test_values_left(text: str, truth: bool, name: str, expected: tuple[Any, ...]) -> None:
    narrowed = narrow(BEFORE, parse_expression(text), truth)
    assert narrowed is not None
    assert narrowed.variables[name].literals == expected


def test_what_no_value_makes_true_leads_nowhere() -> None:
    assert narrow(BEFORE, parse_expression("d == 'z'"), True) is None
    assert narrow(BEFORE, parse_expression("d in ['a', 'b', 'c']"), False) is None


def test_asking_shows_what_hinges_on_the_answer() -> None:
    hidden = maybe(of("text"), frozenset({"d"}))
    before = Environment({"d": literals(["a", "b"]), "r": hidden, "m": group({"d": of("text"), "r": hidden})})
    narrowed = narrow(before, parse_expression("d == 'a'"), True)
    assert narrowed is not None
    assert not narrowed.variables["r"].optional
    inside = narrow(before, parse_expression("m.d == 'a'"), True)
    assert inside is not None
    assert not inside.variables["m"].fields["r"].optional


def test_null_is_shut_out_where_the_values_are_not_known() -> None:
    before = Environment({"x": nullable(of("text"))})
    narrowed = narrow(before, parse_expression("x != null"), True)
    assert narrowed is not None
    assert narrowed.variables["x"].kinds == {"text"}


def test_paths() -> None:
    assert path_of(parse_expression("data.a.b")) == ("a", "b")
    assert path_of(parse_expression("a[0]")) is None
    assert paths(parse_expression("a.b == c && rows.all(r, r.x == d)")) == {("a", "b"), ("c",), ("rows",), ("d",)}
