"""Tables of searching: texts of files, words of documents, whose words are out of date, kept searches, columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key
from engine.documents.models import Document


class Content(Base):
    """What a file says, read once per bytes; forgotten by a trigger with the last attachment that holds them."""

    __tablename__ = "content"
    __table_args__ = (CheckConstraint("state in ('read','partly','empty','failed')", name="state"),)

    file_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(String(300), default="")  # why nothing, or not everything, was read
    reader: Mapped[int]  # version of what read it; an older one is read again
    read_at: Mapped[datetime]


class DocumentWords(Base):
    """The words by which a document is found; made from its fields and files, gone with a destroyed document."""

    __tablename__ = "document_words"
    __table_args__ = (
        Index("ix_document_words", "words", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True, autoincrement=False)
    words: Mapped[Any] = mapped_column(TSVECTOR)
    told: Mapped[str] = mapped_column(Text)  # the same words in their order, for phrases of three and more


class WordsDue(Base):
    """Documents whose words are to be made anew; the database itself notes them (migration 0008)."""

    __tablename__ = "words_due"
    __table_args__ = (Index("ix_words_due_agency", "agency_id", "document_id"),)

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True, autoincrement=False)
    agency_id: Mapped[int]


class SavedSearch(Base):
    """A search somebody keeps under a name of their own; it holds what was asked, never what was found (SYS-6)."""

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(120))
    criteria: Mapped[Json]
    created_at: Mapped[datetime]


class SearchChoice(Base):
    """The columns of results a person has chosen (SYS-6)."""

    __tablename__ = "search_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    columns: Mapped[list[Any]]


# Results in another order than that of entering are read along these.
ISSUED = text("(coalesce(issued_date, '0001-01-01'::date))")
DUE = text("(coalesce(due_date, '9999-12-31'::date))")
Index("ix_document_by_issued", Document.agency_id, ISSUED, Document.id)
Index("ix_document_by_status", Document.agency_id, Document.direction, Document.status, Document.id)
Index("ix_document_by_due", Document.agency_id, DUE, Document.id)
