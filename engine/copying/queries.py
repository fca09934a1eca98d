"""Copies of a document and what a document is a copy of, within what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from engine.copying import rules
from engine.copying.models import DocumentCopy
from engine.directory.models import Person
from engine.documents import queries as documents
from engine.documents.models import Document, DocumentLink
from engine.errors import NotFound
from engine.platform import Actor, Work

PAGE = 50


@dataclass(frozen=True, slots=True)
class Original:
    """The document a copy was made of; `gone` says what has become of it, when it is no more what it was."""

    copy: DocumentCopy
    document: Document
    gone: str


def standing(session: Session, document: Document) -> rules.Standing:
    """What a document is in the eyes of whoever copies it."""
    made = select(DocumentCopy.form).where(DocumentCopy.document_id == document.id)
    return rules.standing(document, session.scalar(made))


def replaced_by(session: Session, document_id: int) -> str:
    """Number and day of the document that stands in this one's place; empty when none does."""
    query = (
        select(Document).join(DocumentLink, DocumentLink.from_id == Document.id)
        .where(DocumentLink.to_id == document_id, DocumentLink.kind == "replaces")
        .order_by(Document.id.desc()).limit(1)
    )  # fmt: skip
    found = session.scalar(query)
    if found is None:
        return ""
    dated = f" ngày {found.issued_date:%d/%m/%Y}" if found.issued_date else ""
    return f"văn bản {found.code or 'chưa có số'}{dated}"


def original_of(session: Session, document_id: int) -> Original | None:
    """What a copy of ours was made of and what has become of that; None for what is no copy."""
    query = (
        select(DocumentCopy, Document).join(Document, Document.id == DocumentCopy.original_id)
        .where(DocumentCopy.document_id == document_id)
    )  # fmt: skip
    row = session.execute(query).first()
    if row is None:
        return None
    copy, document = row
    return Original(copy, document, rules.gone(document, replaced_by(session, document.id)))


def locked(work: Work, copy_id: int) -> DocumentCopy:
    """A copy of the actor's agency with its row locked; NotFound for any other."""
    query = select(DocumentCopy).where(DocumentCopy.id == copy_id).with_for_update()
    row = work.session.scalar(query.execution_options(populate_existing=True))
    if row is None or (work.actor.agency_id is not None and row.agency_id != work.actor.agency_id):
        raise NotFound("Không tìm thấy bản sao này.")
    return row


def get(session: Session, agency_id: int | None, copy_id: int) -> DocumentCopy:
    """A copy of an agency (None: of any); NotFound for any other."""
    row = session.get(DocumentCopy, copy_id)
    if row is None or (agency_id is not None and row.agency_id != agency_id):
        raise NotFound("Không tìm thấy bản sao này.")
    return row


@dataclass(frozen=True, slots=True)
class Line:
    """A copy with the names in it; `document` only as far as the actor may see it."""

    copy: DocumentCopy
    asked_by: str
    decided_by: str | None
    document: Document | None


def of_document(session: Session, actor: Actor, document_id: int) -> list[Line]:
    """Every copy asked for of a document the actor may see, newest first."""
    documents.get(session, actor, document_id)
    decider = aliased(Person)
    query = (
        select(DocumentCopy, Person.full_name, decider.full_name)
        .join(Person, Person.id == DocumentCopy.asked_by_id)
        .outerjoin(decider, decider.id == DocumentCopy.decided_by_id)
        .where(DocumentCopy.original_id == document_id)
    )
    rows = session.execute(query.order_by(DocumentCopy.id.desc()).limit(PAGE)).all()
    ids = [row.document_id for row, *_names in rows if row.document_id is not None]
    seen: Sequence[Document] = (
        session.scalars(documents.visible(actor).where(Document.id.in_(ids))).all() if ids else []
    )
    made = {each.id: each for each in seen}
    return [Line(row, asker, by, made.get(row.document_id or 0)) for row, asker, by in rows]


def made_of(session: Session, original_id: int | None, document_id: object) -> int | None:
    """The document a task is about: of a copy being made the copy itself, else what it is made of."""
    if original_id is None or not isinstance(document_id, int):
        return original_id
    made = select(DocumentCopy.document_id).where(
        DocumentCopy.document_id == document_id, DocumentCopy.original_id == original_id
    )
    return session.scalar(made) or original_id


def copy_of(session: Session, document_id: int) -> DocumentCopy | None:
    """The copy that a document is, if it is one of ours."""
    return session.scalar(select(DocumentCopy).where(DocumentCopy.document_id == document_id))
