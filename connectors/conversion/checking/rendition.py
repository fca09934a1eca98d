"""A Word file set on pages, roughly as Word would: to show where a finding stands, and to look at a draft at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import Any

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Spacer, TableStyle
from reportlab.platypus import Paragraph as Flowing
from reportlab.platypus import Table as Grid
from reportlab.platypus.doctemplate import LayoutError

from connectors.conversion.checking.limits import MOST_PAGES, Unreadable
from connectors.conversion.checking.word import Block, Paragraph, Table, WordFile
from connectors.conversion.checking.word_styles import Look
from connectors.pdf_fonts import FONTS, Typeface, composed, typeface
from engine.drafts.layout.sheet import Cut, Line, Page, Place, Sheet, side_of

_ALIGN = {"left": TA_LEFT, "center": TA_CENTER, "right": TA_RIGHT, "justify": TA_JUSTIFY}
_USUAL = 11.0  # what Word takes when nothing is said
_LONGEST = 20_000  # letters of one paragraph that are set


@dataclass(frozen=True, slots=True)
class Rendition:
    """A Word file on pages: the sheet for the check, and a PDF to be looked at."""

    sheet: Sheet
    pdf: bytes


class _TooLong(Exception):
    """More pages than are looked at."""


class _Placed(Flowing):  # type: ignore[misc]
    """A paragraph that remembers where it was drawn; a part that goes on another page is not remembered again."""

    where: dict[int, Place]
    key: int
    page_height: float

    def split(self, width: float, height: float) -> Any:
        """Both parts belong to the same paragraph."""
        parts = super().split(width, height)
        for each in parts:
            each.where, each.key, each.page_height = self.where, self.key, self.page_height
        return parts

    def draw(self) -> None:
        """Draw, and note the place of the text itself."""
        if self.key not in self.where:
            x, y = self.canv.absolutePosition(0, 0)
            room = float(self.width)
            wide = min(max(self.getActualLineWidths0(), default=room), room)
            style = self.style
            left = style.leftIndent + (style.firstLineIndent if style.firstLineIndent < 0 else 0)
            if style.alignment == TA_CENTER:
                left = left + (room - left - style.rightIndent - wide) / 2
            elif style.alignment == TA_RIGHT:
                left = room - style.rightIndent - wide
            top = self.page_height - y - self.height
            page = self.canv.getPageNumber() - 1
            self.where[self.key] = Place(page, x + left, top, x + left + wide, top + self.height)
        super().draw()


class _Rule(Flowable):  # type: ignore[misc]
    """The line that stands below a name."""

    def __init__(self, left: float, right: float, height: float) -> None:
        super().__init__()
        self.left, self.right, self.height = left, right, height

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """It takes the whole width and little height."""
        self.width = width
        return width, self.height

    def draw(self) -> None:
        """Draw it near its top."""
        self.canv.setLineWidth(0.6)
        if self.width - self.right > self.left:
            self.canv.line(self.left, self.height - 3, self.width - self.right, self.height - 3)


def rendition(file: WordFile) -> Rendition:
    """Set a Word file on pages; Unreadable when it can't be set."""
    paragraphs: list[Paragraph] = []
    where: dict[int, Place] = {}
    maker = _Maker(file, typeface(FONTS), paragraphs, where)
    partly = file.partly
    try:
        pdf, pages = maker.pages()
    except (LayoutError, ValueError, AttributeError, IndexError, TypeError, OverflowError) as error:
        raise Unreadable("Không dựng được trang của tệp Word này để kiểm tra.") from error
    if pages >= MOST_PAGES:
        partly = f"Chỉ kiểm tra {MOST_PAGES} trang đầu."
    lines = tuple(_lines(file, paragraphs, where))
    margins = file.margins
    first = Page(file.width, file.height, margins["top"], margins["right"], margins["bottom"], margins["left"])
    sizes = (first, *(Page(file.width, file.height) for _ in range(pages - 1)))
    sheet = Sheet("docx", sizes, lines, declared=True, numbering=file.numbering, partly=partly)
    return Rendition(sheet, pdf)


def _lines(file: WordFile, paragraphs: list[Paragraph], where: dict[int, Place]) -> Iterator[Line]:
    found = []
    for key, each in enumerate(paragraphs):
        place = where.get(key)
        if place is None or not each.text.strip():
            continue
        looks: Counter[tuple[str, float, bool, bool, tuple[int, int, int] | None]] = Counter()
        for run in each.runs:
            look = run.look
            letters = sum(not c.isspace() for c in run.text)
            looks[look.font or "Times New Roman", look.size or _USUAL, look.bold, look.italic, look.colour] += letters
        cuts = tuple(Cut(count, *look) for look, count in looks.most_common(8) if count)
        text = " ".join(each.text.split())
        found.append(Line(text, place, cuts, side_of(place, file.width), each.setting.line))
    yield from sorted(found, key=lambda line: (line.place.page, round(line.place.top / 4), line.place.left))


