"""A dossier as one PDF in order of time: the list of documents, then every document (SYS-4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import pypdfium2 as pdfium
from pypdf import PdfReader, PdfWriter
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from connectors.archive.contents import PARTS, Contents, Item, Original
from connectors.archive.metadata import said
from connectors.pdf_fields import MM
from connectors.pdf_fonts import Typeface, composed, typeface
from engine.documents.formats import PDF
from engine.errors import PermanentError

MOST_PAGES = 20_000
_WIDTHS = tuple(width * MM for width in (10, 30, 22, 74, 34, 14))
_TITLES = ("Số TT", "Số, ký hiệu", "Ngày tháng", "Tên loại và trích yếu nội dung", "Tác giả", "Trang")


def whole_pdf(contents: Contents, originals: Mapping[str, bytes], fonts: Path) -> bytes:
    """The index and the documents one after the other, with bookmarks.

    Pages are pictures of the originals: signatures are checked on the originals, which lie beside. What is no PDF, or
    none that opens, is stood for by a page that names it.
    """
    face = typeface(fonts)
    parts = [(item, original, _pages(original, originals, face)) for item, original in _files(contents)]
    writer = PdfWriter()
    starts: dict[int, int] = {}
    page, counted = 1, _length(_index(contents, {}, face))
    for item, _original, content in parts:
        starts.setdefault(item.entry.ordinal, counted + page)
        page += _length(content)
    if page > MOST_PAGES:
        raise PermanentError(f"Hồ sơ có {page} trang, quá mức {MOST_PAGES} trang của một bản PDF.")
    writer.append(BytesIO(_index(contents, starts, face)), outline_item="Mục lục văn bản", import_outline=False)
    for item, original, content in parts:
        name = f"{item.entry.ordinal}. {item.document.code or said(item)[:80]} ({PARTS[original.part]})"
        writer.append(BytesIO(content), outline_item=composed(name), import_outline=False)
    writer.add_metadata({"/Title": composed(f"{contents.dossier.notation} {contents.dossier.title}")})
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _files(contents: Contents) -> Iterator[tuple[Item, Original]]:
    for item in contents.items:
        for original in item.originals:
            yield item, original


def _length(content: bytes) -> int:
    return len(PdfReader(BytesIO(content)).pages)


def _pages(original: Original, originals: Mapping[str, bytes], face: Typeface) -> bytes:
    """The pages of a file with annotations and signatures drawn in; a page that names it when it has none."""
    if original.media_type == PDF:
        try:
            return _flat(originals[original.path])
        except (pdfium.PdfiumError, ValueError):
            return _named(original, "Tệp PDF này không mở được để ghép; xem tệp gốc trong gói.", face)
    return _named(original, "Tệp này không phải PDF; xem tệp gốc trong gói.", face)


def _flat(content: bytes) -> bytes:
    document = pdfium.PdfDocument(content)
    try:
        if not 0 < len(document) <= MOST_PAGES:
            raise ValueError
        if document.get_formtype() != pdfium.raw.FORMTYPE_NONE:
            document.init_forms()
            for page in document:
                page.flatten()
        target = pdfium.PdfDocument.new()
        try:
            target.import_pages(document)
            buffer = BytesIO()
            target.save(buffer)
        finally:
            target.close()
    finally:
        document.close()
    return buffer.getvalue()


def _named(original: Original, why: str, face: Typeface) -> bytes:
    look = _style(face)
    return _built([Paragraph(_text(original.name), _style(face, bold=True, size=14)), Spacer(1, 12),
                   Paragraph(_text(why), look), Paragraph(_text(f"{PARTS[original.part]}: {original.path}"), look),
                   Paragraph(_text(f"SHA-256: {original.sha256}"), look)])  # fmt: skip


def _index(contents: Contents, starts: Mapping[int, int], face: Typeface) -> bytes:
    row = contents.dossier
    middle, look = _style(face, bold=True, size=13, centred=True), _style(face)
    rows = [[Paragraph(_text(title), _style(face, bold=True, size=10)) for title in _TITLES]]
    for item in contents.items:
        document = item.document
        dated = document.issued_date.strftime("%d/%m/%Y") if document.issued_date else ""
        what = f"{document.type_name}: {said(item)}"
        start = starts.get(item.entry.ordinal, "")
        cells = (item.entry.ordinal, document.code or "", dated, what, document.organ_name, start)
        rows.append([Paragraph(_text(str(cell)), _style(face, size=10)) for cell in cells])
    table = LongTable(rows, colWidths=_WIDTHS, repeatRows=1)
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.4, (0, 0, 0)), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    period = f"Từ ngày {row.start_date:%d/%m/%Y} đến ngày {row.end_date:%d/%m/%Y}" if row.end_date else ""
    return _built([
        Paragraph(_text(contents.agency_name.upper()), middle), Spacer(1, 8),
        Paragraph("MỤC LỤC VĂN BẢN TRONG HỒ SƠ", _style(face, bold=True, size=15, centred=True)), Spacer(1, 6),
        Paragraph(_text(f"{row.notation}: {row.title}"), middle), Spacer(1, 4),
        Paragraph(_text(f"{period}. Thời hạn bảo quản: {contents.maintenance}. Người lập: {contents.keeper}."), look),
        Spacer(1, 8), table,
    ])  # fmt: skip


def _text(raw: str) -> str:
    return escape(composed(raw))


def _style(face: Typeface, *, bold: bool = False, size: float = 11, centred: bool = False) -> ParagraphStyle:
    return ParagraphStyle(
        f"text-{bold}-{size}-{centred}", fontName=face.bold if bold else face.regular, fontSize=size,
        leading=size * 1.3, alignment=TA_CENTER if centred else 0, wordWrap="LTR", splitLongWords=True,
    )  # fmt: skip


def _built(parts: list[object]) -> bytes:
    buffer = BytesIO()
    SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=15 * MM, rightMargin=11 * MM, topMargin=18 * MM, bottomMargin=15 * MM,
        invariant=1, lang="vi-VN",
    ).build(parts)  # fmt: skip
    return buffer.getvalue()
