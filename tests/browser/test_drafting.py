"""The layout check by keyboard and without script: from a mark on the page to the list and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize("script", [True, False])
def test_findings_are_reached_with_the_keyboard_both_ways(
    busy_house: House, guest: Callable[..., Any], visitor: Callable[..., Any], script: bool
) -> None:
    page = guest() if script else visitor(java_script_enabled=False)
    desk = busy_house.return_to(page, "thethuc.sxd")
    desk.visit("/documents/{written}/drafts/{laid_out}/layout".format(**busy_house.ids))
    page.locator("#mark-1").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#finding-1$"))
    expect(page.locator("#finding-1")).to_be_focused()
    page.keyboard.press("Tab")  # the way back stands in the finding itself
    expect(page.locator("#finding-1 a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#mark-1$"))
    expect(page.locator("#mark-1")).to_be_focused()
    if script:
        page.locator("#finding-2").focus()
        expect(page.locator("#mark-2")).to_have_class(re.compile(r"\bshown\b"))
    assert desk.complaints == []
