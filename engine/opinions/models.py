"""Tables of rounds of opinions and of who was asked in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Key


class OpinionRound(Base):
    """One asking for opinions on a document: the question, until when, on which file, how it ended."""

    __tablename__ = "opinion_round"
    __table_args__ = (
        CheckConstraint("ended_by in ('','complete','deadline','early')", name="ended_by"),
        Index("ix_opinion_round_open", "document_id", unique=True, postgresql_where="closed_at is null"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    question: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    about_hash: Mapped[str | None] = mapped_column(String(64))  # the file, or the text, that the question is about
    about_name: Mapped[str] = mapped_column(String(255), default="")
    about_version: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(String(10), default="")
    reason: Mapped[str] = mapped_column(String(1000), default="")  # why it was closed early
    summary_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id", ondelete="SET NULL"))


class OpinionRequest(Base):
    """Somebody asked in a round: a person, or a unit through its head; what they said and how that was received."""

    __tablename__ = "opinion_request"
    __table_args__ = (
        CheckConstraint("verdict in ('','agree','agree-with','disagree','silent')", name="verdict"),
        CheckConstraint("handling in ('','accepted','partly','explained')", name="handling"),
        CheckConstraint("(person_id is null) <> (unit_id is null)", name="one_asked"),
    )

    id: Mapped[Key]
    round_id: Mapped[int] = mapped_column(ForeignKey("opinion_round.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    verdict: Mapped[str] = mapped_column(String(10), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id", ondelete="SET NULL"))  # a recall takes it
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    acting_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    handling: Mapped[str] = mapped_column(String(10), default="")  # tiếp thu, tiếp thu một phần, giải trình
    explanation: Mapped[str] = mapped_column(Text, default="")
    explained_at: Mapped[datetime | None]
