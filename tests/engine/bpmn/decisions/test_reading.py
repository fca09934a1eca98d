"""Reading DMN files: what dmn-js and Camunda write, and what can't be run."""

from __future__ import annotations

import pytest

from engine.bpmn.decisions import read_decisions
from engine.errors import DefinitionError
from tests.engine.bpmn.decisions.test_table import dmn

CAMUNDA = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"
  xmlns:camunda="http://camunda.org/schema/1.0/dmn" id="definitions" name="Bảng" namespace="http://camunda.org/schema/1.0/dmn"
  exporter="Camunda Modeler" exporterVersion="5.0">
  <inputData id="input-level" name="Độ mật"/>
  <decision id="handling" name="Cách xử lý" camunda:historyTimeToLive="5">
    <informationRequirement id="req"><requiredInput href="#input-level"/></informationRequirement>
    <decisionTable id="table" hitPolicy="FIRST">
      <input id="in1" label="Độ mật" camunda:inputVariable="x">
        <inputExpression id="e1" typeRef="string" expressionLanguage="juel">
          <text>${document.level}</text></inputExpression>
        <inputValues id="iv"><text>"mật","thường"</text></inputValues>
      </input>
      <output id="out1" name="channel" label="Kênh" typeRef="string"/>
      <annotation name="Ghi chú"/>
      <rule id="rule1"><description>Mật thì gửi giấy</description>
        <inputEntry id="c1"><text>"mật"</text></inputEntry>
        <outputEntry id="d1"><text>"giấy"</text></outputEntry>
        <annotationEntry><text>LA</text></annotationEntry>
      </rule>
      <rule id="rule2"><inputEntry id="c2"><text></text></inputEntry>
        <outputEntry id="d2"><text>"điện tử"</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI><dmndi:DMNDiagram/></dmndi:DMNDI>
</definitions>"""


def test_camunda_file() -> None:
    table = read_decisions(CAMUNDA.encode())["handling"]
    assert table.evaluate({"document": {"level": "mật"}}) == {"channel": "giấy"}
    assert table.evaluate({"document": {"level": "thường"}}) == {"channel": "điện tử"}
    assert table.rules[0].note == "Mật thì gửi giấy"
    assert table.inputs[0].label == "Độ mật"


def test_older_namespace_and_unnamed_single_output() -> None:
    text = CAMUNDA.replace("https://www.omg.org/spec/DMN/20191111/MODEL/", "http://www.omg.org/spec/DMN/20151101/dmn.xsd")
    table = read_decisions(text.replace('name="channel" ', "").encode())["handling"]
    assert table.evaluate({"document": {"level": "mật"}}) == {"result": "giấy"}


def refused(xml: bytes) -> list[tuple[str, str]]:
    with pytest.raises(DefinitionError) as caught:
        read_decisions(xml)
    assert all(found.sentence for found in caught.value.findings)
    return [(found.element, found.rule) for found in caught.value.findings]


@pytest.mark.parametrize("policy", ["PRIORITY", "OUTPUT ORDER", "unique", "X"])
def test_other_hit_policies(policy: str) -> None:
    assert refused(dmn([], f"hitPolicy='{policy}'")) == [("deadline", "decision.hit-policy")]


@pytest.mark.parametrize(
    ("attributes", "outputs"),
    [
        ("hitPolicy='FIRST' aggregation='SUM'", ["r"]),
        ("hitPolicy='COLLECT' aggregation='AVG'", ["r"]),
        ("hitPolicy='COLLECT' aggregation='SUM'", ["r", "s"]),
    ],
)
def test_wrong_aggregations(attributes: str, outputs: list[str]) -> None:
    assert refused(dmn([], attributes, outputs=outputs)) == [("deadline", "decision.aggregation")]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (dmn([(["< ", "-"], ["1", "2"])]), [("r1", "decision.cell")]),
        (dmn([(["-", "-"], ["1 +", "2"])]), [("r1", "decision.expression")]),
        (dmn([(["-"], ["1", "2"])]), [("r1", "decision.shape")]),
        (dmn([(["-", "-"], ["1"])]), [("r1", "decision.shape")]),
        (dmn([], inputs=["a b"]), [("i0", "decision.expression")]),
        (dmn([], inputs=[""]), [("i0", "decision.input")]),
        (dmn([], outputs=["số"]), [("o0", "decision.output")]),
        (dmn([], outputs=["a", "a"]), [("o1", "decision.output")]),
        (dmn([], outputs=[]), [("deadline", "decision.output")]),
        (dmn([], outputs=["", "b"]), [("o0", "decision.output")]),
        (dmn([]).replace(b"id='deadline'", b""), [("", "decision.id")]),
        (dmn([]).replace(b"decisionTable", b"literalExpression"), [("deadline", "decision.table")]),
        (dmn([(["-", "-"], ["1", "2"])] * 2001), [("deadline", "decision.size")]),
        (CAMUNDA.replace("juel", "groovy").encode(), [("in1", "decision.language")]),
        (CAMUNDA.replace('"c1"', '"c1" expressionLanguage="javascript"').encode(), [("rule1", "decision.language")]),
        (CAMUNDA.replace('id="d1"', 'id="d1" expressionLanguage="Python"').encode(), [("rule1", "decision.language")]),
        (CAMUNDA.replace("requiredInput", "requiredDecision").encode(), [("handling", "decision.requirement")]),
        (
            CAMUNDA.replace("<annotation ", '<output id="o2" name="b"><defaultOutputEntry/></output><a ').encode(),
            [("o2", "decision.output"), ("rule1", "decision.shape"), ("rule2", "decision.shape")],
        ),
        (b"", [("", "decision.xml")]),
        (b"<html/>", [("", "decision.xml")]),
        (b"not xml", [("", "decision.xml")]),
        (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', [("", "decision.xml")]),
        (b"<a>" * 50_000, [("", "decision.xml")]),
        (b" " * 3_000_000, [("", "decision.xml")]),
        (b"<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/'/>", [("", "decision.table")]),
    ],
)
def test_refused(xml: bytes, expected: list[tuple[str, str]]) -> None:
    assert refused(xml) == expected


def test_two_decisions_in_a_file_need_two_ids() -> None:
    xml = dmn([])
    decision = xml[xml.index(b"<decision ") : xml.index(b"</definitions>")]
    doubled = xml.replace(b"</definitions>", decision + b"</definitions>")
    assert refused(doubled) == [("deadline", "decision.id")]
    assert set(read_decisions(doubled.replace(b"id='deadline'", b"id='other'", 1))) == {"deadline", "other"}
