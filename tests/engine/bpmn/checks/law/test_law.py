"""Every rule of law: a drawing that breaks it, one that keeps it, and what keeps the rules from crying wolf."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.bpmn.checks import law
from engine.bpmn.checks.facts import Knowledge
from tests.engine.bpmn.checks.law.drawing import FORMS, KNOWN, following, law_of, laws, outgoing, recalling, receiving
from tests.engine.bpmn.checks.law.examples import EXAMPLES, Example

FACTS = Path(__file__).parents[6] / "shared" / "domain" / "README.md"
CLAUSE = re.compile(r"(LA|QD28|ND30)-\d+(\.\d+)?(\.?[a-zđ](–[a-z])?)?|SYS-\d+(\.[a-zđ](–[a-z])?)?")
NAMES = [f"{each.rule} at {each.at}" for each in EXAMPLES]


@pytest.mark.parametrize("each", EXAMPLES, ids=NAMES)
def test_a_rule_finds_what_breaks_it(each: Example) -> None:
    assert (each.at, each.rule) in laws(each.wrong, each.catalog)


@pytest.mark.parametrize("each", EXAMPLES, ids=NAMES)
def test_a_rule_is_content_with_what_keeps_it(each: Example) -> None:
    assert each.rule not in [rule for _, rule in laws(each.right, each.right_catalog)]


@pytest.mark.parametrize("each", EXAMPLES, ids=NAMES)
def test_nothing_else_finds_it_when_the_rule_is_taken_out(each: Example) -> None:
    others = [rule for rule in law.RULES if rule.id != f"law.{each.rule}"]
    assert len(others) == len(law.RULES) - 1
    findings = law_of(each.wrong, each.catalog, others)
    assert (each.at, f"law.{each.rule}") not in [(found.element, found.rule) for found in findings]


def test_every_rule_has_an_example() -> None:
    assert {f"law.{each.rule}" for each in EXAMPLES} == {rule.id for rule in law.RULES}


@pytest.mark.parametrize("xml", [receiving(), outgoing(), following(), recalling()], ids=["in", "out", "sent", "back"])
def test_whole_procedures_that_are_right_are_left_in_peace(xml: bytes) -> None:
    assert law_of(xml) == []
    assert law_of(xml, None) == []


def test_every_rule_names_clauses_and_says_what_it_wants() -> None:
    assert len({rule.id for rule in law.catalogue()}) == len(law.catalogue()) >= 40
    for rule in law.catalogue():
        assert re.fullmatch(r"law\.[a-z]+(-[a-z]+)*", rule.id)
        assert rule.clause == rule.clauses[0]
        assert all(CLAUSE.fullmatch(clause) for clause in rule.clauses), rule.id
        assert rule.title, rule.id
        assert rule.wants.endswith("."), rule.id


@pytest.mark.skipif(not FACTS.exists(), reason="the facts lie beside the repository, not in it")
def test_every_clause_is_one_of_the_facts() -> None:
    known = _facts(FACTS.read_text(encoding="utf-8"))
    assert sorted({clause for rule in law.RULES for clause in rule.clauses} - known) == []


def _facts(text: str) -> set[str]:
    """Ids of the tables; points that a row gives together (12.1, LA-9.2.a–b) as the row has them."""
    found = set(re.findall(r"\b(?:LA|QD28|ND30|SYS)-[\d.]+(?:\.?[a-zđ](?:–[a-zđ])?)?\b", text))
    order = {f"ND30-{article}" for article in re.findall(r"Order \(Đ(\d+)\)", text)}
    return found | order


def test_a_finding_carries_its_clause_and_says_what_to_do() -> None:
    for each in EXAMPLES:
        found = next(one for one in law_of(each.wrong, each.catalog) if one.rule == f"law.{each.rule}")
        rule = next(one for one in law.RULES if one.id == found.rule)
        assert (found.clause, found.severity) == (rule.clause, rule.severity)
        assert re.search(r"[Hh]ãy ", found.sentence)
        assert found.sentence.endswith(".")
        assert "None" not in found.sentence


def test_a_rule_set_aside_warns_and_says_why() -> None:
    why = {"law.completeness-checked": "Được miễn áp dụng vì đang thí điểm."}
    (found,) = law_of(receiving("check"), Knowledge(forms=FORMS, waived=why))
    assert (found.severity, found.rule, found.clause) == ("warning", "law.completeness-checked", "QD28-9.1a")
    assert found.sentence.endswith(" Được miễn áp dụng vì đang thí điểm.")
    (strict,) = law_of(receiving("check"), KNOWN)
    assert strict.severity == "error"
    assert found.sentence.startswith(strict.sentence)
