"""Which version of a procedure is in force for an agency, and the parsed form of a version."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, or_, select
from sqlalchemy.orm import Session

from engine.bpmn import decisions as dmn
from engine.bpmn import procedure as bpmn
from engine.definitions.models import Definition, Version
from engine.definitions.rules import may_read
from engine.definitions.shipped import Bundle
from engine.errors import NotAllowed, NotFound
from engine.forms import reading as forms
from engine.forms.form import Form
from engine.platform import Actor


@dataclass(frozen=True, slots=True)
class Ready:
    """A version parsed and ready to run: made once per process, since a version never changes."""

    version_id: int
    key: str
    name: str
    procedure: bpmn.Procedure
    forms: Mapping[str, Any]
    read_forms: Mapping[str, Form]
    decisions: Mapping[str, dmn.DecisionTable]
    diagram: bytes


_KEPT = 200
_ready: OrderedDict[tuple[int, str], Ready] = OrderedDict()
_places: WeakKeyDictionary[Engine, str] = WeakKeyDictionary()
_lock = threading.Lock()


def current(session: Session, key: str, agency_id: int | None) -> int:
    """The id of the version in force: the agency's own variant if it published one, else the shipped one; NotFound if
    neither.
    """
    found = session.execute(_CURRENT, {"key": key, "agency": agency_id}).scalar()
    if found is None:
        raise NotFound(f"Cơ quan chưa có quy trình “{key}” đang áp dụng.")
    return int(found)


_CURRENT = (
    select(Version.id)
    .join(Definition, Definition.id == Version.definition_id)
    .where(
        Definition.key == bindparam("key"),
        Version.state == "published",
        or_(Definition.agency_id == bindparam("agency"), Definition.agency_id.is_(None)),
    )
    .order_by(Definition.agency_id.asc().nulls_last())
    .limit(1)
)


def ready(session: Session, version_id: int) -> Ready:
    """The parsed version; read from the database only when this process sees it for the first time."""
    engine = session.get_bind().engine
    with _lock:
        # the database's own identity belongs to the key: one process may serve several databases (tests do)
        place = _places.get(engine)
        if place is None:  # spelling the address out takes longer than all the rest
            place = _places[engine] = str(engine.url)
        if (known := _ready.get((version_id, place))) is not None:
            _ready.move_to_end((version_id, place))
            return known
    row = session.execute(
        select(Version, Definition.key, Definition.name)
        .join(Definition, Definition.id == Version.definition_id)
        .where(Version.id == version_id)
    ).one_or_none()
    if row is None:
        raise NotFound("Không có phiên bản quy trình này.")
    made = parse(row[0], row[1], row[2])
    with _lock:
        _ready[(version_id, place)] = made
        while len(_ready) > _KEPT:
            _ready.popitem(last=False)
    return made


def parse(version: Version, key: str, name: str) -> Ready:
    """Parse diagram, forms and tables of a version; DefinitionError with findings when one can't be run."""
    tables: dict[str, dmn.DecisionTable] = {}
    for text in version.decisions.values():
        tables.update(dmn.read_decisions(text.encode()))
    read = {
        form_key: forms.read_form(json.dumps(schema, ensure_ascii=False).encode())
        for form_key, schema in version.forms.items()
    }
    return Ready(version.id, key, name, bpmn.compile(version.diagram), version.forms, read, tables, version.diagram)


@dataclass(frozen=True, slots=True)
class InForce:
    """A procedure as an agency carries it out."""

    key: str
    name: str
    version_id: int
    number: int
    own: bool


def in_force(session: Session, agency_id: int | None) -> list[InForce]:
    """What new cases of an agency begin on, by name; no secret of analysts: everybody there works by it."""
    rows = session.execute(
        select(Definition.key, Definition.name, Version.id, Version.number, Definition.agency_id)
        .join(Version, Version.definition_id == Definition.id)
        .where(Version.state == "published", or_(Definition.agency_id == agency_id, Definition.agency_id.is_(None)))
        .order_by(Definition.key, Definition.agency_id.asc().nulls_last())
    )
    found: dict[str, InForce] = {}
    for key, name, version_id, number, owner in rows:
        found.setdefault(key, InForce(key, name, version_id, number, owner is not None))
    return sorted(found.values(), key=lambda each: each.name)


def versions(session: Session, key: str, agency_id: int | None) -> Sequence[Version]:
    """All versions of one definition, newest first."""
    return session.scalars(
        select(Version)
        .join(Definition, Definition.id == Version.definition_id)
        .where(
            Definition.key == key,
            Definition.agency_id.is_(None) if agency_id is None else Definition.agency_id == agency_id,
        )
        .order_by(Version.number.desc())
    ).all()


def version(session: Session, actor: Actor, version_id: int, *, lock: bool = False) -> tuple[Version, Definition]:
    """A version an analyst or admin may read, with its definition; `lock` keeps others from changing it meanwhile.

    NotAllowed without the role, NotFound when there is none or it is another agency's.
    """
    require_reader(actor)
    found = session.get(Version, version_id, with_for_update=lock)
    definition = session.get_one(Definition, found.definition_id) if found is not None else None
    if found is None or definition is None or not may_read(actor, definition.agency_id):
        raise NotFound("Không có phiên bản quy trình này.")
    return found, definition


def require_reader(actor: Actor) -> None:
    """NotAllowed unless the person may read procedures at all."""
    verdict = may_read(actor, None)
    if not verdict:
        raise NotAllowed(verdict.reason)


def content(version: Version, key: str, name: str) -> Bundle:
    """Everything a version is made of, as a bundle."""
    return Bundle(key, name, version.diagram, version.forms, version.decisions, version.scenarios)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of versions as an analyst sees it: the shipped procedure or the own agency's variant of it."""

    definition: Definition
    published: Version | None
    drafts: tuple[Version, ...]


def overview(session: Session, actor: Actor) -> list[Line]:
    """Every shipped procedure and every variant of the actor's own agency, by key; NotAllowed without the role."""
    require_reader(actor)
    lines = session.scalars(
        select(Definition)
        .where(or_(Definition.agency_id.is_(None), Definition.agency_id == actor.agency_id))
        .order_by(Definition.key, Definition.agency_id.nulls_first())
    ).all()
    alive = session.scalars(
        select(Version)
        .where(Version.definition_id.in_([line.id for line in lines]), Version.state.in_(("published", "draft")))
        .order_by(Version.number.desc())
    ).all()
    return [
        Line(
            line,
            next((each for each in alive if each.definition_id == line.id and each.state == "published"), None),
            tuple(each for each in alive if each.definition_id == line.id and each.state == "draft"),
        )
        for line in lines
    ]
