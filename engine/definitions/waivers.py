"""Rules of law set aside for a procedure: by a provincial admin, with a reason, never without a trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from engine.bpmn.checks import law
from engine.clock import VIETNAM
from engine.definitions.models import Definition, Waiver
from engine.definitions.rules import ANALYSTS
from engine.directory.models import Agency, Person
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.platform import ALLOWED, Actor, Verdict, Work

LONGEST_REASON = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """One waiver as people read it; `agency` is empty where it holds everywhere."""

    waiver: Waiver
    procedure: str
    agency: str
    granted_by: str
    revoked_by: str

    @property
    def in_force(self) -> bool:
        """Whether it hasn't been revoked."""
        return self.waiver.revoked_at is None


def may_waive(actor: Actor) -> Verdict:
    """Only a provincial admin may set a rule of law aside, as a person who answers for it."""
    if actor.person_id is not None and "provincial-admin" in actor.roles:
        return ALLOWED
    return Verdict(False, "Chỉ quản trị tỉnh được miễn áp dụng quy tắc pháp lý.")


def grant(work: Work, rule: str, key: str, agency_id: int | None, reason: str) -> Waiver:
    """Set a rule aside for a procedure, in one agency or (None) in all.

    NotAllowed unless a provincial admin asks; InvalidInput for a rule, procedure or agency that doesn't exist and
    for a missing reason; Conflict when it is set aside already.
    """
    work.require(may_waive(work.actor))
    reason = " ".join(reason.split())
    problems = dict(_problems(work.session, rule, key, agency_id, reason))
    if problems:
        raise InvalidInput("Chưa miễn áp dụng được: " + " ".join(problems.values()), problems)
    work.session.execute(select(Definition.id).where(Definition.key == key).with_for_update())  # one at a time
    standing = _standing(work.session, rule, key, agency_id)
    if standing is not None:
        who = work.session.get_one(Person, standing.granted_by_id).full_name
        raise Conflict(f"Quy tắc này đã được {who} miễn áp dụng cho quy trình từ ngày {_day(standing)}.")
    assert work.actor.person_id is not None
    waiver = Waiver(
        rule=rule, key=key, agency_id=agency_id, reason=reason, granted_at=work.now,
        granted_by_id=work.actor.person_id,
    )  # fmt: skip
    work.session.add(waiver)
    work.session.flush()
    work.note("waiver.granted", "waiver", waiver.id, agency_id=agency_id, rule=rule, key=key, reason=reason)
    return waiver


def revoke(work: Work, waiver_id: int) -> Waiver:
    """Let a rule apply again; the waiver stays as history. NotFound, NotAllowed; Conflict when already revoked."""
    found = work.session.scalar(
        select(Waiver).where(Waiver.id == waiver_id, _visible(work.actor)).with_for_update(of=Waiver)
    )
    if found is None or not may_read(work.actor):
        raise NotFound("Không có lần miễn áp dụng này.")
    work.require(may_waive(work.actor))
    if found.revoked_at is not None:
        raise Conflict("Lần miễn áp dụng này đã được thu hồi.")
    found.revoked_at, found.revoked_by_id = work.now, work.actor.person_id
    work.note(
        "waiver.revoked", "waiver", found.id, agency_id=found.agency_id, rule=found.rule, key=found.key,
    )  # fmt: skip
    return found


def in_force(session: Session, key: str, agency_id: int | None) -> frozenset[str]:
    """Ids of the rules that don't apply to a procedure in an agency; None: in the shipped line."""
    return frozenset(told(session, key, agency_id))


def told(session: Session, key: str, agency_id: int | None) -> dict[str, str]:
    """The same with a sentence each: since when, by whom, why; what the agency alone has goes before the rest."""
    places = Waiver.agency_id.is_(None) if agency_id is None else _holds_in(agency_id)
    rows = session.execute(
        select(Waiver, Person.full_name)
        .join(Person, Person.id == Waiver.granted_by_id)
        .where(Waiver.key == key, Waiver.revoked_at.is_(None), places)
        .order_by(Waiver.agency_id.asc().nulls_first(), Waiver.id)
    )
    return {
        waiver.rule: f"Được miễn áp dụng từ ngày {_day(waiver)} theo quyết định của {who}; {_why(waiver)}"
        for waiver, who in rows
    }


def may_read(actor: Actor) -> Verdict:
    """Analysts and admins may know which rules are set aside."""
    return Verdict(bool(actor.roles & ANALYSTS), "Chỉ người thiết kế quy trình và quản trị được xem phần này.")


def overview(session: Session, actor: Actor) -> Sequence[Row]:
    """Waivers that concern the actor, in force first, the latest first: everywhere's and the own agency's; all of
    them for a provincial admin. NotAllowed for anybody else.
    """
    allowed = may_read(actor)
    if not allowed:
        raise NotAllowed(allowed.reason)
    granter, revoker = aliased(Person), aliased(Person)
    rows = session.execute(
        select(Waiver, Agency.name, granter.full_name, revoker.full_name)
        .outerjoin(Agency, Agency.id == Waiver.agency_id)
        .join(granter, granter.id == Waiver.granted_by_id)
        .outerjoin(revoker, revoker.id == Waiver.revoked_by_id)
        .where(_visible(actor))
        .order_by(Waiver.revoked_at.is_not(None), Waiver.id.desc())
    ).all()
    names = procedures(session)
    return [
        Row(waiver, names.get(waiver.key, waiver.key), agency or "", by, back or "")
        for waiver, agency, by, back in rows
    ]


def procedures(session: Session) -> dict[str, str]:
    """Names of all procedures by key; the shipped line's where several have it."""
    chosen = select(Definition.key, Definition.name).order_by(Definition.agency_id.asc().nulls_last())
    names: dict[str, str] = {}
    for key, name in session.execute(chosen):
        names[key] = name
    return names


def _holds_in(agency_id: int) -> ColumnElement[bool]:
    return or_(Waiver.agency_id.is_(None), Waiver.agency_id == agency_id)


def _visible(actor: Actor) -> ColumnElement[bool]:
    if "provincial-admin" in actor.roles:
        return Waiver.id.is_not(None)
    return _holds_in(actor.agency_id or 0)


def _problems(session: Session, rule: str, key: str, agency_id: int | None, reason: str) -> Sequence[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if rule not in {each.id for each in law.catalogue()}:
        found.append(("rule", "Chọn một quy tắc trong danh mục."))
    if key not in procedures(session):
        found.append(("key", "Chọn một quy trình đang có."))
    if agency_id is not None and session.get(Agency, agency_id) is None:
        found.append(("agency_id", "Chọn một cơ quan đang có, hoặc mọi cơ quan."))
    if not reason:
        found.append(("reason", "Ghi lý do miễn áp dụng."))
    elif len(reason) > LONGEST_REASON:
        found.append(("reason", f"Lý do dài quá {LONGEST_REASON} ký tự."))
    return found


def _standing(session: Session, rule: str, key: str, agency_id: int | None) -> Waiver | None:
    same = Waiver.agency_id.is_(None) if agency_id is None else _holds_in(agency_id)
    return session.scalar(
        select(Waiver).where(Waiver.rule == rule, Waiver.key == key, Waiver.revoked_at.is_(None), same).limit(1)
    )


def _why(waiver: Waiver) -> str:
    return f"lý do: {waiver.reason}" + ("" if waiver.reason.endswith((".", "…")) else ".")


def _day(waiver: Waiver) -> str:
    return f"{waiver.granted_at.astimezone(VIETNAM):%d/%m/%Y}"
