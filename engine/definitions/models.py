"""Tables of procedures and their immutable versions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key


class Definition(Base):
    """A procedure by key: the shipped one (agency empty) or an agency's variant of it."""

    __tablename__ = "definition"
    __table_args__ = (UniqueConstraint("key", "agency_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(80))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    name: Mapped[str] = mapped_column(String(200))


class Version(Base):
    """One version: diagram, forms and tables together; frozen by a database trigger once published."""

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("definition_id", "number"),
        CheckConstraint("state in ('draft','published','retired','discarded')", name="state"),
        Index("ix_version_current", "definition_id", unique=True, postgresql_where="state = 'published'"),
    )

    id: Mapped[Key]
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    content_hash: Mapped[str] = mapped_column(String(64))
    diagram: Mapped[bytes] = mapped_column(LargeBinary)
    forms: Mapped[Json]  # form key → form-js schema
    decisions: Mapped[Json]  # file name → DMN XML
    scenarios: Mapped[Json]  # name → scenario table
    edition: Mapped[int] = mapped_column(default=1)  # grows with every saving of a draft: who holds an old one is told
    changed_at: Mapped[datetime | None]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Waiver(Base):
    """A rule of law that a provincial admin set aside for a procedure, with the reason; never deleted, only revoked."""

    __tablename__ = "waiver"
    __table_args__ = (Index("ix_waiver_key", "key", "rule"),)

    id: Mapped[Key]
    rule: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(80))  # of the procedure
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))  # empty: for every agency
    reason: Mapped[str] = mapped_column(Text)
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
