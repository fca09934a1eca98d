"""The script that stays in the browser, in a real one: what is pushed to it is shown, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import House

pytestmark = pytest.mark.browser
Visitor = Callable[..., Any]


def test_what_is_pushed_is_shown(busy_house: House, visitor: Visitor) -> None:
    page = visitor()
    busy_house.return_to(page, "vanthu.anphu").visit("/notices/preferences")
    found: list[Any] = []
    session = page.context.new_cdp_session(page)
    session.on("ServiceWorker.workerRegistrationUpdated", lambda given: found.extend(given["registrations"]))
    session.send("ServiceWorker.enable")
    with page.context.expect_event("serviceworker") as begun:
        page.evaluate("navigator.serviceWorker.register('/push-worker.js', { scope: '/' })")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    # a browser without a screen has nowhere to show anything: what it is asked to show is noted instead
    begun.value.evaluate(
        """() => {
          self.noted = new Promise((done) => {
            self.registration.showNotification = (title, more) => Promise.resolve(done([title, more.body, more.data]));
          });
        }"""
    )
    said = {"title": "Vanthu", "body": "Đôn đốc của lãnh đạo", "url": "/notices/1"}
    given = {"origin": busy_house.address, "registrationId": found[-1]["registrationId"], "data": json.dumps(said)}
    session.send("ServiceWorker.deliverPushMessage", given)
    assert begun.value.evaluate("() => self.noted") == ["Vanthu", "Đôn đốc của lãnh đạo", "/notices/1"]
