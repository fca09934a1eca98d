"""Agency codes of both generations (facts 13.3)."""

from __future__ import annotations

import pytest

from engine.directory import codes


@pytest.mark.parametrize(
    ("code", "qcvn", "qd20", "scheme"),
    [
        ("000.00.00.G22", True, False, "QCVN2016"),
        ("H37.DN.001", False, True, "QD20"),
        ("28.22.H17", False, False, "OTHER"),
        ("h37.dn.001", False, False, "OTHER"),
        ("H41", False, True, "QD20"),
        ("H41." + "A" * 32, False, False, "OTHER"),
        ("H41." + "A" * 31, False, True, "QD20"),
        ("000.00.00.Z22", False, False, "OTHER"),
        ("000.00.00.G22\n", False, False, "OTHER"),
        ("٠00.00.00.G22", False, False, "OTHER"),
        ("", False, False, "OTHER"),
    ],
)
def test_forms_of_section_13_3(code: str, qcvn: bool, qd20: bool, scheme: str) -> None:
    assert (codes.is_qcvn_code(code), codes.is_qd20_code(code), codes.scheme_of(code)) == (qcvn, qd20, scheme)
