"""The sense of duplicates (SYS-1.h): which earlier documents may be the same, and in what they are equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from engine.documents.models import Attachment, Document
from engine.documents.text import clean, fold

COMPARED = {
    "code": "Số, ký hiệu", "organ_name": "Cơ quan ban hành", "issued_date": "Ngày văn bản",
    "type_name": "Loại văn bản", "subject": "Trích yếu", "signer_name": "Người ký", "page_amount": "Số trang",
}  # fmt: skip
MOST = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of both documents, and whether they say the same."""

    field: str
    label: str
    new: str
    earlier: str
    equal: bool


@dataclass(frozen=True, slots=True)
class Likeness:
    """An earlier document that may be the same, field by field."""

    earlier: Document
    same_file: bool
    rows: tuple[Compared, ...]


def of_document(session: Session, document: Document) -> list[Likeness]:
    """Earlier documents that an incoming one may be the same as (SYS-1.h); none for what goes out."""
    if document.direction != "incoming":
        return []
    main = select(Attachment.file_hash).where(Attachment.document_id == document.id, Attachment.part == "main")
    values = {field: getattr(document, field) for field in (*COMPARED, "identifier")}
    return likely(session, document.agency_id, values, list(session.scalars(main)), but=document.id)


def likely(
    session: Session, agency_id: int, values: Mapping[str, Any], file_hashes: Sequence[str] = (), but: int | None = None
) -> list[Likeness]:
    """Earlier incoming documents of the agency with the same number, notation and issuer, or with the same file.

    As SYS-1.h asks, spelled as people spell: case, spaces and marks make no difference; the same number of another
    year is another document (ND30-15.1). The newest first.
    """
    same: list[Any] = []
    if identifier := clean(str(values.get("identifier") or "")):
        same.append(Document.identifier == identifier)
    code, organ = clean(str(values.get("code") or "")), clean(str(values.get("organ_name") or ""))
    if code:
        written = {code, code.replace(" ", ""), code.upper().replace(" ", "")}
        same.append(and_(Document.code.in_(written), func.lower(Document.organ_name) == organ.lower()))
        if (issued := _date(values.get("issued_date"))) is not None:
            same.append(and_(Document.code.in_(written), Document.issued_date == issued))
    if file_hashes:
        held = select(Attachment.document_id).where(Attachment.file_hash.in_(file_hashes), Attachment.part == "main")
        same.append(Document.id.in_(held))
    if not same:
        return []
    query = select(Document).where(
        Document.agency_id == agency_id, Document.direction == "incoming", Document.destroyed_at.is_(None), or_(*same)
    )
    if but is not None:
        query = query.where(Document.id < but)
    issued = _date(values.get("issued_date"))
    liked = [
        _liken(session, row, values, file_hashes)
        for row in session.scalars(query.order_by(Document.id.desc()).limit(20))
    ]
    sure = [each for each in liked if each.same_file or each.earlier.identifier == identifier != ""]
    return [each for each in liked if each in sure or _is_like(each.earlier, organ, issued)][:MOST]


def _is_like(row: Document, organ: str, issued: date | None) -> bool:
    """The issuer may be written more or less fully, but not be another one, nor the number of another year."""
    if issued is not None and row.issued_date is not None and issued.year != row.issued_date.year:
        return False
    mine, theirs = fold(organ), fold(row.organ_name)
    return not mine or not theirs or mine.startswith(theirs) or theirs.startswith(mine) or mine == theirs


def _liken(session: Session, row: Document, values: Mapping[str, Any], file_hashes: Sequence[str]) -> Likeness:
    held = select(Attachment.id).where(Attachment.document_id == row.id, Attachment.file_hash.in_(file_hashes or [""]))
    return Likeness(row, session.scalar(held.limit(1)) is not None, compare(values, row))


def compare(values: Mapping[str, Any], earlier: Document) -> tuple[Compared, ...]:
    """Both documents, field by field; empty ones on both sides are left out."""
    rows = []
    for field, label in COMPARED.items():
        value = values.get(field)
        new, old = _said(_date(value) if field == "issued_date" else value), _said(getattr(earlier, field))
        if new or old:
            rows.append(Compared(field, label, new, old, fold(new) == fold(old) and bool(new)))
    return tuple(rows)


def _date(value: Any) -> date | None:
    try:
        return value if isinstance(value, date) or not value else date.fromisoformat(str(value))
    except ValueError:
        return None


def _said(value: Any) -> str:
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return clean(str(value)) if value not in (None, "") else ""
