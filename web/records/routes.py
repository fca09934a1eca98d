"""The list of a year's dossiers with its filters, and the page of one dossier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.clock import VIETNAM
from engine.directory.models import Person, Unit
from engine.documents import kinds
from engine.documents.models import Document
from engine.errors import InvalidInput
from engine.platform import Actor, Verdict
from engine.records import commands, prints, queries, rules
from engine.records.models import Dossier, DossierHeading
from web.session import actor, now, platform

screen = Blueprint("records", __name__)
PAGE = 100


def today() -> date:
    """Return the day it is in Viet Nam."""
    return now().astimezone(VIETNAM).date()


def chosen_year() -> int:
    """Return the year the address asks for, else the present one."""
    year = request.args.get("year", today().year, type=int)
    if not commands.FIRST_YEAR <= year <= commands.LAST_YEAR:
        raise InvalidInput(_("Năm không hợp lệ."))
    return year


@screen.get("/dossiers")
def index() -> Any:
    """List the dossiers of a year that the person may see, narrowed by state, by words."""
    year, only = chosen_year(), request.args.get("only", "all")
    only = only if only in queries.FILTERS else "all"
    search, skip = request.args.get("q", "")[:100], max(request.args.get("skip", 0, type=int), 0)
    with platform().reading() as session:
        found = queries.listing(
            session, actor(), year, only, today(), skip=min(skip, 1_000_000), search=search, limit=PAGE + 1
        )
        counts = queries.counts(session, actor(), year, today())
        years = queries.years(session, actor())
        titles = {each.id: each for each in queries.headings(session, actor().agency_id or 0, year)}
    return render_template(
        "records/index.html", rows=found[:PAGE], more=len(found) > PAGE, skip=skip, page=PAGE, counts=counts, only=only,
        year=year, years=sorted({*years, year, today().year}, reverse=True), titles=titles, filters=filters(), q=search,
        state_mark=state_mark, maintenance=rules.maintenance, today=today(), keeps_list=bool(rules.keeps_list(actor())),
    )  # fmt: skip


def filters() -> dict[str, str]:
    """Return what each filter of the list is called."""
    return {
        "all": _("Tất cả"), "mine": _("Tôi lập"), "planned": _("Chưa mở"), "open": _("Đang lập"),
        "closed": _("Đã kết thúc"), "due": _("Đến hạn nộp lưu"), "offered": _("Chờ lưu trữ nhận"),
        "handed_over": _("Đã nộp lưu"), "frozen": _("Đang khóa"),
        "expired": _("Hết thời hạn bảo quản"),
    }  # fmt: skip


def state_mark(state: str) -> tuple[str, str]:
    """Return the words and the tone of a state."""
    marks = {
        "planned": (_("Chưa mở"), ""), "open": (_("Đang lập"), "today"), "closed": (_("Đã kết thúc"), "done"),
        "offered": (_("Chờ lưu trữ nhận"), "today"), "handed_over": (_("Đã nộp lưu"), "done"),
        "destroyed": (_("Đã hủy"), "late"),
    }  # fmt: skip
    return marks[state]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that may be done to a dossier: a button, with what is asked for, or the reason why there is none."""

    key: str
    label: str
    verdict: Verdict
    asks: str = ""  # "reason", "delay": what the button asks for first
    refuse: bool = False


def steps(who: Actor, dossier: Dossier, documents: Sequence[Document], hidden: int) -> list[Step]:
    """Return what may come next in this state, allowed or not."""
    freeze = Step("freeze", _("Khóa hồ sơ"), rules.may_freeze(who, dossier), "reason", True)
    if dossier.frozen:
        return [Step("unfreeze", _("Mở khóa hồ sơ"), rules.keeps_list(who), "reason")]
    found = {
        "planned": [Step("open", _("Mở hồ sơ"), rules.may_open(who, dossier))],
        "open": [Step("close", _("Kết thúc hồ sơ"), rules.may_close(who, dossier, documents)), freeze],
        "closed": [
            Step("offer", _("Nộp lưu trữ cơ quan"), rules.may_offer(who, dossier)),
            Step("reopen", _("Mở lại hồ sơ"), rules.may_reopen(who, dossier), "reason"),
            Step("delay", _("Giữ lại thêm"), rules.may_delay(who, dossier), "delay"), freeze,
        ],
        "offered": [
            Step("receive", _("Nhận vào lưu trữ"), rules.may_receive(who, dossier)),
            Step("back", _("Trả lại người lập"), rules.may_receive(who, dossier), "reason", True), freeze,
        ],
        "handed_over": [freeze], "destroyed": [],
    }[dossier.state]  # fmt: skip
    if dossier.state in ("closed", "offered", "handed_over"):
        found.append(Step("export", _("Xuất trọn hồ sơ"), rules.may_export(dossier, hidden)))
    return found


