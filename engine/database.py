"""The declarative base all tables share, and the way an engine is made."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Annotated, Any, cast

from sqlalchemy import BigInteger, Date, DateTime, Engine, Identity, MetaData, Table, create_engine, event, text
from sqlalchemy import insert as sql_insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Result
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, attributes, make_transient_to_detached, mapped_column
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.expression import FromClause, TextClause

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


NOTHING = "select 1"


@dataclass(frozen=True, slots=True)
class Write:
    """What a statement writes (`name as (insert …)`, more of them with commas between) and its values; see `write`."""

    sql: str
    values: Mapping[str, Any]


def write(session: Session, *writes: Write, then: str = NOTHING) -> Result[Any]:
    """Carry out several writes in one statement, which costs little more than one of them; `then` is its answer.

    They and `then` see the database as it was before, so no two may write the same row, and one that needs another's
    ids says `from` its name. What the session holds back is written first.
    """
    session.flush()
    values = {name: value for each in writes for name, value in each.values.items()}
    return session.execute(_together(tuple(each.sql for each in writes), then), values)


@lru_cache(maxsize=500)
def _together(writes: tuple[str, ...], then: str) -> TextClause:
    return text(f"with {', '.join(writes)} {then}" if writes else then)


def inserting(table: FromClause, rows: Sequence[Mapping[str, Any]]) -> Write:
    """The writing of plain rows (no bytes) with one parameter however many they are; all have the same columns."""
    name = cast(Table, table).name
    return Write(_insertion(name, tuple(rows[0])), {f"new_{name}": as_json(rows)})


@lru_cache(maxsize=100)
def _insertion(table: str, names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    return (
        f"{table}_rows as (insert into {table} ({columns}) "  # noqa: S608  # names of our own tables and columns
        f"select {columns} from jsonb_populate_recordset(null::{table}, cast(:new_{table} as jsonb)))"
    )


def insert(session: Session, row: Base) -> None:
    """Insert one new row at once and without the unit of work; the session knows it afterwards as if it had read it."""
    table = cast(Table, row.__table__)
    given = vars(row)
    absent = [column.key for column in table.columns if column.key not in given and column.default is None]
    values = {name: value for name, value in given.items() if name in table.columns}
    session.flush()
    row.id = session.execute(_returning_id(table), values).scalar_one()  # type: ignore[attr-defined]
    for name in absent:
        if name != "id":
            attributes.set_committed_value(row, name, None)
    make_transient_to_detached(row)
    session.add(row)


@cache
def _returning_id(table: Table) -> ReturningInsert[Any]:
    return sql_insert(table).returning(table.c.id)


def written(row: Base, values: Mapping[str, Any]) -> None:
    """Show in an object what `write` has written past it, so that the session doesn't write it once more."""
    for name, value in values.items():
        attributes.set_committed_value(row, name, value)


def as_json(rows: Any) -> str:
    """Plain rows as JSON text for the database; instants in ISO 8601."""
    return json.dumps(rows, ensure_ascii=False, default=_instant)


def _instant(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a plain row")


def ping(engine: Engine) -> None:
    """Raise unless the database answers."""
    with engine.connect() as connection:
        connection.execute(text("select 1"))
