"""The standard template of every kind: a Word file laid out by NĐ 30/2020 PL I, with fields to be filled in."""

from __future__ import annotations

from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from connectors.conversion.components import MOTTO, NATION
from connectors.conversion.prints.word import saved
from engine.documents import kinds

FONT = "Times New Roman"
HEAD, FOOT = (68, 94), (80, 82)  # widths of the columns in millimetres
_CENTRE = WD_ALIGN_PARAGRAPH.CENTER
WITH_ADDRESSEES = frozenset({"Công văn", "Thư công", "Tờ trình"})
"""Kinds that say to whom they go above their text (PL I.II.9.a)."""


def standard_template(type_name: str) -> bytes:
    """The Word file for a kind, with fields of `engine.drafts.fields` (ND30-8, PL I, PL III)."""
    document = docx.Document()
    _paper(document, type_name)
    letter = type_name == kinds.OFFICIAL_LETTER
    _head(document, letter)
    if not letter:
        _line(document, "[[TÊN LOẠI]]", 14, bold=True, before=10)
        _line(document, "[[Trích yếu]]", 14, bold=True)
        _rule(document, 55)
    if type_name in WITH_ADDRESSEES:
        _line(document, "", 6)
        _line(document, "[[Kính gửi]]", 14, before=2, after=2)
    _line(document, "", 6)
    body = _line(document, "[[Nội dung]]", 14, align=WD_ALIGN_PARAGRAPH.JUSTIFY, after=6)
    body.paragraph_format.first_line_indent = Mm(10)
    body.paragraph_format.line_spacing = 1.15
    _foot(document)
    return saved(document)


def _paper(document: Any, type_name: str) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.language = f"Mẫu {type_name.lower()}", "", "vi-VN"
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(14)
    for name in ("eastAsia", "cs", "hAnsi"):
        style.element.rPr.rFonts.set(qn(f"w:{name}"), FONT)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    style.paragraph_format.line_spacing = 1.0
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(18)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True  # the number isn't shown on page 1 (PL I.I.7)
    number = section.header.paragraphs[0]
    number.style, number.alignment = style, _CENTRE
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = number.add_run("2")
    run.font.size = Pt(13)
    field.append(run._r)
    number._p.append(field)


def _head(document: Any, letter: bool) -> None:
    """Boxes 1 to 4 and 5b: agency and number on the left, national title and date on the right."""
    table = _columns(document, HEAD, 3 if letter else 2)
    left, right = table.rows[0].cells
    _line(left, "[[CƠ QUAN CHỦ QUẢN]]", 12, first=True)
    _line(left, "[[TÊN CƠ QUAN]]", 13, bold=True)
    _rule(left, 22)
    _line(right, NATION, 12, bold=True, first=True)
    _line(right, MOTTO, 13, bold=True)
    _rule(right, 17)
    number, date = table.rows[1].cells
    _line(number, "Số: [[Số]]/[[Ký hiệu]]", 13, first=True)
    _line(date, "[[Địa danh]], ngày      tháng      năm [[Năm]]", 13, italic=True, first=True)
    if letter:
        _line(table.rows[2].cells[0], "V/v [[Trích yếu]]", 12, first=True, before=4)


def _foot(document: Any) -> None:
    """Boxes 7a, 7b and 9b: recipients on the left, the signer on the right."""
    table = _columns(document, FOOT, 1)
    properties = OxmlElement("w:cantSplit")
    table.rows[0]._tr.get_or_add_trPr().append(properties)
    left, right = table.rows[0].cells
    _line(left, "Nơi nhận:", 12, bold=True, italic=True, first=True, align=WD_ALIGN_PARAGRAPH.LEFT)
    _line(left, "- [[Nơi nhận]];", 11, align=WD_ALIGN_PARAGRAPH.LEFT)
    _line(left, "- Lưu: [[Lưu]].", 11, align=WD_ALIGN_PARAGRAPH.LEFT)
    _line(right, "[[QUYỀN HẠN]]", 13, bold=True, first=True)
    _line(right, "[[CHỨC VỤ]]", 13, bold=True)
    for _ in range(4):
        _line(right, "", 14)
    _line(right, "[[Họ tên]]", 14, bold=True)


def _columns(document: Any, widths: tuple[int, int], rows: int) -> Any:
    table = document.add_table(rows=rows, cols=2)
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    return table


def _line(
    parent: Any, text: str, size: float, *, bold: bool = False, italic: bool = False, first: bool = False,
    align: Any = _CENTRE, before: float = 0, after: float = 0,
) -> Any:  # fmt: skip
    """A paragraph; `first` takes the empty one that every cell begins with."""
    paragraph = parent.paragraphs[0] if first else parent.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size, run.font.name = bold, italic, Pt(size), FONT
    return paragraph


def _rule(parent: Any, inset: float) -> None:
    """A thin line below what stands above, `inset` millimetres in from both sides (PL I.II.1, II.2, II.5)."""
    paragraph = parent.add_paragraph()
    spacing = paragraph.paragraph_format
    spacing.left_indent = spacing.right_indent = Mm(inset)
    spacing.space_after = Pt(6)
    spacing.line_spacing = Pt(4)
    border = OxmlElement("w:pBdr")
    top = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    border.append(top)
    paragraph._p.get_or_add_pPr().insert_element_before(
        border, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )
