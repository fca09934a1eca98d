"""The lines of a register for a book, in pieces, always within what the actor may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from engine.clock import VIETNAM
from engine.directory.models import Agency, Person, Unit
from engine.documents.models import Assignment, Dispatch, Document, DocumentLink, Register, RegisterEntry
from engine.documents.prints.book import Book
from engine.documents.prints.forms import FORMS, OUTGOING, POSTAL, forms_of
from engine.documents.prints.rows import Line, Paper
from engine.documents.queries import within
from engine.documents.registers import numbers
from engine.documents.rules import AGENCY_WIDE, may_keep_registers
from engine.errors import InvalidInput, NotFound
from engine.platform import Actor

PIECE = 500
Query = Select[*tuple[Any, ...]]
_ENTRY = (
    RegisterEntry.id, RegisterEntry.year, RegisterEntry.number, RegisterEntry.suffix, RegisterEntry.state,
    RegisterEntry.dated, RegisterEntry.entered_at, RegisterEntry.note, RegisterEntry.held_for,
    RegisterEntry.held_until, RegisterEntry.document_id,
)  # fmt: skip
_PAPER = (
    Document.id.label("paper_id"), Document.type_name, Document.subject, Document.code, Document.issued_date,
    Document.organ_name, Document.status, Document.arrival_date, Document.due_date, Document.signer_name,
    Document.to_places, Document.issued_amount, Document.unit_id, Document.description, Document.issued_at,
    Document.checks["copy"]["posted"].label("posted"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selection:
    """Which lines of which register go into which book."""

    register_id: int
    form: str
    since: date
    until: date


def register_of(session: Session, actor: Actor, register_id: int) -> Register:
    """A register of the actor's agency; NotFound otherwise."""
    found = session.get(Register, register_id)
    if found is None or (actor.agency_id is not None and found.agency_id != actor.agency_id):
        raise NotFound("Không tìm thấy sổ này.")
    return found


def book_of(session: Session, actor: Actor, chosen: Selection, now: datetime) -> Book:
    """The head of a book: agency, period, first and last number, how many lines.

    NotFound for a register of another agency; InvalidInput for a period turned round or a book of the other side.
    """
    register = register_of(session, actor, chosen.register_id)
    if chosen.form not in {form.key for form in forms_of(register.direction)}:
        raise InvalidInput("Sổ này không in được theo mẫu đó.", {"form": "Chọn mẫu in của sổ này."})
    if chosen.since > chosen.until:
        raise InvalidInput("Từ ngày phải trước hoặc trùng đến ngày.", {"since": "Chọn ngày sớm hơn."})
    agency = session.get_one(Agency, register.agency_id)
    ends = []
    for order in (_order(), tuple(column.desc() for column in _order())):
        chosen_columns = select(RegisterEntry.number, RegisterEntry.suffix)
        ends.append(session.execute(_chosen(chosen_columns, chosen).order_by(*order).limit(1)).first())
    first, last = (numbers.format_number(*end) if end else "" for end in ends)
    count = session.scalar(_chosen(select(func.count()).select_from(RegisterEntry), chosen)) or 0
    return Book(
        FORMS[chosen.form], agency.name, agency.parent_name or "", register.name, chosen.since, chosen.until,
        first, last, count, now, actor.name,
    )  # fmt: skip


def lines(session: Session, actor: Actor, chosen: Selection) -> Iterator[Line]:
    """The lines, by year and number; a document the actor may not see leaves its number only."""
    open_notes = bool((actor.roles | actor.stand_in_groups) & AGENCY_WIDE) or bool(may_keep_registers(actor))
    query = select(*_ENTRY, *_PAPER).outerjoin(Document, and_(Document.id == RegisterEntry.document_id, within(actor)))
    query = _chosen(query, chosen).order_by(*_order()).limit(PIECE)
    units = (
        _units(session, session.get_one(Register, chosen.register_id).agency_id) if chosen.form == "outgoing" else {}
    )
    after: tuple[int, int, str] | None = None
    while True:
        piece = session.execute(query if after is None else query.where(tuple_(*_order()) > after)).all()
        if not piece:
            return
        yield from _lines(session, actor, chosen.form, piece, units, open_notes)
        after = (piece[-1].year, piece[-1].number, piece[-1].suffix)


def some_lines(session: Session, actor: Actor, form: str, query: Query, *, open_notes: bool = True) -> list[Line]:
    """The lines a query over RegisterEntry finds, for a screen."""
    joined = query.with_only_columns(*_ENTRY, *_PAPER).outerjoin(
        Document, and_(Document.id == RegisterEntry.document_id, within(actor))
    )
    piece = session.execute(joined).all()
    units = _units(session, actor.agency_id) if form == "outgoing" else {}
    return list(_lines(session, actor, form, piece, units, open_notes))


def _units(session: Session, agency_id: int | None) -> dict[int, str]:
    rows = session.execute(select(Unit.id, Unit.name).where(Unit.agency_id == agency_id))
    return {row.id: row.name for row in rows}


def _order() -> tuple[Any, ...]:
    return RegisterEntry.year, RegisterEntry.number, RegisterEntry.suffix


