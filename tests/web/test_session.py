"""Signing in and staying signed in: limits, lockout, forced change, form tokens, addresses to go on to."""

from __future__ import annotations

import dataclasses
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.clock import FixedClock
from engine.directory import commands as directory
from engine.directory.models import Person
from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn
from web.app import create_app
from web.session import inside

PASSWORD = "Chuỗi dài khó đoán 7"


@pytest.fixture
def person(platform: Platform, province: builders.Province) -> Person:
    """A specialist with a password."""
    return builders.person(
        platform,
        province.department.agency,
        "specialist",
        unit=province.department.unit,
        password=PASSWORD,
        user_name="soan",
    )


def enter(client: FlaskClient, password: str = PASSWORD, name: str = "soan", **more: str):
    return client.post("/sign-in", data={"user_name": name, "password": password, **more})


def test_name_and_password_lead_to_the_inbox(app: Flask, person: Person) -> None:
    client = app.test_client()
    answer = enter(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    page = client.get("/")
    assert page.status_code == 200
    assert person.full_name in page.text
    assert "Sở Xây dựng" in page.text


def test_a_wrong_password_is_told_in_words_and_keeps_the_name(app: Flask, person: Person) -> None:
    answer = enter(app.test_client(), "sai rồi nhé bạn")
    assert answer.status_code == 422
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in answer.text
    assert 'value="soan"' in answer.text


def test_too_many_wrong_passwords_lock_the_name_for_a_while(
    app: Flask, person: Person, platform: Platform, clock: FixedClock
) -> None:
    client = app.test_client()
    for _ in range(platform.settings.lockout_attempts):
        enter(client, "sai rồi nhé bạn")
    assert "tạm khóa" in enter(client).text
    clock.advance(minutes=platform.settings.lockout_minutes + 1)
    assert enter(client).status_code == 302


def test_guessing_fast_is_slowed_down(app: Flask, person: Person) -> None:
    client = app.test_client()
    answers = [enter(client, "sai rồi nhé bạn").status_code for _ in range(16)]
    assert answers[0] == 422
    assert answers[-1] == 429


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com/", "/\\example.com", "javascript:alert(1)", "/\nx"]
)
def test_next_never_leads_to_another_site(app: Flask, person: Person, elsewhere: str) -> None:
    assert inside(elsewhere) is None
    assert enter(app.test_client(), next=elsewhere).headers["Location"] == "/"


def test_next_leads_back_to_what_was_asked(app: Flask, person: Person) -> None:
    client = app.test_client()
    where = client.get("/documents/incoming?status=arrived").headers["Location"]
    assert where.startswith("/sign-in?next=")
    assert (
        enter(client, next="/documents/incoming?status=arrived").headers["Location"]
        == "/documents/incoming?status=arrived"
    )


def test_a_password_handed_out_has_to_be_changed_first(
    app: Flask, person: Person, platform: Platform, province: builders.Province
) -> None:
    admin = builders.actor(platform, province.department["agency-admin"])
    platform.run(admin, directory.reset_password, person.id, "Tạm thời 2026 nhé")
    client = app.test_client()
    assert enter(client, "Tạm thời 2026 nhé").headers["Location"] == "/password"
    assert client.get("/").headers["Location"] == "/password"
    fields = {"old": "Tạm thời 2026 nhé", "new": "Mật khẩu riêng 99", "again": "Mật khẩu riêng 98"}
    assert "chưa giống nhau" in client.post("/password", data=fields).text
    assert client.post("/password", data=fields | {"again": "Mật khẩu riêng 99"}).headers["Location"] == "/"
    assert client.get("/").status_code == 200


def test_an_old_password_has_to_be_changed(app: Flask, person: Person, platform: Platform, clock: FixedClock) -> None:
    clock.advance(days=platform.settings.password_days + 1)
    client = app.test_client()
    assert enter(client).headers["Location"] == "/password"
    assert client.get("/documents/incoming").headers["Location"] == "/password"


def test_changing_the_password_ends_other_sessions(
    app: Flask, person: Person, platform: Platform, clock: FixedClock
) -> None:
    here, elsewhere = app.test_client(), app.test_client()
    enter(here), enter(elsewhere)
    clock.advance(seconds=5)
    fields = {"old": PASSWORD, "new": "Mật khẩu riêng 99", "again": "Mật khẩu riêng 99"}
    assert here.post("/password", data=fields).status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").headers["Location"].startswith("/sign-in")


def test_an_idle_session_ends_and_the_pages_own_questions_dont_keep_it(
    platform: Platform, province: builders.Province, sign_in: SignIn, clock: FixedClock
) -> None:
    client = sign_in(province.department["clerk"])
    for _ in range(4):
        clock.advance(minutes=platform.settings.session_minutes / 3)
        last = client.get("/tasks/counts")
    assert last.status_code == 302
    assert "/sign-in" in client.get("/").headers["Location"]


