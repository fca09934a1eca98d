"""What is handed over when somebody leaves or moves, by kind, and who may have it done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from engine.directory import rules as directory
from engine.directory.models import Person, Unit
from engine.platform import ALLOWED, Actor, Verdict

KINDS: Mapping[str, str] = {
    "task": "Việc đang chờ xử lý",
    "assignment": "Nhiệm vụ theo chỉ đạo chưa xong",
    "draft": "Dự thảo chưa phát hành",
    "issued": "Văn bản đi đang chờ trả lời",
    "dossier": "Hồ sơ đang lập, đang giữ",
    "stand-in": "Ủy quyền đang nhận xử lý thay",
    "filter": "Bộ lọc dùng chung",
    "absence": "Ủy quyền đã giao cho người khác",
    "loan": "Hồ sơ lưu trữ đang mượn",
    "authorisation": "Giấy ủy quyền ký (TUQ) đã giao, đã nhận",
    "signer": "Dự thảo ghi người này là người ký",
}
"""Everything that is looked for, in the order in which it is shown."""

ENDED = frozenset({"absence", "loan", "authorisation", "signer"})
"""What nobody takes over: it ends with the hand-over, and the minutes say so."""

CAUSES: Mapping[str, str] = {
    "leave": "Nghỉ việc, chuyển công tác khỏi cơ quan",
    "move": "Chuyển sang đơn vị khác trong cơ quan",
    "unit": "Sáp nhập, chuyển đơn vị",
}
LATEST_CLOSING = timedelta(days=366)


def may_arrange(actor: Actor, agency_id: int) -> Verdict:
    """A hand-over is arranged by the agency's admin (ND30-31.3.đ)."""
    if directory.may_administer(actor, agency_id):
        return ALLOWED
    return Verdict(False, "Chỉ quản trị cơ quan được lập việc bàn giao.", "ND30-31.3.đ")


def may_read(actor: Actor, agency_id: int, people: frozenset[int]) -> Verdict:
    """Minutes are read by the admin, the clerk, the leaders and whoever gives or receives."""
    if actor.agency_id == agency_id and (
        actor.person_id in people or actor.roles & {"agency-admin", "clerk", "leader", "archivist"}
    ):
        return ALLOWED
    return Verdict(False, "Không tìm thấy biên bản bàn giao này.")


def receiver_problem(leaver: Person | None, receiver: Person | None, agency_id: int, today: date) -> str | None:
    """Why somebody can't take over, or None: a person at work in the agency, another than who hands over."""
    if receiver is None or receiver.agency_id != agency_id:
        return "Chọn người nhận trong cơ quan."
    if leaver is not None and receiver.id == leaver.id:
        return "Người nhận phải khác người bàn giao."
    if not receiver.active or (receiver.closes_on is not None and receiver.closes_on <= today):
        return f"{receiver.full_name} đã ngừng hoạt động; chọn người khác."
    if receiver.closes_on is not None:
        return f"{receiver.full_name} cũng đang bàn giao để nghỉ từ ngày {receiver.closes_on:%d/%m/%Y}."
    return None


def merger_problem(old: Unit, new: Unit, today: date) -> str | None:
    """Why a unit can't go over into another, or None."""
    if old.id == new.id:
        return "Đơn vị nhận phải khác đơn vị được sáp nhập."
    if old.valid_to is not None and old.valid_to < today:
        return f"{old.name} đã ngừng hoạt động."
    if new.valid_to is not None:
        return f"{new.name} đã ngừng hoạt động; chọn đơn vị khác."
    return None
