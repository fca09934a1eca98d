"""Sizes and paragraph styles of NĐ 30/2020, Phụ lục I."""

from __future__ import annotations

from dataclasses import dataclass

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle

from connectors.pdf_fields import MM
from connectors.pdf_fonts import Typeface

PAGE_WIDTH, PAGE_HEIGHT = A4
TOP = BOTTOM = 20 * MM
LEFT = 30 * MM
RIGHT = 18 * MM
TEXT_WIDTH = PAGE_WIDTH - LEFT - RIGHT
SMALL = 12.0
NORMAL = 13.0
BODY = 14.0
LEADING = 1.15
RED = (0.85, 0.05, 0.1)


@dataclass(frozen=True)
class Styles:
    """Every paragraph style a document needs, for one typeface."""

    face: Typeface

    def _style(self, cut: str, size: float, align: int, **more: float) -> ParagraphStyle:
        return ParagraphStyle(
            f"{cut}-{size}-{align}",
            fontName=cut,
            fontSize=size,
            leading=size * LEADING,
            alignment=align,
            splitLongWords=1,
            allowWidows=0,
            allowOrphans=0,
            **more,
        )

    def centred(self, size: float, *, bold: bool = False, italic: bool = False) -> ParagraphStyle:
        """A centred line: head of the page, kind and subject, signature block."""
        return self._style(self.cut(bold, italic), size, TA_CENTER)

    def heading(self) -> ParagraphStyle:
        """A line in capitals between paragraphs (“QUYẾT ĐỊNH:”)."""
        return self._style(self.face.bold, BODY, TA_CENTER, spaceBefore=4, spaceAfter=6)

    def cut(self, bold: bool = False, italic: bool = False) -> str:
        """The cut of the typeface that is bold, italic, both or neither."""
        if bold:
            return self.face.bold_italic if italic else self.face.bold
        return self.face.italic if italic else self.face.regular

    def paragraph(self, *, italic: bool = False) -> ParagraphStyle:
        """Body text: justified, first line indented by 1 cm, 6 points between paragraphs."""
        style = self._style(self.cut(False, italic), BODY, TA_JUSTIFY, firstLineIndent=10 * MM, spaceAfter=6)
        style.leading = BODY * 1.25
        return style

    def listed(self, size: float, *, indent: float = 0, hanging: float = 0) -> ParagraphStyle:
        """An entry of a list of recipients, hanging behind its dash."""
        return self._style(self.face.regular, size, TA_LEFT, leftIndent=indent + hanging, firstLineIndent=-hanging)

    def label(self) -> ParagraphStyle:
        """“Nơi nhận:” above the list."""
        return self._style(self.face.bold_italic, SMALL, TA_LEFT)
