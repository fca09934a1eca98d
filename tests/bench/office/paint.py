"""From a key to what it has painted, in Chromium, by the browser's own event timing (in steps of 8 ms)."""

from __future__ import annotations

from typing import Any

from tests import browsers
from tests.bench.office.rounds import Crowd, p95

WATCH = """
window.slow = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (entry.name === "keydown") window.slow.push(entry.duration);
}).observe({ type: "event", durationThreshold: 16, buffered: true });
"""
KEYS = 120


def measure(crowd: Crowd) -> dict[str, Any]:
    """Keys in a full inbox and in the words of a search; what painted within 16 ms counts as 16."""
    from playwright.sync_api import sync_playwright

    clerk = crowd.site.visitors[0]
    cookie = crowd.session_of(clerk.person_id)
    address = f"http://127.0.0.1:{crowd.site.port}"
    found: dict[str, Any] = {}
    with sync_playwright() as playwright:
        program = browsers.obtain_chromium()
        chromium = playwright.chromium.launch(executable_path=program, args=list(browsers.FLAGS), headless=True)
        session = browsers.new_session(chromium, 1440, 900)
        session.add_cookies([{"name": "vanthu", "value": cookie, "url": address}])
        session.add_init_script(WATCH)
        page = session.new_page()
        page.goto(f"{address}/?box=groups")
        rows = page.locator("[data-rows] .row-link").count()
        found |= _pressed(page, f"keys in an inbox of {rows} rows", ["j"] * (KEYS // 2) + ["k"] * (KEYS // 2))
        page.goto(f"{address}/search")
        page.locator("[data-search], input[name=q]").last.focus()
        text = "ra soat cong trinh xay dung tren dia ban xa " * 3
        found |= _pressed(
            page, "keys in the words of a search", ["Space" if key == " " else key for key in text[:KEYS]]
        )
        chromium.close()
    return found


def _pressed(page: Any, name: str, keys: list[str]) -> dict[str, Any]:
    for key in keys:
        page.keyboard.press(key, delay=5)
    page.wait_for_timeout(300)
    slow = [float(each) for each in page.evaluate("window.slow")]
    times = sorted(slow + [16.0] * max(0, len(keys) - len(slow)))
    return {f"{name}: key to paint, p95 ms": p95(times), f"{name}: key to paint, worst ms": times[-1]}
