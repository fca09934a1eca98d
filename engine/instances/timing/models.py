"""Tables of deadlines: how each was reckoned, when it stood still, what a changed calendar has done to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key


class Reckoning(Base):
    """A moment a procedure has reckoned by office time; with the calendar's version, as every deadline keeps it."""

    __tablename__ = "reckoning"
    __table_args__ = (
        Index("ix_reckoning_due", "due", "id"),
        Index("ix_reckoning_document", "document_id", "first_due"),
        Index("ix_reckoning_instance", "instance_id"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int]
    instance_id: Mapped[int]
    document_id: Mapped[int | None]
    rule: Mapped[str] = mapped_column(String(40))  # the function the diagram called
    start: Mapped[datetime]
    duration: Mapped[str] = mapped_column(String(40))  # empty for the rules that need none
    first_due: Mapped[datetime]  # as it was first reckoned; what process data still say
    due: Mapped[datetime]  # as it is by the calendar in force
    calendar_version: Mapped[int]
    at: Mapped[datetime]


class Suspension(Base):
    """A time in which a task's deadline stood still, because somebody else had to supplement something."""

    __tablename__ = "suspension"
    __table_args__ = (Index("ix_suspension_task", "task_id", "id"),)

    id: Mapped[Key]
    agency_id: Mapped[int]
    task_id: Mapped[int]
    begun_at: Mapped[datetime]
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    due_before: Mapped[datetime]
    left_seconds: Mapped[int]  # office time that was left; negative when the deadline had passed
    timers: Mapped[Json]  # subscription id → office seconds left
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    due_after: Mapped[datetime | None]


class CalendarChange(Base):
    """A change of an office calendar and how far the deadlines that follow from it have been moved."""

    __tablename__ = "calendar_change"
    __table_args__ = (
        CheckConstraint("state in ('running','done')", name="state"),
        Index("ix_calendar_change_calendar", "calendar_id", "id"),
        Index("ix_calendar_change_running", "id", postgresql_where="state = 'running'"),
    )

    id: Mapped[Key]
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"))
    calendar_version: Mapped[int]
    said: Mapped[str] = mapped_column(String(300))  # what was changed, in words
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(10))
    reached: Mapped[datetime]  # deadlines up to here have been looked at …
    reached_id: Mapped[int]  # … and of those at that moment, up to this one
    looked_at: Mapped[int] = mapped_column(default=0)
    earlier: Mapped[int] = mapped_column(default=0)
    later: Mapped[int] = mapped_column(default=0)
    timers: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]


class DeadlineMove(Base):
    """One deadline that a changed calendar has moved."""

    __tablename__ = "deadline_move"
    __table_args__ = (
        Index("ix_deadline_move_change", "change_id", "agency_id", "id"),
        Index("ix_deadline_move_task", "task_id"),
    )

    id: Mapped[Key]
    change_id: Mapped[int] = mapped_column(ForeignKey("calendar_change.id"))
    agency_id: Mapped[int]
    task_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    before: Mapped[datetime]
    after: Mapped[datetime]
