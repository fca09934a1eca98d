"""Who did what to what, when: append-only and hash-chained per agency (reads of documents included).

NĐ 30/2020 PL VI III.5.a and 6.l want access and viewing history kept; each entry's hash covers the one
before it, so a changed, removed or inserted line shows when the chain is verified.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Exists, Index, String, UniqueConstraint, delete, exists, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.database import Base, Json, Key

GENESIS = "0" * 64
NO_AGENCY = 0  # entries that belong to no agency (installation-wide) have a chain of their own


class AuditEntry(Base):
    """One line of the audit trail."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("chain", "sequence"),
        Index("ix_audit_entry_subject", "subject_kind", "subject_id", "id"),
    )

    id: Mapped[Key]
    chain: Mapped[int]
    sequence: Mapped[int]
    at: Mapped[datetime]
    agency_id: Mapped[int | None]
    person_id: Mapped[int | None]
    acting_for_id: Mapped[int | None]
    person_name: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    details: Mapped[Json]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class SeenToday(Base):
    """What somebody has looked at on a day, so that looking again writes no second line; older days are let go."""

    __tablename__ = "seen_today"

    day: Mapped[date] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    acting_for_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 0: for oneself
    subject: Mapped[str] = mapped_column(String(160), primary_key=True)  # what was looked at: document/7/file/12


@dataclass(frozen=True, slots=True)
class Note:
    """An audit line not yet chained: it gets its place just before the transaction commits."""

    at: datetime
    agency_id: int | None
    person_id: int | None
    acting_for_id: int | None
    person_name: str
    action: str
    subject_kind: str
    subject_id: str
    details: dict[str, Any]


def view_of(action: str, subject_kind: str, subject_id: object, *details: object) -> str:
    """What somebody looked at, as it is kept for the day."""
    return "/".join([action, subject_kind, str(subject_id), *(str(each) for each in details)])[:160]


def looked(day: Any, person_id: Any, acting_for_id: Any, subject: Any) -> Exists:
    """Column: whether somebody has looked at something on a day already; values or parameters of a statement."""
    return exists().where(
        SeenToday.day == day, SeenToday.person_id == person_id, SeenToday.acting_for_id == acting_for_id,
        SeenToday.subject == subject,
    )  # fmt: skip


def first_today(session: Session, day: date, person_id: int, acting_for_id: int | None, subject: str) -> bool:
    """Whether somebody looks at something for the first time on a day; one statement, at the cost of one key."""
    row = {"day": day, "person_id": person_id, "acting_for_id": acting_for_id or 0, "subject": subject}
    return session.execute(_LOOK, row).first() is not None


_LOOK = insert(SeenToday).on_conflict_do_nothing().returning(SeenToday.day)


def forget_days(session: Session, today: date) -> int:
    """Let go of what was seen on days that are over; their lines stand in the trail. How many."""
    gone: Any = session.execute(delete(SeenToday).where(SeenToday.day < today))
    return int(gone.rowcount)


def digest(entry: AuditEntry) -> str:
    """SHA-256 over the previous hash, the place in the chain and every field, as the database's `append_audit` does."""
    content = _content(
        entry.at,
        [entry.chain, entry.agency_id, entry.person_id, entry.acting_for_id],
        [entry.person_name, entry.action, entry.subject_kind, entry.subject_id],
        entry.details,
    )
    return hashlib.sha256(f"{entry.previous_hash}\n{entry.sequence}\n{content}".encode()).hexdigest()


def append(session: Session, notes: Sequence[Note]) -> None:
    """Chain the notes of one transaction; called last, so that the lock on a chain is held for the commit only.

    One call per chain: a function of the database finds the chain's end and links the lines (migration 0004).
    """
    chains: dict[int, list[dict[str, Any]]] = {}
    for note in notes:
        chain = note.agency_id or NO_AGENCY
        details = _plain(note.details)
        numbers = [chain, note.agency_id, note.person_id, note.acting_for_id]
        words = [note.person_name, note.action, note.subject_kind, note.subject_id]
        line = dict(zip(_NUMBERS, numbers[1:], strict=True)) | dict(zip(_WORDS, words, strict=True))
        line |= {"at": note.at.isoformat(), "details": details, "content": _content(note.at, numbers, words, details)}
        chains.setdefault(chain, []).append(line)
    for chain in sorted(chains):
        session.execute(_APPEND, {"chain": chain, "entries": json.dumps(chains[chain], ensure_ascii=False)})


def _content(at: datetime, numbers: list[int | None], words: list[str], details: Any) -> str:
    """Every field of a line in one form that doesn't depend on who writes it down."""
    fields = [at.astimezone(UTC).isoformat(), *numbers, *words, details]
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """Details as JSON that PostgreSQL gives back letter by letter: fractions and dates as text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return str(value)


_NUMBERS = ("agency_id", "person_id", "acting_for_id")
_WORDS = ("person_name", "action", "subject_kind", "subject_id")
_APPEND = text("select append_audit(:chain, cast(:entries as jsonb))")


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain doesn't hold, and what is wrong there."""

    chain: int
    sequence: int
    sentence: str


def verify(session: Session) -> Iterator[Break]:
    """Walk every chain from its beginning and yield each place where it doesn't hold; nothing yielded means intact."""
    for chain in session.scalars(select(AuditEntry.chain).distinct().order_by(AuditEntry.chain)):
        expected, previous = 1, GENESIS
        rows = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.chain == chain)
            .order_by(AuditEntry.sequence)
            .execution_options(yield_per=500)
        )
        for entry in rows:
            if entry.sequence != expected:
                yield Break(chain, expected, f"Thiếu dòng nhật ký từ {expected} đến {entry.sequence - 1}.")
            if entry.previous_hash != previous:
                yield Break(chain, entry.sequence, "Dòng nhật ký không nối đúng với dòng trước.")
            if digest(entry) != entry.hash:
                yield Break(chain, entry.sequence, "Nội dung dòng nhật ký đã bị thay đổi.")
            expected, previous = entry.sequence + 1, entry.hash


def count(session: Session) -> int:
    """How many entries the audit trail holds."""
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0
