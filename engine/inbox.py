"""What came from outside, each taken once: messages by source and outside id, forms of pages by their keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.database import Base, Json, Key

STORED, HANDLED, REFUSED = "stored", "handled", "refused"
_KEEP_FORMS = timedelta(days=2)


class Arrival(Base):
    """One message from outside, its raw bytes kept by hash."""

    __tablename__ = "arrival"
    __table_args__ = (
        UniqueConstraint("source", "outside_id"),
        Index("ix_arrival_stored", "not_before", postgresql_where="state = 'stored'"),
    )

    id: Mapped[Key]
    source: Mapped[str] = mapped_column(String(60))
    outside_id: Mapped[str] = mapped_column(String(200))
    agency_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(40))
    raw_hash: Mapped[str | None] = mapped_column(String(64))  # None: a message between procedures
    state: Mapped[str] = mapped_column(String(10), default=STORED)
    arrived_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    handled_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    details: Mapped[Json]


def store(
    session: Session,
    *,
    source: str,
    outside_id: str,
    kind: str,
    raw_hash: str | None,
    agency_id: int | None,
    now: datetime,
    state: str = STORED,
) -> int | None:
    """Keep a message; its id, or None when this source has delivered it before (a duplicate is answered, not kept
    twice).
    """
    return session.scalar(
        insert(Arrival)
        .values(
            source=source,
            outside_id=outside_id,
            kind=kind,
            raw_hash=raw_hash,
            agency_id=agency_id,
            arrived_at=now,
            not_before=now,
            state=state,
            attempts=0,
            details={},
        )
        .on_conflict_do_nothing(index_elements=["source", "outside_id"])
        .returning(Arrival.id)
    )


def waiting(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """Ids of stored arrivals that are due to be handled, oldest first."""
    rows = (
        select(Arrival.id)
        .where(Arrival.state == STORED, Arrival.not_before <= now)
        .order_by(Arrival.not_before, Arrival.id)
    )
    return session.scalars(rows.limit(limit)).all()


def claim(session: Session, arrival_id: int) -> Arrival | None:
    """Lock one stored arrival; None when it is handled or another worker holds it."""
    return session.scalar(
        select(Arrival).where(Arrival.id == arrival_id, Arrival.state == STORED).with_for_update(skip_locked=True)
    )


class TakenForm(Base):
    """A form of a page, with what was filled in, whose command is done; kept for two days."""

    __tablename__ = "taken_form"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


def take_form(session: Session, person_id: int, key: str, now: datetime) -> bool:
    """Whether a form comes for the first time; of two at once the second waits here until the first has ended."""
    made = insert(TakenForm).values(person_id=person_id, key=key, at=now).on_conflict_do_nothing()
    return session.execute(made.returning(TakenForm.key)).first() is not None


def forget_forms(session: Session, now: datetime) -> int:
    """Let go of forms that no browser will send again. How many."""
    gone: Any = session.execute(delete(TakenForm).where(TakenForm.at < now - _KEEP_FORMS))
    return int(gone.rowcount)
