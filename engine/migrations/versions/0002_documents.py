"""Documents, registers, dispatches and instructions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def _register() -> None:
    op.create_table(
        "register",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("type_names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("notation", sa.String(length=60), nullable=False),
        sa.Column("with_year", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_register_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register")),
    )
    op.create_index(op.f("ix_register_agency_id"), "register", ["agency_id"], unique=False)


def _register_year() -> None:
    op.create_table(
        "register_year",
        sa.Column("register_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["register_id"], ["register.id"], name=op.f("fk_register_year_register_id")),
        sa.PrimaryKeyConstraint("register_id", "year", name=op.f("pk_register_year")),
    )


def _document() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("identifier", sa.String(length=200), nullable=True),
        sa.Column("type_name", sa.String(length=100), nullable=False),
        sa.Column("code_number", sa.String(length=20), nullable=True),
        sa.Column("code_notation", sa.String(length=60), nullable=True),
        sa.Column("code", sa.String(length=90), nullable=True),
        sa.Column("issued_date", sa.Date(), nullable=True),
        sa.Column("organ_id", sa.String(length=64), nullable=True),
        sa.Column("organ_name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=30), nullable=False),
        sa.Column("page_amount", sa.BigInteger(), nullable=True),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("urgency", sa.BigInteger(), nullable=False),
        sa.Column("secrecy", sa.String(length=20), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("signer_position", sa.String(length=100), nullable=False),
        sa.Column("signer_name", sa.String(length=100), nullable=False),
        sa.Column("signer_capacity", sa.String(length=100), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("drafter_id", sa.BigInteger(), nullable=True),
        sa.Column("signer_id", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reply_required", sa.Boolean(), nullable=False),
        sa.Column("reply_requirement", sa.Text(), nullable=False),
        sa.Column("issued_amount", sa.BigInteger(), nullable=True),
        sa.Column("to_places", sa.String(length=1000), nullable=False),
        sa.Column("person_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("sender_id", sa.BigInteger(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrival_date", sa.Date(), nullable=True),
        sa.Column("arrival_number", sa.BigInteger(), nullable=True),
        sa.Column("calendar_version", sa.BigInteger(), nullable=True),
        sa.Column("raw_hash", sa.String(length=64), nullable=True),
        sa.Column("verification", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("checks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("refusal_code", sa.String(length=30), server_default="", nullable=False),
        sa.Column("refusal_reason", sa.String(length=1000), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("resolution", sa.String(length=20), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tombstone", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("file_organ_id", sa.String(length=64), nullable=True),
        sa.Column("file_catalog", sa.BigInteger(), nullable=True),
        sa.Column("file_notation", sa.String(length=60), nullable=True),
        sa.Column("doc_ordinal", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("direction in ('incoming','outgoing')", name=op.f("ck_document_direction")),
        sa.CheckConstraint("secrecy = 'none'", name=op.f("ck_document_not_secret")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_document_agency_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_document_created_by_id")),
        sa.ForeignKeyConstraint(["drafter_id"], ["person.id"], name=op.f("fk_document_drafter_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["agency.id"], name=op.f("fk_document_sender_id")),
        sa.ForeignKeyConstraint(["signer_id"], ["person.id"], name=op.f("fk_document_signer_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_document_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index("ix_document_code", "document", ["agency_id", "code", "organ_id"], unique=False)
    op.create_index("ix_document_identifier", "document", ["agency_id", "identifier"], unique=False)
    op.create_index("ix_document_list", "document", ["agency_id", "direction", "id"], unique=False)
    op.create_index(
        "ix_document_raw_hash", "document", ["raw_hash"], unique=False, postgresql_where="raw_hash is not null"
    )


def _attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("part in ('main','annex','draft','notice')", name=op.f("ck_attachment_part")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_attachment_created_by_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_attachment_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_document_id"), "attachment", ["document_id"], unique=False)
    op.create_index(op.f("ix_attachment_file_hash"), "attachment", ["file_hash"], unique=False)


def _dispatch() -> None:
    op.create_table(
        "dispatch",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("recipient_id", sa.BigInteger(), nullable=True),
        sa.Column("recipient_code", sa.String(length=64), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column("for_action", sa.Boolean(), nullable=False),
        sa.Column("paper_reason", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("transport_id", sa.String(length=200), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("reply_id", sa.BigInteger(), nullable=True),
        sa.Column("reminders", sa.BigInteger(), nullable=False),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_dispatch_agency_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_dispatch_document_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["agency.id"], name=op.f("fk_dispatch_recipient_id")),
        sa.ForeignKeyConstraint(["reply_id"], ["document.id"], name=op.f("fk_dispatch_reply_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch")),
        sa.UniqueConstraint("document_id", "recipient_code", name=op.f("uq_dispatch_document_id_recipient_code")),
    )
    op.create_index(op.f("ix_dispatch_document_id"), "dispatch", ["document_id"], unique=False)
    op.create_index(
        "ix_dispatch_due",
        "dispatch",
        ["agency_id", "due_date"],
        unique=False,
        postgresql_where="due_date is not null and reply_id is null",
    )
    op.create_index(
        "ix_dispatch_reply", "dispatch", ["reply_id"], unique=False, postgresql_where="reply_id is not null"
    )


def _document_link() -> None:
    op.create_table(
        "document_link",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["document.id"], name=op.f("fk_document_link_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["document.id"], name=op.f("fk_document_link_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_link")),
        sa.UniqueConstraint("from_id", "to_id", "kind", name=op.f("uq_document_link_from_id_to_id_kind")),
    )
    op.create_index(op.f("ix_document_link_from_id"), "document_link", ["from_id"], unique=False)
    op.create_index(op.f("ix_document_link_to_id"), "document_link", ["to_id"], unique=False)


def _instruction() -> None:
    op.create_table(
        "instruction",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_instruction_document_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_instruction_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction")),
    )
    op.create_index(op.f("ix_instruction_document_id"), "instruction", ["document_id"], unique=False)


def _opinion() -> None:
    op.create_table(
        "opinion",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_opinion_document_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_opinion_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
    )
    op.create_index(op.f("ix_opinion_document_id"), "opinion", ["document_id"], unique=False)


def _party() -> None:
    op.create_table(
        "party",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_party_document_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_party_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_party_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint(
            "document_id",
            "person_id",
            "unit_id",
            name=op.f("uq_party_document_id_person_id_unit_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_party_person", "party", ["person_id", "document_id"], unique=False)
    op.create_index("ix_party_unit", "party", ["unit_id", "document_id"], unique=False)


def _register_entry() -> None:
    op.create_table(
        "register_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("register_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.CheckConstraint("state in ('used','held','cancelled')", name=op.f("ck_register_entry_state")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_register_entry_document_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["person.id"], name=op.f("fk_register_entry_entered_by_id")),
        sa.ForeignKeyConstraint(["register_id"], ["register.id"], name=op.f("fk_register_entry_register_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry")),
        sa.UniqueConstraint("register_id", "year", "number", name=op.f("uq_register_entry_register_id_year_number")),
    )
    op.create_index(op.f("ix_register_entry_document_id"), "register_entry", ["document_id"], unique=False)


def _assignment() -> None:
    op.create_table(
        "assignment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("instruction_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("part in ('lead','support','inform')", name=op.f("ck_assignment_part")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_assignment_document_id")),
        sa.ForeignKeyConstraint(["instruction_id"], ["instruction.id"], name=op.f("fk_assignment_instruction_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_assignment_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_document_id"), "assignment", ["document_id"], unique=False)


def _dispatch_status() -> None:
    op.create_table(
        "dispatch_status",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("dispatch_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("description", sa.String(length=1000), nullable=False),
        sa.Column("staff", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raw_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["dispatch_id"], ["dispatch.id"], name=op.f("fk_dispatch_status_dispatch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_status")),
    )
    op.create_index(op.f("ix_dispatch_status_dispatch_id"), "dispatch_status", ["dispatch_id"], unique=False)


def upgrade() -> None:
    """Make the tables in the order of their references."""
    _register()
    _register_year()
    _document()
    _attachment()
    _dispatch()
    _document_link()
    _instruction()
    _opinion()
    _party()
    _register_entry()
    _assignment()
    _dispatch_status()


def downgrade() -> None:
    """Drop them in the opposite order."""
    op.drop_table("dispatch_status")
    op.drop_table("assignment")
    op.drop_table("register_entry")
    op.drop_table("party")
    op.drop_table("opinion")
    op.drop_table("instruction")
    op.drop_table("document_link")
    op.drop_table("dispatch")
    op.drop_table("attachment")
    op.drop_table("document")
    op.drop_table("register_year")
    op.drop_table("register")
