"""Phiếu giải quyết văn bản đến as PDF and as Word (ND30 PL IV.VII)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from reportlab.platypus import BaseDocTemplate, Frame, HRFlowable, PageTemplate, Paragraph, Spacer

from connectors.conversion.components import text
from connectors.conversion.prints import word
from connectors.conversion.styles import BOTTOM, LEFT, NORMAL, PAGE_HEIGHT, PAGE_WIDTH, TEXT_WIDTH, TOP, Styles
from connectors.pdf_fields import MM
from connectors.pdf_fonts import composed, typeface
from engine.documents.prints.slip import SLIP_TITLE, Slip

BLANK = "." * 60


def slip_pdf(slip: Slip, fonts: Path) -> bytes:
    """The slip on A4; what nobody has written yet is a dotted line to be filled in by hand."""
    styles = Styles(typeface(fonts))
    buffer = BytesIO()
    document = BaseDocTemplate(
        buffer, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), title=SLIP_TITLE, author=composed(slip.agency_name),
        creator="Vanthu", invariant=1, lang="vi-VN", initialFontName=styles.face.regular,
    )  # fmt: skip
    frame = Frame(LEFT, BOTTOM, TEXT_WIDTH, PAGE_HEIGHT - TOP - BOTTOM, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("page", [frame], onPage=_numbered(styles)))
    document.build(_story(slip, styles))
    return buffer.getvalue()


def _numbered(styles: Styles) -> Any:
    def draw(canvas: Any, document: Any) -> None:
        if document.page > 1:
            canvas.setFont(styles.face.regular, NORMAL)
            canvas.drawCentredString(PAGE_WIDTH / 2, PAGE_HEIGHT - 13 * MM, str(document.page))

    return draw


def _story(slip: Slip, styles: Styles) -> list[Any]:
    story: list[Any] = []
    if slip.parent_name:
        story.append(Paragraph(text(slip.parent_name.upper()), styles.centred(NORMAL)))
    story += [
        Paragraph(text(slip.agency_name.upper()), styles.centred(NORMAL, bold=True)),
        HRFlowable(width=30 * MM, thickness=0.6, color="black", spaceBefore=3, spaceAfter=14),
        Paragraph(SLIP_TITLE, styles.centred(15, bold=True)),
        Paragraph(text(slip.arrival), styles.centred(NORMAL, italic=True)),
        Spacer(0, 8),
        Paragraph(text(slip.about), styles.paragraph()),
        Spacer(0, 6),
    ]
    hanging = styles.listed(NORMAL, indent=6 * MM, hanging=3 * MM)
    hanging.leading, hanging.spaceAfter = NORMAL * 1.4, 4
    for part in slip.parts:
        story.append(Paragraph(f"<b>{text(part.heading)}</b>", styles.paragraph()))
        for label, written in part.lines:
            said = text(written).replace("\n", "<br/>") if written else BLANK
            story.append(Paragraph(f"- {text(label)}: {said}", hanging))
        story.append(Spacer(0, 8))
    return story


def slip_word(slip: Slip) -> bytes:
    """The slip as a Word file."""
    document = word.sheet_of_paper(SLIP_TITLE, slip.agency_name, wide=False)
    if slip.parent_name:
        word.line(document, slip.parent_name.upper(), centred=True)
    word.line(document, slip.agency_name.upper(), bold=True, centred=True)
    word.line(document, "")
    word.line(document, SLIP_TITLE, bold=True, size=15, centred=True)
    word.line(document, slip.arrival, italic=True, centred=True)
    word.line(document, "")
    word.line(document, slip.about)
    for part in slip.parts:
        word.line(document, "")
        word.line(document, part.heading, bold=True)
        for label, written in part.lines:
            word.line(document, f"- {label}: {written or BLANK}")
    return word.saved(document)
