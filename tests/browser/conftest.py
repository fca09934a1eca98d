"""A whole installation for people in browsers: the sample province, a worker beside it, the web on loopback."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connectors.assembly import make_platform
from connectors.delivery import sweep
from connectors.exchange.receive import handle
from engine.clock import FixedClock
from engine.platform import Platform, system
from engine.settings import Settings
from tests.browser.people import Desk
from tests.played import Played, installation, opened, story_of_run
from tests.servers import TestServers
from web.app import create_app
from web.demo.play import make_installation


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --update-pictures."""
    parser.addoption("--update-pictures", action="store_true", help="take the pictures of the README anew")


logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line per request would bury what failed


class Worker:
    """What `./vanthu worker` does without a queue, in a thread; `settle` waits until nothing is due."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._rounds = 0
        self._seen = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while not self._stop.is_set():
            if sweep(self._platform, handle) == 0:
                with self._seen:
                    self._rounds += 1
                    self._seen.notify_all()
                self._stop.wait(0.05)

    def settle(self) -> None:
        """Wait until a look that began after this call has found nothing to do."""
        with self._seen:
            wanted = self._rounds + 2
            assert self._seen.wait_for(lambda: self._rounds >= wanted, timeout=60), "the worker does not come to rest"

    def stop(self) -> None:
        """Finish the look under way and end."""
        self._stop.set()
        self._thread.join(60)


@dataclass
class House:
    """An installation with its web address, and a way to seat people at browsers."""

    platform: Platform
    address: str
    visitor: Callable[..., Any]
    worker: Worker

    def desk(self, user_name: str, **options: Any) -> Desk:
        """Somebody signed in, in a browser session of their own."""
        desk = Desk(self.visitor(**options), self.address, self.worker.settle)
        desk.sign_in(user_name)
        return desk


@pytest.fixture
def house(settings: Settings, serve: Callable[[Any], str], visitor: Callable[..., Any]) -> Iterator[House]:
    """The sample province with the shipped procedures, nothing played yet, at the machine's own time."""
    platform, outside = make_platform(settings), make_platform(settings)
    platform.run(system(), make_installation)
    worker = Worker(outside)
    try:
        yield House(platform, serve(create_app(settings, platform)), visitor, worker)
    finally:
        worker.stop()
        outside.engine.dispose()
        platform.engine.dispose()


@pytest.fixture
def played_house(
    servers: TestServers, template_database: str, head_of_run: int, redis_url: str, tmp_path: Path,
    serve: Callable[[Any], str], visitor: Callable[..., Any],
) -> Iterator[House]:  # fmt: skip
    """The sample province after its story, in a copy of the test's own, with time standing still."""
    played = story_of_run(servers, template_database, head_of_run)
    folder = shutil.copytree(played.folder, tmp_path / "data")
    name = f"b_{tmp_path.name}"[:40].lower().replace("-", "_")
    url = servers.create(name, played.database)
    with opened(installation(url, folder, redis_url), FixedClock(played.over)) as platform:
        worker = Worker(platform)
        try:
            yield House(platform, serve(create_app(platform.settings, platform)), visitor, worker)
        finally:
            worker.stop()
    servers.drop(name)
