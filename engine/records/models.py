"""Tables of dossiers: headings of a year's list, dossiers, what stands in them, packages made of them.

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
        CheckConstraint("state in ('planned','open','closed','offered','handed_over')", name="state"),
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
    file_hash: Mapped[str | None] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(255), default="")
    size: Mapped[int | None]
    counts: Mapped[Json]  # documents, files
    problem: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
