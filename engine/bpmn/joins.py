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


@dataclass(frozen=True, slots=True)
class Delta:
    """What a branch that has ended changed: the values before and after, for the changed names only."""

    before: Data
    after: Data
    count: int = 0  # when it ended


@dataclass(slots=True)
class Branches:
    """What a scope remembers to be able to merge: data at each open fork, and what ended branches have changed."""

    forks: dict[int, Data] = field(default_factory=dict)
    ended: list[Delta] = field(default_factory=list)
    main: Data | None = None  # where the procedure itself has arrived, while event sub-processes still run

    def merge(self, branches: Sequence[Branch], preferred: Data | None = None) -> tuple[Branch, tuple[Clash, ...]]:
        """One branch from several, and what they disagree upon (there the value from before the fork is kept)."""
        return merge(branches, self.forks, preferred)

    def total(self, branches: Sequence[Branch], preferred: Data | None = None) -> tuple[Data, tuple[Clash, ...]]:
        """What these branches and all that have ended know together."""
        merged, clashes = self.merge(branches, preferred)
        data, found = merged.data, list(clashes)
        for delta in self.ended:
            data, more = apply(data, delta, preferred)
            found.extend(more)
        return data, tuple(found)

    def end(self, branch: Branch, live: Iterable[Path], count: int) -> None:
        """A branch ends while others go on: remember what it changed since it parted from the nearest of them.

        `count` and the numbers of forks come from one counter, so they tell what was before what.
        """
        ways, held = iter(live), set[int]()

        def still(fork: int) -> bool:
            """Whether another branch came by this fork too; mostly the first one did, and no more are looked at."""
            while fork not in held:
                path = next(ways, None)
                if path is None:
                    return False
                held.update(path)
            return True

        parted = next((fork for fork in reversed(branch.path) if still(fork)), 0)
        self.remember(delta(self.forks.get(parted, {}), branch.data), parted, count)

    def remember(self, change: Delta, begun: int, count: int) -> None:
        """Keep a change until the scope ends, with an earlier one where that is possible, so that it stays short."""
        if not change.after:
            return
        change = Delta(change.before, change.after, count)
        for place, known in enumerate(self.ended):
            together = _one_after_the_other(known, change) if known.count < begun else _side_by_side(known, change)
            if together is not None:
                self.ended[place] = together
                return
        self.ended.append(change)

    def settle(self, live: Iterable[Path], pinned: Iterable[Path] = ()) -> dict[int, None]:
        """Forget forks at which no two tokens part any more, but for the pinned; returns those kept."""
        kept = {fork for path in pinned for fork in path}
        parting: dict[int, set[Any]] = {}
        for number, path in enumerate(live):
            for place, fork in enumerate(path):
                ways = parting.setdefault(fork, set())
                ways.add(path[place + 1] if place + 1 < len(path) else (number,))
        self.forks = {fork: data for fork, data in self.forks.items() if fork in kept or len(parting.get(fork, ())) > 1}
        return dict.fromkeys(self.forks)


def delta(base: Mapping[str, Any], data: Data) -> Delta:
    """What is different in `data`."""
    if data is base:
        return Delta({}, {})
    names = [name for name, value in data.items() if not (name in base and same(base[name], value))]
    return Delta({name: base[name] for name in names if name in base}, {name: data[name] for name in names})


def _one_after_the_other(known: Delta, change: Delta) -> Delta:
    """The later branch began when the earlier one had ended: what it says stands."""
    return Delta({**known.before, **change.before}, {**known.after, **change.after}, change.count)


def _side_by_side(known: Delta, change: Delta) -> Delta | None:
    """Two branches of the same time as one, if they agree."""
    names = known.after.keys() & change.after.keys()
    if not all(same(known.before.get(name, _ABSENT), change.before.get(name, _ABSENT)) for name in names):
        return None
    clashes: list[Clash] = []
    before = {**change.before, **known.before}
    after = _merge_maps(before, [{**before, **known.after}, {**before, **change.after}], "", clashes, None)
    return None if clashes else Delta(before, after, change.count)


def apply(data: Data, change: Delta, preferred: Data | None = None) -> tuple[Data, tuple[Clash, ...]]:
    """`data` with a change made elsewhere; a name changed here too, and differently, is a clash."""
    clashes: list[Clash] = []
    here = {name: data[name] for name in change.after if name in data}
    merged = _merge_maps(change.before, [here, change.after], "", clashes, preferred)
    rest = {name: value for name, value in data.items() if name not in change.after}
    return {**rest, **merged}, tuple(clashes)


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
