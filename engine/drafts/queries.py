"""Versions of a draft in one list, what each says, templates, checks; always within what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.directory.models import Person
from engine.documents import formats
from engine.documents import queries as documents
from engine.documents.models import Attachment, Document, DraftReason, DraftText, LayoutCheck
from engine.documents.searching.models import Content
from engine.drafts.models import DraftTemplate
from engine.errors import NotFound
from engine.platform import Actor

MOST_VERSIONS = 300


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a draft: a file (key `f12`) or the typed text (key `t3`)."""

    key: str
    at: datetime
    by: str
    reason: str
    origin: str  # text, or how the file came: uploaded, template, rendered, signed, sealed
    current: bool
    number: int = 0
    file: Attachment | None = None
    template: str = ""
    check: LayoutCheck | None = None

    @property
    def checkable(self) -> bool:
        """Whether form and layout can be checked: of a file, while bytes are there."""
        return self.file is not None


@dataclass(frozen=True, slots=True)
class Said:
    """What a version says, for comparing; `note` says why not, or not all of it."""

    text: str
    note: str = ""
    waiting: bool = False


def versions(session: Session, document: Document) -> list[Version]:
    """Every version of a draft, the newest first; who, when and why."""
    files = session.execute(
        select(Attachment, DraftReason, LayoutCheck)
        .outerjoin(DraftReason, DraftReason.attachment_id == Attachment.id)
        .outerjoin(LayoutCheck, LayoutCheck.attachment_id == Attachment.id)
        .where(Attachment.document_id == document.id, Attachment.part.in_(("draft", "main")))
        .order_by(Attachment.id.desc())
        .limit(MOST_VERSIONS)
    ).all()
    texts = session.scalars(
        select(DraftText).where(DraftText.document_id == document.id).order_by(DraftText.id.desc()).limit(MOST_VERSIONS)
    ).all()
    names = _names(session, [*(row[0].created_by_id for row in files), *(row.created_by_id for row in texts)])
    found = [
        Version(
            f"f{row.id}", row.created_at, names.get(row.created_by_id or 0, ""), why.reason if why else "", row.origin,
            row.current, row.version, row, why.template if why else "", check,
        )
        for row, why, check in files
    ]  # fmt: skip
    newest = texts[0].id if texts else 0
    found += [
        Version(
            f"t{row.id}", row.created_at, names.get(row.created_by_id or 0, ""), row.reason, "text", row.id == newest,
            row.number,
        )
        for row in texts
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.at, each.key[0], int(each.key[1:])), reverse=True)


def signed_from(every: Sequence[Version]) -> str:
    """Key of the version the PDF to be signed is made from: an uploaded PDF, else the typed text; "" for neither."""
    file = next((each.file for each in every if each.file and each.current and each.file.part == "draft"), None)
    if file is not None and file.media_type == formats.PDF:
        return f"f{file.id}"
    return next((each.key for each in every if each.file is None and each.current), "")


def count(session: Session, document_id: int) -> int:
    """How many versions there are."""
    files = select(func.count()).where(Attachment.document_id == document_id, Attachment.part.in_(("draft", "main")))
    texts = select(func.count()).where(DraftText.document_id == document_id)
    return session.scalar(select(files.scalar_subquery() + texts.scalar_subquery())) or 0


def chosen(session: Session, document: Document, keys: Sequence[str]) -> list[Version]:
    """The versions of these keys, the oldest first; NotFound when one is none of this document."""
    found = [each for each in reversed(versions(session, document)) if each.key in keys]
    if len(found) != len(set(keys)):
        raise NotFound("Không tìm thấy bản dự thảo này.")
    return found


def version(session: Session, document: Document, key: str) -> Version:
    """The version of this key; NotFound for one of another document."""
    return chosen(session, document, [key])[0]


def said(session: Session, given: Version) -> Said:
    """What a version says: the typed text, or what a worker has read of the file."""
    if given.file is None:
        row = session.get(DraftText, int(given.key[1:]))
        return Said(row.body if row else "")
    content = session.get(Content, given.file.file_hash)
    if content is None:
        return Said("", "Tệp đang chờ đọc nội dung; mở lại trang sau ít phút.", waiting=True)
    return Said(content.text, content.note)


def _names(session: Session, ids: Sequence[int | None]) -> dict[int, str]:
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    return {row[0]: row[1] for row in session.execute(select(Person.id, Person.full_name).where(Person.id.in_(wanted)))}


# --- Checks ---------------------------------------------------------------------------------------------------


def draft_of(session: Session, actor: Actor, document_id: int) -> Document:
    """An outgoing document the actor may see; NotFound otherwise."""
    document = documents.get(session, actor, document_id)
    if document.direction != "outgoing":
        raise NotFound("Văn bản đến không có dự thảo.")
    return document


def file_of(session: Session, document: Document, file_id: int) -> Attachment:
    """A file of this document that is a version of it; NotFound otherwise."""
    row = session.get(Attachment, file_id)
    if row is None or row.document_id != document.id or row.part not in ("draft", "main"):
        raise NotFound("Không tìm thấy bản dự thảo này.")
    return row


def check_of(session: Session, attachment_id: int) -> LayoutCheck | None:
    """What the check found in a file; None when nobody has asked."""
    return session.scalar(select(LayoutCheck).where(LayoutCheck.attachment_id == attachment_id))


def file_to_check(session: Session, document_id: int) -> Attachment | None:
    """The file that will be signed: the main one, else the newest draft."""
    query = select(Attachment).where(
        Attachment.document_id == document_id, Attachment.part.in_(("main", "draft")), Attachment.current
    )
    return session.scalars(query.order_by((Attachment.part == "main").desc(), Attachment.id.desc()).limit(1)).first()


# --- Templates ------------------------------------------------------------------------------------------------


def templates(session: Session, agency_id: int) -> dict[str, DraftTemplate]:
    """The agency's own templates in force, by kind."""
    query = select(DraftTemplate).where(DraftTemplate.agency_id == agency_id, DraftTemplate.active)
    return {row.type_name: row for row in session.scalars(query)}


def template(session: Session, actor: Actor, template_id: int) -> DraftTemplate:
    """A template of the actor's agency, in force or an older edition; NotFound otherwise."""
    row = session.get(DraftTemplate, template_id)
    if row is None or row.agency_id != actor.agency_id:
        raise NotFound("Không tìm thấy mẫu này.")
    return row


def editions(session: Session, agency_id: int, type_name: str) -> Sequence[DraftTemplate]:
    """Every edition of an agency's template of a kind, the newest first."""
    query = select(DraftTemplate).where(DraftTemplate.agency_id == agency_id, DraftTemplate.type_name == type_name)
    return session.scalars(query.order_by(DraftTemplate.id.desc()).limit(50)).all()
