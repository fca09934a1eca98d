"""A rule of law: what it wants, in which clause, and what becomes of it where it is set aside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from engine.bpmn.checks.law.case import Case, case_of
from engine.bpmn.checks.rules import Found, Rule, Subject
from engine.errors import Finding


@dataclass(frozen=True, slots=True)
class LawRule(Rule):
    """A rule with a name for people, what it wants of a diagram, and every clause it rests on, `clause` first."""

    title: str = ""
    wants: str = ""
    clauses: tuple[str, ...] = ()

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """What this rule finds; a warning that says so where the rule is set aside."""
        waived = {} if subject.catalog is None else subject.catalog.waived
        for finding in Rule.findings(self, subject):
            if self.id in waived:
                yield replace(finding, severity="warning", sentence=f"{finding.sentence} {waived[self.id]}")
            else:
                yield finding


def law(
    name: str,
    clauses: str,
    look: Callable[[Case], Iterable[Found]],
    title: str,
    wants: str,
    severity: Literal["error", "warning"] = "error",
) -> LawRule:
    """A rule `law.<name>`; `clauses` are ids of the facts, the leading one first."""
    every = tuple(clauses.split())
    return LawRule(f"law.{name}", lambda subject: look(case_of(subject)), severity, every[0], title, wants, every)
