"""A book as a Word file: a table whose header is repeated on every page, page numbers, Times New Roman."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from connectors.pdf_fonts import composed
from engine.documents.prints.book import Book
from engine.documents.prints.forms import SIGN_HERE
from engine.documents.prints.rows import Row, Tally

FONT = "Times New Roman"
ROOM = 272  # millimetres between the margins of a landscape A4
_ALIGN = {"left": "left", "centre": "center", "right": "right"}
_PLACE = "[[bảng]]"
_PART = "word/document.xml"


def write_word(book: Book, rows: Iterable[Row], tally: Tally, told: Callable[[int], None] = lambda _: None) -> bytes:
    """The book as a Word file; `told` hears how many rows are written."""
    document = sheet_of_paper(book.form.title, book.agency_name, wide=True)
    _head(document, book)
    line(document, _PLACE)
    table = _table(book, rows, told)
    line(document, "")
    for closing in tally.said():
        line(document, closing, bold=True)
    line(document, book.made_said, italic=True)
    _signatures(document, book.form.signers)
    return _with_table(saved(document), table)


def _table(book: Book, rows: Iterable[Row], told: Callable[[int], None]) -> list[str]:
    """The table as pieces of XML: a tree of 20,000 rows would take half a gigabyte."""
    share = ROOM / sum(column.width for column in book.form.columns)
    widths = [round(column.width * share * 56.7) for column in book.form.columns]  # twentieths of a point
    centre = ["center"] * len(widths)
    aligned = [_ALIGN[column.align] for column in book.form.columns]
    pieces = [_TABLE % "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)]
    pieces.append(_row(book.form.titles, widths, centre, "b", repeated=True))
    pieces.append(_row([f"({n})" for n in range(1, len(widths) + 1)], widths, centre, "i", repeated=True))
    for number, row in enumerate(rows, 1):
        pieces.append(_row(row, widths, aligned))
        if number % 500 == 0:
            told(number)
    pieces.append("</w:tbl>")
    return pieces


def _with_table(content: bytes, table: list[str]) -> bytes:
    """The file with the table where its place was marked."""
    buffer = BytesIO()
    with ZipFile(BytesIO(content)) as given, ZipFile(buffer, "w", ZIP_DEFLATED) as made:
        for name in given.namelist():
            part = given.read(name)
            if name == _PART:
                before, _, after = part.decode().partition(_PLACE)
                start, end = before.rindex("<w:p>"), after.index("</w:p>") + len("</w:p>")
                part = "".join([before[:start], *table, after[end:]]).encode()
            made.writestr(name, part)
    return buffer.getvalue()


def sheet_of_paper(title: str, author: str, *, wide: bool) -> Any:
    """An empty Word file on A4 with page numbers at the foot."""
    document = docx.Document()
    document.core_properties.title, document.core_properties.author = title, author
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(12 if wide else 13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(0)
    section = document.sections[0]
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.left_margin, section.right_margin = (Mm(15), Mm(10)) if wide else (Mm(30), Mm(15))
    section.top_margin = section.bottom_margin = Mm(15 if wide else 20)
    _page_numbers(section.footer.paragraphs[0])
    return document


def line(
    document: Any, text: str, *, bold: bool = False, italic: bool = False, size: float | None = None,
    centred: bool = False,
) -> Any:  # fmt: skip
    """Add a paragraph."""
    paragraph = document.add_paragraph()
    run = paragraph.add_run(composed(text))
    run.bold, run.italic = bold, italic
    if size:
        run.font.size = Pt(size)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def saved(document: Any) -> bytes:
    """The bytes of a Word file."""
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _head(document: Any, book: Book) -> None:
    if book.parent_name:
        line(document, book.parent_name.upper(), centred=True)
    line(document, book.agency_name.upper(), bold=True, centred=True)
    line(document, "")
    line(document, book.form.title, bold=True, size=16, centred=True)
    if book.named:
        line(document, book.named, centred=True)
    volume = " Quyển số: ......" if book.form.with_cover else ""
    line(document, f"{book.year_said}. {book.period_said}. {book.range_said}.{volume}", centred=True)
    line(document, "")


def _signatures(document: Any, titles: tuple[str, str]) -> None:
    """Where both parties sign, side by side and on one page, with room for the signatures."""
    line(document, "")
    cells = document.add_table(rows=1, cols=len(titles)).rows[0].cells
    for cell, title in zip(cells, titles, strict=True):
        above, below = cell.paragraphs[0], cell.add_paragraph()
        above.add_run(composed(title)).bold = True
        below.add_run(SIGN_HERE).italic = True
        for paragraph in (above, below):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.keep_with_next = True
        for _ in range(4):
            cell.add_paragraph()


def _page_numbers(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("Trang ")
    _field(paragraph, "PAGE")
    paragraph.add_run("/")
    _field(paragraph, "NUMPAGES")


def _field(paragraph: Any, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    shown = OxmlElement("w:t")
    shown.text = "1"
    run.append(shown)
    field.append(run)
    paragraph._p.append(field)


_TABLE = (
    '<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>'
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + '</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="57" w:type="dxa"/>'
    '<w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>%s</w:tblGrid>'
)


def _row(
    texts: Sequence[str], widths: Sequence[int], aligned: Sequence[str], cut: str = "", *, repeated: bool = False
) -> str:
    """A row as XML."""
    look = f'<w:rPr>{f"<w:{cut}/>" if cut else ""}<w:sz w:val="20"/></w:rPr>'
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:jc w:val="{align}"/></w:pPr>'
        f'<w:r>{look}<w:t xml:space="preserve">{escape(composed(text))}</w:t></w:r></w:p></w:tc>'
        for text, width, align in zip(texts, widths, aligned, strict=True)
    )
    header = "<w:tblHeader/>" if repeated else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>{cells}</w:tr>"
