"""What is known behind each branch of a gateway."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.bpmn.checks.variables.environment import Environment
from engine.bpmn.checks.variables.evaluation import Evaluator, Use
from engine.bpmn.checks.variables.narrowing import narrow
from engine.bpmn.dialect import Flow, Node
from engine.bpmn.expressions import Expression, ExpressionError, parse_value, syntax

_CHOICES = frozenset({"exclusiveGateway", "inclusiveGateway"})
Behind = tuple[Flow, Environment | None]


def condition_of(flow: Flow) -> syntax.Node | None:
    """The condition of a flow as a tree; None when it has none that can be read."""
    if not flow.condition:
        return None
    try:
        parts = parse_value(flow.condition).parts
    except ExpressionError:
        return None
    only = parts[0] if len(parts) == 1 else None
    return syntax.parse_expression(only.text) if isinstance(only, Expression) else None


def behind(node: Node, flows: Sequence[Flow], after: Environment) -> list[Behind]:
    """Each flow with what is known on it; None where no value of the variables leads along it."""
    if node.kind not in _CHOICES or len(flows) < 2:
        return [(flow, after) for flow in flows]
    found: dict[str, Environment | None] = {}
    rest: Environment | None = after  # none of the conditions so far is true
    for flow in flows:
        condition = None if flow.id == node.default else condition_of(flow)
        if condition is None:
            continue
        here = rest if node.kind == "exclusiveGateway" else after
        found[flow.id] = None if here is None else narrow(here, condition, True)
        rest = None if rest is None else narrow(rest, condition, False)
    return [(flow, found.get(flow.id, rest)) for flow in flows]


def uses(node: Node, flows: Sequence[Flow], after: Environment) -> Iterator[Use]:
    """The conditions behind a node, each with what is known where it is asked."""
    rest: Environment | None = after
    for flow in flows:
        if not flow.condition or flow.id == node.default:
            continue
        seen = Evaluator(flow.id)
        seen.value("condition", flow.condition, after if rest is None else rest)
        yield from seen.uses
        condition = condition_of(flow)
        if condition is not None and node.kind == "exclusiveGateway" and rest is not None:
            rest = narrow(rest, condition, False)
