"""Tables of outages: what is announced now, every edition of it, who has put it away, what was entered afterwards."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key


class Outage(Base):
    """A time the system stood still or will: the five items of LA-14.3, then the report."""

    __tablename__ = "outage"
    __table_args__ = (
        CheckConstraint("state in ('announced','ended','submitted','closed','cancelled')", name="state"),
        CheckConstraint("expected_at > stops_at", name="expected"),
        CheckConstraint("restarted_at is null or restarted_at >= stops_at", name="restarted"),
        Index("ix_outage_agency", "agency_id", "stops_at"),
        Index("ix_outage_announced", "agency_id", postgresql_where="state = 'announced'"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))  # whose admin announced it
    whole_province: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="announced")
    edition: Mapped[int] = mapped_column(default=1)
    what: Mapped[str] = mapped_column(Text)
    stops_at: Mapped[datetime]
    expected_at: Mapped[datetime]
    restarted_at: Mapped[datetime | None]
    measures: Mapped[str] = mapped_column(Text)
    back_entry: Mapped[str] = mapped_column(Text)
    security_doubt: Mapped[bool] = mapped_column(default=False)
    instance_id: Mapped[int | None]  # the case that leads it to its end
    announced_at: Mapped[datetime]
    announced_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # the report
    damage: Mapped[str] = mapped_column(Text, default="")
    cause: Mapped[str] = mapped_column(Text, default="")
    repair: Mapped[str] = mapped_column(Text, default="")
    prevention: Mapped[str] = mapped_column(Text, default="")
    handbook: Mapped[str] = mapped_column(String(10), default="")  # updated, unneeded
    handbook_note: Mapped[str] = mapped_column(Text, default="")
    told_whom: Mapped[str] = mapped_column(String(200), default="")  # of the ICT department
    told_by: Mapped[str] = mapped_column(String(200), default="")
    told_at: Mapped[datetime | None]
    counts: Mapped[Json]  # what had been entered afterwards when it was closed
    remark: Mapped[str] = mapped_column(Text, default="")  # why it was returned or cancelled, last
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class OutageEdition(Base):
    """What people were told at one time; nothing is overwritten."""

    __tablename__ = "outage_edition"
    __table_args__ = (UniqueConstraint("outage_id", "number"),)

    id: Mapped[Key]
    outage_id: Mapped[int] = mapped_column(ForeignKey("outage.id"))
    number: Mapped[int]
    turn: Mapped[str] = mapped_column(String(10))  # announced, corrected, ended, cancelled
    given: Mapped[Json]
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class OutageDismissal(Base):
    """Up to which edition a person has put the banner away."""

    __tablename__ = "outage_dismissal"

    outage_id: Mapped[int] = mapped_column(ForeignKey("outage.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    edition: Mapped[int]


class OutageEntry(Base):
    """A document entered afterwards, with the time it really came or was numbered on paper."""

    __tablename__ = "outage_entry"
    __table_args__ = (Index("ix_outage_entry_outage", "outage_id", "agency_id", "happened_at"),)

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True, autoincrement=False)
    outage_id: Mapped[int] = mapped_column(ForeignKey("outage.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    direction: Mapped[str] = mapped_column(String(10))
    happened_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500))
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class OutageNumber(Base):
    """A number held beforehand so that documents can be numbered on paper; one of a block."""

    __tablename__ = "outage_number"

    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id"), primary_key=True, autoincrement=False)
    outage_id: Mapped[int] = mapped_column(ForeignKey("outage.id"), index=True)
    used_on: Mapped[date | None]  # the day written on the paper
