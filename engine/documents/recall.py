"""Recall: frozen at the issuer, destroyed at the receiver, the metadata of the recall stays (ND30-18.4, SYS-8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update

from engine.documents import rules
from engine.documents.models import Attachment, Document, DraftReason, DraftText, LayoutCheck, RegisterEntry
from engine.documents.outgoing import locked_dispatch
from engine.documents.queries import locked
from engine.documents.text import fitting
from engine.occasions import DESTROYED
from engine.platform import Work

FOLLOW_ORIGINAL = "copying.follow-original"  # carried out by engine.instances.mending.copies
REMOVE_BYTES = "documents.remove-bytes"  # carried out by engine.holding, which knows everybody who holds bytes


def freeze(work: Work, document_id: int, reason: str) -> Document:
    """Freeze a recalled outgoing document with its metadata at the issuer; nothing is deleted (SYS-8)."""
    document = locked(work, document_id, "outgoing")
    if document.frozen:
        return document
    work.require(rules.may_become(document, "recalled"))
    why = fitting("reason", "lý do thu hồi", reason, 1000, required=True)
    document.status, document.frozen = "recalled", True
    document.tombstone = {
        **document.tombstone,
        "reason": why,
        "recalled_at": work.now.isoformat(),
        "by": work.actor.name,
    }
    work.note("document.frozen", "document", document.id, document.agency_id, reason=why)
    follow_copies(work, document, "recalled")
    return document


def recall_queued(work: Work, dispatch_id: int) -> bool:
    """Take back a dispatch that hasn't left yet, without any message; False when it has left."""
    row = locked_dispatch(work, dispatch_id)
    if row.acknowledged_at is not None or row.state not in ("planned", "queued", "failed"):
        return False
    row.state = "recalled_locally"
    work.note("dispatch.recalled", "dispatch", row.id, row.agency_id)
    return True


def destroy(work: Work, document_id: int, reason: str) -> Document:
    """Destroy a recalled document: content and metadata go, a tombstone of the recall stays (QD28-9.2b, SYS-8).

    The arrival number is never used again. The bytes leave the store after the transaction, unless somebody else
    holds the same.
    """
    document = locked(work, document_id, "incoming")
    if document.destroyed_at is not None:
        return document
    work.require(rules.may_become(document, "recalled"))
    why = fitting("reason", "lý do thu hồi", reason, 1000, required=True)
    document.subject = "(Đã hủy theo thông báo thu hồi)"
    _emptied(work, document, why)
    document.status, document.due_date = "recalled", None
    follow_copies(work, document, "recalled")
    _note_in_register(work, document)
    return document


def destroy_expired(work: Work, document: Document, reason: str) -> Document:
    """Destroy a document whose dossier's retention has run out; number, dates and author stay as they were."""
    _emptied(work, document, reason)
    follow_copies(work, document, "expired")
    return document


def follow_copies(work: Work, document: Document, what: str) -> None:
    """Have the copies of a document follow it, after this transaction: it was recalled, replaced, or has expired."""
    work.send(FOLLOW_ORIGINAL, {"document": document.id, "what": what}, agency_id=document.agency_id)


def _emptied(work: Work, document: Document, why: str) -> None:
    """Take content, files and what describes them away; the tombstone says what there was."""
    rows = work.session.scalars(select(Attachment).where(Attachment.document_id == document.id)).all()
    checks = work.session.scalars(select(LayoutCheck).where(LayoutCheck.document_id == document.id)).all()
    document.tombstone = _tombstone(work, document, rows, why)
    seen = {picture for check in checks for picture in check.pictures.values()}
    hashes = sorted({row.file_hash for row in rows} | seen | ({document.raw_hash} if document.raw_hash else set()))
    work.session.execute(delete(LayoutCheck).where(LayoutCheck.document_id == document.id))
    work.session.execute(delete(DraftReason).where(DraftReason.attachment_id.in_([row.id for row in rows])))
    work.session.execute(delete(DraftText).where(DraftText.document_id == document.id))
    for row in rows:
        work.session.delete(row)
    for field in (
        "body", "description", "result", "folded", "signer_name", "signer_position", "signer_capacity", "to_places",
    ):  # fmt: skip
        setattr(document, field, "")
    document.raw_hash, document.verification, document.checks, document.page_amount = None, {}, {}, None
    document.destroyed_at = work.now
    work.tell(DESTROYED, document.agency_id, document_id=document.id)
    work.session.flush()
    if hashes:
        work.send(REMOVE_BYTES, {"hashes": hashes}, agency_id=document.agency_id)
    work.note("document.destroyed", "document", document.id, document.agency_id, reason=why, files=len(rows))


def _tombstone(work: Work, document: Document, rows: Sequence[Attachment], reason: str) -> dict[str, Any]:
    return {
        "identifier": document.identifier, "code": document.code, "organ_id": document.organ_id,
        "organ_name": document.organ_name, "sender_id": document.sender_id, "arrival_number": document.arrival_number,
        "arrival_date": document.arrival_date.isoformat() if document.arrival_date else None,
        "entered_at": document.entered_at.isoformat() if document.entered_at else None,
        "received_at": document.received_at.isoformat() if document.received_at else None,
        "status": document.status, "file_hashes": sorted({row.file_hash for row in rows}),
        "raw_hash": document.raw_hash,
        "reason": reason, "destroyed_at": work.now.isoformat(), "by": work.actor.name,
    }  # fmt: skip


def _note_in_register(work: Work, document: Document) -> None:
    work.session.execute(
        update(RegisterEntry)
        .where(RegisterEntry.document_id == document.id)
        .values(note="Đã hủy theo thông báo thu hồi")
    )
