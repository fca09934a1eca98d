"""Alembic migrations of the engine's tables; engine.schema.upgrade applies them."""
