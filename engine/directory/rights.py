"""Changes of rights by four eyes: asked for by one admin, in force when another competent person confirms (SYS-3.c).

Roles and units (a unit is what one sees) wait. Ending an account doesn't: an account that may be abused is shut first.
An agency that has nobody else to confirm yet, one being set up, is exempt, and so is what the installation itself does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from engine.directory import commands, queries, rules
from engine.directory.models import Agency, Person, RightsChange, RoleGrant, Unit
from engine.directory.names import by_name
from engine.errors import Conflict, InvalidInput, NotFound
from engine.occasions import RIGHTS_ASKED
from engine.platform import ALLOWED, Actor, Verdict, Work

STATES: Mapping[str, str] = {
    "waiting": "Chờ xác nhận", "confirmed": "Đã xác nhận", "refused": "Không xác nhận", "withdrawn": "Đã rút lại",
}  # fmt: skip
MOST = 200
LONGEST_REASON = 500


# --- Asking ---------------------------------------------------------------------------------------------------


def ask_grant(
    work: Work, person_id: int, role: str, *, unit_id: int | None = None, valid_from: date | None = None,
    valid_to: date | None = None, reason: str = "",
) -> RightsChange | None:  # fmt: skip
    """Ask for a role; None when nobody has to confirm and the role is held at once. Errors as grant_role."""
    person = queries.person(work.session, None, person_id)
    if not queries.awaits_confirmation(work.session, work.actor, person, work.now):
        commands.grant_role(work, person_id, role, unit_id=unit_id, valid_from=valid_from, valid_to=valid_to)
        return None
    wanted, held = commands.grant_of(work, person_id, role, unit_id=unit_id, valid_from=valid_from, valid_to=valid_to)
    if held:
        raise Conflict(f"{person.full_name} đang giữ vai trò này.")
    return _ask(
        work, person, "grant", role=role, unit_id=wanted.unit_id, valid_from=wanted.valid_from, valid_to=valid_to,
        reason=reason,
    )  # fmt: skip


def ask_revoke(work: Work, grant_id: int, *, reason: str = "") -> RightsChange | None:
    """Ask that a role be taken back; None when it is gone at once. Errors as revoke_role."""
    grant = commands.held_grant(work, grant_id)
    person = queries.person(work.session, None, grant.person_id)
    if not queries.awaits_confirmation(work.session, work.actor, person, work.now):
        commands.revoke_role(work, grant_id)
        return None
    return _ask(
        work, person, "revoke", role=grant.role, unit_id=grant.unit_id, grant_id=grant.id, valid_from=grant.valid_from,
        valid_to=grant.valid_to, reason=reason,
    )  # fmt: skip


def ask_unit(work: Work, person_id: int, unit_id: int | None, *, reason: str = "") -> RightsChange | None:
    """Ask that somebody belong to another unit, whose documents they then see; None when it is done at once."""
    person = queries.person(work.session, work.actor.agency_id, person_id)
    if person.unit_id == unit_id:
        return None
    if not queries.awaits_confirmation(work.session, work.actor, person, work.now):
        commands.change_person(work, person_id, {"unit_id": unit_id})
        return None
    work.require(rules.may_administer(work.actor, person.agency_id))
    if unit_id is not None:
        queries.unit(work.session, person.agency_id, unit_id)
    return _ask(work, person, "unit", unit_id=unit_id, reason=reason)


def _ask(
    work: Work, person: Person, kind: str, *, reason: str, role: str = "", unit_id: int | None = None,
    grant_id: int | None = None, valid_from: date | None = None, valid_to: date | None = None,
) -> RightsChange:  # fmt: skip
    assert work.actor.person_id is not None
    same = select(RightsChange.id).where(
        RightsChange.person_id == person.id, RightsChange.state == "waiting", RightsChange.kind == kind,
        RightsChange.role == role, RightsChange.unit_id.is_not_distinct_from(unit_id),
    )  # fmt: skip
    if work.session.scalar(same) is not None:
        raise Conflict(f"Thay đổi này của {person.full_name} đã được đề nghị và đang chờ xác nhận.")
    row = RightsChange(
        agency_id=person.agency_id, person_id=person.id, kind=kind, role=role, unit_id=unit_id, grant_id=grant_id,
        valid_from=valid_from, valid_to=valid_to, reason=_said(reason), asked_at=work.now,
        asked_by_id=work.actor.person_id, state="waiting", decided_reason="",
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    work.note("rights.change_asked", "person", person.id, person.agency_id, change=row.id, kind=kind, role=role,
              unit=unit_id)  # fmt: skip
    work.tell(RIGHTS_ASKED, person.agency_id, details={"change": row.id, "of": person.full_name})
    return row


# --- Deciding -------------------------------------------------------------------------------------------------


def may_confirm(actor: Actor, change: RightsChange) -> Verdict:
    """A leader or an admin of the agency, never who asked nor whose rights they are (SYS-3.c)."""
    if change.state != "waiting":
        return Verdict(False, f"Thay đổi này không còn chờ: {STATES[change.state].lower()}.", "SYS-3.c")
    if actor.agency_id != change.agency_id or not actor.roles & queries.CONFIRMERS:
        return Verdict(False, "Chỉ lãnh đạo hoặc quản trị cơ quan được xác nhận thay đổi quyền.", "SYS-3.c")
    if actor.person_id == change.asked_by_id:
        return Verdict(False, "Người đề nghị không tự xác nhận được; cần người khác.", "SYS-3.c")
    if actor.person_id == change.person_id:
        return Verdict(False, "Không tự xác nhận thay đổi quyền của chính mình.", "SYS-3.c")
    return ALLOWED


def confirm(work: Work, change_id: int) -> RightsChange:
    """Let a change take effect; Conflict when what it was about is no longer so."""
    row = _locked(work, change_id)
    work.require(may_confirm(work.actor, row))
    person = queries.person(work.session, row.agency_id, row.person_id)
    if not person.active:
        raise Conflict(f"{person.full_name} đã ngừng hoạt động; từ chối thay đổi này.")
    if row.kind == "grant":
        since = max(row.valid_from or queries.today(work.now), queries.today(work.now))
        commands.put_grant(work, person, row.role, row.unit_id, since, row.valid_to)
    elif row.kind == "revoke":
        grant = work.session.get(RoleGrant, row.grant_id)
        if grant is None:
            raise Conflict("Vai trò này đã được thôi giao trước đó.")
        commands.end_grant(work, grant)
    else:
        person.unit_id = row.unit_id
    _decide(work, row, "confirmed", "")
    return row


def refuse(work: Work, change_id: int, reason: str) -> RightsChange:
    """Let a change not take effect, and say why."""
    row = _locked(work, change_id)
    work.require(may_confirm(work.actor, row))
    said = _said(reason)
    if not said:
        raise InvalidInput("Ghi lý do không xác nhận.", {"reason": "Ghi lý do không xác nhận."})
    _decide(work, row, "refused", said)
    return row


def withdraw(work: Work, change_id: int) -> RightsChange:
    """Take back what one has asked for oneself."""
    row = _locked(work, change_id)
    if row.asked_by_id != work.actor.person_id:
        raise NotFound("Không tìm thấy thay đổi quyền này.")
    if row.state != "waiting":
        raise Conflict(f"Thay đổi này không còn chờ: {STATES[row.state].lower()}.")
    _decide(work, row, "withdrawn", "")
    return row


def _said(reason: str) -> str:
    said = " ".join(reason.split())
    if len(said) > LONGEST_REASON:
        sentence = f"Lý do dài quá {LONGEST_REASON} ký tự."
        raise InvalidInput(sentence, {"reason": sentence})
    return said


def _decide(work: Work, row: RightsChange, state: str, reason: str) -> None:
    row.state, row.decided_reason = state, reason
    row.decided_at, row.decided_by_id = work.now, work.actor.person_id
    work.note(f"rights.change_{state}", "person", row.person_id, row.agency_id, change=row.id, kind=row.kind,
              role=row.role, unit=row.unit_id, asked_by=row.asked_by_id, reason=reason)  # fmt: skip


def _locked(work: Work, change_id: int) -> RightsChange:
    row = work.session.scalar(select(RightsChange).where(RightsChange.id == change_id).with_for_update())
    if row is None or row.agency_id != work.actor.agency_id or not work.actor.roles & queries.CONFIRMERS:
        raise NotFound("Không tìm thấy thay đổi quyền này.")
    return row


def set_confirmation(work: Work, needed: bool) -> None:
    """Whether changes of rights wait in this agency. Its leader decides, not the admin who would be watched."""
    if not (work.actor.is_system or work.actor.roles & {"leader", "provincial-admin"}):
        work.require(Verdict(False, "Chỉ lãnh đạo cơ quan được bật, tắt việc xác nhận thay đổi quyền.", "SYS-3.c"))
    agency = work.session.get_one(Agency, work.actor.agency_id)
    agency.policy = {**agency.policy, rules.CONFIRM_RIGHTS: needed}
    work.note("agency.rights_confirmation_set", "agency", agency.id, agency.id, needed=needed)


# --- Reading --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A change with the names in it."""

    change: RightsChange
    person: str
    asked_by: str
    decided_by: str | None
    unit: str | None


