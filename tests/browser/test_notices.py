"""The bell by hand: counts that come by themselves and move nothing, a list that is worked with the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from connectors.notification.telling import tell_people
from engine.directory import queries as directory
from engine.directory.models import Person
from engine.instances import cases
from tests import builders
from tests.browser.conftest import House

pytestmark = pytest.mark.browser

Visitor = Callable[..., Any]


def arrive(house: House, subject: str) -> None:
    """A letter that the department's leader has handed to the registry; everybody who has to know is told."""
    with house.platform.reading() as session:
        person_id = session.scalars(select(Person.id).where(Person.user_name == "lanhdao.sxd")).one()
        leader = directory.actor_of(session, person_id, house.platform.clock.now())
    house.platform.run(
        leader, cases.begin_incoming, agency_id=leader.agency_id or 0, subject=subject, code="5/UBND",
        organ_name="UBND xã An Phú", main_file=builders.Upload("a.pdf", builders.pdf("a")),
    )  # fmt: skip
    house.settle()
    tell_people(house.platform)


def test_counts_come_by_themselves_and_the_list_stays(house: House, visitor: Visitor) -> None:
    page: Page = visitor()
    arrive(house, "Thư thứ nhất")
    desk = house.return_to(page, "vanthu.sxd")
    desk.visit("/?box=groups")
    rows = page.locator("table.inbox tbody tr")
    expect(page.locator("#count-groups")).to_contain_text("1")
    expect(page.locator("#bell-count")).to_have_text("1")
    before = rows.all_inner_texts()
    arrive(house, "Thư thứ hai")
    expect(page.locator("#bell-count")).to_have_text("2")  # sooner than a page that asks every 20 seconds
    expect(page.locator("#count-groups")).to_contain_text("2")
    expect(page.locator("#news")).to_contain_text("Có 1 việc mới.")
    assert rows.all_inner_texts() == before
    assert desk.complaints == []


def test_where_no_stream_is_to_be_had_the_page_asks(house: House, visitor: Visitor) -> None:
    page: Page = visitor()
    page.clock.install()
    page.route("**/notices/stream", lambda route: route.fulfill(status=204))
    desk = house.return_to(page, "vanthu.sxd")
    desk.visit("/?box=groups")
    expect(page.locator("#count-mine")).to_have_text("")
    arrive(house, "Thư thứ nhất")
    with page.expect_response("**/tasks/counts"):
        page.clock.run_for(21_000)
    expect(page.locator("#bell-count")).to_have_text("1")


def test_the_list_is_worked_with_the_keyboard(
    house: House, visitor: Visitor, accessibility: Callable[..., list[str]]
) -> None:
    page: Page = visitor()
    for subject in ("Thư thứ nhất", "Thư thứ hai", "Thư thứ ba"):
        arrive(house, subject)
    desk = house.return_to(page, "vanthu.sxd")
    desk.visit("/notices")
    links, unread = page.locator("a.row-link"), page.locator("tr.unread")
    expect(unread).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(unread).to_have_count(2)
    expect(links.nth(1)).to_be_focused()
    expect(page.locator("#bell-count")).to_have_text("2")
    assert page.locator("#bell-count").count() == 1
    page.keyboard.press("r")
    expect(unread).to_have_count(3)
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("Shift+R")
    expect(page.locator("#notices")).to_contain_text("Đã đánh dấu 3 thông báo là đã đọc.")
    expect(unread).to_have_count(0)
    assert accessibility(page) == []
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(desk.heading).to_have_text("Thư thứ ba")
    assert desk.complaints == []
