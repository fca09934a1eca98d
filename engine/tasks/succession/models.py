"""Tables of hand-overs between people: the minutes, every thing handed over, where later arrivals go."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key


class HandOver(Base):
    """Somebody's work handed over whole, with what minutes say of it (ND30-31.3.đ)."""

    __tablename__ = "hand_over"
    __table_args__ = (
        CheckConstraint("cause in ('leave','move','unit')", name="cause"),
        UniqueConstraint("agency_id", "year", "number"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int]
    number: Mapped[int]
    cause: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))  # of a unit that is merged; of a mover: the old
    to_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    receivers: Mapped[Json]  # kind → person
    counts: Mapped[Json]  # kind → how many
    closes_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]  # the account is closed, and what came meanwhile handed over too
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class HandedItem(Base):
    """One thing that went from one person to another; never changed afterwards."""

    __tablename__ = "handed_item"
    __table_args__ = (
        Index("ix_handed_item_list", "hand_over_id", "kind", "id"),
        Index("ix_handed_item_subject", "subject_id", "kind"),
    )

    id: Mapped[Key]
    hand_over_id: Mapped[int] = mapped_column(ForeignKey("hand_over.id"))
    kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    document_id: Mapped[int | None]
    receiver_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # none: ended, not handed over
    title: Mapped[str] = mapped_column(String(600), default="")
    at: Mapped[datetime]


class Succession(Base):
    """Where work goes that would come to a group or person who has handed over: `person:7`, `unit-head@12`."""

    __tablename__ = "succession"
    __table_args__ = (Index("ix_succession_old", "agency_id", "old"),)

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    old: Mapped[str] = mapped_column(String(80))
    new: Mapped[str] = mapped_column(String(80))
    document_id: Mapped[int | None]  # only work on this document; none: whatever comes
    since: Mapped[datetime]
