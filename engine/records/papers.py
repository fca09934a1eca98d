"""Minutes on paper: of a hand-over to the archive, of what becomes of old dossiers; the book of loans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import VIETNAM
from engine.directory.models import Agency, Person, Post
from engine.documents.prints.forms import Column, Form
from engine.documents.prints.rows import Row, day, figure
from engine.errors import NotFound
from engine.platform import Actor
from engine.records import disposal, loans, rules
from engine.records.models import ArchiveMinutes, Disposal, Dossier
from engine.records.prints import INVENTORY, Printed, Sheet, Total

RECEIPT = Form(
    "archive-minutes",
    "BIÊN BẢN GIAO NHẬN HỒ SƠ, TÀI LIỆU",
    "ND30 PL V.VII",
    INVENTORY.columns,
    with_cover=False,
    parties=("BÊN GIAO", "BÊN NHẬN"),
)
DISPOSAL = Form(
    "disposal", "DANH MỤC HỒ SƠ HẾT THỜI HẠN BẢO QUẢN", "ND30 PL V",
    (
        Column("Số TT", 13, "centre"), Column("Số, ký hiệu hồ sơ", 30), Column("Tiêu đề hồ sơ", 100),
        Column("Thời gian tài liệu", 46, "centre"), Column("Thời hạn bảo quản", 28, "centre"),
        Column("Đề nghị", 40), Column("Lý do", 50),
    ),
    with_cover=False,
)  # fmt: skip
LOANS = Form(
    "loans", "SỔ MƯỢN HỒ SƠ", "ND30 PL V",
    (
        Column("Số TT", 13, "centre"), Column("Ngày mượn", 24, "centre"), Column("Người mượn", 44),
        Column("Số, ký hiệu, tiêu đề hồ sơ", 96), Column("Mục đích", 50), Column("Hạn trả", 24, "centre"),
        Column("Ngày trả", 24, "centre"), Column("Người duyệt", 40),
    ),
    with_cover=False,
)  # fmt: skip
TWO_COPIES = "Biên bản này được lập thành hai bản có giá trị như nhau, bên giao giữ một bản, bên nhận giữ một bản."


def numbered(number: int, year: int) -> str:
    """“Số: 03/2026”."""
    return f"Số: {number:02d}/{year}"


def get_minutes(session: Session, actor: Actor, minutes_id: int) -> ArchiveMinutes:
    """Minutes for the archive, the leaders and who handed over; NotFound for everybody else."""
    row = session.get(ArchiveMinutes, minutes_id)
    if row is None or row.agency_id != actor.agency_id:
        raise NotFound("Không tìm thấy biên bản giao nhận này.")
    if not (rules.keeps_list(actor) or "leader" in actor.roles or actor.person_id in (row.giver_id, row.receiver_id)):
        raise NotFound("Không tìm thấy biên bản giao nhận này.")
    return row


def all_minutes(session: Session, actor: Actor, *, limit: int = 100) -> Sequence[ArchiveMinutes]:
    """Minutes the actor may read, newest first."""
    query = select(ArchiveMinutes).where(ArchiveMinutes.agency_id == actor.agency_id)
    if not (rules.keeps_list(actor) or "leader" in actor.roles):
        query = query.where(ArchiveMinutes.giver_id == actor.person_id)
    return session.scalars(query.order_by(ArchiveMinutes.id.desc()).limit(limit)).all()


def minutes(session: Session, actor: Actor, row: ArchiveMinutes, now: datetime) -> Printed:
    """Minutes of a hand-over with the list of what was handed over: block, period, counts, condition, two copies."""
    found = session.scalars(select(Dossier).where(Dossier.minutes_id == row.id).order_by(Dossier.notation)).all()
    giver, receiver = said_person(session, row.giver_id), said_person(session, row.receiver_id)
    counts = row.counts
    made: list[Row] = [
        (
            str(number), each.notation, each.title, period(each), rules.maintenance(each.retention_years),
            str(each.page_total or ""), each.description,
        )
        for number, each in enumerate(found, 1)
    ]  # fmt: skip
    first, last = (day(date.fromisoformat(counts[key])) if counts.get(key) else "" for key in ("first", "last"))
    lines = (
        f"Bên giao: {giver}. Bên nhận: {receiver}.",
        f"Tên khối tài liệu: {row.block}. Thời gian của tài liệu: từ ngày {first} đến ngày {last}.",
        f"Số lượng: {figure(counts['dossiers'])} hồ sơ, {figure(counts['documents'])} văn bản, "
        f"{figure(counts['files'])} tệp tin.",
        f"Tình trạng tài liệu giao nộp: {row.condition}",
        TWO_COPIES,
    )
    return sheet(session, actor, RECEIPT, numbered(row.number, row.year), row.made_at, now,
                 f"bien-ban-giao-nhan-{row.year}-{row.number}"), made, Total(lines)  # fmt: skip


def disposal_list(session: Session, actor: Actor, row: Disposal, now: datetime) -> Printed:
    """The list of what has run out with what is proposed; once decided, the minutes of the destruction."""
    made: list[Row] = []
    for number, (item, dossier) in enumerate(disposal.items(session, row.id), 1):
        wanted = disposal.PROPOSALS[item.proposal]
        if item.proposal == "keep":
            wanted += " vĩnh viễn" if not item.keep_years else f" {item.keep_years} năm"
        cells = (
            str(number), dossier.notation, dossier.title, period(dossier), rules.maintenance(dossier.retention_years),
            wanted, item.reason,
        )  # fmt: skip
        made.append(cells)
    lines = [
        f"Tổng số: {figure(len(made))} hồ sơ. Căn cứ: {row.reason}",
        f"Người lập: {said_person(session, row.made_by_id)}.",
    ]
    if row.decided_at is not None:
        who = said_person(session, row.decided_by_id)
        if row.state == "decided":
            lines.append(
                f"Quyết định: {row.decision}; người quyết định: {who}. Đã hủy {figure(row.counts.get('destroyed', 0))} "
                f"hồ sơ với {figure(row.counts.get('documents', 0))} văn bản; giữ lại tiếp "
                f"{figure(row.counts.get('kept', 0))} hồ sơ."
            )
        else:
            lines.append(f"Không đồng ý: {row.remark} ({who}).")
    title = numbered(row.number, row.year)
    return (
        sheet(session, actor, DISPOSAL, title, row.made_at, now, f"xet-huy-{row.year}-{row.number}"),
        made,
        Total(tuple(lines)),
    )


def loan_book(session: Session, actor: Actor, now: datetime) -> Printed:
    """The book of loans, as far as the actor may see them."""
    found = loans.mine_or_all(session, actor, running=True, limit=2_000)
    found += loans.mine_or_all(session, actor, running=False, limit=2_000)
    made: list[Row] = [
        (
            str(number), day(local(each.loan.decided_at or each.loan.asked_at)), each.borrower,
            f"{each.dossier.notation} · {each.dossier.title}", each.loan.purpose, day(last_day(each.loan.due_at)),
            day(local(each.loan.returned_at)) if each.loan.returned_at else loans.STATES[each.loan.state],
            each.decided_by or "",
        )
        for number, each in enumerate(sorted(found, key=lambda line: line.loan.id), 1)
    ]  # fmt: skip
    lines = (f"Tổng số: {figure(len(made))} lượt.",)
    return sheet(session, actor, LOANS, "", now, now, "so-muon-ho-so"), made, Total(lines)


def sheet(
    session: Session, actor: Actor, form: Form, named: str, at: datetime, now: datetime, stem: str, said: str = ""
) -> Sheet:
    """The head of minutes."""
    agency = session.get_one(Agency, actor.agency_id)
    return Sheet(
        form, agency.name, agency.parent_name or "", named, local(at).year, f"Lập ngày {day(local(at))}",
        said or "Lập trên hệ thống", now, actor.name, stem,
    )  # fmt: skip


def said_person(session: Session, person_id: int | None) -> str:
    """“Nguyễn Văn A, Chuyên viên”."""
    if person_id is None:
        return "Hệ thống"
    row = session.execute(
        select(Person.full_name, Post.name).outerjoin(Post, Post.id == Person.post_id).where(Person.id == person_id)
    ).first()
    return ", ".join(part for part in row if part) if row else ""


def period(dossier: Dossier) -> str:
    """From which day to which, as the prescribed column has it."""
    return f"{day(dossier.start_date)} - {day(dossier.end_date)}"


def local(moment: datetime) -> date:
    """The day of a moment in Viet Nam."""
    return moment.astimezone(VIETNAM).date()


def last_day(end: datetime) -> date:
    """The last day of a loan, which ends at midnight after it."""
    return date.fromordinal(local(end).toordinal() - 1)
