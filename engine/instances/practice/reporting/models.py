"""Tables of scheduled reports: who gets which report how often, and the files that were made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key


class ReportSchedule(Base):
    """A report an agency gets made every quarter or month when it is over (LA-11.3, LA-14.4)."""

    __tablename__ = "report_schedule"
    __table_args__ = (
        CheckConstraint("kind in ('timeliness','quarterly','published')", name="kind"),
        CheckConstraint("every in ('quarter','month')", name="every"),
        Index("ix_report_schedule_agency", "agency_id", "id"),
        Index("ix_report_schedule_next", "next_at", postgresql_where="ended_at is null"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    kind: Mapped[str] = mapped_column(String(20))
    every: Mapped[str] = mapped_column(String(10))
    receivers: Mapped[list[Any]]  # ids of people of the agency
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    next_at: Mapped[datetime]  # when the period now running is over
    ended_at: Mapped[datetime | None]


class ReportFile(Base):
    """One report of one period, kept as files; counts only, so nothing in it has to be taken back."""

    __tablename__ = "report_file"
    __table_args__ = (
        CheckConstraint("state in ('waiting','done','failed')", name="state"),
        UniqueConstraint("schedule_id", "period"),
        Index("ix_report_file_agency", "agency_id", "id"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    schedule_id: Mapped[int] = mapped_column(ForeignKey("report_schedule.id"))
    kind: Mapped[str] = mapped_column(String(20))
    period: Mapped[str] = mapped_column(String(10))  # 2026-Q4, 2026-11
    receivers: Mapped[list[Any]]  # as the schedule had them when it was made
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    files: Mapped[Json]  # extension → hash
    problem: Mapped[str] = mapped_column(String(500), default="")
    ordered_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
