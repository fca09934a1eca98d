"""Load shipped procedures, keep drafts, publish and retire versions."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from engine.bpmn import checks
from engine.definitions import queries
from engine.definitions.models import Definition, Version
from engine.definitions.rules import catalog_of, may_change, sound
from engine.definitions.shipped import PROCESSES, Bundle, read_all
from engine.errors import Conflict, DefinitionError, NotFound
from engine.platform import Work


def load_shipped(work: Work, processes: Path = PROCESSES) -> list[str]:
    """Publish every shipped procedure whose content is new; the keys that changed. DefinitionError when one doesn't
    pass its checks.
    """
    changed = []
    for bundle in read_all(processes):
        definition = _definition(work, bundle.key, None, bundle.name)
        last = _published(work, definition.id)
        if last is not None and last.content_hash == bundle.content_hash:
            continue
        version = _add_version(
            work, definition, bundle, based_on_id=last.id if last else None, reason="Bản kèm theo phần mềm"
        )
        publish(work, version.id)
        changed.append(bundle.key)
    return changed


def save_draft(work: Work, bundle: Bundle, agency_id: int | None, based_on_id: int | None, reason: str = "") -> Version:
    """Keep a draft of the shipped procedure (agency None) or of an agency's variant; `based_on_id` says what it was
    made from.
    """
    work.require(may_change(work.actor, agency_id))
    if based_on_id is not None and work.session.get(Version, based_on_id) is None:
        raise NotFound("Không có phiên bản gốc để dựa theo.")
    definition = _definition(work, bundle.key, agency_id, bundle.name)
    version = _add_version(work, definition, bundle, based_on_id, reason)
    work.note("version.drafted", "version", version.id, key=bundle.key, number=version.number)
    return version


def publish(work: Work, version_id: int) -> Version:
    """Put a draft in force; the version in force before is retired, running instances stay on theirs.

    DefinitionError lists everything wrong with it; Conflict when it isn't a draft any more.
    """
    version = work.session.get(Version, version_id, with_for_update=True)
    if version is None:
        raise NotFound("Không có phiên bản quy trình này.")
    definition = work.session.get_one(Definition, version.definition_id)
    work.require(may_change(work.actor, definition.agency_id))
    if version.state != "draft":
        raise Conflict(f"Phiên bản {version.number} không còn là bản nháp nên không ban hành lại được.")
    findings = [f for f in checks.check(version.diagram, catalog_of(work.catalog, version)) if f.severity == "error"]
    findings += sound(version)
    if findings:
        raise DefinitionError(findings)
    queries.parse(version, definition.key, definition.name)
    before = _published(work, definition.id)
    if before is not None:
        before.state = "retired"
        work.session.flush()
    version.state = "published"
    version.published_at = work.now
    version.published_by_id = work.actor.person_id
    work.note(
        "version.published", "version", version.id, key=definition.key, number=version.number, hash=version.content_hash
    )
    return version


def _definition(work: Work, key: str, agency_id: int | None, name: str) -> Definition:
    same_agency = Definition.agency_id.is_(None) if agency_id is None else Definition.agency_id == agency_id
    definition = work.session.scalar(select(Definition).where(Definition.key == key, same_agency))
    if definition is None:
        definition = Definition(key=key, agency_id=agency_id, name=name)
        work.session.add(definition)
        work.session.flush()
    return definition


def _published(work: Work, definition_id: int) -> Version | None:
    return work.session.scalar(
        select(Version).where(Version.definition_id == definition_id, Version.state == "published").with_for_update()
    )


def _add_version(work: Work, definition: Definition, bundle: Bundle, based_on_id: int | None, reason: str) -> Version:
    number = work.session.scalar(
        select(func.coalesce(func.max(Version.number), 0)).where(Version.definition_id == definition.id)
    )
    version = Version(
        definition_id=definition.id,
        number=(number or 0) + 1,
        state="draft",
        content_hash=bundle.content_hash,
        diagram=bundle.diagram,
        forms=dict(bundle.forms),
        decisions=dict(bundle.decisions),
        based_on_id=based_on_id,
        reason=reason,
        created_at=work.now,
        created_by_id=work.actor.person_id,
    )
    work.session.add(version)
    work.session.flush()
    return version
