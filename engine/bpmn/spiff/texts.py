"""Expressions and texts of a diagram: checked when it is compiled, worked out when a token moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.bpmn.dialect import Diagram, Node
from engine.bpmn.expressions import ExpressionError, compile_expression, parse_value
from engine.bpmn.step import plain
from engine.errors import Finding

Functions = Mapping[str, Callable[..., Any]]

_ATTRIBUTES = ("assignee", "candidateGroups", "candidateUsers", "dueDate", "priority", "calledElement", "decisionRef")


class Held(Exception):
    """A token can't move on; becomes a Trouble at the token, never an error of the whole step."""

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details


def work_out(value: Any, variables: Mapping[str, Any], functions: Functions) -> Any:
    """The value of a text, or of a list or map of texts; raises Held."""
    if isinstance(value, list):
        return [work_out(each, variables, functions) for each in value]
    if isinstance(value, dict):
        return {key: work_out(each, variables, functions) for key, each in value.items()}
    try:
        return parse_value(value).evaluate(variables, functions)
    except ExpressionError as error:
        raise Held("expression", str(error), expression=value) from error


def stored(value: Any, place: str) -> Any:
    """`value` as process data may hold it; raises Held."""
    try:
        return plain(value)
    except ValueError as error:
        raise Held("value", f"«{place}» nhận {error}; dữ liệu quy trình không lưu được giá trị này.") from error


def holds(condition: str, variables: Mapping[str, Any], functions: Functions) -> bool:
    """Whether a condition is true; anything but true and false is Held."""
    result = work_out(condition, variables, functions)
    if not isinstance(result, bool):
        raise Held("expression", f"Điều kiện «{condition}» phải cho kết quả đúng hoặc sai.", expression=condition)
    return result


def named(text: str) -> str:
    """A bare variable name as an expression; what is one already stays."""
    return text if "${" in text else f"${{{text}}}"


def syntax_findings(diagram: Diagram) -> list[Finding]:
    """Every expression of the diagram that can't be read."""
    found: list[Finding] = []
    for scope in diagram.root.scopes():
        for flow in scope.flows.values():
            if flow.condition is not None:
                found.extend(_check(flow.id, flow.condition, must_be_expression=True))
        for node in scope.nodes.values():
            for text, must_be_expression in _texts(node):
                found.extend(_check(node.id, text, must_be_expression))
    return found


def _check(element: str, text: str, must_be_expression: bool) -> Iterator[Finding]:
    if must_be_expression and not (text.startswith("${") and text.endswith("}")):
        yield Finding(element, "expression", f"Biểu thức «{text}» phải viết trong ${{ }}.")
        return
    try:
        parse_value(text)
    except ExpressionError as error:
        yield Finding(element, "expression", str(error))


def _texts(node: Node) -> Iterator[tuple[str, bool]]:
    element = node.element
    for assignment in (*element.inputs, *element.outputs):
        yield from ((text, False) for text in _leaves(assignment.value))
    for name in _ATTRIBUTES:
        if name in element.attributes:
            yield element.attributes[name], False
    if "correlation" in element.properties:
        yield element.properties["correlation"], False
    for passing in (*element.passes_in, *element.passes_out):
        if passing.expression:
            yield passing.expression, True
        if passing.source:
            yield named(passing.source), True
    for event in node.events:
        if event.text:
            yield event.text, False
    if node.loop is not None and node.loop.condition:
        yield node.loop.condition, True
    if node.multi is not None:
        yield from _multi_texts(node)


def _multi_texts(node: Node) -> Iterator[tuple[str, bool]]:
    assert node.multi is not None
    if node.multi.collection:
        yield named(node.multi.collection), True
    if node.multi.cardinality:
        yield node.multi.cardinality, False
    if node.multi.completion:
        yield node.multi.completion, True


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    else:
        yield value


__all__ = ["Functions", "Held", "compile_expression", "holds", "named", "stored", "syntax_findings", "work_out"]
