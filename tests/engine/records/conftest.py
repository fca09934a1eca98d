"""A platform with the department on it, and another agency."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.clock import FixedClock
from engine.platform import Platform
from tests import builders
from tests.conftest import NOW
from tests.furnished import Furnished, furnished
from tests.played import installation
from tests.servers import TestServers


def furnish(platform: Platform) -> builders.Office:
    """The department nearly every test works in."""
    return builders.office(platform, "Sở Xây dựng", abbreviation="SXD", unit_abbreviation="QLXD", code="000.00.15.H99")


@pytest.fixture(scope="session")
def made_office(
    servers: TestServers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    """A database with the department in it, made once and copied by every test of this folder."""
    folder = tmp_path_factory.mktemp("office")
    with furnished(servers, template_database, FixedClock(NOW), folder, furnish) as made:
        yield made


@pytest.fixture
def platform(made_office: Furnished, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    with made_office.copied() as url:
        made = builders.platform(installation(url, tmp_path), clock, tmp_path)
        yield made
        made.engine.dispose()


@pytest.fixture
def office(platform: Platform, made_office: Furnished) -> builders.Office:
    return made_office.made()


@pytest.fixture
def other(platform: Platform) -> builders.Office:
    return builders.office(platform, "UBND xã An Phú", abbreviation="UBND", unit_abbreviation="KT", code="H99.30.012")
