"""Pages as PNG pictures, drawn by PDFium and packed here: what people see behind the marks of a check."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

import pypdfium2 as pdfium

from connectors.conversion.checking.limits import MOST_PICTURES, PICTURE_WIDTH
from connectors.conversion.checking.pdf import opened

_MOST_PIXELS = 4_000_000


def pictures(content: bytes, pages: Iterable[int]) -> dict[int, bytes]:
    """PNG pictures of some pages, so many at most; Unreadable as `pdf.opened`."""
    document = opened(content)
    made: dict[int, bytes] = {}
    try:
        for number in sorted(set(pages))[:MOST_PICTURES]:
            if number < len(document):
                made[number] = _picture(document, number)
    finally:
        document.close()
    return made


def _picture(document: pdfium.PdfDocument, number: int) -> bytes:
    page = document[number]
    try:
        width, height = page.get_size()
        scale = min(PICTURE_WIDTH / max(width, 1.0), (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
        bitmap = page.render(scale=scale, rev_byteorder=True, no_smoothpath=False)
        try:
            return png(bitmap.width, bitmap.height, bitmap.stride, bitmap.n_channels, bytes(bitmap.buffer))
        finally:
            bitmap.close()
    finally:
        page.close()


def png(width: int, height: int, stride: int, channels: int, pixels: bytes) -> bytes:
    """Rows of pixels (grey, RGB or RGBA) as a PNG file."""
    row = width * channels
    rows = b"".join(b"\x00" + pixels[at : at + row] for at in range(0, height * stride, stride))
    colour = {1: 0, 3: 2, 4: 6}[channels]
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"".join(
        [b"\x89PNG\r\n\x1a\n", _chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(rows, 6)), _chunk(b"IEND", b"")]
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
