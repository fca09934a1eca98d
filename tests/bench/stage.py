"""An installation for the benchmark: durable servers, an agency of many people, published bench procedures."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import engine.instances.operations
import engine.tasks.operations  # noqa: F401
from engine.clock import SystemClock
from engine.database import connect
from engine.definitions import commands as definitions
from engine.definitions.shipped import Bundle
from engine.directory import calendars
from engine.directory import commands as directory
from engine.directory import queries as directory_queries
from engine.files import FileStore
from engine.operations import Catalog
from engine.platform import Actor, Platform, Work, system
from engine.schema import upgrade
from engine.settings import Settings
from tests.bench import diagrams
from web.launcher.servers import Servers, forget

PASSWORD = "mat-khau-cua-phep-do"


@dataclass(frozen=True)
class Stage:
    """What a measurement needs."""

    platform: Platform
    agency_id: int
    clerk: Actor
    people: list[Actor]
    settings: Settings


@contextmanager
def stage(people: int) -> Iterator[Stage]:
    """Start servers with fsync on in a folder of their own, fill them, and take everything away afterwards."""
    with tempfile.TemporaryDirectory(prefix="vanthu-bench-") as folder:
        servers = Servers(Path(folder), durable=True)
        settings = servers.start(Settings(environment="test", data_path=Path(folder)))
        try:
            upgrade(settings.database_url)
            platform = Platform(
                connect(settings.database_url),
                settings=settings,
                clock=SystemClock(),
                files=FileStore(settings.files_path),
                catalog=Catalog.registered(),
            )
            agency_id, ids = platform.run(system(), fill, people)
            with platform.reading() as session:
                actors = [directory_queries.actor_of(session, i, platform.clock.now()) for i in ids]
            yield Stage(platform, agency_id, actors[0], actors, settings)
            platform.engine.dispose()
        finally:
            servers.stop()
            forget(Path(folder))


def fill(work: Work, people: int) -> tuple[int, list[int]]:
    """An agency where everybody may do everything, and the bench procedures published."""
    calendar = calendars.add_calendar(work, "bench")
    since = date(2025, 1, 1)
    agency = directory.add_agency(
        work,
        "Cơ quan đo tốc độ",
        abbreviation="CQ",
        codes={"QD20": "H99.99"},
        valid_from=since,
        calendar_id=calendar.id,
    )
    ids = []
    for number in range(people):
        person = directory.add_person(
            work,
            agency.id,
            f"Người {number}",
            user_name=f"nguoi{number}",
            password=PASSWORD if not number else None,
            must_change_password=False,
        )
        if number < 2:
            for role in ("clerk", "leader"):
                directory.grant_role(work, person.id, role, valid_from=since)
        ids.append(person.id)
    for make in (diagrams.one_task, diagrams.long_case, diagrams.rework, diagrams.fan_out):
        xml = make()
        key = xml.split(b'process id="')[1].split(b'"')[0].decode()
        draft = definitions.save_draft(work, Bundle(key, key, xml, {}, {}), None, None)
        definitions.publish(work, draft.id)
    return agency.id, ids
