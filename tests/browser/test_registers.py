"""The clerk's registers in a browser: numbers kept by keyboard, a print fetched, everything at both widths."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import House
from tests.browser.test_screens import overflow

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

Visitor = Callable[..., Any]


@pytest.mark.parametrize("width", [360, 1440])
def test_a_number_is_held_and_released_with_the_keyboard(
    busy_house: House, guest: Visitor, accessibility: Callable[..., list[str]], width: int
) -> None:
    page = guest(width=width, height=900)
    desk = busy_house.return_to(page, "vanthu.sxd")
    desk.visit("/registers/{outgoing_register}/numbers".format(**busy_house.ids))
    reason = f"Chờ ký, màn hình {width}"
    page.get_by_label("Lý do giữ số").focus()
    page.keyboard.type(reason)
    page.keyboard.press("Tab")
    page.keyboard.type("Phòng Quản lý xây dựng")
    page.keyboard.press("Tab")
    page.keyboard.type("31/12/2030")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("Đã giữ số")
    line = page.locator(".register-list > li").filter(has_text=reason).first
    expect(line).to_contain_text("giữ đến 31/12/2030")
    release = line.locator("summary").filter(has_text="Thôi giữ")
    release.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Không gửi nữa")
    assert overflow(page) == []
    assert accessibility(page, colours=width == 1440) == []
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("Đã thôi giữ số")
    expect(page.locator(".register-list > li").filter(has_text=reason).first).to_contain_text("thôi giữ")
    assert desk.complaints == []


def test_a_register_is_printed_twice_from_one_page(busy_house: House, guest: Visitor) -> None:
    page = guest()
    desk = busy_house.return_to(page, "vanthu.sxd")
    desk.visit("/registers/{register}/print".format(**busy_house.ids))
    for label, start in (("PDF để in", b"%PDF"), ("Excel (XLSX)", b"PK")):
        page.get_by_label(label).check()
        with page.expect_download() as download:
            page.get_by_role("button", name="Tạo bản in").press("Enter")
        assert Path(download.value.path()).read_bytes().startswith(start)
    page.get_by_label("Xem trên trang").check()
    page.get_by_role("button", name="Tạo bản in").press("Enter")
    expect(page).to_have_url(re.compile(r"/paper\?form=incoming"))
    page.emulate_media(media="print")
    expect(page.locator(".register thead th").first).to_have_text("Ngày đến")
    expect(page.locator(".bar")).to_be_hidden()
    assert desk.complaints == []
