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
        CheckConstraint("state in ('draft','published','retired')", name="state"),
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
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
