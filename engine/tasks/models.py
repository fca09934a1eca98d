"""Tables of the worklist."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

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
        Index("ix_task_remind", "remind_at", postgresql_where="state = 'open' and remind_at is not null"),
        Index("ix_task_completer", "completed_by_id", "completed_at"),
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
    opened_at: Mapped[datetime | None]  # first looked at by somebody who may do it
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    handed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    handed_note: Mapped[str | None] = mapped_column(String(500))  # the words it was handed over with
    version: Mapped[int] = mapped_column(default=1)
    remind_at: Mapped[datetime | None]  # when its deadline is to be looked at next; at once when it has just been set
    reminded: Mapped[int] = mapped_column(default=0)  # the highest level reminded of: see `reminders`
    suspended_at: Mapped[datetime | None]  # since when its deadline stands still
    suspended_seconds: Mapped[int] = mapped_column(default=0)  # office time it has stood still before
    __mapper_args__ = {"version_id_col": version}

    @validates("due_at")
    def _look_again(self, _name: str, due: datetime | None) -> datetime | None:
        """Whoever gives an open task another deadline has it looked at anew; nobody has to remember to."""
        if self.id is not None and due != self.due_at:
            self.remind_at = self.created_at if due is not None else None
        return due


class TaskCandidate(Base):
    """Who may take an open task: a group (`clerk`, `unit-head@12`) of the agency or a person (`person:7`)."""

    __tablename__ = "task_candidate"
    __table_args__ = (Index("ix_task_candidate_group", "agency_id", "group", "task_id"),)

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), primary_key=True)
    group: Mapped[str] = mapped_column(String(80), primary_key=True)
    agency_id: Mapped[int]


class Reminder(Base):
    """One reminder of a task, whoever gave it: its kind, how much of the time was over, when; counted per document."""

    __tablename__ = "reminder"
    __table_args__ = (
        CheckConstraint("kind in ('half','near','late','escalated','procedure','urged')", name="kind"),
        Index("ix_reminder_task", "task_id", "id"),
        Index("ix_reminder_document", "document_id", "id"),
    )

    id: Mapped[Key]
    agency_id: Mapped[int]
    task_id: Mapped[int]
    document_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(10))
    level: Mapped[int | None]  # percent of the office time that was over; None for a task without a deadline
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the platform, a diagram
    message: Mapped[str] = mapped_column(Text, default="")  # a person's or a diagram's words; gone after a recall


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


class Phrase(Base):
    """Words somebody writes again and again (mẫu ý kiến); shared with everybody of a role if it has one."""

    __tablename__ = "phrase"
    __table_args__ = (UniqueConstraint("person_id", "name"), Index("ix_phrase_agency", "agency_id", "role"))

    id: Mapped[Key]
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(String(2000))
