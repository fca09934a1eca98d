"""What a variable can be: kinds of values, the few values it can have, the parts of a group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Scalar = str | int | float | bool | None
# The references are whole numbers that name something: a person's id can't stand where a unit's is wanted.
REFERENCES = frozenset({"person", "unit", "agency", "document", "register", "dossier"})
NUMBERS = frozenset({"whole", "decimal"}) | REFERENCES
KINDS = NUMBERS | {"text", "flag", "time", "duration", "list", "map", "null"}
MOST_VALUES = 40
_DEEPEST = 4
_NO_FIELDS: Mapping[str, Shape] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value can be. No kinds: anything.

    `values`: the only values it can have, where they are few and known. `fields`: parts of a map; one that isn't
    `sealed` may have others too. A field whose shape is `optional` may be missing. `item`: what a list holds.
    """

    kinds: frozenset[str] = frozenset()
    values: frozenset[tuple[str, Scalar]] | None = None
    fields: Mapping[str, Shape] = field(default_factory=lambda: _NO_FIELDS)
    sealed: bool = False
    item: Shape | None = None
    optional: bool = False
    hinges: frozenset[str] = frozenset()  # optional because of the answers to these

    @property
    def known(self) -> bool:
        """Whether anything is known of it."""
        return bool(self.kinds)

    @property
    def literals(self) -> tuple[Scalar, ...] | None:
        """The values it can have, in a fixed order; None when they aren't known."""
        return None if self.values is None else tuple(value for _, value in sorted(self.values, key=_order))

    def only(self, kinds: Iterable[str]) -> bool:
        """Whether it is known to be of these kinds alone."""
        return self.known and self.kinds <= frozenset(kinds)

    def never(self, kinds: Iterable[str]) -> bool:
        """Whether it is known to be of none of these kinds."""
        return self.known and not self.kinds & frozenset(kinds)


def _order(pair: tuple[str, Scalar]) -> tuple[str, str]:
    return pair[0], str(pair[1])


ANY = Shape()
NOTHING = Shape(frozenset({"nothing"}))  # what an empty list holds


def of(*kinds: str) -> Shape:
    """A shape of these kinds."""
    return Shape(frozenset(kinds))


def literal(value: Scalar) -> Shape:
    """The shape of one known value."""
    return literals((value,))


def literals(values: Iterable[Scalar], *kinds: str) -> Shape:
    """The shape of a value that is one of these; `kinds` when they are more special than the values show."""
    pairs = frozenset((kind_of(value), value) for value in values)
    found = frozenset(kinds) or frozenset(kind for kind, _ in pairs)
    return Shape(found, pairs if len(pairs) <= MOST_VALUES else None)


def group(fields: Mapping[str, Shape], sealed: bool = True) -> Shape:
    """A map with these parts."""
    return Shape(frozenset({"map"}), fields=MappingProxyType(dict(fields)), sealed=sealed)


def listed(item: Shape = ANY) -> Shape:
    """A list of such values."""
    return Shape(frozenset({"list"}), item=item)


def maybe(shape: Shape, hinges: frozenset[str] | None = None) -> Shape:
    """The same, but possibly missing, because of the answers to the questions `hinges` names."""
    if shape.optional and hinges is None:
        return shape
    return Shape(shape.kinds, shape.values, shape.fields, shape.sealed, shape.item, True, hinges or frozenset())


def present(shape: Shape) -> Shape:
    """The same, and not missing."""
    return Shape(shape.kinds, shape.values, shape.fields, shape.sealed, shape.item) if shape.optional else shape


def nullable(shape: Shape) -> Shape:
    """The same or null."""
    return union(shape, literal(None))


def of_value(value: Any, depth: int = 0) -> Shape:
    """The shape of a value of process data."""
    if isinstance(value, bool | int | float | str) or value is None:
        return literal(value)
    if isinstance(value, Mapping) and depth < _DEEPEST:
        return group({str(name): of_value(inner, depth + 1) for name, inner in value.items()})
    if isinstance(value, list | tuple):
        return listed(union(*(of_value(each, depth + 1) for each in value)) if value and depth < _DEEPEST else ANY)
    return ANY


