"""Read a parsed CEL expression: which variables and functions it names, and how far it can grow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.bpmn.expressions.wire import content, contents, text

# Names of types, as in `type(x) == int`; a variable can't be called so.
TYPE_NAMES = frozenset({"bool", "bytes", "double", "int", "null_type", "string", "uint", "google"})
# Also types, but more likely meant as variables: refused, with the way out told.
TAKEN_NAMES = frozenset({"dyn", "list", "map", "type"})
# Calls whose result is a single small value, whatever went in.
_SCALAR_CALLS = frozenset(
    {"_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "_&&_", "_||_", "!_", "@in", "@not_strictly_false"}
    | {"size", "contains", "matches", "startsWith", "endsWith", "int", "double", "bool", "type"}
)
_MOST = 1 << 62  # sizes are capped here, so that a tower of loops doesn't count in big integers


@dataclass(frozen=True, slots=True)
class _Size:
    """How large a value can become, in units of one variable: in all, and its largest element."""

    total: int = 1
    element: int = 1


@dataclass(slots=True)
class Tree:
    """What an expression mentions, and how often what it loops over would have to be read again."""

    names: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    loops: int = 0
    size: int = 1
    written: int = 0  # items of lists as written
    inside: Counter[str] = field(default_factory=Counter)  # how often a turn of some loop reads each variable
    carried: int = 0  # how often it reads the item of a loop around it
    level: int = 0  # loops around what is being walked
    born: dict[str, int] = field(default_factory=dict)  # loop variable → its loop's level


def read_tree(serialized: bytes) -> Tree:
    """Walk the parse tree of an expression, given in CEL's own binary form (protobuf, `cel.expr.ParsedExpr`)."""
    tree = Tree()
    _walk(parsed(serialized), {}, tree)
    return tree


def parsed(serialized: bytes) -> bytes:
    """The expression itself out of what the library hands over: Any{2: ParsedExpr{2: Expr}}."""
    return content(content(serialized, 2), 2)


def _walk(expression: bytes, scope: Mapping[str, _Size], tree: Tree) -> _Size:
    """Collect names and functions below `expression`; return an upper bound of its size.

    Also what only a question is asked about (its size, say) has to be made: the largest part counts.
    """
    size = _bound_of(expression, scope, tree)
    tree.size = max(tree.size, size.total)
    return size


def _bound_of(expression: bytes, scope: Mapping[str, _Size], tree: Tree) -> _Size:
    for kind, body in contents(expression):
        if kind == 4:
            return _identifier(text(body, 1), scope, tree)
        if kind == 5:
            return _walk(content(body, 1), scope, tree)
        if kind == 6:
            return _call(body, scope, tree)
        if kind == 7:
            parts = [_walk(held, scope, tree) for key, held in contents(body) if key == 1]
            tree.written += len(parts)
            return _collection(parts)
        if kind == 8:
            entries = [held for key, held in contents(body) if key == 2]
            return _collection(
                [_walk(part, scope, tree) for entry in entries for key, part in contents(entry) if key in (3, 4)]
            )
        if kind == 9:
            return _loop(body, scope, tree)
    return _Size()


def _identifier(name: str, scope: Mapping[str, _Size], tree: Tree) -> _Size:
    if name in scope:
        tree.carried += tree.born.get(name, 0) < tree.level
        return scope[name]
    if name not in TYPE_NAMES:
        tree.names.add(name.lstrip("."))
        tree.inside[name.lstrip(".")] += tree.level > 0
    return _Size()


def _collection(parts: list[_Size]) -> _Size:
    total = sum(part.total for part in parts)
    return _Size(min(total, _MOST), max((part.total for part in parts), default=1))


def _call(body: bytes, scope: Mapping[str, _Size], tree: Tree) -> _Size:
    function = text(body, 2)
    tree.functions.add(function)
    parts = [_walk(held, scope, tree) for key, held in contents(body) if key in (1, 3)]
    if function in _SCALAR_CALLS or not parts:
        return _Size()
    element = max(part.element for part in parts)
    if function == "_+_":
        return _Size(min(sum(part.total for part in parts), _MOST), element)
    return _Size(max(part.total for part in parts), element)


def _loop(body: bytes, scope: Mapping[str, _Size], tree: Tree) -> _Size:
    """A macro (all, exists, map, filter…): its body runs once per element and may add to what it gathers."""
    tree.loops += 1
    items = _walk(content(body, 2), scope, tree)
    start = _walk(content(body, 4), scope, tree)
    gathered = text(body, 3)
    element = _Size(items.element, items.element)
    inner = {**scope, text(body, 1): element, text(body, 8): element, gathered: _Size(0, 1)}
    around = tree.level, tree.born
    tree.level += 1
    tree.born = {**tree.born, **dict.fromkeys((text(body, 1), text(body, 8), gathered), tree.level)}
    _walk(content(body, 5), inner, tree)
    step = _walk(content(body, 6), inner, tree)
    tree.level, tree.born = around
    turns = max(1, items.total // max(1, items.element))
    result = _Size(min(start.total + turns * step.total, _MOST), max(1, step.element))
    return _walk(content(body, 7), {**scope, gathered: result}, tree)
