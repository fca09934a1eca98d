"""Whole installations for people in browsers: the sample province, its procedures, the web on loopback."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from connectors.assembly import make_platform
from connectors.delivery import sweep
from connectors.exchange.receive import handle
from engine.clock import FixedClock, SystemClock
from engine.directory.models import Person
from engine.platform import Platform, system
from engine.settings import Settings
from tests.browser import work
from tests.browser.people import Desk
from tests.played import copied, installation, opened, played_once, story_of_run
from tests.servers import TestServers
from tests.serving import served
from web.app import create_app
from web.demo.play import make_installation

logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line per request would bury what failed


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --update-pictures."""
    parser.addoption("--update-pictures", action="store_true", help="take the pictures of the README anew")


class Worker:
    """What `./vanthu worker` does without a queue, in a thread; `settle` waits until nothing is due.

    Unasked it looks twice a second: what has to go on before then is waited for with `settle`.
    """

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._rounds = 0
        self._seen = threading.Condition()
        self._stop = threading.Event()
        self._asked = threading.Event()
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while not self._stop.is_set():
            if sweep(self._platform, handle) == 0:
                with self._seen:
                    self._rounds += 1
                    self._seen.notify_all()
                self._asked.wait(0.5)
                self._asked.clear()

    def settle(self) -> None:
        """Wait until a look that began after this call has found nothing to do."""
        with self._seen:
            for _ in range(2):  # the first may have begun before
                seen = self._rounds
                self._asked.set()
                assert self._seen.wait_for(lambda: self._rounds > seen, timeout=60), "the worker does not come to rest"  # noqa: B023

    def stop(self) -> None:
        """Finish the look under way and end."""
        self._stop.set()
        self._asked.set()
        self._thread.join(60)


@dataclass
class House:
    """An installation with its web address, and the ids of what a test may want to open."""

    platform: Platform
    app: Flask
    address: str
    ids: dict[str, int] = field(default_factory=dict)
    settle: Callable[[], None] = lambda: None

    def sit_down(self, page: Any, user_name: str) -> Desk:
        """Somebody signs in by name and password at a fresh browser."""
        desk = Desk(page, self.address, self.settle)
        desk.sign_in(user_name)
        return desk

    def return_to(self, page: Any, user_name: str) -> Desk:
        """Somebody who signed in before, without the time a password takes."""
        with self.platform.reading() as session:
            person = session.scalars(select(Person).where(Person.user_name == user_name)).one()
        client, moment = self.app.test_client(), self.platform.clock.now().timestamp()
        changed = person.password_changed_at.isoformat() if person.password_changed_at else ""
        with client.session_transaction() as session_:
            session_.update(person=person.id, since=moment, seen=moment, stamp=changed)
        cookie = client.get_cookie("vanthu")
        assert cookie is not None
        page.context.add_cookies([{"name": "vanthu", "value": cookie.value, "url": self.address}])
        return Desk(page, self.address, self.settle)


@pytest.fixture
def house(settings: Settings, servers: TestServers, template_database: str, tmp_path: Path) -> Iterator[House]:
    """The sample province with the shipped procedures, nothing played yet, a worker, the machine's own time."""
    made = played_once(servers, "province", SystemClock(), install, after=template_database)
    with copied(servers, made, f"house_{os.getpid()}", tmp_path / "house") as url:
        own = replace(settings, database_url=url, data_path=tmp_path / "house")
        platform, outside = make_platform(own), make_platform(own)
        worker = Worker(outside)
        app = create_app(own, platform)
        try:
            with served(app) as address:
                yield House(platform, app, address, settle=worker.settle)
        finally:
            worker.stop()
            outside.engine.dispose()
            platform.engine.dispose()


def install(platform: Platform) -> None:
    """Make the sample province."""
    platform.run(system(), make_installation)


@pytest.fixture(scope="module")
def busy_house(servers: TestServers, template_database: str, tmp_path_factory: Any) -> Iterator[House]:
    """The sample province after its story, with new work waiting for everybody, time standing still; shared by a
    module, so that a test finishes only work that nobody else looks at.
    """
    story = story_of_run(servers, template_database)
    busy = played_once(servers, "busy", FixedClock(story.over), work.bring, after=story)
    folder: Path = tmp_path_factory.mktemp("house") / "data"
    with (
        copied(servers, busy, f"busy_{os.getpid()}", folder) as url,
        opened(installation(url, folder), FixedClock(busy.over)) as platform,
    ):
        app = create_app(platform.settings, platform)
        with served(app) as address:
            yield House(platform, app, address, busy.told)
