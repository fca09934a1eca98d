"""Pages of a document as they were, with signature fields become part of the picture; counted, chosen, measured."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pypdfium2 as pdfium

from engine.errors import InvalidInput

_BROKEN = "Tệp văn bản không phải PDF mở được nên không sao được."
_SCALE = 0.5
_DARK = 150


def count(content: bytes) -> int:
    """How many pages a PDF has; InvalidInput when it can't be opened."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise InvalidInput(_BROKEN) from error
    try:
        return len(document)
    finally:
        document.close()


def copied(contents: Sequence[bytes], pages: Sequence[int] = ()) -> bytes:
    """All pages of some PDFs as one, or these pages (from 1) of the first; InvalidInput when there is no such page.

    Signatures stay visible and are no fields any more: no program takes the copy for the signed document.
    """
    made = pdfium.PdfDocument.new()
    try:
        for content in contents[:1] if pages else contents:
            _take(made, content, pages)
        buffer = BytesIO()
        made.save(buffer)
        return buffer.getvalue()
    finally:
        made.close()


def _take(made: pdfium.PdfDocument, content: bytes, pages: Sequence[int]) -> None:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise InvalidInput(_BROKEN) from error
    try:
        if (last := max(pages, default=0)) > len(document):
            raise InvalidInput(f"Văn bản chỉ có {len(document)} trang, không có trang {last}.")
        if document.get_formtype() != pdfium.raw.FORMTYPE_NONE:
            document.init_forms()
            for page in document:
                page.flatten()
        made.import_pages(document, [each - 1 for each in pages] or None)
    finally:
        document.close()


def free_below(content: bytes) -> float:
    """How much of the last page is white from its foot up, in points; 0 when it isn't upright A4."""
    document = pdfium.PdfDocument(content)
    try:
        page = document[len(document) - 1]
        width, height = (float(each) for each in page.get_size())
        if not (560 < width < 630 and 800 < height < 880):
            return 0
        image: Any = page.render(scale=_SCALE, grayscale=True).to_pil().convert("L")
        written = image.point(lambda value: 255 if value < _DARK else 0).getbbox()
        return height if written is None else height - float(written[3]) / _SCALE
    finally:
        document.close()
