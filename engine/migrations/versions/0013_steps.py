"""What stood before a step, who opened a task first, words of handing over; phrases; lines seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add them."""
    op.add_column("task", sa.Column("opened_at", MOMENT, nullable=True))
    op.add_column("task", sa.Column("opened_by_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=True))
    op.add_column("task", sa.Column("handed_by_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=True))
    op.add_column("task", sa.Column("handed_note", sa.String(500), nullable=True))
    op.create_index("ix_task_completer", "task", ["completed_by_id", "completed_at"])
    op.add_column("assignment", sa.Column("seen_at", MOMENT, nullable=True))
    op.add_column("instruction", sa.Column("withdrawn_at", MOMENT, nullable=True))
    op.add_column("opinion", sa.Column("withdrawn_at", MOMENT, nullable=True))
    op.create_table(
        "step_before",
        sa.Column("instance_id", sa.BigInteger(), sa.ForeignKey("instance.id"), primary_key=True, autoincrement=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("passage_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("subscriptions", JSONB(), nullable=False),
        sa.Column("document", JSONB(), nullable=False),
    )
    op.create_index("ix_step_before_task", "step_before", ["task_id"])
    op.create_index("ix_step_before_at", "step_before", ["at"])
    _phrases()


def _phrases() -> None:
    op.create_table(
        "phrase",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("agency_id", sa.BigInteger(), sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("role", sa.String(40), nullable=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.UniqueConstraint("person_id", "name"),
    )
    op.create_index("ix_phrase_agency", "phrase", ["agency_id", "role"])
