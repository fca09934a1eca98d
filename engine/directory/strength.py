"""How many people stand behind a candidate group of an agency today."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.directory.models import Person, RoleGrant, StandIn
from engine.directory.queries import today, units, valid_on

NOBODY_SUCH = -1


class Strength:
    """The active people of an agency by group, read once; a stand-in counts beside the person stood in for."""

    def __init__(self, session: Session, agency_id: int, now: datetime) -> None:
        people = session.execute(select(Person.id, Person.active).where(Person.agency_id == agency_id))
        self._active = {row.id: row.active for row in people}
        self._units = {unit.id for unit in units(session, agency_id, on=today(now))}
        self._stand_ins: dict[int, set[int]] = defaultdict(set)
        for row in session.scalars(
            select(StandIn).where(
                StandIn.agency_id == agency_id, StandIn.valid_from <= now, StandIn.valid_to > now,
                StandIn.revoked_at.is_(None),
            )
        ):  # fmt: skip
            self._stand_ins[row.person_id].add(row.stand_in_id)
        self._holders: dict[str, set[int]] = defaultdict(set)
        granted = select(RoleGrant).where(RoleGrant.agency_id == agency_id, valid_on(RoleGrant, today(now)))
        for grant in session.scalars(granted):
            self._holders[grant.role].add(grant.person_id)
            for unit in self._units if grant.unit_id is None else {grant.unit_id}:
                self._holders[f"{grant.role}@{unit}"].add(grant.person_id)

    def count(self, group: str) -> int:
        """Active people of `role`, `role@unit` or `person:id`; -1 when there is no such unit or person."""
        role, _, unit = group.partition("@")
        if unit and (not unit.isdigit() or int(unit) not in self._units):
            return NOBODY_SUCH
        kind, _, person = group.partition(":")
        if kind == "person":
            return self._count({int(person)}) if person.isdigit() and int(person) in self._active else NOBODY_SUCH
        return self._count(self._holders.get(f"{role}@{unit}" if unit else role, set()))

    def _count(self, holders: set[int]) -> int:
        active = {each for each in holders if self._active.get(each)}
        standing_in = {stand_in for each in active for stand_in in self._stand_ins.get(each, ())}
        return len(active | {each for each in standing_in if self._active.get(each)})
