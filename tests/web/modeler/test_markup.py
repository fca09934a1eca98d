"""What stands in diagrams, forms, tables and scenarios is text on every screen, made by the server or a script."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from engine.definitions.models import Definition, Version
from engine.directory.models import Person
from engine.instances import cases
from engine.platform import Work, system
from engine.tasks.models import Task
from tests import builders
from tests.web.bad_input.refusals import EVERY_ROLE
from tests.web.conftest import SignIn, publish
from tests.web.modeler import hostile
from tests.web.modeler.conftest import Studio


@pytest.fixture
def running(studio: Studio, province: builders.Province) -> dict[str, int]:
    """The hostile procedure is in force, drawn again as a draft, and a case of it waits."""
    office = province.department
    studio.platform.run(system(), publish, hostile.fit_for_use())
    clerk = builders.actor(studio.platform, office["clerk"])
    _, instance = studio.platform.run(
        clerk, cases.begin_incoming, agency_id=office.id, subject="Văn bản thử", code="9/UBND",
        organ_name="UBND xã Bên Kia", main_file=builders.Upload("van-ban.pdf", builders.pdf("m")),
    )  # fmt: skip
    parts = hostile.fit_for_use()
    sent = {"edition": 1, "diagram": parts.diagram.decode(), "forms": dict(parts.forms),
            "decisions": dict(parts.decisions), "scenarios": dict(parts.scenarios)}  # fmt: skip
    kept = studio.client.put(f"/modeler/drafts/{studio.draft_id}/content", json=sent)
    assert kept.status_code == 200

    def rename(work: Work) -> None:
        for line in work.session.scalars(select(Definition)):
            line.name = hostile.TRIES
        work.session.get_one(Version, studio.draft_id).reason = hostile.TRIES
        work.session.get_one(Person, studio.analyst.id).full_name = hostile.TRIES

    studio.platform.run(system(), rename)
    with studio.platform.reading() as session:
        task = session.scalars(select(Task).where(Task.instance_id == instance.id)).one()
        return {"task": task.id, "case": instance.id, "old": instance.version_id, "draft": studio.draft_id}


PAGES = [
    "/modeler", "/modeler/drafts/{draft}", "/versions/{draft}", "/versions/{old}", "/versions/{old}/compare/{draft}",
    "/versions/{draft}/publish", "/versions/of/incoming-document", "/flight", "/flight/{old}/{draft}",
    "/adaptation/incoming-document", "/practice/incoming-document", "/practice/replay/{draft}",
    "/tasks/{task}", "/instances/{case}", "/", "/waivers",
]  # fmt: skip


def test_every_page_shows_it_as_text(
    studio: Studio, running: dict[str, int], province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    client = sign_in(builders.person(studio.platform, office.agency, *EVERY_ROLE, unit=office.unit))
    seen = {}
    for where in PAGES:
        answer = client.get(where.format(**running))
        assert answer.status_code == 200, where
        seen[where] = "&lt;script&gt;window.hit" in answer.text
        harmless(answer.text, where)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
    assert sum(seen.values()) > 12, seen


def harmless(html: str, where: str) -> None:
    """No element, attribute, address or template of what was written came to life."""
    page = BeautifulSoup(html, "html.parser")
    assert page.find("img", src="x") is None, where
    assert not [script for script in page.find_all("script") if not script.get("src")], where
    for tag in page.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name == "srcdoc"], (where, tag.name)
        for name in ("href", "src", "action", "formaction"):
            assert not str(tag.get(name, "")).strip().lower().startswith(("javascript:", "data:text")), (where, name)
    assert "{%raw%}=7*7" in html or "window.hit" not in html, where
    assert "&gt;49" not in html, where


def test_the_drawer_gets_questions_as_text(studio: Studio, running: dict[str, int]) -> None:
    base = f"/modeler/drafts/{running['draft']}"
    told = studio.client.post(f"{base}/scenarios/play", json={"scenario": {"name": "x"}}).get_json()
    lines = told["waiting"][0]["lines"]
    assert "&lt;script&gt;" in lines[0]["html"]
    harmless(lines[0]["html"], "questions")
    for name in ("check", "scenarios/run"):
        answer = studio.client.post(f"{base}/{name}", json={})
        assert (answer.status_code, answer.mimetype) == (200, "application/json")


POLLUTING = {"__proto__": {"polluted": "yes"}, "constructor": {"prototype": {"polluted": "yes"}}}
WATCH = """
window.policy = [];
document.addEventListener("securitypolicyviolation", (event) => window.policy.push(event.violatedDirective));
"""


@pytest.mark.browser
def test_no_script_brings_it_to_life(
    studio: Studio, running: dict[str, int], app: Flask, serve: Callable[[Any], str], visitor: Callable[..., Any]
) -> None:
    def pollute(work: Work) -> None:  # past the guard, as an older draft might hold it
        draft = work.session.get_one(Version, running["draft"])
        strange = 'camunda:__proto__="x" __proto__="y" constructor="z"'
        draft.diagram = hostile.diagram(strange=strange).replace(b'id="gone"', b'id="__proto__"')
        draft.diagram = draft.diagram.replace(b'"gone"', b'"__proto__"')
        keys = [{"type": "textfield", "id": f"p{place}", "key": key, "label": "x"} for place, key in
                enumerate(("__proto__.polluted", "constructor.prototype.polluted"))]  # fmt: skip
        accept = hostile.form()
        draft.forms = {"accept": accept | POLLUTING | {"components": accept["components"] + keys}}
        draft.scenarios = json.loads(json.dumps({"try": {"name": hostile.TRIES, **POLLUTING}, **POLLUTING}))

    studio.platform.run(system(), pollute)
    cookie = studio.client.get_cookie("vanthu")
    assert cookie is not None
    address, page = serve(app), visitor()
    page.context.add_cookies([{"name": "vanthu", "value": cookie.value, "url": address}])
    page.add_init_script(WATCH)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    for where, ready in (
        ("/versions/{old}", ".djs-container [data-element-id=take-in]"),
        ("/versions/{old}/compare/{draft}", ".djs-container [data-element-id=take-in]"),
        ("/practice/incoming-document", ".djs-container [data-element-id=take-in]"),
        ("/modeler/drafts/{draft}", ".djs-container [data-element-id=take-in]"),
    ):
        page.goto(address + where.format(**running))
        page.wait_for_selector(ready)
        innocent(page, where)
    page.locator("[data-element-id=take-in]").first.click()
    page.wait_for_selector(".bio-properties-panel-header")
    innocent(page, "the panel")
    for tab, ready in (("Biểu mẫu", ".fjs-form-editor, .fjs-container"), ("Bảng quyết định", ".dmn-js-parent")):
        page.get_by_role("tab", name=tab).click()
        page.wait_for_selector(ready)
        innocent(page, tab)
    assert asked == []


def innocent(page: Any, where: str) -> None:
    """Nothing ran, nothing tried to, and no object of the page knows what only the draft says."""
    assert page.evaluate("window.hit ?? null") is None, where
    assert page.evaluate("({}).polluted ?? null") is None, where
    assert page.evaluate("window.policy") == [], where
    assert page.locator("img[src=x]").count() == 0, where
