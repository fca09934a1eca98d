"""A book as an Excel sheet: header repeated on every printed page, page numbers, nothing read as a formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from connectors.pdf_fonts import composed
from engine.documents.prints.book import Book
from engine.documents.prints.rows import Row, Tally

FONT = "Times New Roman"
LONGEST_CELL = 32_000
_THIN = Side(style="thin")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_ALIGN = {"left": "left", "centre": "center", "right": "right"}


def write_excel(book: Book, rows: Iterable[Row], tally: Tally, told: Callable[[int], None] = lambda _: None) -> bytes:
    """The book as one sheet, row by row; `told` hears how many rows are written."""
    workbook = Workbook(write_only=True)
    workbook.properties.title, workbook.properties.creator = book.form.title, book.agency_name
    sheet = workbook.create_sheet("Sổ" if book.form.with_cover else "Mục lục")
    head = _dress(sheet, book)
    for line in head:
        sheet.append([_cell(sheet, line[0], bold=line[1], size=line[2], align="left")])
    sheet.append([_cell(sheet, title, bold=True, align="center", box=True) for title in book.form.titles])
    numbers = [f"({index})" for index in range(1, len(book.form.columns) + 1)]
    sheet.append([_cell(sheet, number, italic=True, align="center", box=True) for number in numbers])
    look = [_cell(sheet, "", align=_ALIGN[column.align], box=True)._style for column in book.form.columns]
    for count, row in enumerate(rows, 1):
        sheet.append([_styled(sheet, text, style) for text, style in zip(row, look, strict=True)])
        if count % 500 == 0:
            told(count)
    sheet.append([])
    for closing in (*tally.said(), book.made_said):
        sheet.append([_cell(sheet, closing, bold=closing != book.made_said, align="left")])
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _dress(sheet: Any, book: Book) -> list[tuple[str, bool, int]]:
    """Page, widths, repeated rows; returns the lines that stand above the table."""
    lines = [(book.parent_name.upper(), False, 12)] if book.parent_name else []
    lines += [
        (book.agency_name.upper(), True, 12), (book.form.title, True, 16),
        *([(book.named, False, 12)] if book.named else []),
        (f"{book.year_said}. {book.period_said}. {book.range_said}.", False, 12), ("", False, 12),
    ]  # fmt: skip
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left, sheet.page_margins.right = 0.6, 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.6, 0.6
    sheet.oddHeader.left.text, sheet.oddHeader.right.text = _said(book.agency_name), _said(book.period_said)
    sheet.oddFooter.center.text = "Trang &P/&N"
    sheet.print_title_rows = f"{len(lines) + 1}:{len(lines) + 2}"
    sheet.freeze_panes = f"A{len(lines) + 3}"
    for index, column in enumerate(book.form.columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width * 0.56
    return lines


def _said(text: str) -> str:
    """Text for a header: “&” begins a code there."""
    return composed(text).replace("&", "&&")


def _cell(
    sheet: Any, text: str, *, bold: bool = False, italic: bool = False, size: int = 11, align: str = "left",
    box: bool = False,
) -> Any:  # fmt: skip
    """A cell of text and nothing but text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, composed(text)[:LONGEST_CELL])
    cell.data_type = "s"
    cell.font = _font(bold, italic, size)
    cell.alignment = _alignment(align, box)
    if box:
        cell.border = _BOX
    return cell


def _styled(sheet: Any, text: str, style: Any) -> Any:
    """A cell that looks like another: working a look out for each takes most of the time."""
    cell = WriteOnlyCell(sheet, composed(text)[:LONGEST_CELL])
    cell.data_type, cell._style = "s", style
    return cell


_fonts: dict[tuple[bool, bool, int], Any] = {}
_alignments: dict[tuple[str, bool], Any] = {}


def _font(bold: bool, italic: bool, size: int) -> Any:
    key = (bold, italic, size)
    return _fonts.setdefault(key, Font(name=FONT, size=size, bold=bold, italic=italic))


def _alignment(align: str, wrap: bool) -> Any:
    return _alignments.setdefault((align, wrap), Alignment(horizontal=align, vertical="top", wrap_text=wrap))
