"""Numbers that are held, released, secondary; registers of advisory bodies; prints made by a worker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add what a line of a register knows of its number, and the table of prints."""
    op.add_column("register", sa.Column("body_name", sa.String(200), nullable=False, server_default=""))
    entry = "register_entry"
    op.add_column(entry, sa.Column("suffix", sa.String(2), nullable=False, server_default=""))
    op.add_column(entry, sa.Column("dated", sa.Date(), nullable=True))
    op.execute(
        "update register_entry e set dated = coalesce("
        "(select case when d.direction = 'incoming' then d.arrival_date else d.issued_date end"
        " from document d where d.id = e.document_id),"
        " (e.entered_at at time zone 'Asia/Ho_Chi_Minh')::date)"
    )
    op.alter_column(entry, "dated", nullable=False)
    op.add_column(entry, sa.Column("held_for", sa.String(200), nullable=False, server_default=""))
    op.add_column(entry, sa.Column("held_until", sa.Date(), nullable=True))
    op.add_column(entry, sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(entry, sa.Column("settled_by_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_register_entry_settled_by_id"), entry, "person", ["settled_by_id"], ["id"])
    op.drop_constraint("uq_register_entry_register_id_year_number", entry)
    op.create_unique_constraint(
        "uq_register_entry_register_id_year_number_suffix", entry, ["register_id", "year", "number", "suffix"]
    )
    op.drop_constraint(op.f("ck_register_entry_state"), entry)
    op.create_check_constraint(
        op.f("ck_register_entry_state"), entry, "state in ('used','held','released','cancelled')"
    )
    op.create_index("ix_register_entry_dated", entry, ["register_id", "dated"])
    _prints()


def _prints() -> None:
    op.create_table(
        "printed_book",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("agency_id", sa.BigInteger(), sa.ForeignKey("agency.id"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("given", JSONB(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("rows_made", sa.BigInteger(), nullable=False),
        sa.Column("rows_total", sa.BigInteger(), nullable=False),
        sa.Column("file_hash", sa.String(64), nullable=True),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.String(500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('waiting','making','done','failed')", name=op.f("ck_printed_book_state")),
    )
    op.create_index("ix_printed_book_person_id", "printed_book", ["person_id"])
    op.create_index("ix_printed_book_expires_at", "printed_book", ["expires_at"])


def downgrade() -> None:
    """Take it away; what only secondary or released numbers know goes with them."""
    entry = "register_entry"
    op.drop_table("printed_book")
    op.execute("delete from register_entry where suffix <> ''")
    op.execute("update register_entry set state = 'cancelled' where state = 'released'")
    op.drop_index("ix_register_entry_dated", entry)
    op.drop_constraint(op.f("ck_register_entry_state"), entry)
    op.create_check_constraint(op.f("ck_register_entry_state"), entry, "state in ('used','held','cancelled')")
    op.drop_constraint("uq_register_entry_register_id_year_number_suffix", entry)
    op.create_unique_constraint("uq_register_entry_register_id_year_number", entry, ["register_id", "year", "number"])
    for column in ("settled_by_id", "settled_at", "held_until", "held_for", "dated", "suffix"):
        op.drop_column(entry, column)
    op.drop_column("register", "body_name")
