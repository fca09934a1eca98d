"""The declarative base all tables share, and the way an engine is made."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, Date, DateTime, Engine, Identity, MetaData, Table, create_engine, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

RESTED_SECONDS = 2.0

Key = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
Json = Annotated[dict[str, Any], mapped_column(JSONB, default=dict)]


class Base(DeclarativeBase):
    """Every table; instants carry their zone, documents of fields are JSONB."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        date: Date(),
        int: BigInteger(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


def connect(url: str, pool_size: int = 10) -> Engine:
    """An engine for a PostgreSQL address; psycopg 3, UTC sessions."""
    return create_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args={"options": "-c timezone=UTC"},
    )


def ping_after_rest(engine: Engine) -> None:
    """Ask a connection that has rested whether it is still there before it is used; a busy one isn't asked."""

    @event.listens_for(engine, "checkin")
    def rested(connection: Any, record: Any) -> None:
        record.info["rested_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def still_there(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("rested_since", time.monotonic()) < RESTED_SECONDS:
            return
        try:
            connection.execute("select 1")
            connection.rollback()
        except Exception as error:  # whatever is wrong with it, the pool opens another
            raise DisconnectionError from error


def sqlalchemy_url(url: str) -> str:
    """Accept the usual spellings of a PostgreSQL address and name the driver."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert plain rows (no bytes) in one statement with one parameter; every row has the same columns."""
    columns = ", ".join(f'"{name}"' for name in rows[0])
    statement = (
        f"insert into {table.name} ({columns}) "  # noqa: S608  # names of our own tables and columns
        f"select {columns} from jsonb_populate_recordset(null::{table.name}, cast(:rows as jsonb))"
    )
    session.execute(text(statement), {"rows": as_json(rows)})


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as JSON text for the database; instants in ISO 8601."""
    return json.dumps(rows, ensure_ascii=False, default=_instant)


def _instant(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a plain row")


def ping(engine: Engine) -> None:
    """Raise unless the database answers."""
    with engine.connect() as connection:
        connection.execute(text("select 1"))
