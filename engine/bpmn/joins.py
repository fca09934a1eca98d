"""How the data of branches becomes one again: by what each changed since they parted, never by who came last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Path = tuple[int, ...]  # the forks a token has passed and that are not yet behind it
Data = dict[str, Any]

_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Branch:
    """Where a token comes from and what it knows."""

    path: Path
    data: Data


@dataclass(frozen=True, slots=True)
class Clash:
    """A value that two branches changed differently; `name` has dots where values are nested."""

    name: str
    values: tuple[Any, ...]


@dataclass(slots=True)
class Branches:
    """What a scope remembers to be able to merge: data at each open fork, and branches already at their end."""

    forks: dict[int, Data] = field(default_factory=dict)
    ended: list[Branch] = field(default_factory=list)

    def merge(self, branches: Sequence[Branch], preferred: Data | None = None) -> tuple[Branch, tuple[Clash, ...]]:
        """One branch from several, and what they disagree upon (there the value from before the fork is kept)."""
        return merge(branches, self.forks, preferred)

    def settle(self, live: Iterable[Path]) -> dict[int, None]:
        """Forget forks that can't be needed any more; returns the forks still open, in order.

        A fork counts as long as two tokens or ended branches have come through it.
        """
        self._combine_ended()
        holders: dict[int, int] = {}
        for path in (*live, *(branch.path for branch in self.ended)):
            for fork in path:
                holders[fork] = holders.get(fork, 0) + 1
        self.forks = {fork: data for fork, data in self.forks.items() if holders.get(fork, 0) > 1}
        kept = dict.fromkeys(self.forks)
        self.ended = [Branch(trim(branch.path, kept), branch.data) for branch in self.ended]
        return kept

    def _combine_ended(self) -> None:
        # Without this a reminder that fires every day would leave a finished branch behind every day.
        groups: dict[Path, list[Branch]] = {}
        for branch in self.ended:
            groups.setdefault(branch.path, []).append(branch)
        combined: list[Branch] = []
        for group in groups.values():
            merged, clashes = self.merge(group)
            combined.extend(group if clashes else [merged])
        self.ended = combined


def trim(path: Path, kept: Mapping[int, None]) -> Path:
    """`path` without the forks that are forgotten."""
    return tuple(fork for fork in path if fork in kept) if path else path


def merge(
    branches: Sequence[Branch], bases: Mapping[int, Data], preferred: Data | None = None
) -> tuple[Branch, tuple[Clash, ...]]:
    """Merge branches, those that parted last first.

    `bases` holds the data at each fork. A value changed by one branch is taken, changed alike by several is taken,
    changed differently is a clash; `preferred` (data of one branch) decides clashes instead where it is given.
    """
    if len(branches) == 1:
        return branches[0], ()
    prefix = _common([branch.path for branch in branches])
    clashes: list[Clash] = []
    sides: list[Data] = []
    nested: dict[int, list[Branch]] = {}
    for branch in branches:
        if len(branch.path) == len(prefix):
            sides.append(branch.data)
        else:
            nested.setdefault(branch.path[len(prefix)], []).append(branch)
    for group in nested.values():
        inner, found = merge(group, bases, preferred)
        sides.append(inner.data)
        clashes.extend(found)
    base = bases.get(prefix[-1], {}) if prefix else {}
    if len(sides) == 1:
        return Branch(prefix, sides[0]), tuple(clashes)
    merged = _merge_maps(base, sides, "", clashes, preferred)
    return Branch(prefix, merged), tuple(clashes)


def _common(paths: Sequence[Path]) -> Path:
    first = paths[0]
    length = min(len(path) for path in paths)
    for index in range(length):
        if any(path[index] != first[index] for path in paths):
            return first[:index]
    return first[:length]


def _merge_maps(
    base: Mapping[str, Any], sides: Sequence[Mapping[str, Any]], at: str, clashes: list[Clash], preferred: Any
) -> dict[str, Any]:
    sides = [side for side in sides if side is not base]
    if not sides:
        return dict(base)
    if len(sides) == 1:
        return dict(sides[0])
    merged: dict[str, Any] = {}
    for key in dict.fromkeys([*base, *(key for side in sides for key in side)]):
        before = base.get(key, _ABSENT)
        changed: list[Any] = []
        for side in sides:
            value = side.get(key, _ABSENT)
            if not same(value, before) and not any(same(value, other) for other in changed):
                changed.append(value)
        wanted = preferred.get(key, _ABSENT) if isinstance(preferred, Mapping) else _ABSENT
        value = before if not changed else changed[0]
        if len(changed) > 1:
            value = _reconcile(f"{at}{key}", before, changed, clashes, wanted)
        if value is not _ABSENT:
            merged[key] = value
    return merged


def _reconcile(name: str, before: Any, changed: list[Any], clashes: list[Clash], wanted: Any) -> Any:
    if all(isinstance(value, dict) for value in changed) and (before is _ABSENT or isinstance(before, dict)):
        return _merge_maps({} if before is _ABSENT else before, changed, f"{name}.", clashes, wanted)
    if wanted is not _ABSENT:
        return wanted
    clashes.append(Clash(name, tuple(None if value is _ABSENT else value for value in changed)))
    return before


def same(one: Any, other: Any) -> bool:
    """Equality as people mean it: true isn't 1."""
    if one is other:
        return True
    if isinstance(one, bool) is not isinstance(other, bool):
        return False
    return bool(one == other)
