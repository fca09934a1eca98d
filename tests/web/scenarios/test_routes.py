"""The drawer's routes: playing keeps nothing, running says what came, keeping goes by editions; only for analysts."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.definitions import commands, drafting, queries
from engine.definitions.models import Version
from engine.definitions.shipped import PROCESSES, read_folder
from engine.platform import Platform, Work, system
from tests import builders
from tests.web.conftest import SignIn

BUNDLE = read_folder(PROCESSES / "incoming-document")
ACCEPTED = BUNDLE.scenarios["accepted"]
BEGUN = {"start": "receive-document", "data": ACCEPTED["data"], "step": []}


def made(work: Work, agency_id: int) -> Version:
    return drafting.add_version(work, BUNDLE, agency_id, None, "")


@pytest.fixture
def analyst(platform: Platform, province: builders.Province) -> Any:
    return builders.person(platform, province.department.agency, "process-analyst")


@pytest.fixture
def draft(platform: Platform, province: builders.Province) -> Version:
    """A draft of the department's own variant."""
    return platform.run(system(), made, province.department.id)


@pytest.fixture
def client(sign_in: SignIn, analyst: Any) -> FlaskClient:
    return sign_in(analyst)


def post(client: FlaskClient, draft: Version, verb: str, **sent: Any) -> Any:
    answer = client.post(f"/modeler/drafts/{draft.id}/scenarios/{verb}", json=sent)
    assert answer.is_json
    return answer


def test_playing_shows_the_form_people_will_see_and_keeps_nothing(
    client: FlaskClient, draft: Version, platform: Platform, analyst: Any
):
    told = post(client, draft, "play", scenario=BEGUN).json
    waiting = told["waiting"][0]
    assert (waiting["place"], waiting["due"]["said"]) == ("accept-document", "10:15 ngày 23/11/2026")
    assert 'name="decision"' in waiting["lines"][0]["html"]
    assert "data-show-if" in waiting["lines"][0]["html"]
    assert {each["element"] for each in told["openings"]} == {"receive-document", "take-in-document"}
    assert [each["title"] for each in told["answered"]][-1] == "Kiểm tra chữ ký số"
    with platform.reading() as session:
        version, _line = queries.version(session, builders.actor(platform, analyst), draft.id)
        assert (version.edition, version.scenarios) == (1, draft.scenarios)


def test_playing_uses_what_is_drawn_now(client: FlaskClient, draft: Version):
    drawn = BUNDLE.diagram.decode().replace("Tiếp nhận văn bản", "Nhận văn bản vừa vẽ")
    told = post(client, draft, "play", scenario=BEGUN, diagram=drawn).json
    assert told["waiting"][0]["title"] == "Nhận văn bản vừa vẽ"


def test_a_wrong_answer_comes_back_in_its_field(client: FlaskClient, draft: Version):
    steps = [{"at": "accept-document", "answer": {"decision": "refuse", "reason": "Thiếu"}}]
    told = post(client, draft, "play", scenario={**BEGUN, "step": steps}).json
    html = told["waiting"][0]["lines"][0]["html"]
    assert "Lý do trả lại" in told["problem"]
    assert 'class="error-summary"' in html
    assert "Thiếu</textarea>" in html
    assert told["steps"] == []


def test_running_says_how_each_came_out_and_what_is_covered(client: FlaskClient, draft: Version):
    told = post(client, draft, "run").json
    assert {each["key"] for each in told["results"]} == set(BUNDLE.scenarios)
    assert all(each["passed"] for each in told["results"])
    assert told["coverage"]["missing_elements"] == []
    alone = post(client, draft, "run", scenarios={"accepted": ACCEPTED}).json
    assert "end-returned" in alone["coverage"]["missing_elements"]
    assert alone["coverage"]["figure"].endswith(" luồng")


