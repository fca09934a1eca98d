"""Words as documents are found by them: without diacritics, in pairs for phrases, each within its agency.

PostgreSQL keeps them as a tsvector made of these very words: its own parser would cut `15/QĐ-UBND` by rules of its
own. Vietnamese is written in syllables, so most words are phrases of two; every pair of neighbours is a word of the
index too, and phrases need no positions. Every word carries the agency, so that an index over a thousand agencies is
no slower for one of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.documents.text import fold

LONGEST_WORD = 60
MOST_TOKENS = 120_000  # of one document; about 400 pages
MOST_BYTES = 900_000  # a tsvector holds 1 MB
_TOKEN = re.compile(r"[^\W_]+")


class _Folded(dict[int, str]):
    """What each character becomes when folded; found out once."""

    def __missing__(self, code: int) -> str:
        self[code] = made = fold(chr(code)) or (" " if chr(code).isspace() else "")
        return made


class _FoldedInPlace(_Folded):
    """The same where every character stays one character, so that places in both texts agree."""

    def __missing__(self, code: int) -> str:
        made = fold(chr(code))
        self[code] = made = made if len(made) == 1 else chr(code)
        return made


_FOLDED, _IN_PLACE = _Folded(), _FoldedInPlace()


def tokens(text: str) -> list[str]:
    """Words of a text in their order, folded, cut at everything that is no letter or digit."""
    folded = unicodedata.normalize("NFC", text).translate(_FOLDED)
    return [word[:LONGEST_WORD] for word in _TOKEN.findall(folded)]


def folded_in_place(text: str) -> str:
    """A composed text folded character by character: as long as the text itself."""
    return text.translate(_IN_PLACE)


@dataclass(frozen=True, slots=True)
class Told:
    """What a document says to the index: its words, and all of it in order."""

    lexemes: list[str]
    told: str


def told(
    agency_id: int,
    texts: Iterable[str],
    *,
    signer: Sequence[str] = (),
    organs: Sequence[str] = (),
    kind: str = "",
    urgency: int = 0,
) -> Told:
    """The words of a document of an agency; what filters ask for also by itself: signer, agencies, kind, urgency.

    What is longer than the index can hold is cut: the first words count.
    """
    kept: dict[str, None] = {of_kind(agency_id, kind): None, as_urgent(agency_id, urgency): None}
    parts, used, left = [], 0, MOST_TOKENS
    tagged = [(signed(agency_id), text) for text in signer] + [(named(agency_id), text) for text in organs]
    for tag, text in tagged:
        for each in tokens(text)[:100]:
            kept[f"{tag}{each}"] = None
    for text in texts:
        found = tokens(text)[:left]
        left -= len(found)
        if not found:
            continue
        parts.append(" ".join(found))
        for lexeme in (*(word(agency_id, each) for each in found), *pairs(agency_id, found)):
            if lexeme not in kept:
                used += len(lexeme.encode()) + 2
                if used > MOST_BYTES:
                    return Told(list(kept), f" {' | '.join(parts)} ")
                kept[lexeme] = None
    return Told(list(kept), f" {' | '.join(parts)} ")


def word(agency_id: int, token: str) -> str:
    """A single word of the index."""
    return f"{agency_id}:{token}"


def pairs(agency_id: int, found: Sequence[str]) -> list[str]:
    """Neighbours as words of the index."""
    return [f"{agency_id}+{first} {second}" for first, second in pairwise(found)]


def of_kind(agency_id: int, kind: str) -> str:
    """A kind of documents as a word of the index."""
    return f"{agency_id}k:{' '.join(tokens(kind))[:LONGEST_WORD]}"


def as_urgent(agency_id: int, urgency: int) -> str:
    """An urgency as a word of the index."""
    return f"{agency_id}u:{urgency}"


def signed(agency_id: int) -> str:
    """How words of a signer's name begin in the index."""
    return f"{agency_id}s:"


def named(agency_id: int) -> str:
    """How words of the names of agencies, sender or recipients, begin in the index."""
    return f"{agency_id}o:"
