"""The scenarios of the shipped procedures come out as written, and together pass every element and every flow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from engine.bpmn.reading import read
from engine.definitions.scenarios import Standing, coverage, play, walk
from tests.processes.scenario import Case, around, bundles, scenarios, walked

EVERY = [case for key in bundles() for case in scenarios(key)]


@pytest.mark.parametrize("case", EVERY, ids=str)
def test_a_scenario_comes_out_as_written(case: Case):
    found = walked(case)
    assert found.sentences == ()
    assert found.elements


@pytest.mark.parametrize("key", bundles())
def test_the_scenarios_pass_every_element_and_every_flow(key: str):
    found = coverage(bundles()[key], [walked(case) for case in scenarios(key)])
    assert found.missing_elements == ()
    assert found.missing_flows == ()
    assert len(found.elements) > 5


@pytest.mark.parametrize("case", EVERY, ids=str)
def test_a_scenario_says_what_it_is_about(case: Case):
    assert len(case.table["name"]) > 10
    assert case.table.get("step")


@pytest.mark.parametrize("case", EVERY, ids=str)
def test_a_scenario_can_be_recorded_again_and_holds(case: Case):
    bundle = bundles()[case.key]
    found = play(bundle, case.table, around())
    assert found.problem == ""
    assert len(found.steps) == len(case.table["step"])
    again = walk(bundle, "again", recorded(case.table, found), around())
    assert again.sentences == ()
    assert set(again.path) == set(walked(case).path)


def recorded(table: Mapping[str, Any], found: Standing) -> dict[str, Any]:
    """What the drawer saves when every expectation proposed is kept."""
    kept = ("name", "start", "data", "document", "now", "operations", "walk_into")
    made: dict[str, Any] = {name: table[name] for name in kept if name in table}
    made["step"] = [{**each, "expect": {}} for each in found.steps]
    for each in found.proposals:
        place: Any = made
        for name in each.place[:-1]:
            place = place[name] if isinstance(place, list) else place.setdefault(name, {})
        if each.listed:
            place.setdefault(each.place[-1], []).append(each.value)
        else:
            place[each.place[-1]] = each.value
    return made


@pytest.mark.parametrize("key", bundles())
def test_everything_that_waits_for_somebody_or_something_is_answered_once(key: str):
    waiting = ("userTask", "callActivity", "intermediateCatchEvent", "boundaryEvent")
    found = {node.id for node in read(bundles()[key].diagram).nodes() if node.kind in waiting}
    # An error comes from the task it is drawn on, so a step names that task.
    found -= {node.id for node in read(bundles()[key].diagram).nodes() if node.event and node.event.kind == "error"}
    answered = {step["at"] for case in scenarios(key) for step in case.table["step"]}
    assert found - answered == set()
