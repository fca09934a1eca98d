"""What a search finds, always within `engine.documents.queries.within`; pages by keyset, counts up to a limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, cast, exists, func, literal, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from engine.documents.models import Assignment, Attachment, Document, RegisterEntry
from engine.documents.queries import within
from engine.documents.searching import asking, words
from engine.documents.searching.asking import Criteria, Term
from engine.documents.searching.models import DocumentWords, SavedSearch, SearchChoice, WordsDue
from engine.documents.text import fold
from engine.errors import NotFound
from engine.platform import Actor

PAGE = 25
COUNTED = 1000
# The same words as the indexes of migration 0008.
_ISSUED: ColumnElement[Any] = text("coalesce(document.issued_date, '0001-01-01'::date)")  # type: ignore[assignment]
_DUE: ColumnElement[Any] = text("coalesce(document.due_date, '9999-12-31'::date)")  # type: ignore[assignment]
_NEVER_ISSUED, _NEVER_DUE = date.min, date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Page:
    """Documents found, and where the next page begins; `loose` when only parts of words were found."""

    documents: Sequence[Document]
    after: str
    loose: bool = False


def find(
    session: Session, actor: Actor, criteria: Criteria, *, after: str = "", limit: int = PAGE, loose: bool = False
) -> Page:
    """One page of what is found; `after` is the place a page before gave. When no document has the words, those are
    given that have them somewhere inside a longer word of their main fields (`12/SX` in `112/SXD`); a phrase is meant.
    """
    ordered = _after(_ordered(matching(actor, criteria, loose=loose), criteria.order), criteria.order, after)
    rows = session.scalars(ordered.limit(limit + 1)).all()
    meant = any(sign in criteria.text for sign in asking.QUOTES) or len(fold(criteria.text)) < 3
    if not rows and not after and not loose and not meant:
        found = find(session, actor, criteria, limit=limit, loose=True)
        return found if found.documents else Page((), "")
    return Page(rows[:limit], _place(rows[limit - 1], criteria.order) if len(rows) > limit else "", loose)


def count(session: Session, actor: Actor, criteria: Criteria, *, loose: bool = False, most: int = COUNTED) -> int:
    """How many are found; `most + 1` stands for more than `most`."""
    inner = matching(actor, criteria, loose=loose).with_only_columns(Document.id).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(inner)) or 0


def matching(actor: Actor, criteria: Criteria, *, loose: bool = False) -> Select[Document]:
    """Select of the documents that the actor may see and that answer the criteria."""
    query = select(Document).where(within(actor), *_filters(criteria))
    asked = "" if actor.agency_id is None else _asked(actor.agency_id, criteria, without_text=loose)
    if asked:
        query = query.join(DocumentWords, DocumentWords.document_id == Document.id)
        query = query.where(DocumentWords.words.op("@@")(cast(literal(asked), TSQUERY)))
        for term in () if loose else asking.terms(criteria.text):
            if len(term.words) > 2:
                query = query.where(DocumentWords.told.contains(_phrase(term), autoescape=True))
    if loose:
        for part in fold(criteria.text).replace("*", "").split()[: asking.MOST_TERMS]:
            query = query.where(Document.folded.contains(part, autoescape=True))
    elif criteria.text and not asking.terms(criteria.text):
        query = query.where(text("false"))  # nothing but signs was typed
    return query


def _phrase(term: Term) -> str:
    return f" {' '.join(term.words)}" + ("" if term.beginning else " ")


def _asked(agency_id: int, criteria: Criteria, *, without_text: bool) -> str:
    """The criteria's words as a tsquery; words hold letters and digits only, so nothing in them needs escaping."""
    pieces: list[str] = []
    for term in () if without_text else asking.terms(criteria.text):
        if len(term.words) == 1:
            pieces.append(f"'{words.word(agency_id, term.words[0])}'")
        else:
            pieces += [f"'{pair}'" for pair in words.pairs(agency_id, term.words)]
        if term.beginning:
            pieces[-1] += ":*"
    for tag, said in ((words.named(agency_id), criteria.organ), (words.signed(agency_id), criteria.signer)):
        pieces += [f"'{tag}{each}'" for each in words.tokens(said)[: asking.MOST_TERMS]]
    return " & ".join(dict.fromkeys(pieces))


