"""What is wrong with a diagram, element by element; shared by publishing, the modeler and `./vanthu check`."""

from __future__ import annotations

from collections.abc import Sequence

from engine.bpmn.checks import (
    choices,
    data,
    law,
    operations,
    people,
    readable,
    soundness,
    structure,
    supported,
    times,
)
from engine.bpmn.checks.rules import CheckCatalog, Rule, Subject
from engine.bpmn.reading.support import refusals
from engine.errors import Finding

# A family is a module with RULES.
FAMILIES: tuple[Sequence[Rule], ...] = (
    readable.RULES,
    supported.RULES,
    structure.RULES,
    operations.RULES,
    law.RULES,
)
# Those that follow tokens or data need a drawing the core can read; before that they would repeat what is known.
FOLLOWING: tuple[Sequence[Rule], ...] = (soundness.RULES, data.RULES, choices.RULES, people.RULES, times.RULES)


def check(xml: bytes, catalog: CheckCatalog | None = None) -> tuple[Finding, ...]:
    """Everything that is wrong with a BPMN file; empty when nothing is.

    `catalog` gives the operations, forms and tables the diagram may name; without it names aren't checked.
    Bad or hostile content gives findings, never an exception.
    """
    subject, findings = readable.open_subject(xml, catalog)
    if subject is None:
        return tuple(findings)
    for family in FAMILIES:
        findings.extend(_family(family, subject))
    if not refusals(subject.diagram):
        for family in FOLLOWING:
            findings.extend(_family(family, subject))
    return tuple(findings)


def _family(rules: Sequence[Rule], subject: Subject) -> list[Finding]:
    return [finding for rule in rules for finding in rule.findings(subject)]


__all__ = ["CheckCatalog", "Rule", "check"]
