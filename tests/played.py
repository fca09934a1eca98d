"""Installations in which something was played, the demo's story above all: once per run, to be copied by tests."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors.assembly import make_platform
from connectors.delivery import carry_out_all
from connectors.exchange.receive import handle
from engine.clock import VIETNAM, Clock, FixedClock
from engine.platform import Platform
from engine.settings import Settings
from tests.servers import TestServers, folder_of_run, locked
from web.demo.play import perform

BEGIN = datetime(2026, 11, 23, 8, 30, tzinfo=VIETNAM)
"""When the story begins: on a Monday morning, an ordinary working day."""


@dataclass(frozen=True)
class Played:
    """The database and the folder something was done in, what it told, and when it was over; only ever copied."""

    database: str
    folder: Path
    told: Any
    over: datetime


def played_once(
    servers: TestServers, name: str, clock: Clock, play: Callable[[Platform], Any], *, after: Played | str
) -> Played:
    """Return what is played once in this run, on a copy of what was played before or of a database; JSON is told.

    The first caller plays it. Nobody may connect to what it leaves, so that it can be copied at any time.
    """
    folder, database = folder_of_run() / name, f"vanthu_{name}"
    with locked(folder.with_suffix(".lock")):
        note = folder.with_suffix(".json")
        if not note.exists():
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(after, Played):
                shutil.copytree(after.folder, folder)
            folder.mkdir(mode=0o700, exist_ok=True)
            servers.drop(database)
            url = servers.create(database, after.database if isinstance(after, Played) else after)
            with opened(installation(url, folder), clock) as platform:
                told = play(platform)
            servers.close(database)
            note.write_text(json.dumps({"told": told, "over": clock.now().isoformat()}), encoding="utf-8")
        known = json.loads(note.read_text(encoding="utf-8"))
    return Played(database, folder, known["told"], datetime.fromisoformat(known["over"]))


def story_of_run(servers: TestServers, template: str) -> Played:
    """Return the played story of this run."""
    return played_once(servers, "story", FixedClock(BEGIN), _play, after=template)


@contextmanager
def copied(servers: TestServers, played: Played, name: str, folder: Path) -> Iterator[str]:
    """The address of a database like the one that was played in, for the length of a block; its files in a folder."""
    shutil.copytree(played.folder, folder)
    servers.drop(name)
    yield servers.create(name, played.database)
    servers.drop(name)


def installation(url: str, folder: Path, redis_url: str = "") -> Settings:
    """Settings of an installation of a test."""
    return Settings(
        environment="test", database_url=url, redis_url=redis_url, data_path=folder,
        secret_key="a key that only tests use, long enough",
    )  # fmt: skip


def carry_on(platform: Platform) -> None:
    """What no person does: deliveries, arrivals and timers, a few seconds of time."""
    carry_out_all(platform, handle)
    assert isinstance(platform.clock, FixedClock)
    platform.clock.advance(seconds=7)


@contextmanager
def opened(settings: Settings, clock: Clock) -> Iterator[Platform]:
    """A platform with every connector for the length of a block."""
    platform = make_platform(settings, clock=clock)
    try:
        yield platform
    finally:
        platform.engine.dispose()


def _play(platform: Platform) -> list[str]:
    told: list[str] = []
    perform(platform, told.append, lambda: carry_on(platform))
    return told
