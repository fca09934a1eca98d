"""Who announces an outage, which times can be, what is still missing before a report can be closed (LA-14.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.clock import VIETNAM
from engine.outages.models import Outage
from engine.platform import ALLOWED, Actor, Verdict

CLAUSE = "LA-14.3"
FURTHEST = timedelta(days=366)
"""How far back or ahead the stop may lie: a year written wrong is the usual mistake."""
PHASES: dict[str, str] = {
    "planned": "Sắp ngừng hoạt động", "running": "Đang ngừng hoạt động", "ended": "Đã hoạt động lại",
    "submitted": "Báo cáo chờ duyệt", "closed": "Đã đóng", "cancelled": "Đã thôi",
}  # fmt: skip
TURNS: dict[str, str] = {
    "announced": "Thông báo", "corrected": "Sửa thông báo", "ended": "Ghi giờ hoạt động lại", "cancelled": "Thôi ngừng",
}  # fmt: skip
HANDBOOKS: dict[str, str] = {"updated": "Đã cập nhật", "unneeded": "Không cần cập nhật"}


def phase(row: Outage, now: datetime) -> str:
    """Where an outage is: planned until its stop time comes, then running until the real restart is noted."""
    if row.state == "announced":
        return "planned" if now < row.stops_at else "running"
    return row.state


def may_announce(actor: Actor, *, whole_province: bool = False) -> Verdict:
    """The agency's admin for the own agency; the provincial admin for every agency of the province."""
    if whole_province:
        if "provincial-admin" in actor.roles:
            return ALLOWED
        return Verdict(False, "Chỉ quản trị tỉnh thông báo sự cố cho mọi cơ quan trong tỉnh.", CLAUSE)
    if actor.roles & {"agency-admin", "provincial-admin"}:
        return ALLOWED
    return Verdict(False, "Chỉ quản trị cơ quan, hoặc văn thư được giao vai trò này, thông báo sự cố.", CLAUSE)


def may_lead(actor: Actor, row: Outage) -> Verdict:
    """Correct it and write its report: the admins of the agency that announced it."""
    if actor.is_system:
        return ALLOWED
    if actor.agency_id != row.agency_id:
        return Verdict(False, "Sự cố này do cơ quan khác thông báo; cơ quan đó sửa và lập báo cáo.", CLAUSE)
    return may_announce(actor, whole_province=row.whole_province)


def may_correct(actor: Actor, row: Outage) -> Verdict:
    """Until its report is on the way, every item can be corrected; the earlier editions stay."""
    allowed = may_lead(actor, row)
    if allowed and row.state not in ("announced", "ended"):
        return Verdict(False, f"{PHASES[row.state]}: thông báo không sửa được nữa.", CLAUSE)
    return allowed


def may_report(actor: Actor, row: Outage) -> Verdict:
    """The report is written once the system runs again, and until it is submitted."""
    allowed = may_lead(actor, row)
    if not allowed or row.state == "ended":
        return allowed
    if row.state == "announced":
        return Verdict(False, "Ghi giờ hệ thống hoạt động lại trước khi lập báo cáo.", CLAUSE)
    return Verdict(False, f"{PHASES[row.state]}: báo cáo không sửa được nữa.", CLAUSE)


def may_enter(actor: Actor, row: Outage) -> Verdict:
    """Registering what came during an outage: the clerk, once the restart is known, until the report is closed."""
    if "clerk" not in actor.roles:
        return Verdict(False, "Chỉ văn thư đăng ký bổ sung văn bản sau sự cố.", CLAUSE)
    if row.state == "announced":
        return Verdict(False, "Nhập bổ sung được khi đã ghi giờ hệ thống hoạt động lại.", CLAUSE)
    if row.state in ("closed", "cancelled"):
        return Verdict(False, f"{PHASES[row.state]}: không nhập bổ sung được nữa.", CLAUSE)
    return ALLOWED


def may_hold(actor: Actor, row: Outage) -> Verdict:
    """Numbers for paper are held before the stop or while the system can be reached; clerks keep the registers."""
    if "clerk" not in actor.roles:
        return Verdict(False, "Chỉ văn thư giữ số của sổ văn bản.", "ND30-15.1")
    if row.state not in ("announced", "ended"):
        return Verdict(False, f"{PHASES[row.state]}: không giữ thêm số được nữa.", CLAUSE)
    return ALLOWED


def reads_report(actor: Actor, row: Outage) -> bool:
    """Whether somebody reads report and editions: admins, clerks and leaders of the agency that announced it."""
    return actor.agency_id == row.agency_id and bool(
        actor.roles & {"agency-admin", "provincial-admin", "clerk", "leader"}
    )


