"""Reads the decision tables of a DMN file, trusting nothing in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from lxml import etree

from engine.bpmn.decisions.table import AGGREGATIONS, HIT_POLICIES, DecisionTable, Input, Rule
from engine.bpmn.decisions.unary_tests import Cell, UnaryTestError, parse_cell
from engine.bpmn.expressions import Expression, ExpressionError, compile_expression
from engine.bpmn.reading import read_xml
from engine.errors import DefinitionError, Finding

MAX_RULES = 2_000
_CODE = frozenset({"javascript", "ecmascript", "groovy", "python", "jruby", "ruby"})
_DATE = re.compile(r'^date\s*\(\s*"(\d{4}-\d\d-\d\d)"\s*\)$')
_NAME = re.compile(r"^[A-Za-z_]\w*$", re.ASCII)


def read_decisions(xml: bytes) -> Mapping[str, DecisionTable]:
    """Read and compile every decision table of a DMN file, by decision id.

    Raises DefinitionError with a finding for each cell, column or table that can't be run.
    """
    try:
        root = read_xml(xml)
    except DefinitionError as error:
        raise DefinitionError(
            Finding(f.element, "decision.xml", f.sentence.replace("Tệp sơ đồ", "Tệp bảng quyết định"))
            for f in error.findings
        ) from None
    name = etree.QName(root)
    if name.localname != "definitions" or "/spec/DMN/" not in (name.namespace or ""):
        raise DefinitionError([Finding("", "decision.xml", "Tệp này không phải bảng quyết định DMN.")])
    findings: list[Finding] = []
    tables: dict[str, DecisionTable] = {}
    for decision in _children(root, "decision"):
        table = _Reading(decision, findings).table()
        if table is None:
            continue
        if table.id in tables:
            findings.append(Finding(table.id, "decision.id", "Hai bảng quyết định dùng chung một mã; hãy đổi mã."))
        tables[table.id] = table
    if not tables and not findings:
        findings.append(Finding("", "decision.table", "Tệp chưa có bảng quyết định nào; hãy thêm một bảng."))
    if findings:
        raise DefinitionError(findings)
    return MappingProxyType(tables)


def _children(node: Any, *names: str) -> list[Any]:
    return [child for child in node if isinstance(child.tag, str) and etree.QName(child).localname in names]


def _child(node: Any, name: str) -> Any:
    return next(iter(_children(node, name)), None)


def _text(node: Any) -> str:
    text = None if node is None else _child(node, "text")
    return "" if text is None else "".join(text.itertext()).strip()


class _Reading:
    """Reads one decision and notes what is wrong with it."""

    def __init__(self, decision: Any, findings: list[Finding]) -> None:
        self.decision = decision
        self.id: str = decision.get("id") or ""
        self.findings = findings
        self.names: set[str] = set()

    def table(self) -> DecisionTable | None:
        """The compiled table, or None when there is none; findings tell what is wrong in it."""
        if not self.id:
            self._note("", "id", "Bảng quyết định chưa có mã; hãy đặt mã cho bảng.")
            return None
        for requirement in _children(self.decision, "informationRequirement"):
            if _child(requirement, "requiredDecision") is not None:
                self._note(self.id, "requirement", "Các bảng nối tiếp nhau chưa dùng được; hãy gộp thành một bảng.")
        drawn = _child(self.decision, "decisionTable")
        if drawn is None:
            self._note(self.id, "table", "Quyết định này phải là một bảng; hãy đổi sang dạng bảng quyết định.")
            return None
        policy = drawn.get("hitPolicy") or "UNIQUE"
        aggregation = drawn.get("aggregation") or None
        inputs = tuple(self._input(node, place) for place, node in enumerate(_children(drawn, "input"), 1))
        outputs = self._outputs(drawn)
        self._policy(policy, aggregation, outputs)
        rules = self._rules(drawn, len(inputs), len(outputs))
        return DecisionTable(
            self.id,
            self.decision.get("name") or self.id,
            policy,
            aggregation,
            tuple(each for each in inputs if each is not None),
            outputs,
            rules,
            frozenset(self.names),
        )

    def _note(self, element: str, rule: str, sentence: str) -> None:
        self.findings.append(Finding(element or self.id, f"decision.{rule}", sentence))

    def _policy(self, policy: str, aggregation: str | None, outputs: tuple[str, ...]) -> None:
        if policy not in HIT_POLICIES:
            self._note(self.id, "hit-policy", f"Cách chọn dòng “{policy}” chưa dùng được; hãy chọn UNIQUE, FIRST, ANY, "
                       "COLLECT hoặc RULE ORDER.")
        if aggregation is not None and (policy != "COLLECT" or aggregation not in AGGREGATIONS or len(outputs) != 1):
            self._note(self.id, "aggregation",
                       "Tính gộp (SUM, MIN, MAX, COUNT) chỉ dùng với COLLECT và một cột kết quả.")

    def _input(self, node: Any, place: int) -> Input | None:
        identifier = node.get("id") or self.id
        label = node.get("label") or f"cột {place}"
        holder = _child(node, "inputExpression")
        expression = None
        if _text(holder) == "":
            self._note(identifier, "input", f"Điều kiện “{label}” chưa nêu biến hoặc biểu thức.")
        elif self._is_code(holder):
            self._note(identifier, "language", f"Điều kiện “{label}” viết bằng mã lệnh; hãy viết lại bằng biểu thức.")
        else:
            expression = self._expression(identifier, _text(holder))
        return None if expression is None else Input(identifier, label, expression)

    def _outputs(self, drawn: Any) -> tuple[str, ...]:
        names: list[str] = []
        nodes = _children(drawn, "output")
        for node in nodes:
            name = node.get("name") or ("result" if len(nodes) == 1 else "")
            identifier = node.get("id") or self.id
            if not _NAME.match(name):
                self._note(identifier, "output", "Cột kết quả phải có tên gồm chữ không dấu, số và gạch dưới.")
            elif name in names:
                self._note(identifier, "output", f"Hai cột kết quả cùng tên “{name}”; hãy đổi tên một cột.")
            if _child(node, "defaultOutputEntry") is not None:
                self._note(identifier, "output", "Giá trị mặc định chưa dùng được; hãy thêm một dòng cuối cùng.")
            names.append(name)
        if not names:
            self._note(self.id, "output", "Bảng chưa có cột kết quả; hãy thêm ít nhất một cột.")
        return tuple(names)

    def _rules(self, drawn: Any, inputs: int, outputs: int) -> tuple[Rule, ...]:
        rows = _children(drawn, "rule")
        if len(rows) > MAX_RULES:
            self._note(self.id, "size", f"Bảng có quá {MAX_RULES} dòng; hãy chia thành nhiều bảng.")
            return ()
        return tuple(self._rule(row, number, inputs, outputs) for number, row in enumerate(rows, 1))

    def _rule(self, row: Any, number: int, inputs: int, outputs: int) -> Rule:
        identifier = row.get("id") or f"{self.id}:{number}"
        given, results = _children(row, "inputEntry"), _children(row, "outputEntry")
        if len(given) != inputs or len(results) != outputs:
            self._note(identifier, "shape", f"Dòng {number} không đủ hoặc thừa ô so với số cột; hãy sửa lại dòng này.")
        note = _child(row, "description")
        return Rule(
            identifier,
            number,
            tuple(self._cell(identifier, number, node) for node in given),
            tuple(self._output(identifier, number, node) for node in results),
            "" if note is None else "".join(note.itertext()).strip(),
        )

    def _cell(self, rule: str, number: int, node: Any) -> Cell:
        if self._is_code(node):
            self._note(rule, "language", f"Dòng {number} có ô viết bằng mã lệnh; hãy viết lại bằng điều kiện của bảng.")
            return parse_cell("-")
        try:
            cell = parse_cell(_text(node))
        except UnaryTestError as error:
            self._note(rule, "cell", f"Dòng {number}: {error}")
            return parse_cell("-")
        self.names |= cell.names
        return cell

    def _output(self, rule: str, number: int, node: Any) -> Expression | None:
        text = _text(node)
        if text in ("", "-"):
            return None
        if self._is_code(node):
            self._note(rule, "language", f"Dòng {number} có kết quả viết bằng mã lệnh; hãy viết lại bằng biểu thức.")
            return None
        as_date = _DATE.match(text)
        return self._expression(rule, f'"{as_date[1]}"' if as_date else text, f"Dòng {number}: ")

    def _expression(self, element: str, text: str, where: str = "") -> Expression | None:
        if text.startswith("${") and text.endswith("}"):
            text = text[2:-1]
        try:
            expression = compile_expression(text.strip())
        except ExpressionError as error:
            self._note(element, "expression", f"{where}{error}")
            return None
        self.names |= expression.names
        return expression

    @staticmethod
    def _is_code(node: Any) -> bool:
        return (node.get("expressionLanguage") or "").strip().lower() in _CODE
