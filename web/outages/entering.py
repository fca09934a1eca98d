"""Numbers held for paper and given to the documents entered for them; the report and the list on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.forms.notation import read_date
from engine.outages import entries, prints, queries, rules
from engine.platform import Work
from engine.records.prints import Printed
from web.layout import printed as sheets
from web.layout.printed import FORMATS
from web.outages.routes import screen
from web.session import actor, now, platform

_LARGEST = 2**63 - 1


@screen.post("/outages/<int:outage_id>/numbers")
def hold(outage_id: int) -> Any:
    """Hold the next numbers of a register, to be written on paper while the system stands still."""

    def keep(work: Work) -> str:
        made = entries.hold_block(work, outage_id, _number("register"), _number("count"))
        first, last = made[0].number, made[-1].number
        return _("Đã giữ %(count)s số, từ %(first)02d đến %(last)02d.", count=len(made), first=first, last=last)

    return _back(outage_id, keep)


@screen.post("/outages/<int:outage_id>/numbers/<int:entry_id>")
def use(outage_id: int, entry_id: int) -> Any:
    """Give a number that was written on paper to the document entered for it, with the day on the paper."""

    def give(work: Work) -> str:
        queries.get(work.session, work.actor, outage_id)
        on = read_date(request.form.get("on", ""))
        if on is None:
            said = _("Nhập ngày ghi trên văn bản giấy dạng ngày/tháng/năm.")
            raise InvalidInput(said, {"on": said})
        entries.use_number(work, outage_id, entry_id, _number("document_id"), on, request.form.get("reason", ""))
        return _("Đã ghi số trên giấy cho văn bản; văn bản nhận số này khi văn thư cấp số.")

    return _back(outage_id, give)


def _number(name: str) -> int:
    sent = request.form.get(name, "")
    found = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 19 else 0
    return min(found, _LARGEST)


def _back(outage_id: int, command: Callable[[Work], str]) -> Any:
    try:
        flash(platform().run(actor(), command), "done")
    except InvalidInput as error:
        flash(" ".join(error.fields.values()) or str(error), "late")
    except (Conflict, NotAllowed) as error:
        flash(str(error), "late")
    return redirect(url_for("outages.outage", outage_id=outage_id, _anchor="numbers"), 303)


# --- Paper ----------------------------------------------------------------------------------------------------


@screen.get("/outages/<int:outage_id>/paper")
def report_paper(outage_id: int) -> Any:
    """Show the report as it stands on paper."""
    return _paper(outage_id, "report")


@screen.get("/outages/<int:outage_id>/entered")
def entered_paper(outage_id: int) -> Any:
    """Show what was entered afterwards as it stands on paper."""
    return _paper(outage_id, "entered")


@screen.get(f"/outages/<int:outage_id>/paper.<{FORMATS}>")
def report_file(outage_id: int, format: str) -> Response:
    """Return the report as a file."""
    return _file(outage_id, "report", format)


@screen.get(f"/outages/<int:outage_id>/entered.<{FORMATS}>")
def entered_file(outage_id: int, format: str) -> Response:
    """Return what was entered afterwards as a file."""
    return _file(outage_id, "entered", format)


def _printed(outage_id: int, what: str) -> Printed:
    with platform().reading() as session:
        row = queries.get(session, actor(), outage_id)
        if what == "report":
            if not rules.reads_report(actor(), row):
                raise NotFound(_("Báo cáo sự cố dành cho quản trị, văn thư và lãnh đạo của cơ quan đã thông báo."))
            return prints.report(session, actor(), row, now())
        if not actor().roles & {"clerk", "leader", "agency-admin", "provincial-admin"}:
            raise NotFound(_("Danh sách này dành cho văn thư, lãnh đạo và quản trị cơ quan."))
        return prints.entered(session, actor(), row, now())


def _paper(outage_id: int, what: str) -> str:
    address = "outages.report_file" if what == "report" else "outages.entered_file"
    back = (url_for("outages.outage", outage_id=outage_id), _("Sự cố hệ thống"))
    return sheets.page(_printed(outage_id, what), back, address, outage_id=outage_id)


def _file(outage_id: int, what: str, format: str) -> Response:
    made = _printed(outage_id, what)
    note: Callable[[Work], None] = lambda work: work.note("outage.printed", "outage", outage_id, what=what, to=format)  # noqa: E731
    platform().run(actor(), note)
    return sheets.file(made, format)
