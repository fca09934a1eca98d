"""Connections that died while resting are replaced before anybody meets them; plain rows go in as they are."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from engine import database
from engine.database import as_json, connect, ping, ping_after_rest, sqlalchemy_url
from engine.schema import is_current


def test_a_connection_that_died_while_resting_is_replaced(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "RESTED_SECONDS", 0.0)
    engine, other = connect(database_url, pool_size=1), connect(database_url)
    ping_after_rest(engine)
    with engine.connect() as connection:
        process = connection.execute(text("select pg_backend_pid()")).scalar_one()
    with other.connect() as connection:
        assert connection.execute(text("select pg_terminate_backend(:p)"), {"p": process}).scalar_one()
    with engine.connect() as connection:
        assert connection.execute(text("select pg_backend_pid()")).scalar_one() != process
    engine.dispose()
    other.dispose()


def test_the_usual_spellings_of_an_address_are_accepted() -> None:
    for spelled in ("postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"):
        assert sqlalchemy_url(spelled) == "postgresql+psycopg://u@h/d"


def test_a_migrated_database_is_current_and_an_empty_one_is_not(database_url: str, empty_database_url: str) -> None:
    for url, expected in ((database_url, True), (empty_database_url, False)):
        engine = connect(url)
        ping(engine)
        assert is_current(engine) is expected
        engine.dispose()


def test_what_is_not_plain_is_no_row() -> None:
    with pytest.raises(TypeError, match="bytes"):
        as_json([{"state": b"x"}])
