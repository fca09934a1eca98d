"""Indexes for a million documents: the newest of an agency, parts of words within it, tasks nobody has taken."""

from __future__ import annotations

import sqlalchemy as sa
import structlog
from alembic import op
from sqlalchemy.exc import DBAPIError

revision = "0019"
down_revision = "0018"

log = structlog.get_logger(__name__)


def upgrade() -> None:
    """Add them; where the extension isn't to be had, parts of words are looked for in every agency as before."""
    op.create_index("ix_document_newest", "document", ["agency_id", "id"])
    op.create_index(
        "ix_task_unclaimed", "task", ["agency_id", "id"],
        postgresql_where=sa.text("state = 'open' and assignee_id is null"),
    )  # fmt: skip
    connection = op.get_bind()
    if connection.scalar(sa.text("select 1 from pg_extension where extname = 'pg_trgm'")) is None:
        return
    try:
        with connection.begin_nested():
            connection.execute(sa.text("create extension if not exists btree_gin"))
    except DBAPIError as error:
        log.warning(
            "searching parts of words takes longer the more agencies there are: btree_gin can't be created; let a "
            "superuser run `create extension btree_gin`, then replace ix_document_folded by one on "
            "(agency_id, folded gin_trgm_ops)",
            error=str(error.orig).strip(),
        )
        return
    op.drop_index("ix_document_folded", "document", if_exists=True)
    _folded("agency_id", "folded")


def _folded(*columns: str) -> None:
    op.create_index(
        "ix_document_folded", "document", list(columns), postgresql_using="gin",
        postgresql_ops={"folded": "gin_trgm_ops"},
    )  # fmt: skip


def downgrade() -> None:
    """Put the former ones back; the extension may serve others."""
    if op.get_bind().scalar(sa.text("select 1 from pg_extension where extname = 'pg_trgm'")) is not None:
        op.drop_index("ix_document_folded", "document", if_exists=True)
        _folded("folded")
    op.drop_index("ix_task_unclaimed", "task")
    op.drop_index("ix_document_newest", "document")
