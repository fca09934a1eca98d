"""Tables as files: every cell is text, the header and the page number stand on every page."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from connectors.conversion import tables
from connectors.conversion.tables import Column, Table

ODD = '=HYPERLINK("x")', "+1", "-1", "@x", "<b>&amp;</b>", "Đường\nmới"
TABLE = Table(
    "Kết quả tìm kiếm", ("Số văn bản: 60",), (Column("Số", 8, True), Column("Trích yếu", 40)),
    tuple((each, f"{number}: {each}") for number in range(10) for each in ODD), "Trang {page}",
)  # fmt: skip


def test_csv_begins_with_a_mark_and_quotes_formulas() -> None:
    content = tables.write_csv(TABLE)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0] == ["Số", "Trích yếu"]
    assert [row[0] for row in rows[1:7]] == ['\'=HYPERLINK("x")', "'+1", "'-1", "'@x", "<b>&amp;</b>", "Đường\nmới"]
    assert len(rows) == 61


def test_excel_keeps_text_as_text() -> None:
    sheet = load_workbook(io.BytesIO(tables.write_excel(TABLE))).worksheets[0]
    assert [sheet.cell(4 + n, 1).value for n in range(6)] == list(ODD)
    assert {sheet.cell(4 + n, 1).data_type for n in range(60)} == {"s"}
    assert (sheet.print_title_rows, sheet.oddFooter.center.text) == ("$3:$3", "Trang &P/&N")
    assert sheet.freeze_panes == "A4"


def test_word_repeats_its_header_and_numbers_its_pages() -> None:
    document = Document(io.BytesIO(tables.write_word(TABLE)))
    table = document.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["Số", "Trích yếu"]
    assert [row.cells[0].text for row in table.rows[1:6]] == list(ODD[:5])
    assert len(table.rows) == 61
    assert "tblHeader" in table.rows[0]._tr.xml
    assert "PAGE" in document.sections[0].footer._element.xml
    assert document.sections[0].page_width > document.sections[0].page_height


def test_pdf_has_header_and_number_on_every_page() -> None:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(tables.write_pdf(TABLE))).pages]
    assert len(pages) > 1
    for number, said in enumerate(pages, 1):
        assert "Trích yếu" in said
        assert f"Trang {number}" in said
    assert '=HYPERLINK("x")' in pages[0]
    assert "<b>&amp;</b>" in pages[0]


@pytest.mark.parametrize("extension", sorted(tables.WRITERS))
def test_a_table_without_rows_can_be_written(extension: str) -> None:
    assert tables.WRITERS[extension](Table("Rỗng", (), (Column("Số", 8),), ()))


def test_who_signs_stands_below_on_paper_and_in_the_workbook() -> None:
    signed = replace(TABLE, signers=("NGƯỜI LẬP", "THỦ TRƯỞNG CƠ QUAN"), sign_here="(Ký)", dated="Ngày …")
    cells = Document(io.BytesIO(tables.write_word(signed))).tables[-1].rows[0].cells
    assert [cell.text for cell in cells] == ["\nNGƯỜI LẬP\n(Ký)", "Ngày …\nTHỦ TRƯỞNG CƠ QUAN\n(Ký)"]
    said = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(tables.write_pdf(signed))).pages)
    assert "THỦ TRƯỞNG CƠ QUAN" in said
    sheet = load_workbook(io.BytesIO(tables.write_excel(signed))).worksheets[0]
    assert "NGƯỜI LẬP" in [cell.value for cell in sheet["A"]]
