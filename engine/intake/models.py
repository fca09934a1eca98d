"""Tables of intake: scans on their way to become documents, kept registration forms, submissions already taken."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key

OPEN = ("waiting", "read", "failed")


class Scan(Base):
    """Pages of one paper document as they were scanned, until a clerk registers them or sets them aside.

    Bytes lie in the file store. A stopped scan (a mark of secrecy) keeps nothing of the paper but that it happened.
    """

    __tablename__ = "scan"
    __table_args__ = (
        CheckConstraint("state in ('waiting','read','failed','stopped','registered','dropped')", name="state"),
        Index("ix_scan_open", "agency_id", "id", postgresql_where="state in ('waiting','read','failed','stopped')"),
        # the same bytes given twice (a double click, two tabs) are one scan while it is open
        Index(
            "ix_scan_mark", "agency_id", "mark", unique=True,
            postgresql_where="state in ('waiting','read','failed') and mark <> ''",
        ),
        Index("ix_scan_document_id", "document_id", unique=True),
    )  # fmt: skip

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    mark: Mapped[str] = mapped_column(String(64), default="")  # hash over the hashes of what was given
    file_name: Mapped[str] = mapped_column(String(255), default="")
    given: Mapped[Json]  # {"files": [{"hash", "name", "type", "size"}]} as uploaded, in the order of the pages
    file_hash: Mapped[str | None] = mapped_column(String(64))  # the PDF all pages are in
    page_amount: Mapped[int | None]
    pictures: Mapped[Json]  # {"pages": [hash, …]} of the pages as shown
    proposals: Mapped[Json]  # field → value, confidence, page, box, said
    text: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(String(500), default="")  # what somebody should know about the reading
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")  # why it was dropped or stopped
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class RegistrationForm(Base):
    """A registration form kept under a name (mẫu đăng ký): one's own, or shared by everybody of a role."""

    __tablename__ = "registration_form"
    __table_args__ = (UniqueConstraint("person_id", "name"), Index("ix_registration_form_agency", "agency_id", "role"))

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str | None] = mapped_column(String(40))
    values: Mapped[Json]
    created_at: Mapped[datetime]


class Submission(Base):
    """A registration form that has been taken: the same page sent twice gives the same document."""

    __tablename__ = "submission"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    at: Mapped[datetime] = mapped_column(index=True)
