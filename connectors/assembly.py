"""Put a platform together from settings: database, files, clock, catalog."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Engine

from connectors.catalog import catalog
from engine.clock import Clock, SystemClock
from engine.database import connect
from engine.files import FileStore
from engine.platform import Platform
from engine.settings import Settings


def make_platform(
    settings: Settings,
    *,
    engine: Engine | None = None,
    clock: Clock | None = None,
    wake: Callable[[Sequence[int]], None] | None = None,
) -> Platform:
    """A platform with every connector's operations; give `engine` to share a connection pool, `clock` to set the
    time.
    """
    return Platform(
        engine or connect(settings.database_url, settings.database_pool),
        settings=settings,
        clock=clock or SystemClock(),
        files=FileStore(settings.files_path),
        catalog=catalog(),
        wake=wake,
    )
