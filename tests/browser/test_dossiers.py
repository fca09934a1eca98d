"""Dossiers by keyboard: through the list, into one, why something can't be done, back to a document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_the_list_and_a_dossier_are_worked_with_the_keyboard(busy_house: House, guest: Callable[..., Any]) -> None:
    page = guest()
    desk = busy_house.return_to(page, "chuyenvien.sxd")
    desk.visit("/dossiers?only=open")
    page.keyboard.press("j")
    expect(page.locator(".dossier-rows a.row-link").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Văn bản trong hồ sơ")).to_be_visible()
    why = page.locator(".why summary").first
    why.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Chỉ văn thư, lưu trữ cơ quan được làm việc này.")).to_be_visible()
    page.get_by_text("Rút khỏi hồ sơ…").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Lý do").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # without a reason nothing is sent
    expect(page.get_by_label("Lý do").first).to_be_focused()
    page.locator(".dossier-lines a.row-link").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Đưa vào hồ sơ")).to_be_visible()
    assert desk.complaints == []
