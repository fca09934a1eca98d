"""From a message to what an agency takes in: fields within their lengths, files, what is missing, what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.exchange.edxml import messages as m
from engine.documents.editing import Upload

_NO_SUBJECT = "(Thông điệp không có trích yếu)"


@dataclass(frozen=True, slots=True)
class ArrivedDocument:
    """A document as `create_incoming` takes it, not yet tied to agencies of this installation."""

    fields: Mapping[str, Any]
    main_file: Upload | None
    files: tuple[Upload, ...]
    missing: tuple[str, ...]  # names the manifest promised; can't be decoded counts as missing (QD28-9.1a)
    recipient_codes: tuple[str, ...]
    answers: tuple[m.Citation, ...]


def arrived(message: m.DocumentMessage) -> ArrivedDocument:
    """Return what a message brings; texts too long for their column are shortened, never refused.

    The raw message stays as evidence, so nothing is lost by shortening.
    """
    present = [file for file in message.files if file.content is not None]
    main = message.files[0] if message.files and message.files[0].content is not None else None
    others = [file for file in present if file is not main]
    return ArrivedDocument(
        fields=_fields(message),
        main_file=_upload(main) if main is not None else None,
        files=tuple(_upload(file) for file in others),
        missing=tuple(_absent(file) for file in message.files if file.content is None),
        recipient_codes=tuple(recipient.code for recipient in message.recipients),
        answers=message.answers,
    )


def _fields(message: m.DocumentMessage) -> dict[str, Any]:
    notes = [message.content] if message.content and message.content != message.subject else []
    return {
        "subject": _short(message.subject or message.content, 500) or _NO_SUBJECT,
        "identifier": _short(message.document_id, 200) or None,
        "code": _short(message.full_number, 90),
        "type_name": _short(message.type_name, 100) or "Công văn",
        "issued_date": message.issued_on,
        "organ_id": _short(message.sender.code, 64),
        "organ_name": _short(message.sender.name or message.sender.code, 200),
        "urgency": message.priority,
        "due_date": message.due_on,
        "signer_name": _short(message.signer.full_name, 100),
        "signer_position": _short(message.signer.position, 100),
        "page_amount": message.pages,
        "to_places": _short("\n".join(message.places), 1000),
        "description": _short("\n".join(notes), 500),
    }


def _upload(file: m.AttachedFile) -> Upload:
    assert file.content is not None
    return Upload(file.name, file.content)


def _absent(file: m.AttachedFile) -> str:
    return f"{file.name} ({file.problem.rstrip('.').lower()})" if file.problem else file.name


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
