"""Scans on their way to become documents, kept registration forms, submissions already taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"

MOMENT = sa.DateTime(timezone=True)
STATES = "'waiting','read','failed','stopped','registered','dropped'"


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "scan",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("agency_id", sa.BigInteger(), sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("given", JSONB(), nullable=False),
        sa.Column("file_hash", sa.String(64), nullable=True),
        sa.Column("page_amount", sa.Integer(), nullable=True),
        sa.Column("pictures", JSONB(), nullable=False),
        sa.Column("proposals", JSONB(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id"), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("settled_by_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=True),
        sa.CheckConstraint(f"state in ({STATES})", name=op.f("ck_scan_state")),
    )
    waiting = sa.text("state in ('waiting','read','failed','stopped')")
    op.create_index("ix_scan_open", "scan", ["agency_id", "id"], postgresql_where=waiting)
    marked = sa.text("state in ('waiting','read','failed') and mark <> ''")
    op.create_index("ix_scan_mark", "scan", ["agency_id", "mark"], unique=True, postgresql_where=marked)
    op.create_index("ix_scan_document_id", "scan", ["document_id"], unique=True)
    _forms()


def _forms() -> None:
    op.create_table(
        "registration_form",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("agency_id", sa.BigInteger(), sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("role", sa.String(40), nullable=True),
        sa.Column("values", JSONB(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("person_id", "name"),
    )
    op.create_index("ix_registration_form_agency", "registration_form", ["agency_id", "role"])
    op.create_table(
        "submission",
        sa.Column("agency_id", sa.BigInteger(), sa.ForeignKey("agency.id"), primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id"), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_submission_at", "submission", ["at"])


def downgrade() -> None:
    """Take them away."""
    for table in ("submission", "registration_form", "scan"):
        op.drop_table(table)
