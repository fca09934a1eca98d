"""A database furnished once per pytest worker, and lent to every test: what many tests begin with costs once."""

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
from tests.restored import Restored
from tests.servers import TestServers


@dataclass(frozen=True)
class Furnished:
    """A database that is only ever copied, and what was put in it."""

    _copies: Restored
    _made: bytes

    def made(self) -> Any:
        """What the furnishing returned: rows of one's own, nobody else has touched them."""
        return pickle.loads(self._made)

    @contextmanager
    def copied(self) -> Iterator[str]:
        """The address of a copy for the length of a block."""
        with self._copies.lent() as url:
            yield url


@contextmanager
def furnished(
    servers: TestServers, template: str, clock: Clock, folder: Path, furnish: Callable[[Platform], Any]
) -> Iterator[Furnished]:
    """Furnish a copy of a database through a platform; it is dropped after the block.

    In the folder nothing may be kept: copies have files of their own. Once per worker, not per run: `builders`
    counts names up in each process, and those in the database must not be given out again.
    """
    name = f"t_{uuid.uuid4().hex[:16]}"
    platform = builders.platform(installation(servers.create(name, template), folder), clock, folder / "files")
    made = furnish(platform)
    platform.engine.dispose()
    assert not any(path.is_file() for path in folder.rglob("*"))
    copies = Restored(servers, name)
    yield Furnished(copies, pickle.dumps(made))
    copies.close()
    servers.drop(name)
