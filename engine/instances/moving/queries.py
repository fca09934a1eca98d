"""What is shown of cases in flight: on which versions they run, moves ordered so far, the cases of one move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from engine.definitions import queries as definitions
from engine.definitions.models import Definition, Version
from engine.directory.models import Person
from engine.documents.models import Document
from engine.documents.queries import within
from engine.errors import NotFound
from engine.instances.models import Instance, Migration, MigrationCase
from engine.platform import Actor


@dataclass(frozen=True, slots=True)
class Flight:
    """Cases of the agency that run on one version; `current_id` is the version new cases begin on."""

    key: str
    name: str
    version_id: int
    number: int
    own: bool  # the agency's variant
    cases: int
    current_id: int | None
    current_number: int | None


def flights(session: Session, actor: Actor) -> list[Flight]:
    """Every version of which cases of the actor's agency run, by procedure, oldest version first."""
    definitions.require_reader(actor)
    rows = session.execute(
        select(Definition, Version.id, Version.number, func.count())
        .join(Version, Version.definition_id == Definition.id)
        .join(Instance, Instance.version_id == Version.id)
        .where(Instance.agency_id == actor.agency_id, Instance.status == "running")
        .group_by(Definition.id, Version.id, Version.number)
        .order_by(Definition.key, Version.id)
    )
    found = []
    for line, version_id, number, cases in rows:
        current = _current(session, line.key, actor.agency_id or 0)
        found.append(
            Flight(
                line.key, line.name, version_id, number, line.agency_id is not None, cases,
                current.id if current else None, current.number if current else None,
            )
        )  # fmt: skip
    return found


def _current(session: Session, key: str, agency_id: int) -> Version | None:
    try:
        return session.get(Version, definitions.current(session, key, agency_id))
    except NotFound:
        return None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One running case, as its document is known."""

    instance_id: int
    code: str | None
    subject: str | None
    started_at: datetime


def cases(session: Session, actor: Actor, version_id: int, limit: int) -> Sequence[CaseRow]:
    """Running cases of the actor's agency on a version, oldest first."""
    rows = session.execute(
        select(Instance.id, Document.code, Document.subject, Instance.started_at)
        .outerjoin(Document, and_(Document.id == Instance.document_id, within(actor)))
        .where(Instance.agency_id == actor.agency_id, Instance.version_id == version_id, Instance.status == "running")
        .order_by(Instance.id)
        .limit(limit)
    )
    return [CaseRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class MigrationRow:
    """One move that was ordered."""

    migration: Migration
    name: str
    from_number: int
    to_number: int
    ordered_by: str


def migrations(session: Session, actor: Actor, limit: int = 20) -> list[MigrationRow]:
    """The last moves of the actor's agency, newest first."""
    definitions.require_reader(actor)
    rows = session.execute(_migrations(actor).order_by(Migration.id.desc()).limit(limit))
    return [MigrationRow(*row) for row in rows]


def migration(session: Session, actor: Actor, migration_id: int) -> MigrationRow:
    """One move of the actor's agency; NotFound otherwise, NotAllowed without the role."""
    definitions.require_reader(actor)
    row = session.execute(_migrations(actor).where(Migration.id == migration_id)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy đợt chuyển hồ sơ này.")
    return MigrationRow(*row)


def _migrations(actor: Actor) -> Select[Migration, str, int, int, str]:
    old, new = aliased(Version), aliased(Version)
    return (
        select(Migration, Definition.name, old.number, new.number, Person.full_name)
        .join(old, old.id == Migration.from_version_id)
        .join(new, new.id == Migration.to_version_id)
        .join(Definition, Definition.id == new.definition_id)
        .join(Person, Person.id == Migration.created_by_id)
        .where(Migration.agency_id == actor.agency_id)
    )


def progress(session: Session, migration_id: int) -> dict[str, int]:
    """How many cases of a move are waiting, moved, failed, undone."""
    rows = session.execute(
        select(MigrationCase.state, func.count())
        .where(MigrationCase.migration_id == migration_id)
        .group_by(MigrationCase.state)
    )
    return {row[0]: row[1] for row in rows}


def remarks(
    session: Session, actor: Actor, migration_id: int, limit: int = 200
) -> list[tuple[MigrationCase, str | None, str | None]]:
    """Cases of a move that have something to be said about: not moved, or not taken back; with code and subject."""
    rows = session.execute(
        select(MigrationCase, Document.code, Document.subject)
        .join(Instance, Instance.id == MigrationCase.instance_id)
        .outerjoin(Document, and_(Document.id == Instance.document_id, within(actor)))
        .where(MigrationCase.migration_id == migration_id, MigrationCase.sentence != "")
        .order_by(MigrationCase.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]
