"""Three outlines settled into one: what each side changed against the base, and where both changed the same thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from engine.definitions.comparison.outline import LAYOUT, Facet, Item, Outline, rearranged

Side = Literal["mine", "theirs"]
Choose = Callable[[str, str], Side | None]  # item, facet → the side somebody chose
EXISTENCE = "existence"
ORDER = "order"


@dataclass(frozen=True, slots=True)
class Clash:
    """Both sides changed the same thing in different ways; `chosen` is None until somebody decides (then: mine)."""

    id: str
    facet: str  # a facet's name, EXISTENCE or ORDER
    base: Item | None
    theirs: Item | None
    mine: Item | None
    chosen: Side | None


@dataclass(slots=True)
class Settled:
    """What the merged content is made of."""

    items: dict[str, dict[str, Facet]]  # item → its facets, in the order of mine, then what theirs adds
    clashes: list[Clash] = field(default_factory=list)
    relaid: list[str] = field(default_factory=list)  # drawn elsewhere by both: stays where mine drew it
    cascades: list[tuple[str, str]] = field(default_factory=list)  # (dropped, because this one is gone)
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)  # item → what is inside, in order


def settle(base: Outline, theirs: Outline, mine: Outline, choose: Choose) -> Settled:
    """Merge three outlines; where both sides changed one thing, `choose` decides, else mine stays."""
    work = _Settling(base, theirs, mine, choose)
    for identifier in {**mine, **theirs}:
        work.item(identifier)
    work.close()
    work.arrange()
    return work.settled


class _Settling:
    def __init__(self, base: Outline, theirs: Outline, mine: Outline, choose: Choose) -> None:
        self.base, self.theirs, self.mine, self.choose = base, theirs, mine, choose
        self.settled = Settled({})
        self.decided: set[str] = set()  # items about whose staying somebody was asked, or that fell with another

    def item(self, identifier: str) -> None:
        """Decide whether an item stays and what is said of it."""
        base, theirs, mine = (side.get(identifier) for side in (self.base, self.theirs, self.mine))
        if theirs is not None and mine is not None:
            self.settled.items[identifier] = dict(self._facets(identifier, base, theirs, mine))
            return
        left = mine or theirs
        assert left is not None
        if base is None:
            self.settled.items[identifier] = dict(left.facets)
        elif not _same(base, left):
            self._contest(identifier)

    def _facets(self, identifier: str, base: Item | None, theirs: Item, mine: Item) -> Iterator[tuple[str, Facet]]:
        known = base.facets if base is not None else {}
        for name in {**mine.facets, **theirs.facets}:
            before, other, own = known.get(name), theirs.facets.get(name), mine.facets.get(name)
            kept = own
            if own not in (other, before) and other != before:
                if name == LAYOUT:
                    self.settled.relaid.append(identifier)
                elif self._clash(identifier, name) == "theirs":
                    kept = other
            elif own == before:
                kept = other
            if kept is not None:
                yield name, kept

    def _clash(self, identifier: str, facet: str) -> Side:
        chosen = self.choose(identifier, facet)
        base, theirs, mine = (side.get(identifier) for side in (self.base, self.theirs, self.mine))
        self.settled.clashes.append(Clash(identifier, facet, base, theirs, mine, chosen))
        return chosen or "mine"

    def _contest(self, identifier: str) -> None:
        """One side dropped an item the other changed or needs: somebody has to say whether it stays."""
        self.decided.add(identifier)
        side = self.theirs if self._clash(identifier, EXISTENCE) == "theirs" else self.mine
        if identifier in side:
            self.settled.items[identifier] = dict(side[identifier].facets)
        else:
            self.settled.items.pop(identifier, None)

    def close(self) -> None:
        """See to it that nothing refers to what is gone: ask about it once, then drop what can't stand without it."""
        while (broken := next(self._broken(), None)) is not None:
            identifier, facet, missing = broken
            if missing not in self.decided:
                self._contest(missing)
            elif missing in self.settled.items[identifier][facet].needs:
                del self.settled.items[identifier]
                self.decided.add(identifier)
                self.settled.cascades.append((identifier, missing))
            else:
                del self.settled.items[identifier][facet]

    def _broken(self) -> Iterator[tuple[str, str, str]]:
        items = self.settled.items
        for identifier, facets in items.items():
            for name, facet in facets.items():
                # what fell with something else was dropped by no side, so no side stopped leaning on it
                anew = bool(facet.leans) and self._said_anew(identifier, name, facet)
                wanted = facet.needs | (facet.leans if anew else facet.leans & self.decided)
                for missing in sorted(wanted - items.keys()):
                    # what no side knows was broken before and is for the checks to tell
                    if missing in self.mine or missing in self.theirs:
                        yield identifier, name, missing

    def _said_anew(self, identifier: str, name: str, facet: Facet) -> bool:
        base = self.base.get(identifier)
        return base is None or base.facets.get(name) != facet

    def arrange(self) -> None:
        """Put what stands inside each item in order."""
        for identifier in self.settled.items:
            found = [side.get(identifier) for side in (self.base, self.theirs, self.mine)]
            base, theirs, mine = (item.children if item is not None else () for item in found)
            if not theirs and not mine:
                continue
            if found[1] is None or found[2] is None:
                self.settled.orders[identifier] = mine or theirs
                continue
            both = set(theirs) & set(mine)
            frame: Side | None = None
            if rearranged(theirs, mine):
                moved = rearranged(base, theirs), rearranged(base, mine)
                frame = "theirs" if moved == (True, False) else "mine" if moved == (False, True) else None
                frame = frame or self._clash(identifier, ORDER)
            self.settled.orders[identifier] = woven(theirs, mine, both, frame or "mine")


def woven(theirs: Sequence[str], mine: Sequence[str], both: Iterable[str], frame: Side) -> tuple[str, ...]:
    """One order out of two: what stands in both as in `frame`, the rest behind what it stood behind on its own side.

    What two sides put in the same place is ordered by id, so that it doesn't matter which side is which.
    """
    common = set(both)
    behind: dict[str, list[list[str]]] = {}
    for side in (theirs, mine):
        anchor = ""
        run: list[str] = []
        for each in (*side, None):
            if each is None or each in common:
                if run:
                    behind.setdefault(anchor, []).append(run)
                anchor, run = each or "", []
            else:
                run.append(each)
    order: list[str] = []
    for each in ("", *(each for each in (theirs if frame == "theirs" else mine) if each in common)):
        order += [each] if each else []
        for run in sorted(behind.get(each, [])):
            order += run
    return tuple(order)


def _same(old: Item, new: Item) -> bool:
    """Whether an item says the same; where it is drawn doesn't count."""
    names = {*old.facets, *new.facets} - {LAYOUT}
    return all(old.facets.get(name) == new.facets.get(name) for name in names)


def drawn_from(settled: Mapping[str, Mapping[str, Facet]], outline: Outline) -> dict[str, list[str]]:
    """Item → the facets in which the merged content differs from an outline; new items with all of theirs."""
    found: dict[str, list[str]] = {}
    for identifier, facets in settled.items():
        known = outline[identifier].facets if identifier in outline else {}
        names = [name for name in {**known, **facets} if known.get(name) != facets.get(name)]
        if names or identifier not in outline:
            found[identifier] = names
    return found