def _filters(criteria: Criteria) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    direction, _, status = criteria.status.rpartition(":")
    for wanted in filter(None, (criteria.direction, direction)):
        found.append(Document.direction == wanted)
    if status:
        found.append(Document.status == status)
    if criteria.kind:
        found.append(Document.type_name == criteria.kind)
    if criteria.urgency is not None:
        found.append(Document.urgency == criteria.urgency)
    if criteria.since is not None:
        found.append(Document.issued_date >= criteria.since)
    if criteria.until is not None:
        found.append(Document.issued_date <= criteria.until)
    if criteria.register is not None:
        found.append(exists().where(RegisterEntry.document_id == Document.id,
                                    RegisterEntry.register_id == criteria.register))  # fmt: skip
    if criteria.unit is not None:
        assigned = exists().where(
            Assignment.document_id == Document.id, Assignment.unit_id == criteria.unit, Assignment.state != "replaced"
        )
        found.append(or_(Document.unit_id == criteria.unit, assigned))
    if criteria.attached:
        annex = exists().where(
            Attachment.document_id == Document.id, Attachment.part == "annex", Attachment.current.is_(True)
        )
        found.append(annex if criteria.attached == "yes" else ~annex)
    return found


# --- Order and pages -------------------------------------------------------------------------------------------


def _ordered(query: Select[Document], order: str) -> Select[Document]:
    if order == "oldest":
        return query.order_by(Document.id)
    if order == "issued":
        return query.order_by(text("coalesce(document.issued_date, '0001-01-01'::date) desc"), Document.id.desc())
    if order == "due":
        return query.order_by(_DUE, Document.id)
    return query.order_by(Document.id.desc())


def _place(row: Document, order: str) -> str:
    if order == "issued":
        return f"{(row.issued_date or _NEVER_ISSUED).isoformat()}.{row.id}"
    if order == "due":
        return f"{(row.due_date or _NEVER_DUE).isoformat()}.{row.id}"
    return str(row.id)


def _after(query: Select[Document], order: str, after: str) -> Select[Document]:
    """Go on behind a place; one that nobody was given begins at the first."""
    day, _, number = after.rpartition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return query
    last = int(number)
    if order in ("newest", "oldest"):
        return query.where(Document.id < last if order == "newest" else Document.id > last)
    try:
        when = date.fromisoformat(day)
    except ValueError:
        return query
    if order == "issued":
        return query.where(tuple_(_ISSUED, Document.id) < tuple_(literal(when), literal(last)))
    return query.where(tuple_(_DUE, Document.id) > tuple_(literal(when), literal(last)))


# --- What a person keeps ---------------------------------------------------------------------------------------


def saved_searches(session: Session, person_id: int) -> Sequence[SavedSearch]:
    """The searches a person keeps, by name."""
    return session.scalars(
        select(SavedSearch).where(SavedSearch.person_id == person_id).order_by(func.lower(SavedSearch.name))
    ).all()


def saved_search(session: Session, person_id: int | None, saved_id: int) -> SavedSearch:
    """A kept search of this person; NotFound for anybody else's."""
    found = session.get(SavedSearch, saved_id)
    if found is None or person_id is None or found.person_id != person_id:
        raise NotFound("Không tìm thấy tìm kiếm đã lưu này.")
    return found


def chosen_columns(session: Session, person_id: int) -> list[str]:
    """Names of the columns a person has chosen; none when they never chose."""
    found = session.get(SearchChoice, person_id)
    return [str(each) for each in found.columns] if found else []


def words_due(session: Session, agency_id: int) -> bool:
    """Whether documents of the agency wait for their words to be made."""
    return session.scalar(select(WordsDue.document_id).where(WordsDue.agency_id == agency_id).limit(1)) is not None
