"""The app as a whole: headers on every answer, liveness, one pool, nothing loaded from elsewhere."""

from __future__ import annotations

import re

from flask import Flask

from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn
from web.app import create_app
from web.database import db

PAGES = (
    "/", "/?box=groups", "/documents/incoming", "/documents/outgoing", "/search?q=a", "/registers", "/stand-ins",
    "/documents/incoming/new", "/documents/outgoing/new", "/people", "/people/new", "/units", "/instances",
    "/incidents", "/password",
)  # fmt: skip


def test_every_answer_carries_the_headers(app: Flask) -> None:
    for where in ("/sign-in", "/nowhere", "/healthz", "/static/none.js"):
        headers = app.test_client().get(where).headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy, where
        assert "unsafe" not in policy, where
        assert "frame-ancestors 'none'" in policy, where
        assert headers["X-Content-Type-Options"] == "nosniff", where
        assert headers["Referrer-Policy"] == "same-origin", where


def test_pages_keep_to_the_policy(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    client = sign_in(builders.person(platform, province.department.agency, "clerk", "agency-admin"))
    for where in PAGES:
        answer = client.get(where)
        assert answer.status_code == 200, where
        assert answer.headers["Cache-Control"] == "no-store"
        html = answer.text
        assert not re.search(r"<script(?![^>]*\ssrc=)", html), where
        assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:", html), where
        assert not re.search(r'(src|href|action)="(https?:)?//', html), where
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", html, re.DOTALL):
            assert 'name="csrf_token"' in form, where


def test_alive_and_ready(app: Flask) -> None:
    assert app.test_client().get("/healthz").text == "ok\n"
    assert app.test_client().get("/readyz").text == "ok\n"


def test_the_platform_of_the_web_uses_flask_sqlalchemys_pool(platform: Platform) -> None:
    app = create_app(platform.settings)
    with app.app_context():
        assert app.extensions["vanthu"].engine is db.engine
        assert app.test_client().get("/readyz").status_code == 200
        db.engine.dispose()


def test_english_is_a_switch(sign_in: SignIn, province: builders.Province) -> None:
    client = sign_in(province.department["clerk"])
    client.post("/language", data={"language": "en"})
    page = client.get("/").text
    assert '<html lang="en">' in page
    assert "My tasks" in page
    client.post("/language", data={"language": "vi"})
    assert "Việc của tôi" in client.get("/").text
