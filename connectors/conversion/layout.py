"""Lay out a draft as an administrative document of NĐ 30/2020 Phụ lục I, ready to be signed, numbered and sealed."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from reportlab.platypus import BaseDocTemplate, Frame, HRFlowable, KeepTogether, PageTemplate, Paragraph, Spacer

from connectors.conversion.components import Head, Marks, SignatureBlock, text
from connectors.conversion.draft import Draft
from connectors.conversion.styles import (
    BODY,
    BOTTOM,
    LEFT,
    NORMAL,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    RIGHT,
    TEXT_WIDTH,
    TOP,
    Styles,
)
from connectors.pdf_fields import DATE, MM, NUMBER, Box, Line, Places, add_fields, draw_lines, seal_beside
from connectors.pdf_fonts import Typeface, composed, typeface

RECIPIENTS_BESIDE = 18
"""More lines of recipients than this go on below the signature block, so that the block fits a page."""

_BASIS = re.compile(r"^(Căn cứ|Theo đề nghị|Xét đề nghị)\b.*[;.]$", re.DOTALL)
_ARTICLE = re.compile(r"^(Điều \d+[a-zđ]?\.)\s*(.*)$", re.DOTALL)


def render_draft(draft: Draft, fonts: Path) -> bytes:
    """The draft as a PDF 1.7 with embedded fonts and the four empty fields of `connectors.pdf_fields`.

    `fonts` holds the serif typeface (FontsMissing when it doesn't). Clauses: ND30-10, PL I (sections 5.6 and 5.7).
    """
    face = typeface(fonts)
    marks = Marks()
    page = _typeset(draft, Styles(face), marks)
    person = marks.boxes["person"]
    places = Places(marks.boxes["number"], marks.boxes["date"], person, seal_beside(person))
    return _with_fields(page, places, _placeholders(draft, places, face))


def render_excerpt(draft: Draft, code: str, dated: str, fonts: Path) -> bytes:
    """An excerpt with every component of the original (ND30-25): its number and date, “(Đã ký)” for its signature.

    A PDF without any fields; Errors as in `render_draft`.
    """
    face = typeface(fonts)
    marks = Marks()
    page = _typeset(draft, Styles(face), marks)
    said = {"number": (code, face.regular), "date": (dated, face.italic), "person": ("(Đã ký)", face.italic)}
    writer = copy_into_new_writer(PdfFileReader(BytesIO(page)))
    for name, (words, cut) in said.items():
        box = marks.boxes[name]
        # the signature's room is higher than a line: its words stand in its middle
        rows = [Line("", cut, NORMAL)] if name == "person" else []
        align = "center" if name == "person" else "left"
        drawn = draw_lines(box.width, box.height, [*rows, Line(words, cut, NORMAL, align)])
        _stamp(writer, box, drawn)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def _stamp(writer: Any, box: Box, drawn: bytes) -> None:
    """Paint a one-page PDF into a rectangle of a page."""
    name = pdf_name(f"/Said{box.page}x{round(box.x0)}y{round(box.y0)}")
    shown = writer.import_page_as_xobject(PdfFileReader(BytesIO(drawn)))
    resources = generic.DictionaryObject({pdf_name("/XObject"): generic.DictionaryObject({name: shown})})
    paint = generic.StreamObject(stream_data=f"q 1 0 0 1 {box.x0:.2f} {box.y0:.2f} cm {name} Do Q".encode())
    writer.add_stream_to_page(box.page, writer.add_object(paint), resources=resources)


def _placeholders(draft: Draft, places: Places, face: Typeface) -> dict[str, bytes]:
    """What number and date look like while they are empty: room for the figures, the rest in place."""
    gap = " " * 8
    number = Line(f"{gap}/{draft.notation}" if draft.notation else "", face.regular, NORMAL)
    # a figure is as wide as two spaces, so the words stay where they will be once the date is known
    date = Line(f"ngày {' ' * 4} tháng {' ' * 4} năm {draft.year or ''}", face.italic, NORMAL)
    return {
        NUMBER: draw_lines(places.number.width, places.number.height, [number]),
        DATE: draw_lines(places.date.width, places.date.height, [date]),
    }


def _with_fields(page: bytes, places: Places, shown: dict[str, bytes]) -> bytes:
    writer = copy_into_new_writer(PdfFileReader(BytesIO(page)))
    writer.root[pdf_name("/Lang")] = generic.pdf_string("vi-VN")
    add_fields(writer, places, shown)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def _typeset(draft: Draft, styles: Styles, marks: Marks) -> bytes:
    buffer = BytesIO()
    title = f"{draft.type_name}: {draft.subject}" if draft.subject else draft.type_name
    document = BaseDocTemplate(
        buffer,
        pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
        title=composed(title),
        author=composed(draft.agency_name),
        subject=composed(draft.subject),
        creator="Vanthu",
        invariant=1,
        lang="vi-VN",
        initialFontName=styles.face.regular,  # else every page names Helvetica, which isn't embedded
    )
    frame = Frame(
        LEFT,
        BOTTOM,
        TEXT_WIDTH,
        PAGE_HEIGHT - TOP - BOTTOM,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    document.addPageTemplates(PageTemplate("page", [frame], onPage=_page_number(styles.face)))
    document.build(_story(draft, styles, marks))
    return buffer.getvalue()


def _page_number(face: Typeface) -> Any:
    """Arabic figures, centred in the top margin, not on the first page (PL I.I.7)."""

    def draw(canvas: Any, document: Any) -> None:
        if document.page > 1:
            canvas.saveState()
            canvas.setFont(face.regular, NORMAL)
            canvas.drawCentredString(PAGE_WIDTH / 2 + (LEFT - RIGHT) / 2, PAGE_HEIGHT - 13 * MM, str(document.page))
            canvas.restoreState()

    return draw


def _story(draft: Draft, styles: Styles, marks: Marks) -> list[Any]:
    story: list[Any] = [Head(draft, styles, marks)]
    story += _addressees(draft, styles) if draft.is_letter else _title(draft, styles)
    body = [_paragraph(part, styles) for part in _paragraphs(draft.body)]
    if body and draft.is_letter and not draft.body.rstrip().endswith("./."):
        body[-1] = _paragraph(_closed(_paragraphs(draft.body)[-1]), styles)
    lines = _recipients(draft)
    block = SignatureBlock(draft, styles, marks, lines[:RECIPIENTS_BESIDE])
    # a page that holds only the signature would invite another text above it
    story += [*body[:-1], KeepTogether([*body[-1:], Spacer(0, 4), block])]
    story += [Paragraph(line, styles.listed(11, hanging=2.2 * MM)) for line in lines[RECIPIENTS_BESIDE:]]
    return story


def _title(draft: Draft, styles: Styles) -> list[Any]:
    """Kind and subject of a named document (box 5a), with a rule below."""
    subject = composed(draft.subject)
    width = min(styles.face.width(subject, BODY, styles.face.bold), TEXT_WIDTH) * 0.4
    return [
        Spacer(0, 8),
        Paragraph(text(draft.type_name.upper()), styles.centred(BODY, bold=True)),
        Paragraph(text(draft.subject), styles.centred(BODY, bold=True)),
        HRFlowable(width=max(width, 20 * MM), thickness=0.6, color="black", spaceBefore=3, spaceAfter=10),
    ]


def _addressees(draft: Draft, styles: Styles) -> list[Any]:
    """“Kính gửi” of a công văn (box 9a): on its line for one addressee, as a list for more."""
    names = [text(name.strip().rstrip(";.")) for name in draft.addressees if name.strip()]
    if not names:
        return [Spacer(0, 10)]
    if len(names) == 1:
        return [Spacer(0, 8), Paragraph(f"Kính gửi: {names[0]}", styles.centred(BODY)), Spacer(0, 10)]
    indent = 48 * MM
    lines = [
        Paragraph(f"- {name}{'.' if name is names[-1] else ';'}", styles.listed(BODY, indent=indent, hanging=3 * MM))
        for name in names
    ]
    label = Paragraph("Kính gửi:", styles.listed(BODY, indent=indent - 18 * MM))
    return [Spacer(0, 8), label, *lines, Spacer(0, 10)]


def _recipients(draft: Draft) -> list[str]:
    """Lines of “Nơi nhận”, ending with what is kept (box 9b)."""
    names = [name.strip().lstrip("- ").rstrip(";.") for name in draft.recipients if name.strip()]
    lines = [f"- {text(name)};" for name in names]
    return [*lines, f"- Lưu: {text(draft.kept.strip().rstrip('.'))}."] if draft.kept.strip() else lines


def _paragraphs(body: str) -> list[str]:
    return [line.strip() for line in composed(body).splitlines() if line.strip()]


def _closed(paragraph: str) -> str:
    """The last sentence of a công văn ends with “./.”, as agencies write it."""
    return paragraph.rstrip(" .") + "./."


def _paragraph(content: str, styles: Styles) -> Paragraph:
    """One paragraph of the body: legal basis in italics, “Điều 1.” bold, a line in capitals centred and bold."""
    if content.isupper() and len(content) <= 90:
        return Paragraph(text(content), styles.heading())
    if _BASIS.match(content):
        return Paragraph(text(content), styles.paragraph(italic=True))
    article = _ARTICLE.match(content)
    if article:
        return Paragraph(f"<b>{text(article[1])}</b> {text(article[2])}", styles.paragraph())
    return Paragraph(text(content), styles.paragraph())
