"""Authorisations to sign (ND30-13.3) and levels of approval: seen by everybody of the agency, set by its admin."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.clock import VIETNAM
from engine.directory import queries as directory
from engine.directory.authority import commands, queries, rules
from engine.directory.rules import ROLES, may_administer
from engine.documents import kinds
from engine.documents.text import clean
from engine.errors import InvalidInput
from engine.forms.context import FormContext
from web.layout.forms import posted, screen_form
from web.session import actor, now, platform

screen = Blueprint("authority", __name__)
AUTHORISATION = screen_form(__file__, "authorisation")
LEVEL = screen_form(__file__, "level")
_DATES = ("dated", "valid_from", "valid_to")


@screen.route("/authorisations", methods=["GET", "POST"])
def authorisations() -> Any:
    """List who signs for whom, by which document and until when; the admin enters a new one."""
    sent, errors, status, who = None, {}, 200, actor()
    if request.method == "POST":
        sent = posted(AUTHORISATION)
        try:
            with platform().reading() as reading:
                answers = AUTHORISATION.validate(sent, _authorisation_context(reading))
            platform().run(who, commands.add_authorisation, **_authorisation(answers))
        except InvalidInput as error:
            errors, status = error.fields or {"code": str(error)}, 422
        else:
            flash(_("Đã ghi giấy ủy quyền. Người được ủy quyền có trong danh sách người ký."), "done")
            return redirect(url_for("authority.authorisations"), 303)
    with platform().reading() as reading:
        rows = queries.authorisations(reading, who.agency_id or 0)
        view = AUTHORISATION.view(sent, _authorisation_context(reading), errors)
        names = {p.id: p.full_name for p in directory.people(reading, who.agency_id or 0)}
        posts = {p.id: p.name for p in directory.posts(reading, who.agency_id or 0)}
    page = render_template(
        "authority/authorisations.html", rows=rows, names=names, posts=posts, view=view, admin=_is_admin(),
        state=lambda row: rules.state(row, _today()),
    )  # fmt: skip
    return page, status


@screen.post("/authorisations/<int:authorisation_id>/revoke")
def revoke(authorisation_id: int) -> Any:
    """End an authorisation at once, with the reason."""
    try:
        platform().run(actor(), commands.revoke_authorisation, authorisation_id, clean(request.form.get("reason", "")))
        flash(_("Đã thu hồi ủy quyền ký."), "done")
    except InvalidInput as error:
        flash(" ".join(error.fields.values()) or str(error), "late")
    return redirect(url_for("authority.authorisations"), 303)


@screen.route("/approval-levels", methods=["GET", "POST"])
def levels() -> Any:
    """List the levels a draft passes before the signer approves it; the admin adds one."""
    sent, errors, status, who = None, {}, 200, actor()
    if request.method == "POST":
        sent = posted(LEVEL)
        try:
            with platform().reading() as reading:
                answers = LEVEL.validate(sent, _level_context(reading))
            platform().run(who, commands.add_level, **_level(answers))
        except InvalidInput as error:
            errors, status = error.fields or {"name": str(error)}, 422
        else:
            flash(_("Đã thêm cấp duyệt. Văn bản kiểm tra thể thức xong từ bây giờ qua cấp này."), "done")
            return redirect(url_for("authority.levels"), 303)
    with platform().reading() as reading:
        rows = queries.levels(reading, who.agency_id or 0)
        view = LEVEL.view(sent, _level_context(reading), errors)
        names = {p.id: p.full_name for p in directory.people(reading, who.agency_id or 0)}
    page = render_template("authority/levels.html", rows=rows, names=names, roles=ROLES, view=view, admin=_is_admin())
    return page, status


@screen.post("/approval-levels/<int:level_id>/up")
def move_up(level_id: int) -> Any:
    """Put a level before the one above it."""
    platform().run(actor(), commands.move_level, level_id)
    return redirect(url_for("authority.levels"), 303)


@screen.post("/approval-levels/<int:level_id>/remove")
def remove(level_id: int) -> Any:
    """Take a level away."""
    platform().run(actor(), commands.remove_level, level_id)
    flash(_("Đã bỏ cấp duyệt. Văn bản đang duyệt dở vẫn đi theo các cấp đã lập."), "done")
    return redirect(url_for("authority.levels"), 303)


def _today() -> date:
    return now().astimezone(VIETNAM).date()


def _is_admin() -> bool:
    return bool(may_administer(actor(), actor().agency_id or 0))


def _authorisation_context(reading: Session) -> FormContext:
    agency_id = actor().agency_id or 0
    people = directory.people(reading, agency_id, active_only=True)
    givers = [each for each in people if queries.signs_by_own_right(reading, each, _today())]
    data = {
        "givers": [{"value": each.id, "label": each.full_name} for each in givers],
        "people": [{"value": each.id, "label": each.full_name} for each in people],
        "posts": [{"value": each.id, "label": each.name} for each in directory.posts(reading, agency_id)],
        "kinds": [{"value": each.name, "label": each.name} for each in kinds.KINDS],
    }
    return FormContext(data, today=_today())


def _level_context(reading: Session) -> FormContext:
    people = directory.people(reading, actor().agency_id or 0, active_only=True)
    data = {
        "people": [{"value": each.id, "label": each.full_name} for each in people],
        "roles": [{"value": each, "label": ROLES[each]} for each in commands.LEVEL_ROLES],
        "kinds": [{"value": each.name, "label": each.name} for each in kinds.KINDS],
    }
    return FormContext(data, today=_today())


def _authorisation(answers: dict[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(answers[name]) for name in _DATES}
    chosen = {name: answers.get(name) or None for name in ("receiver_id", "post_id")}
    return {
        "giver_id": answers["giver_id"], "code": answers["code"], "scope": answers.get("scope") or "",
        "type_names": answers.get("type_names") or [], **chosen, **days,
    }  # fmt: skip


def _level(answers: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": answers["name"], "role": answers.get("role") or "", "own_unit": bool(answers.get("own_unit")),
        "person_id": answers.get("person_id") or None, "type_names": answers.get("type_names") or [],
    }  # fmt: skip
