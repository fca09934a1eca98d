"""Do the branches of a gateway cover every case, and does each branch have one: by trying the values that can come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from engine.bpmn.checks.data import known
from engine.bpmn.checks.rules import Found, Rule, Subject, title
from engine.bpmn.checks.variables.choosing import condition_of
from engine.bpmn.checks.variables.environment import Environment
from engine.bpmn.checks.variables.narrowing import Path, paths, shape_at
from engine.bpmn.checks.variables.shapes import NUMBERS, Scalar, Shape
from engine.bpmn.dialect import Flow, Node, Scope
from engine.bpmn.expressions import ExpressionError, parse_value, syntax

MOST_CASES = 600
_CHOICES = frozenset({"exclusiveGateway", "inclusiveGateway"})
_OTHER = "\u2026"  # stands for every text no condition names

Case = dict[Path, Scalar]


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway with its conditions tried on every case. `exact`: there are no other cases."""

    node: Node
    flows: tuple[Flow, ...]  # with conditions, in the order they are asked
    cases: tuple[tuple[Case, tuple[bool, ...]], ...]
    exact: bool
    covered: bool  # some condition is true in each case, or there is a default


def gateways(subject: Subject) -> list[Gateway]:
    """Every gateway whose conditions could be tried; worked out once per check."""
    if "gateways" not in subject.memory:
        subject.memory["gateways"] = list(_tried(subject))
    found: list[Gateway] = subject.memory["gateways"]
    return found


def _choosing(subject: Subject) -> Iterator[tuple[Scope, Node, Environment | None]]:
    """Gateways and activities that choose among several flows."""
    found = known(subject)
    if found is None:
        return
    for node in found.map.nodes.values():
        scope = found.map.scope_of[node.id]
        if node.kind in _CHOICES and len(scope.outgoing(node.id)) > 1:
            yield scope, node, found.before.get(node.id)


def _tried(subject: Subject) -> Iterator[Gateway]:
    for scope, node, before in _choosing(subject):
        asked = [flow for flow in scope.outgoing(node.id) if flow.condition and flow.id != node.default]
        conditions = [condition_of(flow) for flow in asked]
        read = [condition for condition in conditions if condition is not None]
        if before is None or not asked or len(read) < len(asked):
            continue
        domains, exact = _domains(before, read)
        cases = None if domains is None else _cases(asked, domains)
        if cases is not None:
            covered = node.default is not None or all(any(truths) for _, truths in cases)
            yield Gateway(node, tuple(asked), tuple(cases), exact, covered)


def _domains(before: Environment, conditions: list[syntax.Node]) -> tuple[dict[Path, list[Scalar]] | None, bool]:
    """The values to try for everything the conditions read; None when there are too many or no few stand for all."""
    read = sorted(set().union(*(paths(each) for each in conditions)))
    if any(one != other and one == other[: len(one)] for one, other in combinations(read, 2)):
        return None, False
    named = [value for each in conditions for value in _literals(each)]
    exact, count = True, 1
    domains: dict[Path, list[Scalar]] = {}
    for path in read:
        shape = shape_at(before, path)
        values = None if shape is None or shape.optional else _all(shape)
        if values is None:
            exact = False
            values = _some(shape, named)
        if not values:
            return None, False
        domains[path] = values
        count *= len(values)
        if count > MOST_CASES:
            return None, False
    return domains, exact


def _all(shape: Shape) -> list[Scalar] | None:
    """Every value a shape can have; None when they aren't few."""
    if shape.literals is not None:
        return list(shape.literals)
    if shape.only({"flag", "null"}):
        return [True, False, *([None] if "null" in shape.kinds else [])]
    return None


def _some(shape: Shape | None, named: list[Scalar]) -> list[Scalar]:
    """Values that stand for all others as far as comparisons can tell; none for lists and groups."""
    if shape is None or not shape.known or shape.kinds & {"list", "map", "time", "duration"}:
        return []
    found: list[Scalar] = [None] if "null" in shape.kinds else []
    if "flag" in shape.kinds:
        found += [True, False]
    if "text" in shape.kinds:
        found += [*(value for value in named if isinstance(value, str)), _OTHER]
    if shape.kinds & NUMBERS:
        numbers = [value for value in named if isinstance(value, int | float) and not isinstance(value, bool)] or [0]
        found += [value + step for value in numbers for step in (-1, 0, 1)]
    return list(dict.fromkeys(found))


def _literals(node: syntax.Node) -> Iterator[Scalar]:
    if isinstance(node, syntax.Literal):
        yield node.value
    elif isinstance(node, syntax.Call):
        for each in node.arguments:
            yield from _literals(each)
    elif isinstance(node, syntax.Items):
        for each in node.elements:
            yield from _literals(each)


def _cases(flows: list[Flow], domains: dict[Path, list[Scalar]]) -> list[tuple[Case, tuple[bool, ...]]] | None:
    """Each case with the truth of every condition; None where one can't be worked out."""
    found = []
    for values in product(*domains.values()):
        case = dict(zip(domains, values, strict=True))
        variables = _variables(case)
        try:
            truths = tuple(parse_value(flow.condition or "").evaluate(variables) for flow in flows)
        except ExpressionError:
            return None
        if not all(isinstance(truth, bool) for truth in truths):
            return None
        found.append((case, truths))
    return found


