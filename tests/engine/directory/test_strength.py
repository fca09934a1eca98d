"""How many people a group has: active holders, those who stand in, and what doesn't exist."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.clock import FixedClock
from engine.directory import commands
from engine.directory.strength import NOBODY_SUCH, Strength
from engine.platform import Platform, system
from tests import builders


def count(platform: Platform, office: builders.Office, group: str) -> int:
    with platform.reading() as session:
        return Strength(session, office.id, platform.clock.now()).count(group)


def test_roles_in_the_agency_and_in_units(platform: Platform, office: builders.Office):
    unit, empty = office.unit.id, builders.unit(platform, office.agency).id
    assert count(platform, office, "clerk") == 1
    assert count(platform, office, f"unit-head@{unit}") == 1
    assert count(platform, office, f"unit-head@{empty}") == 0
    assert count(platform, office, f"clerk@{empty}") == 1  # held in the whole agency
    assert count(platform, office, "archivist") == 0


def test_what_is_not_there(platform: Platform, office: builders.Office, other: builders.Office):
    assert count(platform, office, f"unit-head@{other.unit.id}") == NOBODY_SUCH
    assert count(platform, office, "unit-head@phòng") == NOBODY_SUCH
    assert count(platform, office, f"person:{other['clerk'].id}") == NOBODY_SUCH
    assert count(platform, office, "person:x") == NOBODY_SUCH
    assert count(platform, office, f"person:{office['clerk'].id}") == 1


def test_who_has_left_does_not_count(platform: Platform, office: builders.Office):
    platform.run(system(), commands.deactivate_person, office["clerk"].id)
    assert count(platform, office, "clerk") == 0
    assert count(platform, office, f"person:{office['clerk'].id}") == 0


@pytest.mark.parametrize(("begins", "expected"), [(-1, 2), (1, 1)])
def test_stand_ins_count_while_they_stand_in(
    platform: Platform, office: builders.Office, clock: FixedClock, begins: int, expected: int
):
    now = clock.now()
    platform.run(
        system(), commands.add_stand_in, office["leader"].id, office["clerk"].id,
        valid_from=now + timedelta(days=begins), valid_to=now + timedelta(days=5),
    )  # fmt: skip
    assert count(platform, office, "leader") == expected