def test_a_busy_session_ends_too(
    platform: Platform, province: builders.Province, sign_in: SignIn, clock: FixedClock
) -> None:
    client = sign_in(province.department["clerk"])
    for _ in range(platform.settings.session_hours * 2):
        clock.advance(minutes=30)
        assert client.get("/").status_code == 200
    clock.advance(minutes=1)
    assert client.get("/").status_code == 302


def test_a_deactivated_person_is_out_at_once(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    client = sign_in(province.department["specialist"])
    admin = builders.actor(platform, province.department["agency-admin"])
    platform.run(admin, directory.deactivate_person, province.department["specialist"].id)
    assert client.get("/").status_code == 302


def test_signing_out_forgets(sign_in: SignIn, province: builders.Province) -> None:
    client = sign_in(province.department["clerk"])
    client.post("/sign-out")
    assert client.get("/").status_code == 302


def test_htmx_is_told_in_words_and_the_page_stays(app: Flask) -> None:
    answer = app.test_client().get("/tasks/counts", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Retarget"] == "#notices"
    assert "Phiên làm việc đã hết" in answer.text


def test_every_post_needs_a_form_token(app: Flask, sign_in: SignIn, province: builders.Province) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = sign_in(province.department["clerk"])
    refused = client.post("/language", data={"language": "en"})
    assert refused.status_code == 400
    assert "Biểu mẫu này đã cũ" in refused.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").text)
    assert token
    assert client.post("/language", data={"language": "en", "csrf_token": token.group(1)}).status_code == 302
    assert client.post("/language", data={"language": "vi"}, headers={"X-CSRFToken": token.group(1)}).status_code == 302


def test_the_cookie_is_kept_from_scripts_and_from_plain_http(platform: Platform, person: Person) -> None:
    settings = dataclasses.replace(platform.settings, base_url="https://vanthu.example")
    app = create_app(settings, platform)
    app.config["WTF_CSRF_ENABLED"] = False
    cookie = enter(app.test_client()).headers["Set-Cookie"]
    assert all(part in cookie for part in ("HttpOnly", "Secure", "SameSite=Lax"))


def test_a_session_of_another_key_is_worth_nothing(app: Flask, platform: Platform, province: builders.Province) -> None:
    other = create_app(dataclasses.replace(platform.settings, secret_key="another key, long enough as well"), platform)
    client = other.test_client()
    with client.session_transaction() as session:
        session.update(person=province.department["clerk"].id, since=0, seen=0, stamp="")
    cookie = client.get_cookie("vanthu")
    assert cookie
    stranger = app.test_client()
    stranger.set_cookie("vanthu", cookie.value)
    assert stranger.get("/").status_code == 302


def test_a_post_without_a_session_leads_back_to_its_page_and_says_that_nothing_is_lost(
    app: Flask, person: Person, platform: Platform, sign_in: SignIn, clock: FixedClock
) -> None:
    client = sign_in(person)
    clock.advance(minutes=platform.settings.session_minutes + 1)
    page = "/documents/outgoing/new?answers=7"
    sent = {"subject": "Dở dang", "_typed": "0123456789abcdef"}
    answer = client.post("/documents/outgoing/new", data=sent, headers={"Referer": f"http://localhost{page}"})
    assert answer.headers["Location"] == "/sign-in?next=/documents/outgoing/new?answers%3D7&reason=typed"
    asked = client.get(answer.headers["Location"]).text
    assert "Những gì đã nhập còn trên máy này" in asked
    assert f'name="next" value="{page}"' in asked
    assert enter(client, next=page).headers["Location"] == page


@pytest.mark.parametrize("referer", ["https://elsewhere.example/tasks/1", "//x", "http://localhost/sign-out", ""])
def test_a_page_that_cannot_be_opened_is_not_gone_back_to(app: Flask, person: Person, referer: str) -> None:
    where = app.test_client().post("/stand-ins", headers={"Referer": referer}).headers["Location"]
    assert where == "/sign-in?next=/stand-ins"
    assert app.test_client().post("/sign-out", headers={"Referer": referer}).headers["Location"] == "/sign-in"


def test_a_token_that_went_with_the_session_asks_for_sign_in(app: Flask, person: Person) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    lost = app.test_client().post("/stand-ins", data={"_typed": "0123456789abcdef"})
    assert lost.headers["Location"] == "/sign-in?next=/stand-ins&reason=typed"


def test_a_refused_token_leads_back_to_the_page(app: Flask, person: Person, sign_in: SignIn) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    refused = sign_in(person).post("/stand-ins", headers={"Referer": "http://localhost/stand-ins"})
    assert refused.status_code == 400
    assert '<a class="button button-primary" href="/stand-ins">Quay lại trang vừa rồi</a>' in refused.text
