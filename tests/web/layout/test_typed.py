"""The browser is told which form was taken and which was refused, so that it keeps what was typed exactly as long."""

from __future__ import annotations

import pytest

from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn

MARK = "0123456789abcdef"


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
