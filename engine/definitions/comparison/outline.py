"""A diagram, form or table as items with facets: what two versions are compared and three merged by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LAYOUT = "layout"  # the one facet that says where an item stands and nothing about what it does
PARENT = "parent"


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing that is said of an item: `value` is compared, `text` is read by people, `source` is what is copied.

    `needs` are ids of items without which the whole item can't stand, `leans` of those without which this says nothing.
    """

    value: Any
    text: str = field(default="", compare=False)
    source: Any = field(default=None, compare=False, repr=False)
    needs: frozenset[str] = field(default=frozenset(), compare=False)
    leans: frozenset[str] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing with an id: an element of a diagram, a component of a form, a rule or a column of a table."""

    id: str
    kind: str  # the BPMN name, the form component's type, “rule”, “input”, “output”, “decision”
    name: str
    facets: Mapping[str, Facet]
    children: tuple[str, ...] = ()  # items directly inside, in their order; empty where order says nothing
    node: Any = field(default=None, compare=False, repr=False)


Outline = Mapping[str, Item]


@dataclass(frozen=True, slots=True)
class Delta:
    """How one item differs between two outlines."""

    id: str
    kind: str  # "added", "removed", "changed", "moved"
    old: Item | None
    new: Item | None
    facets: tuple[str, ...] = ()  # names of the facets that differ


def differences(old: Outline, new: Outline) -> Iterator[Delta]:
    """Every item that isn't the same in both, in the order of the new outline, removed ones last."""
    for item in new.values():
        before = old.get(item.id)
        if before is None:
            yield Delta(item.id, "added", None, item)
            continue
        names = different_facets(before, item)
        if names:
            kind = "moved" if set(names) <= {LAYOUT} else "changed"
            yield Delta(item.id, kind, before, item, names)
    for item in old.values():
        if item.id not in new:
            yield Delta(item.id, "removed", item, None)


def different_facets(old: Item, new: Item) -> tuple[str, ...]:
    """Names of the facets two states of one item don't agree on; `order` when what is inside changed places."""
    names = [name for name in {**old.facets, **new.facets} if old.facets.get(name) != new.facets.get(name)]
    if rearranged(old.children, new.children):
        names.append("order")
    return tuple(names)


def rearranged(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether what stands in both lists stands in another order; what was added or removed doesn't count."""
    both = set(old) & set(new)
    return [each for each in old if each in both] != [each for each in new if each in both]
