"""Each rule of readable, and the ids under which broken files are told."""

from __future__ import annotations

import pytest

from engine.bpmn.checks import readable
from tests.engine.bpmn.checks.trial import found, sentences, work
from tests.engine.bpmn.diagrams import end, flow, path, process, start

GOOD = process(start(), work("a"), end(), path("start a end"))
ZEEBE = b"http://camunda.org/schema/zeebe/1.0"
CASES = {
    "readable.foreign": GOOD.replace(b"<bpmn:userTask", b'<bpmn:userTask xmlns:z="%s" z:x="1"' % ZEEBE),
    "readable.not-executable": GOOD.replace(b' isExecutable="true"', b""),
}


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == {rule.id for rule in readable.RULES}


@pytest.mark.parametrize("rule", CASES)
def test_wrong_and_right(rule: str) -> None:
    assert found(CASES[rule]) == [("p", rule)]
    assert "hãy" in sentences(CASES[rule])[0]
    assert found(GOOD) == []


def test_foreign_elements() -> None:
    box = b'<bpmn:extensionElements><f:x xmlns:f="http://flowable.org/bpmn"/></bpmn:extensionElements>'
    wrong = GOOD.replace(b"<bpmn:userTask", box + b"<bpmn:userTask")
    assert found(wrong) == [("p", "readable.foreign")]
    assert "Flowable" in sentences(wrong)[0]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (process(*(work(f"w{n}") for n in range(1001))), [("p", "readable.size")]),
        (b"junk", [("", "readable.xml")]),
        (b"<!DOCTYPE x><x/>", [("", "readable.xml")]),
        (b"<html/>", [("", "readable.procedure")]),
        (GOOD.replace(b"process", b"collaboration"), [("", "readable.procedure")]),
        (GOOD.replace(b"</bpmn:definitions>", GOOD[GOOD.index(b"<bpmn:process") :]), [("", "readable.procedure")]),
        (process(start(), end(), work("end")), [("end", "readable.element")]),
        (process(start(), end(), flow("start", "away")), [("start-away", "readable.element")]),
        (process(start(), end("end", '<bpmn:signalEventDefinition signalRef="gone"/>')), [("end", "readable.element")]),
    ],
)
def test_broken_files(xml: bytes, expected: list[tuple[str, str]]) -> None:
    assert found(xml) == expected
