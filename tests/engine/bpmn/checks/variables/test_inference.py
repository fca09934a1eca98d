"""What an expression is said to give is what it gives, and what it can't read is told."""

from __future__ import annotations

from typing import Any

import pytest

from engine.bpmn.checks.variables.environment import Environment
from engine.bpmn.checks.variables.inference import infer
from engine.bpmn.checks.variables.shapes import group, listed, literals, maybe, nullable, of, of_value
from engine.bpmn.expressions import compile_expression
from engine.bpmn.expressions.syntax import parse_expression
from engine.bpmn.step import plain

DATA: dict[str, Any] = {
    "n": 3, "price": 2.5, "text": "một", "flag": True, "nothing": None, "at": "2026-11-23T08:00:00+07:00",
    "rows": [{"id": 1, "name": "A"}, {"id": 2, "name": "B"}], "one": {"id": 7, "deep": {"name": "C"}}, "ids": [4, 5],
}  # fmt: skip
TYPED = Environment({name: of_value(value) for name, value in DATA.items()})


@pytest.mark.parametrize(
    "text",
    [
        "n + 1", "n * 2", "double(n) + price", "text + 'x'", "ids + [6]", "n > 2", "flag && n == 3", "!flag",
        "flag ? 'a' : 'b'", "flag ? 'a' : null", "one.id", "one.deep.name", "rows[0].name", "ids[1]", "size(ids)",
        "size(text)", "string(n)", "int('4')", "rows.map(r, r.id)", "rows.filter(r, r.id > 1)", "ids.all(i, i > 0)",
        "rows.map(r, {'who': r.name, 'n': r.id + 1})", "{'a': n, 'b': [text]}", "data.n", "has(data.n)", "has(one.id)",
        "text.startsWith('m')", "n in ids", "nothing == null", "'a' + string(n) + 'b'", "-n", "n % 2", "n - 1",
        "timestamp(at)", "timestamp(at) + duration('2h')", "timestamp(at) - timestamp(at)", "timestamp(at).getHours()",
        "n > 2 ? rows[0] : {'id': 9, 'name': 'Z'}", "flag ? one.deep : {}", "[]", "{}", "n", "nothing", "ids",
    ],
)  # fmt: skip
def test_the_shape_covers_the_value(text: str) -> None:
    found = infer(parse_expression(text), TYPED)
    value = plain(compile_expression(text).evaluate(DATA))
    told, real = found.shape, of_value(value)
    assert found.troubles == {}
    if told.known:
        textual = {"time", "duration"} if real.kinds == {"text"} else set()  # process data keeps times as text
        assert real.kinds & told.kinds or textual & told.kinds
    if told.values is not None:
        assert real.values is not None
        assert real.values <= told.values
    if isinstance(value, dict) and told.sealed:
        assert set(value) <= set(told.fields)


KNOWN = Environment(
    {
        "set": of("text"),
        "may": maybe(of("text")),
        "result": group({"a": of("text"), "hidden": maybe(of("text"), frozenset({"a"}))}),
        "decision": literals(["accept", "refuse"]),
        "gap": nullable(of("text")),
        "rows": listed(group({"name": of("text")})),
    }
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("set", []),
        ("missing", [("never", ("missing",))]),
        ("may", [("maybe", ("may",))]),
        ("has(data.may) ? may : ''", []),
        ("has(data.may) && may == 'x'", []),
        ("may == 'x' && has(data.may)", []),
        ("!has(data.may) || may == 'x'", []),
        ("has(data.may) ? '' : may", [("maybe", ("may",))]),
        ("data.missing", [("never", ("missing",))]),
        ("has(data.missing)", []),
        ("result.b", [("field", ("result", "b"))]),
        ("has(result.b)", [("field", ("result", "b"))]),
        ("result.hidden", [("maybe-field", ("result", "hidden"))]),
        ("has(result.hidden) ? result.hidden : ''", []),
        ("result.a == 'x' ? result.hidden : ''", []),
        ("set.part", [("kind", ("set", "part"))]),
        ("set + 1", [("kind", ())]),
        ("set > 1", [("kind", ())]),
        ("gap + 'x'", []),
        ("rows.map(row, row.name)", []),
        ("rows.map(row, row.title)", [("field", ("row", "title"))]),
        ("rows.exists(row, row.name == missing)", [("never", ("missing",))]),
        ("missing + missing", [("never", ("missing",))]),
    ],
)
def test_troubles(text: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    found = infer(parse_expression(text), KNOWN)
    assert [(trouble.kind, trouble.path) for trouble in found.troubles] == expected


def test_where_anything_may_be_set_nothing_is_missing() -> None:
    found = infer(parse_expression("missing + may"), Environment(KNOWN.variables, open=True))
    assert found.troubles == {}


def test_calls_are_told_with_what_they_are_given() -> None:
    (call,) = infer(parse_expression("office_deadline(now(), decision)"), KNOWN).calls[1:]
    assert call.function == "office_deadline"
    assert call.shapes[1].literals == ("accept", "refuse")
