"""Versions on the screen: who sees and does what, comparing, the gates, publishing, retiring."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.audit import AuditEntry
from engine.definitions import drafting, queries
from engine.platform import system
from tests.web.procedures import KEY, SHIPPED, Place, renamed


def client(place: Place) -> FlaskClient:
    return place.sign_in(place.analyst())


def test_the_list_tells_who_when_why_and_on_what(place: Place) -> None:
    draft = place.draft()
    text = client(place).get(f"/versions/of/{KEY}").text
    assert "Giải quyết văn bản" in text
    assert "Bản đầu" in text
    assert "dựa trên bản dùng chung 1" in text
    assert "23/11/2026 09:00" in text
    assert f"/versions/{draft}/publish" in text
    assert f"/versions/{place.shipped}/publish" not in text


def test_an_agency_sees_nothing_of_anothers_variant(place: Place) -> None:
    foreign = place.variant(place.province.commune, diagram=renamed(("Phân công giải quyết", "Việc của An Phú")))
    own = place.draft()
    mine = client(place)
    assert f"/versions/{foreign}" not in mine.get(f"/versions/of/{KEY}").text
    for address in (
        f"/versions/{foreign}", f"/versions/{foreign}/diagram.bpmn", f"/versions/{foreign}/publish",
        f"/versions/{own}/compare/{foreign}", f"/versions/{foreign}/compare/{own}", f"/adaptation/{foreign}/merge",
    ):  # fmt: skip
        assert mine.get(address).status_code == 404, address
    for address in ("draft", "retire", "publish"):
        assert mine.post(f"/versions/{foreign}/{address}", data={"reason": "Thử"}).status_code == 404
    assert place.version(foreign).state == "published"
    with place.platform.reading() as session:
        assert queries.current(session, KEY, place.province.department.id) == place.shipped
        assert queries.current(session, KEY, place.province.commune.id) == foreign


@pytest.mark.parametrize("role", ["clerk", "leader", "unit-head", "specialist"])
def test_people_without_the_right_are_refused_everywhere(place: Place, role: str) -> None:
    draft = place.draft()
    visitor = place.sign_in(place.province.department[role])
    for address in (
        f"/versions/of/{KEY}", f"/versions/{draft}", f"/versions/{draft}/diagram.bpmn", f"/versions/{draft}/publish",
        f"/versions/{draft}/compare/{place.shipped}", f"/adaptation/{KEY}", f"/adaptation/{draft}/merge",
    ):  # fmt: skip
        assert visitor.get(address).status_code == 403, address
    for address in (
        f"/versions/{draft}/publish", f"/versions/{draft}/retire", f"/versions/{draft}/draft",
        f"/adaptation/{KEY}/start",
    ):  # fmt: skip
        assert visitor.post(address, data={"reason": "Thử", "step": "variant"}).status_code == 403, address
    assert place.version(draft).state == "draft"


def test_an_analyst_may_read_but_not_change_what_is_shared(place: Place) -> None:
    mine = client(place)
    assert mine.get(f"/versions/{place.shipped}").status_code == 200
    for address in ("draft", "retire"):
        assert mine.post(f"/versions/{place.shipped}/{address}", data={"reason": "Thử"}).status_code == 403


def test_two_versions_are_compared_in_words_and_marks(place: Place) -> None:
    draft = place.draft(diagram=renamed(("Phân công giải quyết", "Giao việc")))
    answer = client(place).get("/versions/compare", query_string={"old": place.shipped, "new": draft})
    assert answer.status_code == 302
    text = client(place).get(answer.location).text
    assert "Tên: “Phân công giải quyết” → “Giao việc”" in text
    assert "{&#34;changed&#34;: [&#34;assign-work&#34;]}" in text
    assert 'data-element="assign-work"' in text
    assert "Biểu mẫu không thay đổi." in text


def test_procedures_that_have_nothing_in_common_are_not_compared(place: Place) -> None:
    with place.platform.reading() as session:
        other = queries.current(session, "incoming-document", place.province.department.id)
    assert client(place).get(f"/versions/{place.shipped}/compare/{other}").status_code == 422
    assert client(place).get("/versions/compare?old=x").status_code == 422


def gates(text: str) -> Mapping[str, str]:
    """Gate → its verdict, as the page shows them."""
    found = {}
    for piece in text.split('<li id="gate-')[1:]:
        found[piece.partition('"')[0]] = "passed" if 'class="tone-done">đạt' in piece else "closed"
    return found


def test_an_unchanged_copy_of_what_ships_passes_every_gate(place: Place) -> None:
    text = client(place).get(f"/versions/{place.draft()}/publish").text
    assert gates(text) == dict.fromkeys(
        ["readable", "sound", "data", "people", "time", "law", "scenarios", "coverage"], "passed"
    )
    assert "disabled" not in text.partition("<main")[2]


def test_what_closes_a_gate_is_shown_at_its_element_and_enforced(place: Place) -> None:
    draft = place.draft(scenarios={}, diagram=renamed(('camunda:topic="documents.assign"', 'camunda:topic="no.such"')))
    mine = client(place)
    text = mine.get(f"/versions/{draft}/publish").text
    shown = gates(text)
    assert (shown["data"], shown["coverage"], shown["sound"]) == ("closed", "closed", "passed")
    assert f"/modeler/drafts/{draft}#record-assignment" in text
    answer = mine.post(f"/versions/{draft}/publish", data={"reason": "Thử", "edition": "2"}, follow_redirects=True)
    assert "Chưa ban hành được" in answer.text
    assert place.version(draft).state == "draft"


def test_one_scenario_less_leaves_elements_uncovered(place: Place) -> None:
    scenarios = {key: table for key, table in SHIPPED.scenarios.items() if key != "returned"}
    text = client(place).get(f"/versions/{place.draft(scenarios=scenarios)}/publish").text
    assert gates(text)["coverage"] == "closed"
    assert "Chưa có kịch bản nào đi qua phần tử này." in text
    assert gates(text)["scenarios"] == "passed"


def test_a_scenario_that_comes_out_otherwise_closes_its_gate(place: Place) -> None:
    table = {**SHIPPED.scenarios["returned"], "end": {"at": ["end-resolved"]}}
    text = (
        client(place).get(f"/versions/{place.draft(scenarios={**SHIPPED.scenarios, 'returned': table})}/publish").text
    )
    assert gates(text)["scenarios"] == "closed"


def test_publishing_keeps_who_when_and_why(place: Place) -> None:
    draft, analyst = place.draft(), place.analyst()
    mine = place.sign_in(analyst)
    assert "Ghi lý do ban hành" in mine.post(f"/versions/{draft}/publish", data={}, follow_redirects=True).text
    answer = mine.post(f"/versions/{draft}/publish", data={"reason": "Theo kết luận họp", "edition": "1"})
    assert answer.location == f"/versions/of/{KEY}"
    version = place.version(draft)
    assert (version.state, version.reason, version.published_by_id) == ("published", "Theo kết luận họp", analyst.id)
    assert version.published_at == place.platform.clock.now()
    with place.platform.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "version.published")).all()[-1]
        assert entry.details["reason"] == "Theo kết luận họp"
        assert queries.current(session, KEY, place.province.department.id) == draft
    assert "không còn là bản nháp" in mine.get(f"/versions/{draft}/publish").text
    assert mine.post(f"/versions/{draft}/publish", data={"reason": "Lại"}).status_code == 409


def test_what_was_saved_after_the_page_was_opened_is_not_published_unseen(place: Place) -> None:
    draft = place.draft()
    place.platform.run(system(), drafting.keep_draft, draft, 1, diagram=renamed(("Phân công giải quyết", "Giao việc")))
    assert client(place).post(f"/versions/{draft}/publish", data={"reason": "Thử", "edition": "1"}).status_code == 409
    assert place.version(draft).state == "draft"


def test_a_retired_variant_gives_way_to_the_shared_procedure(place: Place) -> None:
    variant, mine = place.variant(), client(place)
    assert mine.post(f"/versions/{variant}/retire", data={"reason": ""}).status_code == 422
    answer = mine.post(f"/versions/{variant}/retire", data={"reason": "Dùng lại bản chung"}, follow_redirects=True)
    assert "Dùng lại bản chung" in answer.text
    assert place.version(variant).state == "retired"
    with place.platform.reading() as session:
        assert queries.current(session, KEY, place.province.department.id) == place.shipped
    assert mine.post(f"/versions/{variant}/retire", data={"reason": "Lại"}).status_code == 409


def test_the_shared_procedure_ends_only_by_a_successor(place: Place) -> None:
    admin = place.sign_in(place.province.admin)
    assert "cơ quan đang dùng quy trình chung này" in admin.get(f"/versions/of/{KEY}").text
    answer = admin.post(f"/versions/{place.shipped}/retire", data={"reason": "Thôi"})
    assert answer.status_code == 409
    assert "3 cơ quan đang dùng" in answer.text
    assert place.version(place.shipped).state == "published"
    for office in (place.province.department, place.province.commune, place.province.ward):
        place.variant(office)
    assert admin.post(f"/versions/{place.shipped}/retire", data={"reason": "Thôi"}).status_code == 303


def test_an_older_version_is_begun_again_from(place: Place) -> None:
    first = place.variant(diagram=renamed(("Phân công giải quyết", "Giao việc")))
    place.variant()
    answer = client(place).post(f"/versions/{first}/draft", data={"reason": "Quay lại cách cũ"})
    made = int(answer.location.rpartition("/")[2])
    version = place.version(made)
    assert (version.state, version.based_on_id, version.number, version.reason) == (
        "draft",
        first,
        3,
        "Quay lại cách cũ",
    )
    assert "Giao việc" in version.diagram.decode()


def test_a_diagram_is_sent_once(place: Place) -> None:
    mine = client(place)
    answer = mine.get(f"/versions/{place.shipped}/diagram.bpmn")
    assert answer.data == SHIPPED.diagram
    again = mine.get(f"/versions/{place.shipped}/diagram.bpmn", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_nothing_is_known_of_a_procedure_that_is_not_there(place: Place) -> None:
    mine = client(place)
    for address in ("/versions/of/nothing", "/versions/999999", "/versions/999999/publish", "/adaptation/nothing"):
        assert mine.get(address).status_code == 404, address
