"""Two installations side by side on one PostgreSQL: the same people over few documents, and over many."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from connectors.assembly import make_platform
from engine.schema import upgrade
from engine.settings import Settings
from tests.bench.office import archive, cases, town, waiting, words
from tests.bench.office.town import Office
from tests.bench.office.waiting import Visitor
from tests.bench.search import Speech
from web.launcher import programs
from web.launcher.children import Child, free_port
from web.launcher.servers import Servers, forget


@dataclass(frozen=True)
class Scale:
    """How much of everything."""

    documents: tuple[int, int] = (10_000, 1_000_000)
    agencies: int = 200
    people: int = 10_000
    cases: int = 12  # for each of the people watched
    texts: float = 1.0  # share of the usual number of made-up texts


KEY = "the key of a measured installation, long enough"
QUICK = Scale((1_000, 5_000), 12, 400, 2, 0.02)


@dataclass
class Site:
    """One installation with its own database: the web as `serve` starts it, and a worker."""

    documents: int
    settings: Settings
    speech: Speech
    offices: list[Office]
    visitors: list[Visitor]
    tasks: dict[int, list[int]]
    port: int = 0
    programs: tuple[Child, ...] = ()

    @property
    def address(self) -> str:
        """Address of the database for psycopg."""
        return self.settings.database_url.replace("+psycopg", "")

    def open(self) -> None:
        """Start web and worker."""
        self.port = free_port()
        web = programs.web(self.settings, "127.0.0.1", self.port, workers=2, threads=16).start()
        self.programs = (web, programs.worker(self.settings).start())
        programs.wait_until_healthy(web, "127.0.0.1", self.port)

    def close(self) -> None:
        """Stop them."""
        for each in self.programs:
            each.stop()
        self.programs = ()


@contextmanager
def sites(scale: Scale, said: Callable[[str], None]) -> Iterator[list[Site]]:
    """Make both, and take everything away afterwards."""
    with tempfile.TemporaryDirectory(prefix="vanthu-office-") as folder:
        servers = Servers(Path(folder), durable=True)
        started = servers.start(Settings(environment="test", secret_key=KEY, data_path=Path(folder)))
        settings = dataclasses.replace(started, environment="production")
        made: list[Site] = []
        try:
            for each in furnish(settings, scale, said):
                made.append(each)
            for each in made:
                each.open()
            yield made
        finally:
            for each in made:
                each.close()
            servers.stop()
            forget(Path(folder))


def furnish(settings: Settings, scale: Scale, said: Callable[[str], None]) -> Iterator[Site]:
    """Fill a first database with people and their cases, copy it for each size, and fill the copies."""
    began = time.monotonic()
    upgrade(settings.database_url)
    platform = make_platform(settings)
    offices = town.settle(platform, scale.agencies, scale.people)
    people = waiting.visitors(offices)
    tasks = cases.prepare(platform, offices, people, scale.cases)
    speech = Speech()
    with psycopg.connect(settings.database_url.replace("+psycopg", "")) as connection:
        words.teach(connection, speech, scale.texts)
    now = platform.clock.now()
    platform.engine.dispose()
    said(f"people and their cases: {time.monotonic() - began:.0f} s")
    for number, size in enumerate(scale.documents):
        began = time.monotonic()
        site = Site(size, _copied(settings, number), speech, offices, people, tasks)
        with psycopg.connect(site.address) as connection:
            archive.fill(connection, offices, size, now)
            waiting.open_tasks(connection, offices, people)
        with psycopg.connect(site.address, autocommit=True) as connection:
            connection.execute("vacuum (freeze, analyze)")
            connection.execute("checkpoint")
        said(f"{size:,} documents: {time.monotonic() - began:.0f} s")
        yield site


def _copied(settings: Settings, number: int) -> Settings:
    """A database like the one of these settings, and settings for it."""
    server, _, name = settings.database_url.rpartition("/")
    fresh = f"{name}_{number}"
    with psycopg.connect(f"{server}/postgres".replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} template {}").format(*map(sql.Identifier, (fresh, name))))
    return dataclasses.replace(
        settings, database_url=f"{server}/{fresh}", redis_url=settings.redis_url.rpartition("/")[0] + f"/{number + 1}",
        data_path=settings.data_path / fresh, files_path=settings.files_path,
    )  # fmt: skip
