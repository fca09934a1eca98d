"""The screens of what happens in practice."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from engine.definitions import drafting
from engine.instances import cases
from engine.instances.models import Instance
from engine.platform import Platform, system
from tests import builders
from tests.web.conftest import SignIn


@pytest.fixture
def running(platform: Platform, province: builders.Province) -> Instance:
    """A case of the department that waits for the registry."""
    office = province.department
    _document, instance = platform.run(
        builders.actor(platform, office["clerk"]), cases.begin_incoming, agency_id=office.id, subject="Về việc thử",
        code="1/UBND", organ_name="UBND",
    )  # fmt: skip
    return instance


def test_figures_stand_on_the_diagram_and_in_the_table(
    running: Instance, province: builders.Province, sign_in: SignIn
) -> None:
    client = sign_in(province.department["agency-admin"])
    page = client.get("/practice/incoming-document")
    assert page.status_code == 200
    found = re.search(r'data-notes="([^"]*)"', page.text)
    assert found
    notes = json.loads(unescape(found.group(1)))
    assert notes["take-in"]["here"] == 1
    assert "Tiếp nhận văn bản" in page.text
    assert client.get("/practice").headers["Location"] == "/practice/incoming-document"
    other = sign_in(province.commune["agency-admin"]).get("/practice/incoming-document").text
    assert "0 hồ sơ mới, 0 đã kết thúc, 0 đang chạy" in other


@pytest.mark.parametrize("query", ["since=x", "since=2026-11-23&until=2026-11-01", "since=2020-01-01"])
def test_a_period_that_is_none_is_told(province: builders.Province, sign_in: SignIn, query: str) -> None:
    client = sign_in(province.department["agency-admin"])
    assert client.get(f"/practice/incoming-document?{query}").status_code == 422


def test_a_draft_is_replayed_and_read_anew_after_each_change(
    platform: Platform, running: Instance, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    draft = platform.run(system(), drafting.start_draft, running.procedure, office.id, running.version_id)
    client = sign_in(office["agency-admin"])
    page = client.get(f"/practice/replay/{draft.id}")
    assert "Không có hồ sơ nào kết thúc" in page.text
    platform.run(system(), drafting.keep_draft, draft.id, 1, diagram=b"<broken")
    assert client.get(f"/practice/replay/{draft.id}").status_code == 422
    assert sign_in(province.commune["agency-admin"]).get(f"/practice/replay/{draft.id}").status_code == 404
    assert sign_in(office["clerk"]).get("/practice/incoming-document").status_code == 403
    assert sign_in(office["agency-admin"]).get("/practice/no-such").status_code == 404
