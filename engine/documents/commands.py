"""Every command on documents; those of one direction live in `incoming` and `outgoing` and are named here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.directory import queries as directory
from engine.documents import editing, kinds, outgoing, queries, rules
from engine.documents.editing import (
    Upload,
    add_attachment,
    add_parties,
    add_party,
    attach_given,
    link,
    link_answer,
    note_read,
    record_opinion,
    remove_attachment,
    replace_annex,
    replace_main,
    set_status,
    warnings_of,
)
from engine.documents.incoming import (
    assign,
    check,
    create_incoming,
    file,
    instruct,
    postpone,
    refuse,
    register_incoming,
    replace_lead,
    resolve,
)
from engine.documents.models import Document
from engine.documents.outgoing import (
    dispatch_ids,
    issue,
    late_dispatch,
    number_outgoing,
    record_acknowledgement,
    record_dispatch_status,
    record_failure,
    set_paper,
)
from engine.documents.recall import destroy, freeze, recall_queued
from engine.documents.registers import (
    add_register,
    cancel_number,
    close_register,
    hold_number,
    open_usual_registers,
    start_numbers_at,
)
from engine.errors import InvalidInput, NotFound
from engine.platform import Work

__all__ = [
    "Upload", "add_attachment", "add_parties", "add_party", "add_register", "assign", "cancel_number", "check",
    "close_register", "create_draft", "create_incoming", "destroy", "dispatch_ids", "file", "freeze", "hold_number",
    "instruct", "issue", "late_dispatch", "link", "link_answer", "note_read", "number_outgoing",
    "open_usual_registers", "postpone",
    "recall_queued", "record_acknowledgement", "record_dispatch_status", "record_failure", "record_opinion",
    "record_seal", "record_signature", "refuse", "register_incoming", "remove_attachment", "replace_annex",
    "replace_lead",
    "replace_main", "resolve", "set_paper", "set_status", "start_numbers_at", "update_fields", "warnings_of",
]  # fmt: skip


def create_draft(
    work: Work,
    *,
    agency_id: int,
    subject: str,
    type_name: str = kinds.OFFICIAL_LETTER,
    unit_id: int | None = None,
    drafter_id: int | None = None,
    answers: Sequence[int] = (),
    files: Sequence[Upload] = (),
    main_file: Upload | None = None,
    secrecy: str = "none",
    **values: Any,
) -> Document:
    """Draft an outgoing document (ND30-10.2); `values` are the fields that `update_fields` takes.

    NotFound for people, units, incoming documents of another agency; InvalidInput by field; NotAllowed when secret.
    """
    if not work.actor.is_system and work.actor.agency_id != agency_id:
        raise NotFound("Không tìm thấy cơ quan này.")
    work.require(rules.may_enter(secrecy))
    agency = directory.agency(work.session, agency_id)
    drafter_id = drafter_id or work.actor.person_id
    if drafter_id is not None:
        unit_id = unit_id or directory.person(work.session, agency_id, drafter_id).unit_id
    if unit_id is not None:
        directory.unit(work.session, agency_id, unit_id)
    document = Document(
        agency_id=agency_id, direction="outgoing", status="draft", source="drafted", subject="", organ_name=agency.name,
        organ_id=directory.code_for(work.session, agency_id, directory.today(work.now)), unit_id=unit_id,
        drafter_id=drafter_id, created_at=work.now, created_by_id=work.actor.person_id, verification={}, checks={},
        tombstone={}, frozen=False, urgency=0, reply_required=False, reply_requirement="", folded="", body="",
        description="", to_places="", refusal_reason="", result="", resolution="",
    )  # fmt: skip
    editing.apply(work, document, {"subject": subject, "type_name": type_name, **values})
    work.session.add(document)
    work.session.flush()
    if document.body:
        editing.keep_text(work, document)
    if "recipients" in values:
        outgoing.plan_recipients(work, document, values["recipients"] or ())
    if drafter_id is not None:
        add_party(work, document.id, person_id=drafter_id, reason="drafter")
    attach_given(work, document, {"files": files, "main_file": main_file})
    work.note("document.drafted", "document", document.id, agency_id)
    if answers:
        link_answer(work, document.id, list(answers))
    return document


def update_fields(work: Work, document_id: int, values: Mapping[str, Any]) -> Document:
    """Save fields bound in a form: texts, dates, flags, signer, recipients, files; only while they may be edited.

    NotAllowed once the document is signed, registered or issued (ND30-11, ND30-18.3); InvalidInput by field.
    """
    document = queries.locked(work, document_id)
    changed = _changing(work, document, values)
    if not changed:
        return document
    work.require(rules.may_edit(document, sorted(changed)))
    if "secrecy" in changed:
        work.require(rules.may_enter(str(values["secrecy"])))
    before = document.body
    editing.apply(work, document, {name: values[name] for name in changed})
    if "body" in changed and document.direction == "outgoing":
        editing.keep_text(work, document, before)
    if "recipients" in changed:
        outgoing.plan_recipients(work, document, values["recipients"] or ())
    attach_given(work, document, values)
    work.note("document.changed", "document", document.id, document.agency_id, fields=sorted(changed))
    return document


def _changing(work: Work, document: Document, values: Mapping[str, Any]) -> set[str]:
    """Names of the given fields that differ from what is stored; forms send all of them back."""
    known = set(editing.READERS) | editing.OTHER_FIELDS
    if unknown := set(values) - known:
        raise InvalidInput("Văn bản không có trường: " + ", ".join(sorted(unknown)) + ".")
    changed = {name for name in ("files", "main_file") if values.get(name)}
    if "recipients" in values:
        before = queries.recipient_ids(work.session, document.id)
        if sorted(int(r) for r in values["recipients"] or ()) != sorted(before):
            changed.add("recipients")
    if values.get("secrecy", "none") not in ("", "none", None):
        changed.add("secrecy")
    for name in set(values) & set(editing.READERS):
        if editing.READERS[name](values[name]) != getattr(document, name):
            changed.add(name)
    return changed


def record_signature(work: Work, document_id: int, file_hash: str, name: str, signed_at: datetime) -> Document:
    """Keep the main file the competent person has signed; from here on the text is fixed (ND30-13.7, QD28-8.1)."""
    document = queries.locked(work, document_id, "outgoing")
    work.require(rules.may_become(document, "signed"))
    replace_main(work, document_id, file_hash, name, "signed")
    document.person_signed_at, document.status = signed_at, "signed"
    work.note(
        "document.signed", "document", document.id, document.agency_id, file_hash=file_hash, signer=document.signer_id
    )
    return document


def record_seal(work: Work, document_id: int, file_hash: str, name: str, sealed_at: datetime) -> Document:
    """Keep the main file with the agency's signature, put on only what a person has signed (ND30-32.2)."""
    document = queries.locked(work, document_id, "outgoing")
    work.require(rules.may_become(document, "sealed"))
    replace_main(work, document_id, file_hash, name, "sealed")
    document.status = "sealed"
    work.note("document.sealed", "document", document.id, document.agency_id, file_hash=file_hash, at=sealed_at)
    return document
