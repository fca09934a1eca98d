"""Alembic migrations of the engine's tables; engine.database.upgrade applies them."""
