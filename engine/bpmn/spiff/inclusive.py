"""When a waiting inclusive gateway may go on: no other token can still reach an empty way into it."""

from __future__ import annotations

from typing import Any

from engine.bpmn.spiff.case import Case, ScopeSpec, Token
from engine.bpmn.spiff.nodes import InclusiveSpec


def release(case: Case) -> bool:
    """Let every inclusive gateway run that waits for nobody; true when one did."""
    released = False
    for scope in case.scopes():
        for spec in scope.spec.inclusive:
            group = spec.parked(scope)
            if group and not _awaited(scope, spec, group):
                leading = list(group.values())[-1]
                spec.bring_together(group, leading)
                leading._ready()
                released = True
    return released


def _awaited(scope: Any, spec: InclusiveSpec, group: dict[str, Token]) -> bool:
    """BPMN 2.0, 13.4.3: a token that can reach an empty incoming flow, but none that already has a token."""
    empty = {flow for flow in spec.arriving if flow not in group}
    if not empty:
        return False
    before_empty = _leading_to(scope.spec, empty, spec.node.id)
    before_full = _leading_to(scope.spec, set(group), spec.node.id)
    return any(
        token.node.id in before_empty and token.node.id not in before_full
        for token in scope.live()
        if token.task_spec is not spec
    )


def _leading_to(spec: ScopeSpec, flows: set[str], avoiding: str) -> set[str]:
    """Nodes from which a path leads over one of these flows without touching the gateway before."""
    open_nodes = [spec.scope.flows[flow].source for flow in flows]
    found: set[str] = set()
    while open_nodes:
        node = open_nodes.pop()
        if node in found or node == avoiding:
            continue
        found.add(node)
        open_nodes.extend(flow.source for flow in spec.incoming.get(node, ()))
        host = spec.scope.nodes[node].attached_to
        if host is not None:
            open_nodes.append(host)
    return found
