"""What is known about agencies, units, people and their roles, at a given moment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, DateTime, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.clock import VIETNAM
from engine.directory import calendars
from engine.directory.models import Agency, AgencyCode, AgencySuccessor, Person, Post, RoleGrant, StandIn, Unit
from engine.directory.names import by_name, name_order
from engine.directory.rules import CONFIRM_RIGHTS
from engine.errors import NotAllowed, NotFound
from engine.platform import Actor

office_calendar = calendars.office_calendar


def valid_on(model: Any, day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Condition: a row with `valid_from`/`valid_to` counts on this day (both ends included)."""
    return and_(model.valid_from <= day, or_(model.valid_to.is_(None), model.valid_to >= day))


def today(now: datetime) -> date:
    """The date in Viet Nam at a moment."""
    return now.astimezone(VIETNAM).date()


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may work: the person, the agency, and the actor commands run as."""

    person: Person
    agency: Agency
    actor: Actor


def actor_of(session: Session, person_id: int, now: datetime) -> Actor:
    """The person as an actor: roles, groups, units, stood-in people; NotFound, or NotAllowed when deactivated."""
    return member(session, person_id, now).actor


def member(session: Session, person_id: int, now: datetime) -> Member:
    """A person as of this moment, read in one statement since every request asks; NotFound, NotAllowed as actor_of."""
    row = session.execute(_MEMBER, {"person": person_id, "now": now, "today": today(now)}).first()
    if row is None:
        raise NotFound("Không tìm thấy người dùng này.")
    person, agency, absent, granted, all_units, limits = row
    if not person.active or closed(person, now):
        raise NotAllowed("Tài khoản này đã ngừng hoạt động.")
    grants = [Grant(*each) for each in granted or ()]
    own = [grant for grant in grants if grant.person_id == person_id]
    others = [grant for grant in grants if grant.person_id != person_id]
    actor = Actor(
        person_id, person.agency_id, person.full_name, frozenset(g.role for g in own),
        groups=frozenset(_groups(own, all_units) | {f"person:{person_id}"}),
        unit_ids=frozenset(unit for unit in (person.unit_id, *(g.unit_id for g in own)) if unit is not None),
        standing_in_for=frozenset(absent),
        stand_in_groups=frozenset(_groups(others, all_units) | {f"person:{each}" for each in absent}),
        stand_in_limits=frozenset((absent_id, kind) for absent_id, kinds in limits or () for kind in kinds),
    )  # fmt: skip
    return Member(person, agency, actor)


def closed(person: Person, now: datetime) -> bool:
    """Whether the day has come from which somebody who handed over their work doesn't sign in any more."""
    return person.closes_on is not None and person.closes_on <= today(now)


class Grant(NamedTuple):
    """A role somebody holds in a unit or (None) in the whole agency."""

    person_id: int
    role: str
    unit_id: int | None


def _member() -> Select[Any]:
    """Person and agency; for whom the person stands in; what all of them may in this agency; the agency's units."""
    now, day, absent = bindparam("now", type_=DateTime(timezone=True)), bindparam("today", type_=Date), aliased(Person)
    standing = (
        StandIn.person_id == absent.id, StandIn.stand_in_id == Person.id, StandIn.valid_from <= now,
        StandIn.valid_to > now, StandIn.revoked_at.is_(None), absent.active, absent.agency_id == Person.agency_id,
    )  # fmt: skip
    everything = func.jsonb_array_length(StandIn.kinds) == 0
    absent_ids = func.array(select(StandIn.person_id).where(*standing, everything).correlate(Person).scalar_subquery())
    pairs = select(func.jsonb_agg(func.jsonb_build_array(StandIn.person_id, StandIn.kinds)))
    limits = pairs.where(*standing, ~everything).correlate(Person).scalar_subquery()
    grant = func.jsonb_build_array(RoleGrant.person_id, RoleGrant.role, RoleGrant.unit_id)
    grants = select(func.jsonb_agg(grant)).where(
        RoleGrant.person_id == func.any(func.array_append(absent_ids, Person.id)),
        RoleGrant.agency_id == Person.agency_id, valid_on(RoleGrant, day),
    ).correlate(Person)  # fmt: skip
    of_agency = select(Unit.id).where(Unit.agency_id == Person.agency_id, valid_on(Unit, day)).correlate(Person)
    lists = (absent_ids, grants.scalar_subquery(), func.array(of_agency.scalar_subquery()), limits)
    return (
        select(Person, Agency, *lists)
        .join(Agency, Agency.id == Person.agency_id)
        .where(Person.id == bindparam("person"))
    )  # fmt: skip


