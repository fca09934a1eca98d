"""Rounds of opinions, authorisations to sign, levels of approval; what a verdict was about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"

MOMENT = sa.DateTime(timezone=True)


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True)


def _to(name: str, table: str, *, empty: bool = False, gone: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id", ondelete=gone), nullable=empty)


def upgrade() -> None:
    """Add them."""
    op.drop_constraint(op.f("ck_attachment_part"), "attachment")
    parts = "part in ('main','annex','draft','notice','opinion','summary')"
    op.create_check_constraint(op.f("ck_attachment_part"), "attachment", parts)
    op.add_column("opinion", sa.Column("judged_hash", sa.String(64), nullable=True))
    op.add_column("opinion", sa.Column("judged_name", sa.String(255), nullable=False, server_default=""))
    op.add_column("opinion", sa.Column("judged_version", sa.BigInteger(), nullable=True))
    _rounds()
    _authorisations()


def _rounds() -> None:
    op.create_table(
        "opinion_round",
        _key(),
        _to("agency_id", "agency"),
        _to("document_id", "document"),
        _to("asker_id", "person"),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("about_hash", sa.String(64), nullable=True),
        sa.Column("about_name", sa.String(255), nullable=False),
        sa.Column("about_version", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        _to("summary_id", "attachment", empty=True, gone="SET NULL"),
        sa.CheckConstraint("ended_by in ('','complete','deadline','early')", name=op.f("ck_opinion_round_ended_by")),
    )
    op.create_index(op.f("ix_opinion_round_document_id"), "opinion_round", ["document_id"])
    where = sa.text("closed_at is null")
    op.create_index("ix_opinion_round_open", "opinion_round", ["document_id"], unique=True, postgresql_where=where)
    op.create_table(
        "opinion_request",
        _key(),
        _to("round_id", "opinion_round"),
        _to("person_id", "person", empty=True),
        _to("unit_id", "unit", empty=True),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _to("file_id", "attachment", empty=True, gone="SET NULL"),
        sa.Column("answered_at", MOMENT, nullable=True),
        _to("answered_by_id", "person", empty=True),
        _to("acting_for_id", "person", empty=True),
        sa.Column("handling", sa.String(10), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("explained_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "verdict in ('','agree','agree-with','disagree','silent')", name=op.f("ck_opinion_request_verdict")
        ),
        sa.CheckConstraint(
            "handling in ('','accepted','partly','explained')", name=op.f("ck_opinion_request_handling")
        ),
        sa.CheckConstraint("(person_id is null) <> (unit_id is null)", name=op.f("ck_opinion_request_one_asked")),
    )
    op.create_index(op.f("ix_opinion_request_round_id"), "opinion_request", ["round_id"])


def _authorisations() -> None:
    op.create_table(
        "authorisation",
        _key(),
        _to("agency_id", "agency"),
        _to("giver_id", "person"),
        _to("receiver_id", "person", empty=True),
        _to("post_id", "post", empty=True),
        sa.Column("code", sa.String(90), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("type_names", JSONB(), nullable=False),
        sa.Column("scope", sa.String(500), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _to("created_by_id", "person", empty=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        _to("revoked_by_id", "person", empty=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_authorisation_period")),
        sa.CheckConstraint("(receiver_id is null) <> (post_id is null)", name=op.f("ck_authorisation_one_receiver")),
    )
    op.create_index("ix_authorisation_agency", "authorisation", ["agency_id", "valid_to"])
    op.create_index(op.f("ix_authorisation_giver_id"), "authorisation", ["giver_id"])
    op.create_index(op.f("ix_authorisation_receiver_id"), "authorisation", ["receiver_id"])
    op.create_table(
        "approval_level",
        _key(),
        _to("agency_id", "agency"),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("own_unit", sa.Boolean(), nullable=False),
        _to("person_id", "person", empty=True),
        sa.Column("type_names", JSONB(), nullable=False),
    )
    op.create_index("ix_approval_level_agency", "approval_level", ["agency_id", "position"])
