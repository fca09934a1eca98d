"""Load shipped procedures, keep drafts, publish and retire versions."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from engine.bpmn import checks
from engine.definitions import queries
from engine.definitions.catalog import catalog_for
from engine.definitions.drafting import add_version
from engine.definitions.models import Definition, Version
from engine.definitions.rules import may_change, sound
from engine.definitions.shipped import PROCESSES, Bundle, read_all
from engine.errors import Conflict, DefinitionError, NotFound
from engine.platform import Work


def load_shipped(work: Work, processes: Path = PROCESSES) -> list[str]:
    """Publish every shipped procedure whose content is new; the keys that changed. DefinitionError when one doesn't
    pass its checks.
    """
    changed = []
    for bundle in read_all(processes):
        last = _shipped(work, bundle.key)
        if last is not None and last.content_hash == bundle.content_hash:
            continue
        version = add_version(work, bundle, None, last.id if last else None, "Bản kèm theo phần mềm")
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
    return add_version(work, bundle, agency_id, based_on_id, reason)


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
    content = queries.content(version, definition.key, definition.name)
    catalog = catalog_for(work.session, content, definition.agency_id, work.catalog, work.now)
    findings = [f for f in checks.check(version.diagram, catalog) if f.severity == "error"]
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


def _published(work: Work, definition_id: int) -> Version | None:
    return work.session.scalar(
        select(Version).where(Version.definition_id == definition_id, Version.state == "published").with_for_update()
    )


def _shipped(work: Work, key: str) -> Version | None:
    line = work.session.scalar(select(Definition).where(Definition.key == key, Definition.agency_id.is_(None)))
    return _published(work, line.id) if line is not None else None
