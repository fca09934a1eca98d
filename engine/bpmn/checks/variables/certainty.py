"""Which variables are set in any case when a scope is over, whatever way it takes: worked out backwards on the drawing.

Names are bits of whole numbers, so that a thousand variables cost little.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce

from engine.bpmn.checks.variables.effects import Effects
from engine.bpmn.checks.variables.environment import Environment
from engine.bpmn.dialect import Node, Scope

_OPEN = Environment({}, open=True)


class Certainty:
    """For every scope, the names that all its ways set before it ends."""

    def __init__(self, effects: Effects, root: Scope) -> None:
        self.effects = effects
        self._bits: dict[str, int] = {}
        self._sets: dict[str, int] = {}  # node → names it sets
        self._scopes: dict[str, int] = {}
        for scope in reversed(list(root.scopes())):  # inner ones first
            self._scopes[scope.id] = self._scope(scope)

    def names(self, scope: str) -> frozenset[str]:
        """Names set when the scope is over, besides those it began with."""
        found = self._scopes[scope]
        return frozenset(name for name, bit in self._bits.items() if found >> bit & 1)

    def _scope(self, scope: Scope) -> int:
        for node in scope.nodes.values():
            self._sets[node.id] = self._set_by(node)
        every = (1 << len(self._bits)) - 1
        ends = _Backwards(scope, self._sets, every)
        starts = [node.id for node in scope.nodes.values() if node.kind == "startEvent"]
        taken = [ends.reach(start) for start in starts]
        # an event sub-process that interrupts ends its scope in place of everything else
        taken += [self._sets[node.id] for node in scope.nodes.values() if node.by_event and _interrupts(node)]
        found = every
        for each in taken:
            found &= each
        return found if taken else 0

    def _set_by(self, node: Node) -> int:
        if node.kind == "subProcess" and node.inner is not None and node.multi is None:
            local = {each.name for each in node.element.inputs} | {"loop_counter"}
            inside = self._scopes[node.inner.id]
            kept = inside & ~self._as_bits(local)
            return kept | self._as_bits(each.name for each in node.element.outputs)
        after = self.effects.of(node, _OPEN).after
        if node.kind == "subProcess":
            after = self.effects.leave(node, _OPEN, _OPEN).after
        return self._as_bits(after.certain())

    def _as_bits(self, names: Iterable[str]) -> int:
        found = 0
        for name in names:
            found |= 1 << self._bits.setdefault(name, len(self._bits))
        return found


def _interrupts(node: Node) -> bool:
    starts = [] if node.inner is None else [each for each in node.inner.nodes.values() if each.kind == "startEvent"]
    return any(each.interrupting for each in starts)


class _Backwards:
    """What is set from a node on until the scope is over: the largest answer that fits itself.

    A pair for each node: what is set when a terminate end closes the scope, and when the token just ends. Of branches
    side by side all must end, or one terminates, and then the others may have set nothing.
    """

    def __init__(self, scope: Scope, sets: Mapping[str, int], every: int) -> None:
        self.scope, self.sets, self.every = scope, sets, every
        self.found = dict.fromkeys(scope.nodes, (every, every))
        self._settle()

    def reach(self, node: str) -> int:
        """The names set from this node on."""
        closed, ended = self.found[node]
        return closed & ended

    def _settle(self) -> None:
        leading: dict[str, set[str]] = {node: set() for node in self.scope.nodes}
        for node in self.scope.nodes.values():
            for target in self._next(node):
                leading[target].add(node.id)
        waiting = list(self.scope.nodes)
        while waiting:
            node = self.scope.nodes[waiting.pop()]
            now = self._one(node)
            if now != self.found[node.id]:
                self.found[node.id] = now
                waiting.extend(leading[node.id])

    def _next(self, node: Node) -> list[str]:
        found = [flow.target for flow in self.scope.outgoing(node.id)]
        return found + [each.id for each in self.scope.boundaries(node.id) if each.interrupting]

    def _one(self, node: Node) -> tuple[int, int]:
        own, event = self.sets[node.id], node.event
        flows = [self.found[flow.target] for flow in self.scope.outgoing(node.id)]
        closed, ended = self.every, own
        if node.kind == "endEvent" and event is not None and event.kind in ("error", "terminate"):
            # by an error the scope isn't over but left
            closed, ended = own if event.kind == "terminate" else self.every, self.every
        elif flows:
            together = node.kind == "parallelGateway"
            closed = own | reduce(int.__and__, (each[0] for each in flows))
            ended = own | reduce(int.__or__ if together else int.__and__, (each[1] for each in flows))
        for boundary in self.scope.boundaries(node.id):
            if boundary.interrupting:
                closed, ended = closed & self.found[boundary.id][0], ended & self.found[boundary.id][1]
        return closed, ended
