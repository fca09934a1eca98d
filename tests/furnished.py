"""A database furnished once per pytest worker, and copied for every test: what many tests begin with costs once."""

from __future__ import annotations

import pickle
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.clock import Clock
from engine.platform import Platform
from tests import builders
from tests.played import installation
from tests.servers import TestServers


@dataclass(frozen=True)
class Furnished:
    """The name of a database that is only ever copied, and what was put in it."""

    servers: TestServers
    database: str
    _made: bytes

    def made(self) -> Any:
        """What the furnishing returned: rows of one's own, nobody else has touched them."""
        return pickle.loads(self._made)

    @contextmanager
    def copied(self) -> Iterator[str]:
        """The address of a copy for the length of a block."""
        with _database(self.servers, self.database) as (_, url):
            yield url


@contextmanager
def furnished(
    servers: TestServers, template: str, clock: Clock, folder: Path, furnish: Callable[[Platform], Any]
) -> Iterator[Furnished]:
    """Furnish a copy of a database through a platform; it is dropped after the block.

    In the folder nothing may be kept: copies have files of their own. Once per worker, not per run: `builders`
    counts names up in each process, and those in the database must not be given out again.
    """
    with _database(servers, template) as (name, url):
        platform = builders.platform(installation(url, folder), clock, folder / "files")
        made = furnish(platform)
        platform.engine.dispose()
        assert not any(path.is_file() for path in folder.rglob("*"))
        yield Furnished(servers, name, pickle.dumps(made))


@contextmanager
def _database(servers: TestServers, template: str) -> Iterator[tuple[str, str]]:
    name = f"t_{uuid.uuid4().hex[:16]}"
    yield name, servers.create(name, template)
    servers.drop(name)
