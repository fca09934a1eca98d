"""Texts of drafts as they were, why versions were made, templates of agencies, checks of layout."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "draft_text",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=True),
        sa.UniqueConstraint("document_id", "number"),
    )
    op.create_table(
        "draft_reason",
        sa.Column(
            "attachment_id", sa.BigInteger(), sa.ForeignKey("attachment.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("template", sa.String(200), nullable=False),
    )
    _templates()
    op.create_table(
        "layout_check",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("agency_id", sa.BigInteger(), sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("attachment_id", sa.BigInteger(), sa.ForeignKey("attachment.id"), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("report", JSONB(), nullable=False),
        sa.Column("pictures", JSONB(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.UniqueConstraint("attachment_id"),
        sa.CheckConstraint("state in ('waiting','done','failed')", name=op.f("ck_layout_check_state")),
    )
    op.create_index("ix_layout_check_document_id", "layout_check", ["document_id"])


def _templates() -> None:
    op.create_table(
        "draft_template",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("agency_id", sa.BigInteger(), sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("type_name", sa.String(100), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("file_hash", sa.String(64), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("report", JSONB(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("dropped_at", MOMENT, nullable=True),
    )
    op.create_index(
        "ix_draft_template_current", "draft_template", ["agency_id", "type_name"], unique=True,
        postgresql_where=sa.text("active"),
    )  # fmt: skip
    op.create_index("ix_draft_template_file_hash", "draft_template", ["file_hash"])


def downgrade() -> None:
    """Take them away."""
    for table in ("layout_check", "draft_template", "draft_reason", "draft_text"):
        op.drop_table(table)
