"""An agency adapts a procedure in a browser: the ladder, comparing, publishing, and a base that moves on."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine.definitions import commands, drafting, queries
from engine.definitions.shipped import PROCESSES, read_folder
from engine.platform import Work, system
from tests.browser.conftest import House
from tests.browser.people import Desk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
KEY = "resolution"
SHIPPED = read_folder(PROCESSES / KEY)
Visitor = Callable[..., Any]


def renamed(*pairs: tuple[str, str]) -> bytes:
    text = SHIPPED.diagram.decode()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def draw(house: House, version_id: int, diagram: bytes) -> None:
    """What the analyst draws in the editor, which has tests of its own."""
    house.platform.run(system(), drafting.keep_draft, version_id, 1, diagram=diagram)


def move_on(house: House, diagram: bytes) -> None:
    """The province puts a new version of the shared procedure in force."""

    def ship(work: Work) -> None:
        base = queries.current(work.session, KEY, None)
        made = drafting.add_version(work, replace(SHIPPED, diagram=diagram), None, base, "Bản tỉnh mới")
        commands.publish(work, made.id)

    house.platform.run(system(), ship)


def drawn(page: Page) -> None:
    """Every diagram on the page is there."""
    expect(page.locator("[data-panes]")).to_have_attribute("data-panes-state", "shown")
    for pane in page.locator("[data-pane]").all():
        expect(pane).to_have_attribute("data-pane-state", "shown")


def scales(page: Page) -> list[list[float]]:
    """Scale and place of every diagram as it is drawn."""
    found: list[str] = page.eval_on_selector_all(
        ".viewport", "parts => parts.map((each) => each.getAttribute('transform') ?? '')"
    )
    return [[float(each) for each in re.findall(r"-?[\d.]+", text)] for text in found]


def alike(found: list[list[float]]) -> bool:
    """Whether all diagrams show the same piece at the same size."""
    return all(each == pytest.approx(found[0], abs=0.5) for each in found)


def number_in(page: Page) -> int:
    found = re.search(r"/(\d+)", page.url.partition("/modeler")[2])
    assert found
    return int(found[1])


def climb(page: Page, desk: Desk) -> int:
    """Up the ladder by keyboard to a variant of the whole procedure; the draft's id."""
    desk.visit(f"/versions/of/{KEY}")
    page.get_by_role("link", name="Điều chỉnh cho cơ quan…").press("Enter")
    expect(page.get_by_role("heading", name="1. Chỉ thay dữ liệu")).to_be_visible()
    for step in ("part", "variant"):
        page.get_by_role("link", name="Không đủ, cần thay đổi nhiều hơn").press("Enter")
        expect(page).to_have_url(re.compile(f"step={step}"))
    page.get_by_role("button", name="Lập bản riêng từ bản đang áp dụng…").press("Enter")
    expect(page).to_have_url(re.compile(r"/modeler/drafts/\d+"))
    return number_in(page)


def compare_with_base(page: Page, desk: Desk, base: int, draft: int) -> None:
    """Two diagrams show what changed, move together, and the list leads to the element on both."""
    desk.visit(f"/versions/{base}/compare/{draft}")
    drawn(page)
    expect(page.locator(".seen-changed[data-element-id=assign-work]")).to_have_count(2)
    expect(page.locator(".seen-symbol-changed")).to_have_count(4)
    expect(page.get_by_text("Tên: “Phân công giải quyết” → “Giao việc”")).to_be_visible()
    page.get_by_role("button", name="Bước “Giao việc”").press("Enter")
    expect(page.locator(".seen-here[data-element-id=assign-work]")).to_have_count(2)
    before = scales(page)
    page.get_by_role("button", name="Phóng to").press("Enter")
    after = scales(page)
    assert after != before
    assert alike(after)
    still = page.locator(".viewport").first.get_attribute("transform")
    page.locator(".djs-container svg").first.hover()
    page.mouse.wheel(0, 120)
    page.wait_for_function(
        "before => document.querySelector('.viewport').getAttribute('transform') !== before", arg=still
    )
    assert alike(scales(page))


