"""Copies of documents: sao y, sao lục, trích sao."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0021"

MOMENT = sa.DateTime(timezone=True)


def _to(name: str, table: str, *, empty: bool = False, unique: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=empty, unique=unique)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "document_copy",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        _to("agency_id", "agency"),
        _to("original_id", "document"),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("form", sa.String(10), nullable=False),
        sa.Column("pages", sa.String(200), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("wanted", JSONB(), nullable=False),
        sa.Column("places", sa.String(1000), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(500), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        _to("asked_by_id", "person"),
        sa.Column("decided_at", MOMENT, nullable=True),
        _to("decided_by_id", "person", empty=True),
        sa.Column("remark", sa.String(1000), nullable=False),
        _to("document_id", "document", empty=True, unique=True),
        sa.Column("issued_at", MOMENT, nullable=True),
        sa.CheckConstraint("form in ('paper','electronic')", name=op.f("ck_document_copy_form")),
        sa.CheckConstraint(
            "state in ('asked','refused','granted','made','issued','failed')", name=op.f("ck_document_copy_state")
        ),
    )
    op.create_index(op.f("ix_document_copy_agency_id"), "document_copy", ["agency_id"])
    op.create_index(op.f("ix_document_copy_original_id"), "document_copy", ["original_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("document_copy")
