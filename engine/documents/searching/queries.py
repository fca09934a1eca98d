"""What a search finds, always within `engine.documents.queries.within`; pages by keyset, counts up to a limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, cast, exists, func, literal, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import Session

from engine.documents.models import Assignment, Attachment, Document, RegisterEntry
from engine.documents.queries import within
from engine.documents.rules import AGENCY_WIDE
from engine.documents.searching import asking, words
from engine.documents.searching.asking import Criteria, Term
from engine.documents.searching.models import DocumentWords, SavedSearch, SearchChoice, WordsDue
from engine.documents.text import fold
from engine.errors import NotFound
from engine.platform import Actor

PAGE = 25
COUNTED = 300
FEW = 3_000  # words found in no more documents are taken from the index whole
LOOKED_AT = (150, 600, 2_400)  # documents among which a page of more frequent words is sought
AHEAD = 8  # times as many of the agency are looked through for somebody who may see some of them only
# The same words as the indexes of migration 0008.
_ISSUED: ColumnElement[Any] = text("coalesce(document.issued_date, '0001-01-01'::date)")  # type: ignore[assignment]
_DUE: ColumnElement[Any] = text("coalesce(document.due_date, '9999-12-31'::date)")  # type: ignore[assignment]
_NO_SEQUENTIAL_READING = text(
    "select set_config('enable_seqscan', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)"
)
_NEVER_ISSUED, _NEVER_DUE = date.min, date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Page:
    """Documents found, and where the next page begins; `loose` when only parts of words were found; `count` when all
    that are found (up to `COUNTED` and one) had to be looked at anyway.
    """

    documents: Sequence[Document]
    after: str
    loose: bool = False
    count: int | None = None


def find(
    session: Session, actor: Actor, criteria: Criteria, *, after: str = "", limit: int = PAGE, loose: bool = False
) -> Page:
    """One page of what is found; `after` is the place a page before gave. When no document has the words, those are
    given that have them somewhere inside a longer word of their main fields (`12/SX` in `112/SXD`); a phrase is meant.

    Frequent words are looked for among the next few documents first, where they fill a page; what doesn't is rare
    enough to be taken from the index whole. The planner, left alone, guesses wrongly between the two.
    """
    _by_index(session)
    if not loose and limit <= PAGE and _said(actor, criteria, loose=False):
        rows, count = _by_words(session, actor, criteria, after, limit)
    elif loose:
        rows, count = _chosen(session, matching(actor, criteria, loose=True), criteria, after, limit)
    else:
        query = _ordered(_after(matching(actor, criteria, loose=loose), criteria.order, after), criteria.order)
        rows, count = session.scalars(query.limit(limit + 1)).all(), None
    if not rows and not after and not loose and _may_be_part(criteria.text):
        found = find(session, actor, criteria, limit=limit, loose=True)
        return found if found.documents else Page((), "")
    place = _place(rows[limit - 1], criteria.order) if len(rows) > limit else ""
    return Page(rows[:limit], place, loose, None if after else count)


def _by_words(
    session: Session, actor: Actor, criteria: Criteria, after: str, limit: int
) -> tuple[Sequence[Document], int | None]:
    """One document more than the page holds, and how many there are if that is known."""
    nearest, *further = LOOKED_AT
    rows = session.scalars(_among_next(actor, criteria, after, nearest).limit(limit + 1)).all()
    if len(rows) > limit:
        return rows, None
    said = _said(actor, criteria, loose=False)
    hits = session.scalars(select(DocumentWords.document_id).where(*said).limit(FEW + 1)).all()
    if len(hits) <= FEW:
        among = Document.id == func.any(literal(hits, ARRAY(BigInteger)))
        query = select(Document).where(among, within(actor), *_filters(criteria))
        return _chosen(session, query, criteria, after, limit)
    for looked_at in further:
        rows = session.scalars(_among_next(actor, criteria, after, looked_at).limit(limit + 1)).all()
        if len(rows) > limit:
            return rows, None
    query = _ordered(_after(matching(actor, criteria), criteria.order, after), criteria.order)
    return session.scalars(query.limit(limit + 1)).all(), None


def _chosen(
    session: Session, query: Select[Document], criteria: Criteria, after: str, limit: int
) -> tuple[Sequence[Document], int]:
    """The page's documents and how many there are (up to `COUNTED` and one), in one look at the index."""
    ordered = _ordered(_after(query, criteria.order, after), criteria.order)
    ids = session.scalars(ordered.with_only_columns(Document.id).limit(max(COUNTED, limit) + 1)).all()
    found = {row.id: row for row in session.scalars(select(Document).where(Document.id.in_(ids[: limit + 1])))}
    return [found[each] for each in ids[: limit + 1]], len(ids)


