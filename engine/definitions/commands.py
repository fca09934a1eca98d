"""Load shipped procedures, keep drafts, publish and retire versions."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from engine.definitions import adapting, publishing, queries
from engine.definitions.catalog import called_keys
from engine.definitions.drafting import LONGEST_REASON, add_version
from engine.definitions.models import Definition, Version
from engine.definitions.rules import may_change
from engine.definitions.shipped import PROCESSES, Bundle, read_all
from engine.documents.text import fitting
from engine.errors import Conflict, InvalidInput, NotFound
from engine.platform import Work


def load_shipped(work: Work, processes: Path = PROCESSES) -> list[str]:
    """Publish every shipped procedure whose content is new; the keys that changed. DefinitionError when one doesn't
    pass its checks.
    """
    changed = []
    for bundle in _called_first(list(read_all(processes))):
        last = _shipped(work, bundle.key)
        if last is not None and last.content_hash == bundle.content_hash:
            continue
        version = add_version(work, bundle, None, last.id if last else None, "Bản kèm theo phần mềm")
        publish(work, version.id)
        changed.append(bundle.key)
    return changed


def _called_first(bundles: list[Bundle]) -> list[Bundle]:
    """In an order in which whatever a procedure calls is in force before it."""
    ordered: list[Bundle] = []
    left = {bundle.key: set(called_keys(bundle.diagram)) - {bundle.key} for bundle in bundles}
    while left:
        free = [key for key, called in left.items() if not called & left.keys()] or list(left)
        ordered += [bundle for bundle in bundles if bundle.key in free]
        left = {key: called for key, called in left.items() if key not in free}
    return ordered


def save_draft(work: Work, bundle: Bundle, agency_id: int | None, based_on_id: int | None, reason: str = "") -> Version:
    """Keep a draft of the shipped procedure (agency None) or of an agency's variant; `based_on_id` says what it was
    made from.
    """
    work.require(may_change(work.actor, agency_id))
    if based_on_id is not None and work.session.get(Version, based_on_id) is None:
        raise NotFound("Không có phiên bản gốc để dựa theo.")
    return add_version(work, bundle, agency_id, based_on_id, reason)


def publish(work: Work, version_id: int, reason: str = "", edition: int | None = None) -> Version:
    """Put a draft in force when it passes every gate; the version in force before is retired, running instances stay
    on theirs. `reason` says why (a person must give one); `edition` is the one that was looked at.

    DefinitionError lists what closes a gate; Conflict when it isn't a draft any more or was saved meanwhile.
    """
    version, definition = queries.version(work.session, work.actor, version_id, lock=True)
    work.require(may_change(work.actor, definition.agency_id))
    if version.state != "draft":
        raise Conflict(f"Phiên bản {version.number} không còn là bản nháp nên không ban hành lại được.")
    if edition is not None and edition != version.edition:
        raise Conflict("Bản nháp vừa được lưu thêm sau khi bạn mở trang này; hãy xem lại rồi ban hành.")
    reason = _reason(work, reason, "Ghi lý do ban hành rồi gửi lại.")
    publishing.require(publishing.gates(work.session, work.actor, version, work.catalog, work.now))
    queries.parse(version, definition.key, definition.name)
    before = _published(work, definition.id)
    if before is not None:
        before.state = "retired"
        work.session.flush()
    version.state = "published"
    version.reason = reason or version.reason
    version.published_at = work.now
    version.published_by_id = work.actor.person_id
    work.note(
        "version.published", "version", version.id, key=definition.key, number=version.number,
        hash=version.content_hash, reason=reason, replaced=before.id if before is not None else None,
    )  # fmt: skip
    return version


def retire(work: Work, version_id: int, reason: str) -> Version:
    """Take a version out of force: new cases of the agency then begin on the shipped one, running ones stay.

    Conflict when it isn't in force, or when nothing would be in force afterwards for somebody who needs it.
    """
    version, definition = queries.version(work.session, work.actor, version_id, lock=True)
    work.require(may_change(work.actor, definition.agency_id))
    if version.state != "published":
        raise Conflict(f"Phiên bản {version.number} không đang áp dụng nên không có gì để ngừng.")
    obstacle = adapting.needed(work.session, definition)
    if obstacle:
        raise Conflict(obstacle)
    reason = _reason(work, reason, "Ghi lý do ngừng áp dụng rồi gửi lại.")
    version.state = "retired"
    work.note("version.retired", "version", version.id, key=definition.key, number=version.number, reason=reason)
    return version


def _reason(work: Work, reason: str, sentence: str) -> str:
    """What a person gives as the reason; the system needn't give one."""
    said = fitting("reason", "lý do", reason, LONGEST_REASON, lines=True)
    if not said and not work.actor.is_system:
        raise InvalidInput(sentence, {"reason": sentence})
    return said


def _published(work: Work, definition_id: int) -> Version | None:
    return work.session.scalar(
        select(Version).where(Version.definition_id == definition_id, Version.state == "published").with_for_update()
    )


def _shipped(work: Work, key: str) -> Version | None:
    line = work.session.scalar(select(Definition).where(Definition.key == key, Definition.agency_id.is_(None)))
    return _published(work, line.id) if line is not None else None
