"""Whether the schema needs a migration, asked without loading Alembic, which alone takes seconds of a restart."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg

VERSIONS = Path(__file__).resolve().parent.parent.parent / "engine" / "migrations" / "versions"
_REVISION = re.compile(r'^(down_)?revision(?::[^=]+)? = (?:"([^"]+)"|None)', re.MULTILINE)


def newest_revisions(folder: Path = VERSIONS) -> set[str]:
    """Return the revisions that no other follows; more than one means branches, which Alembic has to judge."""
    known: set[str] = set()
    followed: set[str] = set()
    for path in folder.glob("*.py"):
        for down, name in _REVISION.findall(path.read_text(encoding="utf-8")):
            (followed if down else known).add(name)
    return known - followed


def is_newest(url: str) -> bool:
    """Tell whether the database is at the only newest revision; False when there is any doubt."""
    try:
        with psycopg.connect(
            re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql://", url), connect_timeout=5
        ) as connection:
            rows = connection.execute("select version_num from alembic_version").fetchall()
    except psycopg.Error:
        return False
    newest = newest_revisions()
    return len(newest) == 1 and {str(row[0]) for row in rows} == newest
