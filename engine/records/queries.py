"""What is known about dossiers, always within what the actor may see (`rules.within`)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from engine.audit import AuditEntry
from engine.directory.models import Person
from engine.documents import queries as documents
from engine.documents.models import Document, DocumentLink
from engine.documents.text import fold
from engine.errors import NotFound
from engine.platform import Actor, Work
from engine.records import rules
from engine.records.models import ArchivePackage, Dossier, DossierEntry, DossierHeading

PAGE = 100
MOST_FILLABLE = 300
MOST_COLLECTED = 200
HISTORY = 300
MOST_EVENTS = 20_000
LOOKED = ("dossier.read", "dossier.printed", "dossier.package_taken")
FILTERS = ("all", "mine", "open", "closed", "due", "offered", "handed_over", "planned", "frozen", "expired")


def visible(actor: Actor) -> Select[Dossier]:
    """Select of the dossiers the actor may see."""
    return select(Dossier).where(rules.within(actor))


def get(session: Session, actor: Actor, dossier_id: int) -> Dossier:
    """A dossier the actor may see; NotFound for any other, so that nobody learns that it exists."""
    found = session.scalar(visible(actor).where(Dossier.id == dossier_id))
    if found is None:
        raise NotFound("Không tìm thấy hồ sơ này.")
    return found


def locked(work: Work, dossier_id: int) -> Dossier:
    """A dossier the actor may see, its row locked until the transaction ends; NotFound for any other."""
    query = visible(work.actor).where(Dossier.id == dossier_id)
    found = work.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound("Không tìm thấy hồ sơ này.")
    return found


# --- The list of a year ---------------------------------------------------------------------------------------


def years(session: Session, actor: Actor) -> Sequence[int]:
    """Years the actor sees dossiers of, newest first."""
    query = select(Dossier.year).where(rules.within(actor)).distinct()
    return session.scalars(query.order_by(Dossier.year.desc())).all()


def headings(session: Session, agency_id: int, year: int) -> Sequence[DossierHeading]:
    """Headings of an agency's list of a year, by their sign."""
    query = select(DossierHeading).where(DossierHeading.agency_id == agency_id, DossierHeading.year == year)
    return session.scalars(query.order_by(DossierHeading.code)).all()


@dataclass(frozen=True, slots=True)
class Listed:
    """A dossier as a line of the list: whose it is and how many documents stand in it."""

    dossier: Dossier
    keeper: str
    count: int


def listing(
    session: Session, actor: Actor, year: int, only: str, today: date, *, skip: int = 0, search: str = "",
    limit: int = PAGE,
) -> list[Listed]:  # fmt: skip
    """Dossiers of a year by heading and number; `skip` so many for the next page."""
    present = select(func.count()).where(DossierEntry.dossier_id == Dossier.id, DossierEntry.taken_out_at.is_(None))
    query = (
        select(Dossier, Person.full_name, present.scalar_subquery())
        .join(Person, Person.id == Dossier.keeper_id)
        .outerjoin(DossierHeading, DossierHeading.id == Dossier.heading_id)
        .where(rules.within(actor), _of(year, only, actor, today))
    )
    for word in fold(search).split()[:8]:
        query = query.where(Dossier.folded.contains(word, autoescape=True))
    order = func.coalesce(DossierHeading.code, ""), Dossier.ordinal, Dossier.id
    rows = session.execute(query.order_by(*order).offset(skip).limit(limit))
    return [Listed(dossier, name, count) for dossier, name, count in rows]


def counts(session: Session, actor: Actor, year: int, today: date) -> dict[str, int]:
    """How many dossiers stand behind each filter, counted in one pass."""
    columns = [
        func.count().filter(_of(year, name, actor, today)).label(name) for name in FILTERS
    ]  # fmt: skip
    row = session.execute(select(*columns).select_from(Dossier).where(rules.within(actor))).one()
    return {name: int(getattr(row, name)) for name in FILTERS}


def _of(year: int, only: str, actor: Actor, today: date) -> ColumnElement[bool]:
    """Condition of a filter; what is due is due whatever year it was opened in."""
    if only == "due":
        return and_(Dossier.state == "closed", Dossier.due_date.is_not(None), Dossier.due_date <= today + rules.NOTICE)
    if only == "expired":
        last = func.extract("year", Dossier.end_date) + Dossier.retention_years
        ended = and_(Dossier.end_date.is_not(None), Dossier.retention_years.is_not(None))
        return and_(ended, last < today.year, Dossier.state != "destroyed")
    if only == "offered":
        return Dossier.state == "offered"
    of_year = Dossier.year == year
    if only == "mine":
        return and_(of_year, Dossier.keeper_id == (actor.person_id or 0))
    if only == "frozen":
        return and_(of_year, Dossier.frozen)
    return of_year if only == "all" else and_(of_year, Dossier.state == only)


# --- One dossier ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A document in a dossier; none when the actor may not see it."""

    entry: DossierEntry
    document: Document | None


def lines(session: Session, actor: Actor, dossier_id: int) -> list[Line]:
    """What stands in a dossier, in order; a document out of the actor's scope leaves its number only."""
    query = (
        select(DossierEntry, Document)
        .outerjoin(Document, and_(Document.id == DossierEntry.document_id, documents.within(actor)))
        .where(DossierEntry.dossier_id == dossier_id, DossierEntry.taken_out_at.is_(None))
        .order_by(DossierEntry.ordinal, DossierEntry.id)
    )
    return [Line(entry, document) for entry, document in session.execute(query)]