def as_kinds(shape: Shape) -> Shape:
    """The same without the very values: what an example shows of its kind."""
    fields = MappingProxyType({name: as_kinds(each) for name, each in shape.fields.items()})
    item = None if shape.item is None else as_kinds(shape.item)
    return Shape(shape.kinds, None, fields, False, item, shape.optional)


def union(*shapes: Shape) -> Shape:
    """What is one of these."""
    found = shapes[0] if shapes else ANY
    for other in shapes[1:]:
        if other is not found and other != found:
            found = _either(found, other, 0)
    return found


def _either(one: Shape, other: Shape, depth: int) -> Shape:
    if one is NOTHING or other is NOTHING:
        return other if one is NOTHING else one
    optional = one.optional or other.optional
    hinges = _hinges(one, other)
    if not one.known or not other.known:
        return Shape(optional=optional, hinges=hinges)
    values = one.values | other.values if one.values is not None and other.values is not None else None
    if values is not None and len(values) > MOST_VALUES:
        values = None
    fields, sealed = _fields(one, other, depth)
    items = [each.item for each in (one, other) if "list" in each.kinds]
    item = None if not items or None in items else _all(items, depth)
    return Shape(one.kinds | other.kinds, values, fields, sealed, item, optional, hinges)


def _hinges(one: Shape, other: Shape) -> frozenset[str]:
    """Where either may be missing, only what explains both explains the whole."""
    if one.optional and other.optional:
        return one.hinges & other.hinges
    return one.hinges if one.optional else other.hinges


def _all(shapes: Iterable[Shape | None], depth: int) -> Shape:
    known = [shape for shape in shapes if shape is not None]
    if depth >= _DEEPEST:
        return ANY
    return known[0] if len(known) == 1 or known[0] == known[1] else _either(known[0], known[1], depth + 1)


def _fields(one: Shape, other: Shape, depth: int) -> tuple[Mapping[str, Shape], bool]:
    """Parts of either map; what only one has may be missing in the other."""
    if "map" not in one.kinds or "map" not in other.kinds:
        chosen = one if "map" in one.kinds else other
        return chosen.fields, chosen.sealed
    if depth >= _DEEPEST:
        return _NO_FIELDS, False
    # of two kinds of maps, asking for what only one has tells which it is
    mine, theirs = frozenset(one.fields) - set(other.fields), frozenset(other.fields) - set(one.fields)
    found: dict[str, Shape] = {}
    for name in {**one.fields, **other.fields}:
        here, there = one.fields.get(name), other.fields.get(name)
        if here is not None and there is not None:
            found[name] = here if here == there else _either(here, there, depth + 1)
        elif here is not None and other.sealed:
            found[name] = maybe(here, theirs)
        elif there is not None and one.sealed:
            found[name] = maybe(there, mine)
    return MappingProxyType(found), one.sealed and other.sealed


def kind_of(value: Scalar) -> str:
    """The kind a plain value is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int):
        return "whole"
    return "decimal" if isinstance(value, float) else "text"


_NAMES = {
    "text": "chữ",
    "whole": "số nguyên",
    "decimal": "số",
    "flag": "đúng/sai",
    "time": "thời điểm",
    "duration": "khoảng thời gian",
    "list": "danh sách",
    "map": "nhóm giá trị",
    "null": "giá trị rỗng",
    "person": "người",
    "unit": "đơn vị",
    "agency": "cơ quan",
    "document": "văn bản",
    "register": "sổ",
    "dossier": "hồ sơ",
}


def named(kinds: Iterable[str]) -> str:
    """Kinds as people call them."""
    return " hoặc ".join(sorted(_NAMES[kind] for kind in kinds)) or "giá trị bất kỳ"
