"""Dossiers: headings of the year's list, dossiers, what stands in them, packages made of them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True)


def _of(name: str, table: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=optional)


def _moment(name: str, *, optional: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "dossier_heading",
        _key(),
        _of("agency_id", "agency"),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(10), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.UniqueConstraint("agency_id", "year", "code"),
    )
    _dossiers()
    op.create_table(
        "dossier_entry",
        _key(),
        _of("dossier_id", "dossier"),
        _of("document_id", "document"),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        _moment("put_at", optional=False),
        _of("put_by_id", "person", optional=True),
        _moment("taken_out_at"),
        _of("taken_out_by_id", "person", optional=True),
        sa.Column("taken_out_reason", sa.String(500), nullable=False),
    )
    op.create_index("ix_dossier_entry_dossier_id", "dossier_entry", ["dossier_id"])
    op.create_index("ix_dossier_entry_document", "dossier_entry", ["document_id"])
    op.create_index(
        "uq_dossier_entry_present", "dossier_entry", ["dossier_id", "document_id"], unique=True,
        postgresql_where=sa.text("taken_out_at is null"),
    )  # fmt: skip
    _packages()


def _dossiers() -> None:
    op.create_table(
        "dossier",
        _key(),
        _of("agency_id", "agency"),
        _of("heading_id", "dossier_heading", optional=True),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("notation", sa.String(20), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("retention_years", sa.BigInteger(), nullable=True),
        sa.Column("rights", sa.String(30), nullable=False),
        sa.Column("language", sa.String(50), nullable=False),
        sa.Column("description", sa.String(500), nullable=False),
        sa.Column("construction", sa.Boolean(), nullable=False),
        _of("keeper_id", "person"),
        _of("unit_id", "unit", optional=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("frozen_reason", sa.String(500), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("doc_total", sa.BigInteger(), nullable=True),
        sa.Column("page_total", sa.BigInteger(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("kept_longer", sa.Text(), nullable=False),
        _moment("announced_at"),
        sa.Column("returned_reason", sa.String(500), nullable=False),
        _moment("created_at", optional=False),
        _of("created_by_id", "person", optional=True),
        _moment("closed_at"),
        _of("closed_by_id", "person", optional=True),
        _moment("handed_over_at"),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state in ('planned','open','closed','offered','handed_over')", name=op.f("ck_dossier_state")
        ),
        sa.UniqueConstraint("agency_id", "year", "notation"),
    )
    op.create_index("ix_dossier_heading_id", "dossier", ["heading_id"])
    op.create_index("ix_dossier_list", "dossier", ["agency_id", "year", "state"])
    op.create_index("ix_dossier_keeper", "dossier", ["keeper_id", "state"])
    op.create_index(
        "ix_dossier_due", "dossier", ["agency_id", "due_date"],
        postgresql_where=sa.text("state in ('closed','offered')"),
    )  # fmt: skip


def _packages() -> None:
    op.create_table(
        "archive_package",
        _key(),
        _of("agency_id", "agency"),
        _of("dossier_id", "dossier"),
        _of("person_id", "person"),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("identifier", sa.String(60), nullable=False),
        sa.Column("file_hash", sa.String(64), nullable=True),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("counts", JSONB(), nullable=False),
        sa.Column("problem", sa.String(500), nullable=False),
        _moment("created_at", optional=False),
        _moment("ready_at"),
        sa.CheckConstraint("state in ('waiting','making','done','failed')", name=op.f("ck_archive_package_state")),
        sa.CheckConstraint("purpose in ('export','hand-over')", name=op.f("ck_archive_package_purpose")),
    )
    op.create_index("ix_archive_package_dossier_id", "archive_package", ["dossier_id"])


def downgrade() -> None:
    """Take them away again."""
    for table in ("archive_package", "dossier_entry", "dossier", "dossier_heading"):
        op.drop_table(table)
