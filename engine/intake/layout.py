"""Words of a page with their places, put together to the lines and columns a person sees; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

COLUMN_GAP = 2.2
"""Words further apart than so many letter heights belong to different columns."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle as fractions of the page, from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """Where its middle is, from left to right."""
        return (self.left + self.right) / 2

    @property
    def height(self) -> float:
        """How tall it is."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it was read, how sure that is (0 … 1), and where it stands."""

    text: str
    box: Box
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """Words side by side in one column."""

    text: str
    box: Box
    confidence: float
    page: int


@dataclass(frozen=True, slots=True)
class PageText:
    """What one page says, by lines from the top; `ratio` is its height by its width."""

    number: int
    lines: tuple[Line, ...]
    ratio: float = 297 / 210

    @property
    def text(self) -> str:
        """All lines, one below the other."""
        return "\n".join(line.text for line in self.lines)


def around(boxes: Iterable[Box]) -> Box:
    """The smallest rectangle that holds all of them; ValueError for none."""
    every = list(boxes)
    return Box(
        min(b.left for b in every), min(b.top for b in every), max(b.right for b in every), max(b.bottom for b in every)
    )


def page_of(number: int, words: Sequence[Word], ratio: float = 297 / 210) -> PageText:
    """Put words into lines: those at one height, cut where the gap is as wide as between columns."""
    rows: list[list[Word]] = []
    for word in sorted((w for w in words if w.text.strip()), key=lambda w: (w.box.top + w.box.bottom, w.box.left)):
        row = next((r for r in reversed(rows[-4:]) if _beside(r[-1].box, word.box)), None)
        if row is None:
            rows.append([word])
        else:
            row.append(word)
    lines = [line for row in rows for line in _cut(number, sorted(row, key=lambda w: w.box.left), ratio)]
    return PageText(number, tuple(sorted(lines, key=lambda line: (round(line.box.top, 3), line.box.left))), ratio)


def _beside(one: Box, other: Box) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > 0.5 * min(one.height, other.height)


def _cut(number: int, row: Sequence[Word], ratio: float) -> list[Line]:
    pieces: list[list[Word]] = [[row[0]]]
    for before, word in pairwise(row):
        tall = max(min(before.box.height, 0.03), min(word.box.height, 0.03)) * ratio
        if word.box.left - before.box.right > COLUMN_GAP * tall:
            pieces.append([])
        pieces[-1].append(word)
    return [_line(number, piece) for piece in pieces]


def _line(number: int, words: Sequence[Word]) -> Line:
    letters = sum(len(w.text) for w in words)
    sure = sum(w.confidence * len(w.text) for w in words) / letters
    return Line(" ".join(w.text.strip() for w in words), around(w.box for w in words), sure, number)
