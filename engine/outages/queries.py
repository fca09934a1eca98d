"""Reading outages: what concerns whom, the banner, editions, what was entered afterwards, numbers held for paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from engine.directory.models import Agency, Person
from engine.documents.models import Document, Register, RegisterEntry
from engine.documents.queries import within
from engine.documents.registers import numbers
from engine.errors import NotFound
from engine.outages.models import Outage, OutageDismissal, OutageEdition, OutageEntry, OutageNumber
from engine.platform import Actor

PAGE = 100
MOST_SHOWN = 3
"""How many banners stand on a page at once; more would hide the work."""
NOT_FOUND = "Không tìm thấy thông báo sự cố này."


def concerns(agency_id: Any) -> ColumnElement[bool]:
    """Condition on Outage: announced by the agency, or for the whole province."""
    return or_(Outage.agency_id == agency_id, Outage.whole_province)


def get(session: Session, actor: Actor, outage_id: int) -> Outage:
    """An outage that concerns the actor's agency; NotFound otherwise."""
    row = session.scalar(select(Outage).where(Outage.id == outage_id, concerns(actor.agency_id)))
    if row is None:
        raise NotFound(NOT_FOUND)
    return row


def listing(session: Session, actor: Actor, *, limit: int = PAGE) -> Sequence[Outage]:
    """Outages that concern the actor's agency, newest stop first."""
    query = select(Outage).where(concerns(actor.agency_id)).order_by(Outage.stops_at.desc(), Outage.id.desc())
    return session.scalars(query.limit(limit)).all()


def showing(session: Session, actor: Actor) -> Sequence[Outage]:
    """What the banner says to somebody: planned or running, and not put away since it last changed."""
    return session.scalars(_SHOWING, {"agency": actor.agency_id, "person": actor.person_id}).all()


def _showing() -> Select[Outage]:
    away = exists().where(
        OutageDismissal.outage_id == Outage.id, OutageDismissal.person_id == bindparam("person", type_=BigInteger),
        OutageDismissal.edition == Outage.edition,
    )  # fmt: skip
    query = select(Outage).where(Outage.state == "announced", concerns(bindparam("agency", type_=BigInteger)), ~away)
    return query.order_by(Outage.stops_at).limit(MOST_SHOWN)


_SHOWING = _showing()  # every page asks for them


def running_everywhere(session: Session, now: datetime) -> Sequence[Outage]:
    """Outages of the whole province that run now: the sign-in page tells their times and nothing else."""
    query = select(Outage).where(Outage.state == "announced", Outage.whole_province, Outage.stops_at <= now)
    return session.scalars(query.order_by(Outage.stops_at).limit(MOST_SHOWN)).all()


def open_for_entry(session: Session, actor: Actor) -> Sequence[Outage]:
    """Outages after which the actor's agency may enter documents now, newest first."""
    query = select(Outage).where(Outage.state.in_(("ended", "submitted")), concerns(actor.agency_id))
    return session.scalars(query.order_by(Outage.stops_at.desc()).limit(20)).all()


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition with who made it."""

    row: OutageEdition
    by: str


def editions(session: Session, outage_id: int) -> list[Edition]:
    """Every edition of a notice, newest first."""
    query = (
        select(OutageEdition, Person.full_name)
        .outerjoin(Person, Person.id == OutageEdition.by_id)
        .where(OutageEdition.outage_id == outage_id)
        .order_by(OutageEdition.number.desc())
    )
    return [Edition(row, name or "Hệ thống") for row, name in session.execute(query)]


def agency_name(session: Session, row: Outage) -> str:
    """Whose admin announced it."""
    return session.get_one(Agency, row.agency_id).name


# --- What was entered afterwards ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entered:
    """A document entered afterwards; without `document` it is outside of what the reader may see."""

    entry: OutageEntry
    document: Document | None
    number: str
    by: str


def entered(session: Session, actor: Actor, outage_id: int, *, limit: int = 2_000) -> list[Entered]:
    """What the actor's agency has entered after an outage, by the time it really came."""
    line = and_(RegisterEntry.document_id == OutageEntry.document_id, RegisterEntry.state == "used")
    query = (
        select(OutageEntry, Document, RegisterEntry.number, RegisterEntry.suffix, Person.full_name)
        .select_from(OutageEntry)
        .outerjoin(Document, and_(Document.id == OutageEntry.document_id, within(actor)))
        .outerjoin(RegisterEntry, line)
        .outerjoin(Person, Person.id == OutageEntry.entered_by_id)
        .where(OutageEntry.outage_id == outage_id, OutageEntry.agency_id == actor.agency_id)
        .order_by(OutageEntry.happened_at, OutageEntry.document_id)
    )
    return [
        Entered(entry, document, numbers.format_number(number, suffix) if number else "", by or "Hệ thống")
        for entry, document, number, suffix, by in session.execute(query.limit(limit))
    ]


def of_document(session: Session, document_id: int) -> OutageEntry | None:
    """How a document was entered afterwards, if it was."""
    return session.get(OutageEntry, document_id)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many documents were entered after an outage, in one agency or in all."""

    incoming: int = 0
    outgoing: int = 0
    agencies: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.incoming + self.outgoing


def counts(session: Session, outage_id: int, agency_id: int | None = None) -> Counts:
    """How many were entered; of every agency when none is named: figures only, nothing of a document."""
    return counts_each(session, [outage_id], agency_id).get(outage_id, Counts())


def counts_each(session: Session, ids: Sequence[int], agency_id: int | None = None) -> dict[int, Counts]:
    """The same for many outages, in one statement; those after which nothing was entered are left out."""
    query = select(
        OutageEntry.outage_id,
        func.count().filter(OutageEntry.direction == "incoming"),
        func.count().filter(OutageEntry.direction == "outgoing"),
        func.count(func.distinct(OutageEntry.agency_id)),
    ).where(OutageEntry.outage_id.in_(ids))
    if agency_id is not None:
        query = query.where(OutageEntry.agency_id == agency_id)
    return {row[0]: Counts(*row[1:]) for row in session.execute(query.group_by(OutageEntry.outage_id))}


# --- Numbers held for paper -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """A number held for paper, its register, and the day written on the paper once it is entered."""

    entry: RegisterEntry
    register: Register
    used_on: date | None

    @property
    def written(self) -> str:
        """The number as written."""
        return numbers.format_number(self.entry.number, self.entry.suffix)


def held(session: Session, actor: Actor, outage_id: int) -> list[Held]:
    """Numbers the actor's agency held for an outage, by register and number."""
    query = (
        select(RegisterEntry, Register, OutageNumber.used_on)
        .join(OutageNumber, OutageNumber.entry_id == RegisterEntry.id)
        .join(Register, Register.id == RegisterEntry.register_id)
        .where(OutageNumber.outage_id == outage_id, Register.agency_id == actor.agency_id)
        .order_by(Register.id, RegisterEntry.year, RegisterEntry.number)
    )
    return [Held(*row) for row in session.execute(query.limit(500))]


def unnumbered(session: Session, actor: Actor, *, limit: int = 200) -> Sequence[Document]:
    """Outgoing documents of the agency that a held number may be given to: drafted, without a number."""
    query = select(Document).where(
        Document.agency_id == actor.agency_id, Document.direction == "outgoing", Document.code.is_(None), within(actor),
        Document.status.in_(("draft", "content_check", "form_check", "approval", "approved", "signed")),
        Document.destroyed_at.is_(None),
    )  # fmt: skip
    return session.scalars(query.order_by(Document.id.desc()).limit(limit)).all()
