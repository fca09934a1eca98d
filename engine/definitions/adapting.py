"""Variants and what they are based on: which shipped version, whether it moved on, how a line came to its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.audit import AuditEntry
from engine.definitions import queries
from engine.definitions.drafting import add_version
from engine.definitions.merging import Choices, Merged, merge
from engine.definitions.models import Definition, Version
from engine.definitions.rules import may_change
from engine.directory.models import Agency
from engine.errors import Conflict, InvalidInput
from engine.platform import Work


def base_of(session: Session, version: Version) -> Version | None:
    """The shipped version a variant goes back to, through the variant's own earlier versions; None if none."""
    seen: set[int] = set()
    current: Version | None = version
    while current is not None and current.based_on_id is not None and current.id not in seen:
        seen.add(current.id)
        current = session.get_one(Version, current.based_on_id)
        if session.get_one(Definition, current.definition_id).agency_id is None:
            return current
    return None


def moved_on(session: Session, variant: Version) -> Version | None:
    """The shipped version in force, when it is a later one than the variant was made from; None when it isn't."""
    definition = session.get_one(Definition, variant.definition_id)
    base = base_of(session, variant)
    if definition.agency_id is None or base is None:
        return None
    newest = shipped(session, definition.key)
    if newest is None or newest.number <= base.number or newest.content_hash == base.content_hash:
        return None
    return newest


@dataclass(frozen=True, slots=True)
class Sides:
    """The three sides of taking over a newer base, and what comes of merging them."""

    base: Version
    theirs: Version
    mine: Version
    merged: Merged


def sides(session: Session, variant: Version, choices: Choices | None = None) -> Sides | None:
    """The variant, its base, the newer base and the merge of them by these choices; None when the base hasn't moved."""
    base, theirs = base_of(session, variant), moved_on(session, variant)
    if base is None or theirs is None:
        return None
    line = session.get_one(Definition, variant.definition_id)
    old, new, own = (queries.content(each, line.key, line.name) for each in (base, theirs, variant))
    return Sides(base, theirs, variant, merge(old, new, own, choices))


def take_over(work: Work, version_id: int, theirs_id: int, edition: int, choices: Choices, reason: str = "") -> Version:
    """Make a draft of the variant that has the newer base merged in and is based on it.

    `theirs_id` and `edition` are what the person looked at. InvalidInput while a conflict isn't settled or the result
    can't be read; Conflict when the base or the variant has changed meanwhile.
    """
    version, line = queries.version(work.session, work.actor, version_id)
    work.require(may_change(work.actor, line.agency_id))
    found = sides(work.session, version, choices)
    if found is None or found.theirs.id != theirs_id or version.edition != edition:
        raise Conflict("Bản gốc hoặc bản riêng vừa thay đổi sau khi bạn mở trang này; hãy mở lại để xem bản mới nhất.")
    if not found.merged.settled:
        raise InvalidInput("Còn xung đột chưa chọn bên nào; hãy chọn từng xung đột rồi gửi lại.")
    unreadable = [each.sentence for each in found.merged.findings if each.rule == "readable.xml"]
    if unreadable:
        raise InvalidInput(f"Kết quả hợp nhất không đọc được: {unreadable[0]}")
    number = found.theirs.number
    made = add_version(
        work, found.merged.bundle, line.agency_id, theirs_id, reason.strip() or f"Hợp nhất với bản gốc {number}"
    )
    work.note(
        "version.merged", "version", made.id, base=found.base.id, theirs=theirs_id, mine=version_id,
        choices=dict(choices),
    )  # fmt: skip
    return made


def needed(session: Session, line: Definition) -> str:
    """Why the version in force of a line can't simply be taken out of force; empty when it can."""
    if line.agency_id is None:
        with_own = (
            select(Definition.agency_id)
            .join(Version, Version.definition_id == Definition.id)
            .where(Definition.key == line.key, Definition.agency_id.is_not(None), Version.state == "published")
        )
        users = session.scalar(
            select(func.count()).select_from(Agency).where(Agency.valid_to.is_(None), Agency.id.not_in(with_own))
        )
        if users:
            return (
                f"Có {users} cơ quan đang dùng quy trình chung này vì không có bản riêng. "
                "Hãy ban hành phiên bản thay thế; phiên bản đang áp dụng khi đó tự ngừng."
            )
        return ""
    if shipped(session, line.key) is None:
        return "Không có quy trình dùng chung để thay; hãy ban hành phiên bản khác của cơ quan."
    return ""


def shipped(session: Session, key: str) -> Version | None:
    """The version in force of the shipped line."""
    return session.scalar(
        select(Version)
        .join(Definition, Definition.id == Version.definition_id)
        .where(Definition.key == key, Definition.agency_id.is_(None), Version.state == "published")
    )


@dataclass(frozen=True, slots=True)
class Ending:
    """How a version came out of force."""

    at: datetime
    who: str
    reason: str


def endings(session: Session, version_ids: Sequence[int]) -> Mapping[int, Ending]:
    """Who took which of these versions out of force by hand, when and why."""
    rows = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.subject_kind == "version",
            AuditEntry.subject_id.in_([str(each) for each in version_ids]),
            AuditEntry.action == "version.retired",
        )
        .order_by(AuditEntry.id)
    )
    return {int(row.subject_id): Ending(row.at, row.person_name, str(row.details.get("reason", ""))) for row in rows}
