"""Minutes of a hand-over between people on paper: everything that went to somebody else, by kind."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.directory.models import Unit
from engine.documents.prints.forms import Column, Form
from engine.documents.prints.rows import Row, day, figure
from engine.platform import Actor
from engine.records.papers import TWO_COPIES, local, numbered, said_person, sheet
from engine.records.prints import Printed, Total
from engine.tasks.succession import queries, rules
from engine.tasks.succession.models import HandOver

__all__ = ["FORM", "UNIT_KINDS", "minutes", "numbered"]

FORM = Form(
    "hand-over", "BIÊN BẢN BÀN GIAO CÔNG VIỆC, HỒ SƠ, TÀI LIỆU", "ND30-31.3.đ",
    (
        Column("Số TT", 13, "centre"), Column("Loại", 46), Column("Nội dung", 130), Column("Người nhận", 46),
        Column("Thời điểm", 34, "centre"), Column("Ghi chú", 30),
    ),
    with_cover=False, parties=("BÊN GIAO", "BÊN NHẬN"),
)  # fmt: skip
REMARKS = {"signer": "Chọn người ký khác"}
UNIT_KINDS = {
    "person": "Người thuộc đơn vị", "task": "Việc chờ nhóm của đơn vị", "assignment": "Nhiệm vụ theo chỉ đạo chưa xong",
    "draft": "Dự thảo chưa phát hành", "dossier": "Hồ sơ đang lập, đang giữ",
}  # fmt: skip


def minutes(session: Session, actor: Actor, row: HandOver, now: datetime) -> Printed:
    """The minutes: who gives, each thing with who receives it, what ended, from when the account is closed."""
    names = UNIT_KINDS if row.cause == "unit" else rules.KINDS
    to = session.get_one(Unit, row.to_unit_id).name if row.to_unit_id else ""
    made: list[Row] = []
    for number, (item, receiver) in enumerate(queries.items(session, row.id), 1):
        made.append((
            str(number), names.get(item.kind, item.kind), item.title, receiver or to,
            day(local(item.at)), REMARKS.get(item.kind, "Kết thúc") if item.kind in rules.ENDED else "",
        ))  # fmt: skip
    giver = said_person(session, row.person_id) if row.person_id else session.get_one(Unit, row.unit_id).name
    lines = [f"Bên giao: {giver}. Trường hợp: {rules.CAUSES[row.cause]}."]
    if row.reason:
        lines.append(f"Căn cứ, lý do: {row.reason}")
    if row.cause == "unit":
        lines.append(f"Đơn vị nhận: {to}.")
    receivers = queries.names(session, row.receivers.values())
    if receivers:
        lines.append("Bên nhận: " + "; ".join(sorted(receivers.values())) + ".")
    some = [f"{name.lower()}: {figure(row.counts[kind])}" for kind, name in names.items() if row.counts.get(kind)]
    lines.append(f"Tổng số: {figure(len(made))} mục" + (f" ({'; '.join(some)})." if some else "."))
    if row.closes_on is not None:
        closed = "đã đóng" if row.closed_at else "đóng"
        lines.append(f"Tài khoản {closed} từ ngày {day(row.closes_on)}; việc đến sau ngày này chuyển người nhận.")
    lines.append(f"Người lập biên bản: {said_person(session, row.made_by_id)}. {TWO_COPIES}")
    head = sheet(session, actor, FORM, numbered(row.number, row.year), row.made_at, now,
                 f"bien-ban-ban-giao-{row.year}-{row.number}")  # fmt: skip
    return head, made, Total(tuple(lines))
