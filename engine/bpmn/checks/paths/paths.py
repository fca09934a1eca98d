"""The questions rules ask of a drawing: what has surely happened before, what surely comes after, who was there last.

Data isn't looked at, so every branch of a choice is possible; what branches that run at once have done counts where
they are joined. An activity that repeats counts as done at least once. Every question costs a few walks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator

from engine.bpmn.checks.paths.points import Points, Way, terminates, throws_error
from engine.bpmn.checks.paths.regions import Regions, reach
from engine.bpmn.checks.structure import beginnings
from engine.bpmn.dialect import Node, Scope

_NOTHING: frozenset[str] = frozenset()
_ALL: frozenset[Way] = frozenset({"flow", "do", "enter", "leave", "border", "escape", "aside", "life"})
_PLAIN: frozenset[Way] = _ALL - {"escape", "aside", "life"}


class Paths:
    """A procedure's drawing, asked by element ids."""

    def __init__(self, root: Scope) -> None:
        self.points = Points(root)
        self.regions = Regions(self.points)
        self.nodes = self.points.nodes
        self.starts = [node.id for node in root.nodes.values() if node.kind == "startEvent"] or beginnings(root)

    def missing(
        self,
        targets: Iterable[str],
        done: Collection[str],
        undone: Collection[str] = _NOTHING,
        since: Collection[str] | None = None,
        at_first: bool = False,
    ) -> list[str]:
        """The targets that some path comes to without having passed one of `done`.

        Only what happened since the last of `undone` counts, and since the elements in `since` (else the start of the
        procedure). With `at_first` nothing is missing until one of `undone` was passed.
        """
        return list(self.ways(targets, done, undone, since, at_first))

    def ways(
        self,
        targets: Iterable[str],
        done: Collection[str],
        undone: Collection[str] = _NOTHING,
        since: Collection[str] | None = None,
        at_first: bool = False,
    ) -> dict[str, list[str]]:
        """The same with one such path each: the elements passed since it was last undone, the target at the end."""
        begun = {self.points.before(each) for each in self.starts}
        if since is not None:
            begun = {self.points.after(each) for each in since}
        held = _Held(self, begun, frozenset(done), frozenset(undone) | frozenset(since or ()), at_first)
        answers = held.solve()
        missed = [each for each in targets if answers.get(self.points.before(each)) is False]
        return {each: held.way(self.points.before(each), answers) for each in missed}

    def unmet(
        self, begun: Iterable[str], done: Collection[str], escapes: bool = True, within: str | None = None
    ) -> list[str]:
        """Those of `begun` after which the procedure may end without one of `done` coming any more.

        What a branch does that runs at the same time counts. Without `escapes` event sub-processes that break off
        the procedure aren't looked at. `within`: a scope whose end counts as the end.
        """
        comes = _Coming(self, frozenset(done), escapes, within).solve()
        return [
            each
            for each in begun
            if each not in done and not comes[self.points.after(each)] and not self._beside(each, comes)
        ]

    def surely_within(self, scope: Scope, done: frozenset[str]) -> bool:
        """Whether going through a sub-process always passes one of `done`."""
        comes = _Coming(self, done, True, scope.id).solve()
        begun = [comes[self.points.before(each)] for each in beginnings(scope)]
        return any(begun)

    def reached(self, begun: Iterable[str], without: Collection[str] = _NOTHING, aside: bool = True) -> set[str]:
        """Elements a case may come to after one of `begun`, not going on from any in `without`."""
        closed = {self.points.after(each) for each in without} | {self.points.before(each) for each in without}
        along = _ALL if aside else _PLAIN
        found: set[int] = set()
        waiting = [self.points.after(each) for each in begun]
        while waiting:
            point = waiting.pop()
            if point not in found:
                found.add(point)
                if point not in closed:
                    waiting.extend(target for target, way in self.points.forth[point] if way in along)
        return {node.id for node in self.nodes.values() if self.points.before(node.id) in found}

    def last(self, element: str, wanted: Callable[[Node], bool], begun: bool = False) -> list[Node]:
        """The nearest elements before one, on each way to it, that are `wanted` and done; or, with `begun`, begun."""
        found: dict[str, Node] = {}
        waiting, seen = [self.points.before(element)], set[int]()
        while waiting:
            point = waiting.pop()
            if point in seen:
                continue
            seen.add(point)
            node = self.points.node_at(point)
            if node is not None and point == self.points.after(node.id) and node.id != element and wanted(node):
                found[node.id] = node
                continue
            host = None if node is None or node.attached_to is None else self.nodes[node.attached_to]
            if begun and host is not None and host.id != element and wanted(host):
                found[host.id] = host
                continue
            waiting.extend(source for source, way in self.points.back[point] if way in _PLAIN)
        return list(found.values())

    def around(self, element: str) -> Iterator[Node]:
        """The sub-processes an element stands in, innermost first."""
        owner = self.points.owner.get(self.points.scope_of[element].id)
        while owner is not None:
            yield owner
            owner = self.points.owner.get(self.points.scope_of[owner.id].id)

    def meanwhile(self, elements: Iterable[str], done: Collection[str]) -> set[str]:
        """Those of the elements beside which another branch surely passes one of `done`."""
        comes = _Coming(self, frozenset(done), False, None).solve()
        return {each for each in elements if self._beside(each, comes)}

    def _beside(self, element: str, comes: list[bool]) -> bool:
        """Whether another branch that runs beside the element surely does what is wanted."""
        here = self.points.before(element)
        for fork in self.regions.forks:
            if not any(comes[each] for each in fork.sure):
                continue
            for begun in fork.begun:
                part = self.regions.branch(begun, fork.join)
                others = [each for each in fork.sure if each != begun]
                if here in part and any(comes[each] for each in others) and not self._breaks_off(part):
                    return True
        return False

    def _breaks_off(self, part: set[int]) -> bool:
        ended = (self.points.node_at(point) for point in part)
        return any(node is not None and terminates(node) for node in ended)


