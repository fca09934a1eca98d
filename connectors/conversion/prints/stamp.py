"""Dấu “ĐẾN” of 50 × 35 mm, alone and as a mark on the first page of a copy; the signed original is never touched."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject
from reportlab.pdfgen.canvas import Canvas

from connectors.pdf_fields import MM
from connectors.pdf_fonts import Typeface, composed, typeface
from engine.documents.prints.slip import STAMP_HEIGHT, STAMP_WIDTH, STAMP_WORD, Stamp
from engine.errors import InvalidInput

WIDTH, HEIGHT = STAMP_WIDTH * MM, STAMP_HEIGHT * MM
RED = (0.72, 0.05, 0.09)
CAPTION = "Bản để xem, in; văn bản gốc trên hệ thống không thay đổi."
_NAME_BAND, _MIDDLE = 8.5 * MM, 13.5 * MM
_GAP = 1.5 * MM


def stamp_pdf(stamp: Stamp, fonts: Path) -> bytes:
    """The stamp alone, on a page of exactly its size."""
    buffer = BytesIO()
    face = typeface(fonts)
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=1, initialFontName=face.regular)
    canvas.setTitle(f"Dấu đến số {stamp.number}")
    draw_stamp(canvas, stamp, face, 0, 0)
    canvas.save()
    return buffer.getvalue()


def draw_stamp(canvas: Any, stamp: Stamp, face: Typeface, x: float, y: float) -> None:
    """Draw the stamp with its lower left corner at (x, y): agency; ĐẾN with number and day; Chuyển; file."""
    inset = 0.4
    canvas.saveState()
    canvas.setStrokeColorRGB(*RED)
    canvas.setFillColorRGB(*RED)
    canvas.setLineWidth(0.8)
    canvas.rect(x + inset, y + inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)
    canvas.setLineWidth(0.5)
    first = y + HEIGHT - _NAME_BAND
    second = first - _MIDDLE
    canvas.line(x + inset, first, x + WIDTH - inset, first)
    canvas.line(x + inset, second, x + WIDTH - inset, second)
    split = x + 17 * MM
    canvas.line(split, first, split, second)
    _centred(canvas, face, stamp.agency_name.upper(), x, first, _NAME_BAND)
    canvas.setFont(face.bold, 16)
    canvas.drawCentredString((x + split) / 2, (first + second) / 2 - 5.5, STAMP_WORD)
    (number, day, forward, file) = stamp.lines
    half = _MIDDLE / 2
    for (label, content), foot in ((number, first - half), (day, second)):
        _filled(canvas, face, label, content, split + _GAP, foot + 5, x + WIDTH - _GAP)
    rest = (second - y) / 2
    for (label, content), foot in ((forward, second - rest), (file, y)):
        _filled(canvas, face, label, content, x + _GAP, foot + 6, x + WIDTH - _GAP)
    canvas.restoreState()


def _centred(canvas: Any, face: Typeface, name: str, x: float, foot: float, height: float) -> None:
    """The agency's name in one or two lines, as large as fits."""
    room = WIDTH - 2 * _GAP
    words = composed(name).split()
    for size in (9.0, 8.0, 7.0, 6.0, 5.0):
        lines = _wrapped(face, words, size, room)
        if len(lines) <= 2 and len(lines) * size * 1.15 <= height - 2:
            break
    baseline = foot + (height + len(lines) * size * 1.15) / 2 - size
    for line in lines[:2]:
        canvas.setFont(face.bold, size)
        canvas.drawCentredString(x + WIDTH / 2, baseline, line)
        baseline -= size * 1.15


def _wrapped(face: Typeface, words: list[str], size: float, room: float) -> list[str]:
    """One line when it fits, else two of about the same length."""
    whole = " ".join(words)
    if face.width(whole, size, face.bold) <= room or len(words) < 2:
        return [whole]
    pairs = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    best = min(pairs, key=lambda pair: max(face.width(line, size, face.bold) for line in pair))
    fits = all(face.width(line, size, face.bold) <= room for line in best)
    return list(best) if fits else [*best, ""]


