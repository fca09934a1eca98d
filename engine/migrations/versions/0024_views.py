"""Looking at a document is kept once a day for each person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0022"


def upgrade() -> None:
    """Add what tells whether somebody has looked today."""
    op.create_table(
        "seen_today",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("acting_for_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.PrimaryKeyConstraint("day", "person_id", "acting_for_id", "subject", name=op.f("pk_seen_today")),
    )


def downgrade() -> None:
    """Take it away; the lines of the audit trail stay."""
    op.drop_table("seen_today")
