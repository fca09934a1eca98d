"""Expressions as trees: the parts are those that were written."""

from __future__ import annotations

import contextlib

import pytest

from engine.bpmn.expressions import ExpressionError
from engine.bpmn.expressions.syntax import Call, Entries, Items, Literal, Loop, Name, Node, Select, parse_expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", Name("a")),
        ("a.b.c", Select(Select(Name("a"), "b"), "c")),
        ("has(a.b)", Select(Name("a"), "b", True)),
        ("'Đặng'", Literal("Đặng")),
        ("-3", Literal(-3)),
        ("0", Literal(0)),
        ("2.5", Literal(2.5)),
        ("false", Literal(False)),
        ("null", Literal(None)),
        ("3u", Literal(3)),
        ("a == 1", Call("_==_", (Name("a"), Literal(1)))),
        ("a ? b : c", Call("_?_:_", (Name("a"), Name("b"), Name("c")))),
        ("a in ['x', b]", Call("@in", (Name("a"), Items((Literal("x"), Name("b")))))),
        ("a.startsWith('x')", Call("startsWith", (Name("a"), Literal("x")))),
        ("office_deadline(a, 'PT2H')", Call("office_deadline", (Name("a"), Literal("PT2H")))),
        ("{'a': 1}", Entries(((Literal("a"), Literal(1)),))),
        ("a[0]", Call("_[_]", (Name("a"), Literal(0)))),
    ],
)
def test_parts(text: str, expected: Node) -> None:
    assert parse_expression(text) == expected


def test_loops_name_their_item() -> None:
    loop = parse_expression("rows.map(row, row.name)")
    assert isinstance(loop, Loop)
    assert (loop.item, loop.items) == ("row", Name("rows"))
    assert Select(Name("row"), "name") in loop.step.arguments[1].elements  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["", "a +", "bytes('x')", "list", "(" * 500 + "1" + ")" * 500])
def test_what_does_not_compile_is_no_tree(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_expression(text)


@pytest.mark.parametrize("text", ["1" + " + 1" * 400, "!" * 300 + "a", "[" * 60 + "]" * 60, "a" + ".b" * 300])
def test_deep_expressions_are_trees_or_refused(text: str) -> None:
    with contextlib.suppress(ExpressionError):
        assert parse_expression(text)
