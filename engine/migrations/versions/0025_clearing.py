"""Files stopped for a mark of secrecy by mistake: asked for, decided on, passed once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

MOMENT = sa.DateTime(timezone=True)


def _to(name: str, table: str, *, empty: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=empty)


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "clearance",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        _to("agency_id", "agency", empty=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("said", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        _to("asked_by_id", "person", empty=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        _to("decided_by_id", "person"),
        sa.Column("decided_reason", sa.String(500), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("scan_id", sa.BigInteger(), nullable=True),
        _to("document_id", "document"),
        sa.CheckConstraint(
            "state in ('waiting','granted','refused','withdrawn','used')", name=op.f("ck_clearance_state")
        ),
        sa.CheckConstraint(
            "decided_by_id is null or state = 'withdrawn' or decided_by_id <> asked_by_id",
            name=op.f("ck_clearance_two"),
        ),
    )
    waiting = sa.text("state in ('waiting','granted')")
    op.create_index("ix_clearance_mark", "clearance", ["agency_id", "mark"], unique=True, postgresql_where=waiting)
    op.create_index("ix_clearance_scan_id", "clearance", ["scan_id"])
    op.create_index("ix_clearance_document_id", "clearance", ["document_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("clearance")
