"""The foot of a copy on paper (NĐ 30/2020, PL I, part II): under the copied text, below a line across the page."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from connectors.conversion.components import LEFT_COLUMN, RIGHT_COLUMN, Column, Marks, SignatureBlock, text
from connectors.conversion.copies.pages import free_below
from connectors.conversion.draft import Draft
from connectors.conversion.styles import BOTTOM, LEFT, NORMAL, PAGE_HEIGHT, PAGE_WIDTH, SMALL, TEXT_WIDTH, TOP, Styles
from connectors.pdf_fields import MM
from connectors.pdf_fonts import composed, typeface

GAP = 6 * MM


@dataclass(frozen=True, slots=True)
class Foot:
    """What the foot says: kind of copy, agency, number and notation, place and day, who signs, who gets it."""

    kind: str
    agency_name: str
    parent_name: str
    code: str
    dated: str
    capacity: str
    signer_position: str
    signer_name: str
    recipients: tuple[str, ...]
    kept: str = "VT"


def with_foot(content: bytes | None, foot: Foot, fonts: Path) -> bytes:
    """The copied pages with the foot under the last text where it fits, else on a page of its own.

    Without pages (the original is on paper only) the foot alone, to be printed under or behind the photocopy.
    """
    styles = Styles(typeface(fonts))
    head, block = _head(foot, styles), _block(foot, styles)
    _, high = block.wrap(TEXT_WIDTH, PAGE_HEIGHT)
    needed = head.height + 4 * MM + high
    free = free_below(content) if content is not None else 0
    fits = free - BOTTOM - GAP >= needed
    top = free - GAP if fits else PAGE_HEIGHT - TOP
    drawn = _drawn(head, block, top, high, styles)
    writer = PdfWriter(clone_from=PdfReader(BytesIO(content))) if content is not None else PdfWriter()
    page = PdfReader(BytesIO(drawn)).pages[0]
    if fits:
        writer.pages[-1].merge_page(page)
    else:
        writer.add_page(page)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _head(foot: Foot, styles: Styles) -> _Two:
    left, right = Column(LEFT_COLUMN), Column(RIGHT_COLUMN)
    if foot.parent_name:
        left.add(text(foot.parent_name.upper()), styles.centred(SMALL))
    left.add(text(foot.agency_name.upper()), styles.centred(NORMAL, bold=True))
    name = min(styles.face.width(foot.agency_name.upper(), NORMAL, styles.face.bold), LEFT_COLUMN)
    left.rule(max(name * 0.4, 16 * MM))
    right.add(text(foot.kind.upper()), styles.centred(NORMAL, bold=True))
    shared = max(left.height, right.height) + 5
    left.add(f"Số: {text(foot.code)}", styles.centred(NORMAL), gap=shared - left.height)
    right.add(text(foot.dated), styles.centred(NORMAL, italic=True), gap=shared - right.height)
    return _Two(left, right)


@dataclass(frozen=True, slots=True)
class _Two:
    left: Column
    right: Column

    @property
    def height(self) -> float:
        return max(self.left.height, self.right.height) + 3 * MM


def _block(foot: Foot, styles: Styles) -> SignatureBlock:
    said = Draft(
        agency_name=foot.agency_name, place="", subject="", body="", signer_position=foot.signer_position,
        signer_name=foot.signer_name, capacity=foot.capacity,
    )  # fmt: skip
    lines = [f"- {text(each)};" for each in foot.recipients] + [f"- Lưu: {text(foot.kept)}."]
    return SignatureBlock(said, styles, Marks(), lines)


def _drawn(head: _Two, block: Any, top: float, high: float, styles: Styles) -> bytes:
    """One page with the line across the text, the head, the block of the signature, from `top` down."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, initialFontName=styles.face.regular)
    canvas.setTitle(composed("Bản sao"))
    canvas.setLineWidth(0.7)
    canvas.line(LEFT, top, LEFT + TEXT_WIDTH, top)
    below = top - 3 * MM
    head.left.draw(canvas, LEFT, below)
    head.right.draw(canvas, LEFT + LEFT_COLUMN, below)
    block.drawOn(canvas, LEFT, top - head.height - 4 * MM - high)
    canvas.save()
    return buffer.getvalue()