def _by_index(session: Session) -> None:
    """Reading every row is never what a search wants; that it looks cheap is for the texts lying outside the rows.
    Nor does one person's search take more than one process of the database. Said once in a transaction.
    """
    if "by_index" not in session.info or session.info["by_index"] is not session.get_transaction():
        session.execute(_NO_SEQUENTIAL_READING)
        session.info["by_index"] = session.get_transaction()


def _may_be_part(said: str) -> bool:
    """Whether to look inside of words: not for phrases, and only for parts that the trigram index can tell apart."""
    return not any(sign in said for sign in asking.QUOTES) and any(len(part) > 2 for part in fold(said).split())


def count(session: Session, actor: Actor, criteria: Criteria, *, loose: bool = False, most: int = COUNTED) -> int:
    """How many are found; `most + 1` stands for more than `most`."""
    _by_index(session)
    if not loose and most <= COUNTED and _said(actor, criteria, loose=False):
        nearest = () if _sees_some(actor) else (_among_next(actor, criteria, "", LOOKED_AT[1]),)
        for query in (*nearest, _among_some(actor, criteria)):
            if _counted(session, query, most) > most:
                return most + 1
    return _counted(session, matching(actor, criteria, loose=loose), most)


def _counted(session: Session, query: Select[Document], most: int) -> int:
    inner = query.order_by(None).with_only_columns(Document.id).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(inner)) or 0


def _among_some(actor: Actor, criteria: Criteria) -> Select[Document]:
    """The same among some that have the words."""
    said = _said(actor, criteria, loose=False)
    hits = select(DocumentWords.document_id).where(*said).limit(FEW).cte("hits").prefix_with("MATERIALIZED")
    return select(Document).join(hits, hits.c.document_id == Document.id).where(within(actor), *_filters(criteria))


def matching(actor: Actor, criteria: Criteria, *, loose: bool = False) -> Select[Document]:
    """Select of the documents that the actor may see and that answer the criteria."""
    query = select(Document).where(within(actor), *_filters(criteria))
    said = _said(actor, criteria, loose=loose)
    if said:
        hits = select(DocumentWords.document_id).where(*said).cte("hits").prefix_with("MATERIALIZED")
        query = query.join(hits, hits.c.document_id == Document.id)
    if loose:
        parts = fold(criteria.text).replace("*", "").split()[: asking.MOST_TERMS]
        having = select(Document.id).where(
            Document.agency_id == actor.agency_id, *(Document.folded.contains(each, autoescape=True) for each in parts)
        )
        query = query.where(Document.id.in_(select(having.cte("having").prefix_with("MATERIALIZED").c.id)))
    elif criteria.text and not asking.terms(criteria.text):
        query = query.where(text("false"))  # nothing but signs was typed
    return query


def _among_next(actor: Actor, criteria: Criteria, after: str, looked_at: int) -> Select[Document]:
    """The same among so many next documents that the actor may see, in the order asked for.

    Their words are read one by one: the index would give those of the whole agency (`is true` keeps it out).
    """
    ahead = _sees_some(actor) and looked_at < LOOKED_AT[-1]
    scope = Document.agency_id == actor.agency_id if ahead else within(actor)
    seen = _ordered(_after(select(Document).where(scope), criteria.order, after), criteria.order)
    next_ones = seen.with_only_columns(Document.id).limit(looked_at * AHEAD if ahead else looked_at).subquery()
    query = select(Document).where(within(actor)).join(next_ones, next_ones.c.id == Document.id)
    query = query.join(DocumentWords, DocumentWords.document_id == Document.id)
    said = [each.is_(True) for each in _said(actor, criteria, loose=False)]
    return _ordered(query.where(*_filters(criteria), *said), criteria.order)


def _sees_some(actor: Actor) -> bool:
    """Whether the actor sees part of the agency's documents: sorting all of that part costs more than going along."""
    return not (actor.roles | actor.stand_in_groups) & AGENCY_WIDE


def _said(actor: Actor, criteria: Criteria, *, loose: bool) -> list[ColumnElement[bool]]:
    """Conditions on the words of a document."""
    asked = "" if actor.agency_id is None else _asked(actor.agency_id, criteria, without_text=loose)
    if not asked:
        return []
    terms = () if loose else asking.terms(criteria.text)
    return [
        DocumentWords.words.op("@@")(cast(literal(asked), TSQUERY)),
        *(DocumentWords.told.contains(_phrase(each), autoescape=True) for each in terms if len(each.words) > 2),
    ]


def _phrase(term: Term) -> str:
    return f" {' '.join(term.words)}" + ("" if term.beginning else " ")


def _asked(agency_id: int, criteria: Criteria, *, without_text: bool) -> str:
    """The criteria's words as a tsquery; they hold letters and digits only, so nothing in them needs escaping.

    Kind and urgency are columns too; as words they keep a rare one from being looked for in every document.
    """
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
    if criteria.kind:
        pieces.append(f"'{words.of_kind(agency_id, criteria.kind)}'")
    if criteria.urgency:
        pieces.append(f"'{words.as_urgent(agency_id, criteria.urgency)}'")
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
