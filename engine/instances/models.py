"""Tables of running procedures: instances, what they wait for, history, incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key


class Instance(Base):
    """One run of one pinned version; `state` is the packed state of the BPMN core, without the definition."""

    __tablename__ = "instance"
    __table_args__ = (
        CheckConstraint("status in ('running','ended','cancelled')", name="status"),
        Index("ix_instance_running", "agency_id", "id", postgresql_where="status = 'running'"),
        Index("ix_instance_parent", "parent_id"),
        Index("ix_instance_procedure", "agency_id", "procedure", "started_at"),
        Index("ix_instance_document", "document_id"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    procedure: Mapped[str] = mapped_column(String(80))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"))
    parent_token: Mapped[str | None] = mapped_column(String(60))
    parent_index: Mapped[int | None]
    document_id: Mapped[int | None]
    pins: Mapped[Json]  # called procedure key → version id, resolved when the root started
    state: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[str] = mapped_column(String(10), default="running")
    outcome: Mapped[Json]
    error: Mapped[str | None] = mapped_column(String(200))  # code of the error it ended with, for its caller
    started_at: Mapped[datetime]
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]


class StepBefore(Base):
    """What an instance was before the last step a person made in it, so that the step can be taken back.

    A step may move its caller too; then both have a row of the same task.
    """

    __tablename__ = "step_before"
    __table_args__ = (Index("ix_step_before_task", "task_id"), Index("ix_step_before_at", "at"))

    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), primary_key=True, autoincrement=False)
    task_id: Mapped[int]
    agency_id: Mapped[int]
    version_id: Mapped[int]
    at: Mapped[datetime]
    passage_id: Mapped[int]  # the last line of history before it
    state: Mapped[bytes] = mapped_column(LargeBinary)
    subscriptions: Mapped[list[Any]]
    document: Mapped[Json]  # status, assignments, the last instruction and opinion


class Subscription(Base):
    """Something an instance waits for: timer, message, signal, or the lines of a fanned-out element to be settled."""

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint("kind in ('timer','message','signal','lines')", name="kind"),
        Index("ix_subscription_instance", "instance_id", "token"),
        Index("ix_subscription_due", "due_at", postgresql_where="kind = 'timer'"),
        Index("ix_subscription_message", "kind", "name", "correlation"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int]
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    token: Mapped[str] = mapped_column(String(60))
    element: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200), default="")
    correlation: Mapped[str | None] = mapped_column(String(200))
    due_at: Mapped[datetime | None]
    total: Mapped[int | None]  # lines of a fan-out
    settled: Mapped[int | None]
    details: Mapped[Json]  # timer repetition; completion rule of a fan-out


class Passage(Base):
    """History, append-only: an element entered, left or cancelled; feeds timeline, heat map and reports."""

    __tablename__ = "passage"
    __table_args__ = (Index("ix_passage_instance", "instance_id", "id"),)

    id: Mapped[Key]
    instance_id: Mapped[int]
    version_id: Mapped[int]
    element: Mapped[str] = mapped_column(String(200))
    token: Mapped[str] = mapped_column(String(60))
    event: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    person_id: Mapped[int | None]
    acting_for_id: Mapped[int | None]
    flow: Mapped[str | None] = mapped_column(String(200))  # the sequence flow it was entered by


class Incident(Base):
    """Where an instance can't go on without an admin: what failed, why, how it was settled."""

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint("state in ('open','retried','skipped','withdrawn')", name="state"),
        Index("ix_incident_open", "agency_id", "id", postgresql_where="state = 'open'"),
        Index("ix_incident_instance", "instance_id"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int]
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    element: Mapped[str] = mapped_column(String(200))
    token: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))  # operation, expression, join-conflict, business-error
    message: Mapped[str] = mapped_column(Text)
    delivery_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10), default="open")
    raised_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(Text, default="")


class PendingMessage(Base):
    """A message nobody waited for yet: kept until somebody does, since answers may overtake the question."""

    __tablename__ = "pending_message"
    __table_args__ = (
        Index("ix_pending_message_correlation", "agency_id", "name", "correlation", "id"),
        Index("ix_pending_message_looked", "looked_at", postgresql_where="ended_at is null"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    correlation: Mapped[str | None] = mapped_column(String(200))
    data: Mapped[Json]
    arrived_at: Mapped[datetime]
    looked_at: Mapped[datetime]  # when it was last asked whether anybody could still wait for it
    ended_at: Mapped[datetime | None]  # nobody can; kept as evidence


class Migration(Base):
    """One moving of running cases from a version to another, so that it can be shown, followed and undone."""

    __tablename__ = "migration"
    __table_args__ = (
        CheckConstraint("state in ('running','done','undone')", name="state"),
        Index("ix_migration_agency", "agency_id", "id"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    from_version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    to_version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    renamed: Mapped[Json]  # old element id → new one
    state: Mapped[str] = mapped_column(String(10), default="running")
    total: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    finished_at: Mapped[datetime | None]


class MigrationCase(Base):
    """One case of a migration; `before` is its packed state until then, so that the move can be taken back."""

    __tablename__ = "migration_case"
    __table_args__ = (
        CheckConstraint("state in ('waiting','moved','failed','undone')", name="state"),
        Index("ix_migration_case_migration", "migration_id", "id"),
        Index("ix_migration_case_instance", "instance_id"),
    )

    id: Mapped[Key]
    migration_id: Mapped[int] = mapped_column(ForeignKey("migration.id"))
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    before: Mapped[bytes | None] = mapped_column(LargeBinary)
    after_hash: Mapped[str] = mapped_column(String(64), default="")  # SHA-256 of the state right after the move
    details: Mapped[Json]  # rows opened and closed by the move, to take it back
    sentence: Mapped[str] = mapped_column(Text, default="")
