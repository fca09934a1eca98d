"""The form macros: accessible, working without JavaScript, and safe with hostile texts."""

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine.forms.context import FormContext
from engine.forms.form import Form
from engine.forms.reading import read_form

WEB = Path(__file__).parents[3] / "web"
PAGE = (
    '{% from "layout/form.html" import form_errors, form_parts %}'
    "<form>{{ form_errors(view) }}{{ form_parts(view) }}</form>"
)
HOSTILE = "\"'><script>alert(1)</script>{{ 7*7 }}</textarea><img src=x onerror=alert(1)>"


def form(*components: dict[str, Any]) -> Form:
    numbered = [
        {"id": f"part-{n}", "label": f"Câu {n}", **component} for n, component in enumerate(components, start=1)
    ]
    return read_form(json.dumps({"id": "mau", "components": numbered}).encode())


def page(
    asked: Form, values: dict[str, Any] | None = None, errors: dict[str, str] | None = None, **data: Any
) -> BeautifulSoup:
    environment = Environment(
        loader=FileSystemLoader(WEB), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
    )
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    environment.filters["told"] = str
    view = asked.view(values, FormContext(data=data), errors)
    return BeautifulSoup(environment.from_string(PAGE).render(view=view), "html.parser")


CHOICES = [{"value": "accept", "label": "Tiếp nhận"}, {"value": "refuse", "label": "Từ chối"}]
EVERYTHING = (
    {"type": "text", "text": "# Đầu đề\n- một\n- hai\nđoạn"},
    {"type": "separator"},
    {
        "type": "textfield",
        "key": "subject",
        "description": "Không quá 500 ký tự",
        "validate": {"required": True, "maxLength": 500},
    },
    {"type": "textarea", "key": "note"},
    {"type": "number", "key": "copies", "appearance": {"suffixAdorner": "bản"}},
    {"type": "datetime", "subtype": "date", "key": "due_date"},
    {"type": "radio", "key": "decision", "values": CHOICES, "description": "Chọn một"},
    {"type": "select", "key": "level", "values": CHOICES},
    {"type": "checklist", "key": "several", "values": CHOICES},
    {"type": "checkbox", "key": "agreed"},
    {"type": "filepicker", "key": "files", "multiple": True, "accept": ".pdf"},
    {"type": "textfield", "key": "number", "readonly": True},
    {
        "type": "group",
        "label": "Nhóm",
        "components": [{"type": "textfield", "id": "in", "key": "inner", "label": "Trong nhóm"}],
    },
)