def publish(page: Page, desk: Desk, draft: int) -> None:
    """Every gate is passed; the reason is asked for and kept."""
    desk.visit(f"/versions/{draft}/publish")
    expect(page.locator(".gates > li")).to_have_count(8)
    expect(page.locator(".gates .tone-late")).to_have_count(0)
    page.get_by_label("Lý do ban hành").fill("Theo kết luận giao ban")
    page.get_by_role("button", name="Ban hành", exact=True).press("Enter")
    expect(page.get_by_text("Đã ban hành.")).to_be_visible()
    expect(page.locator(".in-force", has_text="Theo kết luận giao ban")).to_be_visible()


def test_a_variant_is_made_compared_published_and_brought_to_a_new_base(
    house: House, guest: Visitor, visitor: Visitor
) -> None:
    page = guest()
    desk = house.return_to(page, "quantri.sxd")
    with house.platform.reading() as session:
        base = queries.current(session, KEY, None)
    draft = climb(page, desk)
    draw(house, draft, renamed(("Phân công giải quyết", "Giao việc"), ("Ghi phân công", "Ghi của Sở")))
    compare_with_base(page, desk, base, draft)
    publish(page, desk, draft)
    move_on(house, renamed(("Ghi phân công", "Ghi việc"), ("Ghi việc trả lại", "Ghi lại việc trả")))
    desk.visit(f"/versions/of/{KEY}")
    page.get_by_role("link", name="Xem và hợp nhất").press("Enter")
    drawn(page)
    expect(page.locator(".pane")).to_have_count(4)
    expect(page.get_by_text("Tên: “Ghi việc trả lại” → “Ghi lại việc trả”")).to_be_visible()
    question = page.locator(".conflict")
    expect(question).to_have_count(1)
    expect(question).to_have_class(re.compile("undecided"))
    page.get_by_role("button", name="Tạo bản nháp đã hợp nhất").click()
    expect(page).to_have_url(re.compile(r"/merge$"))  # the browser asks for the missing answer
    taken = page.locator("[data-take-for=record-assignment][data-take-side=theirs]")
    taken.focus()
    page.keyboard.press("Enter")
    expect(taken).to_have_attribute("aria-pressed", "true")
    expect(question.get_by_label("Lấy bản gốc mới")).to_be_checked()
    expect(question).not_to_have_class(re.compile("undecided"))
    page.get_by_role("button", name="Cập nhật kết quả").press("Enter")
    drawn(page)
    result = page.locator(".pane", has_text="Kết quả theo lựa chọn hiện tại")
    expect(result.locator("[data-element-id=record-assignment]").first).to_contain_text("Ghi việc")
    expect(result.locator("[data-element-id=assign-work]").first).to_contain_text("Giao việc")
    page.get_by_role("button", name="Tạo bản nháp đã hợp nhất").press("Enter")
    expect(page).to_have_url(re.compile(r"/modeler/drafts/\d+"))
    merged = number_in(page)
    desk.visit(f"/versions/of/{KEY}")
    expect(page.locator(".version-row", has_text="dựa trên bản dùng chung 2")).to_be_visible()
    publish(page, desk, merged)
    expect(page.get_by_text("Bản gốc đã có phiên bản mới")).to_have_count(0)
    assert desk.complaints == []
    other = house.return_to(visitor(), "quantri.anphu")
    other.visit(f"/versions/of/{KEY}")
    expect(other.page.get_by_text("Bản tỉnh mới")).to_be_visible()
    expect(other.page.get_by_text("Theo kết luận giao ban")).to_have_count(0)
    other.visit(f"/versions/{merged}")
    expect(other.heading).to_have_text("Không tìm thấy")
