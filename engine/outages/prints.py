"""The report of an outage and the list of what was entered after it, as they stand on paper (LA-14.3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.clock import VIETNAM
from engine.directory.models import Agency
from engine.documents.prints.forms import Column, Form
from engine.documents.prints.rows import HIDDEN, Row, day, figure
from engine.outages import queries, rules
from engine.outages.models import Outage
from engine.platform import Actor
from engine.records.papers import said_person
from engine.records.prints import Printed, Sheet, Total

REPORT = Form(
    "outage-report", "BÁO CÁO SỰ CỐ HỆ THỐNG", rules.CLAUSE,
    (Column("Số TT", 13, "centre"), Column("Nội dung", 60), Column("Ghi nhận", 200)),
    with_cover=False, parties=("NGƯỜI LẬP BÁO CÁO", "NGƯỜI ĐỨNG ĐẦU CƠ QUAN"),
)  # fmt: skip
ENTERED = Form(
    "outage-entered", "DANH SÁCH VĂN BẢN NHẬP BỔ SUNG SAU SỰ CỐ", rules.CLAUSE,
    (
        Column("Số TT", 13, "centre"), Column("Thời điểm đến, ban hành", 32, "centre"), Column("Đến, đi", 16, "centre"),
        Column("Số trong sổ", 20, "centre"), Column("Số, ký hiệu văn bản", 32), Column("Trích yếu", 76),
        Column("Lý do nhập bổ sung", 48), Column("Người nhập, lúc", 36),
    ),
    with_cover=False,
)  # fmt: skip
DIRECTIONS = {"incoming": "Đến", "outgoing": "Đi"}


def report(session: Session, actor: Actor, row: Outage, now: datetime) -> Printed:
    """The report: the five items, damage, cause, repair, measures, what was entered afterwards, the handbook."""
    found = _counts(session, row)
    said = [
        ("Sự cố", row.what),
        ("Giờ ngừng hoạt động", rules.at(row.stops_at)),
        ("Giờ hoạt động lại", _restart(row)),
        ("Biện pháp tạm thời", row.measures),
        ("Cách nhập văn bản sau sự cố", row.back_entry),
        *((part.label, getattr(row, part.name)) for part in rules.PARTS),
        ("An toàn thông tin", _told(row)),
        ("Văn bản đã nhập bổ sung", found),
        ("Sổ tay hướng dẫn", _handbook(row)),
        ("Duyệt báo cáo", _approved(session, row)),
    ]
    rows: list[Row] = [(str(number), label, text or "Chưa ghi.") for number, (label, text) in enumerate(said, 1)]
    total = Total((f"Phạm vi: {_scope(session, row)}.", f"Tình trạng: {rules.PHASES[rules.phase(row, now)].lower()}."))
    return _sheet(session, actor, REPORT, row, now, f"bao-cao-su-co-{row.id}"), rows, total


def entered(session: Session, actor: Actor, row: Outage, now: datetime) -> Printed:
    """What the reader's agency entered afterwards, by the time it really came."""
    found = queries.entered(session, actor, row.id)
    rows: list[Row] = [
        (
            str(number), _moment(each.entry.happened_at), DIRECTIONS[each.entry.direction], each.number,
            (each.document.code or "") if each.document else "",
            each.document.subject if each.document else HIDDEN, each.entry.reason if each.document else "",
            f"{each.by}, {_moment(each.entry.entered_at)}",
        )
        for number, each in enumerate(found, 1)
    ]  # fmt: skip
    count = queries.counts(session, row.id, actor.agency_id)
    said = f"Tổng số: {figure(count.total)} văn bản, gồm {figure(count.incoming)} đến, {figure(count.outgoing)} đi."
    return _sheet(session, actor, ENTERED, row, now, f"nhap-bo-sung-{row.id}"), rows, Total((said,))


def _sheet(session: Session, actor: Actor, form: Form, row: Outage, now: datetime, stem: str) -> Sheet:
    agency = session.get_one(Agency, actor.agency_id)
    stopped = row.stops_at.astimezone(VIETNAM)
    ends = f"đến {rules.at(row.restarted_at)}" if row.restarted_at else "chưa hoạt động lại"
    return Sheet(
        form, agency.name, agency.parent_name or "", "", stopped.year, f"Ngừng từ {rules.at(row.stops_at)}",
        ends[:1].upper() + ends[1:], now, actor.name, stem,
    )  # fmt: skip


def _counts(session: Session, row: Outage) -> str:
    found = queries.Counts(**row.counts) if row.state == "closed" and row.counts else queries.counts(session, row.id)
    if not found.total:
        return "Không có văn bản nào phải nhập bổ sung."
    where = f" ở {figure(found.agencies)} cơ quan" if row.whole_province else ""
    return f"{figure(found.total)} văn bản{where}: {figure(found.incoming)} đến, {figure(found.outgoing)} đi."


def _restart(row: Outage) -> str:
    expected = f"dự kiến {rules.at(row.expected_at)}"
    return f"{rules.at(row.restarted_at)} ({expected})" if row.restarted_at else f"Chưa hoạt động lại; {expected}"


def _told(row: Outage) -> str:
    if not row.security_doubt:
        return "Không có dấu hiệu mất an toàn."
    if row.told_at is None:
        return "Có nghi ngờ mất an toàn; chưa ghi việc báo cơ quan chuyên trách công nghệ thông tin."
    return f"Có nghi ngờ mất an toàn; {row.told_by} đã báo {row.told_whom} lúc {rules.at(row.told_at)}."


def _handbook(row: Outage) -> str:
    said = rules.HANDBOOKS.get(row.handbook, "")
    return f"{said}: {row.handbook_note}" if said and row.handbook_note else said


def _approved(session: Session, row: Outage) -> str:
    if row.state != "closed" or row.closed_at is None:
        return "Chưa duyệt."
    return f"{said_person(session, row.closed_by_id)}, {rules.at(row.closed_at)}."


def _scope(session: Session, row: Outage) -> str:
    name = queries.agency_name(session, row)
    return f"mọi cơ quan trong tỉnh, {name} thông báo" if row.whole_province else name


def _moment(at: datetime) -> str:
    local = at.astimezone(VIETNAM)
    return f"{local:%H:%M} {day(local.date())}"
