"""The parts of a page that stand at a fixed place: head, stamps and signature block; they tell where the fields are."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph

from connectors.conversion.draft import URGENCY_SIZES, URGENCY_STAMPS, Draft
from connectors.conversion.styles import BODY, NORMAL, RED, SMALL, TEXT_WIDTH, Styles
from connectors.pdf_fields import MM, Box
from connectors.pdf_fonts import composed

LEFT_COLUMN = 68 * MM
RIGHT_COLUMN = TEXT_WIDTH - LEFT_COLUMN
SIGNATURE_COLUMN = 85 * MM
SIGNATURE_GAP = 31 * MM
SIGNATURE_WIDTH = 56 * MM
SIGNATURE_HEIGHT = 27 * MM
FIELD_HEIGHT = NORMAL * 1.25

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


@dataclass
class Marks:
    """Where the fields came to lie, told by the components as they are drawn."""

    boxes: dict[str, Box] = field(default_factory=dict)

    def put(self, name: str, flowable: Any, x: float, y: float, width: float, height: float) -> None:
        """Remember a rectangle given in the coordinates of `flowable`."""
        x0, y0 = flowable.canv.absolutePosition(x, y)
        self.boxes[name] = Box(flowable.canv.getPageNumber() - 1, x0, y0, x0 + width, y0 + height)


def text(value: str) -> str:
    """Text of a person as paragraph markup: composed, nothing in it is read as markup."""
    return escape(composed(value), quote=False)


class Column:
    """Paragraphs under each other in a column, with thin rules between where the norm wants them."""

    def __init__(self, width: float) -> None:
        self.width = width
        self.height = 0.0
        self._parts: list[tuple[float, Any]] = []

    def add(self, content: str, style: ParagraphStyle, gap: float = 0) -> None:
        """Put a paragraph below what is there, `gap` points lower."""
        paragraph = Paragraph(content, style)
        _, height = paragraph.wrap(self.width, 10_000)
        self.height += gap + height
        self._parts.append((self.height, paragraph))

    def rule(self, width: float, gap: float = 3.5) -> None:
        """A line of `width` points, centred, `gap` points below."""
        self.height += gap
        self._parts.append((self.height, width))

    def space(self, height: float) -> float:
        """Leave `height` points free; return how far down they begin."""
        top = self.height
        self.height += height
        return top

    def draw(self, canvas: Any, x: float, top: float) -> None:
        """Draw with the upper left corner at (x, top)."""
        for depth, part in self._parts:
            if isinstance(part, Paragraph):
                part.drawOn(canvas, x, top - depth)
            else:
                middle = x + self.width / 2
                canvas.setLineWidth(0.6)
                canvas.line(middle - part / 2, top - depth, middle + part / 2, top - depth)


class Head(Flowable):  # type: ignore[misc]
    """Boxes 1–4, 5b, 10b and 11: agency and number on the left, national title and date on the right."""

    def __init__(self, draft: Draft, styles: Styles, marks: Marks) -> None:
        super().__init__()
        self.draft, self.styles, self.marks = draft, styles, marks
        self.left, self.right = Column(LEFT_COLUMN), Column(RIGHT_COLUMN)
        self._fill_agency()
        self._fill_nation()
        shared = max(self.left.height, self.right.height) + 5
        self.number_top = self._line_at(self.left, shared)
        self.date_top = self._line_at(self.right, shared)
        if draft.is_letter and draft.subject:
            self.left.add(f"V/v {text(draft.subject)}", styles.centred(SMALL), gap=4)
        self.stamp_top = self.left.height + 8
        stamp = 9 * MM + 8 if draft.urgency in URGENCY_STAMPS else 0
        self.depth = max(self.left.height + stamp, self.right.height)

    def _fill_agency(self) -> None:
        draft, styles = self.draft, self.styles
        if draft.parent_name:
            self.left.add(text(draft.parent_name.upper()), styles.centred(SMALL))
        self.left.add(text(draft.agency_name.upper()), styles.centred(NORMAL, bold=True))
        # a third to a half of the line's length (PL I.II.2)
        name = min(styles.face.width(draft.agency_name.upper(), NORMAL, styles.face.bold), LEFT_COLUMN)
        self.left.rule(max(name * 0.4, 16 * MM))

    def _fill_nation(self) -> None:
        styles = self.styles
        self.right.add(NATION, styles.centred(SMALL, bold=True))
        self.right.add(MOTTO, styles.centred(NORMAL, bold=True))
        self.right.rule(styles.face.width(MOTTO, NORMAL, styles.face.bold))

    @staticmethod
    def _line_at(column: Column, depth: float) -> float:
        """Both number and date stand on one line, below the higher of the two columns."""
        column.space(depth - column.height)
        return column.space(FIELD_HEIGHT)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Size of the head; it takes the whole width of the text."""
        return width, self.depth + 10

    def draw(self) -> None:
        """Draw both columns, and mark where number and date will be filled in."""
        top = self.depth + 10
        self.left.draw(self.canv, 0, top)
        self.right.draw(self.canv, LEFT_COLUMN, top)
        self._draw_number(top - self.number_top - FIELD_HEIGHT)
        self._draw_date(top - self.date_top - FIELD_HEIGHT)
        if self.draft.urgency in URGENCY_STAMPS:
            self._draw_stamp(top - self.stamp_top)

    def _draw_number(self, y: float) -> None:
        face, label = self.styles.face, "Số: "
        label_width = face.width(label, NORMAL)
        room = face.width(f"00000/{self.draft.notation or 'UBND-KTHTĐT'}", NORMAL) + 4
        width = min(room, LEFT_COLUMN - label_width)
        x = (LEFT_COLUMN - label_width - width) / 2
        self.canv.setFont(face.regular, NORMAL)
        self.canv.drawString(x, y + NORMAL * 0.28 + FIELD_HEIGHT - NORMAL * 1.15, label)
        self.marks.put("number", self, x + label_width, y, width, FIELD_HEIGHT)

    def _draw_date(self, y: float) -> None:
        face, label = self.styles.face, f"{composed(self.draft.place)}, " if self.draft.place else ""
        label_width = face.width(label, NORMAL, face.italic)
        width = face.width("ngày 00 tháng 00 năm 0000", NORMAL, face.italic) + 4
        x = LEFT_COLUMN + max((RIGHT_COLUMN - label_width - width) / 2, 0)
        self.canv.setFont(face.italic, NORMAL)
        self.canv.drawString(x, y + NORMAL * 0.28 + FIELD_HEIGHT - NORMAL * 1.15, label)
        self.marks.put("date", self, x + label_width, y, width, FIELD_HEIGHT)

    def _draw_stamp(self, y: float) -> None:
        millimetres = URGENCY_SIZES[self.draft.urgency]
        width, height = millimetres[0] * MM, millimetres[1] * MM
        x = (LEFT_COLUMN - width) / 2
        canvas = self.canv
        canvas.saveState()
        canvas.setStrokeColorRGB(*RED)
        canvas.setFillColorRGB(*RED)
        canvas.setLineWidth(1.4)
        canvas.rect(x, y - height, width, height)
        canvas.setFont(self.styles.face.bold, 13)
        canvas.drawCentredString(x + width / 2, y - height / 2 - 4.6, URGENCY_STAMPS[self.draft.urgency])
        if self.draft.urgency == 4 and self.draft.urgency_until:
            canvas.setFont(self.styles.face.bold, 9)
            canvas.drawString(x + width + 4, y - height / 2 - 3, f"đến {composed(self.draft.urgency_until)}")
        canvas.restoreState()


