"""Fixtures every test may use: servers, a fresh database, a clock that stands still, a browser."""

from __future__ import annotations

import gc
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from engine.clock import VIETNAM, FixedClock
from engine.settings import Settings
from tests import browsers
from tests.leftovers import left_behind, shared_state
from tests.restored import Restored
from tests.servers import TestServers, close_folder, open_folder, servers_of_run, template_of_run
from tests.serving import served

if TYPE_CHECKING:
    from engine.platform import Platform
    from tests import builders
    from tests.furnished import Furnished

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("run", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("run")

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)
"""Where a test's clock stands still: a Monday morning, an ordinary working day."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --no-browser."""
    parser.addoption("--no-browser", action="store_true", help="leave out the tests that drive Chromium")


def pytest_configure(config: pytest.Config) -> None:
    """Open the folder of the run in its head process, before there is any other; it goes when the run is over."""
    gc.disable()  # whatever is imported from here on stays
    if not hasattr(config, "workerinput"):
        folder = open_folder()
        config.add_cleanup(lambda: close_folder(folder))


@pytest.hookimpl(trylast=True)  # after the modules have been shuffled
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what uses the browser, and skip it when told so; what takes long comes first."""
    skip = pytest.mark.skip(reason="left out with --no-browser")
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        if config.getoption("--no-browser") and item.get_closest_marker("browser"):
            item.add_marker(skip)
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    items[:] = long_ones_first(items, workers)


def pytest_collection_finish() -> None:
    """Never again look through what is there by now, which is a lot, for what may be thrown away; later seldom."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def long_ones_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Give every worker long tests to begin with, so that none is left with one at the end.

    xdist hands out as many pieces of the list as there are workers, and lets the idle steal what comes last. The
    browser's tests stay together, as they share a Chromium and an installation; programs that are started, and
    mostly waited for, run beside them.
    """
    with_browser = {each.path for each in items if each.get_closest_marker("browser")}
    browser = [each for each in items if each.path in with_browser]
    others = [each for each in items if each.path not in with_browser]
    programs = [each for each in others if each.get_closest_marker("slow")]
    rest = [each for each in others if not each.get_closest_marker("slow")]
    if workers < 2:
        return browser + programs + rest
    share = max(len(items) // workers - len(browser), 0)
    return browser + rest[:share] + programs + rest[share:]


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Every test leaves loggers, environment, signals and the like as it found them; whatever runs next is safe."""
    before = shared_state()
    yield
    assert left_behind(before, shared_state()) == []


@pytest.fixture(scope="session")
def head_of_run(request: pytest.FixtureRequest) -> int:
    """The process at the head of this test run: ourselves, or the one that started us as a worker."""
    return os.getppid() if hasattr(request.config, "workerinput") else os.getpid()


@pytest.fixture(scope="session")
def worker_number(request: pytest.FixtureRequest) -> int:
    """0 for a run in one process, else 1, 2, … per pytest worker."""
    name = getattr(request.config, "workerinput", {}).get("workerid", "")
    return int(name.removeprefix("gw")) + 1 if name else 0


@pytest.fixture(scope="session")
def servers(head_of_run: int) -> TestServers:
    """PostgreSQL and Valkey of this run, started at the first use."""
    return servers_of_run(head_of_run)


@pytest.fixture(scope="session")
def template_database(servers: TestServers) -> str:
    """Name of a database at the newest schema, to be copied, never written."""
    return template_of_run(servers)


@pytest.fixture(scope="session")
def databases(servers: TestServers, template_database: str) -> Iterator[Restored]:
    """Databases at the newest schema, to be lent."""
    copies = Restored(servers, template_database)
    yield copies
    copies.close()


@pytest.fixture
def database_url(databases: Restored) -> Iterator[str]:
    """Address of a database of this test alone, at the newest schema; afterwards there is nothing of it left."""
    with databases.lent() as url:
        yield url


@pytest.fixture
def empty_database_url(servers: TestServers) -> Iterator[str]:
    """Address of a database of this test alone with nothing in it, dropped afterwards."""
    name = f"t_{uuid.uuid4().hex[:16]}"
    yield servers.create(name, "template0")
    servers.drop(name)


