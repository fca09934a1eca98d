"""Whose work a report may count: the agency's, one's units', one's own; over agencies only without content."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select

from engine.directory.models import Person
from engine.documents.models import Assignment, Document
from engine.errors import NotAllowed
from engine.platform import ALLOWED, Actor, Verdict

AGENCY_WIDE = frozenset({"clerk", "leader"})
HEAD = "unit-head"


@dataclass(frozen=True, slots=True)
class Scope:
    """One agency, or (both None) some units of it, or one person."""

    agency_id: int
    unit_ids: frozenset[int] | None = None
    person_id: int | None = None

    @property
    def level(self) -> str:
        """`agency`, `units` or `person`."""
        if self.person_id is not None:
            return "person"
        return "agency" if self.unit_ids is None else "units"


def scope_of(actor: Actor) -> Scope:
    """What a report counts for this actor; NotAllowed for one without an agency.

    Clerks, leaders (and who stands in for one) and agency admins: the agency. Heads: their units. Others: themselves.
    """
    if actor.agency_id is None or actor.person_id is None:
        raise NotAllowed("Báo cáo lập cho người của một cơ quan.")
    groups = actor.groups | actor.stand_in_groups
    if (actor.roles | actor.stand_in_groups) & AGENCY_WIDE or "agency-admin" in actor.roles:
        return Scope(actor.agency_id)
    heads = {int(group.partition("@")[2]) for group in groups if group.startswith(f"{HEAD}@")}
    if heads:
        return Scope(actor.agency_id, frozenset(heads))
    return Scope(actor.agency_id, None, actor.person_id)


def may_compare_agencies(actor: Actor) -> Verdict:
    """Figures of every agency side by side, without content: the province's admin (LA-11.3, QD28-11)."""
    if "provincial-admin" in actor.roles:
        return ALLOWED
    return Verdict(False, "Chỉ quản trị cấp tỉnh xem được số liệu của nhiều cơ quan.", "LA-11.3")


def may_publish(actor: Actor) -> Verdict:
    """The figures meant for the public: who may see the whole agency's, or all agencies' (LA-11.2)."""
    if may_compare_agencies(actor) or scope_of(actor).level == "agency":
        return ALLOWED
    return Verdict(False, "Số liệu công bố do văn thư, lãnh đạo hoặc quản trị của cơ quan lập.", "LA-11.2")


def people_of(unit_ids: frozenset[int]) -> ColumnElement[bool]:
    """Condition on Person: belongs to one of the units."""
    return Person.unit_id.in_(sorted(unit_ids))


def incoming(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """Conditions on Document: incoming ones somebody of the scope was given."""
    if scope.level == "agency":
        return (Document.agency_id == scope.agency_id,)
    if scope.unit_ids is not None:
        people = select(Person.id).where(people_of(scope.unit_ids))
        whose: ColumnElement[bool] = or_(
            Assignment.unit_id.in_(sorted(scope.unit_ids)), Assignment.person_id.in_(people)
        )
    else:
        whose = Assignment.person_id == scope.person_id
    given = select(Assignment.document_id).where(whose)
    return (Document.agency_id == scope.agency_id, Document.id.in_(given))


def outgoing(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """Conditions on Document: outgoing ones somebody of the scope drafted."""
    own = Document.agency_id == scope.agency_id
    if scope.level == "agency":
        return (own,)
    if scope.unit_ids is not None:
        return (own, Document.unit_id.in_(sorted(scope.unit_ids)))
    return (own, Document.drafter_id == scope.person_id)
