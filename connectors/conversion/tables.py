"""A plain table as a file: Excel, CSV, Word, PDF; header on every page, page numbers, nothing read as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

LONGEST_CELL = 32_000
_MILLIMETRE = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Column:
    """Title and width in characters; figures stand to the right on paper and are never counted with."""

    title: str
    width: int
    figures: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A title, lines under it, columns, rows of text; `page_said` numbers pages with {page} in it.

    `strong` are rows set apart (a section, a total); `signers` sign at the end, left and right, below `dated`.
    """

    title: str
    heads: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    page_said: str = "Trang {page}"
    strong: frozenset[int] = frozenset()
    signers: tuple[str, ...] = ()
    sign_here: str = ""
    dated: str = ""


def write_csv(table: Table) -> bytes:
    """UTF-8 with a mark at its beginning, as Excel wants it; what a program could take for a formula is quoted."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([column.title for column in table.columns])
    writer.writerows([[_harmless(cell) for cell in row] for row in table.rows])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def write_excel(table: Table) -> bytes:
    """One sheet of text cells."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    workbook = Workbook(write_only=True)
    workbook.properties.title = table.title
    sheet: Any = workbook.create_sheet("Kết quả")

    def cell(said: str, *, bold: bool = False, wrap: bool = True) -> Any:
        made = WriteOnlyCell(sheet, said[:LONGEST_CELL])
        made.data_type = "s"  # a subject that begins with = stays text
        made.alignment = Alignment(wrap_text=wrap, vertical="top")
        if bold:
            made.font = Font(bold=True)
        return made

    for number, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width + 2
    above = 2 + len(table.heads)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{above}:{above}"
    sheet.freeze_panes = f"A{above + 1}"
    sheet.oddFooter.center.text = table.page_said.replace("{page}", "&P/&N")
    sheet.append([cell(table.title, bold=True, wrap=False)])
    for line in table.heads:
        sheet.append([cell(line, wrap=False)])
    sheet.append([cell(column.title, bold=True) for column in table.columns])
    for number, row in enumerate(table.rows):
        sheet.append([cell(each, bold=number in table.strong) for each in row])
    for left, right in _closing(table):
        apart = [""] * max(len(table.columns) - 2, 0)
        sheet.append([cell(each, wrap=False) for each in (left, *apart, right)])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _closing(table: Table) -> list[tuple[str, str]]:
    """What stands below the table, left and right: place and day, who signs."""
    if len(table.signers) != 2:
        return []
    left, right = table.signers
    return [("", ""), ("", table.dated), (left, right), (table.sign_here, table.sign_here)]


