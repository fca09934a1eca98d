"""People and units, for the agency's admin: who works here, with which roles, who may sign in."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import VIETNAM
from engine.directory import commands, queries, rights, rules
from engine.directory.models import RightsChange, RoleGrant
from engine.errors import Conflict, InvalidInput, NotFound
from engine.forms.context import FormContext
from engine.platform import Actor, Work
from engine.tasks.succession import commands as succession
from web.directory.routes import screen
from web.layout.forms import posted, screen_form
from web.session import actor, now, platform

PERSON = screen_form(__file__, "person")
ROLE = screen_form(__file__, "role")
UNIT = screen_form(__file__, "unit")
_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def _admin() -> Actor:
    """Return the signed-in admin; for everybody else these pages don't exist."""
    if not rules.may_administer(actor(), actor().agency_id or 0):
        raise NotFound(_("Trang này dành cho quản trị cơ quan."))
    return actor()


@screen.get("/people")
def people() -> Any:
    """Show everybody of the agency, with unit, roles and whether they can sign in."""
    agency_id = _admin().agency_id or 0
    with platform().reading() as reading:
        found = queries.people(reading, agency_id)
        grants = _grants(reading, agency_id)
        units = {unit.id: unit.name for unit in queries.units(reading, agency_id)}
        posts = {post.id: post.name for post in queries.posts(reading, agency_id)}
    return render_template(
        "directory/people.html", people=found, grants=grants, units=units, posts=posts, roles=rules.ROLES, at=now()
    )


@screen.route("/people/new", methods=["GET", "POST"])
def new_person() -> Any:
    """Add a person; the first password is made here and shown once."""
    who, sent, errors, status = _admin(), None, {}, 200
    context = _context(existing=False)
    if request.method == "POST":
        sent, password = posted(PERSON), handed_out_password()
        try:
            answers = PERSON.validate(sent, context)
            person = platform().run(who, commands.add_person, who.agency_id or 0, password=password, **_texts(answers))
        except InvalidInput as error:
            errors, status = error.fields or {"full_name": str(error)}, 422
        else:
            return _person_page(person.id, handed_out=password)
    return render_template("directory/new-person.html", view=PERSON.view(sent, context, errors)), status


@screen.get("/people/<int:person_id>")
def person(person_id: int) -> Any:
    """Show one person: who they are, what they may do, whether they can sign in."""
    _admin()
    return _person_page(person_id)


@screen.post("/people/<int:person_id>")
def change_person(person_id: int) -> Any:
    """Do one of the things the page of a person offers; `do` says which."""
    _admin()
    steps = {"save": _save, "grant": _grant, "reset": _reset}
    simple = {
        "unlock": (commands.unlock, _("Đã mở khóa tài khoản.")),
        "deactivate": (commands.deactivate_person, _("Đã ngừng tài khoản; các vai trò kết thúc từ hôm nay.")),
        "reactivate": (succession.come_back, _("Đã mở lại tài khoản. Giao lại vai trò nếu cần.")),
    }
    wanted = request.form.get("do", "")
    if wanted in simple:
        command, said = simple[wanted]
        platform().run(actor(), command, person_id)
        return _said(person_id, said)
    if wanted not in steps:
        raise InvalidInput(_("Chọn một thao tác trên trang."))
    return steps[wanted](person_id)


@screen.post("/people/<int:person_id>/roles/<int:grant_id>/end")
def revoke(person_id: int, grant_id: int) -> Any:
    """Take a role back."""
    waiting = platform().run(_admin(), rights.ask_revoke, grant_id)
    return _asked(person_id, waiting, _("Đã thôi giao vai trò."))


def _save(person_id: int) -> Any:
    sent, context = posted(PERSON), _context(existing=True)
    try:
        waiting = platform().run(actor(), _change, person_id, _texts(PERSON.validate(sent, context)))
    except InvalidInput as error:
        return _person_page(person_id, sent=sent, errors=error.fields or {"full_name": str(error)}), 422
    except Conflict as error:
        return _person_page(person_id, sent=sent, errors={"unit_id": str(error)}), 422
    return _asked(person_id, waiting, _("Đã lưu thông tin."))


def _change(work: Work, person_id: int, values: dict[str, Any]) -> RightsChange | None:
    """Save what may be saved at once; another unit is another scope and may have to be confirmed."""
    waiting = rights.ask_unit(work, person_id, values["unit_id"]) if "unit_id" in values else None
    commands.change_person(work, person_id, {key: value for key, value in values.items() if key != "unit_id"})
    return waiting


def _asked(person_id: int, waiting: RightsChange | None, done: str) -> Any:
    return _said(person_id, done if waiting is None else _("Đã đề nghị; có hiệu lực khi người thứ hai xác nhận."))


