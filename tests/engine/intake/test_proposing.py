"""What pages propose by the layout of PL I, and what they must not."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from connectors.scanning.pages import Paper
from engine.intake.layout import Box, PageText, Word, page_of
from engine.intake.names import agency_named, proper_name
from engine.intake.proposing import Proposal, propose, secrecy
from tests import papers

TODAY = date(2026, 11, 23)


def pages(**about: object) -> list[PageText]:
    with Paper(papers.paper(**about)) as paper:
        return [page_of(0, paper.words(0), paper.ratio(0))]


def values(found: dict[str, Proposal]) -> dict[str, str]:
    return {name: each.value for name, each in found.items()}


def test_a_letter_proposes_every_field_with_its_place() -> None:
    found = propose(pages(urgency="HỎA TỐC"), known=["UBND xã Bên Kia", "UBND xã An Phú"], today=TODAY)
    assert values(found) == {
        "code": "12/UBND-KT", "issued_date": "2026-11-05", "organ_name": "UBND xã Bên Kia", "urgency": "3",
        "due_date": "2026-12-15", "type_name": "Công văn", "signer_name": "Trần Thị Thu Hà",
        "subject": "Về việc rà soát, thống kê công trình xây dựng trên địa bàn xã năm 2026",
        "signer_position": "Phó Chủ tịch", "to_places": "Như trên\nUBND tỉnh (để b/c)\nLưu: VT, KT",
    }  # fmt: skip
    assert all(0 < each.confidence <= 1 for each in found.values())
    assert found["code"].box.bottom < found["subject"].box.top < found["signer_name"].box.top
    plain = found["code"].plain()
    assert (plain["page"], plain["said"]) == (0, "Số: 12/UBND-KT")


def line(text: str, left: float, top: float, tall: float = 0.012, sure: float = 0.9) -> Word:
    return Word(text, Box(left, top, left + len(text) * 0.008, top + tall), sure)


def test_a_decision_proposes_kind_and_subject_from_the_middle() -> None:
    words = [
        line("SƠ XÂY DỰNG", 0.2, 0.09), line("Số: 23/2019/QD-UBND", 0.2, 0.11), line("QUYẾT ĐỊNH", 0.45, 0.19),
        line("Ban hành Quy chế văn thư, lưu trữ", 0.35, 0.21), line("của cơ quan, đơn vị", 0.42, 0.228),
        line("Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020", 0.2, 0.26),
    ]  # fmt: skip
    found = values(propose([page_of(0, words)], today=TODAY))
    assert found["code"] == "23/2019/QĐ-UBND"
    assert found["type_name"] == "Quyết định"
    assert found["subject"] == "Ban hành Quy chế văn thư, lưu trữ của cơ quan, đơn vị"
    assert found["organ_name"] == "Sở Xây dựng"
    assert "issued_date" not in found  # the date in the text is another document's


def test_doubt_lowers_confidence_and_nonsense_proposes_nothing() -> None:
    future = propose([page_of(0, [line("Mẫu, ngày 31 tháng 12 năm 2026", 0.5, 0.1)])], today=TODAY)
    assert future["issued_date"].confidence < 0.5
    assert propose([page_of(0, [line("Mẫu, ngày 31 tháng 02 năm 2026", 0.5, 0.1)])], today=TODAY) == {}
    assert propose([]) == {}
    assert propose([page_of(0, [])]) == {}


@given(st.lists(st.builds(Word, st.text(min_size=1, max_size=30), st.builds(
    Box, *(st.floats(0, 1) for _ in range(4))), st.floats(0, 1)), max_size=8))  # fmt: skip
def test_no_page_is_too_odd(words: list[Word]) -> None:
    page = page_of(0, words)
    for each in propose([page], today=TODAY).values():
        assert each.value
    secrecy([page])


def test_a_mark_of_secrecy_stops_and_speaking_of_secrets_does_not() -> None:
    assert secrecy(pages(secrecy="TỐI MẬT")) == ("TỐI MẬT",)
    assert secrecy(pages(secrecy="MẬT")) == ("MẬT",)
    assert secrecy(pages(subject=("V/v bảo vệ bí mật nhà nước độ TỐI MẬT",))) == ()
    assert secrecy(pages(urgency="KHẨN")) == ()


def test_names_in_capitals_become_names() -> None:
    for capitals, name in (
        ("ỦY BAN NHÂN DÂN XÃ AN PHÚ", "Ủy ban nhân dân xã An Phú"), ("UBND TỈNH MẪU", "UBND tỉnh Mẫu"),
        ("SƠ XÂY DỰNG", "Sở Xây dựng"), ("PHÓ GIÁM ĐỐC", "Phó Giám đốc"), ("", ""),
    ):  # fmt: skip
        assert proper_name(capitals) == name
    known = ["Sở Xây dựng tỉnh Mẫu", "Sở Xây dựng tỉnh Khác", "UBND xã An Phú"]
    assert agency_named("SỞ XÂY DỰNG", "UBND TỈNH MẪU", known) == "Sở Xây dựng tỉnh Mẫu"
    assert agency_named("SỞ XÂY DỰNG", "", known) is None  # two may be meant
    assert agency_named("ỦY BAN NHÂN DÂN XÃ AN PHÚ", "", known) == "UBND xã An Phú"
