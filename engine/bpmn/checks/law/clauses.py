"""Clauses in the words of Vietnamese law: `ND30-21.2.a` is điểm a khoản 2 Điều 21 of its norm."""

from __future__ import annotations

import re

NORMS = {
    "LA": "Quyết định 23/2019/QĐ-UBND",
    "QD28": "Quyết định 28/2018/QĐ-TTg",
    "ND30": "Nghị định 30/2020/NĐ-CP",
}
_CLAUSE = re.compile(r"(LA|QD28|ND30)-(\d+)(?:\.(\d+))?(?:(\.)?([a-zđ](?:–[a-zđ])?))?")
_FUNCTION = re.compile(r"SYS-(\d+|IV|V)(?:\.([a-zđ](?:–[a-zđ])?))?")


def cite(clause: str) -> str:
    """A clause as a public servant writes it; an id nobody knows stays as it is."""
    if found := _FUNCTION.fullmatch(clause):
        number, point = found.groups()
        return f"{_point(point)}mục {number} Phụ lục VI {NORMS['ND30']}"
    if found := _CLAUSE.fullmatch(clause):
        norm, article, paragraph, dot, letter = found.groups()
        # A letter without a dot (QD28-9.2b) only tells apart what one paragraph says.
        point = letter if dot else None
        paragraphs = f"khoản {paragraph} " if paragraph else ""
        return f"{_point(point)}{paragraphs}Điều {article} {NORMS[norm]}"
    return clause


def _point(letters: str | None) -> str:
    if not letters:
        return ""
    return f"các điểm {letters} " if "–" in letters else f"điểm {letters} "
