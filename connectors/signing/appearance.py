"""What a signature looks like on the page (NĐ 30/2020, Phụ lục I): drawn as one-page PDFs with transparent ground."""

from __future__ import annotations

import math
from collections.abc import Callable
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.stamp import StaticStampStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from connectors.pdf_fields import MM, SEAL, Line, draw_lines
from connectors.pdf_fonts import Typeface, composed

BLUE = (0.05, 0.16, 0.62)
RED = (0.85, 0.07, 0.1)
NOTE = "THỬ NGHIỆM"
ANNEX_SIZE = 10
ANNEX_WIDTH, ANNEX_HEIGHT = 62 * MM, 10 * MM


class Picture(PdfContent):  # type: ignore[misc,unused-ignore]
    """The one page of a PDF held in memory, as content of a stamp."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        """Import the page into the file being written and paint it."""
        drawn = self._ensure_writer.import_page_as_xobject(PdfFileReader(BytesIO(self._pdf)))
        x0, y0, x1, y1 = drawn.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(x1 - x0), height=abs(y1 - y0))
        self.resources.xobject["/Drawn"] = drawn
        return b"/Drawn Do"


def stamp(pdf: bytes) -> StaticStampStyle:
    """The one-page PDF as the look of a signature field, filling it."""
    # pyHanko's own text layout spaces letters of 2048-unit fonts twice too wide; a drawn page is right
    middle = AxisAlignment.ALIGN_MID
    fill = SimpleBoxLayoutRule(x_align=middle, y_align=middle, margins=Margins(0, 0, 0, 0))
    return StaticStampStyle(border_width=0, background=Picture(pdf), background_layout=fill, background_opacity=1.0)


def draw_person(name: str, face: Typeface, width: float, height: float, image: bytes | None = None) -> bytes:
    """Box 7c: the image of the signature, blue; without one, the given name in a slanted hand, marked as a test."""

    def paint(canvas: Any) -> None:
        if image is not None:
            _place_image(canvas, image, width, height)
            return
        canvas.setFillColorRGB(*BLUE)
        canvas.setStrokeColorRGB(*BLUE)
        given = composed(name).split()[-1] if name.split() else ""
        size = min(height * 0.62, width * 0.78 / max(face.width(given, 1, face.bold_italic), 0.1))
        canvas.saveState()
        canvas.transform(1, 0.12, 0.28, 1, width * 0.1, height * 0.34)
        canvas.setFont(face.bold_italic, size)
        canvas.drawString(0, 0, given)
        canvas.restoreState()
        _flourish(canvas, width, height)
        canvas.setFont(face.italic, 6)
        canvas.drawRightString(width - 1, 1.5, f"{composed(name)} – chữ ký {NOTE.lower()}")

    return _drawn(width, height, face, paint)


def _flourish(canvas: Any, width: float, height: float) -> None:
    path = canvas.beginPath()
    path.moveTo(width * 0.02, height * 0.34)
    path.curveTo(width * 0.3, height * 0.06, width * 0.62, height * 0.3, width * 0.97, height * 0.46)
    path.curveTo(width * 0.7, height * 0.36, width * 0.45, height * 0.2, width * 0.3, height * 0.14)
    canvas.setLineWidth(1.1)
    canvas.setLineCap(1)
    canvas.drawPath(path)


def draw_seal(agency: str, face: Typeface, image: bytes | None = None) -> bytes:
    """Box 8: the red seal in its real size, 36 mm; without an image, a plain round one that says it is a test."""

    def paint(canvas: Any) -> None:
        if image is not None:
            _place_image(canvas, image, SEAL, SEAL)
            return
        canvas.setFillColorRGB(*RED, alpha=0.88)
        canvas.setStrokeColorRGB(*RED, alpha=0.88)
        middle = SEAL / 2
        for radius, line in ((middle - 1, 1.8), (middle - 4, 0.6), (middle * 0.62, 0.7)):
            canvas.setLineWidth(line)
            canvas.circle(middle, middle, radius)
        _star(canvas, middle, middle + 3.5, middle * 0.26)
        canvas.setFont(face.bold, 6.8)
        canvas.drawCentredString(middle, middle - 16, NOTE)
        _around(canvas, composed(agency).upper(), face, middle, middle * 0.72)

    return _drawn(SEAL, SEAL, face, paint)


def _star(canvas: Any, x: float, y: float, radius: float) -> None:
    path = canvas.beginPath()
    for i in range(10):
        angle = math.pi / 2 + i * math.pi / 5
        reach = radius if i % 2 == 0 else radius * 0.382
        point = (x + reach * math.cos(angle), y + reach * math.sin(angle))
        path.lineTo(*point) if i else path.moveTo(*point)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _around(canvas: Any, text: str, face: Typeface, middle: float, radius: float) -> None:
    """Letters along the upper arc, from left to right; smaller when the name is long."""
    longest = 1.72 * math.pi * radius
    size = min(9.5, longest / max(face.width(text, 1, face.bold) * 1.06, 0.1))
    step = size * 0.06
    total = sum(face.width(c, size, face.bold) + step for c in text)
    angle = math.pi / 2 + total / radius / 2
    canvas.setFont(face.bold, size)
    for letter in text:
        wide = face.width(letter, size, face.bold) + step
        angle -= wide / radius / 2
        canvas.saveState()
        canvas.translate(middle + radius * math.cos(angle), middle + radius * math.sin(angle))
        canvas.rotate(math.degrees(angle) - 90)
        canvas.drawCentredString(0, 0, letter)
        canvas.restoreState()
        angle -= wide / radius / 2


def draw_annex(lines: list[str], face: Typeface) -> bytes:
    """Separate attachments: text only, regular, 10 pt, black, top right of page 1 (PL I, facts 5.7)."""
    return _draw_text(lines, face, ANNEX_WIDTH, ANNEX_HEIGHT)


def draw_copy(lines: list[str], face: Typeface) -> tuple[float, float, bytes]:
    """Digitised copies, as attachments (PL I, box 14): width and height that the lines need, and the text."""
    width = max(face.width(line, ANNEX_SIZE, face.regular) for line in lines) + 2
    height = len(lines) * ANNEX_SIZE * 1.15 + 2
    return width, height, _draw_text(lines, face, width, height)


def _draw_text(lines: list[str], face: Typeface, width: float, height: float) -> bytes:
    return draw_lines(width, height, [Line(line, face.regular, ANNEX_SIZE, "right") for line in lines])


def _place_image(canvas: Any, image: bytes, width: float, height: float) -> None:
    canvas.drawImage(
        ImageReader(BytesIO(image)), 0, 0, width, height, mask="auto", preserveAspectRatio=True, anchor="c"
    )


def _drawn(width: float, height: float, face: Typeface, paint: Callable[[Any], None]) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(width, height), pdfVersion=(1, 7), invariant=1, initialFontName=face.regular)
    paint(canvas)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()
