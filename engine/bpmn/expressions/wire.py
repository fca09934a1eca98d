"""The protobuf form in which the CEL library hands over a parsed expression, read field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

VARINT, FIXED64, CONTENT = 0, 1, 2


class Field(NamedTuple):
    """One field of a message: its number, how it is written, and what it holds."""

    number: int
    kind: int
    plain: int  # of a varint
    content: bytes  # of everything else


def fields(raw: bytes) -> Iterator[Field]:
    """Every field of a message in order."""
    position = 0
    while position < len(raw):
        key, position = _varint(raw, position)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            plain, position = _varint(raw, position)
            yield Field(number, kind, plain, b"")
            continue
        length = 8 if kind == FIXED64 else 4
        if kind == CONTENT:
            length, position = _varint(raw, position)
        yield Field(number, kind, 0, raw[position : position + length])
        position += length


def contents(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of the fields that are messages or texts; plain numbers are left out."""
    return ((each.number, each.content) for each in fields(raw) if each.kind == CONTENT)


def content(raw: bytes, number: int) -> bytes:
    """What the first field of this number holds; nothing when there is none."""
    return next((held for each, held in contents(raw) if each == number), b"")


def text(raw: bytes, number: int) -> str:
    """The same as text."""
    return content(raw, number).decode("utf-8")


def _varint(raw: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, position
        shift += 7
