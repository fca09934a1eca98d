"""Drafts: begun from a version, saved again and again by several people, set aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from engine.definitions import queries
from engine.definitions.models import Definition, Version
from engine.definitions.rules import may_change
from engine.definitions.shipped import Bundle
from engine.directory.models import Person
from engine.documents.text import fitting
from engine.errors import Conflict, InvalidInput, NotFound
from engine.platform import Work

MAX_BYTES = 5 * 1024 * 1024  # of a diagram; all forms, tables and scenarios together may have as much again
LONGEST_REASON = 1000
_HERE = ZoneInfo("Asia/Ho_Chi_Minh")


def start_draft(work: Work, key: str, agency_id: int | None, based_on_id: int, reason: str = "") -> Version:
    """Begin a draft as a copy of a version: in the shipped line (`agency_id` None) or as an agency's own variant.

    NotAllowed without the right; NotFound when the version is another agency's or another procedure's.
    """
    work.require(may_change(work.actor, agency_id))
    base, line = queries.version(work.session, work.actor, based_on_id)
    if line.key != key:
        raise NotFound("Không có phiên bản gốc để dựa theo.")
    return add_version(work, queries.content(base, key, line.name), agency_id, based_on_id, reason)


def add_version(work: Work, bundle: Bundle, agency_id: int | None, based_on_id: int | None, reason: str) -> Version:
    """Write a bundle as the next version of its line, as a draft; the line is made when there is none yet."""
    definition = _definition(work, bundle.key, agency_id, bundle.name)
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
        scenarios=dict(bundle.scenarios),
        edition=1,
        based_on_id=based_on_id,
        reason=fitting("reason", "lý do", reason, LONGEST_REASON, lines=True),
        created_at=work.now,
        created_by_id=work.actor.person_id,
        changed_at=work.now,
        changed_by_id=work.actor.person_id,
    )
    work.session.add(version)
    work.session.flush()
    work.note("version.drafted", "version", version.id, key=bundle.key, number=version.number, based_on=based_on_id)
    return version


def _definition(work: Work, key: str, agency_id: int | None, name: str) -> Definition:
    """The line of this key; locked, so that two drafts begun at once get two numbers."""
    same_agency = Definition.agency_id.is_(None) if agency_id is None else Definition.agency_id == agency_id
    found = work.session.scalar(select(Definition).where(Definition.key == key, same_agency).with_for_update())
    if found is None:
        found = Definition(key=key, agency_id=agency_id, name=name)
        work.session.add(found)
        work.session.flush()
    return found


def keep_draft(
    work: Work,
    version_id: int,
    edition: int,
    *,
    diagram: bytes | None = None,
    forms: Mapping[str, Any] | None = None,
    decisions: Mapping[str, str] | None = None,
    scenarios: Mapping[str, Any] | None = None,
) -> Version:
    """Save what is given into a draft; what isn't given stays. `edition` is the one the person began from.

    Also what can't be run yet is kept. Conflict says who saved meanwhile; InvalidInput when it is too large.
    """
    version, definition = changeable(work, version_id)
    if version.edition != edition:
        raise Conflict(_overtaken(work, version))
    _bounded(diagram, (forms, decisions, scenarios))
    version.diagram = version.diagram if diagram is None else diagram
    version.forms = version.forms if forms is None else dict(forms)
    version.decisions = version.decisions if decisions is None else dict(decisions)
    version.scenarios = version.scenarios if scenarios is None else dict(scenarios)
    version.content_hash = queries.content(version, definition.key, definition.name).content_hash
    version.edition += 1
    version.changed_at = work.now
    version.changed_by_id = work.actor.person_id
    work.note("version.saved", "version", version.id, edition=version.edition, hash=version.content_hash)
    return version


def discard_draft(work: Work, version_id: int, reason: str = "") -> Version:
    """Set a draft aside: it leaves the lists, its content stays in the database."""
    version, _definition_of = changeable(work, version_id)
    version.state = "discarded"
    said = fitting("reason", "lý do", reason, LONGEST_REASON, lines=True)
    work.note("version.discarded", "version", version.id, reason=said)
    return version


def changeable(work: Work, version_id: int) -> tuple[Version, Definition]:
    """A draft the person may change, locked; NotFound, NotAllowed, or Conflict when it is no draft any more."""
    version, definition = queries.version(work.session, work.actor, version_id, lock=True)
    work.require(may_change(work.actor, definition.agency_id))
    if version.state != "draft":
        raise Conflict(
            f"Phiên bản {version.number} không còn là bản nháp nên không sửa được; hãy tạo bản nháp mới từ nó."
        )
    return version, definition


def _overtaken(work: Work, version: Version) -> str:
    person = work.session.get(Person, version.changed_by_id) if version.changed_by_id else None
    who = person.full_name if person is not None else "Hệ thống"
    when = version.changed_at.astimezone(_HERE).strftime("%H:%M ngày %d/%m/%Y") if version.changed_at else ""
    return (
        f"{who} đã lưu bản nháp này lúc {when}, sau khi bạn mở. "
        "Nội dung của bạn chưa ghi đè; hãy tải bản mới hoặc lưu phần của bạn thành bản nháp riêng."
    )


def _bounded(diagram: bytes | None, tables: tuple[Mapping[str, Any] | None, ...]) -> None:
    if diagram is not None and len(diagram) > MAX_BYTES:
        raise InvalidInput("Sơ đồ lớn hơn 5 MB; hãy chia thành các quy trình con.")
    if sum(len(repr(table)) for table in tables if table) > MAX_BYTES:
        raise InvalidInput("Biểu mẫu, bảng quyết định và kịch bản gộp lại lớn hơn 5 MB; hãy bớt lại.")
