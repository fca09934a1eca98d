"""What is read back from the files: the columns of the norm, every letter, totals, page numbers, repeated headers."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import docx
import openpyxl
import pypdfium2
import pytest
from PIL import Image

from connectors.conversion.prints.operations import written
from connectors.conversion.prints.slip import slip_pdf, slip_word
from connectors.conversion.prints.stamp import CAPTION, stamp_pdf, stamped_copy
from connectors.pdf_fonts import FONTS
from engine.documents.prints import book as books
from engine.documents.prints import forms
from engine.documents.prints.book import Book
from engine.documents.prints.rows import Line, Paper
from engine.documents.prints.slip import SLIP_TITLE, Part, Slip, Stamp
from engine.errors import InvalidInput
from tests import builders

SUBJECT = "Về việc rà soát, ưu đãi, xử lý vướng mắc <b>quy hoạch</b> & nghiệm thu; 'đường' =1+1"
# ND30 PL IV: I.2 (đi), VI.2 (đến), VIII.2 (theo dõi giải quyết)
PRESCRIBED = {
    "outgoing": [
        "Số, ký hiệu văn bản", "Ngày tháng văn bản", "Tên loại và trích yếu nội dung văn bản", "Người ký",
        "Nơi nhận văn bản", "Đơn vị, người nhận bản lưu", "Số lượng bản", "Ngày chuyển", "Ký nhận", "Ghi chú",
    ],
    "incoming": [
        "Ngày đến", "Số đến", "Tác giả", "Số, ký hiệu văn bản", "Ngày tháng văn bản",
        "Tên loại và trích yếu nội dung văn bản", "Đơn vị hoặc người nhận", "Ngày chuyển", "Ký nhận", "Ghi chú",
    ],
    "follow-up": [
        "Số đến", "Tên loại, số, ký hiệu, ngày tháng và tên cơ quan, tổ chức ban hành văn bản",
        "Đơn vị hoặc người nhận", "Thời hạn giải quyết", "Tiến độ giải quyết", "Số, ký hiệu văn bản trả lời",
        "Ghi chú",
    ],
}  # fmt: skip
STAMP = Stamp("Ủy ban nhân dân xã An Phú", "05", "09/11/2026", "Phòng Kinh tế", "")


def book(key: str, count: int) -> Book:
    return Book(
        forms.FORMS[key], "Sở Xây dựng", "UBND tỉnh Mẫu", "Sổ chung", date(2026, 1, 1), date(2026, 12, 31), "01",
        f"{count:02d}", count, datetime(2026, 11, 23, 2, 0, tzinfo=UTC), "Lê Thị Vân",
    )  # fmt: skip


def lines(count: int) -> Iterator[Line]:
    day = date(2026, 11, 9)
    for number in range(1, count + 1):
        paper = Paper(number, "Công văn", f"{SUBJECT} số {number}", f"{number:02d}/SXD-QLXD", day, "UBND xã Bên Kia",
                      "issued", arrival_date=day, signer_name="Lê Văn C", recipients=("UBND xã An Phú",))  # fmt: skip
        yield Line(number, 2026, number, "", "used", day, day, paper=paper)


def file(key: str, kind: str, count: int = 60) -> bytes:
    head = book(key, count)
    tally = head.tally()
    return written(head, books.rows(head, lines(count), tally), tally, kind)


def pages(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    finally:
        document.close()


@pytest.mark.parametrize("key", PRESCRIBED)
def test_pdf_has_the_columns_on_every_page_page_numbers_and_totals(key: str) -> None:
    cover, *sheets = pages(file(key, "pdf"))
    for said in ("UBND TỈNH MẪU", "SỞ XÂY DỰNG", forms.FORMS[key].title, "Năm: 2026", "Quyển số",
                 "Từ ngày 01/01/2026 đến ngày 31/12/2026", "Từ số 01 đến số 60"):  # fmt: skip
        assert said in cover
    assert len(sheets) >= 3
    for number, sheet in enumerate(sheets, 1):
        assert f"Trang {number}/{len(sheets)}" in sheet
    for sheet in sheets[:-1]:  # the last may hold the totals only
        assert all(" ".join(title.split()[:2]) in sheet for title in PRESCRIBED[key])
        assert f"({len(PRESCRIBED[key])})" in sheet
    assert "Tổng số: 60 dòng, gồm 60 văn bản." in sheets[-1]
    if key != "follow-up":
        assert "đường' =1+1" in " ".join(sheets)


def test_the_headings_of_the_pdf_are_the_prescribed_ones_column_by_column() -> None:
    document = pypdfium2.PdfDocument(file("incoming", "pdf", 3))
    text = document[1].get_textpage()
    found = []
    share = (297 - 25) / sum(column.width for column in forms.INCOMING.columns)
    left = 15.0
    for column in forms.INCOMING.columns:
        right = left + column.width * share
        found.append(text.get_text_bounded(left * 72 / 25.4, 519, right * 72 / 25.4, 544))
        left = right
    document.close()
    assert [" ".join(each.split()) for each in found] == PRESCRIBED["incoming"]


@pytest.mark.parametrize("key", PRESCRIBED)
def test_word_has_the_columns_in_a_row_that_repeats(key: str) -> None:
    document = docx.Document(io.BytesIO(file(key, "docx")))
    table, signatures = document.tables
    assert [cell.text.split("\n")[1] for cell in signatures.rows[0].cells] == ["(Ký, ghi rõ họ tên)"] * 2
    assert [cell.text for cell in table.rows[0].cells] == PRESCRIBED[key]
    assert table.rows[1].cells[0].text == "(1)"
    repeated = [row._tr.trPr is not None and "tblHeader" in row._tr.xml for row in table.rows]
    assert repeated == [True, True] + [False] * 60
    footer = document.sections[0].footer._element.xml
    assert "PAGE" in footer
    assert "NUMPAGES" in footer
    said = [paragraph.text for paragraph in document.paragraphs]
    assert "SỞ XÂY DỰNG" in said
    assert any("Từ ngày 01/01/2026 đến ngày 31/12/2026" in each for each in said)
    assert "Tổng số: 60 dòng, gồm 60 văn bản." in said
    if key != "follow-up":
        assert f"Công văn: {SUBJECT} số 1" in [cell.text for cell in table.rows[2].cells]


@pytest.mark.parametrize("key", PRESCRIBED)
def test_excel_has_the_columns_in_rows_that_repeat_and_no_formula(key: str) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(file(key, "xlsx")))
    sheet: Any = workbook.worksheets[0]
    rows = [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    at = rows.index(PRESCRIBED[key])
    assert sheet.print_title_rows == f"${at + 1}:${at + 2}"
    assert sheet.oddFooter.center.text == "Trang &P/&N"
    assert sheet.page_setup.orientation == "landscape"
    assert ["SỞ XÂY DỰNG"] in rows[:at]
    assert any("Từ ngày 01/01/2026" in str(row) for row in rows[:at])
    assert ["Tổng số: 60 dòng, gồm 60 văn bản."] in rows[at + 60 :]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}  # n: nothing in it


def test_what_begins_like_a_formula_stays_text() -> None:
    head = book("incoming", 1)
    tally = head.tally()
    row = ("=1+1", "+2", "@x", "-3", "\x07a", "", "", "", "", "")
    content = written(head, iter([row]), tally, "xlsx")
    sheet: Any = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    values = [[cell.value for cell in row][:5] for row in sheet.iter_rows()]
    assert ["=1+1", "+2", "@x", "-3", "a"] in values
    assert [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []


def test_a_row_longer_than_a_page_goes_on_and_a_word_wider_than_a_column_is_cut() -> None:
    head = book("incoming", 1)
    tally = head.tally()
    row = ("", "01", "x" * 200, "", "", "dài " * 3000, "", "", "", "")
    text = " ".join(pages(written(head, iter([row]), tally, "pdf")))
    assert text.count("dài") == 3000
    assert text.replace(" ", "").count("x") >= 200


def test_the_contents_of_a_dossier_print_without_cover() -> None:
    head = book("contents", 1)
    tally = head.tally()
    (sheet,) = pages(written(head, iter([("1", "05/QĐ", "", "Quyết định", "", "1", "")]), tally, "pdf"))
    assert sheet.index(head.agency_name.upper()) < sheet.index("MỤC LỤC VĂN BẢN TRONG HỒ SƠ") < sheet.index("Số TT")
    assert "Tờ số/Trang số" in sheet


# --- Slip and stamp -------------------------------------------------------------------------------------------

SLIP = Slip(
    "UBND xã An Phú", "", "Số đến: 05", "Công văn; số 1/UBND; Về việc trật tự xây dựng",
    (Part("1. Ý kiến của lãnh đạo cơ quan, tổ chức", (("Giao đơn vị, cá nhân chủ trì", "Phòng Kinh tế"),)),
     Part("2. Ý kiến của lãnh đạo đơn vị", (("Ngày, tháng, năm cho ý kiến", ""),))),
)  # fmt: skip


def test_the_slip_has_its_parts_in_pdf_and_word() -> None:
    (sheet,) = pages(slip_pdf(SLIP, FONTS))
    paragraphs = " ".join(p.text for p in docx.Document(io.BytesIO(slip_word(SLIP))).paragraphs)
    for text in (sheet, paragraphs):
        for said in (SLIP_TITLE, "UBND XÃ AN PHÚ", SLIP.about, "1. Ý kiến của lãnh đạo cơ quan, tổ chức",
                     "Giao đơn vị, cá nhân chủ trì: Phòng Kinh tế", "Ngày, tháng, năm cho ý kiến: ....."):  # fmt: skip
            assert said in text


def test_the_stamp_is_35_by_50_millimetres_with_the_four_lines_of_the_norm() -> None:
    document = pypdfium2.PdfDocument(stamp_pdf(STAMP, FONTS))
    size = document[0].get_size()
    document.close()
    assert [round(side / 72 * 25.4, 1) for side in size] == [50.0, 35.0]
    (text,) = pages(stamp_pdf(STAMP, FONTS))
    # ND30 PL IV.V: tên cơ quan, tổ chức; ĐẾN; Số; Ngày; Chuyển; Số và ký hiệu HS
    for said in ("ỦY BAN NHÂN DÂN XÃ AN PHÚ", "ĐẾN", "Số: 05", "Ngày: 09/11/2026", "Chuyển: Phòng Kinh tế",
                 "Số và ký hiệu HS: ..."):  # fmt: skip
        assert said in text


def test_the_mark_is_on_the_first_page_of_a_copy_and_the_original_stays_as_it_was() -> None:
    original = slip_pdf(SLIP, FONTS)
    before = bytes(original)
    copy = stamped_copy(original, STAMP, FONTS)
    assert original == before
    assert copy != original
    (text,) = pages(copy)
    assert "Số: 05" in text
    assert CAPTION in text
    assert SLIP.about in text


def test_the_mark_covers_nothing_that_is_written() -> None:
    original = slip_pdf(SLIP, FONTS)
    marked = _picture(stamped_copy(original, STAMP, FONTS))
    for x, y in _dark(_picture(original)):
        assert marked.getpixel((x, y)) < 200


def _picture(content: bytes) -> Image.Image:
    document = pypdfium2.PdfDocument(content)
    try:
        picture: Image.Image = document[0].render(scale=0.5).to_pil().convert("L")
        return picture.copy()
    finally:
        document.close()


def _dark(picture: Image.Image) -> list[tuple[int, int]]:
    return [
        (x, y) for x in range(0, picture.width, 2) for y in range(0, picture.height, 2)
        if picture.getpixel((x, y)) < 90
    ]  # fmt: skip


def test_what_is_no_pdf_gets_no_mark() -> None:
    with pytest.raises(InvalidInput, match="không phải PDF"):
        stamped_copy(builders.docx(), STAMP, FONTS)
