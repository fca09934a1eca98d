"""Registering a browser on the screen of choices: only with a key, only what a browser gives, only one's own."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from engine.notices import pushing
from engine.platform import Platform
from tests import builders
from tests.connectors.notification.test_push import EXAMPLE, KEY
from tests.web.conftest import SignIn

GIVEN = {
    "endpoint": EXAMPLE.endpoint, "public_key": EXAMPLE.public_key, "secret": EXAMPLE.secret,
    "browser": "Firefox · <Linux>",
}  # fmt: skip


@pytest.fixture
def client(province: builders.Province, sign_in: SignIn) -> FlaskClient:
    return sign_in(province.department["clerk"])


def test_without_a_key_it_is_said_and_nothing_is_kept(
    client: FlaskClient, platform: Platform, province: builders.Province
) -> None:
    assert "chưa thiết lập khóa gửi thông báo" in client.get("/notices/preferences").text
    answer = client.post("/notices/browsers", data=GIVEN, follow_redirects=True)
    assert "chưa thiết lập khóa" in answer.text
    with platform.reading() as session:
        assert list(pushing.own(session, builders.actor(platform, province.department["clerk"]))) == []


def test_a_browser_is_registered_listed_and_removed(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, sign_in: SignIn, province: builders.Province
) -> None:
    monkeypatch.setenv("VANTHU_PUSH_KEY", KEY)
    assert 'data-push="B' in client.get("/notices/preferences").text
    page = client.post("/notices/browsers", data=GIVEN, follow_redirects=True).text
    assert "Firefox · &lt;Linux&gt;" in page
    assert "nhận thông báo từ bây giờ" in page
    inside = {**GIVEN, "endpoint": "https://10.0.0.1/x"}
    assert "không hợp lệ" in client.post("/notices/browsers", data=inside, follow_redirects=True).text
    stranger = sign_in(province.department["leader"])
    assert stranger.post("/notices/browsers/1/remove").status_code == 404
    assert "Firefox" not in client.post("/notices/browsers/1/remove", follow_redirects=True).text


def test_the_script_that_stays_in_the_browser_is_served_to_everybody(app: object, client: FlaskClient) -> None:
    answer = client.application.test_client().get("/push-worker.js")
    assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
    assert "showNotification" in answer.text
