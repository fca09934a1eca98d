"""A way through the diagram on which a variable stays unset, to tell people where it comes from."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from engine.bpmn.checks.rules import Subject, as_run
from engine.bpmn.checks.variables.analysis import analysis
from engine.bpmn.checks.variables.catching import starts_of
from engine.bpmn.checks.variables.effects import Effects
from engine.bpmn.checks.variables.environment import Environment
from engine.bpmn.dialect import Node

_OPEN = Environment({}, open=True)
_SHOWN = 4


def way_without(subject: Subject, target: str, name: str) -> str:
    """The steps of a shortest way to `target` (a node or flow) that never surely sets `name`; empty when none is."""
    search = _Search(subject, name)
    found = search.to(search.node_of(target))
    steps = [f"“{node.element.name}”" for node in found[:-1] if node.element.name and not node.hidden]
    if len(steps) > _SHOWN:
        steps = [steps[0], "…", *steps[-_SHOWN + 1 :]]
    return " → ".join(steps)


class _Search:
    """Breadth first over flows, borders and scopes."""

    def __init__(self, subject: Subject, name: str) -> None:
        self.root = as_run(subject.xml).root
        self.map = analysis(subject).map
        self.sets: dict[str, frozenset[str]] = subject.memory.setdefault("sets", {})
        self.effects = Effects(subject.catalog)
        self.name = name

    def node_of(self, target: str) -> str:
        """The node a finding is about: of a flow where it begins."""
        flows = (flow for scope in self.root.scopes() for flow in scope.flows.values() if flow.id == target)
        return target if target in self.map.nodes else next((flow.source for flow in flows), target)

    def to(self, target: str) -> list[Node]:
        """The nodes of the way, the target last."""
        before: dict[str, str | None] = {
            node.id: None for node in self.root.nodes.values() if node.kind == "startEvent"
        }
        queue = deque(before)
        while queue:
            here = queue.popleft()
            if here == target:
                return self._back(here, before)
            for there in self._next(self.map.nodes[here]):
                if there not in before:
                    before[there] = here
                    queue.append(there)
        return []

    def _back(self, here: str | None, before: dict[str, str | None]) -> list[Node]:
        found = []
        while here is not None:
            found.append(self.map.nodes[here])
            here = before[here]
        return found[::-1]

    def _next(self, node: Node) -> Iterator[str]:
        scope = self.map.scope_of[node.id]
        for boundary in scope.boundaries(node.id):
            yield boundary.id
        for other in scope.nodes.values() if node.kind == "startEvent" else ():
            if other.by_event:
                yield from (start.id for start in starts_of(other))
        if node.inner is not None and not node.by_event:
            yield from (each.id for each in node.inner.nodes.values() if each.kind == "startEvent")
        if self.name not in self._set_by(node):
            yield from (flow.target for flow in scope.outgoing(node.id))

    def _set_by(self, node: Node) -> frozenset[str]:
        if node.id not in self.sets:
            effect = self.effects.of(node, _OPEN)
            after = effect.after if node.inner is None else self.effects.leave(node, _OPEN, _OPEN).after
            self.sets[node.id] = after.certain()
        return self.sets[node.id]
