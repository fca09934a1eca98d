"""Tables of the worklist."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Json, Key


class Task(Base):
    """One thing one person has to do: a user task, or one line of a fanned-out user task."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("state in ('open','completed','withdrawn','planned')", name="state"),
        Index("ix_task_instance", "instance_id", "token"),
        Index("ix_task_assignee", "assignee_id", "due_at", "id", postgresql_where="state = 'open'"),
        Index("ix_task_unclaimed", "agency_id", "id", postgresql_where="state = 'open' and assignee_id is null"),
        Index("ix_task_document", "document_id"),
        Index("ix_task_ended", "agency_id", "completed_at"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    instance_id: Mapped[int]
    token: Mapped[str] = mapped_column(String(60))
    index: Mapped[int | None]  # line of a fan-out
    data: Mapped[Json]  # what the element sees of the process data; for a line of a fan-out, its item
    element: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    procedure: Mapped[str] = mapped_column(String(80))
    form: Mapped[str | None] = mapped_column(String(120))
    document_id: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10), default="open")
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    priority: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    completed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    acting_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answers: Mapped[Json]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class TaskCandidate(Base):
    """Who may take an open task: a group (`clerk`, `unit-head@12`) of the agency or a person (`person:7`)."""

    __tablename__ = "task_candidate"
    __table_args__ = (Index("ix_task_candidate_group", "agency_id", "group", "task_id"),)

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), primary_key=True)
    group: Mapped[str] = mapped_column(String(80), primary_key=True)
    agency_id: Mapped[int]


class KeptFilter(Base):
    """What an inbox is narrowed by, kept under a name; shared with everybody of a role in the agency if it has one."""

    __tablename__ = "kept_filter"
    __table_args__ = (
        UniqueConstraint("person_id", "name"),
        Index("ix_kept_filter_agency", "agency_id", "role"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(60))
    box: Mapped[str] = mapped_column(String(20))
    asked: Mapped[Json]  # due, urgency, step, unit, words
    role: Mapped[str | None] = mapped_column(String(40))
