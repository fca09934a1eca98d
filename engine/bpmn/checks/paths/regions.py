"""Which parts of a drawing may run at the same time, and where they meet again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from engine.bpmn.checks.paths.points import Points, Way
from engine.bpmn.checks.structure import beginnings
from engine.bpmn.dialect import Node

_MAIN: frozenset[Way] = frozenset({"flow", "do", "enter", "leave"})
_ON: frozenset[Way] = _MAIN | {"border"}
Ways = list[list[tuple[int, Way]]]


def reach(begin: Iterable[int], ways: Ways, along: frozenset[Way], stop: int | None = None) -> set[int]:
    """Every point that can be come to, the first ones included, going on from none that is `stop`."""
    found: set[int] = set()
    waiting = list(begin)
    while waiting:
        point = waiting.pop()
        if point in found:
            continue
        found.add(point)
        if point != stop:
            waiting.extend(target for target, way in ways[point] if way in along)
    return found


def dominators(roots: Iterable[int], forth: Ways, back: Ways, along: frozenset[Way], count: int) -> list[int]:
    """The nearest point that lies on every way from the roots, for each point; -1 when there is none.

    Keith Cooper, Timothy Harvey, Ken Kennedy, A Simple, Fast Dominance Algorithm, with one root before all roots.
    """
    order = _post_order(list(roots), forth, along)
    place = {point: number for number, point in enumerate(order)}
    top = len(order)
    nearest: dict[int, int] = {}
    first = set(roots)
    changed = True
    while changed:
        changed = False
        for point in reversed(order):
            known = [place[source] for source, way in back[point] if way in along and source in nearest]
            new = top if point in first else known[0] if known else top
            for other in known if point not in first else ():
                new = _meet(new, other, nearest, order, top)
            if nearest.get(point) != new:
                nearest[point] = new
                changed = True
    return [-1 if nearest.get(point, top) == top else order[nearest[point]] for point in range(count)]


def _meet(one: int, other: int, nearest: dict[int, int], order: list[int], top: int) -> int:
    while one != other:
        while one < other:
            one = top if one == top else nearest[order[one]]
        while other < one:
            other = top if other == top else nearest[order[other]]
    return one


def _post_order(roots: list[int], forth: Ways, along: frozenset[Way]) -> list[int]:
    order: list[int] = []
    seen: set[int] = set()
    for root in roots:
        if root in seen:
            continue
        seen.add(root)
        path = [(root, iter(forth[root]))]
        while path:
            point, following = path[-1]
            for target, way in following:
                if way in along and target not in seen:
                    seen.add(target)
                    path.append((target, iter(forth[target])))
                    break
            else:
                order.append(point)
                path.pop()
    return order


@dataclass(frozen=True, slots=True)
class Fork:
    """Where branches begin that run at the same time, those that surely do, and where all meet again if they do."""

    begun: list[int]
    sure: list[int]
    join: int | None


class Regions:
    """Forks of a drawing with what belongs to each of their branches."""

    def __init__(self, points: Points) -> None:
        self.points = points
        self._reached: dict[tuple[int, int | None], set[int]] = {}

    def branch(self, begin: int, stop: int | None) -> set[int]:
        """What a branch can come to before it meets the others."""
        key = (begin, stop)
        if key not in self._reached:
            found = reach([begin], self.points.forth, _ON, stop)
            self._reached[key] = found - {stop} if stop is not None else found
        return self._reached[key]

    @cached_property
    def nearest_fork(self) -> list[int]:
        """For each point the nearest one that every way to it leads through."""
        roots = [point for point in range(self.points.count) if not _any(self.points.back[point], _ON)]
        return dominators(roots, self.points.forth, self.points.back, _ON, self.points.count)

    @cached_property
    def nearest_join(self) -> list[int]:
        """For each point the nearest one that every way from it leads through."""
        roots = [point for point in range(self.points.count) if not _any(self.points.forth[point], _MAIN)]
        return dominators(roots, self.points.back, self.points.forth, _MAIN, self.points.count)

    @cached_property
    def forks(self) -> list[Fork]:
        """Where branches begin that run at the same time."""
        found: list[Fork] = []
        points = self.points
        for node in points.nodes.values():
            begun, sure = self._begun(node)
            if len(begun) > 1:
                join = self.nearest_join[points.after(node.id) if not points.contains(node) else points.before(node.id)]
                found.append(Fork(begun, sure, None if join < 0 else join))
        for point in range(points.count):
            for target, way in points.forth[point]:
                if way == "aside":
                    main = list(self._beside(point))
                    found.append(Fork([target, *main], main, None))
        return found

    def _begun(self, node: Node) -> tuple[list[int], list[int]]:
        """Where branches begin behind a node, and those that surely do."""
        points = self.points
        if points.contains(node) and node.inner is not None:
            inside = [points.before(each) for each in beginnings(node.inner)]
            return inside, inside
        if points.splits(node) == "one":
            return [], []
        flows = points.scope_of[node.id].outgoing(node.id)
        always = [flow for flow in flows if flow.condition is None and flow.id != node.default]
        return [points.before(flow.target) for flow in flows], [points.before(flow.target) for flow in always]

    def _beside(self, point: int) -> Iterator[int]:
        """Where that runs on which an event that doesn't interrupt begins beside."""
        points = self.points
        if points.node_at(point) is not None:
            yield point
            return
        scope = next(each for each in points.root.scopes() if point in (points.life(each.id), points.rim(each.id)))
        yield from (points.before(each) for each in beginnings(scope))

    def disturbed(self, nodes: frozenset[str]) -> set[int]:
        """Every point that may be passed while one of the elements is being worked on."""
        own = {self.points.before(node) for node in nodes}
        found: set[int] = set()
        for fork in self.forks:
            parts = [self.branch(each, fork.join) for each in fork.begun]
            for place, part in enumerate(parts):
                if not own.isdisjoint(part):
                    found.update(*(other for number, other in enumerate(parts) if number != place))
        return found


def _any(ways: list[tuple[int, Way]], along: frozenset[Way]) -> bool:
    return any(way in along for _, way in ways)
