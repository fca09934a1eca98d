"""The rules of law in a browser: they fit a telephone and a desk, are read aloud, and are set aside by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from engine.directory.models import Person
from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn

pytestmark = pytest.mark.slow
REASON = "Thí điểm lưu hồ sơ tập trung theo Kế hoạch 12/KH-UBND ngày 20/11/2026 của Ủy ban nhân dân tỉnh"


@pytest.fixture
def look(
    app: Flask, serve: Callable[[Any], str], guest: Callable[..., Any], sign_in: SignIn
) -> Callable[[Person, int], Any]:
    """Open a page of the app as a person, at a width."""
    address = serve(app)

    def open_as(person: Person, width: int) -> Any:
        page = guest(width=width, height=900)
        cookie = sign_in(person).get_cookie("vanthu")
        assert cookie is not None
        page.context.add_cookies([{"name": "vanthu", "value": cookie.value, "url": address}])
        page.goto(f"{address}/waivers")
        return page

    return open_as


def fits(page: Any) -> bool:
    """Whether nothing sticks out sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize("width", [360, 1440])
def test_a_rule_is_set_aside_in_the_browser(
    platform: Platform, province: builders.Province, look: Callable[[Person, int], Any],
    accessibility: Callable[..., list[str]], width: int,
) -> None:  # fmt: skip
    admin = builders.person(platform, province.department.agency, "provincial-admin", full_name="Trần Thị Bích")
    page = look(admin, width)
    assert fits(page)
    assert accessibility(page, colours=width == 1440) == []
    page.get_by_role("link", name="Miễn áp dụng… Văn bản đã giải quyết được lưu hồ sơ").press("Enter")
    page.get_by_label("Quy trình").select_option(index=1)
    page.get_by_role("button", name="Miễn áp dụng", exact=True).press("Enter")
    page.get_by_role("alert").wait_for()
    assert fits(page)
    assert accessibility(page, colours=width == 1440) == []
    page.get_by_label("Lý do").fill(REASON)
    page.get_by_role("button", name="Miễn áp dụng", exact=True).press("Enter")
    page.get_by_text(REASON).wait_for()
    assert fits(page)
    assert accessibility(page, colours=width == 1440) == []
    page.get_by_role("button", name="Áp dụng trở lại").press("Enter")
    page.get_by_text("Quy tắc được áp dụng trở lại.").wait_for()
