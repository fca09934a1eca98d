"""Drafts laid out by NĐ 30/2020, Phụ lục I: what stands where, fonts, fields, long and odd texts."""

from __future__ import annotations

import dataclasses
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageChops
from pyhanko.pdf_utils.reader import PdfFileReader
from pypdf import PdfReader

from connectors.conversion.draft import URGENCY_SIZES, Draft
from connectors.conversion.layout import render_draft
from connectors.pdf_fields import AGENCY, DATE, MM, NUMBER, PERSON, field_box, find_field
from connectors.pdf_fonts import FONTS, FontsMissing
from tests.connectors.conversion.conftest import LETTER

DECISION = dataclasses.replace(
    LETTER,
    type_name="Quyết định",
    subject="Về việc ban hành Quy chế văn thư",
    notation="QĐ-SXD",
    addressees=(),
    body="GIÁM ĐỐC SỞ XÂY DỰNG\nCăn cứ Nghị định số 30/2020/NĐ-CP;\nQUYẾT ĐỊNH:\nĐiều 1. Ban hành Quy chế.",
)


def _pages(pdf: bytes) -> list[str]:
    document = pdfium.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return texts


def _box(pdf: bytes, name: str, kind: str) -> tuple[float, float, float, float]:
    field = find_field(PdfFileReader(BytesIO(pdf)), name, kind)
    assert field is not None
    return field_box(field)


def _place(pdf: bytes, text: str, page: int = 0) -> tuple[float, float, float, float]:
    """Rectangle of the first occurrence of a text on a page."""
    document = pdfium.PdfDocument(pdf)
    reading = document[page].get_textpage()
    at, count = reading.search(text, match_case=True).get_next()
    boxes = [reading.get_charbox(i) for i in range(at, at + count)]
    document.close()
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def test_letter_has_the_components_of_pl_1_in_their_places(fonts: Path) -> None:
    pdf = render_draft(LETTER, fonts)
    text = _pages(pdf)[0]
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "ỦY BAN NHÂN DÂN TỈNH MẪU",
        "SỞ XÂY DỰNG",
        "Số:",
        "V/v rà soát quy hoạch",
        "Kính gửi:",
        "- Ủy ban nhân dân xã An Phú;",
        "KT. GIÁM ĐỐC",
        "PHÓ GIÁM ĐỐC",
        "Nguyễn Thị Ánh Tuyết",
        "Nơi nhận:",
        "- Như trên;",
        "- Lưu: VT, QLXD.",
        "năm 2026./.",
    ):
        assert part in text, part
    middle = 595 / 2
    assert _place(pdf, "SỞ XÂY DỰNG")[2] < middle < _place(pdf, "CỘNG HÒA")[2]
    assert _place(pdf, "Nơi nhận:")[0] == pytest.approx(30 * MM, abs=3)
    assert _place(pdf, "PHÓ GIÁM ĐỐC")[0] > middle


def test_text_keeps_within_the_margins(fonts: Path) -> None:
    pdf = render_draft(dataclasses.replace(LETTER, body="Nội dung dài cần được ngắt dòng cho đúng lề. " * 200), fonts)
    document = pdfium.PdfDocument(pdf)
    for page in document:
        reading = page.get_textpage()
        boxes = [reading.get_charbox(i) for i in range(reading.count_chars())]
        boxes = [b for b in boxes if b[2] > b[0]]
        assert min(b[0] for b in boxes) >= 30 * MM - 1
        assert max(b[2] for b in boxes) <= 595.3 - 15 * MM
        assert min(b[1] for b in boxes) >= 20 * MM - 1
    document.close()


def test_page_is_a4_with_number_from_the_second_page_on(fonts: Path) -> None:
    pdf = render_draft(dataclasses.replace(LETTER, body="\n".join(["Một đoạn văn bản đủ dài. " * 12] * 12)), fonts)
    pages = _pages(pdf)
    assert len(pages) >= 2
    assert pages[1].startswith("2")
    assert not pages[0].startswith("1")
    document = pdfium.PdfDocument(pdf)
    assert document[0].get_size() == pytest.approx((595.3, 841.9), abs=0.2)
    document.close()


def test_a_decision_names_its_kind_and_breaks_into_articles(fonts: Path) -> None:
    text = _pages(render_draft(DECISION, fonts))[0]
    assert "V/v" not in text
    assert "Kính gửi" not in text
    assert text.index("QUYẾT ĐỊNH") < text.index("Về việc ban hành Quy chế văn thư") < text.index("Căn cứ")
    assert "Điều 1. Ban hành Quy chế." in text


def test_only_embedded_serif_fonts_are_used(fonts: Path) -> None:
    reader = PdfReader(BytesIO(render_draft(DECISION, fonts)))
    names = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            found = font.get_object()
            names.add(found["/BaseFont"].split("+")[-1])
            assert "/FontFile2" in found["/FontDescriptor"].get_object()
    assert {n.split("-")[0] for n in names} == {"Tinos"}


def test_file_says_what_it_is(fonts: Path) -> None:
    pdf = render_draft(LETTER, fonts)
    reader = PdfReader(BytesIO(pdf))
    assert pdf[:8] >= b"%PDF-1.4"
    assert reader.metadata is not None
    assert reader.metadata.author == "Sở Xây dựng"
    assert "rà soát quy hoạch" in str(reader.metadata.title)
    assert reader.trailer["/Root"]["/Lang"] == "vi-VN"


