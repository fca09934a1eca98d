"""Number lines and date lines: what is right passes, each single fault is found (facts 5.6, 13.2)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.documents import kinds
from engine.documents.registers import numbers
from engine.drafts.layout.notation import Problem, date_problems, is_date_line, number_problems, read_number

AGENCY = st.text("ABCDĐEGHIKLMNOPQRSTUVXY", min_size=2, max_size=6).filter(
    lambda said: said not in {kind.abbreviation.upper() for kind in kinds.KINDS} | {"CV", "TC"}
)
KIND = st.sampled_from([kind.name for kind in kinds.KINDS])
NUMBER = st.integers(1, 99_999)


def rules(problems: list[Problem]) -> set[str]:
    return {each.rule for each in problems}


@given(KIND, AGENCY, AGENCY, st.none() | NUMBER, st.sampled_from(["", "   ", "……", "......"]))
@settings(max_examples=60, deadline=None)
def test_what_the_platform_writes_is_right(kind: str, agency: str, unit: str, number: int | None, gap: str) -> None:
    notation = numbers.notation(kind, agency, unit)
    code = numbers.format_code(number, notation) if number is not None else f"{gap}/{notation}"
    assert number_problems(f"Số: {code}", kind, notation) == []
    line = read_number(f"Số: {code}")
    assert line is not None
    assert line.notation == notation


@given(KIND, AGENCY, AGENCY, st.integers(1, 9), st.integers(10, 9_999))
@settings(max_examples=25, deadline=None)
def test_every_single_fault_is_found(kind: str, agency: str, unit: str, small: int, number: int) -> None:
    notation = numbers.notation(kind, agency, unit)
    assert rules(number_problems(f"Số: {small}/{notation}", kind)) == {"number.padding"}
    assert rules(number_problems(f"Số: 0{number}/{notation}", kind)) == {"number.padding"}
    assert "number.spaces" in rules(number_problems(f"Số: {number} / {notation}", kind))
    assert "number.hyphen" in rules(number_problems(f"Số: {number}/{notation.replace('-', '–')}", kind))
    assert "number.colon" in rules(number_problems(f"Số {number}/{notation}", kind))
    assert "number.case" in rules(number_problems(f"Số: {number}/{notation.replace(agency, agency.lower())}", kind))
    assert "number.notation" in rules(number_problems(f"Số: {number}/", kind))
    assert rules(number_problems(f"Số: {number}/2026/{notation}", kind)) == {"number.year"}


@pytest.mark.parametrize(
    ("line", "kind", "expected"),
    [
        ("Số: 05/QĐ-BNV", "Quyết định", set()),
        ("Số: 15/QĐ-BNV", "Quyết định", set()),
        ("Số: 12/UBND-VX", "Công văn", set()),
        ("Số: 7816/VPCP-TTĐT", "Công văn", set()),
        ("Số: 23/2019/QĐ-UBND", "Quyết định", {"number.year"}),
        ("Số: 12/CV-SXD", "Công văn", {"number.kind"}),
        ("Số: 12/SXD-QLXD", "Quyết định", {"number.kind"}),
        ("Số: 12/TTr-SXD", "Tờ trình", set()),
        ("Số: 12/TTR-SXD", "Tờ trình", {"number.kind"}),
        ("Số: mười hai/SXD", "Công văn", {"number.digits"}),
        ("Số 12", "Công văn", {"number.form"}),
    ],
)
def test_number_lines_of_the_norm_and_of_life(line: str, kind: str, expected: set[str]) -> None:
    assert rules(number_problems(line, kind)) == expected


def test_a_year_inside_is_only_doubtful_and_another_notation_too() -> None:
    assert all(each.doubtful for each in number_problems("Số: 23/2019/QĐ-UBND", "Quyết định"))
    [other] = number_problems("Số: 12/SXD-VP", "Công văn", "SXD-QLXD")
    assert (other.rule, other.doubtful) == ("number.expected", True)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(["Hà Nội", "An Phú", "Bà Rịa - Vũng Tàu"]))
@settings(max_examples=50, deadline=None)
def test_a_date_as_the_platform_writes_it_is_right(day: date, place: str) -> None:
    line = f"{place}, {numbers.written_date(day)}"
    assert is_date_line(line)
    assert date_problems(line, place) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Mẫu, ngày     tháng     năm 2026", set()),
        ("Mẫu, ngày …… tháng …… năm 2026", set()),
        ("Mẫu, ngày 5 tháng 3 năm 2026", {"date.padding"}),
        ("Mẫu, ngày 15 tháng 1 năm 2026", {"date.padding"}),
        ("Mẫu, ngày 15 tháng 03 năm 2026", {"date.padding"}),
        ("Mẫu ngày 15 tháng 10 năm 2026", {"date.comma"}),
        ("ngày 15 tháng 10 năm 2026", {"date.place"}),
        ("Mẫu, ngày 15 tháng 10 năm 26", {"date.year"}),
        ("Mẫu, ngày 31 tháng 02 năm 2026", {"date.real"}),
        ("Khác, ngày 15 tháng 10 năm 2026", {"date.expected-place"}),
        ("15/10/2026", {"date.form"}),
    ],
)
def test_date_lines_of_the_norm_and_of_life(line: str, expected: set[str]) -> None:
    assert rules(date_problems(line, "Mẫu")) == expected


@given(st.text(max_size=60))
@settings(max_examples=50, deadline=None)
def test_whatever_stands_in_a_line_nothing_breaks(text: str) -> None:
    number_problems(text, "Quyết định", "QĐ-SXD")
    date_problems(text, "Mẫu")
    is_date_line(text)
