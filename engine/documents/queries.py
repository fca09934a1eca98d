"""What is known about documents, always within what the actor may see; the one place where scope is decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, extract, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from engine.documents import rules
from engine.documents.models import (
    Assignment,
    Attachment,
    Dispatch,
    DispatchStatus,
    Document,
    DocumentLink,
    Instruction,
    Opinion,
    Party,
    Register,
    RegisterEntry,
)
from engine.documents.text import fold
from engine.errors import NotFound
from engine.platform import Actor, Work

PAGE = 50
LATE_STATES = ("queued", "sending", "sent", "arrived", "accepted", "assigned", "processing")


def within(actor: Actor) -> ColumnElement[bool]:
    """Condition on Document: what the actor may see. Role is not scope.

    Only documents of the actor's own agency. Clerk, leader and form checker (or who stands in for one) see all of
    them; everybody else those they, their units, or the people they stand in for take part in. Admins and analysts
    see no document by their role.
    """
    return _scope(actor, lambda taking_part: Document.id.in_(taking_part))


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """The same as a column: asked of the one document a row has, it doesn't gather all that the actor may see."""
    return _scope(actor, lambda taking_part: taking_part.where(Party.document_id == Document.id).exists())


def _scope(actor: Actor, narrow: Callable[[Select[Any]], ColumnElement[bool]]) -> ColumnElement[bool]:
    if actor.is_system:
        return true() if actor.agency_id is None else Document.agency_id == actor.agency_id
    if actor.agency_id is None:
        return false()
    own = Document.agency_id == actor.agency_id
    if (actor.roles | actor.stand_in_groups) & rules.AGENCY_WIDE:
        return own
    return and_(own, narrow(_taking_part(actor)))


def visible(actor: Actor) -> Select[Document]:
    """Select of the documents the actor may see."""
    return select(Document).where(within(actor))


def _taking_part(actor: Actor) -> Select[Any]:
    """No union: the database then may as well ask of each document whether the actor takes part, newest first."""
    people = {*actor.standing_in_for, *([actor.person_id] if actor.person_id is not None else [])}
    units = set(actor.unit_ids) | {int(g.partition("@")[2]) for g in actor.stand_in_groups if "@" in g}
    theirs: list[ColumnElement[bool]] = [Party.person_id.in_(people)]
    if units:
        theirs.append(Party.unit_id.in_(units))
    for person_id, kind in sorted(actor.stand_in_limits):
        limited = aliased(Document)
        of_kind = select(limited.id).where(limited.direction == kind)
        theirs.append(and_(Party.person_id == person_id, Party.document_id.in_(of_kind)))
    return select(Party.document_id).where(or_(*theirs))


def get(session: Session, actor: Actor, document_id: int) -> Document:
    """A document the actor may see; NotFound for any other, so that nobody learns that it exists."""
    found = session.scalar(visible(actor).where(Document.id == document_id))
    if found is None:
        raise NotFound("Không tìm thấy văn bản này.")
    return found


def seen(session: Session, actor: Actor, document_id: int | None) -> Document | None:
    """A document if the actor may see it: None for others, whose case or task may be looked after without it."""
    return session.scalar(visible(actor).where(Document.id == document_id)) if document_id is not None else None


def locked(work: Work, document_id: int, direction: str | None = None) -> Document:
    """A document of the actor's agency, its row locked until the transaction ends; NotFound for any other."""
    query = select(Document).where(Document.id == document_id)
    found = work.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None or (work.actor.agency_id is not None and found.agency_id != work.actor.agency_id):
        raise NotFound("Không tìm thấy văn bản này.")
    if direction is not None and found.direction != direction:
        raise NotFound(
            "Không tìm thấy văn bản đi này." if direction == "outgoing" else "Không tìm thấy văn bản đến này."
        )
    return found


# --- Lists ----------------------------------------------------------------------------------------------------


def documents(
    session: Session,
    actor: Actor,
    direction: str,
    *,
    statuses: Sequence[str] = (),
    search: str = "",
    before_id: int | None = None,
    limit: int = PAGE,
) -> Sequence[Document]:
    """Documents of one direction, newest first; `before_id` (the last one shown) gives the next page."""
    query = visible(actor).where(Document.direction == direction)
    if statuses:
        query = query.where(Document.status.in_(statuses))
    for word in fold(search).split()[:8]:
        query = query.where(Document.folded.contains(word, autoescape=True))
    if before_id is not None:
        query = query.where(Document.id < before_id)
    return session.scalars(query.order_by(Document.id.desc()).limit(limit)).all()


def incoming(session: Session, actor: Actor, **narrowing: Any) -> Sequence[Document]:
    """Incoming documents; narrowing as `documents`."""
    return documents(session, actor, "incoming", **narrowing)


