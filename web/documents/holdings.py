"""What a document has at all, asked in one statement: the page then reads only what there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Date, Select, String, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.copying.models import DocumentCopy
from engine.directory import queries as directory
from engine.directory.models import AgencyCode, Person, Unit
from engine.documents.models import Assignment, Dispatch, Document, DocumentLink, Instruction, Opinion
from engine.opinions.models import OpinionRound
from engine.platform import Actor
from engine.records.models import DossierEntry
from engine.tasks import assignments
from engine.tasks.models import Reminder, Task


@dataclass(frozen=True, slots=True)
class Holdings:
    """Which lists of a document's page have lines, and the few words that need no list."""

    dispatches: bool
    lines: bool
    instructions: bool
    opinions: bool
    reminders: bool
    links: bool
    copies: bool
    dossiers: bool
    open_tasks: bool
    rounds: int  # of opinions asked for
    unit: str | None
    drafter: str | None
    signer: str | None
    codes: list[str]  # of the agency whose document it is
    unread: bool  # whether it leaves a mark that this reader has opened it


def of_document(session: Session, actor: Actor, document: Document, now: datetime) -> Holdings:
    """What `document` has, for somebody who may see it."""
    given: Mapping[str, Any] = {
        "document": document.id, "subject": assignments.reading_of(document.id), "day": directory.today(now),
        "person": actor.person_id, "acting_for": actor.acting_for_id or 0, "units": sorted(actor.unit_ids),
    }  # fmt: skip
    return Holdings(*session.execute(_HOLDINGS, given).one())


def _holdings() -> Select[Any]:
    drafter, signer = aliased(Person), aliased(Person)
    held: tuple[ColumnElement[bool], ...] = (
        Dispatch.document_id == Document.id,
        (Assignment.document_id == Document.id) & (Assignment.state != "replaced"),
        Instruction.document_id == Document.id,
        Opinion.document_id == Document.id,
        Reminder.document_id == Document.id,
        or_(DocumentLink.from_id == Document.id, DocumentLink.to_id == Document.id),
        DocumentCopy.original_id == Document.id,
        DossierEntry.document_id == Document.id,
        (Task.document_id == Document.id) & (Task.state == "open"),
    )
    rounds = select(func.count()).select_from(OpinionRound).where(OpinionRound.document_id == Document.id)
    codes = (
        select(AgencyCode.code)
        .where(AgencyCode.agency_id == Document.agency_id)
        .order_by(AgencyCode.valid_from.desc(), AgencyCode.id.desc())
    )
    unread = assignments.unread(
        bindparam("document", type_=BigInteger), bindparam("subject", type_=String), bindparam("day", type_=Date),
        bindparam("person", type_=BigInteger), bindparam("acting_for", type_=BigInteger),
        bindparam("units", type_=ARRAY(BigInteger)),
    )  # fmt: skip
    return (
        select(
            *(exists().where(each).correlate(Document) for each in held),
            rounds.correlate(Document).scalar_subquery(), Unit.name, drafter.full_name, signer.full_name,
            func.array(codes.correlate(Document).scalar_subquery()), unread,
        )
        .select_from(Document)
        .outerjoin(Unit, Unit.id == Document.unit_id)
        .outerjoin(drafter, drafter.id == Document.drafter_id)
        .outerjoin(signer, signer.id == Document.signer_id)
        .where(Document.id == bindparam("document", type_=BigInteger))
    )  # fmt: skip


_HOLDINGS = _holdings()
