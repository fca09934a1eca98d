"""Read a parsed CEL expression: which variables and functions it names, and how far it can grow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

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
    return _only(_only(serialized, 2), 2)


def _fields(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield field number and content of the length-delimited fields; skip numbers, which say nothing to us."""
    position = 0
    while position < len(raw):
        key, position = _varint(raw, position)
        kind = key & 7
        if kind == 2:
            length, position = _varint(raw, position)
            yield key >> 3, raw[position : position + length]
            position += length
        elif kind == 0:
            _, position = _varint(raw, position)
        else:
            position += 8 if kind == 1 else 4


def _varint(raw: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, position
        shift += 7


def _only(raw: bytes, number: int) -> bytes:
    return next((content for key, content in _fields(raw) if key == number), b"")


def _text(raw: bytes, number: int) -> str:
    return _only(raw, number).decode("utf-8")


def _walk(expression: bytes, scope: Mapping[str, _Size], tree: Tree) -> _Size:
    """Collect names and functions below `expression`; return an upper bound of its size.

    Also what only a question is asked about (its size, say) has to be made: the largest part counts.
    """
    size = _bound_of(expression, scope, tree)
    tree.size = max(tree.size, size.total)
    return size


def _bound_of(expression: bytes, scope: Mapping[str, _Size], tree: Tree) -> _Size:
    for kind, body in _fields(expression):
        if kind == 4:
            return _identifier(_text(body, 1), scope, tree)
        if kind == 5:
            return _walk(_only(body, 1), scope, tree)
        if kind == 6:
            return _call(body, scope, tree)
        if kind == 7:
            parts = [_walk(content, scope, tree) for key, content in _fields(body) if key == 1]
            tree.written += len(parts)
            return _collection(parts)
        if kind == 8:
            entries = [content for key, content in _fields(body) if key == 2]
            return _collection(
                [_walk(part, scope, tree) for entry in entries for key, part in _fields(entry) if key in (3, 4)]
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
    function = _text(body, 2)
    tree.functions.add(function)
    parts = [_walk(content, scope, tree) for key, content in _fields(body) if key in (1, 3)]
    if function in _SCALAR_CALLS or not parts:
        return _Size()
    element = max(part.element for part in parts)
    if function == "_+_":
        return _Size(min(sum(part.total for part in parts), _MOST), element)
    return _Size(max(part.total for part in parts), element)


def _loop(body: bytes, scope: Mapping[str, _Size], tree: Tree) -> _Size:
    """A macro (all, exists, map, filter…): its body runs once per element and may add to what it gathers."""
    tree.loops += 1
    items = _walk(_only(body, 2), scope, tree)
    start = _walk(_only(body, 4), scope, tree)
    gathered = _text(body, 3)
    element = _Size(items.element, items.element)
    inner = {**scope, _text(body, 1): element, _text(body, 8): element, gathered: _Size(0, 1)}
    around = tree.level, tree.born
    tree.level += 1
    tree.born = {**tree.born, **dict.fromkeys((_text(body, 1), _text(body, 8), gathered), tree.level)}
    _walk(_only(body, 5), inner, tree)
    step = _walk(_only(body, 6), inner, tree)
    tree.level, tree.born = around
    turns = max(1, items.total // max(1, items.element))
    result = _Size(min(start.total + turns * step.total, _MOST), max(1, step.element))
    return _walk(_only(body, 7), {**scope, gathered: result}, tree)
