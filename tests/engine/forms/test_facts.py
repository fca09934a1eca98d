"""What a form says of its answers is what validating them gives."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from engine.bpmn.checks.variables.shapes import of_value
from engine.definitions.shipped import read_all
from engine.forms.context import FormContext
from engine.forms.facts import form_facts
from engine.forms.reading import read_form


def form(*components: dict[str, Any]) -> dict[str, Any]:
    return {"id": "form", "type": "default", "components": list(components)}


def asked(kind: str, key: str = "q", required: bool = False, **more: Any) -> dict[str, Any]:
    rules = {"validate": {"required": True}} if required else {}
    return {"type": kind, "id": f"c-{key}", "key": key, "label": "Câu hỏi", **rules, **more}


VALUES = [{"label": "Có", "value": "yes"}, {"label": "Không", "value": "no"}]


@pytest.mark.parametrize(
    ("component", "answers"),
    [
        (asked("textfield"), ["", "chữ"]),
        (asked("number", decimalDigits=0), ["", "3"]),
        (asked("number"), ["", "3,5"]),
        (asked("number", required=True, decimalDigits=0), ["3"]),
        (asked("select", values=VALUES), ["", "yes"]),
        (asked("radio", required=True, values=VALUES), ["no"]),
        (asked("checkbox"), ["", "on"]),
        (asked("checkbox", required=True), ["on"]),
        (asked("checklist", values=VALUES), [[], ["yes", "no"]]),
        (asked("datetime", dateLabel="Ngày"), ["", "23/11/2026"]),
    ],
)
def test_answers_have_the_shape_that_is_told(component: dict[str, Any], answers: list[Any]) -> None:
    schema = form(component)
    told = form_facts(schema).fields["q"].shape
    read = read_form(json.dumps(schema).encode())
    for answer in answers:
        real = of_value(read.validate({"q": answer}, FormContext(today=date(2026, 11, 23)))["q"])
        textual = {"text"} if "time" in told.kinds else set()  # process data keeps times as text
        assert real.kinds <= told.kinds | textual
        assert told.values is None or (real.values is not None and real.values <= told.values)


def test_questions_that_may_be_hidden_hinge_on_what_hides_them() -> None:
    hidden = asked("textfield", "why", conditional={"hide": '=q = "yes"'})
    facts = form_facts(form(asked("radio", values=VALUES), hidden, asked("textfield", "shown", readonly=True)))
    assert not facts.fields["q"].shape.optional
    assert (facts.fields["why"].shape.optional, facts.fields["why"].shape.hinges) == (True, {"q"})
    assert facts.fields["shown"].readonly
    assert facts.reads == frozenset()


def test_names_from_outside_are_told() -> None:
    facts = form_facts(
        form(
            asked("textfield", "a", label="Ý kiến của {{leader.name}}"),
            asked("textfield", "b", properties={"default": "${note}", "bind": "document.subject"}),
            asked("select", "c", valuesKey="choices"),
            asked("select", "d", properties={"kind": "person", "unit": "{{unit}}"}),
            asked("textfield", "e", conditional={"hide": "=stage = 2"}),
            {"type": "text", "id": "t", "text": "Số {{number}} của {{a}}"},
        )
    )
    assert facts.reads == {"leader", "note", "choices", "unit", "stage", "number"}
    assert facts.fields["b"].bound == "subject"
    assert facts.fields["d"].shape.kinds == {"person", "null"}


@pytest.mark.parametrize("schema", [{}, [], None, {"components": 3}, form({"type": "script", "id": "x"}), "text"])
def test_what_cannot_be_read_is_there_but_unknown(schema: Any) -> None:
    assert not form_facts(schema).known


def test_every_shipped_form_is_understood() -> None:
    for bundle in read_all():
        for key, schema in bundle.forms.items():
            facts = form_facts(schema)
            assert facts.known, key
            assert set(facts.fields) == {field.key for field in read_form(json.dumps(schema).encode()).fields}
