"""Coverage: every element and flow drawn, and which of them scenarios pass."""

from __future__ import annotations

from engine.definitions.scenarios import coverage, walk
from tests.engine.definitions.scenarios import small

PASS = {"at": "check", "answer": {"decision": "pass"}}


def test_what_no_scenario_passes_is_missing():
    bundle, around = small.checked(), small.around()
    first = walk(bundle, "a", {"name": "a", "step": [PASS], "end": {"at": ["end"]}}, around)
    found = coverage(bundle, [first])
    assert found.missing_elements == ("given-up", "lost", "remind", "reminded", "returned")
    assert found.missing_flows == ("good-returned", "lost-given-up", "remind-reminded")
    assert found.figure == "5/10 phần tử, 4/7 luồng"


def test_walks_are_taken_together_and_failed_ones_count_as_far_as_they_came():
    bundle, around = small.checked(), small.around()
    late = walk(bundle, "a", {"name": "a", "step": [{"after": "PT3H"}], "end": {"at": ["end"]}}, around)
    sent = walk(bundle, "b", {"name": "b", "step": [PASS], "end": {"at": ["end"]}}, around)
    assert not late.passed
    assert coverage(bundle, [late, sent]).missing_elements == ("given-up", "lost", "returned")


def test_a_diagram_that_cannot_be_read_has_nothing_to_cover():
    assert coverage(small.bundle("x", b"<x"), []).figure == "0/0 phần tử, 0/0 luồng"
