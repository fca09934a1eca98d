"""Copies follow their original: open requests end, a recall of copies that went out begins (ND30-18.4, ND30-25)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from engine.copying import commands as copying
from engine.copying import rules
from engine.documents import commands as documents
from engine.documents.models import Document
from engine.documents.recall import FOLLOW_ORIGINAL
from engine.instances import commands
from engine.instances.models import Instance
from engine.operations import Outside, operation, parameter
from engine.platform import Work, system

GONE = "copy-original-gone"


@dataclass(frozen=True)
class FollowOriginal:
    """Have the copies of a document follow what has happened to it."""

    document: int = parameter("Văn bản gốc", kind="document")
    what: str = parameter("Đã xảy ra gì", kind="choice", choices=tuple(rules.GONE))


@operation(
    FOLLOW_ORIGINAL, version=1, name="Xử lý bản sao khi văn bản gốc không còn", outside=True,
    legal_basis=("ND30-18.4", "ND30-25"),
)  # fmt: skip
def follow_original(given: FollowOriginal, outside: Outside) -> None:
    """Kết thúc các đề nghị sao còn mở, xóa phần trích của văn bản đã hủy; bản sao đã phát hành của văn bản bị thu
    hồi được đưa vào quy trình thu hồi để lãnh đạo duyệt và báo nơi nhận. Chạy lại không bắt đầu hai lần.
    """
    platform, who = outside.platform, system(outside.agency_id)
    found = platform.run(who, copying.follow, given.document, given.what)
    # a transaction for each: one command never locks two cases
    for copy_id in found.open_ones:
        platform.run(who, _end, copy_id, rules.GONE[given.what])
    for document_id in found.issued:
        platform.run(who, _recall, document_id, rules.GONE["recalled"])


def _end(work: Work, copy_id: int, reason: str) -> None:
    assert work.actor.agency_id is not None
    commands.receive_message(work, work.actor.agency_id, GONE, str(copy_id), {"reason": reason})


def _recall(work: Work, document_id: int, reason: str) -> None:
    """Begin the recall of a copy, in which a leader decides and its recipients are told as of any recall."""
    document = work.session.get_one(Document, document_id, with_for_update=True)
    running = select(Instance.id).where(
        Instance.document_id == document_id, Instance.procedure == "recall", Instance.status == "running"
    )
    if document.frozen or work.session.scalar(running.limit(1)) is not None:
        return
    data = {"document_id": document_id, "reason": reason, "dispatches": documents.dispatch_ids(work, document_id)}
    commands.start_instance(work, "recall", document.agency_id, data)
