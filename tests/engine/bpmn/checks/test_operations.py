"""Each rule of operations: a name that doesn't exist, and one that does."""

from __future__ import annotations

import pytest

from engine.bpmn.checks import operations
from tests.engine.bpmn.checks.trial import Names, found, sentences, work
from tests.engine.bpmn.diagrams import end, io, path, process, rule, service, start


def one(element: str) -> bytes:
    return process(start(), element, end(), path("start a end"))


GOOD = one(service("a", io({"document": "${document}", "register": "den"})))
CASES = {
    "operations.unknown": (one(service("a", topic="documents.forget")), GOOD),
    "operations.missing-parameter": (one(service("a", io({"register": "den"}))), GOOD),
    "operations.unknown-parameter": (one(service("a", io({"document": "1", "colour": "red"}))), GOOD),
    "operations.form": (one(work("a", camunda__formRef="refuse")), one(work("a", camunda__formRef="accept"))),
    "operations.decision": (one(rule("a", decision="other")), one(rule("a", decision="routing"))),
}


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == {rule.id for rule in operations.RULES}


@pytest.mark.parametrize("rule", CASES)
def test_wrong_and_right(rule: str) -> None:
    wrong, right = CASES[rule]
    assert found(wrong, Names()) == [("a", rule)]
    assert found(right, Names()) == []
    assert found(wrong) == []  # without a catalog no name is wrong
    assert "hãy" in sentences(wrong, Names())[0]


def test_names_worked_out_while_running_are_not_checked() -> None:
    assert found(one(work("a", camunda__formRef="${form}")), Names()) == []
    assert found(one(rule("a", decision="${table}")), Names()) == []
