"""Connections that died while resting are replaced before anybody meets them; plain rows go in as they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event, inspect, select, text
from sqlalchemy.orm import Session

from engine import database
from engine.database import (
    Write,
    as_json,
    connect,
    insert,
    inserting,
    ping,
    ping_after_rest,
    sqlalchemy_url,
    write,
    written,
)
from engine.instances.models import Passage
from engine.outbox import Delivery
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


NOW = datetime(2026, 11, 23, 1, 15, tzinfo=UTC)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = connect(database_url)
    yield made
    made.dispose()


def passage(element: str) -> dict[str, object]:
    return {"instance_id": 1, "version_id": 1, "element": element, "token": "t1", "event": "entered", "at": NOW}


def delivery() -> Delivery:
    return Delivery(operation="x", given={"a": "đ"}, state="waiting", attempts=0, not_before=NOW, created_at=NOW,
                    result={})  # fmt: skip


def test_several_writes_are_one_statement_that_sees_what_the_session_holds_back(engine: Engine) -> None:
    sent: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_rest: sent.append(statement))
    with Session(engine) as session:
        session.add(delivery())
        done = Write("done as (update delivery set state = :state, settled_at = :now)", {"state": "done", "now": NOW})
        write(session, inserting(Passage.__table__, [passage("a"), passage("b")]), done)

        assert len(sent) == 2, sent  # the row held back, and all the writes
        assert session.execute(text("select element, at from passage order by id")).all() == [("a", NOW), ("b", NOW)]
        assert session.execute(text("select state, settled_at from delivery")).one() == ("done", NOW)


def test_the_answer_of_writes_is_of_before_them(engine: Engine) -> None:
    with Session(engine) as session:
        rows = inserting(Passage.__table__, [passage("a")])

        assert write(session, rows, then="select count(*) from passage").scalar_one() == 0


def test_an_inserted_row_is_known_to_the_session_and_whole(engine: Engine) -> None:
    with Session(engine) as session:
        row = delivery()
        insert(session, row)

        assert (row.token, row.given) == (None, {"a": "đ"})
        assert session.get(Delivery, row.id) is row
        assert not [*session.dirty, *session.new]
        row.state = "done"
        session.flush()
        assert session.scalar(select(Delivery.state)) == "done"


def test_an_inserted_row_gets_the_defaults_of_its_columns(engine: Engine) -> None:
    with Session(engine) as session:
        row = Delivery(operation="x", not_before=NOW, created_at=NOW)
        insert(session, row)

        assert (row.state, row.attempts, row.given) == ("waiting", 0, {})


def test_what_was_written_past_the_session_is_not_written_again(engine: Engine) -> None:
    with Session(engine) as session:
        row = delivery()
        insert(session, row)
        written(row, {"state": "done", "attempts": 3})

        assert (row.state, row.attempts) == ("done", 3)
        assert not inspect(row).modified
