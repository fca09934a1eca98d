"""Where the words asked for stand: marked in the fields of a result, and a piece of the content around them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.documents.models import Attachment, Document
from engine.documents.searching.asking import Term
from engine.documents.searching.models import Content
from engine.documents.searching.words import folded_in_place

BEFORE, AFTER = 70, 150
MOST_READ, MOST_OF_ONE = 600_000, 100_000  # characters looked through for one page of results, and for one file

Marked = list[tuple[str, bool]]  # pieces of a text; True for what was asked for


def pattern(asked: Sequence[Term]) -> re.Pattern[str] | None:
    """An expression that finds the terms in folded text; None when nothing was asked."""
    each = [
        r"[\W_]+".join(re.escape(word) for word in term.words) + (r"[^\W_]*" if term.beginning else "")
        for term in sorted(asked, key=lambda term: -sum(map(len, term.words)))
    ]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(each)})(?![^\W_])") if each else None


def marked(said: str, wanted: re.Pattern[str] | None) -> Marked:
    """A text in pieces, those asked for marked; whoever shows it escapes each piece."""
    composed = unicodedata.normalize("NFC", said)
    pieces: Marked = []
    place = 0
    for hit in wanted.finditer(folded_in_place(composed)) if wanted else ():
        between, found = composed[place : hit.start()], composed[hit.start() : hit.end()]
        if pieces and between.isspace():  # words that follow each other are one hit to the eye
            pieces[-1] = (pieces[-1][0] + between + found, True)
        else:
            pieces += [(between, False)] if between else []
            pieces.append((found, True))
        place = hit.end()
    if place < len(composed):
        pieces.append((composed[place:], False))
    return pieces


def excerpt(said: str, wanted: re.Pattern[str] | None) -> Marked:
    """The piece of a text around the first of the words asked for, cut between words; empty when none is there."""
    hit = wanted.search(folded_in_place(said)) if wanted else None
    if hit is None:
        return []
    begin, end = max(0, hit.start() - BEFORE), min(len(said), hit.end() + AFTER)
    if begin:
        begin = said.find(" ", begin, hit.start()) + 1 or hit.start()
    if end < len(said):
        end = max(said.rfind(" ", hit.end(), end), hit.end())
    piece = " ".join(said[begin:end].split())
    return marked(("… " if begin else "") + piece + (" …" if end < len(said) else ""), wanted)


def of_documents(session: Session, documents: Sequence[Document], asked: Sequence[Term]) -> dict[int, Marked]:
    """Document id → a piece of its content with the words asked for. Only give documents the actor may see."""
    wanted = pattern(asked)
    if wanted is None or not documents:
        return {}
    found: dict[int, Marked] = {}
    for row in documents:
        for each in (row.body, row.description, row.result):
            if row.destroyed_at is None and row.id not in found and (piece := excerpt(each or "", wanted)):
                found[row.id] = piece
    left = MOST_READ
    for document_id, said in _contents(session, [row.id for row in documents if row.destroyed_at is None]):
        if document_id in found or left <= 0:
            continue
        left -= len(said)
        if piece := excerpt(said, wanted):
            found[document_id] = piece
    return found


def _contents(session: Session, ids: Sequence[int]) -> Sequence[tuple[int, str]]:
    rows = (
        select(Attachment.document_id, func.left(Content.text, MOST_OF_ONE))
        .join(Content, Content.file_hash == Attachment.file_hash)
        .where(Attachment.document_id.in_(ids), Attachment.current, Content.text != "")
        .order_by(Attachment.document_id, Attachment.id)
    )
    return [(row[0], row[1]) for row in session.execute(rows)]
