"""Filters in the sidebar: kept from the inbox, with counts, opened and deleted; odd input is told."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn
from tests.web.worklist.test_narrowing import office, subjects  # noqa: F401


def test_a_filter_is_kept_opened_counted_and_deleted(
    platform: Platform,
    office: builders.Office,  # noqa: F811
    sign_in: SignIn,
) -> None:
    client = sign_in(office["clerk"])
    page = BeautifulSoup(client.get("/?box=groups&due=late").text, "html.parser")
    form = page.select_one('form[action="/tasks/filters"]')
    hidden = {each["name"]: each["value"] for each in form.select("input[type=hidden]")}
    sent = {name: value for name, value in hidden.items() if name not in ("csrf_token", "_form")}
    assert sent == {"back": "/?box=groups&due=late", "box": "groups", "due": "late"}
    assert [each["value"] for each in form.select("option")] == ["", "clerk"]
    answer = client.post("/tasks/filters", data={**sent, "name": "Trễ <b>hạn</b>", "role": "clerk"})
    where = answer.location
    opened = client.get(where).text
    assert subjects(opened) == ["0", "1"]
    found = BeautifulSoup(opened, "html.parser")
    assert found.select_one("h1").get_text() == "Trễ <b>hạn</b>"
    current = [each.get_text(strip=True) for each in found.select(".sidebar [aria-current=page] .label")]
    assert current == ["Trễ <b>hạn</b>"]
    kept_id = re.search(r"kept=(\d+)", where)
    assert kept_id
    counts = BeautifulSoup(client.get("/tasks/counts").text, "html.parser")
    assert counts.select_one(f"#count-kept-{kept_id[1]}").get_text(strip=True).startswith("2")
    colleague = sign_in(builders.person(platform, office.agency, "clerk"))
    shared = BeautifulSoup(colleague.get(where).text, "html.parser")
    assert "dùng chung cho Văn thư" in shared.get_text()
    assert shared.select_one(f'form[action="/tasks/filters/{kept_id[1]}/delete"]') is None
    assert colleague.post(f"/tasks/filters/{kept_id[1]}/delete").status_code == 403
    assert client.post(f"/tasks/filters/{kept_id[1]}/delete").status_code == 303
    assert client.get(where).status_code == 404


def test_what_is_no_filter_is_told(office: builders.Office, sign_in: SignIn) -> None:  # noqa: F811
    client = sign_in(office["clerk"])
    for sent in (
        {"box": "mine"},
        {"box": "x", "due": "late", "name": "a"},
        {"box": "mine", "due": "soon", "name": "a"},
    ):
        answer = client.post("/tasks/filters", data={**sent, "back": "//evil.example"})
        assert (answer.status_code, answer.location) == (303, "/")
    told = client.get("/").text
    assert "Nhập tên bộ lọc." in told or "Chưa nhập tên bộ lọc." in told
    assert client.get("/?kept=99999999999999999999999").status_code == 404
    assert client.get("/?kept=-1").status_code == 404
    assert client.get("/?kept=x").status_code == 200
