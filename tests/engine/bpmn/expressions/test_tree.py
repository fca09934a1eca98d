"""What the binary form of an expression tells."""

from __future__ import annotations

import pytest
from cel_expr_python import cel

from engine.bpmn.expressions.tree import Tree, read_tree


def tree(text: str) -> Tree:
    return read_tree(cel.NewEnv().compile(text, disable_check=True).serialize())


def test_nothing() -> None:
    empty = read_tree(b"")
    assert (empty.names, empty.functions, empty.loops) == (set(), set(), 0)


def test_names_functions_and_loops() -> None:
    found = tree("f(a.b[c]) + {'k': d}['k'] + [e].map(x, x + y)[0] + (has(g.h) ? 1.5 : int(z))")
    assert found.names == {"a", "c", "d", "e", "g", "y", "z"}
    assert {"f", "_+_", "int", "_?_:_", "_[_]"} <= found.functions
    assert found.loops == 1


def test_what_turns_read_again() -> None:
    found = tree("l.filter(x, x.k == own && m.all(y, y == x || own == z)) + [1, 2]")
    assert (found.loops, found.carried, found.written) == (2, 1, 3)
    assert {name: times for name, times in found.inside.items() if times} == {"own": 2, "m": 1, "z": 1}


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("a", 1),
        ("'text' + a + a", 3),
        ("[a, a, a]", 3),
        ("l.map(x, x)", 1),
        ("l.map(x, [x, x])", 2),
        ("[a, a].map(x, [x, x])", 4),
        ("[a, a].map(x, [x, x]).map(x, [x, x])", 8),
        ("l.filter(x, x > 1)", 1),
        ("l.all(x, x > 1) && size(l) > 1", 2),
        ("size([a, a, a]) > 2", 3),
    ],
)
def test_size(text: str, size: int) -> None:
    assert tree(text).size == size
