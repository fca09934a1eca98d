"""The table of copies: what was asked for, what was decided, the document that the copy has become."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key


class DocumentCopy(Base):
    """One copy of a document: asked for, decided, numbered and signed as an outgoing document of its own."""

    __tablename__ = "document_copy"
    __table_args__ = (
        CheckConstraint("form in ('paper','electronic')", name="form"),
        CheckConstraint("state in ('asked','refused','granted','made','issued','failed')", name="state"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    original_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # Sao y, Sao lục, Trích sao
    form: Mapped[str] = mapped_column(String(10))  # of the copy
    pages: Mapped[str] = mapped_column(String(200), default="")  # of an excerpt: “1-3, 5”
    excerpt: Mapped[str] = mapped_column(Text, default="")  # of an excerpt: the part itself, in words
    wanted: Mapped[Json]  # recipients: ids of agencies; people: ids of own people
    places: Mapped[str] = mapped_column(String(1000), default="")  # who gets it on paper
    amount: Mapped[int] = mapped_column(default=1)  # how many on paper
    purpose: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default="asked")
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    remark: Mapped[str] = mapped_column(String(1000), default="")  # why not, or how it was handed out
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), unique=True)  # the copy itself
    issued_at: Mapped[datetime | None]