_MEMBER = _member()


def _groups(grants: Sequence[Grant], all_units: Sequence[int]) -> set[str]:
    """`role` and `role@unit`; a role held in the whole agency is held in each of its units."""
    groups = set()
    for grant in grants:
        groups.add(grant.role)
        groups.update(f"{grant.role}@{unit}" for unit in (all_units if grant.unit_id is None else [grant.unit_id]))
    return groups


def person(session: Session, agency_id: int | None, person_id: int) -> Person:
    """A person of this agency (None: of any); NotFound otherwise."""
    found = session.get(Person, person_id)
    if found is None or (agency_id is not None and found.agency_id != agency_id):
        raise NotFound("Không tìm thấy người dùng này.")
    return found


def unit(session: Session, agency_id: int | None, unit_id: int) -> Unit:
    """A unit of this agency (None: of any); NotFound otherwise."""
    found = session.get(Unit, unit_id)
    if found is None or (agency_id is not None and found.agency_id != agency_id):
        raise NotFound("Không tìm thấy đơn vị này.")
    return found


def units_of_people(session: Session, agency_id: int, people: Collection[int]) -> dict[int, int | None]:
    """Each person's unit, in one statement; NotFound when one of them isn't of the agency."""
    rows = select(Person.id, Person.unit_id).where(Person.id.in_(people), Person.agency_id == agency_id)
    found = {row[0]: row[1] for row in session.execute(rows)} if people else {}
    if len(found) < len(set(people)):
        raise NotFound("Không tìm thấy người dùng này.")
    return found


def require_units(session: Session, agency_id: int, units: Collection[int]) -> None:
    """NotFound when one of these units isn't of the agency; one statement."""
    rows = select(func.count()).select_from(Unit).where(Unit.id.in_(units), Unit.agency_id == agency_id)
    if units and session.scalar(rows) != len(set(units)):
        raise NotFound("Không tìm thấy đơn vị này.")


def agency(session: Session, agency_id: int) -> Agency:
    """An agency by id; NotFound otherwise."""
    found = session.get(Agency, agency_id)
    if found is None:
        raise NotFound("Không tìm thấy cơ quan này.")
    return found


def people_with(
    session: Session, agency_id: int, role: str | None = None, unit_id: int | None = None, *, on: date | None = None
) -> Sequence[Person]:
    """Active people of an agency, of one unit and with one role if given; by rank of post, then name."""
    query = select(Person, Post.rank).outerjoin(Post, Post.id == Person.post_id)
    query = query.where(Person.agency_id == agency_id, Person.active)
    if role is not None:
        held = select(RoleGrant.person_id).where(RoleGrant.agency_id == agency_id, RoleGrant.role == role)
        held = held.where(RoleGrant.valid_to.is_(None) if on is None else valid_on(RoleGrant, on))
        if unit_id is not None:
            held = held.where(or_(RoleGrant.unit_id == unit_id, RoleGrant.unit_id.is_(None)))
        query = query.where(Person.id.in_(held))
    elif unit_id is not None:
        query = query.where(Person.unit_id == unit_id)
    ranked = [(person, rank) for person, rank in session.execute(query.order_by(Person.id))]
    ranked.sort(key=lambda each: (each[1] is None, each[1] or 0, name_order(each[0].full_name)))
    return [person for person, _rank in ranked]


def people(session: Session, agency_id: int, *, active_only: bool = False) -> Sequence[Person]:
    """Everybody of an agency, for its admin; by name."""
    query = select(Person).where(Person.agency_id == agency_id)
    if active_only:
        query = query.where(Person.active)
    return by_name(session.scalars(query.order_by(Person.id)))


def people_at_work(session: Session, agency_id: int) -> Sequence[Person]:
    """Whoever can be given work: active, and not handing over to leave; by name."""
    return [each for each in people(session, agency_id, active_only=True) if each.closes_on is None]


CONFIRMERS = frozenset({"leader", "agency-admin"})
"""Roles whose holders confirm changes of rights asked for by somebody else (SYS-3.c)."""


def confirmers(agency_id: int, on: date) -> Select[Any]:
    """Select of the people who may confirm changes of rights in an agency."""
    query = select(RoleGrant.person_id).join(Person, Person.id == RoleGrant.person_id)
    return query.where(
        RoleGrant.agency_id == agency_id, RoleGrant.role.in_(CONFIRMERS), valid_on(RoleGrant, on), Person.active
    )


