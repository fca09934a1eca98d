"""Taking dossiers over with minutes, the year's list on its way to approval, dossiers whose retention has run out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.clock import VIETNAM
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.instances import cases
from engine.platform import Work
from engine.records import disposal, handover, papers, queries, rules, year_lists
from engine.records.prints import Printed
from engine.tasks.succession.queries import names
from web.layout import printed as sheets
from web.layout.printed import FORMATS
from web.session import actor, now, platform

screen = Blueprint("archive", __name__)
FIRST_YEAR = 1945  # no agency of this state has a list from before


def today() -> date:
    """Return the day it is in Viet Nam."""
    return now().astimezone(VIETNAM).date()


def keeper_only() -> None:
    """Let the archive, the clerk and the leaders in; for everybody else the page doesn't exist."""
    if not (rules.keeps_list(actor()) or "leader" in actor().roles):
        raise NotFound(_("Trang này dành cho văn thư, lưu trữ và lãnh đạo cơ quan."))


@screen.get("/archive")
def index() -> Any:
    """Show what waits to be taken over, minutes made, the list of this year, what has run out."""
    return _index({})


def _index(errors: dict[str, str]) -> Any:
    agency_id, year = actor().agency_id or 0, today().year
    with platform().reading() as session:
        offered = queries.listing(session, actor(), year, "offered", today(), limit=500)
        made = papers.all_minutes(session, actor())
        people = names(session, {each.giver_id for each in made} | {each.receiver_id for each in made})
        lists = [(each, year_lists.of_year(session, agency_id, each), year_lists.planned(session, agency_id, each))
                 for each in (year, year + 1)]  # fmt: skip
        withdrawals = {each: year_lists.may_withdraw(session, actor(), row) for each, row, _count in lists}
        expired = len(disposal.expired(session, actor(), today()))
        proposals = disposal.all_of(session, agency_id) if _reads_proposals() else []
    page = render_template(
        "archive/index.html", offered=offered, minutes=made, people=people, lists=lists, expired=expired,
        proposals=proposals, numbered=papers.numbered, maintenance=rules.maintenance, states=year_lists.STATES,
        disposal_states=disposal.STATES, keeps=rules.keeps_list(actor()),
        may_propose=disposal.may_propose(actor()), good=handover.GOOD, errors=errors,
        reads=_reads_proposals(), may_submit=year_lists.may_submit, withdrawals=withdrawals, sent=request.form,
    )  # fmt: skip
    return page, 422 if errors else 200


def _reads_proposals() -> bool:
    return bool(rules.keeps_list(actor())) or "leader" in actor().roles


@screen.post("/archive/receive")
def receive() -> Any:
    """Show what was chosen once more, for it can't be undone; then take it over, with minutes for each who gives."""
    chosen = [int(each) for each in request.form.getlist("dossiers") if each.isdigit() and len(each) < 19]
    if chosen and request.form.get("reviewed") != "1":
        return _review(chosen)
    try:
        made = platform().run(actor(), handover.receive_many, chosen, request.form.get("condition", ""))
    except InvalidInput as error:
        errors = dict(error.fields) or {"dossiers": str(error)}
        return (_review(chosen, errors), 422) if chosen else _index(errors)
    except (Conflict, NotAllowed) as error:
        flash(str(error), "late")
        return redirect(url_for("archive.index"), 303)
    flash(_("Đã nhận %(count)s hồ sơ; gói lưu trữ đang được tạo.", count=len(set(chosen))), "done")
    if len(made) == 1:
        return redirect(url_for("archive.paper", about="minutes", paper_id=made[0].id), 303)
    return redirect(url_for("archive.index"), 303)


def _review(chosen: list[int], errors: Mapping[str, str] | None = None) -> str:
    if not rules.keeps_list(actor()):
        raise NotFound(_("Trang này dành cho văn thư và lưu trữ cơ quan."))
    with platform().reading() as session:
        offered = queries.listing(session, actor(), today().year, "offered", today(), limit=500)
    rows = [each for each in offered if each.dossier.id in chosen]
    if not rows:
        raise NotFound(_("Không có hồ sơ nào chờ nhận."))
    return render_template(
        "archive/review.html", rows=rows, keepers=sorted({each.keeper for each in rows}), errors=errors or {},
        condition=request.form.get("condition", handover.GOOD), maintenance=rules.maintenance,
    )  # fmt: skip


