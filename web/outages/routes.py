"""Outages of the system: announced, corrected, put away, reported on; what comes next is in the tasks of the case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.clock import VIETNAM
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.forms.context import FormContext
from engine.forms.form import Form
from engine.instances import cases
from engine.outages import commands, queries, rules
from engine.outages.commands import Announcement
from engine.outages.models import Outage
from web.layout.forms import again, posted, screen_form
from web.outages import page as pages
from web.session import actor, inside, now, platform

screen = Blueprint("outages", __name__)
ANNOUNCEMENT = screen_form(__file__, "announcement")
REPORT = screen_form(__file__, "report")


@screen.get("/outages")
def index() -> Any:
    """List the outages that concern one's agency, newest first."""
    with platform().reading() as session:
        rows = queries.listing(session, actor())
        counted = queries.counts_each(session, [row.id for row in rows], actor().agency_id)
    return render_template(
        "outages/index.html", rows=rows, counted=counted, phase=_phase, phases=rules.PHASES, tones=pages.TONES,
        announcing=rules.may_announce(actor()),
    )  # fmt: skip


def _phase(row: Outage) -> str:
    return rules.phase(row, now())


@screen.route("/outages/new", methods=["GET", "POST"])
def new() -> Any:
    """Announce an outage with the five items, before, while or after it happens."""
    allowed = rules.may_announce(actor())
    if not allowed:
        raise NotAllowed(allowed.reason)
    given = {"asks_restart": True, "correcting": False, **_mine()}

    def announce(answers: dict[str, Any]) -> Any:
        row, _instance = platform().run(actor(), cases.begin_outage, _announcement(answers))
        flash(_("Đã thông báo sự cố hệ thống."), "done")
        return redirect(url_for("outages.outage", outage_id=row.id), 303)

    return _asked("new", ANNOUNCEMENT, FormContext(given, today=_today()), announce, "what")


@screen.get("/outages/<int:outage_id>")
def outage(outage_id: int) -> Any:
    """Show an outage: the five items, what comes next, what was entered afterwards, every edition."""
    with platform().reading() as session:
        row = queries.get(session, actor(), outage_id)
        found = pages.parts(session, actor(), row, now())
    return render_template("outages/outage.html", outage=row, **found)


@screen.route("/outages/<int:outage_id>/correct", methods=["GET", "POST"])
def correct(outage_id: int) -> Any:
    """Correct what was announced; the earlier edition stays and everybody concerned is told."""
    with platform().reading() as session:
        row = queries.get(session, actor(), outage_id)
    allowed = rules.may_correct(actor(), row)
    if not allowed:
        raise NotAllowed(allowed.reason)
    names = ("what", "measures", "back_entry", "security_doubt", "whole_province")
    given = {name: getattr(row, name) for name in names} | {
        name: _local(getattr(row, name)) for name in ("stops_at", "expected_at", "restarted_at")
    }  # fmt: skip
    given |= {"asks_restart": row.state == "ended", "correcting": True, **_mine()}

    def change(answers: dict[str, Any]) -> Any:
        platform().run(actor(), commands.correct, outage_id, _announcement(answers), answers["reason"])
        flash(_("Đã sửa thông báo; bản trước vẫn được giữ."), "done")
        return redirect(url_for("outages.outage", outage_id=outage_id), 303)

    return _asked("correct", ANNOUNCEMENT, FormContext(given, today=_today()), change, "reason", row)


@screen.route("/outages/<int:outage_id>/report", methods=["GET", "POST"])
def report(outage_id: int) -> Any:
    """Write the report; it is kept as far as it is written, the task “Trình báo cáo sự cố” submits it."""
    with platform().reading() as session:
        row = queries.get(session, actor(), outage_id)
    allowed = rules.may_report(actor(), row)
    if not allowed:
        raise NotAllowed(allowed.reason)
    given = {field.key: getattr(row, field.key) for field in REPORT.fields} | {"told_at": _local(row.told_at)}

    def keep(answers: dict[str, Any]) -> Any:
        answers["told_at"] = _moment(answers.get("told_at"))
        kept = platform().run(actor(), commands.keep_report, outage_id, answers)
        missing = rules.report_missing(kept)
        said = _("Đã lưu báo cáo; đủ nội dung để trình.") if not missing else _("Đã lưu báo cáo; còn thiếu nội dung.")
        flash(said, "today" if missing else "done")
        return redirect(url_for("outages.outage", outage_id=outage_id), 303)

    return _asked("report", REPORT, FormContext(given, today=_today()), keep, "damage", row)


@screen.post("/outages/<int:outage_id>/dismiss")
def dismiss(outage_id: int) -> Any:
    """Put the banner away for oneself until the notice changes."""
    platform().run(actor(), commands.dismiss, outage_id)
    return redirect(inside(request.form.get("back")) or url_for("worklist.inbox"), 303)


def _asked(what: str, form: Form, context: FormContext, done: Any, first: str, row: Outage | None = None) -> Any:
    """Show a form, or carry out what was sent; a refusal stands at its field with everything typed."""
    sent, errors, status = None, {}, 200
    if request.method == "POST":
        sent = posted(form)
        try:
            return done(form.validate(sent, context))
        except InvalidInput as error:
            errors, status = dict(error.fields) or {first: str(error)}, 422
        except (Conflict, NotAllowed, NotFound) as error:
            errors, status = {first: str(error)}, error.status
    view = form.view(again(form, sent, context), context, errors)
    return render_template("outages/form.html", view=view, what=what, outage=row), status


def _mine() -> dict[str, Any]:
    return {"may_everywhere": bool(rules.may_announce(actor(), whole_province=True))}


def _announcement(answers: dict[str, Any]) -> Announcement:
    stops, expected = _moment(answers["stops_at"]), _moment(answers["expected_at"])
    assert stops is not None
    assert expected is not None
    return Announcement(
        what=answers["what"], stops_at=stops, expected_at=expected, measures=answers["measures"],
        back_entry=answers["back_entry"], restarted_at=_moment(answers.get("restarted_at")),
        whole_province=bool(answers.get("whole_province")), security_doubt=bool(answers.get("security_doubt")),
    )  # fmt: skip


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _local(moment: datetime | None) -> str | None:
    return moment.astimezone(VIETNAM).isoformat(timespec="minutes") if moment else None


def _today() -> Any:
    return now().astimezone(VIETNAM).date()
