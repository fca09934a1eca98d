"""A platform with the department on it; what needs another makes its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.clock import FixedClock
from engine.platform import Platform
from tests import builders
from tests.furnished import Furnished
from tests.played import installation


@pytest.fixture
def platform(made_office: Furnished, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    with made_office.copied() as url:
        made = builders.platform(installation(url, tmp_path), clock, tmp_path)
        yield made
        made.engine.dispose()