def _grant(person_id: int) -> Any:
    sent = posted(ROLE)
    try:
        answers = ROLE.validate(sent, _context(existing=True))
        waiting = platform().run(actor(), rights.ask_grant, person_id, answers["role"], unit_id=answers.get("unit_id"))
    except InvalidInput as error:
        return _person_page(person_id, role_sent=sent, errors=error.fields or {"role": str(error)}), 422
    except Conflict as error:
        return _person_page(person_id, role_sent=sent, errors={"role": str(error)}), 422
    return _asked(person_id, waiting, _("Đã giao vai trò."))


def _reset(person_id: int) -> Any:
    password = handed_out_password()
    platform().run(actor(), commands.reset_password, person_id, password)
    return _person_page(person_id, handed_out=password)


def _said(person_id: int, sentence: str) -> Any:
    flash(sentence, "done")
    return redirect(url_for("directory.person", person_id=person_id), 303)


@screen.route("/units", methods=["GET", "POST"])
def units() -> Any:
    """Show the units of the agency and add one."""
    who, sent, errors, status = _admin(), None, {}, 200
    if request.method == "POST":
        sent = posted(UNIT)
        try:
            answers = UNIT.validate(sent, FormContext())
            platform().run(
                who, commands.add_unit, who.agency_id or 0, answers["name"], abbreviation=answers["abbreviation"]
            )
        except InvalidInput as error:
            errors, status = error.fields or {"name": str(error)}, 422
        else:
            flash(_("Đã thêm đơn vị."), "done")
            return redirect(url_for("directory.units"))
    with platform().reading() as reading:
        found = queries.units(reading, who.agency_id or 0)
        everyone = queries.people(reading, who.agency_id or 0, active_only=True)
    heads = {unit.id: [p.full_name for p in everyone if p.unit_id == unit.id] for unit in found}
    return render_template(
        "directory/units.html", units=found, members=heads, view=UNIT.view(sent, FormContext(), errors)
    ), status


@screen.post("/units/<int:unit_id>/close")
def close_unit(unit_id: int) -> Any:
    """Note that a unit exists no longer, from tomorrow on."""
    platform().run(_admin(), commands.close_unit, unit_id, now().astimezone(VIETNAM).date())
    flash(_("Đã ghi nhận đơn vị ngừng hoạt động sau hôm nay."), "done")
    return redirect(url_for("directory.units"))


def handed_out_password() -> str:
    """Return a password to be read out once and changed at the first sign-in."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _person_page(
    person_id: int, *, sent: dict[str, Any] | None = None, role_sent: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None, handed_out: str = "",
) -> str:  # fmt: skip
    with platform().reading() as reading:
        found = queries.person(reading, actor().agency_id, person_id)
        grants = queries.roles_of(reading, person_id, on=now().astimezone(VIETNAM).date())
        units = {unit.id: unit.name for unit in queries.units(reading, found.agency_id)}
        waiting = rights.changes(reading, found.agency_id, waiting=True, person_id=person_id)
    context = _context(existing=True)
    shown = sent or {name: getattr(found, name) for name in ("full_name", "unit_id", "post_id", "email", "telephone")}
    return render_template(
        "directory/person.html", person_shown=found, grants=grants, units=units, roles=rules.ROLES,
        handed_out=handed_out, waiting=waiting, sentence=rights.sentence,
        view=PERSON.view(shown, context, errors if sent else None), at=now(),
        role_view=ROLE.view(role_sent, context, errors if role_sent else None),
    )  # fmt: skip


def _context(existing: bool) -> FormContext:
    agency_id = actor().agency_id or 0
    with platform().reading() as reading:
        units = queries.units(reading, agency_id, on=now().astimezone(VIETNAM).date())
        posts = queries.posts(reading, agency_id)
    given = [role for role in rules.ROLES if rules.may_appoint(actor(), agency_id, role)]
    return FormContext(
        {
            "existing": existing,
            "units": [{"value": unit.id, "label": unit.name} for unit in units],
            "posts": [{"value": post.id, "label": post.name} for post in posts],
            "roles": [{"value": role, "label": rules.ROLES[role]} for role in given],
        }
    )


def _texts(answers: dict[str, Any]) -> dict[str, Any]:
    """Optional texts left blank are empty, not absent."""
    return {key: "" if value is None and key in ("email", "telephone") else value for key, value in answers.items()}


def _grants(reading: Session, agency_id: int) -> dict[int, list[RoleGrant]]:
    found: dict[int, list[RoleGrant]] = {}
    held = select(RoleGrant).where(
        RoleGrant.agency_id == agency_id, queries.valid_on(RoleGrant, now().astimezone(VIETNAM).date())
    )
    for row in reading.scalars(held.order_by(RoleGrant.role)):
        found.setdefault(row.person_id, []).append(row)
    return found
