"""Every page and every refusal carries the strict policy and needs no other: no script, style or handler inside."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from lxml.html import fromstring
from werkzeug.test import TestResponse

from engine.platform import Platform
from tests import builders
from tests.web.bad_input.refusals import EVERY_ROLE
from tests.web.conftest import SignIn
from tests.web.test_tenancy import NOT_IDS, address, ids  # noqa: F401 - a fixture
from web.layout.headers import CONTENT_SECURITY_POLICY

DIRECTIVES = dict(each.split(" ", 1) for each in CONTENT_SECURITY_POLICY.split("; "))


def test_the_policy_lets_only_own_files_act() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert DIRECTIVES["default-src"] == DIRECTIVES["script-src"] == DIRECTIVES["style-src"] == "'self'"
    assert DIRECTIVES["object-src"] == DIRECTIVES["frame-ancestors"] == "'none'"
    assert DIRECTIVES["connect-src"] == DIRECTIVES["base-uri"] == DIRECTIVES["form-action"] == "'self'"


def test_every_page_has_the_policy_and_keeps_to_it(
    app: Flask, platform: Platform, province: builders.Province, ids: dict[str, int], sign_in: SignIn  # noqa: F811
) -> None:  # fmt: skip
    office = province.department
    client = sign_in(builders.person(platform, office.agency, *EVERY_ROLE, unit=office.unit))
    pages = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and "GET" in (rule.methods or set()) and rule.arguments <= set(ids) | set(NOT_IDS):
            answer = client.get(address(app, rule, ids), follow_redirects=True)
            pages += strict(answer, rule.rule)
    assert pages > 30


def test_refusals_and_the_way_in_have_it_too(app: Flask, client: FlaskClient) -> None:
    stranger = app.test_client()
    assert strict(stranger.get("/sign-in"), "sign-in")
    assert strict(client.get("/nowhere"), "404")
    assert strict(client.delete("/"), "405")
    assert strict(client.get("/versions/987654"), "another's")
    assert strict(client.post("/modeler/import", data={}), "422")


def strict(answer: TestResponse, where: str) -> bool:
    """Check one answer; whether it was a page."""
    policy = answer.headers["Content-Security-Policy"]
    assert policy in (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"), where
    assert answer.headers["X-Content-Type-Options"] == "nosniff", where
    if answer.mimetype != "text/html" or not answer.text.strip():
        return False
    for tag in fromstring(answer.text).iter():
        inside = tag.tag == "style" or (tag.tag == "script" and not tag.get("src"))
        acting = [name for name in tag.attrib if name.startswith("on") or name == "style"]
        assert not inside or tag.get("type") == "application/json", (where, tag.text)
        assert acting == [], (where, tag.tag)
    return True
