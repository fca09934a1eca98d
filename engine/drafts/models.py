"""Tables of drafting: why a version was made, templates of an agency, checks of form and layout."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key


class DraftReason(Base):
    """Why a version of a draft was made; a file without a row was made by a step of the procedure."""

    __tablename__ = "draft_reason"

    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String(500), default="")
    template: Mapped[str] = mapped_column(String(200), default="")  # the template it was filled from, in words


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


class LayoutCheck(Base):
    """What the check of form and layout found in one file of a document; checked again, it is written anew."""

    __tablename__ = "layout_check"
    __table_args__ = (CheckConstraint("state in ('waiting','done','failed')", name="state"),)

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    report: Mapped[Json]  # engine.drafts.layout.checking.plain
    pictures: Mapped[Json]  # page → hash of its picture
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    checked_at: Mapped[datetime | None]