def outgoing(session: Session, actor: Actor, **narrowing: Any) -> Sequence[Document]:
    """Outgoing documents; narrowing as `documents`."""
    return documents(session, actor, "outgoing", **narrowing)


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One line of a register as it is shown and printed; cancelled and held numbers have no document."""

    entry: RegisterEntry
    document: Document | None


def registers(session: Session, agency_id: int, *, active_only: bool = False) -> Sequence[Register]:
    """Registers of an agency, incoming first."""
    query = select(Register).where(Register.agency_id == agency_id)
    if active_only:
        query = query.where(Register.active)
    return session.scalars(query.order_by(Register.direction, Register.id)).all()


def register_lines(
    session: Session,
    actor: Actor,
    register_id: int,
    year: int,
    *,
    below: int | None = None,
    limit: int = PAGE,
) -> Sequence[RegisterLine]:
    """Lines of a register in a year, highest number first; `below` (the last number shown) gives the next page.

    NotFound for a register of another agency; a line whose document the actor may not see shows its number only.
    """
    register = session.get(Register, register_id)
    if register is None or (actor.agency_id is not None and register.agency_id != actor.agency_id):
        raise NotFound("Không tìm thấy sổ này.")
    query = (
        select(RegisterEntry, Document)
        .outerjoin(Document, and_(Document.id == RegisterEntry.document_id, within(actor)))
        .where(RegisterEntry.register_id == register_id, RegisterEntry.year == year)
    )
    if below is not None:
        query = query.where(RegisterEntry.number < below)
    rows = session.execute(query.order_by(RegisterEntry.number.desc()).limit(limit))
    return [RegisterLine(entry, document) for entry, document in rows]


def register_years(session: Session, register_id: int) -> Sequence[int]:
    """Years a register has lines in, newest first."""
    found = select(RegisterEntry.year).where(RegisterEntry.register_id == register_id).distinct()
    return session.scalars(found.order_by(RegisterEntry.year.desc())).all()


# --- Parts of one document ------------------------------------------------------------------------------------


def attachments(session: Session, document_id: int, *, all_versions: bool = False) -> Sequence[Attachment]:
    """Files of a document: the current ones, or all versions; main file first."""
    query = select(Attachment).where(Attachment.document_id == document_id)
    if not all_versions:
        query = query.where(Attachment.current)
    order = {"main": 0, "draft": 1, "annex": 2, "summary": 3, "opinion": 4, "notice": 5}
    found = session.scalars(query.order_by(Attachment.number, Attachment.version.desc())).all()
    return sorted(found, key=lambda a: (order[a.part], a.number, -a.version))


def attachment(session: Session, actor: Actor, attachment_id: int) -> tuple[Document, Attachment]:
    """A file and its document, when the actor may see it; NotFound otherwise."""
    row = session.get(Attachment, attachment_id)
    if row is None:
        raise NotFound("Không tìm thấy tệp này.")
    return get(session, actor, row.document_id), row


def main_file(session: Session, document_id: int) -> Attachment | None:
    """The current main file of a document."""
    query = select(Attachment).where(
        Attachment.document_id == document_id, Attachment.part == "main", Attachment.current
    )
    return session.scalars(query.order_by(Attachment.id.desc()).limit(1)).first()


def draft_file(session: Session, document_id: int) -> Attachment | None:
    """The newest draft somebody uploaded, if any."""
    query = select(Attachment).where(
        Attachment.document_id == document_id, Attachment.part == "draft", Attachment.current
    )
    return session.scalars(query.order_by(Attachment.id.desc()).limit(1)).first()


@dataclass(frozen=True, slots=True)
class Linked:
    """A document tied to another, seen from that other: `kind` as stored, `outward` when it points away."""

    document: Document
    kind: str
    outward: bool


def links(session: Session, actor: Actor, document_id: int) -> Sequence[Linked]:
    """Documents tied to this one, both ways, as far as the actor may see them (LA-9.2.đ)."""
    outward = DocumentLink.from_id == document_id
    other = case((outward, DocumentLink.to_id), else_=DocumentLink.from_id)
    query = select(Document, DocumentLink.kind, outward).join(DocumentLink, Document.id == other)
    query = query.where(or_(outward, DocumentLink.to_id == document_id), seen_by(actor))
    return [Linked(*row) for row in session.execute(query.order_by(outward.desc(), DocumentLink.id))]


def answered_by(session: Session, document_id: int) -> Sequence[Document]:
    """Incoming documents that this outgoing one answers: what its edXML ResponseFor names."""
    query = select(Document).join(DocumentLink, DocumentLink.to_id == Document.id)
    query = query.where(DocumentLink.from_id == document_id, DocumentLink.kind == "answers")
    return session.scalars(query.where(Document.direction == "incoming").order_by(Document.id)).all()


def opinions(session: Session, document_id: int) -> Sequence[Opinion]:
    """Opinions on a document, oldest first."""
    query = select(Opinion).where(Opinion.document_id == document_id, Opinion.withdrawn_at.is_(None))
    return session.scalars(query.order_by(Opinion.id)).all()


def instruction(session: Session, document_id: int) -> Instruction | None:
    """The instruction in force: the last one written."""
    query = select(Instruction).where(Instruction.document_id == document_id, Instruction.withdrawn_at.is_(None))
    return session.scalars(query.order_by(Instruction.id.desc()).limit(1)).first()


def instructions(session: Session, document_id: int) -> Sequence[Instruction]:
    """All instructions on a document, oldest first."""
    query = select(Instruction).where(Instruction.document_id == document_id, Instruction.withdrawn_at.is_(None))
    return session.scalars(query.order_by(Instruction.id)).all()


def assignments(session: Session, document_id: int, *, all_ever: bool = False) -> Sequence[Assignment]:
    """Who leads, supports, is informed: those in force, or all ever; lead first."""
    query = select(Assignment).where(Assignment.document_id == document_id)
    if not all_ever:
        query = query.where(Assignment.state != "replaced")
    order = {"lead": 0, "support": 1, "inform": 2}
    return sorted(session.scalars(query).all(), key=lambda a: (order[a.part], a.id))


# --- Dispatches -----------------------------------------------------------------------------------------------


def dispatches(session: Session, document_id: int) -> Sequence[Dispatch]:
    """Recipients of an outgoing document and how far it got with each."""
    return session.scalars(select(Dispatch).where(Dispatch.document_id == document_id).order_by(Dispatch.id)).all()


def recipient_ids(session: Session, document_id: int) -> list[int]:
    """Agency ids of the recipients, in the order they were chosen."""
    query = select(Dispatch.recipient_id).where(Dispatch.document_id == document_id, Dispatch.recipient_id.is_not(None))
    return [found for found in session.scalars(query.order_by(Dispatch.id)) if found is not None]


def dispatch(session: Session, agency_id: int | None, dispatch_id: int) -> Dispatch:
    """A dispatch of this agency (None: of any); NotFound otherwise."""
    found = session.get(Dispatch, dispatch_id)
    if found is None or (agency_id is not None and found.agency_id != agency_id):
        raise NotFound("Không tìm thấy nơi nhận này.")
    return found


def dispatch_statuses(session: Session, dispatch_id: int) -> Sequence[DispatchStatus]:
    """Every status message about a dispatch, in the order they arrived."""
    query = select(DispatchStatus).where(DispatchStatus.dispatch_id == dispatch_id)
    return session.scalars(query.order_by(DispatchStatus.id)).all()


def late_dispatches(session: Session, actor: Actor, today: date, *, limit: int = PAGE) -> Sequence[Dispatch]:
    """Dispatches whose reply is due before today and hasn't come; longest waiting first (LA-9.3.b)."""
    query = (
        select(Dispatch)
        .join(Document, Document.id == Dispatch.document_id)
        .where(within(actor), Dispatch.due_date < today, Dispatch.reply_id.is_(None), Dispatch.state.in_(LATE_STATES))
    )
    if actor.agency_id is not None:
        query = query.where(Dispatch.agency_id == actor.agency_id)
    return session.scalars(query.order_by(Dispatch.due_date, Dispatch.id).limit(limit)).all()


