"""Who catches what, on the drawing: border events and event sub-processes, and what is known when they begin."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.checks.rules import CheckCatalog
from engine.bpmn.checks.variables.environment import Environment
from engine.bpmn.dialect import Node, Scope

_THROWN = frozenset({"error", "escalation"})


class Map:
    """Every node of a diagram with the scope it stands in, and every scope with the sub-process that holds it."""

    def __init__(self, root: Scope) -> None:
        self.nodes: dict[str, Node] = {}
        self.scope_of: dict[str, Scope] = {}
        self.holder: dict[str, Node] = {}
        for scope in root.scopes():
            for node in scope.nodes.values():
                self.nodes[node.id] = node
                self.scope_of[node.id] = scope
                if node.inner is not None:
                    self.holder[node.inner.id] = node


def leaves(node: Node) -> bool:
    """Whether the node leaves its scope by an error instead of ending it."""
    return node.kind == "endEvent" and node.event is not None and node.event.kind == "error"


def starts_of(node: Node) -> list[Node]:
    """The start events of an event sub-process."""
    inner = [] if node.inner is None else node.inner.nodes.values()
    return [each for each in inner if each.kind == "startEvent"]


def interrupts(node: Node) -> bool:
    """Whether an event sub-process takes its scope's place."""
    return any(start.interrupting for start in starts_of(node))


def from_outside(where: Map, holder: Node) -> Iterator[Node]:
    """Events at the border of a sub-process that come from outside, at any moment."""
    for boundary in where.scope_of[holder.id].boundaries(holder.id):
        if boundary.event is not None and boundary.event.kind not in _THROWN:
            yield boundary


def watched(root: Scope, where: Map) -> Iterator[str]:
    """Scopes in which something may begin at any moment: events at their border or beside them, or further out."""
    found: set[str] = set()
    for scope in root.scopes():  # outer ones first
        holder = where.holder.get(scope.id)
        around = holder is not None and holder.multi is None
        beside = any(node.by_event for node in scope.nodes.values())
        border = holder is not None and around and any(from_outside(where, holder))
        if beside or border or (holder is not None and around and where.scope_of[holder.id].id in found):
            found.add(scope.id)
            yield scope.id


def caught_from(
    where: Map, node: Node, entry: Environment, catalog: CheckCatalog | None
) -> Iterator[tuple[str, Environment]]:
    """Border events a node may hand over to, and what is known then: its own, and those its errors reach."""
    scope = where.scope_of[node.id]
    if node.inner is None or node.multi is not None:
        for boundary in scope.boundaries(node.id):
            yield boundary.id, entry
    for kind, code in _throws(node, catalog):
        yield from _catchers(where, node, kind, code, entry)


def _throws(node: Node, catalog: CheckCatalog | None) -> Iterator[tuple[str, str | None]]:
    """What a node may throw by itself; no code: any."""
    event = node.event
    if node.kind in ("endEvent", "intermediateThrowEvent") and event is not None and event.kind in _THROWN:
        yield event.kind, event.code
    elif node.kind == "serviceTask":
        facts = None if catalog is None else catalog.operations.get(node.element.attributes.get("topic", ""))
        if facts is None:
            yield "error", None
        else:
            for code in facts.errors:
                yield "error", code
    elif node.kind == "callActivity":
        yield "error", None


def _catchers(
    where: Map, node: Node, kind: str, code: str | None, known: Environment
) -> Iterator[tuple[str, Environment]]:
    """Handlers outwards from a node, until one catches the very code (or every code)."""
    at = node
    while True:
        scope = where.scope_of[at.id]
        handlers = [] if at is node else [(each.id, each) for each in scope.boundaries(at.id)]
        sure = False
        for identifier, each in handlers:
            event = each.event
            if event is not None and event.kind == kind and (code is None or event.code in (None, code)):
                yield identifier, known
                sure = code is not None
        if not at.by_event and not sure:
            sure = any(
                start.event is not None and start.event.kind == kind and start.event.code in (None, code)
                for other in scope.nodes.values()
                if other.by_event
                for start in starts_of(other)
            )  # such a sub-process begins with what its scope knows anywhere
        holder = where.holder.get(scope.id)
        if sure or holder is None:
            return
        if holder.multi is not None:
            return  # the others of its kind go on with their own data
        local = [each.name for each in holder.element.inputs] + (["loop_counter"] if holder.loop else [])
        known = known.without(local, Environment({}, known.open))
        at = holder
