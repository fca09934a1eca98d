"""Reminders and when the next is due, how deadlines were reckoned and moved, push to browsers, scheduled reports."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True)


def _number(name: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=optional)


def _of(name: str, table: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=optional)


def _moment(name: str, *, optional: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB(), nullable=False)


def upgrade() -> None:
    """Add them; what is late already isn't reminded of once more."""
    for column in (_moment("remind_at", optional=True), _moment("suspended_at", optional=True)):
        op.add_column("task", column)
    for name in ("reminded", "suspended_seconds"):
        op.add_column("task", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(
        "update task set remind_at = case when due_at > now() then now() end, "
        "reminded = case when due_at > now() then 0 else 200 end where state = 'open' and due_at is not null"
    )
    op.create_index(
        "ix_task_remind", "task", ["remind_at"],
        postgresql_where=sa.text("state = 'open' and remind_at is not null"),
    )  # fmt: skip
    _reminders()
    _deadlines()
    _calendar_changes()
    _push()
    _reports()


def _reminders() -> None:
    op.create_table(
        "reminder", _key(), _number("agency_id"), _number("task_id"), _number("document_id", optional=True),
        _text("kind", 10), _number("level", optional=True), _moment("at"), _of("by_id", "person", optional=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('half','near','late','escalated','procedure','urged')", name=op.f("ck_reminder_kind")
        ),
    )  # fmt: skip
    op.create_index("ix_reminder_task", "reminder", ["task_id", "id"])
    op.create_index("ix_reminder_document", "reminder", ["document_id", "id"])


def _deadlines() -> None:
    op.create_table(
        "reckoning", _key(), _number("agency_id"), _number("instance_id"), _number("document_id", optional=True),
        _text("rule", 40), _moment("start"), _text("duration", 40), _moment("first_due"), _moment("due"),
        _number("calendar_version"), _moment("at"),
    )  # fmt: skip
    op.create_index("ix_reckoning_due", "reckoning", ["due", "id"])
    op.create_index("ix_reckoning_document", "reckoning", ["document_id", "first_due"])
    op.create_index("ix_reckoning_instance", "reckoning", ["instance_id"])
    op.create_table(
        "suspension", _key(), _number("agency_id"), _number("task_id"), _moment("begun_at"),
        _of("begun_by_id", "person", optional=True), sa.Column("reason", sa.Text(), nullable=False),
        _moment("due_before"), _number("left_seconds"), _json("timers"), _moment("ended_at", optional=True),
        _of("ended_by_id", "person", optional=True), _moment("due_after", optional=True),
    )  # fmt: skip
    op.create_index("ix_suspension_task", "suspension", ["task_id", "id"])


def _calendar_changes() -> None:
    op.create_table(
        "calendar_change", _key(), _of("calendar_id", "calendar"), _number("calendar_version"), _text("said", 300),
        _moment("at"), _of("by_id", "person", optional=True), _text("state", 10), _moment("reached"),
        _number("reached_id"), _number("looked_at"), _number("earlier"), _number("later"), _number("timers"),
        _moment("finished_at", optional=True),
        sa.CheckConstraint("state in ('running','done')", name=op.f("ck_calendar_change_state")),
    )  # fmt: skip
    op.create_index("ix_calendar_change_calendar", "calendar_change", ["calendar_id", "id"])
    op.create_index(
        "ix_calendar_change_running", "calendar_change", ["id"], postgresql_where=sa.text("state = 'running'")
    )
    op.create_table(
        "deadline_move", _key(), _of("change_id", "calendar_change"), _number("agency_id"), _number("task_id"),
        _text("name", 200), _moment("before"), _moment("after"),
    )  # fmt: skip
    op.create_index("ix_deadline_move_change", "deadline_move", ["change_id", "agency_id", "id"])
    op.create_index("ix_deadline_move_task", "deadline_move", ["task_id"])


def _push() -> None:
    op.create_table(
        "push_subscription", _key(), _of("agency_id", "agency"), _of("person_id", "person"), _text("endpoint", 1000),
        _text("public_key", 100), _text("secret", 40), _text("browser", 100), _moment("made_at"),
        _moment("sent_at", optional=True),
        sa.UniqueConstraint("endpoint"),
    )  # fmt: skip
    op.create_index("ix_push_subscription_person_id", "push_subscription", ["person_id"])


def _reports() -> None:
    op.create_table(
        "report_schedule", _key(), _of("agency_id", "agency"), _text("kind", 20), _text("every", 10),
        _json("receivers"), _of("made_by_id", "person"), _moment("made_at"), _moment("next_at"),
        _moment("ended_at", optional=True),
        sa.CheckConstraint("kind in ('timeliness','quarterly','published')", name=op.f("ck_report_schedule_kind")),
        sa.CheckConstraint("every in ('quarter','month')", name=op.f("ck_report_schedule_every")),
    )  # fmt: skip
    op.create_index("ix_report_schedule_agency", "report_schedule", ["agency_id", "id"])
    op.create_index(
        "ix_report_schedule_next", "report_schedule", ["next_at"], postgresql_where=sa.text("ended_at is null")
    )
    op.create_table(
        "report_file", _key(), _of("agency_id", "agency"), _of("schedule_id", "report_schedule"), _text("kind", 20),
        _text("period", 10), _json("receivers"), _text("state", 10), _json("files"), _text("problem", 500),
        _moment("ordered_at"), _moment("made_at", optional=True),
        sa.CheckConstraint("state in ('waiting','done','failed')", name=op.f("ck_report_file_state")),
        sa.UniqueConstraint("schedule_id", "period"),
    )  # fmt: skip
    op.create_index("ix_report_file_agency", "report_file", ["agency_id", "id"])


def downgrade() -> None:
    """Take them away."""
    for table in (
        "report_file", "report_schedule", "push_subscription", "deadline_move", "calendar_change", "suspension",
        "reckoning", "reminder",
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_index("ix_task_remind", "task")
    for name in ("remind_at", "reminded", "suspended_at", "suspended_seconds"):
        op.drop_column("task", name)
