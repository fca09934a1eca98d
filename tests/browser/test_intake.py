"""A clerk scans, compares and takes in by keyboard in the browser; what is too large never travels."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from engine.documents.models import Document
from tests import papers
from tests.browser.conftest import House
from tests.played import carry_on

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_scans_are_dropped_compared_and_taken_in(busy_house: House, visitor: Callable[..., Any]) -> None:
    page = visitor()
    desk = busy_house.return_to(page, "vanthu.sxd")
    desk.visit("/intake")
    drop = page.locator("[data-scan-drop]")
    drop.evaluate("form => { form.dataset.largest = 900000 }")
    files = [
        {
            "name": "mới.pdf",
            "mimeType": "application/pdf",
            "buffer": papers.paper(code="77/UBND-VX", urgency="HỎA TỐC"),
        },
        {"name": "lớn.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7" + b" " * 1_000_000},
        {"name": "sai.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00" * 90},
    ]
    page.locator("#scan-files").set_input_files(files)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Gửi bản quét").press("Enter")
    told = page.locator("[data-progress]")
    expect(told).to_contain_text("Đã nhận mới.pdf")
    expect(told).to_contain_text("lớn.pdf lớn quá 0 MB")
    expect(told).to_contain_text("sai.pdf: ")
    with ThreadPoolExecutor(1) as other:  # Playwright's own loop runs in this thread
        other.submit(carry_on, busy_house.platform).result()
    desk.visit("/intake")
    page.get_by_role("link", name="mới.pdf", exact=True).click()
    code = page.get_by_label("Số, ký hiệu")
    expect(code).to_have_value("77/UBND-VX")
    code.focus()
    expect(page.locator(".scan-page rect")).to_have_count(1)
    use = page.locator("[data-use]").filter(has=page.locator("xpath=self::*[@data-for='field-code']"))
    expect(use).to_be_hidden()
    code.fill("78/UBND-VX")
    expect(use).to_be_visible()
    use.press("Enter")
    expect(code).to_have_value("77/UBND-VX")
    page.get_by_label("Ghi chú").fill("Bản giấy gửi kèm")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đã tạo văn bản và bắt đầu quy trình.")).to_be_visible()
    assert [each for each in desk.complaints if "422" not in each] == []
    with busy_house.platform.reading() as session:
        found = session.scalars(select(Document).where(Document.code == "77/UBND-VX")).one()
    assert (found.urgency, found.description, found.signer_name) == (3, "Bản giấy gửi kèm", "Trần Thị Thu Hà")
