"""What the list of procedures shows: one row per procedure, with what is in force and what is being drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.definitions import adapting, queries
from engine.definitions.models import Version
from engine.definitions.queries import Line
from engine.definitions.rules import may_change
from engine.directory.models import Person
from engine.platform import Actor


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as the list names it."""

    id: int
    number: int
    edition: int
    by: str
    at: datetime | None
    reason: str
    own: bool
    may_change: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One procedure: what the agency's cases run on, where that comes from, and the drafts."""

    key: str
    name: str
    shipped: Version | None
    variant: Version | None
    drafts: tuple[Draft, ...]
    base_moved_on: bool  # the shipped version is later than the one the variant in force was made from

    @property
    def in_force(self) -> Version | None:
        """The version new cases of the agency begin with."""
        return self.variant or self.shipped


def rows(session: Session, actor: Actor) -> list[Row]:
    """Return the procedures in order, a variant together with its shipped one; NotAllowed without a role."""
    grouped: dict[str, list[Line]] = {}
    for line in queries.overview(session, actor):
        grouped.setdefault(line.definition.key, []).append(line)
    drafts = [draft for lines in grouped.values() for line in lines for draft in line.drafts]
    names = _names(session, {draft.changed_by_id for draft in drafts if draft.changed_by_id})
    return [
        _row(session, actor, key, lines, names)
        for key, lines in sorted(grouped.items(), key=lambda each: _order(each[1]))
    ]


def _order(lines: list[Line]) -> tuple[bool, str]:
    """Procedures in force first, by name."""
    return not any(line.published for line in lines), lines[0].definition.name


def _row(session: Session, actor: Actor, key: str, lines: list[Line], names: dict[int, str]) -> Row:
    shipped = next((line for line in lines if line.definition.agency_id is None), None)
    own = next((line for line in lines if line.definition.agency_id is not None), None)
    drafts = tuple(
        Draft(
            each.id, each.number, each.edition, names.get(each.changed_by_id or 0, ""), each.changed_at, each.reason,
            line.definition.agency_id is not None, bool(may_change(actor, line.definition.agency_id)),
        )
        for line in lines
        for each in line.drafts
    )  # fmt: skip
    name = (own or shipped or lines[0]).definition.name
    variant = own.published if own else None
    moved_on = variant is not None and adapting.moved_on(session, variant) is not None
    return Row(key, name, shipped.published if shipped else None, variant, drafts, moved_on)


def _names(session: Session, ids: set[int]) -> dict[int, str]:
    found = session.execute(select(Person.id, Person.full_name).where(Person.id.in_(ids)))
    return {row[0]: row[1] for row in found}
