"""Occasions, notices, letters, preferences of notices; kept filters of the inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "occasion",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("instance_id", sa.BigInteger(), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("details", JSONB(), nullable=False),
    )
    op.create_index("ix_occasion_due", "occasion", ["not_before", "id"])
    _letters()
    _notices()
    _filters()
    op.create_table(
        "notice_preference",
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), primary_key=True, autoincrement=False),
        sa.Column("channels", JSONB(), nullable=False),
        sa.Column("digest", sa.String(10), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("working_days_only", sa.Boolean(), nullable=False),
        sa.CheckConstraint("digest in ('at-once','hourly','morning')", name=op.f("ck_notice_preference_digest")),
    )


def _filters() -> None:
    op.create_table(
        "kept_filter",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("agency_id", sa.BigInteger(), sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("box", sa.String(20), nullable=False),
        sa.Column("asked", JSONB(), nullable=False),
        sa.Column("role", sa.String(40), nullable=True),
        sa.UniqueConstraint("person_id", "name"),
    )
    op.create_index("ix_kept_filter_agency", "kept_filter", ["agency_id", "role"])


def _letters() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("agency_id", sa.BigInteger(), sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.CheckConstraint("state in ('waiting','sent','failed')", name=op.f("ck_letter_state")),
    )
    op.create_index("ix_letter_person_id", "letter", ["person_id"])
    op.create_index("ix_letter_waiting", "letter", ["delivery_id"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_index("ix_letter_failed", "letter", ["agency_id", "id"], postgresql_where=sa.text("state = 'failed'"))


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("agency_id", sa.BigInteger(), sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("mark", sa.String(60), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("instance_id", sa.BigInteger(), nullable=True),
        sa.Column("details", JSONB(), nullable=False),
        sa.Column("bell", sa.Boolean(), nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("mail_at", MOMENT, nullable=True),
        sa.Column("letter_id", sa.BigInteger(), sa.ForeignKey("letter.id"), nullable=True),
        sa.UniqueConstraint("person_id", "mark"),
    )
    for name, columns, where in (
        ("ix_notice_person", ["person_id", "id"], "bell"),
        ("ix_notice_unread", ["person_id", "id"], "bell and read_at is null"),
        ("ix_notice_unread_task", ["task_id"], "task_id is not null and read_at is null"),
        ("ix_notice_mail", ["mail_at"], "mail_at is not null and letter_id is null"),
        ("ix_notice_letter", ["letter_id"], "letter_id is not null"),
        ("ix_notice_by", ["by_id", "id"], "kind = 'urged'"),
        ("ix_notice_at", ["at"], None),
    ):
        op.create_index(name, "notice", columns, postgresql_where=sa.text(where) if where else None)


def downgrade() -> None:
    """Take them away."""
    for table in ("kept_filter", "notice_preference", "notice", "letter", "occasion"):
        op.drop_table(table)
