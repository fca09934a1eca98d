"""Every rule is needed: its wrong example is told by this rule alone, and by none when the rule is away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from engine.bpmn import checks
from engine.bpmn.checks.rules import CheckCatalog, Rule
from tests.engine.bpmn.checks import (
    test_choices,
    test_data,
    test_operations,
    test_people,
    test_readable,
    test_soundness,
    test_structure,
    test_supported,
    test_times,
)
from tests.engine.bpmn.checks.trial import Names

Example = tuple[str, bytes, CheckCatalog | None]


def examples() -> Iterator[Example]:
    """The wrong example of each rule, with what is known beside it."""
    yield from ((rule, xml, None) for rule, xml in test_readable.CASES.items())
    yield from ((rule, xml, None) for xml, _, rule in test_supported.WRONG)
    yield from ((rule, xml, None) for rule, xml in test_soundness.WRONG.items())
    yield from ((rule, case[0], None) for rule, case in test_structure.CASES.items())
    yield from ((rule, case[0], Names()) for rule, case in test_operations.CASES.items())
    yield from ((rule, case[0], case[3]) for rule, case in test_data.CASES.items())
    yield from ((rule, case[0], test_choices.KNOWN) for rule, case in test_choices.CASES.items())
    yield from ((rule, case[0], test_people.KNOWN) for rule, case in test_people.CASES.items())
    yield from ((rule, case[0], test_times.KNOWN) for rule, case in test_times.CASES.items())


def without(families: Sequence[Sequence[Rule]], rule: str) -> tuple[tuple[Rule, ...], ...]:
    """The families with one rule taken out."""
    return tuple(tuple(each for each in family if each.id != rule) for family in families)


EXAMPLES = {rule: (xml, known) for rule, xml, known in examples()}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_the_wrong_example_passes_unseen_without_its_rule(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    xml, known = EXAMPLES[rule]
    assert rule in [finding.rule for finding in checks.check(xml, known)]
    monkeypatch.setattr(checks, "FAMILIES", without(checks.FAMILIES, rule))
    monkeypatch.setattr(checks, "FOLLOWING", without(checks.FOLLOWING, rule))
    assert rule not in [finding.rule for finding in checks.check(xml, known)]


def test_every_rule_of_these_families_has_an_example() -> None:
    bounds = {"soundness.bound", "data.bound"}
    wanted = {rule.id for family in (*checks.FAMILIES, *checks.FOLLOWING) for rule in family} - bounds
    assert {rule for rule in wanted if not rule.startswith("law.")} <= set(EXAMPLES)


def test_rules_have_ids_of_their_own() -> None:
    ids = [rule.id for family in (*checks.FAMILIES, *checks.FOLLOWING) for rule in family]
    assert len(ids) == len(set(ids))
