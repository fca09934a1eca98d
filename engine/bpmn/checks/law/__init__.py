"""What the law wants of a procedure, each rule with its clause; a rule speaks only where its subject occurs."""

from engine.bpmn.checks.law import drafting, exchanging, issuing, recalling, receiving, resolving
from engine.bpmn.checks.law.rule import LawRule

RULES: tuple[LawRule, ...] = (
    *receiving.RULES,
    *resolving.RULES,
    *drafting.RULES,
    *issuing.RULES,
    *exchanging.RULES,
    *recalling.RULES,
)


def catalogue() -> tuple[LawRule, ...]:
    """Every rule with its id, clauses, title and what it wants, for people to read, in the order of the work."""
    return RULES


__all__ = ["RULES", "LawRule", "catalogue"]
