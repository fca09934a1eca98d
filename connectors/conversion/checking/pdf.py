"""A PDF as the check of layout sees it: lines of letters with font, size, cut, colour and place; bounded, never run."""

from __future__ import annotations

import ctypes
import math
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from connectors.conversion.checking.limits import MOST_LETTERS, MOST_PAGES, SECONDS, Unreadable
from engine.drafts.layout.sheet import MM, Cut, Line, Page, Place, Sheet, side_of

_FLAG_ITALIC, _FLAG_BOLD = 1 << 6, 1 << 18
_APART = 1.5  # letters further apart than this many times their size belong to another column
_JOINED = 90.0  # what is left free for a number, at most


Look = tuple[str, float, bool, bool, tuple[int, int, int]]
"""Font, size, bold, italic, colour."""


@dataclass(frozen=True, slots=True)
class _Letter:
    """One letter as it stands on the page, measured from above."""

    sign: str
    left: float
    top: float
    right: float
    bottom: float
    base: float
    look: Look

    @property
    def size(self) -> float:
        """Its size in points."""
        return self.look[1]


def read_pdf(content: bytes, clock: Callable[[], float] = time.monotonic) -> Sheet:
    """The lines of a PDF, of so many pages and for so many seconds; Unreadable says why it can't be read at all."""
    until = clock() + SECONDS
    document = opened(content)
    try:
        count = len(document)
        pages: list[Page] = []
        lines: list[Line] = []
        partly = f"Chỉ kiểm tra {MOST_PAGES} trang đầu trong {count} trang." if count > MOST_PAGES else ""
        for number in range(min(count, MOST_PAGES)):
            if clock() > until:
                partly = f"Tệp phức tạp nên chỉ kiểm tra được {number} trang đầu."
                break
            page, found = _page(document, number)
            pages.append(page)
            lines += found
        return Sheet("pdf", tuple(pages), tuple(lines), partly=partly)
    finally:
        document.close()


def opened(content: bytes) -> Any:
    """The document, its form fields shown; Unreadable when it is damaged, or opens with a password only."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        locked = "password" in str(error).lower()
        said = "Tệp PDF có mật khẩu, không mở để kiểm tra được." if locked else "Tệp PDF hỏng, không mở được."
        raise Unreadable(said) from error
    try:
        if len(document) < 1:
            raise Unreadable("Tệp PDF không có trang nào.")
        document.init_forms()
    except pdfium.PdfiumError as error:
        document.close()
        raise Unreadable("Tệp PDF hỏng, không đọc được.") from error
    return document


def _page(document: Any, number: int) -> tuple[Page, list[Line]]:
    page = document[number]
    try:
        width, height = page.get_size()
        if document.formenv is not None:
            page.flatten()  # number and date of our own drafts are fields: seen only as part of the page
    finally:
        page.close()
    page = document[number]
    words = page.get_textpage()
    try:
        letters = _letters(words, height, page.get_mediabox())
    finally:
        words.close()
        page.close()
    lines = [_line(each, number, width) for each in _joined(_rows(letters))]
    lines.sort(key=lambda each: (round(each.place.top / 4), each.place.left))
    return _margins(width, height, lines), lines


def _letters(words: Any, height: float, box: tuple[float, float, float, float]) -> list[_Letter]:
    """Every letter of a page, up to a limit; broken ones are left out."""
    left, bottom = box[0], box[1]
    found: list[_Letter] = []
    reader = _Reader(words)
    for index in range(min(words.count_chars(), MOST_LETTERS)):
        code = raw.FPDFText_GetUnicode(words, index)
        if code == 0x20 and found and raw.FPDFText_IsGenerated(words, index):
            # PDFium sees a space that the file doesn't write; kerning may have left less than the eye would
            before = found[-1]
            found.append(_Letter(" ", before.right, before.top, before.right, before.bottom, before.base, before.look))
            continue
        if code in (0, 0xFFFE, 0xFFFF) or raw.FPDFText_IsGenerated(words, index):
            continue
        place = reader.box(index)
        if place is None:
            continue
        x0, y0, x1, y1, base = place
        top = bottom + height
        found.append(
            _Letter(chr(code) if code <= 0x10FFFF else "\ufffd", x0 - left, top - y1, x1 - left, top - y0,
                    top - base, reader.look(index))
        )  # fmt: skip
    return found


class _Reader:
    """Asks PDFium about single letters, with the same memory again and again."""

    def __init__(self, words: Any) -> None:
        self.words = words
        self.x0, self.x1, self.y0, self.y1 = (ctypes.c_double() for _ in range(4))
        self.x, self.y = ctypes.c_double(), ctypes.c_double()
        self.flags = ctypes.c_int()
        self.name = ctypes.create_string_buffer(128)
        self.colour = tuple(ctypes.c_uint() for _ in range(4))
        self.matrix = raw.FS_MATRIX()
        self.looks: dict[int, Look] = {}

    def box(self, index: int) -> tuple[float, float, float, float, float] | None:
        """Rectangle and base line of a letter, from below; None when it has none."""
        if not raw.FPDFText_GetCharBox(self.words, index, self.x0, self.x1, self.y0, self.y1):
            return None
        base = self.y0.value
        if raw.FPDFText_GetCharOrigin(self.words, index, self.x, self.y):
            base = self.y.value
        values = (self.x0.value, self.y0.value, self.x1.value, self.y1.value, base)
        return values if all(math.isfinite(each) and abs(each) < 1e5 for each in values) else None

    def look(self, index: int) -> Look:
        """Font, size as shown, bold, italic and colour of a letter; asked once per piece of text the file writes."""
        piece = raw.FPDFText_GetTextObject(self.words, index)
        key = ctypes.cast(piece, ctypes.c_void_p).value if piece else None
        if key is None:
            return self._look(index)
        known = self.looks.get(key)
        if known is None:
            known = self.looks[key] = self._look(index)
        return known

    def _look(self, index: int) -> Look:
        length = raw.FPDFText_GetFontInfo(self.words, index, self.name, len(self.name), self.flags)
        name = self.name.value.decode("utf-8", "replace") if 0 < length <= len(self.name) else ""
        size = raw.FPDFText_GetFontSize(self.words, index)
        if raw.FPDFText_GetMatrix(self.words, index, self.matrix):
            size *= math.hypot(self.matrix.c, self.matrix.d) or 1.0
        low = name.lower()
        bold = "bold" in low or raw.FPDFText_GetFontWeight(self.words, index) >= 600
        italic = "italic" in low or "oblique" in low or bool(self.flags.value & _FLAG_ITALIC)
        colour = (0, 0, 0)
        if raw.FPDFText_GetFillColor(self.words, index, *self.colour):
            colour = tuple(part.value for part in self.colour[:3])  # type: ignore[assignment]
        return _family(name), round(size, 1) if math.isfinite(size) else 0.0, bold, italic, colour


def _family(name: str) -> str:
    """A font's family as people call it: “TimesNewRomanPS-BoldMT” is Times New Roman."""
    base = name.split("+", 1)[1] if re.match(r"[A-Z]{6}\+", name) else name
    if re.match(r"times\s*new\s*roman", base, re.IGNORECASE):
        return "Times New Roman"
    return re.sub(r"[-,](bold|italic|regular|roman|oblique|medium).*$", "", base, flags=re.IGNORECASE)


