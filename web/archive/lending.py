"""Loans: looking for a closed dossier, asking for it, what runs and what is over; the book as a page and as files."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.forms.notation import read_date
from engine.instances import cases
from engine.records import loans, papers
from engine.records.rules import RIGHTS
from web.archive.routes import FORMATS, file, screen, today
from web.session import actor, now, platform


@screen.route("/archive/loans", methods=["GET", "POST"], endpoint="loans")
def loans_page() -> Any:
    """Show loans that run and that are over, and ask for one."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            platform().run(actor(), cases.begin_loan, **_wanted())
        except InvalidInput as error:
            errors = dict(error.fields) or {"notation": str(error)}
        except (Conflict, NotAllowed, NotFound) as error:
            errors = {"notation": str(error)}
        else:
            flash(_("Đã gửi đề nghị mượn hồ sơ."), "done")
            return redirect(url_for("archive.loans"), 303)
    search = request.args.get("q", "")[:100]
    with platform().reading() as session:
        running = loans.mine_or_all(session, actor(), running=True)
        over = loans.mine_or_all(session, actor(), running=False)
        found = loans.lendable(session, actor().agency_id or 0, search) if search else []
    page = render_template(
        "archive/loans.html", running=running, over=over, found=found, q=search, errors=errors, states=loans.STATES,
        sent=request.form or request.args, now=now(), last_day=papers.last_day, today=today(),
        usual=today() + timedelta(days=14), everybodys=_keeps(),
        may_read=loans.may_read, may_return=partial(loans.may_return, actor()),
        may_lend=lambda line: loans.may_decide(actor(), line.loan, line.dossier.rights != RIGHTS[0]),
    )  # fmt: skip
    return page, 422 if errors else 200


def _keeps() -> bool:
    return bool(actor().roles & {"clerk", "archivist", "leader"})


def _wanted() -> dict[str, Any]:
    year, notation = request.form.get("year", ""), request.form.get("notation", "")
    wrong = {}
    if not (year.isdigit() and len(year) == 4):
        wrong["year"] = _("Nhập năm có bốn chữ số.")
    if not notation.strip():
        wrong["notation"] = _("Nhập số, ký hiệu hồ sơ.")
    until = read_date(request.form.get("until", "").strip())
    if until is None:
        wrong["until"] = _("Nhập ngày trả dạng ngày/tháng/năm.")
    if wrong:
        raise InvalidInput("", wrong)
    return {"year": int(year), "notation": notation, "purpose": request.form.get("purpose", ""), "until": until}


@screen.get(f"/archive/loans.<{FORMATS}>")
def loan_book(format: str) -> Response:
    """Return the book of loans as a file."""
    with platform().reading() as session:
        printed = papers.loan_book(session, actor(), now())
    return file(printed, format, "loan_book", actor().agency_id)