def _variables(case: Case) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, value in case.items():
        inside = found
        for step in path[:-1]:
            inside = inside.setdefault(step, {})
        inside[path[-1]] = value
    return found


def _said(case: Case) -> str:
    return ", ".join(f"{'.'.join(path)} là {_value(value)}" for path, value in case.items())


def _value(value: Scalar) -> str:
    if value is None:
        return "rỗng"
    if isinstance(value, bool):
        return "đúng" if value else "sai"
    return "giá trị khác" if value == _OTHER else f"“{value}”"


def _open_cases(gateway: Gateway) -> list[Case]:
    if gateway.node.default is not None:
        return []
    return [case for case, truths in gateway.cases if not any(truths)]


def _lonely(gateway: Gateway) -> Case | None:
    """A value of one variable that no branch takes, whatever the others are."""
    left = _open_cases(gateway)
    for path in left[0] if left else ():
        for value in dict.fromkeys(case[path] for case in left):
            same = [truths for case, truths in gateway.cases if case[path] == value]
            if not any(any(truths) for truths in same):
                return {path: value}
    return None


def _uncovered(subject: Subject) -> Iterator[Found]:
    for gateway in gateways(subject):
        lonely = _lonely(gateway) if gateway.exact else None
        if lonely is not None:
            yield _id(gateway.node), (
                f"Khi {_said(lonely)} thì không nhánh nào của {_title(subject, gateway.node)} được đi tiếp; "
                "hãy thêm nhánh cho trường hợp này hoặc chọn một luồng làm mặc định."
            )


def _maybe_uncovered(subject: Subject) -> Iterator[Found]:
    for gateway in gateways(subject):
        left = _open_cases(gateway)
        if left and not (gateway.exact and _lonely(gateway)):
            yield _id(gateway.node), (
                f"Khi {_said(left[0])} thì không nhánh nào của {_title(subject, gateway.node)} được đi tiếp và hồ sơ "
                "sẽ dừng lại; hãy chọn một luồng làm mặc định."
            )


def _no_default(subject: Subject) -> Iterator[Found]:
    """Conditions nobody can try here, and nothing for the case that none is true."""
    tried = {gateway.node.id for gateway in gateways(subject)}
    for scope, node, _ in _choosing(subject):
        flows = scope.outgoing(node.id)
        if node.default is None and node.id not in tried and all(flow.condition for flow in flows):
            yield _id(node), (
                f"{_title(subject, node).capitalize()} chưa có luồng mặc định; nếu không điều kiện nào đúng, hồ sơ sẽ "
                "dừng lại ở đây. Hãy chọn một luồng làm mặc định."
            )


def _never(subject: Subject) -> Iterator[Found]:
    for gateway in gateways(subject):
        for place, flow in enumerate(gateway.flows if gateway.exact else ()):
            if not any(truths[place] for _, truths in gateway.cases):
                condition = condition_of(flow)
                told = "; ".join(
                    f"{'.'.join(path)} chỉ có thể là {_values(gateway, path)}"
                    for path in sorted(paths(condition) if condition is not None else ())
                )
                yield flow.id, (
                    f"Điều kiện của luồng “{flow.name or flow.id}” không bao giờ đúng vì {told}; hãy sửa điều kiện."
                )


def _values(gateway: Gateway, path: Path) -> str:
    values = list(dict.fromkeys(case[path] for case, _ in gateway.cases))
    return ", ".join(_value(value) for value in values[:8])


def _overlap(subject: Subject) -> Iterator[Found]:
    for gateway in gateways(subject):
        if gateway.node.kind != "exclusiveGateway" or not gateway.exact:
            continue
        for one, other in combinations(range(len(gateway.flows)), 2):
            both = next((case for case, truths in gateway.cases if truths[one] and truths[other]), None)
            if both is not None:
                first, second = gateway.flows[one], gateway.flows[other]
                yield second.id, (
                    f"Khi {_said(both)} thì cả hai luồng “{first.name or first.id}” và “{second.name or second.id}” "
                    "đều đúng và chỉ luồng đầu được đi; hãy sửa để mỗi trường hợp chỉ đúng một điều kiện."
                )


def _id(node: Node) -> str:
    return node.id.partition(":")[0]


def _title(subject: Subject, node: Node) -> str:
    """What chooses: a gateway, or the activity a hidden one was made for."""
    shown = next((each for _, each in subject.places() if each.id == _id(node)), node)
    return f"cổng {title(shown)}" if shown.kind.endswith("Gateway") else f"bước {title(shown)}"


RULES = (
    Rule("choices.uncovered", _uncovered),
    Rule("choices.maybe-uncovered", _maybe_uncovered, "warning"),
    Rule("choices.no-default", _no_default, "warning"),
    Rule("choices.never", _never, "warning"),
    Rule("choices.overlap", _overlap, "warning"),
)
