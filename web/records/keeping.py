"""Opening dossiers, the headings of the year's list, and each step of a dossier's life."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.directory import queries as directory
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.forms.context import FormContext
from engine.forms.notation import read_date
from engine.records import commands, handover, queries, rules
from engine.records.models import Dossier
from web.layout.forms import again, posted, screen_form
from web.records.routes import chosen_year, screen, today
from web.session import actor, platform

DOSSIER = screen_form(__file__, "dossier")
FOR_EVER = "forever"


@screen.route("/dossiers/new", methods=["GET", "POST"])
def new_dossier() -> Any:
    """Open a dossier, or enter one in the list of the year for somebody to open."""
    year = chosen_year()
    with platform().reading() as session:
        context = _context(session, year)
    sent, errors, status = None, {}, 200
    if request.method == "POST":
        sent = posted(DOSSIER)
        try:
            made = platform().run(actor(), commands.add_dossier, **_values(DOSSIER.validate(sent, context), year))
        except InvalidInput as error:
            errors, status = error.fields or {"title": str(error)}, 422
        else:
            flash(_("Đã ghi hồ sơ %(notation)s.", notation=made.notation), "done")
            return redirect(url_for("records.dossier", dossier_id=made.id), 303)
    view = DOSSIER.view(again(DOSSIER, sent, context), context, errors)
    return render_template("records/form.html", view=view, dossier=None, year=year), status


def _context(session: Session, year: int) -> FormContext:
    who, agency_id = actor(), actor().agency_id or 0
    keeps = bool(rules.keeps_list(who))
    people = directory.people_with(session, agency_id, on=today()) if keeps else []
    return FormContext(
        {
            "headings": [
                {"value": each.id, "label": f"{each.code} · {each.title}"}
                for each in queries.headings(session, agency_id, year)
            ],
            "people": [{"value": each.id, "label": each.full_name} for each in people],
            "rights_offered": [{"value": each, "label": each} for each in rules.RIGHTS],
            "changing": False, "keeps_list": keeps, "keeper_id": who.person_id if keeps else None,
        },
        today=today(),
    )  # fmt: skip


def _values(answers: Mapping[str, Any], year: int) -> dict[str, Any]:
    return {
        "title": answers["title"], "year": year, "heading_id": answers.get("heading_id"),
        "retention_years": _years(answers["retention"]), "keeper_id": answers.get("keeper_id"),
        "rights": answers["rights"], "construction": bool(answers.get("construction")),
        "description": answers.get("description") or "", "planned": answers.get("now") == "planned",
    }  # fmt: skip


def _years(said: str) -> int | None:
    return None if said == FOR_EVER else int(said)


@screen.route("/dossiers/<int:dossier_id>/change", methods=["GET", "POST"])
def change(dossier_id: int) -> Any:
    """Correct title, retention, rights of an open dossier."""
    with platform().reading() as session:
        found = queries.get(session, actor(), dossier_id)
    years = FOR_EVER if found.retention_years is None else str(found.retention_years)
    context = FormContext({
        "changing": True, "keeps_list": False,
        "title": found.title, "retention": years, "rights": found.rights, "description": found.description,
        "rights_offered": [{"value": each, "label": each} for each in rules.RIGHTS],
    })  # fmt: skip
    sent, errors, status = None, {}, 200
    if request.method == "POST":
        sent = posted(DOSSIER)
        try:
            answers = DOSSIER.validate(sent, context)
            platform().run(
                actor(), commands.change_dossier, dossier_id, title=answers["title"], rights=answers["rights"],
                retention_years=_years(answers["retention"]), description=answers.get("description") or "",
            )  # fmt: skip
        except (InvalidInput, NotAllowed) as error:
            errors, status = getattr(error, "fields", None) or {"title": str(error)}, 422
        else:
            flash(_("Đã lưu thông tin hồ sơ."), "done")
            return redirect(url_for("records.dossier", dossier_id=dossier_id), 303)
    view = DOSSIER.view(again(DOSSIER, sent, context), context, errors)
    return render_template("records/form.html", view=view, dossier=found, year=found.year), status


@screen.route("/dossiers/headings", methods=["GET", "POST"])
def headings() -> Any:
    """Show the headings of a year's list and add one; for who keeps the list."""
    year = chosen_year()
    if not rules.keeps_list(actor()):
        raise NotFound(_("Trang này dành cho văn thư, lưu trữ cơ quan."))
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        code, title = request.form.get("code", ""), request.form.get("title", "")
        try:
            made = platform().run(actor(), commands.add_heading, year, code, title)
        except InvalidInput as error:
            errors = error.fields
        else:
            flash(_("Đã thêm đề mục %(code)s.", code=made.code), "done")
            return redirect(url_for("records.headings", year=year), 303)
    with platform().reading() as session:
        found = queries.headings(session, actor().agency_id or 0, year)
    return render_template(
        "records/headings.html", headings=found, year=year, errors=errors, sent=request.form
    ), 422 if errors else 200  # fmt: skip


