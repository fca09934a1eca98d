"""A laid-out document as the check sees it, whatever file it came from: pages, lines with their look, margins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MM = 72 / 25.4
ERROR, WARNING = "error", "warning"
LEFT, RIGHT, MIDDLE = "left", "right", "middle"


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle on a page (counted from 0), in points from the upper left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """The horizontal middle."""
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Cut:
    """One look of letters within a line and how many letters have it; what isn't known is None."""

    count: int
    font: str = ""
    size: float | None = None
    bold: bool | None = None
    italic: bool | None = None
    colour: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page (PDF) or one paragraph (Word) with where it stands and how its letters look."""

    text: str
    place: Place
    cuts: tuple[Cut, ...] = ()
    side: str = MIDDLE
    spacing: float | None = None  # distance of lines as a multiple, where the file says so

    @property
    def main(self) -> Cut:
        """The look most of its letters have."""
        return max(self.cuts, key=lambda each: each.count) if self.cuts else Cut(0)

    @property
    def shouted(self) -> bool:
        """Whether it is written in capitals throughout."""
        return any(c.isalpha() for c in self.text) and self.text.upper() == self.text


@dataclass(frozen=True, slots=True)
class Page:
    """Size of a page in points; the margins around its text, in points, where they can be told."""

    width: float
    height: float
    top: float | None = None
    right: float | None = None
    bottom: float | None = None
    left: float | None = None


@dataclass(frozen=True, slots=True)
class Numbering:
    """Where the file says page numbers stand: at the `top` or `bottom` or nowhere (""), centred, also on page 1."""

    where: str
    centred: bool = True
    on_first: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole document, laid out. `declared`: sizes come from what the file says of itself, not from measuring."""

    kind: str  # pdf, docx
    pages: tuple[Page, ...]
    lines: tuple[Line, ...]
    declared: bool = False
    numbering: Numbering | None = None
    partly: str = ""  # why not all of it was looked at

    def on(self, page: int) -> list[Line]:
        """The lines of one page, from above."""
        return [each for each in self.lines if each.place.page == page]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that isn't as the norm wants it: rule and clause, what was expected and found, and where."""

    rule: str
    clause: str
    sentence: str
    severity: str = ERROR
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """One of the nine components (box 1–9): found where, missing, or (None) not to be expected in a draft."""

    number: int
    name: str
    found: bool | None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What the platform knows of the document; an empty text is not compared."""

    type_name: str = ""
    agency_name: str = ""
    parent_name: str = ""
    place: str = ""
    notation: str = ""
    signer_name: str = ""
    signer_position: str = ""
    signer_capacity: str = ""


def around(lines: Iterable[Line]) -> Place | None:
    """The rectangle around lines of one page: those on the page of the first."""
    given = list(lines)
    if not given:
        return None
    page = given[0].place.page
    same = [each.place for each in given if each.place.page == page]
    return Place(
        page, min(p.left for p in same), min(p.top for p in same), max(p.right for p in same),
        max(p.bottom for p in same),
    )  # fmt: skip


def side_of(place: Place, width: float) -> str:
    """Which side of the page a line stands on; what reaches over the middle is in the middle."""
    if place.right < width * 0.53 and place.middle < width * 0.44:
        return LEFT
    if place.left > width * 0.4 and place.middle > width * 0.54:
        return RIGHT
    return MIDDLE
