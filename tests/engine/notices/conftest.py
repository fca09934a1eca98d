"""An agency on a real database, told by the teller when a test says so; and the procedures of the instances' tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.notices import commands, queries
from engine.platform import Actor, Platform, system
from tests.engine.instances.conftest import made_office, office  # noqa: F401

Told = list[tuple[str, str | None]]


def tell(platform: Platform, mail: bool = False) -> int:
    """Tell everything that is due; how many occasions."""
    total = 0
    while made := platform.run(system(), commands.tell, mail=mail)[0]:
        total += made
    return total


def told(platform: Platform, actor: Actor, **narrowing: Any) -> list[str]:
    """The kinds of a person's notices, oldest first."""
    with platform.reading() as session:
        return [row.kind for row in reversed(queries.notices(session, actor, **narrowing))]


@pytest.fixture
def kinds() -> Callable[..., list[str]]:
    """Tell what is due and say which kinds of notices somebody has."""

    def of(platform: Platform, actor: Actor, **narrowing: Any) -> list[str]:
        tell(platform)
        return told(platform, actor, **narrowing)

    return of
