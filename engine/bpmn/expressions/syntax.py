"""An expression as a tree, for whoever wants to know what it reads and gives without working it out."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from engine.bpmn.expressions.compiled import compile_expression, parse_tree

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
def parse_expression(text: str) -> Node:
    """Read the text of an expression (without `${ }`); ExpressionError as `compile_expression` raises it."""
    compile_expression(text)
    return _read(parse_tree(text))


_Field = tuple[int, int, bytes]


def _fields(raw: bytes) -> Iterator[_Field]:
    """Number, plain number and content of every field of a protobuf message."""
    position = 0
    while position < len(raw):
        key, position = _varint(raw, position)
        kind = key & 7
        if kind == 2:
            length, position = _varint(raw, position)
            yield key >> 3, 0, raw[position : position + length]
            position += length
        elif kind == 0:
            number, position = _varint(raw, position)
            yield key >> 3, number, b""
        else:
            width = 8 if kind == 1 else 4
            yield key >> 3, 0, raw[position : position + width]
            position += width


def _varint(raw: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, position
        shift += 7


def _parts(raw: bytes) -> dict[int, _Field]:
    return {each[0]: each for each in _fields(raw)}


def _read(raw: bytes) -> Node:
    for number, _, body in _fields(raw):
        if number == 3:
            return _literal(body)
        if number == 4:
            return Name(_text(body, 1).lstrip("."))
        if number == 5:
            parts = _parts(body)
            return Select(_read(parts[1][2]), parts[2][2].decode(), bool(parts.get(3, (3, 0, b""))[1]))
        if number == 6:
            given = [content for place, _, content in _fields(body) if place == 1]
            given += [content for place, _, content in _fields(body) if place == 3]
            return Call(_text(body, 2), tuple(_read(each) for each in given))
        if number == 7:
            return Items(tuple(_read(content) for place, _, content in _fields(body) if place == 1))
        if number == 8:
            return Entries(tuple(_entry(content) for place, _, content in _fields(body) if place == 2))
        if number == 9:
            return _loop(body)
    return Literal(None)


def _literal(raw: bytes) -> Literal:
    for number, value, body in _fields(raw):
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
    key = _read(parts[3][2]) if 3 in parts else Literal(parts[2][2].decode() if 2 in parts else "")
    return key, _read(parts[4][2]) if 4 in parts else Literal(None)


def _loop(raw: bytes) -> Loop:
    parts = {number: content for number, _, content in _fields(raw)}
    return Loop(
        parts.get(1, b"").decode(),
        _read(parts.get(2, b"")),
        parts.get(3, b"").decode(),
        *(_read(parts.get(number, b"")) for number in (4, 5, 6, 7)),
    )


def _text(raw: bytes, wanted: int) -> str:
    return next((content.decode() for number, _, content in _fields(raw) if number == wanted), "")
