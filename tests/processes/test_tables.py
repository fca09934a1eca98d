"""The shipped decision tables decide as the norms say, and every rule is reached."""

from __future__ import annotations

from typing import Any

import pytest

from engine.bpmn.decisions import DecisionTable, read_decisions
from engine.calendar import office_duration
from tests.processes.scenario import bundles


def table(key: str, name: str) -> DecisionTable:
    """One shipped table."""
    found = {}
    for text in bundles()[key].decisions.values():
        found.update(read_decisions(text.encode()))
    return found[name]


CLEAN: dict[str, Any] = {
    "duplicate": False, "complete": True, "check_passed": True, "verification_conclusion": "original", "secret": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "decision", "reason"),
    [
        ({}, "accept", None),
        ({"duplicate": True}, "refuse", "DUPLICATE"),
        ({"complete": False, "check_passed": False}, "refuse", "INCOMPLETE"),
        ({"verification_conclusion": "invalid"}, "refuse", "SIG_INVALID"),
        ({"verification_conclusion": "invalid", "complete": False}, "refuse", "INCOMPLETE"),
        ({"verification_conclusion": "unsigned"}, "accept", None),
        ({"check_passed": False}, "refuse", "OTHER"),
        ({"verification_conclusion": "unsigned", "check_passed": False}, "refuse", "OTHER"),
        ({"verification_conclusion": "missing-person"}, "accept", None),
        ({"verification_conclusion": "missing-agency"}, "accept", None),
        ({"verification_conclusion": "indeterminate"}, "accept", None),
        ({"verification_conclusion": "copy"}, "accept", None),
        ({"secret": True, "check_passed": False, "duplicate": True}, "refuse", "SECRET"),
    ],
)
def test_what_is_proposed_to_the_clerk(changes: dict[str, Any], decision: str, reason: str | None):
    proposal = table("incoming-document", "acceptance-proposal").evaluate({**CLEAN, **changes})
    assert isinstance(proposal, dict)
    assert (proposal["decision"], proposal["reason_code"]) == (decision, reason)
    assert proposal["explanation"].endswith(".")


@pytest.mark.parametrize("conclusion", ["unsigned", "missing-person", "missing-agency", "indeterminate", "copy"])
def test_a_doubtful_signature_is_told(conclusion: str):
    decide = table("incoming-document", "acceptance-proposal").evaluate
    told = decide({**CLEAN, "verification_conclusion": conclusion})
    assert told != decide(CLEAN)


@pytest.mark.parametrize(
    ("urgency", "forward"), [(0, "PT2H"), (1, "PT15M"), (2, "PT10M"), (3, "PT5M"), (4, "PT5M"), (None, "PT2H")]
)
def test_how_soon_a_document_is_forwarded(urgency: int | None, forward: str):
    limits = table("incoming-document", "forwarding-deadlines").evaluate({"urgency": urgency})
    assert isinstance(limits, dict)
    assert limits["forward"] == forward
    # Reminded when four fifths of the time are over, as the facts put it (10.3).
    assert office_duration(limits["remind"]).time == office_duration(forward).time * 4 / 5
    assert office_duration(limits["resolve"]).days >= 1
