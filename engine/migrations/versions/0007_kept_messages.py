"""Kept messages are ended, not lost, when nobody can wait for them any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add when a message was last asked for, and when it was ended."""
    op.add_column("pending_message", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update pending_message set looked_at = arrived_at")
    op.alter_column("pending_message", "looked_at", nullable=False)
    op.add_column("pending_message", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_pending_message_looked", "pending_message", ["looked_at"], postgresql_where=sa.text("ended_at is null")
    )


def downgrade() -> None:
    """Take both away."""
    op.drop_index("ix_pending_message_looked", "pending_message")
    op.drop_column("pending_message", "ended_at")
    op.drop_column("pending_message", "looked_at")