def _filled(canvas: Any, face: Typeface, label: str, content: str, x: float, y: float, end: float) -> None:
    """“Số: 05” with dots where nothing is written; long contents get smaller, then are cut."""
    said = composed(f"{label}: ")
    canvas.setFont(face.regular, 9)
    canvas.drawString(x, y, said)
    start = x + face.width(said, 9)
    content = composed(content)
    for size in (10.0, 9.0, 8.0, 7.0, 6.0):
        if face.width(content, size, face.bold) <= end - start:
            break
    while content and face.width(content + "…", size, face.bold) > end - start + 2 and size <= 6:
        content = content[:-1]
    if content:
        canvas.setFont(face.bold, size)
        canvas.drawString(start, y, content)
    else:
        dots = int((end - start) / face.width(".", 9))
        canvas.drawString(start, y, "." * dots)


def stamped_copy(content: bytes, stamp: Stamp, fonts: Path) -> bytes:
    """A copy of a PDF with the stamp on its first page, in free space where there is some.

    Signature fields become part of the picture, so that no program takes the copy for a signed document. InvalidInput
    when it isn't a PDF that can be opened.
    """
    try:
        flat, place = _flattened(content)
    except pdfium.PdfiumError as error:
        raise InvalidInput("Tệp văn bản không phải PDF mở được, không đóng dấu đến lên bản xem được.") from error
    face = typeface(fonts)
    writer = PdfWriter(clone_from=PdfReader(BytesIO(flat)))
    writer.root_object.pop(NameObject("/AcroForm"), None)
    page = writer.pages[0]
    box = page.mediabox
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(float(box.width), float(box.height)), invariant=1, initialFontName=face.regular)
    x, y = place
    canvas.setFillGray(1)
    canvas.rect(x, y, WIDTH, HEIGHT, stroke=0, fill=1)
    draw_stamp(canvas, stamp, face, x, y)
    canvas.setFillGray(0.35)
    canvas.setFont(face.italic, 5.5)
    canvas.drawString(x, y - 6.5, CAPTION)
    canvas.save()
    page.merge_translated_page(PdfReader(BytesIO(buffer.getvalue())).pages[0], float(box.left), float(box.bottom))
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _flattened(content: bytes) -> tuple[bytes, tuple[float, float]]:
    """The PDF with its fields drawn into the pages, and where the stamp goes."""
    document = pdfium.PdfDocument(content)
    try:
        if document.get_formtype() != pdfium.raw.FORMTYPE_NONE:
            document.init_forms()
            for page in document:
                page.flatten()
        place = _free_place(document[0])
        buffer = BytesIO()
        document.save(buffer)
        return buffer.getvalue(), place
    finally:
        document.close()


def _free_place(page: Any) -> tuple[float, float]:
    """The first white rectangle of the stamp's size: below number and subject on the left, else on the right.

    The norm wants the stamp in the free space below the number (named documents) or the subject (công văn).
    """
    width, height = page.get_size()
    scale = 0.5
    image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    margin = 3
    box_width, box_height = int(WIDTH * scale) + 2 * margin, int(HEIGHT * scale) + 2 * margin
    for left, top in _candidates(image.width, image.height, box_width, box_height):
        part = image.crop((left, top, left + box_width, top + box_height))
        if part.getextrema()[0] > 240:
            x = (left + margin) / scale
            return x, height - (top + margin) / scale - HEIGHT
    return max(width - WIDTH - 8 * MM, 0), max(height - HEIGHT - 6 * MM, 0)


def _candidates(width: int, height: int, box_width: int, box_height: int) -> Iterator[tuple[int, int]]:
    """Places from the head of the page down to its half, the left side first."""
    for left in (int(width * 0.1), int(width * 0.04), width - box_width - int(width * 0.06), (width - box_width) // 2):
        for top in range(int(height * 0.09), height // 2, 4):
            if 0 <= left <= width - box_width and top + box_height <= height:
                yield left, top
