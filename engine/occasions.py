"""What people may have to be told about: a row written with what happened, however many there are to be told.

A worker finds out afterwards whom it concerns (engine/notices) and takes the row away in the same transaction, so
that a step costs the same for one reader and for a hundred, and nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.database import Base, Json, Key, Write, inserting

OPENED, HANDED, WITHDRAWN, REMINDED, URGED = "opened", "handed", "withdrawn", "reminded", "urged"
RETURNED, REFUSED, ANSWERED, DESTROYED = "returned", "refused", "answered", "destroyed"
INCIDENT, READY, STANDING_IN, UNDELIVERED = "incident", "ready", "standing-in", "undelivered"
HANDED_OVER, RIGHTS_ASKED, DOSSIERS_DUE, LOAN = "handed-over", "rights-asked", "dossiers-due", "loan"
DUE, REPORT, COPY, SIGNER, OUTAGE = "due", "report", "copy", "signer", "outage"
INFORMED, REPLACED, CLEARING = "informed", "replaced", "clearing"


class Occasion(Base):
    """Something that has happened and that nobody has been told yet; gone when they have."""

    __tablename__ = "occasion"
    __table_args__ = (Index("ix_occasion_due", "not_before", "id"),)

    id: Mapped[Key]
    agency_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    not_before: Mapped[datetime]  # what begins later is told when it begins
    actor_id: Mapped[int | None]  # whose own doing it is: that person isn't told
    document_id: Mapped[int | None]
    instance_id: Mapped[int | None]
    task_id: Mapped[int | None]
    person_id: Mapped[int | None]  # whom it is about, or for
    details: Mapped[Json]


def due(session: Session, now: datetime, limit: int) -> Sequence[Occasion]:
    """Occasions to be told, locked against another worker; oldest first."""
    rows = select(Occasion).where(Occasion.not_before <= now).order_by(Occasion.not_before, Occasion.id)
    return session.scalars(rows.limit(limit).with_for_update(skip_locked=True)).all()


def opened(agency_id: int, instance_id: int, tokens: Sequence[str], actor_id: int | None, now: datetime) -> Write:
    """The writing of one row for all tasks that a step opens, whoever they are for."""
    row = {
        "agency_id": agency_id, "kind": OPENED, "at": now, "not_before": now, "actor_id": actor_id,
        "document_id": None, "instance_id": instance_id, "task_id": None, "person_id": None,
        "details": {"tokens": list(tokens)},
    }  # fmt: skip
    return inserting(Occasion.__table__, [row])


# One row for all tasks of people that a step takes back; `withdrawn_tasks` is what tasks.commands.withdrawing writes.
TAKEN_BACK = """
    taken_back as (
      insert into occasion (agency_id, kind, at, not_before, actor_id, instance_id, details)
      select agency_id, 'withdrawn', :now, :now, :told_actor, :instance, '{}'
      from withdrawn_tasks where assignee_id is not null limit 1
    )"""


def of(kind: str, agency_id: int, now: datetime, actor_id: int | None, **more: Any) -> Occasion:
    """A row to be added to the session; `more`: document_id, instance_id, task_id, person_id, details, not_before."""
    more = {"details": {}, "not_before": now, **more}
    return Occasion(agency_id=agency_id, kind=kind, at=now, actor_id=actor_id, **more)
