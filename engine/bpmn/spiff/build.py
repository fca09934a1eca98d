"""Makes SpiffWorkflow specifications of a normalised diagram: one for each scope."""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.dialect import Diagram, Node, Scope
from engine.bpmn.spiff.activities import CatchSpec, WaitSpec
from engine.bpmn.spiff.case import ScopeSpec
from engine.bpmn.spiff.gateways import EventGatewaySpec, ExclusiveSpec, InclusiveSpec, JoinSpec, ParallelSpec
from engine.bpmn.spiff.nodes import ErrorEndSpec, NodeSpec, PassSpec, StartSpec, TerminateSpec, ThrowSpec
from engine.bpmn.spiff.scopes import SubProcessSpec

_BY_KIND: dict[str, type[NodeSpec]] = {
    "startEvent": StartSpec,
    "task": PassSpec,
    "manualTask": PassSpec,
    "userTask": WaitSpec,
    "serviceTask": WaitSpec,
    "businessRuleTask": WaitSpec,
    "callActivity": WaitSpec,
    "receiveTask": CatchSpec,
    "boundaryEvent": CatchSpec,
    "intermediateCatchEvent": CatchSpec,
    "sendTask": ThrowSpec,
    "subProcess": SubProcessSpec,
    "exclusiveGateway": ExclusiveSpec,
    "inclusiveGateway": InclusiveSpec,
    "parallelGateway": ParallelSpec,
    "eventBasedGateway": EventGatewaySpec,
}
_BY_EVENT: dict[str, type[NodeSpec]] = {
    "message": ThrowSpec,
    "signal": ThrowSpec,
    "escalation": ThrowSpec,
    "error": ErrorEndSpec,
    "terminate": TerminateSpec,
}


@dataclass(frozen=True, slots=True)
class Core:
    """The specifications of a procedure by scope id; shared by all its instances and never changed."""

    root: str
    specs: dict[str, ScopeSpec]


def build(diagram: Diagram) -> Core:
    """The specifications SpiffWorkflow's workflows run on.

    They are built here and not by SpiffWorkflow's own parser, which drops links and signal ends without a word, loses
    lanes, refuses what `normalise` has no need to rewrite and runs out of stack on long diagrams.
    """
    return Core(diagram.key, {scope.id: _scope_spec(scope) for scope in diagram.root.scopes()})


def _class_of(node: Node) -> type[NodeSpec]:
    if node.kind in ("endEvent", "intermediateThrowEvent"):
        return PassSpec if node.event is None else _BY_EVENT.get(node.event.kind, PassSpec)
    if node.kind == "intermediateCatchEvent" and node.event is not None and node.event.kind == "link":
        return PassSpec
    return _BY_KIND[node.kind]


def _scope_spec(scope: Scope) -> ScopeSpec:
    spec = ScopeSpec(scope)
    made: dict[str, NodeSpec] = {}
    subs = []
    for node in scope.nodes.values():
        made[node.id] = _class_of(node)(spec, node)
        if node.by_event and node.inner is not None:
            start = next(each for each in node.inner.nodes.values() if each.kind == "startEvent")
            made[start.id] = CatchSpec(spec, start)
            subs.append((node, start))
    for identifier, each in made.items():
        each.flows = tuple(scope.outgoing(identifier))
        for flow in each.flows:
            each.connect(made[flow.target])
        spec.incoming[identifier] = tuple(scope.incoming(identifier))
        if isinstance(each, JoinSpec):
            each.arriving = tuple(flow.id for flow in spec.incoming[identifier])
        boundaries = tuple(scope.boundaries(identifier))
        if boundaries:
            spec.boundaries[identifier] = boundaries
    spec.event_subs = tuple(subs)
    spec.inclusive = tuple(each for each in made.values() if isinstance(each, InclusiveSpec) and len(each.arriving) > 1)
    spec.start_node = next((node.id for node in scope.nodes.values() if node.kind == "startEvent"), None)
    return spec