class SignatureBlock(Flowable):  # type: ignore[misc]
    """Boxes 7a–7c, 8 and 9b: recipients on the left; capacity, room for signature and seal, name on the right."""

    def __init__(self, draft: Draft, styles: Styles, marks: Marks, recipients: list[str]) -> None:
        super().__init__()
        self.marks = marks
        self.left = Column(TEXT_WIDTH - SIGNATURE_COLUMN - 4 * MM)
        if recipients:
            self.left.add("Nơi nhận:", styles.label())
        for line in recipients:
            self.left.add(line, styles.listed(11, hanging=2.2 * MM))
        self.right = Column(SIGNATURE_COLUMN)
        for line in (draft.capacity, draft.signer_position):
            if line:
                self.right.add(text(line.upper()), styles.centred(NORMAL, bold=True))
        self.gap_top = self.right.space(SIGNATURE_GAP)
        self.right.add(text(draft.signer_name), styles.centred(BODY, bold=True))
        self.depth = max(self.left.height, self.right.height)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Size of the block, with air above."""
        return width, self.depth + 6

    def draw(self) -> None:
        """Draw both columns, and mark the room of the person's signature (box 7c)."""
        self.left.draw(self.canv, 0, self.depth)
        x = TEXT_WIDTH - SIGNATURE_COLUMN
        self.right.draw(self.canv, x, self.depth)
        foot = self.depth - self.gap_top - SIGNATURE_GAP + (SIGNATURE_GAP - SIGNATURE_HEIGHT) / 2
        left = x + (SIGNATURE_COLUMN - SIGNATURE_WIDTH) / 2
        self.marks.put("person", self, left, foot, SIGNATURE_WIDTH, SIGNATURE_HEIGHT)
