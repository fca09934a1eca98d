"""Changes of rights: what waits, who asked, what would change; confirmed or refused by somebody else (SYS-3.c)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.clock import VIETNAM
from engine.directory import queries, rights
from engine.directory.rules import CONFIRM_RIGHTS
from engine.documents.text import clean
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.platform import Actor
from web.session import actor, now, platform

screen = Blueprint("rights", __name__)


def _reader() -> Actor:
    """Return the leader or admin who is signed in; for everybody else this page doesn't exist."""
    if not actor().roles & queries.CONFIRMERS:
        raise NotFound(_("Trang này dành cho lãnh đạo và quản trị cơ quan."))
    return actor()


@screen.get("/rights")
def index() -> Any:
    """List what waits and what was decided."""
    return _page({})


def _page(errors: dict[int, str]) -> Any:
    agency_id = _reader().agency_id or 0
    with platform().reading() as session:
        waiting = rights.changes(session, agency_id, waiting=True)
        past = rights.changes(session, agency_id, waiting=False)
        needed = queries.agency(session, agency_id).policy.get(CONFIRM_RIGHTS, True) is not False
        holders = rights.holders(session, agency_id, now().astimezone(VIETNAM).date())
    page = render_template(
        "rights/index.html", waiting=[(line, rights.may_confirm(actor(), line.change)) for line in waiting], past=past,
        sentence=rights.sentence, states=rights.STATES, needed=needed, holders=holders, errors=errors,
        may_switch="leader" in actor().roles, sent=request.form,
    )  # fmt: skip
    return page, 422 if errors else 200


@screen.post("/rights/<int:change_id>/<any(confirm, refuse, withdraw):decision>")
def decide(change_id: int, decision: str) -> Any:
    """Confirm, refuse with the reason, or take back what one asked for."""
    _reader()
    said = {
        "confirm": _("Đã xác nhận; thay đổi quyền có hiệu lực."), "refuse": _("Đã ghi không xác nhận."),
        "withdraw": _("Đã rút lại đề nghị."),
    }  # fmt: skip
    commands: dict[str, Callable[..., Any]] = {"confirm": rights.confirm, "withdraw": rights.withdraw}
    try:
        if decision == "refuse":
            platform().run(actor(), rights.refuse, change_id, clean(request.form.get("reason", "")))
        else:
            platform().run(actor(), commands[decision], change_id)
    except InvalidInput as error:
        return _page({change_id: error.fields.get("reason", str(error))})
    except (Conflict, NotAllowed) as error:
        flash(str(error), "late")
    else:
        flash(said[decision], "done")
    return redirect(url_for("rights.index"), 303)


@screen.post("/rights/confirmation")
def switch() -> Any:
    """Let changes of rights wait, or not; the leader decides."""
    _reader()
    needed = request.form.get("needed") == "1"
    platform().run(actor(), rights.set_confirmation, needed)
    flash(_("Thay đổi quyền phải chờ xác nhận.") if needed else _("Thay đổi quyền có hiệu lực ngay."), "done")
    return redirect(url_for("rights.index"), 303)
