"""Clauses read as the law is cited."""

from __future__ import annotations

import pytest

from engine.bpmn.checks import law
from engine.bpmn.checks.law.clauses import cite


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ("ND30-21.2.a", "điểm a khoản 2 Điều 21 Nghị định 30/2020/NĐ-CP"),
        ("ND30-12.1", "khoản 1 Điều 12 Nghị định 30/2020/NĐ-CP"),
        ("ND30-11", "Điều 11 Nghị định 30/2020/NĐ-CP"),
        ("QD28-9.2b", "khoản 2 Điều 9 Quyết định 28/2018/QĐ-TTg"),
        ("LA-9.2.đ", "điểm đ khoản 2 Điều 9 Quyết định 23/2019/QĐ-UBND"),
        ("LA-8.2.a–d", "các điểm a–d khoản 2 Điều 8 Quyết định 23/2019/QĐ-UBND"),
        ("SYS-8", "mục 8 Phụ lục VI Nghị định 30/2020/NĐ-CP"),
        ("SYS-1.h", "điểm h mục 1 Phụ lục VI Nghị định 30/2020/NĐ-CP"),
        ("SYS-1.l–m", "các điểm l–m mục 1 Phụ lục VI Nghị định 30/2020/NĐ-CP"),
        ("XX-1", "XX-1"),
    ],
)
def test_a_clause_is_cited(clause: str, words: str) -> None:
    assert cite(clause) == words


def test_every_clause_of_a_rule_can_be_cited() -> None:
    assert [clause for rule in law.RULES for clause in rule.clauses if cite(clause) == clause] == []
