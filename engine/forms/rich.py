"""The parts of form-js JSON that hold expressions: conditions, computed defaults, labels with `{{name}}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from engine.bpmn.expressions import Expression, ExpressionError, compile_expression
from engine.forms.conditions import Computed, Condition, NotSimple, parse
from engine.forms.text import clean, slots

_CEL = re.compile(r"\$\{(.*)\}", re.DOTALL)
_OPEN_SLOT = re.compile(r"\{\{")


class Refused(Exception):
    """One component can't be used: rule and sentence of the finding."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(sentence)
        self.rule = rule
        self.sentence = sentence


def template(raw: Any, longest: int) -> str:
    """Return a label, help or static text whose only expressions are `{{name}}`."""
    if not isinstance(raw, str):
        raise Refused("form-text", "Nhãn và lời dẫn phải là chữ.")
    if len(raw) > longest:
        raise Refused("form-text", f"Nhãn hoặc lời dẫn dài quá {longest} ký tự.")
    if raw.startswith("=") or len(_OPEN_SLOT.findall(raw)) != len(slots(raw)):
        raise Refused("form-text", "Trong nhãn và lời dẫn chỉ dùng được {{tên_biến}}, không dùng biểu thức.")
    return clean(raw, lines=True)


def read_condition(raw: Any) -> Condition:
    """Return the condition written as `=…` (FEEL) or `${…}` (CEL)."""
    if not isinstance(raw, str):
        raise Refused("form-condition", "Điều kiện ẩn phải là biểu thức.")
    text = raw.strip()
    cel = _CEL.fullmatch(text)
    inner = cel.group(1) if cel else text.removeprefix("=")
    try:
        return parse(inner)
    except NotSimple as error:
        if cel is None:
            raise Refused(
                "form-condition", f"Không hiểu điều kiện “{text[:80]}” ({error}). Viết lại dạng ${{tên == 'giá trị'}}."
            ) from error
    expression = _compiled(inner, "form-condition")
    return Computed(text, _decider(expression), frozenset(expression.names))


def read_default(raw: Any) -> Callable[[Mapping[str, Any]], Any]:
    """Return what computes a default from process data, written as `${…}`."""
    cel = _CEL.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if cel is None:
        raise Refused("form-default", "Giá trị mặc định theo dữ liệu hồ sơ phải viết dạng ${…}.")
    expression = _compiled(cel.group(1), "form-default")

    def compute(data: Mapping[str, Any]) -> Any:
        try:
            return expression.evaluate(data)
        except ExpressionError:
            return None  # nothing to propose yet: the person fills it in

    return compute


def _compiled(text: str, rule: str) -> Expression:
    try:
        return compile_expression(text)
    except ExpressionError as error:
        raise Refused(rule, str(error)) from error


def _decider(expression: Expression) -> Callable[[Mapping[str, Any]], bool]:
    def decide(values: Mapping[str, Any]) -> bool:
        known = dict.fromkeys(expression.names) | dict(values)
        try:
            return expression.evaluate(known) is True
        except ExpressionError:
            return False  # what can't be decided is shown rather than lost

    return decide
