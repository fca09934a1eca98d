"""What the law wants of a procedure, each rule with its clause; a rule speaks only where its subject occurs."""

from engine.bpmn.checks.law import drafting, exchanging, issuing, recalling, receiving, resolving
from engine.bpmn.checks.law.rule import LawRule

# Chapters of the catalogue, in the order of the work.
CHAPTERS: tuple[tuple[str, tuple[LawRule, ...]], ...] = (
    ("Tiếp nhận văn bản đến", receiving.RULES),
    ("Giải quyết văn bản đến", resolving.RULES),
    ("Soạn thảo, kiểm tra, duyệt", drafting.RULES),
    ("Ký, cấp số, đóng dấu, phát hành", issuing.RULES),
    ("Gửi và theo dõi", exchanging.RULES),
    ("Thu hồi", recalling.RULES),
)
RULES: tuple[LawRule, ...] = tuple(rule for _, rules in CHAPTERS for rule in rules)


def catalogue() -> tuple[LawRule, ...]:
    """Every rule with its id, clauses, title and what it wants, for people to read, in the order of the work."""
    return RULES


__all__ = ["CHAPTERS", "RULES", "LawRule", "catalogue"]
