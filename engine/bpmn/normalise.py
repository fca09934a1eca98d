"""Rewrites what BPMN allows to leave out, so that the core meets only gateways, waits, events and scopes."""

from __future__ import annotations

from engine.bpmn.dialect import GATEWAYS, Element, Flow, Node, Scope


def normalise(scope: Scope) -> None:
    """Rewrite a scope and every scope inside it, in place; the result means the same and is never shown to people.

    Sub-processes without a start get one, several flows out of an activity become a gateway,
    link events become flows. Ends need nothing: a token without a way on has ended.
    """
    for node in list(scope.nodes.values()):
        if node.inner is not None:
            _add_start(node.inner)
            normalise(node.inner)
    _join_links(scope)
    _split_activities(scope)


def _hidden(scope: Scope, identifier: str, kind: str) -> Node:
    parent = next(iter(scope.nodes.values())).element.parent
    node = Node(Element(identifier, kind, parent=parent), hidden=True)
    scope.add(node)
    return node


def _connect(scope: Scope, identifier: str, source: str, target: str) -> None:
    scope.add(Flow(identifier, source, target))


def _add_start(scope: Scope) -> None:
    """BPMN: without a start event, every activity without incoming flow begins at once."""
    if any(node.kind == "startEvent" for node in scope.nodes.values()):
        return
    targets = {flow.target for flow in scope.flows.values()}
    first = [
        node.id
        for node in scope.nodes.values()
        if node.id not in targets and node.attached_to is None and not node.by_event
    ]
    if not first:
        return
    start = _hidden(scope, f"{scope.id}:start", "startEvent")
    for target in first:
        _connect(scope, f"{start.id}>{target}", start.id, target)


def _join_links(scope: Scope) -> None:
    catching = {
        node.event.name: node.id
        for node in scope.nodes.values()
        if node.kind == "intermediateCatchEvent" and node.event is not None and node.event.kind == "link"
    }
    for node in list(scope.nodes.values()):
        if node.kind == "intermediateThrowEvent" and node.event is not None and node.event.kind == "link":
            _connect(scope, f"{node.id}>link", node.id, catching[node.event.name])


def _split_activities(scope: Scope) -> None:
    """Several or conditional flows out of something that isn't a gateway: an inclusive or parallel split."""
    for node in list(scope.nodes.values()):
        if node.kind in GATEWAYS:
            continue
        flows = scope.outgoing(node.id)
        conditional = any(flow.condition for flow in flows)
        if len(flows) < 2 and not conditional:
            continue
        gateway = _hidden(scope, f"{node.id}:split", "inclusiveGateway" if conditional else "parallelGateway")
        gateway.default, node.default = node.default, None
        for flow in flows:
            scope.add(Flow(flow.id, gateway.id, flow.target, flow.name, flow.condition))
        _connect(scope, f"{node.id}>split", node.id, gateway.id)
