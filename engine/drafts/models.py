"""Templates of drafts that an agency keeps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key


class DraftTemplate(Base):
    """An agency's own template of a kind; a newer edition takes the place of an older, which stays."""

    __tablename__ = "draft_template"
    __table_args__ = (
        Index("ix_draft_template_current", "agency_id", "type_name", unique=True, postgresql_where="active"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    type_name: Mapped[str] = mapped_column(String(100))
    edition: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)
    file_hash: Mapped[str] = mapped_column(String(64), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    note: Mapped[str] = mapped_column(String(500), default="")
    report: Mapped[Json]  # what the check of layout found when it was filled with samples
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    dropped_at: Mapped[datetime | None]
