"""The drawing as points where a token can be, and the ways between them.

Every element has a point before it and one after it. Every scope has two more: `life`, from where event sub-processes
of the scope begin, and `rim`, from where boundary events of the enclosing sub-process interrupt it. So what may happen
at any moment costs one way per element, not one per pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from engine.bpmn.checks.structure import beginnings
from engine.bpmn.dialect import EventDefinition, Node, Scope

# flow: along a sequence flow or link · do: the element itself · enter, leave: into and out of a sub-process ·
# border: an interrupting boundary event · escape: an interrupting event sub-process · aside: either, not interrupting ·
# life: a moment at which the scope can be interrupted
Way = Literal["flow", "do", "enter", "leave", "border", "escape", "aside", "life"]
_EXCLUSIVE = ("exclusiveGateway", "eventBasedGateway")


def is_link(node: Node, kind: str) -> bool:
    """Whether the node throws (`intermediateThrowEvent`) or catches a link."""
    return node.kind == kind and node.event is not None and node.event.kind == "link"


def throws_error(node: Node) -> bool:
    """Whether the node is an end that throws an error."""
    return node.kind == "endEvent" and node.event is not None and node.event.kind == "error"


def terminates(node: Node) -> bool:
    """Whether the node ends everything in its scope."""
    return node.kind == "endEvent" and node.event is not None and node.event.kind == "terminate"


class Points:
    """Points as numbers, ways forth and back between them."""

    def __init__(self, root: Scope) -> None:
        self.root = root
        self.nodes: dict[str, Node] = {}
        self.scope_of: dict[str, Scope] = {}
        self.owner: dict[str, Node] = {}  # scope → the sub-process it is the content of
        scopes = list(root.scopes())
        for scope in scopes:
            for node in scope.nodes.values():
                self.nodes[node.id] = node
                self.scope_of[node.id] = scope
                if node.inner is not None:
                    self.owner[node.inner.id] = node
        self._number = {node: place for place, node in enumerate(self.nodes)}
        self._scope_number = {scope.id: place for place, scope in enumerate(scopes)}
        self.count = 2 * len(self.nodes) + 2 * len(scopes)
        self.forth: list[list[tuple[int, Way]]] = [[] for _ in range(self.count)]
        self.back: list[list[tuple[int, Way]]] = [[] for _ in range(self.count)]
        self.names = list(self.nodes)
        layout = _Layout(self)
        for scope in scopes:
            layout.lay(scope)

    def before(self, node: str) -> int:
        """The point where a token has come to the element."""
        return 2 * self._number[node]

    def after(self, node: str) -> int:
        """The point where the element is done."""
        return 2 * self._number[node] + 1

    def life(self, scope: str) -> int:
        """Any moment in a scope."""
        return 2 * len(self.nodes) + 2 * self._scope_number[scope]

    def rim(self, scope: str) -> int:
        """Any moment in a scope or in an event sub-process of it."""
        return self.life(scope) + 1

    def node_at(self, point: int) -> Node | None:
        """The element a point belongs to; None for those of scopes."""
        return self.nodes[self.names[point // 2]] if point < 2 * len(self.nodes) else None

    def contains(self, node: Node) -> bool:
        """Whether the element is a sub-process that a token goes through."""
        return node.inner is not None and not node.by_event and bool(beginnings(node.inner))

    def splits(self, node: Node) -> Literal["one", "all", "some"]:
        """How many flows out of the element get a token."""
        flows = self.scope_of[node.id].outgoing(node.id)
        if node.kind in _EXCLUSIVE or len(flows) < 2:
            return "one"
        if node.kind == "inclusiveGateway" or any(flow.condition for flow in flows):
            return "some"
        return "all"

    def joins(self, node: Node) -> bool:
        """Whether the element waits for several flows."""
        waiting = node.kind in ("parallelGateway", "inclusiveGateway")
        return waiting and len(self.scope_of[node.id].incoming(node.id)) > 1

    def last(self, scope: Scope) -> Iterator[Node]:
        """Elements after which a token in the scope is over."""
        for node in scope.nodes.values():
            if not node.by_event and not is_link(node, "intermediateThrowEvent") and not scope.outgoing(node.id):
                yield node


class _Layout:
    """Lays the ways between the points."""

    def __init__(self, points: Points) -> None:
        self.points = points

    def _way(self, source: int, target: int, way: Way) -> None:
        self.points.forth[source].append((target, way))
        self.points.back[target].append((source, way))

    def lay(self, scope: Scope) -> None:
        """Lay the ways of one scope."""
        self._way(self.points.life(scope.id), self.points.rim(scope.id), "life")
        catching = [node for node in scope.nodes.values() if is_link(node, "intermediateCatchEvent")]
        caught = {node.event.name: node for node in catching if node.event is not None}
        for flow in scope.flows.values():
            self._way(self.points.after(flow.source), self.points.before(flow.target), "flow")
        for node in scope.nodes.values():
            self._lay_node(scope, node)
            if is_link(node, "intermediateThrowEvent") and node.event is not None and node.event.name in caught:
                self._way(self.points.after(node.id), self.points.before(caught[node.event.name].id), "flow")
        self._lay_rim(scope)
        out = self._way_out(scope)
        if out is not None:
            for node in self.points.last(scope):
                if not throws_error(node):
                    self._way(self.points.after(node.id), out, "leave")

    def _lay_node(self, scope: Scope, node: Node) -> None:
        here = self.points.before(node.id)
        if node.by_event:
            self._lay_event_scope(scope, node)
            return
        self._way(here, self.points.life(scope.id), "life")
        if node.inner is not None and self.points.contains(node):
            for begin in beginnings(node.inner):
                self._way(here, self.points.before(begin), "enter")
        else:
            self._way(here, self.points.after(node.id), "do")
        if node.kind in ("serviceTask", "callActivity") or throws_error(node):
            code = node.event.code if throws_error(node) and node.event is not None else None
            own = [event for boundary in scope.boundaries(node.id) for event in boundary.events]
            if not any(_stops(event, code) for event in own):
                for catcher in self._catchers(scope, code):
                    self._way(here, self.points.before(catcher.id), "border")
        if node.kind == "boundaryEvent" and node.attached_to is not None:
            self._lay_boundary(scope, node, scope.nodes[node.attached_to])

    def _lay_boundary(self, scope: Scope, node: Node, host: Node) -> None:
        way: Way = "border" if node.interrupting else "aside"
        if host.inner is None or not self.points.contains(host):
            self._way(self.points.before(host.id), self.points.before(node.id), way)
        elif not _about(node, "error"):
            self._way(self.points.rim(host.inner.id), self.points.before(node.id), way)

    def _lay_event_scope(self, scope: Scope, node: Node) -> None:
        if node.inner is None:
            return
        life = self.points.life(scope.id)
        for begin in node.inner.nodes.values():
            if begin.kind == "startEvent" and not _about(begin, "error"):
                self._way(life, self.points.before(begin.id), "escape" if begin.interrupting else "aside")

    def _lay_rim(self, scope: Scope) -> None:
        owner = self.points.owner.get(scope.id)
        if owner is not None:
            outer = self.points.scope_of[owner.id].id
            further = self.points.rim(outer) if owner.by_event else self.points.life(outer)
            self._way(self.points.rim(scope.id), further, "life")

    def _way_out(self, scope: Scope) -> int | None:
        """Where a token goes that ends in the scope: behind the sub-process, nowhere if the procedure ends."""
        owner = self.points.owner.get(scope.id)
        if owner is None:
            return None
        if not owner.by_event:
            return self.points.after(owner.id)
        starts = [node for node in scope.nodes.values() if node.kind == "startEvent"]
        if starts and not starts[0].interrupting:
            return None
        return self._way_out(self.points.scope_of[owner.id])

    def _catchers(self, scope: Scope, code: str | None) -> Iterator[Node]:
        """What outside an element catches an error it throws; a code of None may be any error."""
        inside: Scope | None = scope
        while inside is not None:
            owner = self.points.owner.get(inside.id)
            found = list(_error_starts(inside))
            if owner is not None and not owner.by_event:
                found += self.points.scope_of[owner.id].boundaries(owner.id)
            for node in found:
                if any(_catches(event, code) for event in node.events):
                    yield node
            if any(_stops(event, code) for node in found for event in node.events):
                return
            inside = None if owner is None else self.points.scope_of[owner.id]


def _about(node: Node, kind: str) -> bool:
    return node.event is not None and node.event.kind == kind


def _catches(event: EventDefinition, code: str | None) -> bool:
    """Whether an error may be caught here; a code of None may be any."""
    return event.kind == "error" and (code is None or event.code in (None, code))


def _stops(event: EventDefinition, code: str | None) -> bool:
    """Whether an error is surely caught here and goes no further."""
    return event.kind == "error" and (event.code is None or event.code == code)


def _error_starts(scope: Scope) -> Iterable[Node]:
    for node in scope.nodes.values():
        if node.by_event and node.inner is not None:
            starts = [each for each in node.inner.nodes.values() if each.kind == "startEvent"]
            yield from (each for each in starts if _about(each, "error"))
