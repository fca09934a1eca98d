"""Flask-SQLAlchemy over the engine's own tables: the web process has one engine and one pool, and they are these."""

from __future__ import annotations

from typing import Any

from flask_sqlalchemy import SQLAlchemy

from engine.database import Base, sqlalchemy_url
from engine.settings import Settings

# The tables are the engine's plain declarative ones; here they only get a pool that lives and dies with the app.
db = SQLAlchemy(metadata=Base.metadata)


def configuration(settings: Settings) -> dict[str, Any]:
    """Return Flask-SQLAlchemy's settings for an installation: the same pool and zone as `engine.database.connect`."""
    return {
        "SQLALCHEMY_DATABASE_URI": sqlalchemy_url(settings.database_url),
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": settings.database_pool,
            "max_overflow": settings.database_pool,
            "connect_args": {"options": "-c timezone=UTC"},
        },
    }