# --- Times ----------------------------------------------------------------------------------------------------


def times_wrong(
    stops_at: datetime, expected_at: datetime, restarted_at: datetime | None, now: datetime
) -> dict[str, str]:
    """What is wrong with the times of an announcement, by field; empty when nothing is."""
    wrong: dict[str, str] = {}
    if abs(stops_at - now) > FURTHEST:
        wrong["stops_at"] = "Giờ ngừng cách hiện tại hơn một năm; xem lại ngày và năm."
    if expected_at <= stops_at:
        wrong["expected_at"] = f"Giờ dự kiến hoạt động lại phải sau giờ ngừng ({at(stops_at)})."
    elif expected_at - stops_at > FURTHEST:
        wrong["expected_at"] = "Giờ dự kiến cách giờ ngừng hơn một năm; xem lại ngày và năm."
    if restarted_at is not None and (said := restart_wrong(stops_at, restarted_at, now)):
        wrong["restarted_at"] = said
    return wrong


def restart_wrong(stops_at: datetime, restarted_at: datetime, now: datetime) -> str:
    """Why a real restart can't have been then; empty when it can."""
    if restarted_at < stops_at:
        return f"Giờ hoạt động lại không thể trước giờ ngừng ({at(stops_at)})."
    if restarted_at > now:
        return "Giờ hoạt động lại chưa đến; chỉ ghi giờ thật khi hệ thống đã hoạt động lại."
    return ""


def arrival_wrong(row: Outage, happened_at: datetime) -> str:
    """Why something can't have come or been numbered during an outage; empty when it can."""
    ends = row.restarted_at
    if ends is None or not row.stops_at <= happened_at <= ends:
        until = f" đến {at(ends)}" if ends else ""
        return f"Thời điểm phải trong thời gian sự cố: từ {at(row.stops_at)}{until}."
    return ""


def at(moment: datetime) -> str:
    """A moment as people read it: 08:15 ngày 23/11/2026."""
    return f"{moment.astimezone(VIETNAM):%H:%M} ngày {moment.astimezone(VIETNAM):%d/%m/%Y}"


def told_times(row: Outage) -> dict[str, str]:
    """The times of an outage in words, as notices and letters tell them; nothing of what happened."""
    said = {"stops": at(row.stops_at), "expected": at(row.expected_at)}
    return said | ({"restarted": at(row.restarted_at)} if row.restarted_at else {})


def entered_said(row: Outage, reason: str = "") -> str:
    """What stands in the register, the history and on prints of a document entered afterwards."""
    said = f"Nhập bổ sung sau sự cố hệ thống từ {at(row.stops_at)}"
    if row.restarted_at is not None:
        said += f" đến {at(row.restarted_at)}"
    return f"{said}: {reason}" if reason else said


# --- The report -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the report that somebody writes."""

    name: str
    label: str
    help: str


PARTS = (
    Part("damage", "Thiệt hại", "Dữ liệu, văn bản, thời gian xử lý bị ảnh hưởng; không có thì ghi rõ là không."),
    Part("cause", "Nguyên nhân", "Đã xác định, hoặc đang tiếp tục làm rõ."),
    Part("repair", "Khắc phục đã làm", "Đã sửa gì, ai sửa, kiểm tra lại thế nào."),
    Part("prevention", "Biện pháp để không lặp lại", "Việc, người làm, thời hạn."),
)


def report_missing(row: Outage) -> dict[str, str]:
    """What the report still lacks, by field (LA-14.3: damage, cause, repair, handbook; the ICT department when in
    doubt about security).
    """
    missing = {part.name: f"Chưa ghi “{part.label}”." for part in PARTS if not getattr(row, part.name).strip()}
    if row.handbook not in HANDBOOKS:
        missing["handbook"] = "Chọn đã cập nhật sổ tay hay không cần cập nhật."
    elif row.handbook == "updated" and not row.handbook_note.strip():
        missing["handbook_note"] = "Ghi phần nào của sổ tay đã cập nhật."
    if row.security_doubt:
        missing |= told_missing({"told_whom": row.told_whom, "told_by": row.told_by, "told_at": row.told_at})
    return missing


def told_missing(told: Mapping[str, object]) -> dict[str, str]:
    """What is missing of who told the ICT department, whom and when."""
    asked = {
        "told_whom": "Ghi đã báo cho ai ở cơ quan chuyên trách công nghệ thông tin.",
        "told_by": "Ghi người đã báo.", "told_at": "Ghi thời điểm đã báo.",
    }  # fmt: skip
    return {name: said for name, said in asked.items() if not told.get(name)}