def _rows(letters: list[_Letter]) -> list[list[_Letter]]:
    """Letters that follow each other on one line, in the order the file writes them; spaces keep them together."""
    rows: list[list[_Letter]] = []
    for each in letters:
        last = rows[-1][-1] if rows else None
        size = max(each.size, 4.0)
        if (
            last is None
            or abs(each.base - last.base) > size * 0.4
            or each.left < last.left - size
            or each.left - last.right > size * _APART
        ):
            rows.append([each])
        else:
            rows[-1].append(each)
    return [row for row in rows if any(not each.sign.isspace() for each in row)]


def _joined(rows: list[list[_Letter]]) -> list[list[_Letter]]:
    """Rows on one line that are one: “Số:” and what comes after the gap for the number, words of one font nearby."""
    rows = sorted(rows, key=lambda row: (round(row[0].base / 3), row[0].left))
    found: list[list[_Letter]] = []
    for row in rows:
        last = found[-1] if found else None
        if last is not None and abs(last[-1].base - row[0].base) < 3:
            gap = row[0].left - _end(last)
            size = max(row[0].size, 4.0)
            if -size < gap < size * 0.9 or (gap < _JOINED and _left_open(_said(last), _said(row))):
                found[-1] = last + row
                continue
        found.append(row)
    return found


def _end(row: list[_Letter]) -> float:
    return max(each.right for each in row)


def _left_open(before: str, after: str) -> bool:
    """Whether a gap between two texts is one that is to be filled in by hand."""
    return bool(
        (re.fullmatch(r"\s*Số\s*:?[\s.…]*", before) and re.match(r"\s*[\d/]", after))
        or (re.search(r"ngày[\s.…]*$", before) and re.match(r"\s*(\d|tháng)", after))
        or (re.search(r"tháng[\s.…]*$", before) and re.match(r"\s*(\d|năm)", after))
    )


def _said(row: list[_Letter]) -> str:
    """The text of a row, with a space where letters stand apart."""
    parts: list[str] = []
    last: _Letter | None = None
    for each in row:
        apart = last is not None and each.left - last.right > max(each.size, 4.0) * 0.22
        if apart and last is not None and not each.sign.isspace() and not last.sign.isspace():
            parts.append(" ")
        parts.append(" " if each.sign.isspace() else each.sign)
        last = each
    return "".join(parts)


def _line(row: list[_Letter], number: int, width: float) -> Line:
    seen = [each for each in row if not each.sign.isspace()]
    place = Place(
        number, min(e.left for e in seen), min(e.top for e in seen), max(e.right for e in seen),
        max(e.bottom for e in seen),
    )  # fmt: skip
    looks = Counter(each.look for each in seen)
    cuts = tuple(Cut(count, *look) for look, count in looks.most_common(8))
    return Line(_said(row).strip(), place, cuts, side_of(place, width))


def _margins(width: float, height: float, lines: list[Line]) -> Page:
    """The margins around the text, page numbers left aside; right and bottom only where text comes near."""
    body = [e for e in lines if not (re.fullmatch(r"[-–\s]*\d{1,4}[-–\s]*", e.text) and _outside(e.place, height))]
    if not body:
        return Page(width, height)
    left = min(each.place.left for each in body)
    right = width - max(each.place.right for each in body)
    top = min(each.place.top for each in body)
    bottom = height - max(each.place.bottom for each in body)
    return Page(width, height, top, right, bottom, left if left < 60 * MM else None)


def _outside(place: Place, height: float) -> bool:
    return place.bottom < height * 0.085 or place.top > height * 0.915
