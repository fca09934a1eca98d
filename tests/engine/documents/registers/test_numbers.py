"""Numbers, notations, dates and identifiers as the norm writes them (facts 13.2)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.documents.registers import numbers


@pytest.mark.parametrize(
    ("number", "kind", "agency", "unit", "year", "expected"),
    [
        (5, "Quyết định", "BNV", "", None, "05/QĐ-BNV"),
        (15, "Quyết định", "BNV", "", None, "15/QĐ-BNV"),
        (12, "Công văn", "UBND", "VX", None, "12/UBND-VX"),
        (23, "Quyết định", "UBND", "", 2019, "23/2019/QĐ-UBND"),
        (1, "Công văn", "SXD", "", None, "01/SXD"),
        (125, "Tờ trình", "SXD", "QLXD", None, "125/TTr-SXD"),
        (7, "Sao y", "SXD", "", None, "07/SY-SXD"),
    ],
)
def test_codes_of_section_13_2(number: int, kind: str, agency: str, unit: str, year: int | None, expected: str) -> None:
    assert numbers.format_code(number, numbers.notation(kind, agency, unit), year) == expected


@pytest.mark.parametrize(
    ("text", "number", "ordinal", "year", "notation"),
    [
        ("7816/VPCP-TTĐT", "7816", 7816, None, "VPCP-TTĐT"),
        ("23/2019/QĐ-UBND", "23", 23, 2019, "QĐ-UBND"),
        ("05/BNV-VP", "05", 5, None, "BNV-VP"),
        (" 125a / SXD-QLXD ", "125a", 125, None, "SXD-QLXD"),
    ],
)
def test_codes_are_taken_apart(text: str, number: str, ordinal: int, year: int | None, notation: str) -> None:
    code = numbers.parse_code(text)

    assert code == numbers.Code(number, notation, ordinal, year)
    assert code is not None
    assert code.is_normative == (year is not None)


@pytest.mark.parametrize("text", ["", "VPCP", "/VPCP", "12", "12/", "abc/VPCP", "1/2/3/4", "12/A/B"])
def test_odd_codes_are_not_forced_apart(text: str) -> None:
    assert numbers.parse_code(text) is None


@given(
    st.integers(1, 99999), st.sampled_from(["QĐ-UBND", "SXD-QLXD", "VPCP-TTĐT"]), st.sampled_from([None, 2019, 2026])
)
def test_a_code_read_back_is_the_same(number: int, notation: str, year: int | None) -> None:
    code = numbers.parse_code(numbers.format_code(number, notation, year))

    assert code is not None
    assert (code.ordinal, code.notation, code.year) == (number, notation, year)


def test_a_registers_own_notation_leaves_no_stray_hyphen() -> None:
    assert numbers.notation_of_template("{kind}-{agency}-{unit}", "Quyết định", "UBND") == "QĐ-UBND"
    assert numbers.notation_of_template("{agency}-{unit}", "Công văn", "UBND", "VX") == "UBND-VX"
    assert numbers.notation_of_template("{kind}-HĐTĐ", "Công văn", "UBND") == "HĐTĐ"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2020, 1, 5), "ngày 05 tháng 01 năm 2020"),
        (date(2019, 6, 29), "ngày 29 tháng 6 năm 2019"),
        (date(2026, 2, 10), "ngày 10 tháng 02 năm 2026"),
        (date(2026, 12, 31), "ngày 31 tháng 12 năm 2026"),
    ],
)
def test_dates_as_written(day: date, written: str) -> None:
    assert numbers.written_date(day) == written


def test_identifiers_have_the_form_of_the_official_samples_or_the_provinces() -> None:
    sample = numbers.document_identifier("000.00.00.G22", date(2015, 9, 30), 7816, "7816/VPCP-TTĐT")
    own = numbers.document_identifier("000.00.01.H01", date(2018, 3, 1), 10, "10/QĐ", "{organ},{year},{ordinal}")

    assert sample == "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT"
    assert own == "000.00.01.H01,2018,10"