def changes(session: Session, agency_id: int, *, waiting: bool, person_id: int | None = None) -> list[Line]:
    """Changes of an agency, or of one person: those that wait, oldest first, or those decided, newest first."""
    asker, decider = aliased(Person), aliased(Person)
    query = (
        select(RightsChange, Person.full_name, asker.full_name, decider.full_name, Unit.name)
        .join(Person, Person.id == RightsChange.person_id)
        .join(asker, asker.id == RightsChange.asked_by_id)
        .outerjoin(decider, decider.id == RightsChange.decided_by_id)
        .outerjoin(Unit, Unit.id == RightsChange.unit_id)
        .where(RightsChange.agency_id == agency_id)
    )
    if person_id is not None:
        query = query.where(RightsChange.person_id == person_id)
    if waiting:
        query = query.where(RightsChange.state == "waiting").order_by(RightsChange.id)
    else:
        query = query.where(RightsChange.state != "waiting").order_by(RightsChange.id.desc())
    return [Line(*row) for row in session.execute(query.limit(MOST))]


def sentence(line: Line) -> str:
    """What would change, in words."""
    role = rules.ROLES.get(line.change.role, line.change.role)
    where = f" tại {line.unit}" if line.unit else " trong toàn cơ quan"
    if line.change.kind == "grant":
        until = f", đến hết ngày {line.change.valid_to:%d/%m/%Y}" if line.change.valid_to else ""
        return f"Giao vai trò {role}{where}{until}"
    if line.change.kind == "revoke":
        return f"Thôi giao vai trò {role}{where}"
    return f"Chuyển sang {line.unit}" if line.unit else "Không còn thuộc đơn vị nào"


def holders(session: Session, agency_id: int, on: date) -> Sequence[Person]:
    """Who may confirm in an agency."""
    query = select(Person).where(Person.id.in_(queries.confirmers(agency_id, on))).order_by(Person.id)
    return by_name(session.scalars(query))