class _Held:
    """What holds at every point on every path to it: the greatest answer, narrowed until nothing changes."""

    def __init__(
        self, paths: Paths, begun: set[int], done: frozenset[str], undone: frozenset[str], at_first: bool
    ) -> None:
        self.paths, self.points, self.regions = paths, paths.points, paths.regions
        self.begun, self.done, self.undone, self.at_first = begun, done, undone, at_first
        self.reached = reach(begun, self.points.forth, _ALL)
        self.disturbed = self.regions.disturbed(undone) if undone and self.regions.forks else set[int]()
        self.within: dict[str, bool] = {}

    def solve(self) -> dict[int, bool]:
        """Point → whether what is wanted has happened, for the points that can be reached."""
        held = dict.fromkeys(self.reached, True)
        waiting = deque(sorted(self.reached))
        listed = set(waiting)
        while waiting:
            point = waiting.popleft()
            listed.discard(point)
            if held[point] and not self._value(point, held):
                held[point] = False
                for target, _ in self.points.forth[point]:
                    if target not in listed:
                        listed.add(target)
                        waiting.append(target)
        return held

    def way(self, target: int, held: dict[int, bool]) -> list[str]:
        """A shortest way to a point where it doesn't hold, from where it never did or was undone."""
        before: dict[int, int | None] = {target: None}
        waiting = deque([target])
        while waiting:
            point = waiting.popleft()
            node = self.points.node_at(point)
            undone = node is not None and node.id in self.undone and point == self.points.after(node.id)
            if point in self.begun or undone:
                return self._named(point, before)
            for source, _ in self.points.back[point]:
                if held.get(source) is False and source not in before:
                    before[source] = point
                    waiting.append(source)
        return self._named(target, before)  # what runs beside undoes it: there is no way to tell

    def _named(self, point: int | None, onward: dict[int, int | None]) -> list[str]:
        passed: dict[str, None] = {}
        while point is not None:
            node = self.points.node_at(point)
            if node is not None:
                passed[node.id] = None
            point = onward[point]
        return list(passed)

    def _value(self, point: int, held: dict[int, bool]) -> bool:
        if point in self.begun:
            return self.at_first
        if point in self.disturbed:
            return False
        sources = [source for source, _ in self.points.back[point] if source in self.reached]
        node = self.points.node_at(point)
        if node is None:
            return all(held[source] for source in sources)
        if point == self.points.before(node.id):
            return self._joined(node, point, sources, held) if self.points.joins(node) else all(map(held.get, sources))
        if node.id in self.done:
            return True
        if node.id in self.undone:
            return False
        return all(map(held.get, sources)) or (self.points.contains(node) and self._within(node))

    def _joined(self, node: Node, point: int, sources: list[int], held: dict[int, bool]) -> bool:
        """At a join what one of the branches has done is done; what a branch undoes holds in none beside it."""
        if all(held[source] for source in sources):
            return True
        waits = node.kind == "parallelGateway" or self._all_of(self.regions.nearest_fork[point])
        return waits and any(held[source] for source in sources)

    def _all_of(self, fork: int) -> bool:
        node = self.points.node_at(fork) if fork >= 0 else None
        return node is not None and self.points.splits(node) == "all"

    def _within(self, node: Node) -> bool:
        """Whether a sub-process does it whatever way it goes, though not every one of its ends comes after it."""
        if node.id not in self.within:
            assert node.inner is not None
            inside = {each.id for scope in node.inner.scopes() for each in scope.nodes.values()}
            able = bool(inside & self.done) and not inside & self.undone
            self.within[node.id] = able and self.paths.surely_within(node.inner, self.done)
        return self.within[node.id]


