"""Tables of dossiers: the year's list, dossiers, what stands in them, packages, loans, minutes, disposal.

Field names follow NĐ 30/2020 Phụ lục VI, part “HS” (section 5.9 of the facts).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key


class DossierHeading(Base):
    """A heading (đề mục) of an agency's list of dossiers for a year (ND30-28)."""

    __tablename__ = "dossier_heading"
    __table_args__ = (UniqueConstraint("agency_id", "year", "code"),)

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int]
    code: Mapped[str] = mapped_column(String(10))  # the sign behind a number: 01.TCCB
    title: Mapped[str] = mapped_column(String(200))


class Dossier(Base):
    """A dossier: planned in the year's list, opened, closed, offered to the archive, handed over."""

    __tablename__ = "dossier"
    __table_args__ = (
        CheckConstraint("state in ('planned','open','closed','offered','handed_over','destroyed')", name="state"),
        UniqueConstraint("agency_id", "year", "notation"),
        Index("ix_dossier_list", "agency_id", "year", "state"),
        Index("ix_dossier_keeper", "keeper_id", "state"),
        Index("ix_dossier_due", "agency_id", "due_date", postgresql_where="state in ('closed','offered')"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    heading_id: Mapped[int | None] = mapped_column(ForeignKey("dossier_heading.id"), index=True)
    year: Mapped[int]  # FileCatalog
    ordinal: Mapped[int]
    notation: Mapped[str] = mapped_column(String(20))  # FileNotation: 01.TCCB
    title: Mapped[str] = mapped_column(String(500))
    listed: Mapped[bool] = mapped_column(default=False)  # in the list the head has approved, or opened beside it
    retention_years: Mapped[int | None]  # none: for ever
    rights: Mapped[str] = mapped_column(String(30), default="")
    language: Mapped[str] = mapped_column(String(50), default="Tiếng Việt")
    description: Mapped[str] = mapped_column(String(500), default="")
    construction: Mapped[bool] = mapped_column(default=False)  # handed over 3 months after settlement (ND30-30.2)
    keeper_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # Creator
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[str] = mapped_column(String(12), default="planned")
    frozen: Mapped[bool] = mapped_column(default=False)
    frozen_reason: Mapped[str] = mapped_column(String(500), default="")
    start_date: Mapped[date | None]
    end_date: Mapped[date | None]
    doc_total: Mapped[int | None]  # fixed when it is closed
    page_total: Mapped[int | None]
    due_date: Mapped[date | None]  # of the hand-over
    kept_longer: Mapped[str] = mapped_column(Text, default="")  # the head's written consent (ND30-31.3.d)
    announced_at: Mapped[datetime | None]  # the archive has announced that it is due (SYS-5.b)
    returned_reason: Mapped[str] = mapped_column(String(500), default="")  # why the archive didn't take it
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    handed_over_at: Mapped[datetime | None]
    minutes_id: Mapped[int | None]  # of the hand-over to the archive
    destroyed_at: Mapped[datetime | None]  # its retention has run out and the head has decided so; this line stays
    folded: Mapped[str] = mapped_column(Text, default="")  # notation, title, description without marks
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class DossierEntry(Base):
    """A document in a dossier: the same document may stand in several, and is kept once (SYS-4).

    What was taken out stays as a line with its reason.
    """

    __tablename__ = "dossier_entry"
    __table_args__ = (
        Index(
            "uq_dossier_entry_present", "dossier_id", "document_id", unique=True,
            postgresql_where=text("taken_out_at is null"),
        ),
        Index("ix_dossier_entry_document", "document_id"),
    )  # fmt: skip

    id: Mapped[Key]
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    ordinal: Mapped[int]  # DocOrdinal: as it came; by date once the dossier is closed
    note: Mapped[str] = mapped_column(String(500), default="")
    put_at: Mapped[datetime]
    put_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    taken_out_at: Mapped[datetime | None]
    taken_out_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    taken_out_reason: Mapped[str] = mapped_column(String(500), default="")


class ArchivePackage(Base):
    """A whole closed dossier as one file: documents, originals, metadata, checksums; made by a worker."""

    __tablename__ = "archive_package"
    __table_args__ = (
        CheckConstraint("state in ('waiting','making','done','failed')", name="state"),
        CheckConstraint("purpose in ('export','hand-over')", name="purpose"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    identifier: Mapped[str] = mapped_column(String(60))  # urn:uuid:… of the package
    file_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    file_name: Mapped[str] = mapped_column(String(255), default="")
    size: Mapped[int | None]
    counts: Mapped[Json]  # documents, files
    problem: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]


class YearList(Base):
    """How far an agency's list of dossiers for a year is: drafted by the clerk, approved by the head (ND30-28)."""

    __tablename__ = "dossier_year_list"
    __table_args__ = (
        CheckConstraint("state in ('draft','submitted','approved')", name="state"),
        UniqueConstraint("agency_id", "year"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    issued_on: Mapped[date | None]  # the day the approved list is issued
    remark: Mapped[str] = mapped_column(String(1000), default="")  # why it was returned, or what the head noted


class DossierLoan(Base):
    """A closed dossier lent to somebody: they see it and what stands in it for the time of the loan, no longer."""

    __tablename__ = "dossier_loan"
    __table_args__ = (
        CheckConstraint("state in ('asked','refused','lent','returned')", name="state"),
        Index("ix_dossier_loan_person", "person_id", "state"),
        Index(
            "uq_dossier_loan_running", "dossier_id", "person_id", unique=True,
            postgresql_where=text("state in ('asked','lent')"),
        ),
    )  # fmt: skip

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str] = mapped_column(String(500))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]  # the end of the last day
    state: Mapped[str] = mapped_column(String(10), default="asked")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    remark: Mapped[str] = mapped_column(String(500), default="")
    returned_at: Mapped[datetime | None]
    returned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # none: its time had run out
    reminded_at: Mapped[datetime | None]


class ArchiveMinutes(Base):
    """Minutes of a hand-over to the archive, of one or many dossiers at once (biên bản giao nhận, NĐ 30/2020 PL V)."""

    __tablename__ = "archive_minutes"
    __table_args__ = (UniqueConstraint("agency_id", "year", "number"),)

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int]
    number: Mapped[int]
    made_at: Mapped[datetime]
    receiver_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    giver_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    block: Mapped[str] = mapped_column(String(200), default="")  # tên khối tài liệu
    condition: Mapped[str] = mapped_column(String(500), default="")  # tình trạng tài liệu
    counts: Mapped[Json]  # dossiers, documents, pages, files; first and last day


class Disposal(Base):
    """A proposal on dossiers whose retention has run out: destroyed or kept on, as the head decides."""

    __tablename__ = "disposal"
    __table_args__ = (
        CheckConstraint("state in ('draft','submitted','decided','refused')", name="state"),
        UniqueConstraint("agency_id", "year", "number"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int]
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    reason: Mapped[str] = mapped_column(String(1000), default="")
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[str] = mapped_column(String(200), default="")  # number and date of the written decision
    remark: Mapped[str] = mapped_column(String(1000), default="")
    counts: Mapped[Json]


class DisposalItem(Base):
    """What is proposed for one dossier; it stays when the dossier is gone."""

    __tablename__ = "disposal_item"
    __table_args__ = (
        CheckConstraint("proposal in ('destroy','keep')", name="proposal"),
        UniqueConstraint("disposal_id", "dossier_id"),
    )

    id: Mapped[Key]
    disposal_id: Mapped[int] = mapped_column(ForeignKey("disposal.id"))
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    proposal: Mapped[str] = mapped_column(String(10))
    keep_years: Mapped[int | None]  # so many years longer; none with 'keep': for ever
    reason: Mapped[str] = mapped_column(String(500), default="")
