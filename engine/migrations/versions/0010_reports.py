"""Indexes for reports: tasks by when they ended, documents by when they came and went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add them."""
    op.create_index("ix_task_ended", "task", ["agency_id", "completed_at"])
    op.create_index(
        "ix_document_received", "document", ["agency_id", "received_at"],
        postgresql_where=sa.text("direction = 'incoming'"),
    )  # fmt: skip
    op.create_index(
        "ix_document_sent_out", "document", ["agency_id", "issued_at"],
        postgresql_where=sa.text("direction = 'outgoing' and issued_at is not null"),
    )  # fmt: skip


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_document_sent_out", "document")
    op.drop_index("ix_document_received", "document")
    op.drop_index("ix_task_ended", "task")