@pytest.fixture
def redis_url(servers: TestServers, worker_number: int) -> Iterator[str]:
    """Address of an empty queue of this pytest worker alone."""
    import redis

    url = servers.queue(worker_number)
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """Settings of an installation of this test alone."""
    return Settings(
        environment="test",
        database_url=database_url,
        redis_url=redis_url,
        data_path=tmp_path,
        secret_key="a key that only tests use, long enough",
    )


@pytest.fixture(scope="session", autouse=True)
def nothing_twice() -> Iterator[None]:
    """Engines and apps share what each would work out for itself, and always the same."""
    from tests.warm import warm

    with warm():
        yield


@pytest.fixture(scope="session")
def made_office(
    servers: TestServers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    """A database with a department in it, made once and copied by every test that begins there."""
    from tests import builders
    from tests.furnished import furnished

    def furnish(platform: Platform) -> builders.Office:
        return builders.office(
            platform, "Sở Xây dựng", abbreviation="SXD", unit_abbreviation="QLXD", code="000.00.15.H99"
        )

    with furnished(servers, template_database, FixedClock(NOW), tmp_path_factory.mktemp("office"), furnish) as made:
        yield made


@pytest.fixture
def office(platform: Platform, made_office: Furnished) -> builders.Office:
    """That department; the folder's `platform` stands on a copy of its database."""
    made: builders.Office = made_office.made()
    return made


@pytest.fixture(scope="session", autouse=True)
def plain_traces() -> Iterator[None]:
    """Exceptions are logged as Python writes them; a picture of every local variable took half a second each."""
    import structlog

    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    *others, _ = structlog.get_config()["processors"]
    structlog.configure(processors=[*others, plain])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session", autouse=True)
def quick_hashing() -> Iterator[dict[str, Any]]:
    """Passwords are hashed in no time; what an installation does is in `true_hashing`."""
    from argon2 import PasswordHasher

    from engine.directory import signing_in

    true = {name: getattr(signing_in, name) for name in ("_hasher", "_NOBODY")}
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signing_in, "_hasher", quick)
        patch.setattr(signing_in, "_NOBODY", signing_in.nobodys_hash(quick))
        yield true


@pytest.fixture
def true_hashing(quick_hashing: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed with all the care an installation takes."""
    from engine.directory import signing_in

    for name, value in quick_hashing.items():
        monkeypatch.setattr(signing_in, name, value)


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still at NOW."""
    return FixedClock(NOW)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A Chromium for the tests of one module.

    Not for longer: while Playwright is open its event loop counts as running in this thread, and asyncio.run()
    (signing, verification) refuses to start another. A test that needs both runs the platform in another thread.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = browsers.obtain_chromium()
        browser = playwright.chromium.launch(executable_path=program, args=list(browsers.FLAGS), headless=True)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open pages, each in a session of its own: `visitor()`, `visitor(width=360, height=740)`."""
    contexts = []

    def open_page(width: int = 1440, height: int = 900, **options: Any) -> Any:
        contexts.append(browsers.new_session(chromium, width, height, **options))
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def warm_sessions(chromium: Any) -> browsers.WarmSessions:
    """Sessions for the guests of a module."""
    return browsers.WarmSessions(chromium)


@pytest.fixture
def guest(warm_sessions: browsers.WarmSessions) -> Iterator[Callable[..., Any]]:
    """Open pages as a stranger, as `visitor` does, for a fraction of the work: Chromium remembers what it compiled.

    Cookies and local storage are gone; not for what else outlives a page in its session (a clock, routes, being
    offline) nor for what a first visit costs.
    """
    yield warm_sessions.open
    warm_sessions.leave()


@pytest.fixture
def page(visitor: Callable[..., Any]) -> Any:
    """One page at desk size."""
    return visitor()


@pytest.fixture
def accessibility() -> Callable[..., list[str]]:
    """Check a page with axe; returns one line per violation, none when the page is fine.

    `colours=False` leaves the contrast of text out, which is most of the work: for a page seen a second time. So does
    `drawings=False` for diagrams, which are the same at every width.
    """
    return browsers.accessibility_of


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    """Serve a WSGI application on loopback: `address = serve(app)`."""
    with ExitStack() as started:
        yield lambda app: started.enter_context(served(app))
