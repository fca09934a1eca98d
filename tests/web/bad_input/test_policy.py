"""Every page and every refusal carries the strict policy and needs no other: no script, style or handler inside.

Every page is walked through in test_every_form.py, which asks `strict` of each.
"""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from lxml.html import fromstring
from werkzeug.test import TestResponse

from web.layout.headers import CONTENT_SECURITY_POLICY

DIRECTIVES = dict(each.split(" ", 1) for each in CONTENT_SECURITY_POLICY.split("; "))


def test_the_policy_lets_only_own_files_act() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert DIRECTIVES["default-src"] == DIRECTIVES["script-src"] == DIRECTIVES["style-src"] == "'self'"
    assert DIRECTIVES["object-src"] == DIRECTIVES["frame-ancestors"] == "'none'"
    assert DIRECTIVES["connect-src"] == DIRECTIVES["base-uri"] == DIRECTIVES["form-action"] == "'self'"


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
