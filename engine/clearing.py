"""Files stopped for a mark of secrecy by mistake: one person asks, a leader decides, the same bytes pass once (LA-1.2).

Of the file itself nothing is kept but what its bytes hash to. Beneath the documents, so that they can ask.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Key
from engine.directory.models import Person
from engine.platform import Work

WAITING, GRANTED, REFUSED, WITHDRAWN, USED = "waiting", "granted", "refused", "withdrawn", "used"


class Clearance(Base):
    """A request that a stopped file may pass, and what became of it; both people stay with it."""

    __tablename__ = "clearance"
    __table_args__ = (
        CheckConstraint("state in ('waiting','granted','refused','withdrawn','used')", name="state"),
        CheckConstraint("decided_by_id is null or state = 'withdrawn' or decided_by_id <> asked_by_id", name="two"),
        # of the same bytes one request at a time, and a yes that hasn't been used yet
        Index("ix_clearance_mark", "agency_id", "mark", unique=True, postgresql_where="state in ('waiting','granted')"),
        Index("ix_clearance_scan_id", "scan_id"),
        Index("ix_clearance_document_id", "document_id"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    mark: Mapped[str] = mapped_column(String(64))  # hash over the hashes of what was given
    said: Mapped[str] = mapped_column(String(200))  # which marks were read
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_reason: Mapped[str] = mapped_column(String(500), default="")
    used_at: Mapped[datetime | None]
    scan_id: Mapped[int | None]  # the scan that passed by it
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))  # what it has become


def mark_of(hashes: Sequence[str]) -> str:
    """What is known of files given together: a hash over their hashes, in their order."""
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


def granted(work: Work, agency_id: int | None, mark: str) -> Clearance | None:
    """The yes these bytes have and haven't used yet, locked; None without one."""
    rows = select(Clearance).where(
        Clearance.agency_id == agency_id, Clearance.mark == mark, Clearance.state == GRANTED
    )  # fmt: skip
    return work.session.scalar(rows.with_for_update())


def passing(work: Work, agency_id: int | None, mark: str) -> Clearance | None:
    """The yes by which these bytes become a document: one not used yet, or the one their scan has passed by."""
    scanned = Clearance.scan_id.is_not(None) & Clearance.document_id.is_(None) & (Clearance.state == USED)
    rows = select(Clearance).where(
        Clearance.agency_id == agency_id, Clearance.mark == mark, (Clearance.state == GRANTED) | scanned
    )  # fmt: skip
    return work.session.scalar(rows.order_by(Clearance.scan_id).limit(1).with_for_update())


def use(work: Work, row: Clearance, *, document_id: int | None = None, scan_id: int | None = None) -> None:
    """The bytes pass, this once; the document's history names who asked and who allowed it."""
    row.state, row.used_at = USED, row.used_at or work.now
    row.scan_id, row.document_id = scan_id or row.scan_id, document_id or row.document_id
    about = ("document", document_id) if document_id else ("clearance", row.id)
    action = "document.passed_mark" if document_id else "clearance.used"
    work.note(action, *about, row.agency_id, clearance=row.id, what=_said(work, row), marks=row.said)


def _said(work: Work, row: Clearance) -> str:
    people = select(Person).where(Person.id.in_([row.asked_by_id, row.decided_by_id]))
    names = {person.id: person.full_name for person in work.session.scalars(people)}
    allowed = names.get(row.decided_by_id or 0, "")
    return f"{names[row.asked_by_id]} đề nghị: {row.reason} {allowed} cho qua."


def of_scan(work: Work, scan_id: int) -> Clearance | None:
    """The yes by which a scan has passed."""
    return work.session.scalar(select(Clearance).where(Clearance.scan_id == scan_id, Clearance.state == USED))
