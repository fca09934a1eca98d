"""The registers of incoming and outgoing documents in the columns of NĐ 30/2020 Phụ lục IV, on screen and on paper."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select, tuple_

from engine.clock import VIETNAM
from engine.documents import queries, rules
from engine.documents.models import RegisterEntry
from engine.documents.prints import orders, reading
from engine.documents.prints.book import rows
from engine.documents.prints.forms import FORMS, forms_of
from engine.documents.prints.reading import Selection
from engine.documents.prints.rows import ROWS, figure
from engine.errors import InvalidInput, NotFound
from engine.platform import Actor
from web.session import actor, now, platform

screen = Blueprint("registers", __name__)
PAGE = 100
STATES = ("used", "held", "released", "cancelled")


def today() -> date:
    """Return the day it is in Viet Nam."""
    return now().astimezone(VIETNAM).date()


def keeper() -> Actor:
    """Return who is signed in when they keep the registers; for everybody else these pages don't exist."""
    if not rules.may_keep_registers(actor()):
        raise NotFound(_("Trang này dành cho văn thư và quản trị cơ quan."))
    return actor()


@screen.get("/registers")
def index() -> Any:
    """List the agency's registers."""
    with platform().reading() as session:
        found = queries.registers(session, actor().agency_id or 0)
        years = {row.id: queries.register_years(session, row.id) for row in found}
    return render_template(
        "registers/index.html", registers=found, years=years, may_keep=rules.may_keep_registers(actor())
    )


@screen.get("/registers/<int:register_id>")
def register(register_id: int) -> Any:
    """Show one register of one year, newest first, or only its held, released or cancelled numbers."""
    if "print" in request.args:
        return paper(register_id)
    year = request.args.get("year", today().year, type=int)
    state = request.args.get("state", "")
    with platform().reading() as session:
        found = reading.register_of(session, actor(), register_id)
        form = forms_of(found.direction)[0]
        query = select(RegisterEntry).where(RegisterEntry.register_id == register_id, RegisterEntry.year == year)
        if state in STATES:
            query = query.where(RegisterEntry.state == state)
        below = request.args.get("below", type=int)
        if below is not None:
            last = (below, request.args.get("letter", "")[:2])
            query = query.where(tuple_(RegisterEntry.number, RegisterEntry.suffix) < last)
        order = RegisterEntry.number.desc(), RegisterEntry.suffix.desc()
        lines = reading.some_lines(session, actor(), form.key, query.order_by(*order).limit(PAGE + 1))
        years = queries.register_years(session, register_id)
    make, more = ROWS[form.key], len(lines) > PAGE
    return render_template(
        "registers/register.html", register=found, form=form, year=year, years=sorted({*years, year}, reverse=True),
        lines=[(line, make(line, today())) for line in lines[:PAGE]], more=more, state=state,
        may_keep=rules.may_keep_registers(actor()),
    )  # fmt: skip


@screen.get("/registers/<int:register_id>/paper")
def paper(register_id: int) -> Any:
    """Show a book of a period as it stands on paper, to be printed by the browser."""
    with platform().reading() as session:
        found = reading.register_of(session, actor(), register_id)
        chosen = _period(register_id, forms_of(found.direction)[0].key)
        book = reading.book_of(session, actor(), chosen, now())
        if book.count > orders.AT_ONCE:
            raise InvalidInput(too_long(book.count))
        tally = book.tally()
        made = list(rows(book, reading.lines(session, actor(), chosen), tally))
    return render_template("registers/paper.html", register=found, book=book, rows=made, tally=tally, chosen=chosen)


def too_long(count: int) -> str:
    """Return why a book can't be shown on a page."""
    return _(
        "Sổ có %(count)s dòng, dài hơn mức xem trên trang (%(most)s dòng). Chọn PDF, Word hoặc Excel.",
        count=figure(count), most=figure(orders.AT_ONCE),
    )  # fmt: skip


def _period(register_id: int, usual: str) -> Selection:
    """Return what the address asks for: a book and two days, else the whole of a year."""
    year = request.args.get("year", today().year, type=int)
    if not 1 <= year <= 9998:
        raise InvalidInput(_("Năm không hợp lệ."))
    form = request.args.get("form", usual)
    if form not in FORMS:
        raise InvalidInput(_("Không có mẫu sổ này."))
    try:
        since = date.fromisoformat(request.args.get("since") or f"{year:04d}-01-01")
        until = date.fromisoformat(request.args.get("until") or f"{year:04d}-12-31")
    except ValueError:
        raise InvalidInput(_("Ngày phải ở dạng năm-tháng-ngày.")) from None
    return Selection(register_id, form, since, until)
