"""Whose work a report counts, role by role; nobody's outside the agency."""

from __future__ import annotations

import pytest

from engine.errors import NotAllowed
from engine.instances.practice.reporting import scope
from engine.platform import Actor, system
from tests.engine.instances.practice.reporting.conftest import House


def actor(*roles: str, groups: tuple[str, ...] = (), stand_in: tuple[str, ...] = ()) -> Actor:
    return Actor(7, 1, "An", frozenset(roles), frozenset(groups), stand_in_groups=frozenset(stand_in))


@pytest.mark.parametrize("role", ["clerk", "leader", "agency-admin"])
def test_these_see_the_agency(role: str) -> None:
    assert scope.scope_of(actor(role)).level == "agency"
    assert scope.may_publish(actor(role))
    assert not scope.may_compare_agencies(actor(role))


@pytest.mark.parametrize("role", ["specialist", "form-checker", "process-analyst", "provincial-admin", "none"])
def test_everybody_else_sees_their_own(role: str) -> None:
    assert scope.scope_of(actor(role)) == scope.Scope(1, None, 7)
    assert bool(scope.may_publish(actor(role))) is (role == "provincial-admin")


def test_a_head_sees_the_units_and_a_stand_in_what_the_absent_sees() -> None:
    assert scope.scope_of(actor("unit-head", groups=("unit-head", "unit-head@3"))).unit_ids == {3}
    assert scope.scope_of(actor("specialist", stand_in=("unit-head", "unit-head@4"))).unit_ids == {4}
    assert scope.scope_of(actor("specialist", stand_in=("leader",))).level == "agency"
    assert scope.scope_of(actor("specialist", stand_in=("agency-admin",))).level == "person"


def test_without_an_agency_there_is_no_report() -> None:
    with pytest.raises(NotAllowed):
        scope.scope_of(system(1))


def test_a_head_of_one_unit(house: House) -> None:
    assert scope.scope_of(house.actor(house.counted.head)).unit_ids == {house.counted.b.id}
