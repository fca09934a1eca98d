"""The files of a message: manifest and contents joined, decoded, taken out of their transport zip."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.exchange.edxml import messages as m
from connectors.exchange.edxml import wire
from connectors.exchange.edxml.nodes import Node
from connectors.exchange.edxml.packing import LARGEST_FILE, Unreadable, decoded, media_type_of, unpacked

_MOST_FILES = 200
LARGEST_TOGETHER = 4 * LARGEST_FILE


@dataclass(slots=True)
class _Carried:
    """One `Attachment` element; `used` once a reference has claimed it."""

    node: Node
    content_id: str
    name: str
    used: bool = False


@dataclass(slots=True)
class _Room:
    """How many bytes the files of one message may still unfold to."""

    left: int


def read_files(root: Node, notes: list[str]) -> tuple[m.AttachedFile, ...]:
    """Return the files in the order of the manifest, the main document first.

    A reference without content is given with a `problem`; content that nobody refers to comes last with a warning.
    """
    references = [node for manifest in root.find("edXMLManifest") for node in manifest.children("Reference")]
    carried = [
        _Carried(node, wire.content_id(node.text("ContentId")), node.text("AttachmentName"))
        for holder in root.find("AttachmentEncoded")
        for node in holder.children("Attachment")
    ]
    if max(len(references), len(carried)) > _MOST_FILES:
        raise m.MessageError("shape", f"Thông điệp có quá {_MOST_FILES} tệp.")
    room = _Room(LARGEST_TOGETHER)
    files = [_referred(node, number, carried, room, notes) for number, node in enumerate(references, start=1)]
    for left in (item for item in carried if not item.used):
        notes.append("Có tệp không được nêu trong danh mục của thông điệp.")
        files.append(_file(left.node, left.node, len(files) + 1, room))
    return tuple(files)


def _referred(reference: Node, number: int, carried: list[_Carried], room: _Room, notes: list[str]) -> m.AttachedFile:
    content_id, name = wire.content_id(reference.text("ContentId")), reference.text("AttachmentName")
    free = [item for item in carried if not item.used]
    found = next((item for item in free if content_id and item.content_id == content_id), None)
    if found is None:
        found = next((item for item in free if name and item.name == name), None)
        if found is not None:
            notes.append("Mã nội dung của một tệp không khớp; đã ghép theo tên tệp.")
    if found is None:
        safe = wire.file_name(name, number)
        return m.AttachedFile(
            safe, media_type_of(safe), None, reference.text("Description"), content_id, "Thiếu tệp trong thông điệp."
        )
    found.used = True
    return _file(reference, found.node, number, room)


def _file(reference: Node, attachment: Node, number: int, room: _Room) -> m.AttachedFile:
    name = wire.file_name(attachment.text("AttachmentName") or reference.text("AttachmentName"), number)
    media_type = (attachment.text("ContentType") or reference.text("ContentType"))[:120]
    description = (reference.text("Description") or attachment.text("Description"))[:500]
    content_id = wire.content_id(reference.text("ContentId") or attachment.text("ContentId"))[:200]
    holder = attachment.child("ContentTransferEncoded")
    try:
        largest = min(LARGEST_FILE, room.left)
        raw = decoded(holder.own_text() if holder is not None else "", largest)
        media_type, content = unpacked(name, media_type, raw, largest)
    except Unreadable as error:
        return m.AttachedFile(name, media_type, None, description, content_id, f"Tệp {error}.")
    room.left -= len(content)
    return m.AttachedFile(name, media_type, content, description, content_id)
