"""The matrix of what somebody wants to be told, and how odd hours are refused."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from engine.notices import queries
from engine.notices.rules import DEFAULT, KINDS
from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn

ADDRESS = "/notices/preferences"


@pytest.fixture
def client(province: builders.Province, sign_in: SignIn) -> FlaskClient:
    return sign_in(province.department["clerk"])


def page(client: FlaskClient) -> BeautifulSoup:
    return BeautifulSoup(client.get(ADDRESS).text, "html.parser")


def ticked(found: BeautifulSoup) -> set[tuple[str, str]]:
    boxes = found.select("table.matrix input[checked]")
    return {(box["name"].removeprefix("kind-"), box["value"]) for box in boxes}


def test_at_first_everybody_has_the_same(client: FlaskClient) -> None:
    found = page(client)
    ours = {key: kind for key, kind in KINDS.items() if not kind.roles or "clerk" in kind.roles}
    assert ticked(found) == {(key, channel) for key, kind in ours.items() for channel in kind.channels}
    assert "chưa thiết lập máy chủ thư" in found.get_text()
    assert found.select_one("[name=digest][checked]")["value"] == "at-once"


def test_incidents_are_offered_to_admins_only(
    client: FlaskClient, province: builders.Province, sign_in: SignIn
) -> None:
    assert page(client).select("[name=kind-incident]") == []
    assert len(page(sign_in(province.department["agency-admin"])).select("[name=kind-incident]")) == 3


def test_what_is_chosen_stays_and_can_be_taken_back(
    platform: Platform, province: builders.Province, client: FlaskClient
) -> None:
    sent = {
        "kind-late": ["bell", "mail"], "kind-urged": ["mail", "pigeon"], "digest": "morning", "quiet_from": "20:00",
        "quiet_until": "6:30", "working_days_only": "yes",
    }  # fmt: skip
    assert client.post(ADDRESS, data=sent).status_code == 303
    found = page(client)
    assert ticked(found) == {("late", "bell"), ("late", "mail"), ("urged", "mail")}
    assert [found.select_one(f"#{name}")["value"] for name in ("quiet_from", "quiet_until")] == ["20:00", "06:30"]
    assert found.select_one("[name=working_days_only]").has_attr("checked")
    assert client.post(ADDRESS, data={"do": "reset"}).status_code == 303
    with platform.reading() as session:
        kept = queries.preference(session, province.department["clerk"].id)
    assert (kept.digest, kept.quiet_from, kept.of("late")) == ("at-once", None, DEFAULT.of("late"))


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"digest": "at-once", "quiet_from": "25:00", "quiet_until": "6:00"}, "quiet_from"),
        ({"digest": "at-once", "quiet_from": "<b>", "quiet_until": "6:00"}, "quiet_from"),
        ({"digest": "at-once", "quiet_from": "20:00", "quiet_until": ""}, "quiet_until"),
        ({"digest": "at-once", "quiet_from": "20:00+07:00", "quiet_until": "06:00"}, "quiet_from"),
        ({"digest": "now"}, "digest"),
        ({}, "digest"),
    ],
)
def test_what_is_odd_is_told_at_its_field_and_stays(client: FlaskClient, sent: dict[str, str], field: str) -> None:
    answer = client.post(ADDRESS, data={**sent, "kind-late": "mail"})
    found = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == 422
    assert [each["href"] for each in found.select(".error-summary a")] == [f"#{field}"]
    assert found.select_one(f"#{field}-error") is not None
    assert ticked(found) == {("late", "mail")}
    if "quiet_from" in sent:
        assert found.select_one("#quiet_from")["value"] == sent["quiet_from"]
