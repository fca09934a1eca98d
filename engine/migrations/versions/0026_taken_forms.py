"""A form of a page is taken once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add what tells whether a form was taken before."""
    op.create_table(
        "taken_form",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_taken_form")),
    )
    op.create_index(op.f("ix_taken_form_at"), "taken_form", ["at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("taken_form")