class _Maker:
    """Turns blocks into what ReportLab sets."""

    def __init__(
        self, file: WordFile, face: Typeface, paragraphs: list[Paragraph], where: dict[int, Place]
    ) -> None:  # fmt: skip
        self.file, self.face, self.paragraphs, self.where = file, face, paragraphs, where

    def pages(self) -> tuple[bytes, int]:
        """The PDF and its number of pages, cut off after so many."""
        file, buffer = self.file, BytesIO()
        margins = {side: min(max(value, 0), file.width / 3) for side, value in file.margins.items()}
        room = max(file.width - margins["left"] - margins["right"], 72)
        tall = max(file.height - margins["top"] - margins["bottom"], 72)
        document = BaseDocTemplate(
            buffer, pagesize=(file.width, file.height), invariant=1, lang="vi-VN", initialFontName=self.face.regular
        )
        frame = Frame(margins["left"], margins["bottom"], room, tall, 0, 0, 0, 0)
        document.addPageTemplates(PageTemplate("page", [frame], onPage=_numbered(self)))
        story = list(self._flowables(file.blocks, room)) or [Spacer(1, 1)]
        document.build(story)
        return buffer.getvalue(), document.page

    def _flowables(self, blocks: list[Block], room: float) -> Iterator[Any]:
        for each in blocks:
            if isinstance(each, Table):
                grid = self._grid(each, room)
                if grid is not None:
                    yield grid
            else:
                yield self._paragraph(each)

    def _paragraph(self, given: Paragraph) -> Any:
        setting = given.setting
        sizes = [run.look.size or _USUAL for run in given.runs if run.text.strip()] or [_USUAL]
        size = min(max(*sizes, 4.0), 72.0)
        leading = setting.exact if setting.exact and setting.exact > 4 else size * 1.15 * (setting.line or 1.0)
        if not given.text.strip() and setting.ruled:
            return _Rule(setting.left, setting.right, min(leading + setting.after, 60))
        if not given.text.strip():
            return Spacer(1, min(leading + setting.before + setting.after, 200))
        style = ParagraphStyle(
            "p", fontName=self.face.regular, fontSize=size, leading=min(leading, 300), alignment=_ALIGN[setting.align],
            spaceBefore=setting.before, spaceAfter=setting.after, leftIndent=setting.left, rightIndent=setting.right,
            firstLineIndent=setting.first, splitLongWords=1,
        )  # fmt: skip
        markup = "".join(self._run(run.text, run.look) for run in given.runs)
        made = _Placed(markup, style)
        made.where, made.key, made.page_height = self.where, len(self.paragraphs), self.file.height
        self.paragraphs.append(given)
        return made

    def _run(self, text: str, look: Look) -> str:
        said = escape(composed(text[:_LONGEST]), quote=False).replace("  ", "\u00a0 ")
        bold, italic = look.bold, look.italic
        cut = self.face.bold_italic if bold and italic else self.face.bold if bold else self.face.italic
        cut = cut if bold or italic else self.face.regular
        red, green, blue = look.colour or (0, 0, 0)
        size = min(max(look.size or _USUAL, 4.0), 72.0)
        return f'<font name="{cut}" size="{size:g}" color="#{red:02x}{green:02x}{blue:02x}">{said}</font>'

    def _grid(self, table: Table, room: float) -> Any | None:
        columns = max((sum(span for span, _ in row) for row in table.rows), default=0)
        if not columns or columns > 60:
            return None
        given = [max(width, 4.0) for width in table.widths[:columns]]
        given += [60.0] * (columns - len(given))
        scale = min(room / sum(given), 1.0) if sum(given) > 0 else 1.0
        widths = [width * scale for width in given]
        commands: list[Any] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 0),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 0), ("LEFTPADDING", (0, 0), (-1, -1), 3),
                    ("RIGHTPADDING", (0, 0), (-1, -1), 3)]  # fmt: skip
        if table.bordered:
            commands.append(("GRID", (0, 0), (-1, -1), 0.5, "black"))
        data = []
        for number, row in enumerate(table.rows):
            cells: list[Any] = []
            for span, blocks in row:
                if span > 1:
                    commands.append(("SPAN", (len(cells), number), (len(cells) + span - 1, number)))
                inside = max(sum(widths[len(cells) : len(cells) + span]) - 6, 10)
                cells += [list(self._flowables(blocks, inside)) or "", *[""] * (span - 1)]
            data.append(cells + [""] * (columns - len(cells)))
        return Grid(
            data, colWidths=widths, style=TableStyle(commands), splitInRow=0 if table.whole else 1, hAlign="LEFT"
        )


def _numbered(maker: _Maker) -> Any:
    """Page numbers where the file puts them."""
    numbering, file = maker.file.numbering, maker.file

    def draw(canvas: Any, document: Any) -> None:
        if document.page > MOST_PAGES:
            raise Unreadable(f"Tệp Word dài quá {MOST_PAGES} trang nên không kiểm tra.")
        if numbering.where and (document.page > 1 or numbering.on_first):
            canvas.saveState()
            canvas.setFont(maker.face.regular, 13)
            height = file.height - 36 if numbering.where == "top" else 30
            canvas.drawCentredString(file.width / 2, height, str(document.page))
            canvas.restoreState()

    return draw