def test_number_and_date_are_empty_form_fields_beside_their_words(fonts: Path) -> None:
    pdf = render_draft(LETTER, fonts)
    reader = PdfFileReader(BytesIO(pdf))
    for name, word in ((NUMBER, "Số:"), (DATE, "Mẫu,")):
        field = find_field(reader, name, "/Tx")
        assert "/V" not in field
        x0, y0, _x1, y1 = field_box(field)
        label = _place(pdf, word)
        assert 0 < x0 - label[2] < 8
        assert y0 < (label[1] + label[3]) / 2 < y1


def test_signature_field_lies_between_title_and_name_and_the_seal_on_its_left(fonts: Path) -> None:
    pdf = render_draft(LETTER, fonts)
    person, seal = _box(pdf, PERSON, "/Sig"), _box(pdf, AGENCY, "/Sig")
    name, title = _place(pdf, "Nguyễn Thị Ánh Tuyết"), _place(pdf, "PHÓ GIÁM ĐỐC")
    assert name[3] <= person[1] + 1
    assert person[3] <= title[1] + 1
    assert (person[0] + person[2]) / 2 == pytest.approx((name[0] + name[2]) / 2, abs=3)
    assert (seal[2] - person[0]) / (person[2] - person[0]) == pytest.approx(1 / 3, abs=0.02)


def test_signature_never_stands_alone_on_a_page(fonts: Path) -> None:
    for paragraphs in range(8, 40, 2):
        paragraph = "Đoạn văn bản này dài vừa hai dòng để lần lượt đẩy khối chữ ký tới cuối trang giấy. " * 2
        body = "\n".join([paragraph] * paragraphs)
        last = _pages(render_draft(dataclasses.replace(LETTER, body=body), fonts))[-1]
        assert "Đoạn văn bản này" in last, f"{paragraphs} paragraphs leave the signature alone"


@pytest.mark.parametrize(("level", "words"), [(1, "KHẨN"), (2, "THƯỢNG KHẨN"), (3, "HỎA TỐC")])
def test_urgency_stamp_is_red_and_of_the_prescribed_size(level: int, words: str, fonts: Path) -> None:
    pdf = render_draft(dataclasses.replace(LETTER, urgency=level), fonts)
    x0, y0, x1, y1 = _place(pdf, words)
    scale = 4
    document = pdfium.PdfDocument(pdf)
    image = document[0].render(scale=scale).to_pil().convert("RGB")
    document.close()
    red, green, _blue = image.split()
    left, upper, right, lower = ImageChops.subtract(red, green).point(lambda v: 255 * (v > 90)).getbbox() or (0,) * 4
    width, height = (right - left) / scale / MM, (lower - upper) / scale / MM
    assert (width, height) == pytest.approx(URGENCY_SIZES[level], abs=1)
    assert x1 - x0 < width * MM
    assert y1 - y0 < height * MM


def test_no_urgency_no_stamp(fonts: Path) -> None:
    assert "KHẨN" not in _pages(render_draft(LETTER, fonts))[0]


def test_same_draft_same_page(fonts: Path) -> None:
    assert _pages(render_draft(LETTER, fonts)) == _pages(render_draft(LETTER, fonts))


def test_markup_in_texts_is_text(fonts: Path) -> None:
    odd = "Mức <b>10%</b> & <font color='red'>lớn hơn</font> < 5 > 3 &amp; “ngoặc”"
    text = _pages(render_draft(dataclasses.replace(LETTER, body=odd, subject=odd), fonts))[0].replace("\r\n", " ")
    assert "<b>10%</b> & <font" in text
    assert "&amp;" in text


def test_decomposed_letters_come_out_composed(fonts: Path) -> None:
    import unicodedata

    apart = unicodedata.normalize("NFD", "Đề nghị khẩn trương")
    text = _pages(render_draft(dataclasses.replace(LETTER, body=apart), fonts))
    assert "Đề nghị khẩn trương" in text[0]


def test_many_recipients_go_on_below(fonts: Path) -> None:
    many = tuple(f"Ủy ban nhân dân xã số {i}" for i in range(1, 97))
    pages = _pages(render_draft(dataclasses.replace(LETTER, recipients=many, addressees=many), fonts))
    everything = "\n".join(pages)
    assert everything.count("xã số 96;") + everything.count("xã số 96.") == 2
    assert "- Lưu: VT, QLXD." in pages[-1]


def test_missing_fonts_are_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing, match="phông chữ"):
        render_draft(LETTER, tmp_path)


@settings(max_examples=40, deadline=None)
@given(
    body=st.text(max_size=300),
    subject=st.text(max_size=120),
    name=st.text(max_size=60),
    notation=st.text(max_size=30),
    place=st.text(max_size=40),
)
def test_any_text_gives_a_pdf_with_the_four_fields(
    body: str, subject: str, name: str, notation: str, place: str
) -> None:
    draft = Draft(
        agency_name=name or "Sở",
        place=place,
        subject=subject,
        body=body,
        signer_position=name,
        signer_name=name,
        notation=notation,
        recipients=(body[:50],),
        addressees=(name, subject[:20]),
    )
    pdf = render_draft(draft, FONTS)
    reader = PdfFileReader(BytesIO(pdf))
    for field, kind in ((NUMBER, "/Tx"), (DATE, "/Tx"), (PERSON, "/Sig"), (AGENCY, "/Sig")):
        assert find_field(reader, field, kind) is not None
