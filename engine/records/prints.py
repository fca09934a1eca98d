"""What is printed of dossiers in the columns of NĐ 30/2020 PL V: a year's list, documents, what is handed over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.clock import VIETNAM
from engine.directory import queries as directory
from engine.directory.models import Agency
from engine.documents.models import Document
from engine.documents.prints.forms import CONTENTS, Column, Form
from engine.documents.prints.rows import HIDDEN, Paper, Row, contents_row, day, figure
from engine.platform import Actor
from engine.records import queries, rules
from engine.records.models import Dossier
from engine.records.queries import Line, Listed

LIST = Form(
    "dossier-list", "DANH MỤC HỒ SƠ", "ND30 PL V.I",
    (
        Column("Số và ký hiệu hồ sơ", 30), Column("Tên đề mục và tiêu đề hồ sơ", 130),
        Column("Thời hạn bảo quản", 30, "centre"), Column("Người lập hồ sơ", 50), Column("Ghi chú", 40),
    ),
    with_cover=False,
)  # fmt: skip
INVENTORY = Form(
    "inventory", "MỤC LỤC HỒ SƠ, TÀI LIỆU NỘP LƯU", "ND30 PL V.VI",
    (
        Column("Số TT", 13, "centre"), Column("Số, ký hiệu hồ sơ", 30), Column("Tiêu đề hồ sơ", 110),
        Column("Thời gian tài liệu", 46, "centre"), Column("Thời hạn bảo quản", 28, "centre"),
        Column("Số tờ/Số trang", 24, "centre"), Column("Ghi chú", 34),
    ),
    with_cover=False,
)  # fmt: skip
WHOLE = 5_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """The head of a list; the writers of registers take it in the place of a book."""

    form: Form
    agency_name: str
    parent_name: str
    named: str
    year: int
    period_said: str
    range_said: str
    made_at: datetime
    made_by: str
    file_stem: str

    @property
    def register_name(self) -> str:
        """What the list is of."""
        return self.named

    @property
    def year_said(self) -> str:
        """“Năm: 2026”."""
        return f"Năm: {self.year}"

    @property
    def made_said(self) -> str:
        """Who printed it and when."""
        at = self.made_at.astimezone(VIETNAM)
        return f"In từ hệ thống lúc {at:%H:%M} ngày {at:%d/%m/%Y}; người in: {self.made_by}."


@dataclass(frozen=True, slots=True)
class Total:
    """The lines at the end of a list."""

    lines: tuple[str, ...]

    def said(self) -> tuple[str, ...]:
        """The totals in words."""
        return self.lines


Printed = tuple[Sheet, list[Row], Total]


def contents(session: Session, actor: Actor, dossier: Dossier, now: datetime) -> Printed:
    """The list of documents in a dossier (mục lục văn bản); what the actor may not see leaves its number only."""
    found = queries.lines(session, actor, dossier.id)
    agency = session.get_one(Agency, dossier.agency_id)
    sheet = Sheet(
        CONTENTS, agency.name, agency.parent_name or "", f"{dossier.notation}: {dossier.title}", dossier.year,
        span(dossier), f"Thời hạn bảo quản: {rules.maintenance(dossier.retention_years)}", now, actor.name,
        f"muc-luc-van-ban-{dossier.year}-{dossier.id}",
    )  # fmt: skip
    pages = sum(line.document.page_amount or 0 for line in found if line.document)
    return sheet, list(contents_rows(found)), Total((f"Tổng số: {figure(len(found))} văn bản, {figure(pages)} trang.",))


def contents_rows(found: Iterable[Line]) -> Iterable[Row]:
    """Rows of a list of documents: each one's pages are counted on from those before it."""
    page = 1
    for line in found:
        document = line.document
        if document is None:
            yield (str(line.entry.ordinal), "", "", HIDDEN, "", "", "")
            continue
        count = document.page_amount or 0
        pages = f"{page}-{page + count - 1}" if count > 1 else str(page) if count else ""
        page += count
        yield contents_row(line.entry.ordinal, paper_of(document, pages), line.entry.note)


def paper_of(document: Document, pages: str = "") -> Paper:
    """What a list says of a document."""
    what = document.subject if document.destroyed_at is None else "Văn bản đã bị hủy theo thông báo thu hồi"
    return Paper(
        document.id, document.type_name, what, document.code or "", document.issued_date, document.organ_name,
        document.status, description=document.description, pages=pages,
    )  # fmt: skip


def span(dossier: Dossier) -> str:
    """From which day to which a dossier goes."""
    if dossier.end_date is not None:
        return f"Từ ngày {day(dossier.start_date)} đến ngày {day(dossier.end_date)}"
    return f"Bắt đầu ngày {day(dossier.start_date)}" if dossier.start_date else "Chưa mở"


def year_list(session: Session, actor: Actor, year: int, now: datetime) -> Printed:
    """The list of dossiers of a year (Danh mục hồ sơ): each heading, then its dossiers."""
    found = queries.listing(session, actor, year, "all", directory.today(now), limit=WHOLE)
    titles = {each.id: each for each in queries.headings(session, actor.agency_id or 0, year)}
    made: list[Row] = []
    last: int | None = 0
    for each in found:
        row = each.dossier
        if row.heading_id != last:
            heading = titles.get(row.heading_id or 0)
            if heading is not None:
                made.append((heading.code, heading.title.upper(), "", "", ""))
            last = row.heading_id
        note = row.description or ("" if row.listed else "Ngoài danh mục")
        made.append((row.notation, row.title, rules.maintenance(row.retention_years), each.keeper, note))
    return _of_year(session, actor, LIST, year, now, "danh-muc-ho-so"), made, _total(found)


def inventory(session: Session, actor: Actor, year: int, now: datetime) -> Printed:
    """What a year hands over to the archive (mục lục hồ sơ nộp lưu): closed, kept five years or longer."""
    found = [
        each for each in queries.listing(session, actor, year, "all", directory.today(now), limit=WHOLE)
        if each.dossier.end_date is not None and rules.must_be_handed_over(each.dossier.retention_years)
    ]  # fmt: skip
    made: list[Row] = [
        (
            str(number), each.dossier.notation, each.dossier.title,
            f"{day(each.dossier.start_date)} - {day(each.dossier.end_date)}",
            rules.maintenance(each.dossier.retention_years), str(each.dossier.page_total or ""),
            "Đã nộp lưu" if each.dossier.state == "handed_over" else each.dossier.description,
        )
        for number, each in enumerate(found, 1)
    ]  # fmt: skip
    return _of_year(session, actor, INVENTORY, year, now, "muc-luc-ho-so"), made, _total(found)


def _of_year(session: Session, actor: Actor, form: Form, year: int, now: datetime, stem: str) -> Sheet:
    agency = session.get_one(Agency, actor.agency_id)
    headings = session.scalar(
        select(func.count(func.distinct(Dossier.heading_id))).where(rules.within(actor), Dossier.year == year)
    )
    return Sheet(
        form, agency.name, agency.parent_name or "", "", year, f"Lập ngày {day(directory.today(now))}",
        f"{headings or 0} đề mục", now, actor.name, f"{stem}-{year}",
    )  # fmt: skip


def _total(found: list[Listed]) -> Total:
    return Total((f"Tổng số: {figure(len(found))} hồ sơ, {figure(sum(each.count for each in found))} văn bản.",))
