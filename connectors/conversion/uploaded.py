"""Make a PDF that somebody uploaded ready to be signed, numbered and sealed: add the four fields where they belong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pypdfium2 as pdfium
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.misc import FormFillingError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign.fields import enumerate_sig_fields

from connectors.pdf_fields import (
    AGENCY,
    DATE,
    MM,
    NUMBER,
    PERSON,
    Box,
    Places,
    add_fields,
    draw_lines,
    find_field,
    seal_beside,
)
from engine.errors import InvalidInput, PlatformError

SIGNATURE_WIDTH, SIGNATURE_HEIGHT = 56 * MM, 27 * MM
_LINE = 16.0
_MARGIN = 20 * MM
_BLANK = r"[ \u00a0.…_]*"
_DATE = re.compile(rf"ngày{_BLANK}\d{{0,2}}{_BLANK}tháng{_BLANK}\d{{0,2}}{_BLANK}năm{_BLANK}\d{{0,4}}")
_NUMBER = re.compile(r"Số[ \u00a0]?:")


@dataclass(frozen=True, slots=True)
class _Text:
    """The characters of a page and where each stands."""

    page: int
    width: float
    height: float
    characters: str
    boxes: Any

    def box(self, start: int, end: int) -> tuple[float, float, float, float] | None:
        """Rectangle around characters start … end, None when they have no extent."""
        found = [self.boxes(i) for i in range(start, end) if not self.characters[i].isspace()]
        found = [b for b in found if b[2] > b[0]]
        if not found:
            return None
        return min(b[0] for b in found), min(b[1] for b in found), max(b[2] for b in found), max(b[3] for b in found)


def prepare_uploaded(pdf: bytes, *, signer_name: str = "", reserve: float = 45 * MM) -> bytes:
    """Return the PDF with the four empty fields; unchanged when it has them already.

    Number and date go where “Số:” and “ngày … tháng … năm …” stand at the top of page 1, else to the top corners; the
    signatures above the signer's name on the last page, else `reserve` above its foot. Scripts and automatic actions
    are taken out. InvalidInput for what can't be prepared: not a PDF, encrypted, signed already, dynamic forms.
    """
    try:
        return _prepared(pdf, signer_name, reserve)
    except PlatformError:
        raise
    except Exception as error:  # whatever a broken file makes the parsers raise means the same to the person
        raise InvalidInput("Tệp không phải là PDF hợp lệ hoặc đã hỏng nên không thể trình ký.") from error


def _prepared(pdf: bytes, signer_name: str, reserve: float) -> bytes:
    reader = _read(pdf)
    if _has_fields(reader):
        return pdf
    places = _places(pdf, signer_name, reserve)
    writer = copy_into_new_writer(reader)
    _disarm(writer.root)
    white = {n: draw_lines(b.width, b.height, ()) for n, b in ((NUMBER, places.number), (DATE, places.date))}
    add_fields(writer, places, white)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def _read(pdf: bytes) -> PdfFileReader:
    reader = PdfFileReader(BytesIO(pdf))
    if reader.encrypted:
        raise InvalidInput("Tệp PDF có mật khẩu bảo vệ; hãy tải lên tệp không đặt mật khẩu.")
    if any(True for _ in enumerate_sig_fields(reader, filled_status=True)):
        raise InvalidInput("Tệp PDF đã có chữ ký số; không thể thêm vị trí số, ngày mà không làm hỏng chữ ký.")
    if "/AcroForm" in reader.root and "/XFA" in reader.root["/AcroForm"]:
        raise InvalidInput("Tệp PDF dùng biểu mẫu động (XFA), không dùng làm văn bản điện tử được.")
    if int(reader.root["/Pages"]["/Count"]) < 1:
        raise InvalidInput("Tệp PDF không có trang nào.")
    return reader


def _has_fields(reader: PdfFileReader) -> bool:
    kinds = [(NUMBER, "/Tx"), (DATE, "/Tx"), (PERSON, "/Sig"), (AGENCY, "/Sig")]
    try:
        found = [find_field(reader, name, kind) for name, kind in kinds]
    except FormFillingError as error:
        raise InvalidInput("Tệp PDF có biểu mẫu trùng tên với các ô số, ngày, chữ ký của hệ thống.") from error
    if not any(found):
        return False
    if not all(found) or any("/V" in f for f in found if f is not None):
        raise InvalidInput("Tệp PDF đã có sẵn một phần các ô số, ngày, chữ ký; hãy tải lên bản chưa có biểu mẫu.")
    return True


def _disarm(root: Any) -> None:
    """Take out what a viewer would do by itself on opening the file."""
    for key in ("/OpenAction", "/AA"):
        if key in root:
            del root[pdf_name(key)]
    if "/Names" in root and "/JavaScript" in root["/Names"]:
        del root["/Names"][pdf_name("/JavaScript")]


def _places(pdf: bytes, signer_name: str, reserve: float) -> Places:
    document = pdfium.PdfDocument(pdf)
    try:
        first, last = _text(document, 0), _text(document, len(document) - 1)
        person = _person_box(last, signer_name, reserve)
        number, date = _number_box(first), _date_box(first)
    finally:
        document.close()
    return Places(number, date, person, seal_beside(person))


def _text(document: Any, index: int) -> _Text:
    page = document[index]
    width, height = page.get_size()
    reading = page.get_textpage()
    count = reading.count_chars()
    characters = "".join(reading.get_text_range(i, 1)[:1] or " " for i in range(min(count, 20_000)))
    return _Text(index, width, height, characters, lambda i: reading.get_charbox(i))


def _number_box(page: _Text) -> Box:
    for match in _NUMBER.finditer(page.characters):
        box = page.box(match.start(), match.end())
        if box and box[1] > page.height * 0.6 and box[0] < page.width / 2:
            return Box(page.page, box[2] + 3, box[1] - 4.6, max(page.width * 0.46, box[2] + 60), box[1] - 4.6 + _LINE)
    top = page.height - _MARGIN
    return Box(page.page, _MARGIN, top - _LINE, _MARGIN + 50 * MM, top)


def _date_box(page: _Text) -> Box:
    for match in _DATE.finditer(page.characters):
        box = page.box(match.start(), match.end())
        if box and box[1] > page.height * 0.6 and box[2] > page.width / 2:
            return Box(page.page, box[0], box[1] - 2, max(box[2], box[0] + 155), box[1] - 2 + _LINE)
    top, right = page.height - _MARGIN, page.width - _MARGIN
    return Box(page.page, right - 155, top - _LINE, right, top)


def _person_box(page: _Text, name: str, reserve: float) -> Box:
    found = page.characters.rfind(name) if name.strip() else -1
    box = page.box(found, found + len(name)) if found >= 0 else None
    if box and box[3] + SIGNATURE_HEIGHT < page.height:
        middle, foot = (box[0] + box[2]) / 2, box[3] + 3
    else:
        middle, foot = page.width - _MARGIN - SIGNATURE_WIDTH / 2, reserve
    left = min(max(middle - SIGNATURE_WIDTH / 2, 18 * MM), page.width - SIGNATURE_WIDTH)
    return Box(page.page, left, foot, left + SIGNATURE_WIDTH, foot + SIGNATURE_HEIGHT)
