"""The scenarios of the shipped procedures come out as written, and together pass every element and every flow."""

from __future__ import annotations

import pytest

from engine.bpmn.reading import read
from engine.definitions.scenarios import coverage
from tests.processes.scenario import Case, bundles, scenarios, walked

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
    assert len(found.elements) > 10


@pytest.mark.parametrize("case", EVERY, ids=str)
def test_a_scenario_says_what_it_is_about(case: Case):
    assert len(case.table["name"]) > 10
    assert case.table.get("step")


@pytest.mark.parametrize("key", bundles())
def test_everything_that_waits_for_somebody_or_something_is_answered_once(key: str):
    waiting = ("userTask", "callActivity", "intermediateCatchEvent", "boundaryEvent")
    found = {node.id for node in read(bundles()[key].diagram).nodes() if node.kind in waiting}
    # An error comes from the task it is drawn on, so a step names that task.
    found -= {node.id for node in read(bundles()[key].diagram).nodes() if node.event and node.event.kind == "error"}
    answered = {step["at"] for case in scenarios(key) for step in case.table["step"]}
    assert found - answered == set()
