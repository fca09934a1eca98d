"""What has to be right about the parts of a version before it is published."""

from __future__ import annotations

from dataclasses import replace

from engine.definitions.rules import sound
from engine.definitions.shipped import PROCESSES, read_folder

RECALL = read_folder(PROCESSES / "recall")


def told(**parts: object) -> list[tuple[str, str]]:
    return [(each.element, each.rule) for each in sound(replace(RECALL, **parts))]


def test_a_shipped_procedure_is_sound() -> None:
    assert told() == []


def test_the_key_in_the_diagram_is_the_key_of_the_procedure() -> None:
    diagram = RECALL.diagram.replace(b'id="recall"', b'id="take-back"').replace(b'"recall"', b'"take-back"')
    assert told(diagram=diagram) == [("take-back", "supported.key")]
    [finding] = sound(replace(RECALL, diagram=diagram))
    assert finding.sentence == "Mã quy trình trong sơ đồ là “take-back”; hãy đặt lại thành “recall”."


def test_a_form_that_is_none_is_told() -> None:
    [(_element, rule)] = told(forms={**RECALL.forms, "broken": {"components": 5}})
    assert rule.startswith("form")


def test_a_clock_begins_no_procedure() -> None:
    start = RECALL.diagram.index(b"<bpmn:startEvent")
    end = RECALL.diagram.index(b"</bpmn:startEvent>", start)
    timer = (
        b'<bpmn:timerEventDefinition id="clock"><bpmn:timeCycle xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        b'xsi:type="bpmn:tFormalExpression">R/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>'
    )
    diagram = RECALL.diagram[:end] + timer + RECALL.diagram[end:]
    assert "supported.start" in [rule for _element, rule in told(diagram=diagram)]