@screen.get("/dossiers/<int:dossier_id>")
def dossier(dossier_id: int) -> Any:
    """Show one dossier: its documents in order, its data, what may be done, its history."""
    with platform().reading() as session:
        found = queries.get(session, actor(), dossier_id)
        lines = queries.lines(session, actor(), dossier_id)
        documents = queries.documents_in(session, dossier_id)
        parts = _parts(session, found)
        history = queries.history(session, found)
        packages = queries.packages(session, dossier_id)
    if not request.headers.get("HX-Request"):  # the page asking by itself whether a package is ready
        platform().run(actor(), commands.note_read, dossier_id)
    hidden = sum(line.document is None for line in lines)
    possible = steps(actor(), found, documents, hidden)
    return render_template(
        "records/dossier.html", dossier=found, lines=list(zip(lines, prints.contents_rows(lines), strict=True)),
        steps=[each for each in possible if each.verdict], missing=[each for each in possible if not each.verdict],
        may_change=rules.may_change(actor(), found), state=state_mark(found.state), history=history, said=actions(),
        kept_until=rules.kept_until(found), maintenance=rules.maintenance(found.retention_years), today=today(),
        must=rules.must_be_handed_over(found.retention_years), packages=packages, hidden=hidden,
        status=kinds.status_name, settled=rules.settled, span=prints.span(found), titles=prints.CONTENTS.titles,
        busy=any(each.state in ("waiting", "making") for each in packages), **parts,
    )  # fmt: skip


def _parts(session: Session, found: Dossier) -> dict[str, Any]:
    """Return who and what a dossier names."""
    heading = session.get(DossierHeading, found.heading_id) if found.heading_id else None
    unit = session.get(Unit, found.unit_id) if found.unit_id else None
    return {"keeper": session.get_one(Person, found.keeper_id).full_name, "heading": heading, "unit": unit}


def actions() -> dict[str, str]:
    """Return what each audit action on a dossier is called."""
    return {
        "dossier.listed": _("Ghi vào danh mục hồ sơ"), "dossier.opened": _("Mở hồ sơ"),
        "dossier.changed": _("Sửa thông tin hồ sơ"), "dossier.document_put": _("Đưa văn bản vào hồ sơ"),
        "dossier.document_taken_out": _("Rút văn bản khỏi hồ sơ"), "dossier.closed": _("Kết thúc hồ sơ"),
        "dossier.reopened": _("Mở lại hồ sơ"), "dossier.frozen": _("Khóa hồ sơ"),
        "dossier.unfrozen": _("Mở khóa hồ sơ"), "dossier.read": _("Xem hồ sơ"),
        "dossier.hand_over_announced": _("Thông báo đến hạn nộp lưu"), "dossier.offered": _("Giao nộp lưu trữ"),
        "dossier.handed_over": _("Lưu trữ đã nhận"), "dossier.given_back": _("Lưu trữ trả lại"),
        "dossier.kept_longer": _("Gia hạn giữ lại"), "dossier.package_ordered": _("Yêu cầu xuất hồ sơ"),
        "dossier.package_made": _("Tạo xong gói hồ sơ"), "dossier.package_taken": _("Tải gói hồ sơ"),
        "dossier.printed": _("In mục lục"), "dossier.loan_asked": _("Đề nghị mượn hồ sơ"),
        "dossier.lent": _("Cho mượn hồ sơ"), "dossier.loan_refused": _("Không cho mượn hồ sơ"),
        "dossier.loan_ended": _("Kết thúc mượn hồ sơ"), "dossier.destroyed": _("Hủy hồ sơ hết thời hạn bảo quản"),
        "dossier.retention_extended": _("Kéo dài thời hạn bảo quản"), "dossier.handed-over": _("Bàn giao người giữ"),
    }  # fmt: skip
