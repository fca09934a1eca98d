"""Bring a database to the newest migration; apart from database.py because Alembic is slow to load."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from engine.database import connect

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 7000  # two processes that start together must not migrate at the same time


def migrations() -> Config:
    """Alembic's configuration without a file; its scripts lie in engine/migrations."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(url: str) -> None:
    """Bring the database to the newest migration; safe to run by several processes at once."""
    engine = connect(url, pool_size=1)
    try:
        with engine.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            config = migrations()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest migration."""
    head = ScriptDirectory.from_config(migrations()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
