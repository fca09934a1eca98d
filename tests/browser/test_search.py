"""Searching by keyboard and on a telephone: words, filters, more results, a search kept, columns chosen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.directory.models import Person
from engine.documents import commands as documents
from engine.documents.searching import commands as searching
from engine.platform import Work, system
from tests.browser.conftest import House
from tests.browser.test_screens import overflow

pytestmark = pytest.mark.browser

Visitor = Callable[..., Any]
COUNT = 27


@pytest.fixture
def shelf(house: House) -> House:
    """Some documents about one thing in the department; the first says it in its text."""

    def enter(work: Work) -> None:
        clerk = work.session.scalars(select(Person).where(Person.user_name == "vanthu.sxd")).one()
        for number in range(COUNT):
            documents.create_incoming(
                work, agency_id=clerk.agency_id, subject=f"Khu tái định cư số {number}", code=f"{number + 100}/UBND-KT",
                organ_name="UBND xã An Phú", source="paper",
                description="Hồ sơ bồi thường, hỗ trợ và tái định cư <b>đợt 1</b>." if number == COUNT - 1 else "",
            )  # fmt: skip

    house.platform.run(system(), enter)
    house.platform.run(system(), searching.refresh)
    return house


def test_a_search_is_made_by_keyboard(shelf: House, guest: Visitor, accessibility: Callable[[Any], list[str]]) -> None:
    page: Page = guest(width=1440, height=900)
    desk = shelf.return_to(page, "vanthu.sxd")
    desk.visit("/")
    page.keyboard.press("/")
    page.keyboard.type("tai dinh")
    page.keyboard.press("Enter")
    rows = page.locator("#found tbody tr")
    expect(rows).to_have_count(25)
    expect(page.locator(".title [role=status]")).to_have_text(f"{COUNT} văn bản")
    expect(rows.first.locator(".excerpt")).to_contain_text("tái định cư <b>đợt 1</b>")
    page.keyboard.press("j")
    expect(rows.nth(0).locator(".row-link")).to_be_focused()

    page.locator("#load-more").focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(COUNT)
    expect(page.locator("#more")).to_have_text("Đã hiện hết kết quả.")
    assert accessibility(page) == []

    page.locator(".search-filters summary").focus()
    page.keyboard.press("Enter")
    page.locator("#search-organ").focus()
    page.keyboard.type("an phu")
    page.locator("#search-since").focus()
    page.keyboard.type("31/02/2026")
    page.keyboard.press("Enter")
    expect(page.locator("#search-since")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#search-organ")).to_have_value("an phu")
    assert accessibility(page) == []
    page.locator("#search-since").fill("")
    page.locator("#search-q").fill('"tái định cư số 5"')
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)

    page.get_by_label("Lưu tìm kiếm này với tên").focus()
    page.keyboard.type("Tái định cư 5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Tìm kiếm đã lưu").get_by_role("link")).to_have_text("Tái định cư 5")
    summary = page.locator("summary", has_text="Chọn cột")
    summary.focus()
    page.keyboard.press("Enter")
    page.get_by_role("checkbox", name="Hạn xử lý").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Dùng các cột này").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Hạn xử lý")).to_be_visible()
    rows.first.locator(".row-link").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/documents/\d+$"))
    assert [each for each in desk.complaints if "status of 422" not in each] == []


def test_a_search_fits_a_telephone(shelf: House, guest: Visitor, accessibility: Callable[..., list[str]]) -> None:
    page: Page = guest(width=360, height=740, has_touch=True)
    desk = shelf.return_to(page, "vanthu.sxd")
    desk.visit("/search?q=t%C3%A1i+%C4%91%E1%BB%8Bnh&organ=an+phu")
    assert overflow(page) == []
    assert accessibility(page, colours=False) == []
    for opened in ("Xuất kết quả", "Chọn cột"):
        page.locator("summary", has_text=opened).click()
        box = page.locator("details[open] .menu-list").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert accessibility(page, colours=False) == []
    assert overflow(page) == []
    assert desk.complaints == []