def test_a_scenario_is_kept_renamed_and_removed_by_editions(client: FlaskClient, draft: Version):
    table = {**ACCEPTED, "name": "Được tiếp nhận ngay"}
    kept = post(client, draft, "keep", edition=1, scenario=table).json
    assert (kept["key"], kept["edition"]) == ("duoc-tiep-nhan-ngay", 2)
    assert post(client, draft, "keep", edition=1, scenario=table).status_code == 409
    renamed = post(client, draft, "rename", edition=2, key=kept["key"], name="Tên mới").json
    assert renamed["scenarios"][kept["key"]]["name"] == "Tên mới"
    removed = post(client, draft, "remove", edition=3, key=kept["key"]).json
    assert set(removed["scenarios"]) == set(BUNDLE.scenarios)
    listed = client.get(f"/modeler/drafts/{draft.id}/scenarios").json
    assert (listed["edition"], listed["may_change"]) == (4, True)


@pytest.mark.parametrize(
    ("sent", "word"),
    [
        ({"edition": 1, "scenario": {"step": []}}, "tên"),
        ({"edition": 1, "scenario": "x"}, "bảng"),
        ({"scenario": {"name": "Thử xem"}}, "số lần lưu"),
        ({"edition": 1, "scenario": {"name": "Thử", "step": [{"at": "x", "eval": "1"}]}}, "eval"),
        ({"edition": 1, "key": "khong-co", "scenario": {"name": "Thử xem"}}, "đã bị xóa"),
    ],
)
def test_what_cannot_be_kept_is_said(client: FlaskClient, draft: Version, sent: dict[str, Any], word: str):
    answer = post(client, draft, "keep", **sent)
    assert 400 <= answer.status_code < 500
    assert word in answer.json["message"]


@pytest.mark.parametrize("verb", ["play", "run", "keep", "rename", "remove"])
def test_only_analysts_of_the_agency_get_in(
    platform: Platform, province: builders.Province, draft: Version, sign_in: SignIn, verb: str
):
    elsewhere = builders.person(platform, province.commune.agency, "process-analyst")
    clerk = province.department["clerk"]
    sent = {"edition": 1, "scenario": ACCEPTED, "key": "accepted", "name": "Tên"}
    assert post(sign_in(elsewhere), draft, verb, **sent).status_code == 404
    assert post(sign_in(clerk), draft, verb, **sent).status_code == 403


def test_a_published_version_is_played_but_not_changed(
    platform: Platform, client: FlaskClient, province: builders.Province, draft: Version
):
    alone = read_folder(PROCESSES / "dispatch-follow-up")  # calls nothing, so it can be published by itself
    shipped = platform.run(system(), drafting.add_version, alone, None, None, "")
    platform.run(system(), commands.publish, shipped.id)
    key, table = next(iter(alone.scenarios.items()))
    played = post(client, shipped, "play", scenario={"data": table["data"], "step": []})
    assert (played.status_code, played.json["problem"]) == (200, "")
    assert post(client, shipped, "remove", edition=1, key=key).status_code == 403


HOSTILE = {
    "not XML": "<bpmn:definitions",
    "an outside entity": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "nothing": "",
}


@pytest.mark.parametrize("drawn", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("verb", ["play", "run"])
def test_what_cannot_be_read_gets_a_sentence(client: FlaskClient, draft: Version, drawn: str, verb: str):
    answer = post(client, draft, verb, scenario=BEGUN, diagram=drawn)
    assert answer.status_code == 200
    told = answer.json
    assert told["problem"] if verb == "play" else not any(each["passed"] for each in told["results"])
    assert "root:" not in answer.text


@pytest.mark.parametrize("sent", [{"forms": 1}, {"diagram": ["x"]}, {"scenarios": [1]}, {"decisions": "x"}])
def test_content_of_another_shape_is_refused(client: FlaskClient, draft: Version, sent: dict[str, Any]):
    answer = post(client, draft, "run", **sent)
    assert answer.status_code == 422
    assert answer.json["message"].endswith(".")


def test_a_body_that_is_no_json_is_refused(client: FlaskClient, draft: Version):
    answer = client.post(f"/modeler/drafts/{draft.id}/scenarios/play", data="{", content_type="application/json")
    assert (answer.status_code, answer.is_json) == (422, True)
