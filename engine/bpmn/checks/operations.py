"""Does everything exist that the diagram names: operations with their parameters, forms, decision tables."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.checks.rules import Found, Rule, Subject, title
from engine.bpmn.dialect import Node


def _named(node: Node, attribute: str) -> str:
    """The fixed name an attribute gives; empty when there is none or it is worked out while running."""
    name = node.element.attributes.get(attribute, "")
    return "" if "${" in name else name


def _calls(subject: Subject) -> Iterator[tuple[Node, str]]:
    for _, node in subject.places():
        if topic := _named(node, "topic"):
            yield node, topic


def _unknown(subject: Subject) -> Iterator[Found]:
    if subject.catalog is None:
        return
    for node, topic in _calls(subject):
        if topic not in subject.catalog.operations:
            yield node.id, f"Không có thao tác “{topic}”; hãy chọn một thao tác trong danh mục cho {title(node)}."


def _missing(subject: Subject) -> Iterator[Found]:
    if subject.catalog is None:
        return
    for node, topic in _calls(subject):
        given = {assignment.name for assignment in node.element.inputs}
        facts = subject.catalog.operations.get(topic)
        for name, wanted in ({} if facts is None else facts.parameters).items():
            if wanted.required and name not in given:
                yield node.id, f"Thao tác “{topic}” thiếu tham số bắt buộc “{name}”; hãy khai tham số này."


def _surplus(subject: Subject) -> Iterator[Found]:
    if subject.catalog is None:
        return
    for node, topic in _calls(subject):
        if topic in subject.catalog.operations:
            for assignment in node.element.inputs:
                if assignment.name not in subject.catalog.operations[topic].parameters:
                    yield node.id, f"Thao tác “{topic}” không có tham số “{assignment.name}”; hãy xóa hoặc đổi tên."


def _form(subject: Subject) -> Iterator[Found]:
    if subject.catalog is None:
        return
    for _, node in subject.places():
        form = _named(node, "formRef")
        if form and form not in subject.catalog.forms:
            yield node.id, f"Không có biểu mẫu “{form}” trong quy trình; hãy tạo biểu mẫu hoặc chọn biểu mẫu khác."


def _decision(subject: Subject) -> Iterator[Found]:
    if subject.catalog is None:
        return
    for _, node in subject.places():
        table = _named(node, "decisionRef")
        if table and table not in subject.catalog.decisions:
            yield node.id, f"Không có bảng quyết định “{table}” trong quy trình; hãy thêm bảng hoặc chọn bảng khác."


RULES = (
    Rule("operations.unknown", _unknown),
    Rule("operations.missing-parameter", _missing),
    Rule("operations.unknown-parameter", _surplus),
    Rule("operations.form", _form),
    Rule("operations.decision", _decision),
)
