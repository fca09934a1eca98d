"""An expression as a tree, for whoever wants to know what it reads and gives without working it out."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from engine.bpmn.expressions.compiled import compile_expression, parse_tree
from engine.bpmn.expressions.wire import Field, contents, fields, text

Constant: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written; bytes are none that process data knows and come as null."""

    value: Constant


@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    name: str


@dataclass(frozen=True, slots=True)
class Select:
    """`operand.field`, or with `test` the question has(operand.field)."""

    operand: Node
    field: str
    test: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """An operator (`_==_`, `_?_:_`, `_[_]`, `@in` …) or function; what a method is called on comes first."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    elements: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A map."""

    pairs: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """What all, exists, map and filter are made of: `gathered` begins as `start` and takes each `step`."""

    item: str
    items: Node
    gathered: str
    start: Node
    condition: Node
    step: Node
    result: Node


Node: TypeAlias = Literal | Name | Select | Call | Items | Entries | Loop


@lru_cache(maxsize=4096)
def parse_expression(written: str) -> Node:
    """Read the text of an expression (without `${ }`); ExpressionError as `compile_expression` raises it."""
    compile_expression(written)
    return _read(parse_tree(written))


def _parts(raw: bytes) -> dict[int, Field]:
    return {each.number: each for each in fields(raw)}


def _read(raw: bytes) -> Node:
    for number, body in contents(raw):
        if number == 3:
            return _literal(body)
        if number == 4:
            return Name(text(body, 1).lstrip("."))
        if number == 5:
            parts = _parts(body)
            asked = 3 in parts and bool(parts[3].plain)
            return Select(_read(parts[1].content), parts[2].content.decode(), asked)
        if number == 6:
            given = [held for place, held in contents(body) if place == 1]
            given += [held for place, held in contents(body) if place == 3]
            return Call(text(body, 2), tuple(_read(each) for each in given))
        if number == 7:
            return Items(tuple(_read(held) for place, held in contents(body) if place == 1))
        if number == 8:
            return Entries(tuple(_entry(held) for place, held in contents(body) if place == 2))
        if number == 9:
            return _loop(body)
    return Literal(None)


def _literal(raw: bytes) -> Literal:
    for number, _kind, value, body in fields(raw):
        if number == 2:
            return Literal(bool(value))
        if number == 3:
            return Literal(value - (1 << 64) if value >> 63 else value)
        if number == 4:
            return Literal(value)
        if number == 5:
            return Literal(float(struct.unpack("<d", body)[0]))
        if number == 6:
            return Literal(body.decode())
    return Literal(None)


def _entry(raw: bytes) -> tuple[Node, Node]:
    parts = _parts(raw)
    key = _read(parts[3].content) if 3 in parts else Literal(parts[2].content.decode() if 2 in parts else "")
    return key, _read(parts[4].content) if 4 in parts else Literal(None)


def _loop(raw: bytes) -> Loop:
    parts = dict(contents(raw))
    return Loop(
        parts.get(1, b"").decode(),
        _read(parts.get(2, b"")),
        parts.get(3, b"").decode(),
        *(_read(parts.get(number, b"")) for number in (4, 5, 6, 7)),
    )
