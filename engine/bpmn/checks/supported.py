"""Can the core run what the diagram says: the kinds it knows, expressions it can read, times that are times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from engine.bpmn.checks.rules import Found, Rule, Subject, camunda, local, owner
from engine.bpmn.dialect import BPMN, CAMUNDA
from engine.bpmn.expressions import ExpressionError, compile_expression
from engine.bpmn.expressions.tree import TAKEN_NAMES, TYPE_NAMES
from engine.bpmn.reading.support import refusals
from engine.bpmn.spiff.texts import syntax_findings
from engine.bpmn.spiff.timers import moment, schedule

_SOME_DAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
# camunda: elements that change what a diagram does and that nothing here obeys.
_IGNORED = {
    "connector": "Kết nối (connector) không dùng được; hãy chọn một thao tác cho tác vụ dịch vụ.",
    "field": "Trường chèn (field injection) không dùng được; hãy dùng tham số vào của thao tác.",
    "formData": "Biểu mẫu khai ngay trong sơ đồ không dùng được; hãy tạo biểu mẫu riêng và chọn ở camunda:formRef.",
}
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = TYPE_NAMES | TAKEN_NAMES | {
    "as", "break", "const", "continue", "data", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
    "namespace", "null", "package", "return", "true", "var", "void", "while",
}  # fmt: skip
_CODE_ATTRIBUTES = ("class", "delegateExpression", "expression")


def _core(subject: Subject) -> Iterator[Found]:
    for finding in refusals(subject.diagram):
        yield finding.element, finding.sentence


def _expression(subject: Subject) -> Iterator[Found]:
    for finding in syntax_findings(subject.diagram):
        yield finding.element, finding.sentence


def _literal(text: str | None) -> bool:
    return bool(text) and "${" not in (text or "")


def _timer(subject: Subject) -> Iterator[Found]:
    for _, node in subject.places():
        for event in node.events:
            if event.kind == "timer" and event.timer is not None and event.text and _literal(event.text):
                try:
                    schedule(event.timer, event.text, _SOME_DAY)
                except (ValueError, OverflowError):
                    yield node.id, (
                        f"Thời gian “{event.text[:60]}” không đọc được; hãy viết khoảng như PT2H, P3D, "
                        "thời điểm như 2026-11-23T08:00:00+07:00 hoặc chu kỳ như R3/PT4H."
                    )


def _due_date(subject: Subject) -> Iterator[Found]:
    for _, node in subject.places():
        text = node.element.attributes.get("dueDate")
        if text and _literal(text):
            try:
                moment(text, _SOME_DAY)
            except (ValueError, OverflowError):
                yield node.id, f"Hạn xử lý “{text[:60]}” không đọc được; hãy viết như P3D hoặc ${{biểu_thức}}."


def _number(subject: Subject) -> Iterator[Found]:
    for _, node in subject.places():
        priority = node.element.attributes.get("priority")
        if priority and _literal(priority) and not re.fullmatch(r"-?\d{1,9}", priority.strip()):
            yield node.id, "Mức ưu tiên phải là số nguyên hoặc biểu thức; hãy sửa lại."
        count = node.multi.cardinality if node.multi is not None else None
        if count and _literal(count) and not re.fullmatch(r"\d{1,4}", count.strip()):
            yield node.id, "Số bản thực hiện phải là số nguyên từ 0 đến 9999 hoặc biểu thức; hãy sửa lại."


def _variable(subject: Subject) -> Iterator[Found]:
    for _, node in subject.places():
        element = node.element
        written = [each.name for each in element.outputs] + [each.target for each in element.passes_out]
        written += [element.attributes.get("resultVariable")]
        if node.multi is not None:
            written += [node.multi.item_variable, node.multi.output]
        for name in written:
            if name and not _can_be_read(name):
                yield node.id, (
                    f"Tên biến “{name[:60]}” không dùng được; hãy dùng chữ không dấu, số, gạch dưới."
                )


def _can_be_read(name: str) -> bool:
    """Whether an expression can name the variable; what nobody can read is a slip of the pen."""
    if _PLAIN_NAME.fullmatch(name) and name not in _RESERVED:
        return True  # asking the library for each of thousands would take long
    try:
        return compile_expression(name).names == {name}
    except ExpressionError:
        return False


def _ignored(subject: Subject) -> Iterator[Found]:
    for node in subject.root.iter(*(f"{{{CAMUNDA}}}{name}" for name in _IGNORED)):
        yield owner(node), _IGNORED[camunda(node)]


def _form_key(subject: Subject) -> Iterator[Found]:
    for node in subject.root.iter(f"{{{BPMN}}}userTask", f"{{{BPMN}}}startEvent"):
        if node.get(f"{{{CAMUNDA}}}formKey"):
            yield owner(node), "Thuộc tính camunda:formKey không được đọc; hãy chọn biểu mẫu ở camunda:formRef."


def _code(subject: Subject) -> Iterator[Found]:
    """Code outside flow nodes, where the core's own refusals don't look: processes, flows, event definitions."""
    listeners = (f"{{{CAMUNDA}}}{name}" for name in ("executionListener", "taskListener"))
    for node in subject.root.iter(*listeners):
        holder = _holder(node)
        if local(holder) in ("process", "sequenceFlow", "participant", "lane"):
            yield owner(holder), "Bộ lắng nghe (listener) không dùng được; hãy bỏ khỏi phần tử này."
    for node in subject.root.iter(f"{{{BPMN}}}messageEventDefinition"):
        if any(node.get(f"{{{CAMUNDA}}}{name}") for name in _CODE_ATTRIBUTES):
            yield owner(node), "Sự kiện thông điệp gọi mã lệnh không dùng được; hãy bỏ camunda:class và tương tự."
    for node in subject.root.iter(f"{{{BPMN}}}conditionExpression"):
        language = node.get("language")
        if node.get(f"{{{CAMUNDA}}}resource") or (language and "cel" not in language.lower()):
            yield owner(node), "Điều kiện viết bằng ngôn ngữ lập trình không dùng được; hãy viết biểu thức trong ${ }."


def _holder(extension: Any) -> Any:
    node = extension.getparent()
    while node is not None and local(node) in ("", "extensionElements"):
        node = node.getparent()
    return extension if node is None else node


RULES = (
    Rule("supported.core", _core),
    Rule("supported.expression", _expression),
    Rule("supported.timer", _timer),
    Rule("supported.due-date", _due_date),
    Rule("supported.number", _number),
    Rule("supported.variable", _variable),
    Rule("supported.ignored", _ignored),
    Rule("supported.form-key", _form_key),
    Rule("supported.code", _code),
)
