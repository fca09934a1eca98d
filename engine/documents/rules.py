"""What may happen to a document when: order of statuses, what stays editable, what is never allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.documents import kinds
from engine.documents.models import Document
from engine.platform import ALLOWED, Actor, Verdict

AGENCY_WIDE = frozenset({"clerk", "leader", "form-checker"})
"""Roles that see every document of their agency; admins and analysts don't (role is not scope)."""

_OUTGOING: dict[str, frozenset[str]] = {
    "draft": frozenset({"content_check", "cancelled"}),
    "content_check": frozenset({"draft", "form_check", "cancelled"}),
    "form_check": frozenset({"draft", "content_check", "approval", "cancelled"}),
    "approval": frozenset({"draft", "content_check", "form_check", "approved", "cancelled"}),
    "approved": frozenset({"draft", "approval", "signed", "cancelled"}),
    "signed": frozenset({"draft", "approval", "numbered", "cancelled"}),
    "numbered": frozenset({"sealed", "cancelled"}),
    "sealed": frozenset({"issued", "cancelled"}),
    "issued": frozenset({"closed", "recalled"}),
    "closed": frozenset({"recalled"}),
    "recalled": frozenset(),
    "cancelled": frozenset(),
}
_COPY = {**_OUTGOING, "approved": frozenset({"numbered", "cancelled"})}
"""A copy bears no signature of the person who let it be made, only the agency's (PL I, box 14); on paper, by hand."""
_INCOMING: dict[str, frozenset[str]] = {
    "arrived": frozenset({"checked", "returned", "recalled"}),
    "checked": frozenset({"registered", "returned", "recalled"}),
    "returned": frozenset({"recalled"}),
    "registered": frozenset({"submitted", "directed", "in_progress", "recalled"}),
    "submitted": frozenset({"registered", "directed", "in_progress", "recalled"}),
    "directed": frozenset({"submitted", "in_progress", "resolved", "recalled"}),
    "in_progress": frozenset({"submitted", "directed", "resolved", "recalled"}),
    "resolved": frozenset({"in_progress", "filed", "recalled"}),
    "filed": frozenset({"recalled"}),
    "recalled": frozenset(),
}
BEFORE_APPROVAL = frozenset({"draft", "content_check", "form_check", "approval"})
AFTER_ISSUE = frozenset({"issued", "closed", "recalled"})
_ANSWERED_WHILE = frozenset({"registered", "submitted", "directed", "in_progress"})
BEFORE_REGISTER = frozenset({"arrived", "checked"})
_STILL_OPEN_AFTER_REGISTER = frozenset({"description", "due_date", "urgency"})


def _table(document: Document) -> dict[str, frozenset[str]]:
    if document.direction != "outgoing":
        return _INCOMING
    return _COPY if is_copy(document) else _OUTGOING


def is_copy(document: Document) -> bool:
    """Whether an outgoing document is a copy of another (ND30-25): nobody drafts one under these names."""
    return document.direction == "outgoing" and document.type_name in kinds.COPIES


def may_become(document: Document, status: str) -> Verdict:
    """Whether a document's status may change to another: the order of ND30-14 and ND30-20 is enforced here."""
    table = _table(document)
    wanted = kinds.status_name(document.direction, status)
    if status not in table:
        return Verdict(False, f"Văn bản không có trạng thái “{status}”.")
    if document.destroyed_at is not None:
        return Verdict(False, "Văn bản đã bị hủy theo thông báo thu hồi.", "QD28-9.2b")
    if document.frozen and status != "recalled":
        return Verdict(False, "Văn bản đã thu hồi và bị khóa, không chuyển trạng thái được.", "SYS-8")
    if status not in table.get(document.status, frozenset()):
        now = kinds.status_name(document.direction, document.status)
        return Verdict(False, f"Văn bản đang ở trạng thái “{now}”, không chuyển sang “{wanted}” được.", "ND30-14")
    return ALLOWED


def may_edit(document: Document, fields: Sequence[str] = ()) -> Verdict:
    """Whether fields may be changed: never after signing or issue, nor (save a few) once in the register."""
    if document.destroyed_at is not None or document.frozen:
        return Verdict(False, "Văn bản đã thu hồi, không sửa được.", "SYS-8")
    if document.direction == "incoming":
        if document.status in BEFORE_REGISTER or not set(fields) - _STILL_OPEN_AFTER_REGISTER:
            return ALLOWED
        return Verdict(False, "Văn bản đến đã vào sổ hoặc đã trả lại, không sửa thông tin đăng ký được.", "ND30-22.2")
    if document.status in BEFORE_APPROVAL:
        return ALLOWED
    if document.status in AFTER_ISSUE:
        return Verdict(
            False,
            "Văn bản đã phát hành, không được sửa; nếu có sai sót thì thay thế, đính chính hoặc thu hồi.",
            "ND30-18.3",
        )
    return Verdict(False, "Dự thảo đã được duyệt; muốn sửa phải đưa về người duyệt trước.", "ND30-11")


def may_attach(document: Document, part: str) -> Verdict:
    """Whether a file may be added: a notice always, the rest only while the document may be edited."""
    if part == "notice" and document.destroyed_at is None:
        return ALLOWED
    return may_edit(document, ("files",))


