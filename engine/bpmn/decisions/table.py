"""A decision table ready to run: its rules, and the hit policies that say which of them count."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.bpmn.decisions.unary_tests import Cell, Scope
from engine.bpmn.expressions import MAX_STEP_WORK, NO_FUNCTIONS, Expression, ExpressionError, Functions, limited
from engine.errors import PlatformError

Outcome = dict[str, Any]


class DecisionError(PlatformError):
    """A table gives no clear answer for these data; the text names the table and the rules."""


@dataclass(frozen=True, slots=True)
class Input:
    """A column of conditions."""

    id: str
    label: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: the tests of its inputs and what it gives; `number` as people count, from 1."""

    id: str
    number: int
    tests: tuple[Cell, ...]
    outputs: tuple[Expression | None, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """One compiled table. `names` are the variables it reads, `outputs` the names it gives."""

    id: str
    name: str
    hit_policy: str
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]
    names: frozenset[str]

    def evaluate(
        self, variables: Mapping[str, Any], functions: Functions = NO_FUNCTIONS
    ) -> dict[str, Any] | list[dict[str, Any]] | None:
        """Work the table out.

        Gives the outputs of the rule that counts, None when no rule does; a list of outputs for COLLECT and
        RULE ORDER; one figure under the output's name for an aggregated COLLECT.
        Raises DecisionError when the hit policy is broken or a cell can't be worked out.
        """
        scope = (variables, functions)
        try:
            with limited(MAX_STEP_WORK):
                values = tuple(each.expression.evaluate(variables, functions) for each in self.inputs)
                return _POLICIES[self.hit_policy](self, self._hits(values, scope), scope)
        except ExpressionError as error:
            raise DecisionError(f"Bảng quyết định “{self.name}”: {error}") from error

    def _hits(self, values: tuple[Any, ...], scope: Scope) -> Iterator[Rule]:
        for rule in self.rules:
            if all(cell.always or cell.test(value, scope) for cell, value in zip(rule.tests, values, strict=True)):
                yield rule

    def _outcome(self, rule: Rule, scope: Scope) -> Outcome:
        return {
            name: None if output is None else output.evaluate(*scope)
            for name, output in zip(self.outputs, rule.outputs, strict=True)
        }


def _first(table: DecisionTable, hits: Iterator[Rule], scope: Scope) -> Outcome | None:
    rule = next(hits, None)
    return None if rule is None else table._outcome(rule, scope)


def _unique(table: DecisionTable, hits: Iterator[Rule], scope: Scope) -> Outcome | None:
    rule, second = next(hits, None), next(hits, None)
    if second is not None and rule is not None:
        raise DecisionError(
            f"Bảng quyết định “{table.name}”: dòng {rule.number} và dòng {second.number} cùng đúng, "
            "trong khi chỉ được một dòng đúng."
        )
    return None if rule is None else table._outcome(rule, scope)


def _any(table: DecisionTable, hits: Iterator[Rule], scope: Scope) -> Outcome | None:
    rule = next(hits, None)
    if rule is None:
        return None
    outcome = table._outcome(rule, scope)
    for other in hits:
        if table._outcome(other, scope) != outcome:
            raise DecisionError(
                f"Bảng quyết định “{table.name}”: dòng {rule.number} và dòng {other.number} cùng đúng "
                "nhưng cho kết quả khác nhau."
            )
    return outcome


def _in_order(table: DecisionTable, hits: Iterator[Rule], scope: Scope) -> list[Outcome]:
    return [table._outcome(rule, scope) for rule in hits]


def _collect(table: DecisionTable, hits: Iterator[Rule], scope: Scope) -> Outcome | list[Outcome] | None:
    outcomes = _in_order(table, hits, scope)
    if table.aggregation is None:
        return outcomes
    name = table.outputs[0]
    if table.aggregation == "COUNT":
        return {name: len(outcomes)}
    if not outcomes:
        return None
    figures = [outcome[name] for outcome in outcomes]
    if any(isinstance(figure, bool) or not isinstance(figure, int | float) for figure in figures):
        raise DecisionError(f"Bảng quyết định “{table.name}”: cột “{name}” phải là số để tính gộp.")
    return {name: _AGGREGATIONS[table.aggregation](figures)}


_AGGREGATIONS: Mapping[str, Callable[[list[Any]], Any]] = {"SUM": sum, "MIN": min, "MAX": max}
_POLICIES: Mapping[
    str, Callable[[DecisionTable, Iterator[Rule], Scope], dict[str, Any] | list[dict[str, Any]] | None]
] = {"UNIQUE": _unique, "FIRST": _first, "ANY": _any, "COLLECT": _collect, "RULE ORDER": _in_order}

HIT_POLICIES = frozenset(_POLICIES)
AGGREGATIONS = frozenset(_AGGREGATIONS) | {"COUNT"}
