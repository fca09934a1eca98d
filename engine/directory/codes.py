"""Identifiers of agencies: two generations live side by side (facts, section 7.1)."""

from __future__ import annotations

import re

_QCVN = re.compile(r"\d{3}\.\d{2}\.\d{2}\.[A-Y]\d{2}", re.ASCII)
_QD20 = re.compile(r"[A-Y]\d{2}(?:\.[A-Z0-9]+)*", re.ASCII)
LONGEST_QD20 = 35


def is_qcvn_code(code: str) -> bool:
    """Whether a code has the 13-character form of QCVN 102:2016 (level 4 . 3 . 2 . 1)."""
    return _QCVN.fullmatch(code) is not None


def is_qd20_code(code: str) -> bool:
    """Whether a code has the form of QĐ 20/2020 (level 1 first, at most 35 characters)."""
    return len(code) <= LONGEST_QD20 and _QD20.fullmatch(code) is not None


def scheme_of(code: str) -> str:
    """The scheme a code belongs to by its form; OTHER for odd ones, which are accepted on receipt."""
    if is_qcvn_code(code):
        return "QCVN2016"
    return "QD20" if is_qd20_code(code) else "OTHER"
