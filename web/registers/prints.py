"""Printing a register: which book, which days, which kind of file; long ones become files one comes back for."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from connectors.conversion.prints.operations import written
from connectors.conversion.tables import MEDIA_TYPES
from engine.documents.models import Register
from engine.documents.prints import orders, reading
from engine.documents.prints.book import rows
from engine.documents.prints.forms import forms_of
from engine.documents.prints.orders import Order
from engine.documents.prints.reading import Selection
from engine.documents.prints.rows import figure
from engine.errors import Conflict, InvalidInput, NotFound
from engine.forms.context import FormContext
from web.layout.forms import again, posted, screen_form
from web.layout.headers import download
from web.registers.routes import screen, today, too_long
from web.session import actor, now, platform

PRINT = screen_form(__file__, "print")
TITLES = {
    "incoming": "Sổ đăng ký văn bản đến", "outgoing": "Sổ đăng ký văn bản đi",
    "follow-up": "Sổ theo dõi giải quyết văn bản đến", "postal": "Sổ gửi văn bản đi bưu điện",
}  # fmt: skip


@screen.route("/registers/<int:register_id>/print", methods=["GET", "POST"])
def print_register(register_id: int) -> Any:
    """Ask for book, days and kind of file; short ones come at once, long ones are ordered from a worker."""
    with platform().reading() as session:
        found = reading.register_of(session, actor(), register_id)
    context = _context(found)
    sent, errors, status = None, {}, 200
    if request.method == "POST":
        sent = posted(PRINT)
        try:
            answers = PRINT.validate(sent, context)
            since, until = (date.fromisoformat(answers[name]) for name in ("since", "until"))
            return _made(Selection(register_id, answers["form"], since, until), answers["format"])
        except InvalidInput as error:
            errors, status = error.fields or {"format": str(error)}, 422
        except Conflict as error:
            errors, status = {"format": str(error)}, 409
    view = PRINT.view(again(PRINT, sent, context), context, errors)
    return render_template("registers/print.html", register=found, view=view, at_once=figure(orders.AT_ONCE)), status


def _context(register: Register) -> FormContext:
    """Return the books of this side and the days of the year that is shown."""
    year = request.args.get("year", today().year, type=int)
    since, until = date(min(max(year, 1), 9998), 1, 1), date(min(max(year, 1), 9998), 12, 31)
    forms = forms_of(register.direction)
    return FormContext(
        {
            "forms": [{"value": form.key, "label": TITLES[form.key]} for form in forms],
            "form": forms[0].key, "since": since.isoformat(), "until": min(until, max(today(), since)).isoformat(),
        },
        today=today(),
    )  # fmt: skip


def _made(chosen: Selection, kind: str) -> Any:
    """Return the page or file, or order it when it is long."""
    with platform().reading() as session:
        book = reading.book_of(session, actor(), chosen, now())
        if kind == "html":
            if book.count > orders.AT_ONCE:
                raise InvalidInput(too_long(book.count), {"format": too_long(book.count)})
            return redirect(
                url_for("registers.paper", register_id=chosen.register_id, form=chosen.form, since=chosen.since,
                        until=chosen.until), 303,
            )  # fmt: skip
        if book.count <= orders.AT_ONCE:
            tally = book.tally()
            content = written(book, rows(book, reading.lines(session, actor(), chosen), tally), tally, kind)
    if book.count > orders.AT_ONCE:
        platform().run(actor(), orders.order_print, Order(chosen, kind))
        flash(_("Sổ dài nên đang được tạo ở phía sau. Có thể làm việc khác rồi quay lại lấy tệp."), "done")
        return redirect(url_for("registers.own_prints"), 303)
    platform().run(actor(), orders.note_printed, Order(chosen, kind), book.count)
    return download(content, f"{book.file_stem}.{kind}", MEDIA_TYPES[kind])


@screen.get("/registers/prints")
def own_prints() -> Any:
    """Show one's own prints and how far they are; the list alone for the page that asks by itself."""
    with platform().reading() as session:
        found = orders.own_prints(session, actor(), now())
    alone = request.headers.get("HX-Request")
    return render_template(
        "registers/print-list.html" if alone else "registers/prints.html", prints=found, figure=figure
    )


@screen.get("/registers/prints/<int:print_id>/file")
def print_file(print_id: int) -> Response:
    """Return the file of one of one's own prints."""
    with platform().reading() as session:
        row = orders.own_print(session, actor(), print_id)
    if row.state != "done" or row.file_hash is None or row.expires_at <= now():
        raise NotFound(_("Tệp này chưa tạo xong hoặc đã hết hạn giữ."))
    kind = row.file_name.rpartition(".")[2]
    return download(platform().files.get(row.file_hash), row.file_name, MEDIA_TYPES[kind])


@screen.post("/registers/prints/<int:print_id>/drop")
def drop_print(print_id: int) -> Any:
    """Take a print away before its time."""
    platform().run(actor(), orders.drop_print, print_id)
    flash(_("Đã xóa bản in."), "done")
    return redirect(url_for("registers.own_prints"), 303)
