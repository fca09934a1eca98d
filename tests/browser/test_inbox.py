"""The inbox and its forms by hand: nothing typed is lost, many rows at once, no shortcut into composing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from engine.directory import queries as directory
from engine.directory.models import Agency, Person
from engine.instances import cases
from engine.tasks import commands as tasks
from engine.tasks.models import Task
from tests import builders
from tests.browser.conftest import House
from tests.browser.test_screens import overflow

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


@pytest.fixture
def post(house: House) -> House:
    """Four letters on paper at the department's registry."""
    with house.platform.reading() as session:
        clerk = session.scalars(select(Person).where(Person.user_name == "vanthu.sxd")).one()
        actor = directory.member(session, clerk.id, house.platform.clock.now()).actor
    for number in range(4):
        house.platform.run(
            actor, cases.begin_incoming, agency_id=clerk.agency_id, subject=f"Thư số {number}",
            code=f"{number}/UBND", organ_name="UBND xã Bên Kia", main_file=builders.Upload("a.pdf", builders.pdf("a")),
        )  # fmt: skip
    house.settle()
    return house


def test_many_rows_are_claimed_by_keyboard_and_one_is_refused(
    post: House, visitor: Visitor, accessibility: Callable[[Any], list[str]]
) -> None:
    page: Page = visitor(width=1440, height=900)
    desk = post.return_to(page, "vanthu.sxd")
    expect(desk.inbox("groups")).to_have_count(4)
    bar, boxes, count = page.locator(".bulk"), page.locator(".inbox .pick input"), page.locator("[data-count]")
    expect(bar).to_be_hidden()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Phím tắt")
    expect(keys).to_contain_text("Dòng dưới")
    expect(keys.get_by_text("Gửi biểu mẫu đang điền")).to_be_hidden()  # no form here
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    for composing in ("{key: 'x', isComposing: true}", "{key: 'x', keyCode: 229}", "{key: '*', isComposing: true}"):
        press = f"new KeyboardEvent('keydown', {{bubbles: true, ...{composing}}})"
        page.evaluate(f"document.activeElement.dispatchEvent({press})")
    page.locator("#filter").focus()
    page.keyboard.type("x*")
    expect(page.locator("#filter")).to_have_value("x*")
    expect(page.locator(".inbox .pick :checked")).to_have_count(0)
    page.locator(".row-link").first.focus()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(count).to_have_text("Đã chọn 3 việc")
    assert accessibility(page) == []
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    page.keyboard.press("*")
    expect(count).to_have_text("Đã chọn 4 việc")

    with post.platform.reading() as session:
        taken = session.get_one(Task, int(boxes.first.get_attribute("value") or 0))
        agency = session.get_one(Agency, taken.agency_id)
    other = builders.person(post.platform, agency, "clerk", full_name="Trần Thị Nhanh")
    post.platform.run(builders.actor(post.platform, other), tasks.claim_task, taken.id)
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    expect(desk.heading).to_have_text("Kết quả: Nhận việc")
    expect(page.locator(".bulk-results .tone-late")).to_contain_text("Trần Thị Nhanh đã nhận việc này lúc")
    expect(page.locator(".bulk-results .tone-done")).to_have_count(3)
    assert accessibility(page) == []
    page.get_by_role("button", name="Hoàn tác 3 việc").focus()
    page.keyboard.press("Enter")
    expect(desk.heading).to_have_text("Kết quả: Trả lại nhóm")
    expect(desk.inbox("groups")).to_have_count(3)
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator(".pick").first.click()
    expect(count).to_have_text("Đã chọn 1 việc")
    assert overflow(page) == []
    assert accessibility(page) == []
    assert desk.complaints == []
