"""An installation in which the demo's story has been played: once per test run, to be copied by tests."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from connectors.assembly import make_platform
from connectors.delivery import carry_out_all
from connectors.exchange.receive import handle
from engine.clock import VIETNAM, FixedClock
from engine.platform import Platform
from engine.settings import Settings
from tests.servers import TestServers, folder_of_run, locked
from web.demo.play import perform

BEGIN = datetime(2026, 11, 23, 8, 30, tzinfo=VIETNAM)
"""When the story begins: on a Monday morning, an ordinary working day."""
DATABASE = "vanthu_story"


@dataclass(frozen=True)
class Played:
    """The database and the folder the story was played in, what it told, and when it was over."""

    database: str
    folder: Path
    told: tuple[str, ...]
    over: datetime


def story_of_run(servers: TestServers, template: str) -> Played:
    """Return the played story of this run; the first caller plays it."""
    folder = folder_of_run() / "story"
    with locked(folder.with_suffix(".lock")):
        note = folder / "played.json"
        if not note.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
            servers.drop(DATABASE)
            told, over = _play(servers.create(DATABASE, template), folder)
            servers.close(DATABASE)
            servers.close(DATABASE)
            note.write_text(json.dumps({"told": told, "over": over.isoformat()}), encoding="utf-8")
        known = json.loads(note.read_text(encoding="utf-8"))
    return Played(DATABASE, folder, tuple(known["told"]), datetime.fromisoformat(known["over"]))


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
def opened(settings: Settings, clock: FixedClock) -> Iterator[Platform]:
    """A platform with every connector for the length of a block."""
    platform = make_platform(settings, clock=clock)
    try:
        yield platform
    finally:
        platform.engine.dispose()


def _play(url: str, folder: Path) -> tuple[list[str], datetime]:
    told: list[str] = []
    clock = FixedClock(BEGIN)
    with opened(installation(url, folder), clock) as platform:
        perform(platform, told.append, lambda: carry_on(platform))
    return told, clock.now()