def _chosen(query: Query, chosen: Selection) -> Query:
    query = query.where(
        RegisterEntry.register_id == chosen.register_id, RegisterEntry.dated.between(chosen.since, chosen.until)
    )
    return query.where(RegisterEntry.document_id.in_(_on_paper(chosen))) if chosen.form == POSTAL.key else query


def _on_paper(chosen: Selection) -> Select[int]:
    """Documents of the register that have gone out to somebody on paper: recipients with a reason, places of copies."""
    sent = exists().where(Dispatch.document_id == Document.id, Dispatch.paper_reason != "")
    posted = func.coalesce(func.jsonb_array_length(Document.checks["copy"]["posted"]), 0) > 0
    entered = exists().where(
        RegisterEntry.document_id == Document.id, RegisterEntry.register_id == chosen.register_id
    )  # fmt: skip
    return select(Document.id).where(entered, Document.issued_at.is_not(None), or_(sent, posted))


@dataclass(frozen=True, slots=True)
class _Handed:
    """Who got a document, when, until when, when it was settled."""

    names: tuple[str, ...]
    on: date | None
    due: date | None
    settled: date | None


def _lines(
    session: Session, actor: Actor, form: str, piece: Sequence[Any], units: dict[int, str], open_notes: bool
) -> Iterator[Line]:
    ids = [row.paper_id for row in piece if row.paper_id is not None]
    going_out = form in (OUTGOING.key, POSTAL.key)
    handed = _handed(session, ids) if not going_out else {}
    sent = _recipients(session, ids, paper=form == POSTAL.key) if going_out else {}
    answers = _answers(session, actor, ids) if form == "follow-up" else {}
    for row in piece:
        paper = None
        if row.paper_id is not None:
            paper = _paper(row, handed.get(row.paper_id), sent.get(row.paper_id, ()), answers.get(row.paper_id, ()),
                           units)  # fmt: skip
        shown = open_notes or paper is not None
        yield Line(
            row.id, row.year, row.number, row.suffix, row.state, row.dated, _local(row.entered_at) or row.dated,
            row.note if shown else "", row.held_for if shown else "", row.held_until, paper,
        )  # fmt: skip


def _paper(
    row: Any, handed: _Handed | None, sent: tuple[str, ...], answers: tuple[str, ...], units: dict[int, str]
) -> Paper:
    return Paper(
        row.paper_id, row.type_name, row.subject, row.code or "", row.issued_date, row.organ_name, row.status,
        row.arrival_date, (handed.due if handed else None) or row.due_date, row.signer_name, row.to_places,
        row.issued_amount, units.get(row.unit_id, ""), row.description, _local(row.issued_at),
        handed.on if handed else None, handed.settled if handed else None, handed.names if handed else (), sent,
        answers, posted=(*sent, *(row.posted or ())),
    )  # fmt: skip


def _local(at: datetime | None) -> date | None:
    return at.astimezone(VIETNAM).date() if at else None


def _handed(session: Session, ids: Sequence[int]) -> dict[int, _Handed]:
    """The lead in force (the unit, then the person), then who helps."""
    query = (
        select(
            Assignment.document_id, Assignment.part, Assignment.created_at, Assignment.due_at, Assignment.settled_at,
            func.coalesce(Person.full_name, Unit.name, "").label("name"),
        )
        .outerjoin(Unit, Unit.id == Assignment.unit_id)
        .outerjoin(Person, Person.id == Assignment.person_id)
        .where(Assignment.document_id.in_(ids), Assignment.part.in_(("lead", "support")))
        .where(Assignment.state != "replaced")
        .order_by(Assignment.id)
    )  # fmt: skip
    found: dict[int, dict[str, list[Any]]] = defaultdict(lambda: {"lead": [], "support": []})
    for row in session.execute(query):
        found[row.document_id][row.part].append(row)
    handed = {}
    for document_id, parts in found.items():
        lead = parts["lead"][-1] if parts["lead"] else None
        names = dict.fromkeys(row.name for row in parts["lead"] + parts["support"] if row.name)
        first = parts["lead"][0] if parts["lead"] else None
        handed[document_id] = _Handed(
            tuple(names), _local(first.created_at) if first else None, _local(lead.due_at) if lead else None,
            _local(lead.settled_at) if lead else None,
        )  # fmt: skip
    return handed


def _recipients(session: Session, ids: Sequence[int], *, paper: bool) -> dict[int, tuple[str, ...]]:
    """Names of recipients; of those only that get paper, if wanted."""
    query = select(Dispatch.document_id, Dispatch.recipient_name).where(Dispatch.document_id.in_(ids))
    if paper:
        query = query.where(Dispatch.paper_reason != "")
    found: dict[int, tuple[str, ...]] = {}
    for document_id, name in session.execute(query.order_by(Dispatch.id)):
        found[document_id] = (*found.get(document_id, ()), name)
    return found


def _answers(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Numbers of the outgoing documents that answer, as far as the actor may see them."""
    query = (
        select(DocumentLink.to_id, Document.code)
        .join(Document, Document.id == DocumentLink.from_id)
        .where(DocumentLink.to_id.in_(ids), DocumentLink.kind == "answers", within(actor), Document.code.is_not(None))
        .order_by(DocumentLink.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for document_id, code in session.execute(query):
        found[document_id] = (*found.get(document_id, ()), str(code))
    return found
