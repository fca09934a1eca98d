"""Add versions of a draft, keep templates of an agency, ask for and keep checks of form and layout."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from engine.documents import commands as documents
from engine.documents import editing, formats, kinds
from engine.documents.editing import Given, Upload
from engine.documents.models import Attachment, DraftReason, DraftText, LayoutCheck
from engine.documents.queries import locked
from engine.documents.text import fitting
from engine.drafts import queries, rules
from engine.drafts.models import DraftTemplate
from engine.errors import Conflict, InvalidInput, NotFound
from engine.platform import Work

CHECK_LAYOUT = "conversion.check-layout"
PATIENCE = timedelta(minutes=10)
"""A check that waits longer may be asked for again: whoever carried it out may be gone for good."""
LARGEST_TEMPLATE = 5 * 1024 * 1024


def add_version(
    work: Work, document_id: int, upload: Upload, reason: str, *, origin: str = "uploaded", template: str = ""
) -> Attachment:
    """Add a version of a draft, with why it was made; those before it stay (ND30-10.2, ND30-10.3).

    NotAllowed unless it is being drafted, by its drafter or the head of the unit; InvalidInput by field.
    """
    document = locked(work, document_id, "outgoing")
    work.require(rules.may_draft(work.actor, document))
    why = fitting("reason", "lý do của bản này", reason, 500, required=True)
    [row] = editing.put_files(work, document, [Given("draft", upload, "file")], origin)
    work.session.add(DraftReason(attachment_id=row.id, reason=why, template=template[:200]))
    work.session.flush()
    work.note(
        "document.version_added", "document", document.id, document.agency_id, file_hash=row.file_hash, reason=why,
        origin=origin,
    )  # fmt: skip
    return row


def take_text(work: Work, document_id: int, attachment_id: int, body: str) -> None:
    """Make what a Word version says the text of the document, from which the PDF to be signed is made (ND30-10.2)."""
    document = locked(work, document_id, "outgoing")
    file = queries.file_of(work.session, document, attachment_id)
    work.require(rules.may_take_text(work.actor, document, file.media_type))
    documents.update_fields(work, document_id, {"body": body})
    row = work.session.scalars(
        select(DraftText).where(DraftText.document_id == document_id).order_by(DraftText.number.desc()).limit(1)
    ).first()
    if row is not None and row.created_at == work.now:
        row.reason = f"Lấy từ tệp {file.file_name}, bản {file.version}"[:500]


# --- Checks of layout -----------------------------------------------------------------------------------------


def ask_check(work: Work, document_id: int, attachment_id: int) -> LayoutCheck:
    """Have a worker check form and layout of one file; asked twice while it waits, it is one check (ND30-12.2)."""
    document = locked(work, document_id, "outgoing")
    file = queries.file_of(work.session, document, attachment_id)
    row = queries.check_of(work.session, file.id)
    if row is not None and row.state == "waiting" and work.now - row.asked_at < PATIENCE:
        return row
    if row is None:
        row = LayoutCheck(
            agency_id=document.agency_id, document_id=document.id, attachment_id=file.id, report={}, pictures={}
        )
        work.session.add(row)
    row.state, row.asked_at, row.asked_by_id, row.checked_at = "waiting", work.now, work.actor.person_id, None
    work.session.flush()
    given = {"document": document.id, "file": file.id}
    work.send(CHECK_LAYOUT, given, agency_id=document.agency_id)
    return row


def record_check(
    work: Work, document_id: int, attachment_id: int, report: Mapping[str, Any], pictures: Mapping[str, str]
) -> LayoutCheck:
    """Keep what a check found, with the pictures of the pages it speaks of."""
    document = locked(work, document_id, "outgoing")
    file = queries.file_of(work.session, document, attachment_id)
    row = queries.check_of(work.session, file.id)
    if row is None:
        row = LayoutCheck(
            agency_id=document.agency_id, document_id=document.id, attachment_id=file.id, asked_at=work.now
        )
        work.session.add(row)
    row.state = "done" if report.get("pages") else "failed"
    row.report, row.pictures, row.checked_at = dict(report), dict(pictures), work.now
    work.session.flush()
    counted = {"errors": report.get("errors", 0), "warnings": report.get("warnings", 0)}
    work.note("document.layout_checked", "document", document.id, document.agency_id, file=file.id, **counted)
    return row


# --- Templates ------------------------------------------------------------------------------------------------


def keep_template(
    work: Work, type_name: str, upload: Upload, note: str = "", report: Mapping[str, Any] | None = None
) -> DraftTemplate:
    """Put an agency's own template of a kind in force; the edition before it stays in the list.

    InvalidInput for other files than Word without macros; what the template holds is checked before by who calls.
    """
    work.require(rules.may_keep_templates(work.actor))
    agency_id = work.actor.agency_id
    kind = kinds.kind_named(type_name)
    if agency_id is None or kind is None:
        raise NotFound("Không có loại văn bản này.")
    found = formats.accepted(upload.content, upload.file_name, largest=LARGEST_TEMPLATE, field="file")
    if found.media_type != formats.WORD:
        raise InvalidInput("Mẫu phải là tệp Word (.docx).", {"file": "Chọn tệp Word (.docx)."})
    before = _in_force(work, agency_id, kind.name)
    last = select(func.max(DraftTemplate.edition)).where(
        DraftTemplate.agency_id == agency_id, DraftTemplate.type_name == kind.name
    )
    edition = (work.session.scalar(last) or 0) + 1
    if before is not None:
        before.active, before.dropped_at = False, work.now
        work.session.flush()
    row = DraftTemplate(
        agency_id=agency_id, type_name=kind.name, edition=edition, active=True, file_name=found.file_name,
        file_hash=work.files.put(upload.content), size=len(upload.content), report=dict(report or {}),
        note=fitting("note", "ghi chú", note, 500), created_at=work.now, created_by_id=work.actor.person_id,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    work.note("template.kept", "draft_template", row.id, agency_id, kind=kind.name, edition=edition)
    return row


def drop_template(work: Work, template_id: int) -> None:
    """Go back to the standard template of a kind; the agency's own stays in the list."""
    work.require(rules.may_keep_templates(work.actor))
    row = queries.template(work.session, work.actor, template_id)
    if not row.active:
        raise Conflict("Mẫu này đã thôi áp dụng.")
    row.active, row.dropped_at = False, work.now
    work.note("template.dropped", "draft_template", row.id, row.agency_id, kind=row.type_name, edition=row.edition)


def _in_force(work: Work, agency_id: int, type_name: str) -> DraftTemplate | None:
    query = select(DraftTemplate).where(
        DraftTemplate.agency_id == agency_id, DraftTemplate.type_name == type_name, DraftTemplate.active
    )
    return work.session.scalar(query.with_for_update())
