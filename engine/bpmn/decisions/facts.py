"""What a decision table can give, as the checks of diagrams want to know it."""

from __future__ import annotations

from collections.abc import Mapping

from engine.bpmn.checks.facts import TableFacts
from engine.bpmn.checks.variables.shapes import ANY, Scalar, Shape, listed, literal, maybe, union
from engine.bpmn.decisions.table import DecisionTable
from engine.bpmn.expressions import Expression, ExpressionError

_NOT_PLAIN = object()


def table_facts(table: DecisionTable) -> TableFacts:
    """What the table reads, and the values its rows give where they are written as plain values."""
    complete = any(all(cell.always for cell in rule.tests) for rule in table.rules)
    many = table.hit_policy == "RULE ORDER" or (table.hit_policy == "COLLECT" and table.aggregation is None)
    columns = {
        name: _column([_plain(rule.outputs[place]) for rule in table.rules if place < len(rule.outputs)])
        for place, name in enumerate(table.outputs)
    }
    if many:
        outputs: Mapping[str, Shape] = {"result": listed()}
    elif table.aggregation is not None:
        outputs = {table.outputs[0]: Shape(frozenset({"whole", "decimal"}))} if table.outputs else {}
    else:
        outputs = columns if complete else {name: maybe(shape) for name, shape in columns.items()}
    rows = None if many or table.aggregation else _rows(table)
    return TableFacts(table.names, outputs, rows, complete or many or table.aggregation == "COUNT", many)


def _plain(output: Expression | None) -> object:
    """The value of a cell that needs no data; `_NOT_PLAIN` for one that is worked out."""
    if output is None:
        return None
    if output.names:
        return _NOT_PLAIN
    try:
        value = output.evaluate({})
    except ExpressionError:
        return _NOT_PLAIN
    return value if value is None or isinstance(value, str | int | float | bool) else _NOT_PLAIN


def _column(values: list[object]) -> Shape:
    scalars = [value for value in values if value is None or isinstance(value, str | int | float | bool)]
    if len(scalars) < len(values) or not scalars:
        return ANY
    return union(*(literal(value) for value in scalars))


def _rows(table: DecisionTable) -> tuple[Mapping[str, Scalar], ...] | None:
    found: list[dict[str, Scalar]] = []
    for rule in table.rules:
        row: dict[str, Scalar] = {}
        for name, output in zip(table.outputs, rule.outputs, strict=False):
            value = _plain(output)
            if not (value is None or isinstance(value, str | int | float | bool)):
                return None
            row[name] = value
        found.append(row)
    return tuple(found)