@screen.post("/dossiers/announce")
def announce() -> Any:
    """Announce what is due to be handed over."""
    count = _tried(handover.announce_due)
    if count is not None:
        flash(_("Đã thông báo %(count)s hồ sơ đến hạn nộp lưu.", count=count), "done")
    return redirect(url_for("records.index", only="due"), 303)


STEPS: dict[str, Callable[..., Any]] = {
    "open": commands.open_dossier, "close": commands.close, "offer": handover.offer, "receive": handover.receive,
    "export": handover.order_package,
}  # fmt: skip
WITH_REASON: dict[str, Callable[..., Any]] = {
    "reopen": commands.reopen, "freeze": commands.freeze, "unfreeze": commands.unfreeze,
    "back": handover.give_back,
}  # fmt: skip
ALL_STEPS = ", ".join((*STEPS, *WITH_REASON))


@screen.post(f"/dossiers/<int:dossier_id>/steps/<any({ALL_STEPS}):step>")
def take_step(dossier_id: int, step: str) -> Any:
    """Carry out one step; what it refuses is said on the dossier's page."""
    if step in WITH_REASON:
        done = _tried(WITH_REASON[step], dossier_id, request.form.get("reason", ""))
    else:
        done = _tried(STEPS[step], dossier_id)
    if done is not None:
        flash(told()[step], "done")
    return _back(dossier_id)


@screen.post("/dossiers/<int:dossier_id>/delay")
def delay(dossier_id: int) -> Any:
    """Note the head's consent to keep a dossier longer."""
    with platform().reading() as session:
        queries.get(session, actor(), dossier_id)
    until = read_date(request.form.get("until", ""))
    if until is None:
        flash(_("Chọn ngày giữ lại đến."), "late")
        return _back(dossier_id)
    if _tried(handover.delay, dossier_id, until, request.form.get("consent", "")) is not None:
        flash(_("Đã ghi việc giữ lại hồ sơ."), "done")
    return _back(dossier_id)


@screen.post("/dossiers/<int:dossier_id>/entries/<int:line_id>/take-out")
def take_out(dossier_id: int, line_id: int) -> Any:
    """Take a document out, with the reason."""

    def out(work: Any) -> Dossier:
        commands.take_out(work, dossier_id, line_id, request.form.get("reason", ""))
        return queries.get(work.session, work.actor, dossier_id)

    if _tried(out) is not None:
        flash(_("Đã rút văn bản khỏi hồ sơ; lý do được giữ trong lịch sử."), "done")
    return _back(dossier_id)


def told() -> dict[str, str]:
    """Return what is said when a step is done."""
    return {
        "open": _("Đã mở hồ sơ."), "close": _("Đã kết thúc hồ sơ; văn bản được xếp theo thời gian."),
        "offer": _("Đã giao hồ sơ; chờ lưu trữ cơ quan kiểm tra, nhận."),
        "receive": _("Lưu trữ đã nhận hồ sơ. Gói lưu trữ đang được tạo."),
        "export": _("Đang tạo gói hồ sơ ở phía sau; tệp hiện ở mục “Gói hồ sơ”."),
        "reopen": _("Đã mở lại hồ sơ."), "freeze": _("Đã khóa hồ sơ."), "unfreeze": _("Đã mở khóa hồ sơ."),
        "back": _("Đã trả lại hồ sơ cho người lập."),
    }  # fmt: skip


def _tried(command: Callable[..., Any], *arguments: Any) -> Any:
    """Run a command of one button; None when it was refused, and then why has been said."""
    try:
        return platform().run(actor(), command, *arguments)
    except (InvalidInput, Conflict, NotAllowed) as error:
        flash(str(error), "late")
        return None


def _back(dossier_id: int) -> Any:
    return redirect(url_for("records.dossier", dossier_id=dossier_id), 303)
