"""Outages of the system: announced in editions, put away by people, what was entered afterwards."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"


def _of(name: str, table: str = "", *, optional: bool = True, key: bool = False) -> sa.Column[int]:
    foreign = [sa.ForeignKey(f"{table}.id")] if table else []
    return sa.Column(name, sa.BigInteger(), *foreign, nullable=optional and not key, primary_key=key)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True)


def _text(name: str, length: int | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=False)


def _moment(name: str, *, optional: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def upgrade() -> None:
    """Add the tables."""
    _outage()
    op.create_table(
        "outage_edition", _id(), _of("outage_id", "outage", optional=False), _number("number"), _text("turn", 10),
        sa.Column("given", JSONB(), nullable=False), _text("reason"), _moment("at", optional=False),
        _of("by_id", "person"),
        sa.UniqueConstraint("outage_id", "number"),
    )  # fmt: skip
    op.create_table(
        "outage_dismissal", _of("outage_id", "outage", key=True), _of("person_id", "person", key=True),
        _number("edition"),
    )  # fmt: skip
    op.create_table(
        "outage_entry", _of("document_id", "document", key=True), _of("outage_id", "outage", optional=False),
        _of("agency_id", "agency", optional=False), _text("direction", 10), _moment("happened_at", optional=False),
        _text("reason", 500), _moment("entered_at", optional=False), _of("entered_by_id", "person"),
    )  # fmt: skip
    op.create_index("ix_outage_entry_outage", "outage_entry", ["outage_id", "agency_id", "happened_at"])
    op.create_table(
        "outage_number", _of("entry_id", "register_entry", key=True), _of("outage_id", "outage", optional=False),
        sa.Column("used_on", sa.Date(), nullable=True),
    )  # fmt: skip
    op.create_index("ix_outage_number_outage_id", "outage_number", ["outage_id"])


def _outage() -> None:
    op.create_table(
        "outage", _id(), _of("agency_id", "agency", optional=False),
        sa.Column("whole_province", sa.Boolean(), nullable=False), _text("state", 10), _number("edition"),
        _text("what"), _moment("stops_at", optional=False), _moment("expected_at", optional=False),
        _moment("restarted_at"), _text("measures"), _text("back_entry"),
        sa.Column("security_doubt", sa.Boolean(), nullable=False), _of("instance_id"),
        _moment("announced_at", optional=False), _of("announced_by_id", "person"),
        _text("damage"), _text("cause"), _text("repair"), _text("prevention"), _text("handbook", 10),
        _text("handbook_note"), _text("told_whom", 200), _text("told_by", 200), _moment("told_at"),
        sa.Column("counts", JSONB(), nullable=False), _text("remark"), _moment("submitted_at"),
        _of("submitted_by_id", "person"), _moment("closed_at"), _of("closed_by_id", "person"),
        sa.CheckConstraint(
            "state in ('announced','ended','submitted','closed','cancelled')", name=op.f("ck_outage_state")
        ),
        sa.CheckConstraint("expected_at > stops_at", name=op.f("ck_outage_expected")),
        sa.CheckConstraint("restarted_at is null or restarted_at >= stops_at", name=op.f("ck_outage_restarted")),
    )  # fmt: skip
    op.create_index("ix_outage_agency", "outage", ["agency_id", "stops_at"])
    op.create_index("ix_outage_announced", "outage", ["agency_id"], postgresql_where=sa.text("state = 'announced'"))


def downgrade() -> None:
    """Take them away."""
    for table in ("outage_number", "outage_entry", "outage_dismissal", "outage_edition", "outage"):
        op.drop_table(table)
