"""What is wrong with a diagram, element by element; shared by publishing, the modeler and `./vanthu check`."""

from __future__ import annotations

from collections.abc import Sequence

from engine.bpmn.checks import law, operations, readable, soundness, structure, supported
from engine.bpmn.checks.rules import CheckCatalog, Rule, Subject
from engine.errors import Finding

# A family is a module with RULES; a later one may look at data, people or law.
FAMILIES: tuple[Sequence[Rule], ...] = (
    readable.RULES,
    supported.RULES,
    structure.RULES,
    operations.RULES,
    law.RULES,
)


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
    # The token game needs a drawing the core can read; before that it would only repeat what is known.
    if not any(found.rule == "supported.core" for found in findings):
        findings.extend(_family(soundness.RULES, subject))
    return tuple(findings)


def _family(rules: Sequence[Rule], subject: Subject) -> list[Finding]:
    return [finding for rule in rules for finding in rule.findings(subject)]


__all__ = ["CheckCatalog", "Rule", "check"]
