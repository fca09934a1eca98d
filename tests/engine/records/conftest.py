"""A platform, two agencies, and dossiers in a line each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.clock import FixedClock
from engine.platform import Platform
from engine.settings import Settings
from tests import builders


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    made = builders.platform(settings, clock, tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def office(platform: Platform) -> builders.Office:
    return builders.office(platform, "Sở Xây dựng", abbreviation="SXD", unit_abbreviation="QLXD", code="000.00.15.H99")


@pytest.fixture
def other(platform: Platform) -> builders.Office:
    return builders.office(platform, "UBND xã An Phú", abbreviation="UBND", unit_abbreviation="KT", code="H99.30.012")