def dispatches_answered(session: Session, document_id: int) -> Sequence[Dispatch]:
    """Dispatches of ours that this incoming document replies to."""
    return session.scalars(select(Dispatch).where(Dispatch.reply_id == document_id).order_by(Dispatch.id)).all()


def dispatch_of(session: Session, agency_id: int, identifier: str, recipient_codes: Sequence[str]) -> Dispatch | None:
    """The dispatch a status message is about: our document by identifier or code, the recipient by any code."""
    query = (
        select(Dispatch)
        .join(Document, Document.id == Dispatch.document_id)
        .where(
            Document.agency_id == agency_id, Document.direction == "outgoing",
            or_(Document.identifier == identifier, Document.code == identifier),
            Dispatch.recipient_code.in_(recipient_codes),
        )
    )  # fmt: skip
    return session.scalars(query.order_by(Dispatch.id.desc()).limit(1)).first()


def duplicates(session: Session, document: Document) -> Sequence[Document]:
    """Earlier documents of the agency with the same identifier, or the same code from the same agency (SYS-1.h).

    Numbers begin anew every year (ND30-15.1): the same code of another year is another document.
    """
    same: list[ColumnElement[bool]] = []
    if document.identifier:
        same.append(Document.identifier == document.identifier)
    if document.code and (document.organ_id or document.organ_name):
        column, issuer = (
            (Document.organ_id, document.organ_id) if document.organ_id else (Document.organ_name, document.organ_name)
        )
        numbered = and_(Document.code == document.code, column == issuer)
        if document.issued_date is not None:
            of_the_year = extract("year", Document.issued_date) == document.issued_date.year
            numbered = and_(numbered, or_(Document.issued_date.is_(None), of_the_year))
        same.append(numbered)
    if not same:
        return []
    query = select(Document).where(
        Document.agency_id == document.agency_id, Document.direction == "incoming", Document.id != document.id,
        Document.id < document.id, Document.destroyed_at.is_(None), or_(*same),
    )  # fmt: skip
    return session.scalars(query.order_by(Document.id.desc()).limit(5)).all()
