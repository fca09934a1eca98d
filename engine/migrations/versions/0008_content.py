"""Full-text search: the words of documents and of their files, searches people keep, columns they chose."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

# A line that is there already is locked, so that whoever works it off meanwhile leaves it for after this transaction.
HELD = "on conflict (document_id) do update set agency_id = excluded.agency_id"
MARK_DUE = """
create function mark_words_due() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    insert into words_due (document_id, agency_id)
      select id, agency_id from document where id = old.document_id and destroyed_at is null
      HELD;
  else
    insert into words_due (document_id, agency_id)
      select id, agency_id from document where id = new.document_id and destroyed_at is null
      HELD;
  end if;
  return null;
end $$
"""
# What a destroyed document said may be found nowhere, from the very transaction on (SYS-8).
MARK_DOCUMENT = """
create function mark_document_words_due() returns trigger language plpgsql as $$
begin
  if new.destroyed_at is not null then
    delete from words_due where document_id = new.id;
    delete from document_words where document_id = new.id;
  else
    insert into words_due (document_id, agency_id) values (new.id, new.agency_id) HELD;
  end if;
  return null;
end $$
"""
MARK_HOLDERS = """
create function mark_content_words_due() returns trigger language plpgsql as $$
begin
  insert into words_due (document_id, agency_id)
    select distinct document.id, document.agency_id from attachment join document on document.id = document_id
    where file_hash = new.file_hash and current and destroyed_at is null
    order by 1 HELD;
  return null;
end $$
"""
FORGET_CONTENT = """
create function forget_content() returns trigger language plpgsql as $$
begin
  delete from content where file_hash = old.file_hash
    and not exists (select from attachment where attachment.file_hash = old.file_hash);
  return null;
end $$
"""
SAID_OF_DOCUMENT = (
    "folded, code, code_number, code_notation, identifier, subject, type_name, organ_name, description, body, "
    "signer_name, signer_position, to_places, result, reply_requirement, refusal_reason, file_notation, unit_id, "
    "drafter_id, arrival_number, urgency, destroyed_at"
)


def upgrade() -> None:
    """Make the tables, the triggers that say which document's words are out of date, and the orders of results."""
    _tables()
    op.create_index("ix_document_words", "document_words", ["words"], postgresql_using="gin",
                    postgresql_with={"fastupdate": "off"})  # fmt: skip
    op.create_index("ix_document_by_issued", "document", ["agency_id", sa.text(f"({ISSUED})"), "id"])
    op.create_index("ix_document_by_status", "document", ["agency_id", "direction", "status", "id"])
    op.create_index("ix_document_by_due", "document", ["agency_id", sa.text(f"({DUE})"), "id"])
    for function in (MARK_DUE, MARK_DOCUMENT, MARK_HOLDERS, FORGET_CONTENT):
        op.execute(function.replace("HELD", HELD))
    op.execute(
        f"create trigger words_due after insert or update of {SAID_OF_DOCUMENT} on document "
        "for each row execute function mark_document_words_due()"
    )
    for table, changes in (
        ("attachment", "insert or delete or update of current, file_hash, file_name"),
        ("instruction", "insert or update of text"),
        ("opinion", "insert or update of text"),
        ("dispatch", "insert or update of recipient_name"),
    ):
        op.execute(
            f"create trigger words_due after {changes} on {table} for each row execute function mark_words_due()"
        )
    op.execute(
        "create trigger words_due after insert or update of text on content "
        "for each row execute function mark_content_words_due()"
    )
    op.execute(
        "create trigger forget_content after delete on attachment for each row execute function forget_content()"
    )
    op.execute("insert into words_due (document_id, agency_id) select id, agency_id from document "
               "where destroyed_at is null")  # fmt: skip


ISSUED = "coalesce(issued_date, '0001-01-01'::date)"
DUE = "coalesce(due_date, '9999-12-31'::date)"


def _tables() -> None:
    op.create_table(
        "content",
        sa.Column("file_hash", sa.String(64), primary_key=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("reader", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('read','partly','empty','failed')", name=op.f("ck_content_state")),
    )
    op.create_table(
        "document_words",
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id"), primary_key=True),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
    )
    op.create_table(
        "words_due",
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id"), primary_key=True),
        sa.Column("agency_id", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_words_due_agency", "words_due", ["agency_id", "document_id"])
    op.create_table(
        "saved_search",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("criteria", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_saved_search_person_id_name")),
    )
    op.create_table(
        "search_choice",
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("columns", postgresql.JSONB(), nullable=False),
    )


def downgrade() -> None:
    """Take everything away again."""
    for table in ("document", "attachment", "instruction", "opinion", "dispatch"):
        op.execute(f"drop trigger words_due on {table}")
    op.execute("drop trigger forget_content on attachment")
    op.drop_index("ix_document_by_due", "document")
    op.drop_index("ix_document_by_status", "document")
    op.drop_index("ix_document_by_issued", "document")
    for table in ("search_choice", "saved_search", "words_due", "document_words", "content"):
        op.drop_table(table)
    for function in ("mark_words_due", "mark_document_words_due", "mark_content_words_due", "forget_content"):
        op.execute(f"drop function {function}()")