def documents_in(session: Session, dossier_id: int) -> Sequence[Document]:
    """Every document in a dossier, whoever asks: for rules, which count what the actor may not read too."""
    query = select(Document).join(DossierEntry, DossierEntry.document_id == Document.id)
    query = query.where(DossierEntry.dossier_id == dossier_id, DossierEntry.taken_out_at.is_(None))
    return session.scalars(query.order_by(DossierEntry.ordinal)).all()


def history(session: Session, dossier: Dossier) -> Sequence[AuditEntry]:
    """The newest lines of a dossier's audit trail."""
    query = select(AuditEntry).where(
        AuditEntry.subject_kind == "dossier", AuditEntry.subject_id == str(dossier.id),
        AuditEntry.agency_id == dossier.agency_id,
    )  # fmt: skip
    return session.scalars(query.order_by(AuditEntry.id.desc()).limit(HISTORY)).all()


def events(session: Session, dossier: Dossier) -> Sequence[AuditEntry]:
    """What was done to a dossier, oldest first, without who only looked at it."""
    query = select(AuditEntry).where(
        AuditEntry.subject_kind == "dossier", AuditEntry.subject_id == str(dossier.id),
        AuditEntry.agency_id == dossier.agency_id, AuditEntry.action.not_in(LOOKED),
    )  # fmt: skip
    return session.scalars(query.order_by(AuditEntry.id).limit(MOST_EVENTS)).all()


# --- From a document's side -----------------------------------------------------------------------------------


def of_document(session: Session, actor: Actor, document_id: int) -> Sequence[Dossier]:
    """Dossiers a document stands in, as far as the actor may see them."""
    query = visible(actor).join(DossierEntry, DossierEntry.dossier_id == Dossier.id)
    query = query.where(DossierEntry.document_id == document_id, DossierEntry.taken_out_at.is_(None))
    return session.scalars(query.order_by(Dossier.year, Dossier.notation)).all()


def fillable(session: Session, actor: Actor) -> Sequence[Dossier]:
    """Open dossiers the actor may put documents into: one's own; for the clerk, all."""
    query = visible(actor).where(Dossier.state == "open", Dossier.frozen.is_(False))
    if not rules.keeps_list(actor):
        people = {*actor.standing_in_for, *([actor.person_id] if actor.person_id is not None else [])}
        query = query.where(Dossier.keeper_id.in_(people))
    return session.scalars(query.order_by(Dossier.year.desc(), Dossier.notation).limit(MOST_FILLABLE)).all()


def kept_open(session: Session, agency_id: int, keeper_id: int) -> Sequence[Dossier]:
    """Open dossiers of one keeper that may be filled."""
    query = select(Dossier).where(
        Dossier.agency_id == agency_id, Dossier.keeper_id == keeper_id, Dossier.state == "open", ~Dossier.frozen
    )
    return session.scalars(query.order_by(Dossier.year.desc(), Dossier.notation).limit(MOST_FILLABLE)).all()


def case_of(session: Session, actor: Actor, document_id: int) -> list[Document]:
    """All documents of the matter: those tied to this one, and to those, as far as the actor may see them (ND30-29.3).

    This one comes first; at most MOST_COLLECTED.
    """
    found: dict[int, Document] = {}
    wanted = [document_id]
    while wanted and len(found) < MOST_COLLECTED:
        rows = session.scalars(documents.visible(actor).where(Document.id.in_(wanted)).order_by(Document.id)).all()
        found |= {row.id: row for row in rows}
        ids = [row.id for row in rows]
        ties: list[Any] = []
        for here, there in ((DocumentLink.from_id, DocumentLink.to_id), (DocumentLink.to_id, DocumentLink.from_id)):
            ties += session.scalars(select(there).where(here.in_(ids)).order_by(DocumentLink.id)).all()
        wanted = [each for each in dict.fromkeys(ties) if each not in found][: MOST_COLLECTED - len(found)]
    return list(found.values())


# --- Packages -------------------------------------------------------------------------------------------------


def packages(session: Session, dossier_id: int) -> Sequence[ArchivePackage]:
    """Packages made of a dossier, newest first."""
    query = select(ArchivePackage).where(ArchivePackage.dossier_id == dossier_id)
    return session.scalars(query.order_by(ArchivePackage.id.desc()).limit(20)).all()


def package_of_bytes(session: Session, actor: Actor, content: bytes) -> Dossier | None:
    """The dossier that exactly these bytes were made of here, when the actor may see it."""
    made = select(ArchivePackage.dossier_id).where(ArchivePackage.file_hash == hashlib.sha256(content).hexdigest())
    return session.scalars(visible(actor).where(Dossier.id.in_(made)).limit(1)).first()


def package(session: Session, actor: Actor, package_id: int) -> tuple[Dossier, ArchivePackage]:
    """A package of a dossier every part of which the actor may see; NotFound otherwise."""
    row = session.get(ArchivePackage, package_id)
    if row is None:
        raise NotFound("Không tìm thấy gói hồ sơ này.")
    dossier = get(session, actor, row.dossier_id)
    if any(line.document is None for line in lines(session, actor, dossier.id)):
        raise NotFound("Không tìm thấy gói hồ sơ này.")
    return dossier, row
