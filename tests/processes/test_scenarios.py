"""The scenarios of the shipped procedures come out as written, and together pass every element and every flow."""

from __future__ import annotations

from functools import cache

import pytest

from engine.bpmn.reading import read
from tests.processes.scenario import Scenario, Walk, bundles, scenarios

EVERY = [scenario for key in bundles() for scenario in scenarios(key)]


@cache
def walked(place: int) -> Walk:
    """One scenario of `EVERY`, walked once in this process."""
    return Walk(EVERY[place]).walk()


@pytest.mark.parametrize("place", range(len(EVERY)), ids=lambda place: str(EVERY[place]))
def test_a_scenario_comes_out_as_written(place: int):
    assert walked(place).elements


@pytest.mark.parametrize("key", bundles())
def test_the_scenarios_pass_every_element_and_every_flow(key: str):
    walks = [walked(place) for place, scenario in enumerate(EVERY) if scenario.key == key]
    diagram = read(bundles()[key].diagram)
    elements = {node.id for node in diagram.nodes()}
    flows = {flow for scope in diagram.root.scopes() for flow in scope.flows}
    assert elements - {each for walk in walks for each in walk.elements} == set()
    assert flows - {each for walk in walks for each in walk.flows} == set()


@pytest.mark.parametrize("scenario", EVERY, ids=str)
def test_a_scenario_says_what_it_is_about(scenario: Scenario):
    assert len(scenario.table["name"]) > 10
    assert scenario.table.get("step")


@pytest.mark.parametrize("key", bundles())
def test_everything_that_waits_for_somebody_or_something_is_answered_once(key: str):
    waiting = ("userTask", "callActivity", "intermediateCatchEvent", "boundaryEvent")
    found = {node.id for node in read(bundles()[key].diagram).nodes() if node.kind in waiting}
    # An error comes from the task it is drawn on, so a step names that task.
    found -= {node.id for node in read(bundles()[key].diagram).nodes() if node.event and node.event.kind == "error"}
    answered = {step["at"] for scenario in scenarios(key) for step in scenario.table["step"]}
    assert found - answered == set()
