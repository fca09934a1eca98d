"""Pages of copies: all files, some pages, fields turned into pictures; the foot under the text or on its own page."""

from __future__ import annotations

import dataclasses
from io import BytesIO

import pytest
from pypdf import PdfReader

from connectors.conversion.copies.foot import Foot, with_foot
from connectors.conversion.copies.pages import copied, count, free_below
from connectors.conversion.draft import Draft
from connectors.conversion.layout import render_draft
from connectors.pdf_fonts import FONTS
from engine.errors import InvalidInput
from tests import papers

FOOT = Foot(
    "Sao lục", "UBND xã An Phú", "UBND tỉnh Mẫu", "07/SL-UBND", "An Phú, ngày 23 tháng 11 năm 2026", "KT. CHỦ TỊCH",
    "Phó Chủ tịch", "Trần Thị Bình", ("Thanh tra tỉnh",), "VT, VP",
)  # fmt: skip
LETTER = Draft("Sở Xây dựng", "Mẫu", "rà soát quy hoạch", "Đề nghị báo cáo.", "Giám đốc", "Nguyễn Văn An")


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


def test_fields_become_pictures_and_every_file_is_copied() -> None:
    letter = render_draft(LETTER, FONTS)
    whole = copied([letter, papers.paper()])
    assert count(whole) == 2
    assert PdfReader(BytesIO(letter)).get_fields()
    assert not PdfReader(BytesIO(whole)).get_fields()
    assert "Đề nghị báo cáo" in pages(copied([whole], [1]))[0]
    for wrong in ([3], [1, 9]):
        with pytest.raises(InvalidInput, match="chỉ có 2 trang"):
            copied([whole], wrong)
    with pytest.raises(InvalidInput, match="không phải PDF"):
        copied([b"%PDF-1.7 cut off"])


def test_the_foot_stands_under_the_text_where_there_is_room() -> None:
    letter = copied([render_draft(LETTER, FONTS)])
    assert free_below(letter) > 300
    [page] = pages(with_foot(letter, FOOT, FONTS))
    for said in ("Đề nghị báo cáo", "SAO LỤC", "Số: 07/SL-UBND", "An Phú, ngày 23", "KT. CHỦ TỊCH", "Lưu: VT, VP."):
        assert said in page


def test_a_full_page_or_no_page_at_all_gets_the_foot_on_a_page_of_its_own() -> None:
    full = copied([render_draft(dataclasses.replace(LETTER, body="Đề nghị báo cáo.\n" * 17), FONTS)])
    made = pages(with_foot(full, FOOT, FONTS))
    assert len(made) == count(full) + 1
    assert "SAO LỤC" not in made[-2]
    assert "SAO LỤC" in made[-1]
    [alone] = pages(with_foot(None, FOOT, FONTS))
    assert "Thanh tra tỉnh" in alone