@screen.post("/archive/lists/<int:year>/<any(submit, withdraw, reopen):turn>")
def year_list(year: int, turn: str) -> Any:
    """Submit the list of a year to the head of the agency, take it back, or open an approved one again."""
    if not FIRST_YEAR <= year <= now().year + 1:
        raise NotFound(_("Không có danh mục hồ sơ của năm này."))
    try:
        if turn == "submit":
            platform().run(actor(), cases.begin_list_approval, year)
            flash(_("Đã trình danh mục hồ sơ năm %(year)s.", year=year), "done")
        elif turn == "withdraw":
            platform().run(actor(), cases.withdraw_list, year, request.form.get("reason", ""))
            flash(_("Đã rút danh mục hồ sơ năm %(year)s về để sửa.", year=year), "done")
        else:
            platform().run(actor(), year_lists.reopen, year, request.form.get("reason", ""))
            flash(_("Đã mở lại danh mục hồ sơ năm %(year)s để bổ sung.", year=year), "done")
    except (InvalidInput, Conflict, NotAllowed, NotFound) as error:
        flash(str(error), "late")
    return redirect(url_for("archive.index"), 303)


# --- What has run out -----------------------------------------------------------------------------------------


@screen.route("/archive/disposal", methods=["GET", "POST"])
def propose() -> Any:
    """List dossiers whose retention has run out and propose what becomes of each."""
    if not disposal.may_propose(actor()):
        raise NotFound(_("Trang này dành cho văn thư, lưu trữ cơ quan."))
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            row, _instance = platform().run(actor(), cases.begin_disposal, _wishes(), request.form.get("reason", ""))
        except InvalidInput as error:
            errors = dict(error.fields) or {"dossiers": str(error)}
        except (Conflict, NotAllowed, NotFound) as error:
            errors = {"dossiers": str(error)}
        else:
            flash(_("Đã trình danh sách xét hủy."), "done")
            return redirect(url_for("archive.paper", about="disposal", paper_id=row.id), 303)
    with platform().reading() as session:
        found = disposal.expired(session, actor(), today())
    page = render_template(
        "archive/disposal.html", found=found, errors=errors, sent=request.form, maintenance=rules.maintenance,
        period=papers.period, most=disposal.MOST, kept_until=rules.kept_until, left_out=disposal.LEFT_OUT,
    )  # fmt: skip
    return page, 422 if errors else 200


def _wishes() -> dict[int, disposal.Wish]:
    wishes = {}
    for name, said in request.form.items():
        number = name.removeprefix("wish_")
        if name.startswith("wish_") and number.isdigit() and len(number) < 19 and said:
            proposal, _dash, years = said.partition("-")
            kept = int(years) if years.isdigit() and len(years) < 4 else None
            wishes[int(number)] = disposal.Wish(proposal, kept, request.form.get(f"why_{number}", ""))
    return wishes


# --- Papers ---------------------------------------------------------------------------------------------------


@screen.get("/archive/<any(minutes, disposal):about>/<int:paper_id>")
def paper(about: str, paper_id: int) -> Any:
    """Show minutes, or a list of what has run out, as it stands on paper."""
    back = (url_for("archive.index"), _("Lưu trữ cơ quan"))
    return sheets.page(_printed(about, paper_id), back, "archive.paper_file", about=about, paper_id=paper_id)


@screen.get(f"/archive/<any(minutes, disposal):about>/<int:paper_id>.<{FORMATS}>")
def paper_file(about: str, paper_id: int, format: str) -> Response:
    """Return them as a file."""
    return file(_printed(about, paper_id), format, about, paper_id)


def _printed(about: str, paper_id: int) -> Printed:
    with platform().reading() as session:
        if about == "minutes":
            return papers.minutes(session, actor(), papers.get_minutes(session, actor(), paper_id), now())
        return papers.disposal_list(session, actor(), disposal.get(session, actor(), paper_id), now())


def file(printed: Printed, format: str, kind: str, subject_id: object) -> Response:
    """Return a print as a file and note that it was taken."""
    note: Callable[[Work], None] = lambda work: work.note(f"{kind}.printed", kind, subject_id, format=format)  # noqa: E731
    platform().run(actor(), note)
    return sheets.file(printed, format)
