"""Texts of a diagram where certain variables are known: what they give, and a note of each for the rules to look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.bpmn.checks.variables.environment import Environment
from engine.bpmn.checks.variables.inference import Called, Inferred, Trouble, infer
from engine.bpmn.checks.variables.shapes import ANY, Shape, group, listed, literal, of, union
from engine.bpmn.dialect import Assignment, Passing
from engine.bpmn.expressions import Expression, ExpressionError, parse_value
from engine.bpmn.expressions.syntax import Node, parse_expression


@dataclass(frozen=True, slots=True)
class Use:
    """One text at one place. `what`: input, output, in, out, condition, timer, table, form, or an attribute's name."""

    element: str
    what: str
    name: str
    text: Any
    shape: Shape
    environment: Environment
    troubles: tuple[Trouble, ...] = ()
    calls: tuple[Called, ...] = ()
    nodes: tuple[Node, ...] = ()

    @property
    def reads(self) -> frozenset[str]:
        """The variables the text names, those it only asks about left out."""
        if self.what in ("form", "table"):
            return frozenset({self.text})
        try:
            return parse_value(self.text).names
        except ExpressionError:
            return frozenset()


class Evaluator:
    """Infers the texts of one element; keeps a `Use` of each."""

    def __init__(self, element: str) -> None:
        self.element = element
        self.uses: list[Use] = []

    def value(self, what: str, value: Any, environment: Environment, name: str = "") -> Shape:
        """The shape a text, or a list or map of texts, gives."""
        if isinstance(value, list):
            return listed(union(*(self.value(what, each, environment, name) for each in value)))
        if isinstance(value, dict):
            return group({str(key): self.value(what, each, environment, name) for key, each in value.items()})
        try:
            parsed = parse_value(value)
        except ExpressionError:
            return ANY
        nodes = tuple(parse_expression(part.text) for part in parsed.parts if isinstance(part, Expression))
        found = [infer(node, environment) for node in nodes]
        shape = literal(value) if not nodes else found[0].shape if len(parsed.parts) == 1 else of("text")
        self._note(what, name, value, shape, environment, found, nodes)
        return shape

    def _note(
        self, what: str, name: str, text: Any, shape: Shape, environment: Environment,
        found: list[Inferred], nodes: tuple[Node, ...],
    ) -> None:  # fmt: skip
        troubles = tuple(dict.fromkeys(trouble for each in found for trouble in each.troubles))
        calls = tuple(call for each in found for call in each.calls)
        self.uses.append(Use(self.element, what, name, text, shape, environment, troubles, calls, nodes))

    def names(self, what: str, names: Iterator[str], environment: Environment, name: str) -> None:
        """Variables somebody else reads by name: a form or a table."""
        for each in names:
            shape = environment.get(each)
            trouble = "never" if shape is None else "maybe" if shape.optional else None
            if trouble is not None:
                troubles = (Trouble("never" if shape is None else "maybe", (each,)),)
                self.uses.append(Use(self.element, what, name, each, shape or ANY, environment, troubles))

    def assignments(self, what: str, assignments: tuple[Assignment, ...], environment: Environment) -> dict[str, Shape]:
        """Input or output parameters, each seeing those before it."""
        found: dict[str, Shape] = {}
        growing = dict(environment.variables)
        seeing = Environment(growing, environment.open)
        for each in assignments:
            found[each.name] = growing[each.name] = self.value(what, each.value, seeing, each.name)
        return found

    def passed(self, what: str, passings: tuple[Passing, ...], environment: Environment) -> dict[str, Shape]:
        """What camunda:in or camunda:out hand over."""
        found: dict[str, Shape] = {}
        for each in passings:
            if each.everything:
                found.update(environment.variables)
                continue
            source = each.source or ""
            text = each.expression or (source if "${" in source else f"${{{source}}}")
            target = each.target or source
            found[target] = self.value(what, text, environment, target)
        return found
