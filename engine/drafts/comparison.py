"""Two texts compared word by word: what was put in, what was left out, in bounded time. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, ADDED, REMOVED = "same", "added", "removed"
MOST_WORDS = 120_000
_CELLS = 250_000  # words of one side times words of the other that are compared one by one
_ANCHOR = 3  # words in a row that make a place to hold on to
_WORD = re.compile(r"\n+|\S+")
_PAGE_NUMBER = re.compile(r"(?m)^[ \t]*[-–]?\s?\d{1,4}\s?[-–]?[ \t]*$")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of words that is in both texts, only in the newer, or only in the older."""

    kind: str
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words as running text."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The parts in order, and how much differs."""

    parts: tuple[Part, ...]
    partly: bool = False

    @property
    def added(self) -> int:
        """Words that were put in."""
        return sum(len(each.words) for each in self.parts if each.kind == ADDED)

    @property
    def removed(self) -> int:
        """Words that were left out."""
        return sum(len(each.words) for each in self.parts if each.kind == REMOVED)

    @property
    def places(self) -> int:
        """Places that differ: what was left out and put in at one place is one."""
        count, before = 0, SAME
        for each in self.parts:
            count += each.kind != SAME and before == SAME
            before = each.kind
        return count


def words_of(text: str) -> list[str]:
    """Words of a text; line ends don't count, since PDF and Word break lines elsewhere, nor do lone page numbers."""
    return [each for each in _WORD.findall(_PAGE_NUMBER.sub("", text)) if not each.isspace()]


def compare(older: str, newer: str) -> Comparison:
    """What differs from the older to the newer text, word by word; every word of both is in the answer once."""
    before, after = words_of(older), words_of(newer)
    partly = max(len(before), len(after)) > MOST_WORDS
    before, after = before[:MOST_WORDS], after[:MOST_WORDS]
    parts: list[Part] = []
    at, to = 0, 0
    for one, two, length in [*_runs(before, after), (len(before), len(after), 0)]:
        _between(parts, before[at:one], after[to:two])
        _put(parts, SAME, before[one : one + length])
        at, to = one + length, two + length
    return Comparison(tuple(parts), partly)


def _put(parts: list[Part], kind: str, words: Sequence[str]) -> None:
    if not words:
        return
    if parts and parts[-1].kind == kind:
        parts[-1] = Part(kind, (*parts[-1].words, *words))
    else:
        parts.append(Part(kind, tuple(words)))


def _between(parts: list[Part], before: Sequence[str], after: Sequence[str]) -> None:
    """A stretch without places to hold on to: compared in full when it is short, else told as replaced."""
    if before and after and len(before) * len(after) <= _CELLS:
        for tag, a1, a2, b1, b2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if tag == "equal":
                _put(parts, SAME, before[a1:a2])
            else:
                _put(parts, REMOVED, before[a1:a2])
                _put(parts, ADDED, after[b1:b2])
        return
    _put(parts, REMOVED, before)
    _put(parts, ADDED, after)


def _runs(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int, int]]:
    """Stretches both texts have, in order: grown from sequences of words that are in each text exactly once."""
    anchors = _in_order(_anchors(before, after))
    runs: list[tuple[int, int, int]] = []
    for one, two in anchors:
        if runs:
            a, b, length = runs[-1]
            if one < a + length or two < b + length:
                continue
        low_a, low_b = (runs[-1][0] + runs[-1][2], runs[-1][1] + runs[-1][2]) if runs else (0, 0)
        start_a, start_b = one, two
        while start_a > low_a and start_b > low_b and before[start_a - 1] == after[start_b - 1]:
            start_a, start_b = start_a - 1, start_b - 1
        end_a, end_b = one + _ANCHOR, two + _ANCHOR
        while end_a < len(before) and end_b < len(after) and before[end_a] == after[end_b]:
            end_a, end_b = end_a + 1, end_b + 1
        runs.append((start_a, start_b, end_a - start_a))
    return runs


def _anchors(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Places of sequences that stand exactly once in both texts, in the order of the older."""
    one, two = _grams(before), _grams(after)
    counts_one, counts_two = Counter(one), Counter(two)
    there = {gram: at for at, gram in enumerate(two) if counts_two[gram] == 1}
    return [(at, there[gram]) for at, gram in enumerate(one) if counts_one[gram] == 1 and gram in there]


def _grams(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + _ANCHOR]) for at in range(len(words) - _ANCHOR + 1)]


def _in_order(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest choice of pairs whose second places rise too."""
    ends: list[int] = []
    holders: list[int] = []
    previous: list[int] = []
    for at, (_, place) in enumerate(pairs):
        slot = bisect_left(ends, place)
        previous.append(holders[slot - 1] if slot else -1)
        if slot == len(ends):
            ends.append(place)
            holders.append(at)
        else:
            ends[slot], holders[slot] = place, at
    found: list[tuple[int, int]] = []
    at = holders[-1] if holders else -1
    while at >= 0:
        found.append(pairs[at])
        at = previous[at]
    return found[::-1]