def test_every_control_has_a_label_and_linked_help_and_error() -> None:
    errors = {
        name: f"Sai {name}."
        for name in (
            "subject",
            "note",
            "copies",
            "due_date",
            "decision",
            "level",
            "several",
            "agreed",
            "files",
            "inner",
        )
    }
    soup = page(form(*EVERYTHING), {}, errors)
    ids = [element["id"] for element in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for control in soup.find_all(["input", "select", "textarea"]):
        assert soup.find("label", attrs={"for": control["id"]}).get_text(strip=True)
        assert control["aria-invalid"] == "true"
    for described in soup.find_all(attrs={"aria-describedby": True}):
        assert all(soup.find(id=name).get_text(strip=True) for name in str(described["aria-describedby"]).split())
    summary = soup.find(class_="error-summary")
    assert summary["role"] == "alert"
    assert [link["href"][1:] in ids for link in summary.find_all("a")] == [True] * len(errors)
    assert [link.get_text() for link in summary.find_all("a")] == list(errors.values())
    for name in ("decision", "several"):
        fieldset = soup.find("fieldset", id=f"field-{name}")
        assert fieldset.find("legend").get_text(strip=True)
    assert not soup.find_all(attrs={"required": True}), "the server speaks, not the browser"


def test_optional_is_said_and_required_is_not() -> None:
    soup = page(
        form({"type": "textfield", "key": "a", "validate": {"required": True}}, {"type": "textfield", "key": "b"})
    )
    first, second = soup.find_all("label")
    assert "(không bắt buộc)" not in first.get_text()
    assert "(không bắt buộc)" in second.get_text()


def test_answers_are_shown_again() -> None:
    values = {
        "subject": "V/v rà soát",
        "note": "\nmột\nhai",
        "copies": "hai",
        "due_date": "2026-11-23",
        "decision": "refuse",
        "level": "accept",
        "several": ["accept"],
        "agreed": "true",
    }
    soup = page(form(*EVERYTHING), values, number="125/SXD")
    assert soup.find(id="field-subject")["value"] == "V/v rà soát"
    assert soup.find(id="field-note").get_text().strip() == "một\nhai"
    assert soup.find(id="field-copies")["value"] == "hai"
    assert soup.find(id="field-due_date")["value"] == "23/11/2026"
    assert [i["value"] for i in soup.find_all("input", attrs={"checked": True})] == ["refuse", "accept", "true"]
    assert soup.find("option", attrs={"selected": True})["value"] == "accept"
    assert soup.find("output", id="field-number").get_text() == "125/SXD"
    assert soup.find(attrs={"name": "number"}) is None
    assert soup.find("input", type="file")["accept"] == ".pdf"
    assert [item.get_text() for item in soup.select(".field-static ul li")] == ["một", "hai"]


def test_conditions_go_to_the_browser_as_data() -> None:
    asked = form(
        {"type": "radio", "key": "decision", "values": CHOICES},
        {"type": "textarea", "key": "reason", "conditional": {"hide": '=decision != "refuse"'}},
        {"type": "textfield", "key": "never", "conditional": {"hide": '=direction = "outgoing"'}},
    )
    soup = page(asked, direction="outgoing")
    part = soup.find(id="field-reason").find_parent(attrs={"data-show-if": True})
    assert json.loads(part["data-show-if"]) == ["not", ["!=", "decision", "refuse"]]
    assert "hidden" not in part.attrs, "without JavaScript the question stays reachable"
    assert soup.find(id="field-never") is None


@pytest.mark.parametrize("autoescape_of", ["label", "value", "option", "static", "error", "data", "condition"])
def test_hostile_texts_stay_texts(autoescape_of: str) -> None:
    said = HOSTILE.replace("{{ 7*7 }}", "") if autoescape_of in ("label", "option", "static") else HOSTILE
    component: dict[str, Any] = {"type": "textarea", "key": "a"}
    values, errors, data = None, {}, {}
    if autoescape_of == "label":
        component |= {"label": said, "description": said}
    elif autoescape_of == "value":
        values = {"a": said}
    elif autoescape_of == "option":
        component |= {"type": "select", "values": [{"value": said, "label": said}]}
    elif autoescape_of == "static":
        component = {"type": "text", "text": said}
    elif autoescape_of == "error":
        errors = {"a": said, "unknown": said}
    elif autoescape_of == "data":
        component |= {"label": "{{title}}"}
        data = {"title": said}
    soup = page(
        form(
            {"type": "textfield", "key": "x"},
            component,
            {"type": "textfield", "key": "z", "conditional": {"hide": "=x = '<script>&\"'"}},
        ),
        values,
        errors,
        **data,
    )
    assert soup.find("script") is None
    assert soup.find("img") is None
    assert not [e for e in soup.find_all(True) if any(name.startswith("on") for name in e.attrs)]
    assert "49" not in soup.get_text()
    assert json.loads(soup.find(attrs={"data-show-if": True})["data-show-if"]) == ["not", ["==", "x", '<script>&"']]


def test_no_inline_script_or_style_and_no_evaluation() -> None:
    template = (WEB / "layout/form.html").read_text()
    script = (WEB / "layout/scripts/form.js").read_text()
    assert "<script" not in template
    assert "style=" not in template
    assert "|safe" not in template.replace(" ", "")
    for word in ("eval(", "Function(", "innerHTML", "setTimeout('"):
        assert word not in script
