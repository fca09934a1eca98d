"""What an expression gives, what it reads that may not be there, and what it calls, without working it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal as Choice

from engine.bpmn.checks.variables.environment import Environment
from engine.bpmn.checks.variables.narrowing import Path, narrow, path_of
from engine.bpmn.checks.variables.shapes import (
    ANY,
    NOTHING,
    NUMBERS,
    Shape,
    group,
    listed,
    literal,
    named,
    of,
    present,
    union,
)
from engine.bpmn.expressions.syntax import Call, Entries, Items, Literal, Loop, Name, Node, Select
from engine.bpmn.expressions.tree import TYPE_NAMES

ALL_DATA = "data"
_FLAGS = frozenset({"_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "_&&_", "_||_", "!_", "@in", "@not_strictly_false"}
                   | {"contains", "matches", "startsWith", "endsWith", "bool"})  # fmt: skip
_RESULTS: Mapping[str, Shape] = {
    "size": of("whole"),
    "int": of("whole"),
    "uint": of("whole"),
    "double": of("decimal"),
    "string": of("text"),
    "timestamp": of("time"),
    "duration": of("duration"),
    "now": of("time"),
    "office_deadline": of("time"),
    "end_of_next_day": of("time"),
    "end_of_morning_next_day": of("time"),
    **{name: of("whole") for name in ("getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfYear")},
    **{name: of("whole") for name in ("getDayOfWeek", "getHours", "getMinutes", "getSeconds", "getMilliseconds")},
}
_ORDERED = frozenset({"_<_", "_<=_", "_>_", "_>=_"})
_TEXTUAL = frozenset({"text", "time"})  # process data keeps times as text

TroubleKind = Choice["never", "maybe", "field", "maybe-field", "kind"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong in an expression; `told` says what kinds don't go together."""

    kind: TroubleKind
    path: Path = ()
    told: str = ""


@dataclass(frozen=True, slots=True)
class Called:
    """A function of the platform and what it is given."""

    function: str
    arguments: tuple[Node, ...]
    shapes: tuple[Shape, ...]


@dataclass(slots=True)
class Inferred:
    """What was learnt of one expression."""

    shape: Shape = ANY
    troubles: dict[Trouble, None] = field(default_factory=dict)
    calls: list[Called] = field(default_factory=list)


def infer(node: Node, environment: Environment) -> Inferred:
    """Everything about an expression where these variables are known."""
    reader = _Reader(environment)
    reader.found.shape = reader.shape(node)
    return reader.found


