"""The browser is told which form was taken and which was refused, so that it keeps what was typed exactly as long."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn

MARK = "0123456789abcdef"
WEB = Path(__file__).parents[3] / "web"


def test_a_form_that_was_taken_is_told_once(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    client = sign_in(office["leader"])
    sent = {
        "stand_in_id": str(office["clerk"].id), "valid_from": "24/11/2026", "valid_to": "25/11/2026",
        "reason": "Đi công tác", "_typed": MARK,
    }  # fmt: skip
    refused = client.post("/stand-ins", data=sent | {"valid_to": "31/02/2026"})
    assert refused.status_code == 422
    assert f'data-refused="{MARK}"' in refused.text
    assert "data-finished" not in client.get("/stand-ins").text
    assert client.post("/stand-ins", data=sent).status_code == 302
    client.get("/tasks/counts")  # what a page asks by itself shows no form
    assert f'data-finished="{MARK}"' in client.get("/stand-ins").text
    assert "data-finished" not in client.get("/stand-ins").text
    assert f'data-person="{office["leader"].id}"' in client.get("/").text


@pytest.mark.parametrize("mark", ["", "x", '"><script>', "0" * 17, "٣" * 16])
def test_a_mark_that_is_none_is_not_repeated(province: builders.Province, sign_in: SignIn, mark: str) -> None:
    client = sign_in(province.department["leader"])
    assert "data-refused" not in client.post("/stand-ins", data={"_typed": mark}).text
    client.post("/language", data={"language": "vi", "_typed": mark})
    assert "data-finished" not in client.get("/").text


def test_a_form_refused_in_a_notice_keeps_what_was_typed(province: builders.Province, sign_in: SignIn) -> None:
    client = sign_in(province.department["clerk"])
    sent = {"reason": "Bổ sung", "_typed": MARK}
    answer = client.post("/archive/lists/2026/reopen", data=sent, follow_redirects=True)
    assert "chưa được trình" in answer.text
    assert "data-finished" not in answer.text


def test_every_form_with_free_text_keeps_what_is_typed() -> None:
    lost = [
        f"{page.relative_to(WEB)}: {head}"
        for page in WEB.rglob("*.html")
        if not {"node_modules", "static"} & set(page.parts)
        for head, inside in re.findall(r"<form\b([^>]*)>(.*?)</form>", page.read_text(), re.DOTALL)
        if 'method="post"' in head and ("<textarea" in inside or '<input type="text"' in inside)
        if "data-form" not in head and "data-keep" not in head and "sign_in" not in head
    ]
    assert lost == []


def test_a_form_sent_again_is_told_so_and_corrected_it_is_another(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    client = sign_in(province.department["agency-admin"])
    key = re.findall(r'name="_form" value="([0-9a-f]{16})"', client.get("/units").text)[-1]
    sent = {"name": "Phòng Một", "abbreviation": "P1", "_form": key}
    for body, made in ((sent, 1), (sent | {"_typed": MARK}, 1), (sent | {"name": "Phòng Hai"}, 2)):
        answer = client.post("/units", data=body, follow_redirects=True)
        assert answer.status_code == 200
        assert ("đã được nhận ở lần gửi trước" in answer.text) == (body.get("_typed") is not None)
        with platform.reading() as session:
            rows = text("select count(*) from unit where name in ('Phòng Một', 'Phòng Hai')")
            assert session.scalar(rows) == made
    told = client.post("/units", data=sent, headers={"HX-Request": "true"})
    assert (told.status_code, told.headers["HX-Retarget"]) == (409, "#notices")
