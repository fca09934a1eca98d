"""From form-js JSON to a form: what is read, and what is refused by name."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DefinitionError
from engine.forms.components import Block, Group
from engine.forms.form import Form
from engine.forms.reading import LARGEST, read_form


def read(*components: Any, **more: Any) -> Form:
    return read_form(json.dumps({"type": "default", "id": "mau", "components": list(components), **more}).encode())


def refused(*components: Any) -> list[tuple[str, str]]:
    with pytest.raises(DefinitionError) as caught:
        read(*components)
    return [(finding.element, finding.rule) for finding in caught.value.findings]


def text(**more: Any) -> dict[str, Any]:
    return {"type": "textfield", "id": "Field_1", "key": "subject", "label": "Trích yếu", **more}


def test_a_form_as_the_designer_of_form_js_writes_it() -> None:
    form = read(
        {
            "type": "text",
            "id": "Text_1",
            "text": "# Văn bản {{number}}\n- một\nđoạn",
            "layout": {"row": "Row_1", "columns": None},
        },
        text(description="Không quá 500 ký tự", validate={"required": True, "maxLength": 500}),
        {
            "type": "group",
            "id": "Group_1",
            "label": "Xử lý",
            "showOutline": True,
            "components": [
                {
                    "type": "radio",
                    "id": "R",
                    "key": "decision",
                    "label": "Ý kiến",
                    "values": [{"label": "Nhận", "value": "accept"}],
                },
                {
                    "type": "datetime",
                    "id": "D",
                    "subtype": "date",
                    "dateLabel": "Hạn",
                    "key": "due_date",
                    "disallowPassedDates": True,
                },
                {
                    "type": "select",
                    "id": "P",
                    "key": "lead",
                    "label": "Chủ trì",
                    "properties": {"kind": "person", "role": "specialist"},
                },
            ],
        },
        {"type": "separator", "id": "S"},
        {"type": "filepicker", "id": "F", "key": "files", "label": "Tệp", "accept": ".pdf, .docx", "multiple": True},
        {"type": "spacer", "id": "Sp"},
        {"type": "button", "id": "B", "label": "Gửi", "action": "submit"},
    )
    assert [type(part) for part in form.parts] == [Block, type(form.fields[0]), Group, Block, type(form.fields[0])]
    assert [(f.key, f.kind) for f in form.fields] == [
        ("subject", "text"),
        ("decision", "radio"),
        ("due_date", "date"),
        ("lead", "select"),
        ("files", "file"),
    ]
    assert form.fields[0].limits.required
    assert form.fields[2].limits.no_past
    assert form.fields[3].picker is not None
    assert dict(form.fields[3].picker.narrowing) == {"role": "specialist"}
    assert form.fields[4].limits.accept == (".pdf", ".docx")


@pytest.mark.parametrize(
    ("component", "rule"),
    [
        ({"type": "iframe", "key": "a", "label": "A", "url": "javascript:alert(1)"}, "form-type"),
        ({"type": "html", "content": "<script>"}, "form-type"),
        ({"type": "dynamiclist", "components": []}, "form-type"),
        ({"type": "datetime", "key": "a", "label": "A", "subtype": "era"}, "form-type"),
        ({"type": "group", "path": "x", "components": []}, "form-path"),
        ({"type": "group"}, "form-component"),
        (text(key="Due Date"), "form-key"),
        (text(key="__class__"), "form-key"),
        (text(key="csrf_token"), "form-key"),
        (text(key=None), "form-key"),
        (text(label=""), "form-label"),
        (text(label="=label"), "form-text"),
        (text(label="{{ a + b }}"), "form-text"),
        (text(label=5), "form-text"),
        (text(validate={"minLength": "x"}), "form-limit"),
        (text(validate={"maxLength": -1}), "form-limit"),
        (text(validate=[]), "form-component"),
        (text(validate={"pattern": "(a"}), "form-pattern"),
        (text(properties={"kind": "password"}), "form-kind"),
        (text(type="number", properties={"kind": "person"}), "form-kind"),
        (text(type="select", values=[]), "form-options"),
        (text(type="select", values=[{"value": {}, "label": "x"}]), "form-options"),
        (text(type="select", values=[{"value": "a"}, {"value": "a"}]), "form-options"),
        (text(type="select", values=[{"value": "a"}], defaultValue="b"), "form-default"),
        (text(type="select", valuesExpression="=x"), "form-options"),
        (text(type="select", valuesKey="a b"), "form-options"),
        (text(type="filepicker", accept="image/*"), "form-accept"),
        (text(conditional={"hide": "=some x in y satisfies x"}), "form-condition"),
        (text(conditional={"hide": 7}), "form-condition"),
        (text(conditional={"hide": "=subject = 1"}), "form-condition"),
        (text(properties={"default": "= x"}), "form-default"),
    ],
)
def test_what_cannot_be_shown_is_refused(component: dict[str, Any], rule: str) -> None:
    assert [found for _, found in refused(component)] == [rule]


def test_every_fault_is_named_at_once() -> None:
    faults = refused(text(id="One", type="iframe"), text(id="Two", key="A"), "no component", text(id="Two"))
    assert faults == [
        ("One", "form-type"),
        ("Two", "form-key"),
        ("form", "form-component"),
        ("Two", "form-id"),
    ]


def test_a_condition_looks_up_only() -> None:
    first, second = text(id="A", key="a"), text(id="B", key="b", conditional={"hide": '=a = "x"'})
    assert read(first, second).fields[1].hidden_when
    assert refused(second, first) == [("B", "form-condition")]


def test_doubled_keys_are_refused() -> None:
    assert refused(text(id="A"), text(id="B")) == [("B", "form-key")]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"\xff\xfe",
        b'{"components": 1}',
        b'{"components": [NaN]}',
        b'{"components": ' + b"[" * 100_000,
        b" " * (LARGEST + 1),
    ],
)
def test_what_is_no_form(raw: bytes) -> None:
    with pytest.raises(DefinitionError):
        read_form(raw)


def test_too_many_and_too_deep() -> None:
    assert ("form", "form-size") in refused(*(text(id=f"F{n}", key=f"k{n}") for n in range(302)))
    nested: dict[str, Any] = text()
    for _ in range(7):
        nested = {"type": "group", "label": "G", "components": [nested]}
    assert ("form", "form-depth") in refused(nested)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
properties = st.sampled_from(
    [
        "key",
        "label",
        "id",
        "validate",
        "values",
        "valuesKey",
        "properties",
        "conditional",
        "defaultValue",
        "accept",
        "decimalDigits",
        "components",
        "text",
        "description",
        "appearance",
        "path",
        "subtype",
    ]
)
types = st.sampled_from(["textfield", "number", "select", "checklist", "group", "text", "datetime", "filepicker", "x"])


@given(
    st.lists(
        st.builds(
            lambda kind, rest: {**rest, "type": kind}, types, st.dictionaries(properties, json_values, max_size=5)
        ),
        max_size=4,
    )
)
def test_any_json_is_read_or_refused_in_words(components: list[dict[str, Any]]) -> None:
    sentences = ["read"]
    try:
        read(*components)
    except DefinitionError as error:
        sentences = [finding.sentence for finding in error.findings]
    assert sentences
    assert all(sentences)
