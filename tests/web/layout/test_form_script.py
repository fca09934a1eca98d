"""The script of forms in a browser: it hides what the server would drop, and nothing else."""

from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine.forms.context import FormContext
from engine.forms.form import Form
from tests.web.layout.test_form import PAGE, WEB, form

SCRIPT = WEB / "layout/scripts/form.js"


def choices(*values: Any) -> list[dict[str, Any]]:
    return [{"value": value, "label": str(value)} for value in values]


ASKED = (
    {"type": "radio", "key": "decision", "values": choices("accept", "refuse")},
    {"type": "textarea", "key": "reason", "conditional": {"hide": '=decision != "refuse"'}},
    {"type": "textfield", "key": "detail", "conditional": {"hide": "=reason = null"}},
    {"type": "checkbox", "key": "urgent"},
    {"type": "number", "key": "copies", "conditional": {"hide": "=not(urgent)"}},
    {"type": "textfield", "key": "many", "conditional": {"hide": "=copies = null or copies < 1000"}},
    {
        "type": "group", "label": "Nhóm", "conditional": {"hide": "=decision = null"},
        "components": [{"type": "textfield", "id": "in", "key": "inner", "label": "Trong nhóm"}],
    },
)  # fmt: skip


@pytest.fixture
def shown(page: Any) -> Any:
    asked: Form = form(*ASKED)
    environment = Environment(
        loader=FileSystemLoader(WEB), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
    )
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    environment.filters["told"] = str
    page.set_content(environment.from_string(PAGE).render(view=asked.view(None, FormContext())))
    page.add_script_tag(content=Path(SCRIPT).read_text(encoding="utf-8"))
    return page


def posted(page: Any) -> dict[str, str]:
    """What the browser would send."""
    given: dict[str, str] = page.evaluate("Object.fromEntries(new FormData(document.querySelector('form')))")
    return given


def visible(page: Any) -> list[str]:
    return [
        name for name in ("reason", "detail", "copies", "many", "inner") if page.locator(f"#field-{name}").is_visible()
    ]


def test_questions_follow_the_answers_above(shown: Any) -> None:
    assert visible(shown) == []
    shown.check("input[value=refuse]")
    assert visible(shown) == ["reason", "inner"]
    shown.fill("#field-reason", "Thiếu chữ ký")
    assert visible(shown) == ["reason", "detail", "inner"]
    shown.fill("#field-detail", "x")
    shown.check("input[value=accept]")
    assert visible(shown) == ["inner"]
    assert set(posted(shown)) == {"decision", "inner"}
    shown.check("#field-urgent")
    shown.fill("#field-copies", "999")
    assert visible(shown) == ["copies", "inner"]
    shown.fill("#field-copies", "1.000")
    assert visible(shown) == ["copies", "many", "inner"]


def test_browser_and_server_agree(shown: Any) -> None:
    asked = form(*ASKED)
    shown.check("input[value=refuse]")
    shown.fill("#field-reason", "a")
    shown.check("#field-urgent")
    shown.fill("#field-copies", "1500")
    sent = posted(shown)
    everything = {"reason": "a", "detail": "d", "many": "m", "inner": "i"} | sent
    assert set(asked.validate(everything, FormContext())) == set(sent) | {"urgent"}