def may_be_numbered(document: Document) -> Verdict:
    """Number and date come after the competent person's signature, never before (ND30-15, facts 12.2)."""
    if document.direction != "outgoing":
        return Verdict(False, "Chỉ văn bản đi mới được cấp số.")
    if document.code_number is not None:
        return Verdict(False, f"Văn bản đã được cấp số {document.code}.", "ND30-15.1")
    if is_copy(document):
        return may_become(document, "numbered")
    if document.person_signed_at is None or document.status != "signed":
        return Verdict(False, "Chỉ cấp số sau khi người có thẩm quyền đã ký.", "ND30-15.2")
    return may_become(document, "numbered")


def may_be_registered(document: Document) -> Verdict:
    """An incoming document enters the register once, after it was checked (ND30-21, ND30-22)."""
    if document.direction != "incoming":
        return Verdict(False, "Chỉ văn bản đến mới vào sổ văn bản đến.")
    if document.arrival_number is not None:
        return Verdict(False, f"Số đến {document.arrival_number:02d} đã được cấp cho văn bản này.", "ND30-22.2")
    return may_become(document, "registered")


def may_enter(secrecy: str) -> Verdict:
    """Only documents without a secrecy level may be kept here (LA-1.2)."""
    if secrecy in ("", "none"):
        return ALLOWED
    return Verdict(
        False,
        "Văn bản có độ mật không được soạn, gửi, nhận trên hệ thống này; xử lý theo đường văn bản giấy.",
        "LA-1.2",
    )


def reply_problem(reply_required: bool, due_date: object, requirement: str) -> dict[str, str]:
    """What is missing when a reply is asked for: deadline and requirement are both recorded in full (LA-9.2.d)."""
    problems = {}
    if reply_required and due_date is None:
        problems["due_date"] = "Văn bản yêu cầu trả lời phải ghi thời hạn trả lời."
    if reply_required and not requirement.strip():
        problems["reply_requirement"] = "Văn bản yêu cầu trả lời phải ghi rõ nội dung cần trả lời."
    return problems


def may_recall(actor: Actor, document: Document) -> Verdict:
    """Asking every recipient to give an issued document back: the registry clerk (QD28-8.2b)."""
    if document.direction != "outgoing" or document.status not in ("issued", "closed"):
        said = "Văn bản chưa phát hành hoặc đã thu hồi; chỉ thu hồi được văn bản đã phát hành."
        return Verdict(False, said, "QD28-8.2b")
    if "clerk" in actor.roles:
        return ALLOWED
    return Verdict(False, "Chỉ văn thư thu hồi được văn bản đi đã phát hành.", "QD28-8.2b")


def may_be_answered(document: Document) -> Verdict:
    """Whether an answer may be drafted: it is registered and not resolved yet (LA-9.2.đ)."""
    if document.direction == "incoming" and document.status in _ANSWERED_WHILE:
        return ALLOWED
    said = "Chỉ soạn văn bản trả lời khi văn bản đến đã vào sổ và chưa giải quyết xong."
    return Verdict(False, said, "LA-9.2.đ")


def may_have_slip(document: Document) -> Verdict:
    """Whether the resolution slip and the stamp of arrival can be printed (ND30-22.2)."""
    if document.arrival_number is not None and document.destroyed_at is None:
        return ALLOWED
    said = "Văn bản chưa vào sổ hoặc đã thu hồi nên không có phiếu giải quyết và dấu đến."
    return Verdict(False, said, "ND30-22.2")


def may_keep_registers(actor: Actor) -> Verdict:
    """Registers are opened, numbers held and cancelled by the clerk or the agency's admin (ND30-6.3)."""
    if actor.is_system or actor.roles & {"clerk", "agency-admin"}:
        return ALLOWED
    return Verdict(False, "Chỉ văn thư hoặc quản trị cơ quan được lập sổ, giữ số, hủy số.", "ND30-6.3")


@dataclass(frozen=True, slots=True)
class StatusMessage:
    """A status message as far as the displayed state depends on it; `order` is the order of arrival."""

    code: str
    at: datetime
    order: int


_PROGRESS = {"01": "arrived", "03": "accepted", "04": "assigned", "05": "processing", "06": "done"}
_BEFORE_PROGRESS = frozenset({"planned", "queued", "sending", "sent", "failed", "paper"})


def displayed_state(transport: str, messages: Sequence[StatusMessage]) -> str:
    """The state of a dispatch after all status messages, however they arrived (facts 12.2, 13.5).

    The highest of 01 < 03 < 04 < 05 < 06 counts; 02 stands until a later 03 …; a late 01 never lowers; a recall
    asked (13) and agreed (15) is final; unknown codes change nothing.
    """
    refused_at: datetime | None = None
    progress = ""
    for message in sorted(messages, key=lambda m: (m.at, m.order)):
        if message.code == "02":
            refused_at, progress = message.at, ""
        elif message.code in _PROGRESS and not (refused_at is not None and message.code == "01"):
            refused_at = None
            progress = max(progress, message.code)
    recall = ""
    for message in sorted(messages, key=lambda m: m.order):
        if message.code == "13" and recall != "recalled":
            recall = "recall_asked"
        elif message.code in ("15", "16") and recall == "recall_asked":
            recall = "recalled" if message.code == "15" else "recall_denied"
    if recall:
        return recall
    if refused_at is not None:
        return "refused"
    return _PROGRESS[progress] if progress else (transport if transport in _BEFORE_PROGRESS else "sent")
