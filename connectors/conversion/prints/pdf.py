"""A book as PDF: cover, columns with their numbers on every page, page x of y; quick enough for 20,000 rows.

ReportLab's own tables measure every cell several times; here a row is broken into lines once and drawn as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from connectors.pdf_fields import MM
from connectors.pdf_fonts import Typeface, composed, typeface
from engine.documents.prints.book import Book
from engine.documents.prints.forms import SIGN_HERE
from engine.documents.prints.rows import Row, Tally

WIDTH, HEIGHT = landscape(A4)
LEFT, RIGHT, TOP, BOTTOM = 15 * MM, 10 * MM, 18 * MM, 14 * MM
SIZE, LEADING, PADDING = 9.0, 11.0, 2.5
ROOM = WIDTH - LEFT - RIGHT
RULE = 0.4

Told = Callable[[int], None]


def write_pdf(book: Book, rows: Iterable[Row], tally: Tally, fonts: Path, told: Told = lambda _: None) -> bytes:
    """The book as PDF with embedded fonts; `told` hears how many rows are set. FontsMissing without the typeface."""
    press = _Press(book, typeface(fonts))
    for number, row in enumerate(rows, 1):
        press.set(row)
        if number % 500 == 0:
            told(number)
    return press.print(tally.said())


@dataclass
class _Press:
    """Sets rows into pages, then prints the pages."""

    book: Book
    face: Typeface
    pages: list[list[tuple[list[list[str]], float]]] = field(default_factory=list)
    left: float = 0.0
    _widths: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        share = ROOM / sum(column.width for column in self.book.form.columns)
        self.columns = [(column, column.width * share) for column in self.book.form.columns]
        self.head = [self.broken(column.title, width, bold=True) for column, width in self.columns]
        self.head_height = max(map(len, self.head)) * LEADING + 2 * PADDING
        self.numbers_height = LEADING + 2
        self.body = HEIGHT - TOP - BOTTOM - self.head_height - self.numbers_height
        self.title = [] if self.book.form.with_cover else _title(self.book, self.face)
        self.title_height = sum(leading for _, _, _, leading in self.title)

    def set(self, row: Row) -> None:
        """Break a row into lines and put it on the page; one longer than a page goes on on the next."""
        cells = [self.broken(text, width) for text, (_, width) in zip(row, self.columns, strict=True)]
        fitting = int((self.body - self.title_height - 2 * PADDING) // LEADING)
        while cells:
            part = [cell[:fitting] for cell in cells]
            self._place(part)
            cells = [cell[fitting:] for cell in cells] if max(map(len, cells)) > fitting else []

    def _place(self, cells: list[list[str]]) -> None:
        height = max(1, *map(len, cells)) * LEADING + 2 * PADDING
        if not self.pages or height > self.left:
            self.left = self.body - (0 if self.pages else self.title_height)
            self.pages.append([])
        self.pages[-1].append((cells, height))
        self.left -= height

    def broken(self, text: str, width: float, *, bold: bool = False) -> list[str]:
        """Text in lines no wider than a cell; a word that is too wide is cut."""
        room = width - 2 * PADDING
        found: list[str] = []
        for paragraph in composed(text).split("\n"):
            line, used = "", 0.0
            for word in paragraph.split():
                size = self.width(word, bold)
                if line and used + self.space + size <= room:
                    line, used = f"{line} {word}", used + self.space + size
                    continue
                if line:
                    found.append(line)
                while size > room:
                    cut = self._cut(word, room, bold)
                    found.append(word[:cut])
                    word = word[cut:]
                    size = self.width(word, bold)
                line, used = word, size
            if line:
                found.append(line)
        return found

    def _cut(self, word: str, room: float, bold: bool) -> int:
        """How many letters fit, after a hyphen or slash where there is one."""
        fits = 1
        while fits < len(word) and self.width(word[: fits + 1], bold) <= room:
            fits += 1
        breaks = max(word.rfind(sign, 0, fits) for sign in "-/.") + 1
        return breaks if breaks > 1 else fits

    @property
    def space(self) -> float:
        """Width of a space."""
        return self.width(" ", False)

    def width(self, word: str, bold: bool) -> float:
        """Width of a word, measured once."""
        key = "*" + word if bold else word
        known = self._widths.get(key)
        if known is None:
            known = self.face.width(word, SIZE, self.face.bold if bold else None)
            if len(self._widths) < 200_000:
                self._widths[key] = known
        return known

    def print(self, closing: Sequence[str]) -> bytes:
        """Draw cover, pages and totals."""
        buffer = BytesIO()
        canvas = Canvas(
            buffer, pagesize=(WIDTH, HEIGHT), pageCompression=1, invariant=1, lang="vi-VN",
            initialFontName=self.face.regular,
        )  # fmt: skip
        canvas.setTitle(f"{self.book.form.title}, {self.book.register_name}, {self.book.period_said}")
        canvas.setAuthor(self.book.agency_name)
        canvas.setCreator("Vanthu")
        if self.book.form.with_cover:
            draw_cover(canvas, self.book, self.face)
        tail = _Tail(canvas, self, closing)
        total = max(len(self.pages), 1) + tail.extra
        for number, page in enumerate(self.pages or [[]], 1):
            end = _draw_page(canvas, self, page, f"Trang {number}/{total}", self.title if number == 1 else [])
            if number == max(len(self.pages), 1):
                tail.draw(end, total)
            canvas.showPage()
        canvas.save()
        return buffer.getvalue()


@dataclass
class _Tail:
    """Totals and the places for signatures, below the last row or on a page of their own."""

    canvas: Canvas
    press: _Press
    closing: Sequence[str]

    @property
    def height(self) -> float:
        return (len(self.closing) + 1) * 14 + 40 * MM

    @property
    def extra(self) -> int:
        """1 when the last page has no room left for it."""
        room = self.press.left if self.press.pages else self.press.body - self.press.title_height
        return int(self.height > room)

    def draw(self, top: float, total: int) -> None:
        """Draw below `top`."""
        canvas, face = self.canvas, self.press.face
        if self.extra:
            canvas.showPage()
            top = HEIGHT - TOP
            _running(canvas, self.press, f"Trang {total}/{total}")
        y = top - 16
        for line in self.closing:
            canvas.setFont(face.bold, 10.5)
            canvas.drawString(LEFT, y, composed(line))
            y -= 14
        canvas.setFont(face.italic, 9.5)
        canvas.drawString(LEFT, y, composed(self.press.book.made_said))
        y -= 22
        left, right = self.press.book.form.signers
        for middle, title in ((LEFT + ROOM * 0.25, left), (LEFT + ROOM * 0.75, right)):
            canvas.setFont(face.bold, 10.5)
            canvas.drawCentredString(middle, y, title)
            canvas.setFont(face.italic, 9.5)
            canvas.drawCentredString(middle, y - 12, SIGN_HERE)


def draw_cover(canvas: Canvas, book: Book, face: Typeface) -> None:
    """Cover and first page as the norm draws them: agency, title, year, days, numbers, volume."""
    middle = WIDTH / 2
    canvas.setLineWidth(1.2)
    canvas.rect(LEFT, BOTTOM, ROOM, HEIGHT - BOTTOM - 12 * MM)
    y = HEIGHT - 32 * MM
    if book.parent_name:
        canvas.setFont(face.regular, 14)
        canvas.drawCentredString(middle, y, composed(book.parent_name).upper())
        y -= 20
    canvas.setFont(face.bold, 15)
    canvas.drawCentredString(middle, y, composed(book.agency_name).upper())
    width = min(face.width(book.agency_name.upper(), 15, face.bold) * 0.4, ROOM / 3)
    canvas.line(middle - width / 2, y - 6, middle + width / 2, y - 6)
    y -= 52 * MM
    canvas.setFont(face.bold, 26)
    canvas.drawCentredString(middle, y, book.form.title)
    canvas.setFont(face.regular, 14)
    y -= 26
    canvas.drawCentredString(middle, y, composed(book.named))
    y -= 44
    for line in (book.year_said, book.period_said, book.range_said, "Quyển số: ............"):
        canvas.drawCentredString(middle, y, composed(line))
        y -= 24
    canvas.showPage()


def _title(book: Book, face: Typeface) -> list[tuple[str, str, float, float]]:
    """What a print without a cover says above its table, as the page on screen does: (text, font, size, leading)."""
    said = f"{book.year_said}. {book.period_said}. {book.range_said}."
    lines = [
        (book.parent_name.upper(), face.regular, 10.5, 14.0), (book.agency_name.upper(), face.bold, 10.5, 14.0),
        ("", face.regular, 6.0, 6.0), (book.form.title, face.bold, 14.0, 18.0), (book.named, face.regular, 10.5, 14.0),
        (said, face.italic, 10.0, 14.0), ("", face.regular, 6.0, 4.0),
    ]  # fmt: skip
    return [(composed(text), font, size, leading) for text, font, size, leading in lines if text or size == 6.0]


def _running(canvas: Canvas, press: _Press, page: str) -> None:
    """The line on top of a page and the page's number below."""
    book, face = press.book, press.face
    canvas.setFont(face.regular, 9)
    canvas.drawCentredString(LEFT + ROOM / 2, BOTTOM - 16, page)
    canvas.setFont(face.bold, 9)
    canvas.drawString(LEFT, HEIGHT - TOP + 6, composed(book.agency_name))
    canvas.setFont(face.regular, 9)
    middle = " - ".join(filter(None, (book.form.title, book.named)))
    canvas.drawCentredString(LEFT + ROOM / 2, HEIGHT - TOP + 6, composed(middle))
    canvas.drawRightString(WIDTH - RIGHT, HEIGHT - TOP + 6, composed(book.period_said))


