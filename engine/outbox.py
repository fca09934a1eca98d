"""What is to happen outside: a row in the business transaction, carried out afterwards, never lost.

The table is the truth; a queue only wakes a worker with a row's id. A delivery may happen twice, so its
id is the idempotency key given to the connector.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, Index, String, Text, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.database import Base, Json, Key, Write

WAITING, CARRIED, DONE, FAILED, SKIPPED = "waiting", "carried", "done", "failed", "skipped"
PAUSES = (5, 30, 120, 600, 1800)  # seconds before the next attempt; after the last one it is an incident


class Delivery(Base):
    """One call to the outside: operation key, arguments, where its result goes, how far it is."""

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint("state in ('waiting','carried','done','failed','skipped')", name="state"),
        Index("ix_delivery_due", "not_before", postgresql_where="state in ('waiting','carried')"),
        Index("ix_delivery_instance", "instance_id", "token"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int | None]
    operation: Mapped[str] = mapped_column(String(80))
    given: Mapped[Json]
    instance_id: Mapped[int | None]
    token: Mapped[str | None] = mapped_column(String(60))
    index: Mapped[int | None]
    element: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    result: Mapped[Json]


def due(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """Ids of deliveries whose wake-up is due, or whose worker died with the lease run out; oldest first."""
    rows = select(Delivery.id).where(Delivery.state.in_((WAITING, CARRIED)), Delivery.not_before <= now)
    return session.scalars(rows.order_by(Delivery.not_before, Delivery.id).limit(limit)).all()


def claim(session: Session, delivery_id: int, now: datetime, lease: timedelta) -> Delivery | None:
    """Take one due delivery for the length of the lease; None when it is done, not due or in another's hands."""
    row = session.scalar(
        select(Delivery)
        .where(
            Delivery.id == delivery_id,
            or_(Delivery.state == WAITING, Delivery.state == CARRIED),
            Delivery.not_before <= now,
        )
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.state = CARRIED
    row.attempts += 1
    row.not_before = now + lease
    return row


def settled(session: Session, delivery_id: int, attempt: int) -> Delivery | None:
    """Lock a carried delivery to write its outcome; None when another attempt has settled it or taken it over."""
    return session.scalar(
        select(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == CARRIED, Delivery.attempts == attempt)
        .with_for_update()
    )


def pause(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts; None when no further attempt is to be made."""
    return timedelta(seconds=PAUSES[attempts - 1]) if attempts <= len(PAUSES) else None


def skipping(instance_id: int, tokens: Sequence[str], now: datetime) -> Write:
    """The taking back of what waits to be carried out for these tokens."""
    return Write(_SKIP, {"instance": instance_id, "tokens": list(tokens), "now": now})


_SKIP = """
    skipped as (
      update delivery set state = 'skipped', settled_at = :now
      where instance_id = :instance and token = any(:tokens) and state = 'waiting'
    )"""
