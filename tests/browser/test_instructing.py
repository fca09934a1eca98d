"""Phrases and the lines of an instruction at the keyboard of a clerk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]  # the first test of a run plays the story


def test_phrases_are_kept_and_put_in_and_a_line_has_one_part(busy_house: House, guest: Callable[..., Any]) -> None:
    desk = busy_house.return_to(guest(), "vanthu.anphu")
    page = desk.page
    desk.visit(f"/tasks/{busy_house.ids['accept']}")
    desk.choose("Trả lại bên gửi")
    reason = page.get_by_label("Nội dung lý do")
    reason.fill("Văn bản thiếu phụ lục … kèm theo.")
    page.keyboard.press("Alt+m")
    page.get_by_role("button", name="Lưu nội dung ô này thành mẫu").click()
    page.keyboard.type("Thiếu phụ lục")
    page.keyboard.press("Enter")
    expect(reason).to_be_focused()
    reason.fill("Trả lại:")
    page.keyboard.press("Alt+m")
    expect(page.get_by_role("option", name="Thiếu phụ lục")).to_be_visible()
    page.keyboard.type("phu luc")
    page.keyboard.press("Enter")
    expect(reason).to_have_value("Trả lại: Văn bản thiếu phụ lục … kèm theo.")
    page.keyboard.type("số 02")  # over the place that was left open
    expect(reason).to_have_value("Trả lại: Văn bản thiếu phụ lục số 02 kèm theo.")
    page.keyboard.press("Alt+m")
    page.keyboard.press("Escape")
    expect(reason).to_be_focused()

    desk.choose("Tiếp nhận, vào sổ", "Chuyển thẳng đơn vị giải quyết theo quy chế")
    lead = page.get_by_label("Chủ trì: Phòng Kinh tế")
    lead.focus()
    page.keyboard.press("Space")
    expect(lead).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("Phối hợp: Phòng Kinh tế")).to_be_checked()
    expect(lead).not_to_be_checked()
    assert desk.complaints == []
