"""Searching in documents by parts of words stays quick however many there are."""

from __future__ import annotations

import sqlalchemy as sa
import structlog
from alembic import op
from sqlalchemy.exc import DBAPIError

revision = "0006"
down_revision = "0004"

log = structlog.get_logger(__name__)


def upgrade() -> None:
    """Make a trigram index on the folded text; where the extension isn't to be had, searching reads every row."""
    connection = op.get_bind()
    try:
        with connection.begin_nested():
            connection.execute(sa.text("create extension if not exists pg_trgm"))
    except DBAPIError as error:
        log.warning(
            "searching documents will be slow: pg_trgm can't be created; let a superuser run `create extension "
            "pg_trgm` in this database, then `create index ix_document_folded on document using gin "
            "(folded gin_trgm_ops)`",
            error=str(error.orig).strip(),
        )
        return
    op.create_index(
        "ix_document_folded", "document", ["folded"], postgresql_using="gin", postgresql_ops={"folded": "gin_trgm_ops"}
    )


def downgrade() -> None:
    """Take the index away; the extension may serve others."""
    op.drop_index("ix_document_folded", "document", if_exists=True)
