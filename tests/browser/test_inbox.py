"""The inbox and its forms by hand: nothing typed is lost, many rows at once, no shortcut into composing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import House

pytestmark = pytest.mark.browser

Visitor = Callable[..., Any]
NEW = "/documents/outgoing/new"


def test_what_was_typed_comes_back_after_a_reload_and_a_lost_session(
    house: House, visitor: Visitor, accessibility: Callable[[Any], list[str]]
) -> None:
    page: Page = visitor(width=1440, height=900)
    desk = house.return_to(page, "chuyenvien.sxd")
    desk.visit(NEW)
    subject, offer = desk.form.get_by_label("Trích yếu"), page.locator(".typed-offer")
    expect(subject).to_be_visible()
    expect(offer).to_have_count(0)
    subject.fill("<b>Về việc</b> dở dang")
    page.reload()
    expect(offer).to_contain_text("Có nội dung đã nhập lúc")
    assert accessibility(page) == []
    expect(subject).to_have_value("")
    offer.get_by_role("button", name="Khôi phục").click()
    expect(subject).to_have_value("<b>Về việc</b> dở dang")
    expect(subject).to_be_focused()

    page.context.clear_cookies()
    desk.form.locator("button.button-primary").click()
    expect(page.locator("main")).to_contain_text("Những gì đã nhập còn trên máy này")
    house.return_to(page, "chuyenvien.sxd")
    page.goto(page.url)  # whoever is signed in goes straight on
    expect(page).to_have_url(house.address + NEW)
    offer.get_by_role("button", name="Khôi phục").click()
    expect(subject).to_have_value("<b>Về việc</b> dở dang")

    desk.form.locator("button.button-primary").click()
    expect(desk.heading).to_have_text("<b>Về việc</b> dở dang")  # taken: nothing is kept any longer
    desk.visit(NEW)
    expect(subject).to_be_visible()
    expect(offer).to_have_count(0)
    subject.fill("Không cần nữa")
    page.reload()
    offer.get_by_role("button", name="Bỏ").click()
    page.reload()
    expect(subject).to_be_visible()
    expect(offer).to_have_count(0)
    assert desk.complaints == []
