"""Signing in and out, one's own password, stand-ins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from engine.clock import VIETNAM
from engine.directory import commands, queries
from engine.directory.models import Person
from engine.directory.rules import STAND_IN_KINDS
from engine.errors import InvalidInput
from engine.forms.context import FormContext
from engine.outages.models import Outage
from engine.outages.queries import running_everywhere
from engine.platform import system
from web.layout.forms import posted, screen_form
from web.session import actor, begin, end, inside, limiter, now, platform, renew

screen = Blueprint("directory", __name__)
STAND_IN = screen_form(__file__, "stand-in")


def _name_posted() -> str:
    return "name:" + request.form.get("user_name", "").strip().lower()[:60]


@screen.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
@limiter.limit("15 per minute", key_func=_name_posted, methods=["POST"])
def sign_in() -> Any:
    """Ask for name and password; a refusal is told in words, a password that is due leads to its change."""
    wanted = inside(request.values.get("next"))
    if request.method == "GET":
        if g.actor is not None:
            return redirect(wanted or url_for("worklist.inbox"))
        reasons = {
            "expired": _("Phiên làm việc đã hết thời gian. Đăng nhập để làm tiếp."),
            "ended": _("Phiên làm việc đã kết thúc vì tài khoản hoặc mật khẩu vừa thay đổi. Đăng nhập lại."),
            "out": _("Đã đăng xuất."),
            "typed": _(
                "Phiên làm việc đã hết trước khi nội dung được gửi. Những gì đã nhập còn trên máy này; đăng nhập để "
                "gửi lại."
            ),
        }
        said = reasons.get(request.args.get("reason", ""))
        return render_template("directory/sign-in.html", wanted=wanted, said=said, outages=_outages())
    user_name = request.form.get("user_name", "")
    answer = platform().run(system(), commands.sign_in, user_name, request.form.get("password", ""))
    if answer.person_id is None:
        page = render_template(
            "directory/sign-in.html", wanted=wanted, user_name=user_name[:60], refused=answer.sentence,
            outages=_outages(),
        )  # fmt: skip
        return page, 422
    with platform().reading() as reading:
        begin(reading.get_one(Person, answer.person_id))
    if answer.must_change_password:
        session["due"] = True
        return redirect(url_for("directory.change_password"))
    return redirect(wanted or url_for("worklist.inbox"))


def _outages() -> Sequence[Outage]:
    """Outages of the whole province that run now; the page tells their times only."""
    try:
        with platform().reading() as reading:
            return running_everywhere(reading, now())
    except SQLAlchemyError:
        return ()  # the page can be read when the database can't


@screen.post("/sign-out")
def sign_out() -> Any:
    """End the session of this browser."""
    end()
    return redirect(url_for("directory.sign_in", reason="out"))


@screen.route("/password", methods=["GET", "POST"])
@limiter.limit("10 per minute", methods=["POST"])
def change_password() -> Any:
    """Change one's own password; forced when an admin handed it out or it has grown too old (LA-14.2.b)."""
    forced = bool(g.person.must_change_password or session.get("due"))
    errors: dict[str, str] = {}
    if request.method == "POST":
        old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
        try:
            if new != again:
                raise InvalidInput("", {"again": _("Hai lần nhập mật khẩu mới chưa giống nhau.")})
            platform().run(actor(), commands.change_password, old, new)
        except InvalidInput as error:
            errors = error.fields or {"new": str(error)}
        else:
            with platform().reading() as reading:
                renew(reading.get_one(Person, g.person.id))
            session.pop("due", None)
            flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."), "done")
            return redirect(url_for("worklist.inbox"))
    shortest = platform().settings.password_length
    page = render_template("directory/password.html", forced=forced, errors=errors, shortest=shortest)
    return (page, 422) if errors else page


@screen.route("/stand-ins", methods=["GET", "POST"])
def stand_ins() -> Any:
    """Name somebody who acts for me from–to, and see who acts for whom."""
    sent, errors, status = None, {}, 200
    with platform().reading() as reading:
        everyone = queries.people(reading, actor().agency_id or 0, active_only=True)
        context = _stand_in_context(everyone)
        rows = queries.stand_ins(reading, actor().agency_id or 0, now())
    if request.method == "POST":
        sent = posted(STAND_IN)
        try:
            platform().run(actor(), commands.add_stand_in, **_stand_in(STAND_IN.validate(sent, context)))
        except InvalidInput as error:
            errors, status = error.fields or {"stand_in_id": str(error)}, 422
        else:
            flash(_("Đã ghi nhận ủy quyền."), "done")
            return redirect(url_for("directory.stand_ins"))
    admin = "agency-admin" in actor().roles
    shown = [row for row in rows if admin or actor().person_id in (row.person_id, row.stand_in_id)]
    page = render_template(
        "directory/stand-ins.html", rows=shown, names={p.id: p.full_name for p in everyone},
        view=STAND_IN.view(sent, context, errors), admin=admin,
        kinds=STAND_IN_KINDS,
    )  # fmt: skip
    return page, status


@screen.post("/stand-ins/<int:row_id>/end")
def end_stand_in(row_id: int) -> Any:
    """End a stand-in at once."""
    platform().run(actor(), commands.revoke_stand_in, row_id)
    flash(_("Đã kết thúc ủy quyền."), "done")
    return redirect(url_for("directory.stand_ins"))


def _stand_in_context(everyone: Any) -> FormContext:
    mine = {
        "people": [{"value": p.id, "label": p.full_name} for p in everyone if p.id != actor().person_id],
        "kinds": [{"value": kind, "label": label} for kind, label in STAND_IN_KINDS.items()],
    }
    return FormContext(mine, today=now().astimezone(VIETNAM).date())


def _stand_in(answers: dict[str, Any]) -> dict[str, Any]:
    first = datetime.combine(datetime.fromisoformat(answers["valid_from"]).date(), time(), VIETNAM)
    last = datetime.combine(datetime.fromisoformat(answers["valid_to"]).date(), time(), VIETNAM) + timedelta(days=1)
    return {
        "person_id": actor().person_id, "stand_in_id": answers["stand_in_id"], "valid_from": first, "valid_to": last,
        "reason": answers.get("reason") or "", "kinds": answers.get("kinds") or [],
    }  # fmt: skip
