"""Changing the directory: agencies and codes, units, posts, people, roles, stand-ins."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from engine.directory import queries, rules
from engine.directory.models import (
    Agency,
    AgencyCode,
    AgencySuccessor,
    Person,
    Post,
    RoleGrant,
    Unit,
)
from engine.directory.signing_in import SignedIn, change_password, put_password, sign_in
from engine.directory.standing_in import add_stand_in, revoke_stand_in
from engine.errors import Conflict, InvalidInput, NotFound
from engine.platform import Work

__all__ = [
    "SignedIn", "add_agency", "add_code", "add_person", "add_post", "add_stand_in", "add_successor", "add_unit",
    "change_agency", "change_password", "change_person", "close_agency", "close_unit", "deactivate_person",
    "end_code", "grant_role", "reactivate_person", "reset_password", "revoke_role", "revoke_stand_in",
    "sign_in", "unlock",
]  # fmt: skip

SCHEMES = ("QCVN2016", "QD20", "BUSINESS", "OTHER")


def add_agency(
    work: Work,
    name: str,
    *,
    abbreviation: str,
    codes: dict[str, str] | None = None,
    parent_id: int | None = None,
    valid_from: date | None = None,
    **more: Any,
) -> Agency:
    """Enter an agency with codes by scheme ({"QCVN2016": "000.00.15.H99"}); `more`: place, calendar_id …"""
    work.require(rules.may_administer_agencies(work.actor))
    since = valid_from or queries.today(work.now)
    if parent_id is not None:
        queries.agency(work.session, parent_id)
    agency = Agency(
        name=_text("name", name, 200), abbreviation=_text("abbreviation", abbreviation, 30), parent_id=parent_id,
        valid_from=since, valid_to=None, policy=more.pop("policy", {}), **more,
    )  # fmt: skip
    work.session.add(agency)
    work.session.flush()
    work.note("agency.added", "agency", agency.id, name=agency.name)
    for scheme, code in (codes or {}).items():
        add_code(work, agency.id, scheme, code, valid_from=since)
    return agency


def change_agency(work: Work, agency_id: int, values: dict[str, Any]) -> Agency:
    """Change contact data, calendar or policy (also the agency's own admin), names (the provincial admin only)."""
    agency = queries.agency(work.session, agency_id)
    own = {"place", "address", "email", "telephone", "calendar_id", "policy"}
    central = {"name", "parent_name", "abbreviation", "kind", "parent_id", "on_platform"}
    if unknown := set(values) - own - central:
        raise InvalidInput("Trường không sửa được: " + ", ".join(sorted(unknown)))
    if set(values) & central:
        work.require(rules.may_administer_agencies(work.actor))
    elif not rules.may_administer_agencies(work.actor):
        work.require(rules.may_administer(work.actor, agency_id))
    policy = values.get("policy", agency.policy)
    if policy.get(rules.CONFIRM_RIGHTS) != agency.policy.get(rules.CONFIRM_RIGHTS):
        work.require(rules.may_administer_agencies(work.actor))  # who is watched doesn't switch the watching off
    changed = {field: value for field, value in values.items() if getattr(agency, field) != value}
    for field, value in changed.items():
        setattr(agency, field, value)
    work.note("agency.changed", "agency", agency_id, agency_id=agency_id, fields=sorted(changed))
    return agency


def add_code(work: Work, agency_id: int, scheme: str, code: str, *, valid_from: date | None = None) -> AgencyCode:
    """Give an agency a code; Conflict when another agency bears it on that day (QD28-19.1.c)."""
    work.require(rules.may_administer_agencies(work.actor))
    if scheme not in SCHEMES:
        raise InvalidInput(f"Không có bộ mã “{scheme}”.", {"scheme": "Chọn một trong các bộ mã đã định."})
    since = valid_from or queries.today(work.now)
    bearer = queries.agency_by_code(work.session, code, on=since)
    if bearer is not None:
        raise Conflict(f"Mã {code} đang dùng cho {bearer.name}.")
    row = AgencyCode(agency_id=agency_id, scheme=scheme, code=_text("code", code, 64), valid_from=since, valid_to=None)
    work.session.add(row)
    work.session.flush()
    work.note("agency.code_added", "agency", agency_id, scheme=scheme, code=code)
    return row


def end_code(work: Work, code_id: int, last_day: date) -> None:
    """End the validity of a code; documents of its time keep it."""
    work.require(rules.may_administer_agencies(work.actor))
    row = work.session.get(AgencyCode, code_id)
    if row is None:
        raise NotFound("Không tìm thấy mã này.")
    row.valid_to = last_day
    work.note("agency.code_ended", "agency", row.agency_id, code=row.code, last_day=last_day)


def close_agency(work: Work, agency_id: int, last_day: date) -> None:
    """Note that an agency exists no longer; nothing of it is deleted."""
    work.require(rules.may_administer_agencies(work.actor))
    queries.agency(work.session, agency_id).valid_to = last_day
    work.note("agency.closed", "agency", agency_id, last_day=last_day)


def add_successor(work: Work, old_id: int, new_id: int, since: date) -> None:
    """Note which agency takes over another's work."""
    work.require(rules.may_administer_agencies(work.actor))
    if old_id == new_id:
        raise InvalidInput("Cơ quan kế thừa phải khác cơ quan cũ.")
    queries.agency(work.session, old_id), queries.agency(work.session, new_id)
    work.session.add(AgencySuccessor(old_id=old_id, new_id=new_id, since=since))
    work.note("agency.succeeded", "agency", old_id, successor=new_id, since=since)


def add_unit(
    work: Work,
    agency_id: int,
    name: str,
    *,
    abbreviation: str,
    parent_id: int | None = None,
    valid_from: date | None = None,
) -> Unit:
    """Enter a unit of an agency."""
    work.require(rules.may_administer(work.actor, agency_id))
    if parent_id is not None:
        queries.unit(work.session, agency_id, parent_id)
    unit = Unit(
        agency_id=agency_id, name=_text("name", name, 200), abbreviation=_text("abbreviation", abbreviation, 30),
        parent_id=parent_id, valid_from=valid_from or queries.today(work.now), valid_to=None,
    )  # fmt: skip
    work.session.add(unit)
    work.session.flush()
    work.note("unit.added", "unit", unit.id, agency_id=agency_id, name=unit.name)
    return unit


def close_unit(work: Work, unit_id: int, last_day: date) -> None:
    """Note that a unit exists no longer; Conflict while active people belong to it."""
    unit = queries.unit(work.session, None if work.actor.is_system else work.actor.agency_id, unit_id)
    work.require(rules.may_administer(work.actor, unit.agency_id))
    if queries.people_with(work.session, unit.agency_id, unit_id=unit_id):
        raise Conflict(f"{unit.name} còn người đang làm việc; chuyển họ sang đơn vị khác trước.")
    unit.valid_to = last_day
    work.note("unit.closed", "unit", unit_id, agency_id=unit.agency_id, last_day=last_day)


def add_post(work: Work, agency_id: int, name: str, *, rank: int = 100, capacity: str = "") -> Post:
    """Enter a post; `capacity` is the line above its signature, e.g. KT. GIÁM ĐỐC."""
    work.require(rules.may_administer(work.actor, agency_id))
    post = Post(agency_id=agency_id, name=_text("name", name, 100), rank=rank, capacity=capacity)
    work.session.add(post)
    work.session.flush()
    work.note("post.added", "post", post.id, agency_id=agency_id, name=post.name)
    return post


def add_person(
    work: Work,
    agency_id: int,
    full_name: str,
    *,
    user_name: str,
    password: str | None = None,
    unit_id: int | None = None,
    post_id: int | None = None,
    email: str = "",
    telephone: str = "",
    must_change_password: bool = True,
) -> Person:
    """Enter a person with a user name of their own (LA-3.3); without a password they can't sign in yet."""
    if not rules.may_appoint(work.actor, agency_id, "agency-admin"):
        work.require(rules.may_administer(work.actor, agency_id))
    name = unicodedata.normalize("NFC", user_name).strip().lower()
    if problem := rules.user_name_problem(name):
        raise InvalidInput(problem, {"user_name": problem})
    if work.session.scalar(select(Person.id).where(Person.user_name == name)) is not None:
        raise InvalidInput(f"Tên đăng nhập “{name}” đã có người dùng.", {"user_name": "Chọn tên đăng nhập khác."})
    _check_place(work, agency_id, unit_id, post_id)
    person = Person(
        agency_id=agency_id, unit_id=unit_id, post_id=post_id, user_name=name,
        full_name=_text("full_name", full_name, 100), email=email.strip(),
        telephone=telephone.strip(), password_hash="", failed_sign_ins=0, active=True,
    )  # fmt: skip
    work.session.add(person)
    if password is not None:
        put_password(work, person, password, must_change=must_change_password)
    work.session.flush()
    work.note("person.added", "person", person.id, agency_id=agency_id, user_name=name)
    return person


def change_person(work: Work, person_id: int, values: dict[str, Any]) -> Person:
    """Change name, unit, post or contact data of a person."""
    person = _own_person(work, person_id)
    if unknown := set(values) - {"full_name", "unit_id", "post_id", "email", "telephone"}:
        raise InvalidInput("Trường không sửa được: " + ", ".join(sorted(unknown)))
    _check_place(work, person.agency_id, values.get("unit_id"), values.get("post_id"))
    if "full_name" in values:
        values = {**values, "full_name": _text("full_name", values["full_name"], 100)}
    changed = {field: value for field, value in values.items() if getattr(person, field) != value}
    if "unit_id" in changed:
        waits = queries.awaits_confirmation(work.session, work.actor, person, work.now)
        work.require(rules.may_change_at_once(waits))
    for field, value in changed.items():
        setattr(person, field, value)
    work.note("person.changed", "person", person_id, agency_id=person.agency_id, fields=sorted(changed))
    return person


def deactivate_person(work: Work, person_id: int) -> None:
    """End a person's access; roles end today, what they did stays."""
    person = _own_person(work, person_id)
    if person_id == work.actor.person_id:
        raise Conflict("Không thể tự ngừng tài khoản của chính mình.")
    person.active = False
    for grant in queries.roles_of(work.session, person_id, on=queries.today(work.now)):
        _end_grant(work, grant)
    work.note("person.deactivated", "person", person_id, agency_id=person.agency_id)


def reactivate_person(work: Work, person_id: int) -> None:
    """Give a person access again; roles have to be granted anew."""
    person = _own_person(work, person_id)
    person.active = True
    work.note("person.reactivated", "person", person_id, agency_id=person.agency_id)


def unlock(work: Work, person_id: int) -> None:
    """Lift the lock of a person who mistyped the password too often."""
    person = _own_person(work, person_id)
    person.failed_sign_ins, person.locked_until = 0, None
    work.note("person.unlocked", "person", person_id, agency_id=person.agency_id)


def reset_password(work: Work, person_id: int, password: str) -> None:
    """Hand out a new password; it has to be changed at the next sign-in."""
    person = _own_person(work, person_id)
    put_password(work, person, password, must_change=True)
    work.note("person.password_reset", "person", person_id, agency_id=person.agency_id)


def grant_role(
    work: Work,
    person_id: int,
    role: str,
    *,
    unit_id: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> RoleGrant:
    """Give a role in a unit or (no unit) the whole agency; unit heads and specialists hold it in their own unit.

    NotAllowed where somebody else has to confirm it: `rights.ask_grant` asks (SYS-3.c).
    """
    grant, held = grant_of(work, person_id, role, unit_id=unit_id, valid_from=valid_from, valid_to=valid_to)
    if held:
        return grant
    person = queries.person(work.session, None, person_id)
    work.require(rules.may_change_at_once(queries.awaits_confirmation(work.session, work.actor, person, work.now)))
    return put_grant(work, person, role, grant.unit_id, grant.valid_from, valid_to)


def grant_of(
    work: Work, person_id: int, role: str, *, unit_id: int | None, valid_from: date | None, valid_to: date | None
) -> tuple[RoleGrant, bool]:
    """The grant as it would be, checked but not written, and whether it is held already."""
    if role not in rules.ROLES:
        raise InvalidInput(f"Không có vai trò “{role}”.", {"role": "Chọn vai trò trong danh sách."})
    person = queries.person(work.session, None, person_id)
    if person.agency_id != work.actor.agency_id and not rules.may_appoint(work.actor, person.agency_id, role):
        raise NotFound("Không tìm thấy người dùng này.")
    work.require(rules.may_appoint(work.actor, person.agency_id, role))
    if role in rules.UNIT_ROLES:
        unit_id = unit_id or person.unit_id
        if unit_id is None:
            raise InvalidInput(f"Vai trò {rules.ROLES[role]} phải gắn với một đơn vị.", {"unit_id": "Chọn đơn vị."})
    if unit_id is not None:
        queries.unit(work.session, person.agency_id, unit_id)
    since = valid_from or queries.today(work.now)
    if valid_to is not None and valid_to < since:
        raise InvalidInput("Ngày hết hiệu lực phải sau ngày bắt đầu.", {"valid_to": "Chọn ngày sau ngày bắt đầu."})
    for held in queries.roles_of(work.session, person_id, on=since):
        if held.role == role and held.unit_id == unit_id and held.valid_to == valid_to:
            return held, True
    wanted = RoleGrant(
        agency_id=person.agency_id, person_id=person_id, role=role, unit_id=unit_id, valid_from=since, valid_to=valid_to
    )
    return wanted, False


def put_grant(
    work: Work, person: Person, role: str, unit_id: int | None, since: date, valid_to: date | None
) -> RoleGrant:
    """Write a grant that has been checked, and confirmed where that is needed."""
    grant = RoleGrant(
        agency_id=person.agency_id, person_id=person.id, role=role, unit_id=unit_id, valid_from=since, valid_to=valid_to
    )
    work.session.add(grant)
    work.session.flush()
    work.note("role.granted", "person", person.id, agency_id=person.agency_id, role=role, unit=unit_id)
    return grant


def held_grant(work: Work, grant_id: int) -> RoleGrant:
    """A role the actor may take back; NotFound for another agency's."""
    grant = work.session.get(RoleGrant, grant_id)
    if grant is None or (
        grant.agency_id != work.actor.agency_id and not rules.may_appoint(work.actor, grant.agency_id, grant.role)
    ):
        raise NotFound("Không tìm thấy vai trò này.")
    work.require(rules.may_appoint(work.actor, grant.agency_id, grant.role))
    return grant


def revoke_role(work: Work, grant_id: int) -> None:
    """Take a role back, from now on; NotAllowed where somebody else has to confirm it (SYS-3.c)."""
    grant = held_grant(work, grant_id)
    person = queries.person(work.session, None, grant.person_id)
    work.require(rules.may_change_at_once(queries.awaits_confirmation(work.session, work.actor, person, work.now)))
    end_grant(work, grant)


def end_grant(work: Work, grant: RoleGrant) -> None:
    """Write that a role is held no longer."""
    _end_grant(work, grant)
    work.note("role.revoked", "person", grant.person_id, agency_id=grant.agency_id, role=grant.role, unit=grant.unit_id)


def _end_grant(work: Work, grant: RoleGrant) -> None:
    # A grant ends at once, not at midnight: what was given today or later disappears, older ones end yesterday.
    yesterday = queries.today(work.now) - timedelta(days=1)
    if grant.valid_from > yesterday:
        work.session.delete(grant)
    else:
        grant.valid_to = yesterday


def _own_person(work: Work, person_id: int) -> Person:
    person = queries.person(work.session, None if work.actor.is_system else work.actor.agency_id, person_id)
    work.require(rules.may_administer(work.actor, person.agency_id))
    return person


def _check_place(work: Work, agency_id: int, unit_id: int | None, post_id: int | None) -> None:
    if unit_id is not None:
        queries.unit(work.session, agency_id, unit_id)
    if post_id is not None:
        post = work.session.get(Post, post_id)
        if post is None or post.agency_id != agency_id:
            raise NotFound("Không tìm thấy chức vụ này.")


def _text(field: str, raw: str, longest: int) -> str:
    text = unicodedata.normalize("NFC", " ".join(raw.split()))
    if not text or len(text) > longest:
        raise InvalidInput(f"Nội dung phải có từ 1 đến {longest} ký tự.", {field: f"Nhập từ 1 đến {longest} ký tự."})
    return text
