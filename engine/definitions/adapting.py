"""Variants and what they are based on: which shipped version, whether it moved on, how a line came to its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.audit import AuditEntry
from engine.definitions.models import Definition, Version
from engine.directory.models import Agency


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
