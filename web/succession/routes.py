"""Hand-over of everything: who gives, who receives, what it is, done in one go; minutes as a page and as files."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.clock import VIETNAM
from engine.directory import queries as directory
from engine.directory.rules import ROLES
from engine.errors import Conflict, InvalidInput, NotFound
from engine.forms.notation import read_date
from engine.platform import Actor, Work
from engine.tasks.succession import commands, merging, papers, queries, rules
from web.layout import printed as sheets
from web.layout.printed import FORMATS
from web.session import actor, now, platform

screen = Blueprint("succession", __name__)


def _admin() -> Actor:
    """Return the signed-in admin; for everybody else these pages don't exist."""
    if not rules.may_arrange(actor(), actor().agency_id or 0):
        raise NotFound(_("Trang này dành cho quản trị cơ quan."))
    return actor()


def today() -> date:
    """Return the day it is in Viet Nam."""
    return now().astimezone(VIETNAM).date()


@screen.get("/hand-overs")
def index() -> Any:
    """List the hand-overs that were made, and begin one."""
    agency_id = _admin().agency_id or 0
    with platform().reading() as session:
        found = queries.made(session, agency_id)
        people = directory.people_at_work(session, agency_id)
        units = directory.units(session, agency_id, on=today())
    return render_template(
        "succession/index.html", rows=found, people=[each for each in people if each.id != actor().person_id],
        units=units, causes=rules.CAUSES, named=papers.numbered,
    )  # fmt: skip


@screen.route("/hand-overs/new", methods=["GET", "POST"])
def new() -> Any:
    """Show everything somebody holds and choose who takes it over; nothing is moved before the second page."""
    agency_id = _admin().agency_id or 0
    person_id = request.values.get("person", type=int)
    if person_id is None:
        flash(_("Chọn người bàn giao."), "late")
        return redirect(url_for("succession.index"), 303)
    with platform().reading() as session:
        leaver = directory.person(session, agency_id, person_id)
        held = queries.holdings(session, agency_id, person_id, now())
        found = queries.receivers(session, leaver, today())
        people = [
            (_("Giữ cùng vai trò"), [each for each in found if each.same_roles]),
            (_("Người khác trong cơ quan"), [each for each in found if not each.same_roles]),
        ]
        alone = [ROLES.get(each, each) for each in queries.last_of(session, agency_id, person_id, today())]
        unit = directory.unit(session, agency_id, leaver.unit_id).name if leaver.unit_id else ""
    errors: dict[str, str] = {}
    if request.method == "POST" and request.form.get("do") != "change":
        try:
            return _hand_over(person_id)
        except InvalidInput as error:
            errors = dict(error.fields) or {"all": str(error)}
        except Conflict as error:
            flash(str(error), "late")
            return redirect(url_for("succession.index"), 303)
    page = render_template(
        "succession/new.html", leaver=leaver, held=held, people=people, alone=alone, unit=unit, errors=errors,
        sent=request.form, ended=rules.ENDED, causes={key: rules.CAUSES[key] for key in ("leave", "move")},
        today=today(), most=queries.MOST_SHOWN,
    )  # fmt: skip
    return page, 422 if errors else 200


def _hand_over(person_id: int) -> Any:
    receivers = {
        kind: int(value) for kind in ("all", *rules.KINDS)
        if (value := request.form.get(f"to_{kind}", "")).isdigit() and len(value) < 19
    }  # fmt: skip
    if request.form.get("seen") != "1":
        raise InvalidInput("", {"seen": _("Xác nhận đã xem danh sách bàn giao.")})
    made = platform().run(
        actor(), commands.hand_over, person_id, receivers, cause=request.form.get("cause", ""),
        closes_on=read_date(request.form.get("closes_on", "").strip()), reason=request.form.get("reason", ""),
    )  # fmt: skip
    flash(_("Đã bàn giao xong. Biên bản ở dưới đây."), "done")
    return redirect(url_for("succession.minutes", hand_over_id=made.id), 303)


@screen.route("/hand-overs/unit", methods=["GET", "POST"])
def unit() -> Any:
    """Show what goes over with a unit, and take it over into another."""
    agency_id = _admin().agency_id or 0
    unit_id = request.values.get("unit", type=int)
    if unit_id is None:
        flash(_("Chọn đơn vị được sáp nhập."), "late")
        return redirect(url_for("succession.index"), 303)
    with platform().reading() as session:
        old = directory.unit(session, agency_id, unit_id)
        counts = queries.unit_holdings(session, agency_id, unit_id)
        units = [each for each in directory.units(session, agency_id, on=today()) if each.id != unit_id]
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            target = request.form.get("to_unit_id", type=int)
            if target is None:
                raise InvalidInput("", {"to_unit_id": _("Chọn đơn vị nhận.")})
            made = platform().run(actor(), merging.merge_unit, unit_id, target, request.form.get("reason", ""))
        except InvalidInput as error:
            errors = dict(error.fields) or {"to_unit_id": str(error)}
        else:
            flash(_("Đã chuyển đơn vị cùng người và công việc."), "done")
            return redirect(url_for("succession.minutes", hand_over_id=made.id), 303)
    page = render_template(
        "succession/unit.html", old=old, counts=counts, names=papers.UNIT_KINDS, units=units, errors=errors,
        sent=request.form,
    )  # fmt: skip
    return page, 422 if errors else 200


@screen.get("/hand-overs/<int:hand_over_id>")
def minutes(hand_over_id: int) -> Any:
    """Show the minutes of a hand-over as they stand on paper."""
    with platform().reading() as session:
        row = queries.get(session, actor(), hand_over_id)
        sheet, rows, total = papers.minutes(session, actor(), row, now())
    admin = bool(rules.may_arrange(actor(), row.agency_id))
    return render_template("succession/minutes.html", row=row, sheet=sheet, rows=rows, total=total, admin=admin)


@screen.get(f"/hand-overs/<int:hand_over_id>.<{FORMATS}>")
def minutes_file(hand_over_id: int, format: str) -> Response:
    """Return the minutes of a hand-over as a file."""
    with platform().reading() as session:
        row = queries.get(session, actor(), hand_over_id)
        made = papers.minutes(session, actor(), row, now())

    def note(work: Work) -> None:
        work.note("hand_over.printed", "hand_over", row.id, row.agency_id, format=format)

    platform().run(actor(), note)
    return sheets.file(made, format)