class _Reader:
    """Goes through one expression; `locals` are the variables of its loops."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.locals: dict[str, Shape] = {}
        self.found = Inferred()

    def shape(self, node: Node) -> Shape:
        """The shape of what a part gives."""
        if isinstance(node, Literal):
            return literal(node.value)
        if isinstance(node, Name):
            return self._name(node.name)
        if isinstance(node, Select):
            return self._select(node)
        if isinstance(node, Call):
            return self._call(node)
        if isinstance(node, Items):
            return listed(union(*(self.shape(each) for each in node.elements)) if node.elements else NOTHING)
        if isinstance(node, Entries):
            return self._entries(node)
        return self._loop(node)

    def _trouble(self, kind: TroubleKind, path: Path | None, told: str = "") -> None:
        self.found.troubles[Trouble(kind, path or (), told)] = None

    def _name(self, name: str) -> Shape:
        if name in self.locals:
            return self.locals[name]
        if name == ALL_DATA:
            return Shape(frozenset({"map"}), fields=self.environment.variables, sealed=not self.environment.open)
        if name in TYPE_NAMES:
            return ANY
        found = self.environment.get(name)
        if found is None:
            self._trouble("never", (name,))
            return ANY
        if found.optional:
            self._trouble("maybe", (name,))
        return present(found)

    def _select(self, node: Select) -> Shape:
        path = path_of(node)
        if node.test:
            self._asked(node)
            return of("flag")
        if isinstance(node.operand, Name) and node.operand.name == ALL_DATA and ALL_DATA not in self.locals:
            return self._name(node.field)
        operand = self.shape(node.operand)
        if operand.never({"map"}):
            self._trouble("kind", path, f"không có mục “{node.field}” bên trong {named(operand.kinds)}")
            return ANY
        found = operand.fields.get(node.field)
        if found is None:
            if operand.sealed and operand.kinds <= {"map", "null"}:
                self._trouble("field", path)
            return ANY
        if found.optional:
            self._trouble("maybe-field", path)
        return present(found)

    def _asked(self, node: Select) -> None:
        """has(a.b): what a is must be there, b may be missing, but not when nothing could ever give it."""
        if isinstance(node.operand, Name) and node.operand.name == ALL_DATA:
            return
        operand = self.shape(node.operand)
        if operand.sealed and operand.kinds <= {"map", "null"} and node.field not in operand.fields:
            self._trouble("field", path_of(node))

    def _call(self, node: Call) -> Shape:
        name, given = node.function, node.arguments
        if name == "_?_:_" and len(given) == 3:
            self.shape(given[0])
            return union(self._where(given[1], given[0], True), self._where(given[2], given[0], False))
        if name in ("_&&_", "_||_") and len(given) == 2:
            # CEL settles either side first, so each may rely on the other
            self._where(given[1], given[0], name == "_&&_")
            self._where(given[0], given[1], name == "_&&_")
            return of("flag")
        shapes = tuple(self.shape(each) for each in given)
        if name in ("_[_]", "_?[_]") and len(given) == 2:
            return self._index(shapes[0], given[1])
        if name in ("_+_", "_-_"):
            return self._sum(node, shapes)
        if name in _ORDERED:
            self._compared(shapes)
        if name in _FLAGS:
            return of("flag")
        if not name.startswith(("_", "@", "-", "!")) and name not in ("size", "string", "int", "double"):
            self.found.calls.append(Called(name, given, shapes))
        if name in ("_*_", "_/_", "_%_", "-_"):
            return of("whole") if all(each.only(NUMBERS - {"decimal"}) for each in shapes) else of("whole", "decimal")
        return _RESULTS.get(name, ANY)

    def _where(self, node: Node, condition: Node, truth: bool) -> Shape:
        """The shape of a part that counts only where a condition is true (or false)."""
        narrowed = narrow(self.environment, condition, truth)
        before = self.environment
        self.environment = before if narrowed is None else narrowed
        try:
            return self.shape(node)
        finally:
            self.environment = before

    def _index(self, operand: Shape, key: Node) -> Shape:
        if operand.only({"list"}):
            return operand.item or ANY
        if operand.only({"map"}) and isinstance(key, Literal) and isinstance(key.value, str):
            return present(operand.fields.get(key.value, ANY))
        return ANY

    def _sum(self, node: Call, shapes: tuple[Shape, ...]) -> Shape:
        if len(shapes) != 2:
            return ANY
        one, other = shapes
        if not one.known or not other.known:
            return ANY
        sums = {_sum(mine, theirs) for mine in one.kinds for theirs in other.kinds} - {""}
        if not sums:
            sign = "+" if node.function == "_+_" else "-"
            told = f"phép {sign} không dùng được cho {named(one.kinds)} và {named(other.kinds)}"
            self._trouble("kind", None, told)
            return ANY
        item = union(one.item or ANY, other.item or ANY) if "list" in sums else None
        return Shape(frozenset(sums), item=item)

    def _compared(self, shapes: tuple[Shape, ...]) -> None:
        one, other = (shapes[0], shapes[1]) if len(shapes) == 2 else (ANY, ANY)
        if one.known and other.known and not _classes(one) & _classes(other):
            told = f"không so sánh được {named(one.kinds)} với {named(other.kinds)}"
            self._trouble("kind", None, told)

    def _entries(self, node: Entries) -> Shape:
        fields: dict[str, Shape] = {}
        sealed = True
        for key, value in node.pairs:
            self.shape(key)
            shape = self.shape(value)
            if isinstance(key, Literal) and isinstance(key.value, str):
                fields[key.value] = shape
            else:
                sealed = False
        return group(fields, sealed)

    def _loop(self, node: Loop) -> Shape:
        items = self.shape(node.items)
        start = self.shape(node.start)
        item = (items.item if items.only({"list"}) else None) or ANY
        before = dict(self.locals)
        self.locals[node.item] = ANY if item is NOTHING else item
        self.locals[node.gathered] = start
        self.shape(node.condition)
        gathered = union(start, self.shape(node.step))
        self.locals = {**before, node.gathered: gathered}
        result = self.shape(node.result)
        self.locals = before
        return result


def _sum(one: str, other: str) -> str:
    """The kind of a sum (or difference) of two kinds; empty when there is none."""
    if one in NUMBERS and other in NUMBERS:
        return "decimal" if "decimal" in (one, other) else "whole"
    if one in _TEXTUAL and other in _TEXTUAL:
        return "text"
    pair = {one, other}
    if "duration" in pair and pair & (_TEXTUAL | {"duration"}):
        return "duration" if pair == {"duration"} else "time"
    return "list" if pair == {"list"} else ""


def _classes(shape: Shape) -> set[str]:
    """Kinds that compare with each other, under one name."""
    return {"number" if kind in NUMBERS else "text" if kind in _TEXTUAL else kind for kind in shape.kinds}
