"""Tables of agencies, units, posts, people, roles, stand-ins and office calendars."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, Time, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key


class Agency(Base):
    """A state agency; merged, renamed and abolished ones stay, with dates (LA is data, not code: province included)."""

    __tablename__ = "agency"

    id: Mapped[Key]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    name: Mapped[str] = mapped_column(String(200))
    parent_name: Mapped[str] = mapped_column(String(200), default="")  # printed above the name
    abbreviation: Mapped[str] = mapped_column(String(30))  # SXD, UBND …: goes into notations
    kind: Mapped[str] = mapped_column(String(40), default="agency")
    place: Mapped[str] = mapped_column(String(100), default="")  # địa danh
    address: Mapped[str] = mapped_column(String(300), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    telephone: Mapped[str] = mapped_column(String(50), default="")
    on_platform: Mapped[bool] = mapped_column(default=True)  # False: known only as a correspondent
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendar.id"))
    policy: Mapped[Json]  # sent-time reading, identifier template, hours to forward …
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class AgencyCode(Base):
    """An identifier of an agency: both generations live side by side (QĐ 28/2018, QĐ 20/2020)."""

    __tablename__ = "agency_code"
    __table_args__ = (
        CheckConstraint("scheme in ('QCVN2016','QD20','BUSINESS','OTHER')", name="scheme"),
        Index("ix_agency_code_code", "code"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    scheme: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(64))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class AgencySuccessor(Base):
    """Which agency took over another's work, and from when."""

    __tablename__ = "agency_successor"
    __table_args__ = (UniqueConstraint("old_id", "new_id"),)

    id: Mapped[Key]
    old_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    new_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    since: Mapped[date]


class Unit(Base):
    """A unit (phòng, ban, văn phòng) of an agency."""

    __tablename__ = "unit"

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str] = mapped_column(String(200))
    abbreviation: Mapped[str] = mapped_column(String(30))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Post(Base):
    """A post (chức vụ) of an agency; `rank` orders lists, `capacity` is the line above a signature (KT. GIÁM ĐỐC)."""

    __tablename__ = "post"

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    rank: Mapped[int] = mapped_column(default=100)
    capacity: Mapped[str] = mapped_column(String(100), default="")


class Person(Base):
    """Somebody who signs in: one unique user name each (LA-3.3)."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("user_name"),)

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    user_name: Mapped[str] = mapped_column(String(60))
    full_name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(200), default="")
    telephone: Mapped[str] = mapped_column(String(50), default="")
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    password_changed_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    signed_in_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    closes_on: Mapped[date | None]  # the first day on which nobody signs in any more: the work has been handed over
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class RoleGrant(Base):
    """A role held by a person, in one unit or (unit empty) in the whole agency, for a time."""

    __tablename__ = "role_grant"
    __table_args__ = (Index("ix_role_grant_role", "agency_id", "role"),)

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class StandIn(Base):
    """Somebody acts for another from–to; both identities go into every log line."""

    __tablename__ = "stand_in"

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    stand_in_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text, default="")
    revoked_at: Mapped[datetime | None]
    kinds: Mapped[list[str]] = mapped_column(JSONB, default=list)  # kinds of work it is limited to; none: everything


class RightsChange(Base):
    """A change of somebody's rights that was asked for and waits until a competent person confirms it (SYS-3.c)."""

    __tablename__ = "rights_change"
    __table_args__ = (
        CheckConstraint("kind in ('grant','revoke','unit')", name="kind"),
        CheckConstraint("state in ('waiting','confirmed','refused','withdrawn')", name="state"),
        Index("ix_rights_change_waiting", "agency_id", postgresql_where="state = 'waiting'"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    role: Mapped[str] = mapped_column(String(40), default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    grant_id: Mapped[int | None]  # the role to be taken back
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(500), default="")
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decided_reason: Mapped[str] = mapped_column(String(500), default="")


class Calendar(Base):
    """An office calendar: weekly pattern by season plus overrides; every deadline stores the version it used."""

    __tablename__ = "calendar"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)


class CalendarSession(Base):
    """Working hours [start, end) on one weekday (0 = Monday), within a season."""

    __tablename__ = "calendar_session"

    id: Mapped[Key]
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"), index=True)
    weekday: Mapped[int]
    starts: Mapped[time] = mapped_column(Time)
    ends: Mapped[time] = mapped_column(Time)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class DayOverride(Base):
    """A day that differs from the weekly pattern; only confirmed and computed rows count."""

    __tablename__ = "day_override"
    __table_args__ = (
        UniqueConstraint("calendar_id", "day", "kind"),
        CheckConstraint("kind in ('holiday','compensation','swap_off','swap_work','local')", name="kind"),
        CheckConstraint("status in ('confirmed','proposed','computed')", name="status"),
    )

    id: Mapped[Key]
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar.id"), index=True)
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(10))
    sessions: Mapped[Json]  # {} = the weekly pattern decides (work) or closed (off)
    source: Mapped[str] = mapped_column(String(300), default="")