class _Coming:
    """What comes on every path from every point: the greatest answer, narrowed until nothing changes."""

    def __init__(self, paths: Paths, done: frozenset[str], escapes: bool, within: str | None) -> None:
        self.points = paths.points
        self.done, self.escapes = done, escapes
        owner = self.points.owner.get(within or "")
        self.end = None if owner is None else self.points.after(owner.id)
        self.edge = None if within is None else self.points.rim(within)

    def solve(self) -> list[bool]:
        """Whether what is wanted comes, for each point."""
        comes = [True] * self.points.count
        waiting = deque(range(self.points.count - 1, -1, -1))
        listed = set(waiting)
        while waiting:
            point = waiting.popleft()
            listed.discard(point)
            if comes[point] and not self._value(point, comes):
                comes[point] = False
                for source, _ in self.points.back[point]:
                    if source not in listed:
                        listed.add(source)
                        waiting.append(source)
        return comes

    def _value(self, point: int, comes: list[bool]) -> bool:
        if point == self.end:
            return False
        node = self.points.node_at(point)
        if node is None:
            return self._kept(point, comes)
        if point == self.points.before(node.id):
            return self._kept(point, comes) and (node.id in self.done or self._onward(node, point, comes))
        return self._onward(node, point, comes)

    def _kept(self, point: int, comes: list[bool]) -> bool:
        """Whether it comes even when the scope is interrupted at this moment."""
        if point == self.edge:
            return True
        interrupting = {"border", "life"} | ({"escape"} if self.escapes else set())
        return all(comes[target] for target, way in self.points.forth[point] if way in interrupting)

    def _onward(self, node: Node, point: int, comes: list[bool]) -> bool:
        targets = [(target, way) for target, way in self.points.forth[point] if way in ("flow", "do", "enter", "leave")]
        if not targets:
            return throws_error(node)  # an error isn't an end: what catches it was asked before the element
        if point == self.points.before(node.id):
            return any(comes[target] for target, _ in targets)  # several beginnings of a sub-process all begin
        if self.points.splits(node) == "all":
            return any(comes[target] for target, _ in targets)
        if self.points.splits(node) == "some":
            return self._some(node, comes)
        return all(comes[target] for target, _ in targets)

    def _some(self, node: Node, comes: list[bool]) -> bool:
        flows = self.points.scope_of[node.id].outgoing(node.id)
        always = [flow for flow in flows if flow.condition is None and flow.id != node.default]
        if any(comes[self.points.before(flow.target)] for flow in always):
            return True
        chosen = [flow for flow in flows if flow not in always]
        one = node.default is not None or not always  # else perhaps none of them is taken
        return one and bool(chosen) and all(comes[self.points.before(flow.target)] for flow in chosen)
