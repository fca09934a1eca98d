"""The variables known at a place: which are set, and what each can be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from engine.bpmn.checks.variables.shapes import ANY, Shape, maybe, present, union


@dataclass(frozen=True, slots=True, eq=False)
class Environment:
    """Variables by name; an optional shape is one that may not be set. `open`: there may be others nobody declared."""

    variables: Mapping[str, Shape]
    open: bool = False

    def get(self, name: str) -> Shape | None:
        """The variable; None when no path sets it. In an open environment every name may be there."""
        found = self.variables.get(name)
        if self.open and (found is None or found.optional):
            return ANY if found is None else present(found)
        return found

    def set(self, values: Mapping[str, Shape]) -> Environment:
        """The same with other values for some names; an optional value may leave what was there."""
        if not values:
            return self
        changed = dict(self.variables)
        for name, shape in values.items():
            before = changed.get(name)
            if shape.optional and before is not None:
                shape = union(before, shape) if before.optional else present(union(before, shape))
            changed[name] = shape
        return Environment(changed, self.open)

    def without(self, names: Iterable[str], outside: Environment) -> Environment:
        """The same with some names as they are outside: those were local."""
        changed = dict(self.variables)
        for name in names:
            if (there := outside.variables.get(name)) is not None:
                changed[name] = there
            else:
                changed.pop(name, None)
        return Environment(changed, self.open or outside.open)

    def opened(self) -> Environment:
        """The same, with names nobody declared."""
        return self if self.open else Environment(self.variables, True)

    def certain(self) -> frozenset[str]:
        """Names that are set in any case."""
        return frozenset(name for name, shape in self.variables.items() if not shape.optional)

    def narrowed(self, narrower: Mapping[str, Shape]) -> Environment:
        """The same where a condition has told more of some variables."""
        return Environment({**self.variables, **narrower}, self.open) if narrower else self


EMPTY = Environment({})
_NONE: frozenset[str] = frozenset()


def same(one: Environment | None, other: Environment) -> bool:
    """Whether two environments say the same."""
    return one is other or (one is not None and one.open == other.open and one.variables == other.variables)


def meet(one: Environment, other: Environment) -> Environment:
    """What is known where either may have been: a name only one has may not be set."""
    if one is other:
        return one
    mine, theirs = one.variables, other.variables
    met: dict[str, Shape] = {}
    for name, shape in mine.items():
        there = theirs.get(name)
        if there is shape or there == shape:
            met[name] = shape
        else:
            met[name] = maybe(shape, _NONE) if there is None else union(shape, there)
    for name, shape in theirs.items():
        if name not in mine:
            met[name] = maybe(shape, _NONE)
    return Environment(met, one.open or other.open)


def join(environments: Iterable[Environment]) -> Environment:
    """What is known where all have come together: a name that one has set is set."""
    joined: Environment | None = None
    for each in environments:
        joined = each if joined is None else _together(joined, each)
    return EMPTY if joined is None else joined


def _together(one: Environment, other: Environment) -> Environment:
    if one is other:
        return one
    met = dict(meet(one, other).variables)
    for name, shape in met.items():
        if shape.optional and not all(_optional(each, name) for each in (one, other)):
            met[name] = present(shape)
    return Environment(met, one.open or other.open)


def _optional(environment: Environment, name: str) -> bool:
    shape = environment.variables.get(name)
    return shape is None or shape.optional


def settle(environments: Collection[Environment], certain: Collection[str]) -> Environment:
    """What is known when a scope is over: everything its ends know, set only where `certain` says so."""
    met: Environment | None = None
    for each in environments:
        met = each if met is None else meet(met, each)
    if met is None:
        return EMPTY
    found = {name: present(shape) if name in certain else maybe(shape) for name, shape in met.variables.items()}
    return Environment(found, met.open)
