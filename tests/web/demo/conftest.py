"""The played story, to be read only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.clock import FixedClock
from engine.platform import Platform
from tests.played import Played, installation, opened, story_of_run
from tests.servers import TestServers


@pytest.fixture(scope="session")
def played(servers: TestServers, template_database: str) -> Played:
    """The story, played once in this run."""
    return story_of_run(servers, template_database)


@pytest.fixture(scope="session")
def platform(servers: TestServers, played: Played, worker_number: int) -> Iterator[Platform]:
    """A copy of the installation the story was played in, as it stood at the end; nobody writes to it."""
    name = f"{played.database}_{worker_number}"  # the original is only ever copied, and must have no visitor then
    servers.drop(name)
    url = servers.create(name, played.database)
    with opened(installation(url, played.folder), FixedClock(played.over)) as platform:
        yield platform
    servers.drop(name)