def _draw_page(
    canvas: Canvas, press: _Press, page: list[tuple[list[list[str]], float]], number: str,
    title: Sequence[tuple[str, str, float, float]],
) -> float:  # fmt: skip
    """One page: its title or the running line, column numbers, rows, rules; where it ends."""
    canvas.setLineWidth(RULE)
    top = y = HEIGHT - TOP
    if title:
        canvas.setFont(press.face.regular, 9)
        canvas.drawCentredString(LEFT + ROOM / 2, BOTTOM - 16, number)
        for text, font, size, leading in title:
            canvas.setFont(font, size)
            canvas.drawCentredString(LEFT + ROOM / 2, y - size + 4, text)
            y -= leading
        top = y
    else:
        _running(canvas, press, number)
    _draw_row(canvas, press, press.head, y, press.head_height, press.face.bold, head=True)
    canvas.line(LEFT, y, LEFT + ROOM, y)
    y -= press.head_height
    canvas.line(LEFT, y, LEFT + ROOM, y)
    canvas.setFont(press.face.italic, 8.5)
    x = LEFT
    for index, (_, width) in enumerate(press.columns, 1):
        canvas.drawCentredString(x + width / 2, y - press.numbers_height + 4, f"({index})")
        x += width
    y -= press.numbers_height
    canvas.line(LEFT, y, LEFT + ROOM, y)
    for cells, height in page:
        _draw_row(canvas, press, cells, y, height, press.face.regular)
        y -= height
        canvas.line(LEFT, y, LEFT + ROOM, y)
    x = LEFT
    for width in (*(width for _, width in press.columns), 0):
        canvas.line(x, top, x, y)
        x += width
    return float(y)


def _draw_row(
    canvas: Canvas, press: _Press, cells: list[list[str]], y: float, height: float, font: str, *, head: bool = False
) -> None:
    text = canvas.beginText()  # one for the row: a canvas's own drawString begins one for every line
    text.setFont(font, SIZE, LEADING)
    x = LEFT
    for lines, (column, width) in zip(cells, press.columns, strict=True):
        baseline = y - PADDING - SIZE + 0.5
        if head:
            baseline -= (height - 2 * PADDING - len(lines) * LEADING) / 2
        text.setTextOrigin(x + PADDING, baseline)
        for line in lines:
            if head or column.align == "centre":
                text.setTextOrigin(x + (width - canvas.stringWidth(line, font, SIZE)) / 2, baseline)
                baseline -= LEADING
            text.textLine(line)
        x += width
    canvas.drawText(text)
