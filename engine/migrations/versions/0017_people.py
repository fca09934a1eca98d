"""Hand-overs between people, changes of rights that wait, limits of stand-ins; lists, loans, minutes, disposal."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"

STATES = "'planned','open','closed','offered','handed_over'"


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True)


def _of(name: str, table: str = "", *, optional: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), *([sa.ForeignKey(f"{table}.id")] if table else []), nullable=optional)


def _text(name: str, length: int, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=optional)


def _moment(name: str, *, optional: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _day(name: str) -> sa.Column[date]:
    return sa.Column(name, sa.Date(), nullable=True)


def _number(name: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=optional)


def _one_of(table: str, name: str, *values: str) -> sa.CheckConstraint:
    said = ",".join(f"'{each}'" for each in values)
    return sa.CheckConstraint(f"{name} in ({said})", name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    """Add them."""
    op.add_column("person", _day("closes_on"))
    op.add_column("stand_in", sa.Column("kinds", JSONB(), nullable=False, server_default="[]"))
    op.alter_column("stand_in", "kinds", server_default=None)
    _rights()
    _hand_overs()
    _dossiers()
    _disposal()


def _rights() -> None:
    op.create_table(
        "rights_change", _key(), _of("agency_id", "agency", optional=False), _of("person_id", "person", optional=False),
        _text("kind", 10), _text("role", 40), _of("unit_id", "unit"), _of("grant_id"), _day("valid_from"),
        _day("valid_to"), _text("reason", 500), _of("asked_by_id", "person", optional=False),
        _moment("asked_at", optional=False), _text("state", 10), _of("decided_by_id", "person"), _moment("decided_at"),
        _text("decided_reason", 500), _one_of("rights_change", "kind", "grant", "revoke", "unit"),
        _one_of("rights_change", "state", "waiting", "confirmed", "refused", "withdrawn"),
    )  # fmt: skip
    op.create_index("ix_rights_change_person_id", "rights_change", ["person_id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_rights_change_waiting", "rights_change", ["agency_id"], postgresql_where=waiting)


def _hand_overs() -> None:
    op.create_table(
        "hand_over", _key(), _of("agency_id", "agency", optional=False), _number("year"), _number("number"),
        _text("cause", 10), _of("person_id", "person"), _of("unit_id", "unit"), _of("to_unit_id", "unit"),
        _text("reason", 500), sa.Column("receivers", JSONB(), nullable=False),
        sa.Column("counts", JSONB(), nullable=False), _day("closes_on"), _moment("closed_at"),
        _moment("made_at", optional=False), _of("made_by_id", "person"),
        _one_of("hand_over", "cause", "leave", "move", "unit"), sa.UniqueConstraint("agency_id", "year", "number"),
    )  # fmt: skip
    op.create_index("ix_hand_over_person_id", "hand_over", ["person_id"])
    op.create_table(
        "handed_item", _key(), _of("hand_over_id", "hand_over", optional=False), _text("kind", 20),
        _number("subject_id"), _of("document_id"), _of("receiver_id", "person"), _text("title", 600),
        _moment("at", optional=False),
    )  # fmt: skip
    op.create_index("ix_handed_item_list", "handed_item", ["hand_over_id", "kind", "id"])
    op.create_index("ix_handed_item_subject", "handed_item", ["subject_id", "kind"])
    op.create_table(
        "succession", _key(), _of("agency_id", "agency", optional=False), _text("old", 80), _text("new", 80),
        _of("document_id"), _moment("since", optional=False),
    )  # fmt: skip
    op.create_index("ix_succession_old", "succession", ["agency_id", "old"])


def _dossiers() -> None:
    op.drop_constraint(op.f("ck_dossier_state"), "dossier")
    op.create_check_constraint(op.f("ck_dossier_state"), "dossier", f"state in ({STATES},'destroyed')")
    op.add_column("dossier", _of("minutes_id"))
    op.add_column("dossier", _moment("destroyed_at"))
    op.create_table(
        "dossier_year_list", _key(), _of("agency_id", "agency", optional=False), _number("year"), _text("state", 10),
        _moment("submitted_at"), _of("submitted_by_id", "person"), _moment("decided_at"),
        _of("decided_by_id", "person"), _day("issued_on"), _text("remark", 1000),
        _one_of("dossier_year_list", "state", "draft", "submitted", "approved"),
        sa.UniqueConstraint("agency_id", "year"),
    )  # fmt: skip
    op.create_table(
        "dossier_loan", _key(), _of("agency_id", "agency", optional=False),
        _of("dossier_id", "dossier", optional=False), _of("person_id", "person", optional=False),
        _text("purpose", 500), _moment("asked_at", optional=False),
        _moment("due_at", optional=False), _text("state", 10), _moment("decided_at"), _of("decided_by_id", "person"),
        _text("remark", 500), _moment("returned_at"), _of("returned_by_id", "person"), _moment("reminded_at"),
        _one_of("dossier_loan", "state", "asked", "refused", "lent", "returned"),
    )  # fmt: skip
    op.create_index("ix_dossier_loan_dossier_id", "dossier_loan", ["dossier_id"])
    op.create_index("ix_dossier_loan_person", "dossier_loan", ["person_id", "state"])
    op.create_index(
        "uq_dossier_loan_running", "dossier_loan", ["dossier_id", "person_id"], unique=True,
        postgresql_where=sa.text("state in ('asked','lent')"),
    )  # fmt: skip
    op.create_table(
        "archive_minutes", _key(), _of("agency_id", "agency", optional=False), _number("year"), _number("number"),
        _moment("made_at", optional=False), _of("receiver_id", "person", optional=False),
        _of("giver_id", "person", optional=False), _text("block", 200), _text("condition", 500),
        sa.Column("counts", JSONB(), nullable=False), sa.UniqueConstraint("agency_id", "year", "number"),
    )  # fmt: skip


def _disposal() -> None:
    op.create_table(
        "disposal", _key(), _of("agency_id", "agency", optional=False), _number("year"), _number("number"),
        _text("state", 10), _text("reason", 1000), _moment("made_at", optional=False),
        _of("made_by_id", "person", optional=False), _moment("submitted_at"), _moment("decided_at"),
        _of("decided_by_id", "person"), _text("decision", 200), _text("remark", 1000),
        sa.Column("counts", JSONB(), nullable=False),
        _one_of("disposal", "state", "draft", "submitted", "decided", "refused"),
        sa.UniqueConstraint("agency_id", "year", "number"),
    )  # fmt: skip
    op.create_table(
        "disposal_item", _key(), _of("disposal_id", "disposal", optional=False),
        _of("dossier_id", "dossier", optional=False), _text("proposal", 10), _number("keep_years", optional=True),
        _text("reason", 500), _one_of("disposal_item", "proposal", "destroy", "keep"),
        sa.UniqueConstraint("disposal_id", "dossier_id"),
    )  # fmt: skip
    op.create_index("ix_disposal_item_dossier_id", "disposal_item", ["dossier_id"])


def downgrade() -> None:
    """Take them away."""
    for table in (
        "disposal_item", "disposal", "archive_minutes", "dossier_loan", "dossier_year_list", "succession",
        "handed_item", "hand_over", "rights_change",
    ):  # fmt: skip
        op.drop_table(table)
    for column in ("minutes_id", "destroyed_at"):
        op.drop_column("dossier", column)
    op.drop_constraint(op.f("ck_dossier_state"), "dossier")
    op.create_check_constraint(op.f("ck_dossier_state"), "dossier", f"state in ({STATES})")
    op.drop_column("stand_in", "kinds")
    op.drop_column("person", "closes_on")