def write_word(table: Table) -> bytes:
    """A document in landscape with one table; its header row is repeated on every page."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.shared import Mm

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(20))
    document.styles["Normal"].font.name = "Times New Roman"
    document.core_properties.title = table.title
    document.add_paragraph().add_run(table.title).bold = True
    for line in table.heads:
        document.add_paragraph(_printable(line))
    body: Any = document.element.body
    body.insert(len(body) - 1, parse_xml(_word_table(table)))
    if closing := _closing(table):
        document.add_paragraph()
        cells = document.add_table(rows=1, cols=2).rows[0].cells
        for cell, lines in zip(cells, zip(*closing[1:], strict=True), strict=True):
            for number, line in enumerate(lines):
                paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                run = paragraph.add_run(_printable(line))
                run.bold, run.italic = number == 1, number != 1
    before, _, after = table.page_said.partition("{page}")
    foot: Any = section.footer.paragraphs[0]._p
    foot.append(parse_xml(f"<w:r {_W}><w:t xml:space='preserve'>{escape(before)}</w:t></w:r>"))
    foot.append(parse_xml(f"<w:fldSimple {_W} w:instr='PAGE'><w:r><w:t>1</w:t></w:r></w:fldSimple>"))
    foot.append(parse_xml(f"<w:r {_W}><w:t xml:space='preserve'>{escape(after)}</w:t></w:r>"))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


_W = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'"


def _word_table(table: Table) -> str:
    """The table as XML at once: cell by cell the library takes a second for every hundred rows."""
    all_width = sum(column.width for column in table.columns)
    widths = [round(15136 * column.width / all_width) for column in table.columns]
    sides = "".join(f"<w:{side} w:val='single' w:sz='4'/>" for side in ("top", "left", "bottom", "right", "insideH",
                                                                       "insideV"))  # fmt: skip

    right = ["<w:jc w:val='right'/>" if column.figures else "" for column in table.columns]

    def row(cells: tuple[str, ...], *, head: bool = False, bold: bool = False) -> str:
        run = "<w:rPr>" + ("<w:b/>" if head or bold else "") + "<w:sz w:val='20'/></w:rPr>"
        made = "".join(
            f"<w:tc><w:tcPr><w:tcW w:w='{width}' w:type='dxa'/></w:tcPr><w:p><w:pPr><w:spacing w:after='0'/>{set_to}"
            f"</w:pPr><w:r>{run}<w:t xml:space='preserve'>{escape(_printable(cell))}</w:t></w:r></w:p></w:tc>"
            for cell, width, set_to in zip(cells, widths, right, strict=True)
        )
        return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{made}</w:tr>"

    rows = row(tuple(column.title for column in table.columns), head=True)
    rows += "".join(row(each, bold=number in table.strong) for number, each in enumerate(table.rows))
    grid = "".join(f"<w:gridCol w:w='{width}'/>" for width in widths)
    return (
        f"<w:tbl {_W}><w:tblPr><w:tblW w:w='{sum(widths)}' w:type='dxa'/><w:tblBorders>{sides}</w:tblBorders>"
        f"<w:tblLayout w:type='fixed'/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _printable(said: str) -> str:
    return "".join(sign for sign in said if sign >= " " or sign in "\n\t")


def write_pdf(table: Table) -> bytes:
    """Landscape A4 with the header row and the page number on every page."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import KeepTogether, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle
    from reportlab.platypus import Table as LayTable

    from connectors.pdf_fonts import FONTS, composed, typeface

    face = typeface(FONTS)
    plain = ParagraphStyle("plain", fontName=face.regular, fontSize=9, leading=12)
    bold = ParagraphStyle("bold", parent=plain, fontName=face.bold)
    styles = {
        (strong, figures): ParagraphStyle("cell", parent=bold if strong else plain, alignment=2 if figures else 0)
        for strong in (False, True) for figures in (False, True)
    }  # fmt: skip
    title = ParagraphStyle("title", parent=bold, fontSize=13, leading=18)
    wide, margin = landscape(A4)[0], 12 * _MILLIMETRE
    all_width = sum(column.width for column in table.columns)

    def said(text: str, style: Any = plain) -> Any:
        return Paragraph(escape(composed(text)), style)

    def number(canvas: Any, document: Any) -> None:
        canvas.setFont(face.regular, 9)
        canvas.drawCentredString(wide / 2, 7 * _MILLIMETRE, table.page_said.replace("{page}", str(document.page)))

    def cells(row: tuple[str, ...], *, strong: bool) -> list[Any]:
        return [said(each, styles[strong, column.figures]) for each, column in zip(row, table.columns, strict=True)]

    rows = [cells(row, strong=number in table.strong) for number, row in enumerate(table.rows)]
    body = LongTable(
        [cells(tuple(column.title for column in table.columns), strong=True), *rows],
        colWidths=[(wide - 2 * margin) * column.width / all_width for column in table.columns], repeatRows=1,
        splitInRow=1,
        style=TableStyle([("GRID", (0, 0), (-1, -1), 0.4, "#888888"), ("VALIGN", (0, 0), (-1, -1), "TOP")]),
    )  # fmt: skip
    buffer = io.BytesIO()
    made = SimpleDocTemplate(
        buffer, pagesize=landscape(A4), leftMargin=margin, rightMargin=margin, topMargin=margin, bottomMargin=margin,
        title=table.title, lang="vi",
    )  # fmt: skip
    heads = [said(table.title, title), *(said(line) for line in table.heads), Spacer(1, 6)]
    middle = {strong: ParagraphStyle("sign", parent=bold if strong else plain, alignment=1) for strong in (False, True)}
    signs = [[said(each, middle[number == 2]) for each in line] for number, line in enumerate(_closing(table))]
    closing = [KeepTogether([LayTable(signs, colWidths=[(wide - 2 * margin) / 2] * 2), Spacer(1, 60)])] if signs else []
    made.build([*heads, body, *closing], onFirstPage=number, onLaterPages=number)
    return buffer.getvalue()


WRITERS: dict[str, Callable[[Table], bytes]] = {
    "csv": write_csv, "xlsx": write_excel, "docx": write_word, "pdf": write_pdf,
}  # fmt: skip
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8", "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