def awaits_confirmation(session: Session, actor: Actor, person: Person, now: datetime) -> bool:
    """Whether a change of this person's rights has to wait: an admin's doing, where somebody else can confirm it."""
    if actor.is_system or "provincial-admin" in actor.roles:
        return False
    if agency(session, person.agency_id).policy.get(CONFIRM_RIGHTS, True) is False:
        return False
    others = confirmers(person.agency_id, today(now)).where(RoleGrant.person_id.not_in([actor.person_id, person.id]))
    return session.scalar(others.limit(1)) is not None


def roles_of(session: Session, person_id: int, on: date | None = None) -> Sequence[RoleGrant]:
    """Role grants of a person: all ever given, or those that count on a day."""
    query = select(RoleGrant).where(RoleGrant.person_id == person_id)
    if on is not None:
        query = query.where(valid_on(RoleGrant, on))
    return session.scalars(query.order_by(RoleGrant.role, RoleGrant.id)).all()


def stand_ins(session: Session, agency_id: int, now: datetime | None = None) -> Sequence[StandIn]:
    """Stand-ins of an agency: all, or (given a moment) those not over or revoked; newest first."""
    query = select(StandIn).where(StandIn.agency_id == agency_id)
    if now is not None:
        query = query.where(StandIn.valid_to > now, StandIn.revoked_at.is_(None))
    return session.scalars(query.order_by(StandIn.valid_from.desc(), StandIn.id.desc())).all()


def units(session: Session, agency_id: int, on: date | None = None) -> Sequence[Unit]:
    """Units of an agency: all ever, or those of a day; by name."""
    query = select(Unit).where(Unit.agency_id == agency_id)
    if on is not None:
        query = query.where(valid_on(Unit, on))
    return session.scalars(query.order_by(Unit.name, Unit.id)).all()


def posts(session: Session, agency_id: int) -> Sequence[Post]:
    """Posts of an agency, highest first."""
    return session.scalars(select(Post).where(Post.agency_id == agency_id).order_by(Post.rank, Post.name)).all()


def agencies(session: Session, on: date | None = None, *, on_platform: bool | None = None) -> Sequence[Agency]:
    """Agencies: all ever known, or those of a day; `on_platform` keeps members (True) or correspondents (False)."""
    query = select(Agency)
    if on is not None:
        query = query.where(valid_on(Agency, on))
    if on_platform is not None:
        query = query.where(Agency.on_platform.is_(on_platform))
    return session.scalars(query.order_by(Agency.name, Agency.id)).all()


def agency_by_code(session: Session, code: str, on: date | None = None) -> Agency | None:
    """The agency that bears a code (on a day: valid then); the newest bearer when a code was handed on."""
    query = select(Agency).join(AgencyCode, AgencyCode.agency_id == Agency.id).where(AgencyCode.code == code.strip())
    if on is not None:
        query = query.where(valid_on(AgencyCode, on))
    return session.scalars(query.order_by(AgencyCode.valid_from.desc(), AgencyCode.id.desc()).limit(1)).first()


def codes_of(session: Session, agency_id: int, on: date | None = None) -> Sequence[AgencyCode]:
    """Codes of an agency, both generations, newest first."""
    query = select(AgencyCode).where(AgencyCode.agency_id == agency_id)
    if on is not None:
        query = query.where(valid_on(AgencyCode, on))
    return session.scalars(query.order_by(AgencyCode.valid_from.desc(), AgencyCode.id.desc())).all()


def code_for(session: Session, agency_id: int, on: date, scheme: str = "QCVN2016") -> str | None:
    """The code an agency signs messages with on a day: of this scheme if it has one, else of any."""
    found = codes_of(session, agency_id, on)
    preferred = [c.code for c in found if c.scheme == scheme] or [c.code for c in found]
    return preferred[0] if preferred else None


@dataclass(frozen=True, slots=True)
class Successor:
    """Who took over an agency's work, and since when."""

    agency: Agency
    since: date


def successors(session: Session, agency_id: int) -> Sequence[Successor]:
    """Agencies that took over this one's work, oldest first."""
    rows = (
        select(Agency, AgencySuccessor.since)
        .join(AgencySuccessor, AgencySuccessor.new_id == Agency.id)
        .where(AgencySuccessor.old_id == agency_id)
        .order_by(AgencySuccessor.since)
    )
    return [Successor(found, since) for found, since in session.execute(rows)]
