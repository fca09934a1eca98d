"""Finding out quickly who holds bytes of the store; one operation takes them out instead of two."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the indexes; hand what is on its way to the one operation."""
    op.create_index(
        "ix_layout_check_picture_hashes", "layout_check", [sa.text("jsonb_path_query_array(pictures, '$.*')")],
        postgresql_using="gin",
    )  # fmt: skip
    op.create_index("ix_archive_package_file_hash", "archive_package", ["file_hash"])
    op.execute(
        "update delivery set operation = 'documents.remove-bytes' "
        "where operation = 'scanning.remove-bytes' and state in ('waiting', 'carried')"
    )


def downgrade() -> None:
    """Take the indexes away; the one operation does for both."""
    op.drop_index("ix_archive_package_file_hash", "archive_package")
    op.drop_index("ix_layout_check_picture_hashes", "layout_check")
