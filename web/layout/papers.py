"""A document's files and the verdict on its signatures, as the viewer shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.documents import queries
from engine.documents.models import Attachment, Document
from web.layout.words import Mark

_SHOWN_INLINE = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True)
class FileView:
    """A file with its tab's name and where its bytes are."""

    id: int
    label: str
    file_name: str
    media_type: str
    size: int
    address: str

    @property
    def inline(self) -> bool:
        """True for what a browser may show itself: nothing that could carry script."""
        return self.media_type in _SHOWN_INLINE


def files(session: Session, document: Document) -> list[FileView]:
    """Return the current files of a document: the document itself, then drafts, annexes, notices."""
    if document.destroyed_at is not None:
        return []
    rows = queries.attachments(session, document.id)
    has_main = any(row.part == "main" for row in rows)
    return [_view(row) for row in rows if not (row.part == "draft" and has_main)]


def _view(row: Attachment) -> FileView:
    labels = {
        "main": _("Văn bản"),
        "draft": _("Dự thảo"),
        "annex": _("Phụ lục %(number)s", number=row.number),
        "notice": _("Thông báo"),
        "opinion": _("Ý kiến %(number)s", number=row.number),
        "summary": _("Tổng hợp ý kiến"),
    }
    address = url_for("documents.file", document_id=row.document_id, file_id=row.id, name=row.file_name)
    return FileView(row.id, labels[row.part], row.file_name, row.media_type, row.size, address)


def chosen(found: Sequence[FileView], wanted: str | None) -> FileView | None:
    """Return the file a tab asked for, else the first."""
    return next((file for file in found if str(file.id) == wanted), found[0] if found else None)


def verdict(document: Document) -> Mark | None:
    """Return the line above the file: what the check of signatures found, in words."""
    report = document.verification or {}
    if document.destroyed_at is not None:
        return Mark(_("Nội dung đã được hủy theo yêu cầu thu hồi của bên gửi."), "late", "alert")
    sentence = str(report.get("sentence") or "")
    if not sentence:
        return None
    conclusion = report.get("conclusion")
    if report.get("valid") or conclusion == "original":
        return Mark(sentence, "done", "seal")
    return Mark(sentence, "late" if conclusion == "invalid" else "today", "alert")
