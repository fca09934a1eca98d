"""Which times an outage can have, and what may lie inside it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.clock import VIETNAM
from engine.outages import rules
from engine.outages.models import Outage
from engine.platform import Actor

NOW = datetime(2026, 11, 23, 9, tzinfo=VIETNAM)
TIMES = st.integers(-3 * 1440, 3 * 1440).map(lambda minutes: NOW + timedelta(minutes=minutes))
few = settings(max_examples=60)


def outage(**more: Any) -> Outage:
    values = {"agency_id": 1, "state": "announced", "whole_province": False, "stops_at": NOW, "restarted_at": None}
    return Outage(**values | more)


@few
@given(TIMES, TIMES, st.none() | TIMES)
def test_times_stand_in_order_or_the_field_is_named(
    stops: datetime, expected: datetime, restarted: datetime | None
) -> None:
    wrong = rules.times_wrong(stops, expected, restarted, NOW)
    assert ("expected_at" in wrong) == (expected <= stops)
    assert ("restarted_at" in wrong) == (restarted is not None and not stops <= restarted <= NOW)
    assert all(said.endswith(".") for said in wrong.values())


@few
@given(TIMES, TIMES, TIMES)
def test_what_came_lies_inside(stops: datetime, restarted: datetime, came: datetime) -> None:
    row = outage(stops_at=stops, restarted_at=restarted)
    assert (rules.arrival_wrong(row, came) == "") == (stops <= came <= restarted)
    assert rules.arrival_wrong(outage(stops_at=stops), came)  # nothing is inside before its end is known


@few
@given(TIMES)
def test_it_is_planned_until_it_stops_and_runs_until_somebody_says_otherwise(stops: datetime) -> None:
    assert rules.phase(outage(stops_at=stops), NOW) == ("planned" if stops > NOW else "running")
    assert rules.phase(outage(stops_at=stops, state="ended"), NOW) == "ended"


def test_a_year_written_wrong_is_told() -> None:
    wrong = rules.times_wrong(NOW.replace(year=2062), NOW.replace(year=2064), None, NOW)
    assert set(wrong) == {"stops_at", "expected_at"}


@pytest.mark.parametrize(
    ("roles", "own", "everywhere"),
    [
        ({"clerk"}, False, False), ({"clerk", "agency-admin"}, True, False), ({"agency-admin"}, True, False),
        ({"provincial-admin"}, True, True), ({"leader"}, False, False),
    ],
)  # fmt: skip
def test_who_announces(roles: set[str], own: bool, everywhere: bool) -> None:
    actor = Actor(1, 1, "A", frozenset(roles))
    assert bool(rules.may_announce(actor)) is own
    verdict = rules.may_announce(actor, whole_province=True)
    assert bool(verdict) is everywhere
    assert verdict or verdict.clause == "LA-14.3"


def test_doubt_about_security_asks_who_was_told() -> None:
    written = {part.name: "Đã ghi" for part in rules.PARTS} | {"handbook": "unneeded", "handbook_note": ""}
    told = {"told_whom": "", "told_by": "", "told_at": None}
    assert rules.report_missing(outage(**written, **told, security_doubt=False)) == {}
    assert set(rules.report_missing(outage(**written, **told, security_doubt=True))) == set(told)
    assert set(rules.report_missing(outage(**written | {"handbook": "updated"}, **told, security_doubt=False))) == {
        "handbook_note"
    }
