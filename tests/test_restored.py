"""A database that is lent again is what it was, whatever was done to it; a connection knows nothing of the last one."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text

from engine.database import connect
from tests.restored import Restored
from tests.servers import TestServers, plain

WORDS = "select id, word from filled order by id"


@pytest.fixture
def databases(servers: TestServers, empty_database_url: str) -> Iterator[Restored]:
    """Databases with a row in one table, none in the other, and a rule that nothing is deleted."""
    with psycopg.connect(plain(empty_database_url)) as connection:
        connection.execute(
            "create table filled (id int generated always as identity primary key, word text);"
            "create table bare (id serial, filled_id int references filled);"
            "insert into filled (word) values ('một'), ('hai');"
            "create function refuse() returns trigger language plpgsql as $$ begin raise 'nothing is deleted'; end $$;"
            "create trigger kept before delete on filled for each row execute function refuse()"
        )
    made = Restored(servers, empty_database_url.rpartition("/")[2])
    yield made
    made.close()


@pytest.mark.parametrize(
    "change",
    [
        "insert into filled (word) values ('ba'); insert into bare (filled_id) values (3)",
        "update filled set word = 'khác' where id = 1",
        "insert into bare (filled_id) values (1), (2); delete from bare where id = 1",
        "alter sequence filled_id_seq restart with 50; insert into filled (word) values ('năm mươi')",
        "set session_replication_role = replica; delete from filled where id = 2",
    ],
)
def test_what_a_test_wrote_is_gone_with_it(databases: Restored, change: str) -> None:
    with databases.lent() as first, psycopg.connect(plain(first), autocommit=True) as connection:
        connection.execute(change)
        still_there = connection  # whoever forgot to close it is shown out
        with databases.lent() as beside:
            assert plain(beside).split("?")[0] != plain(first).split("?")[0]
    assert still_there.closed
    with databases.lent() as _, databases.lent() as again, psycopg.connect(plain(again)) as connection:
        assert again != first
        assert connection.execute(WORDS).fetchall() == [(1, "một"), (2, "hai")]
        assert connection.execute("select count(*) from bare").fetchone() == (0,)
        assert connection.execute("insert into bare (filled_id) values (2) returning id").fetchone() == (1,)
        assert connection.execute("insert into filled (word) values ('ba') returning id").fetchone() == (3,)
        with pytest.raises(psycopg.errors.RaiseException, match="nothing is deleted"):
            connection.execute("delete from filled")


@pytest.mark.parametrize(
    "change",
    [
        "create table more (id int)", "alter table filled disable trigger user", "drop table bare",
        "create or replace function refuse() returns trigger language plpgsql as $$ begin return old; end $$",
        "alter table filled alter column word set not null", "analyze filled",
    ],
)  # fmt: skip
def test_a_schema_that_was_changed_is_not_lent_again(databases: Restored, change: str) -> None:
    with databases.lent() as first, psycopg.connect(plain(first), autocommit=True) as connection:
        connection.execute(change)
    with databases.lent() as again:
        assert again.split("?")[0] != first.split("?")[0]


def test_a_connection_is_used_again_and_is_as_new(databases: Restored) -> None:
    def ask(url: str, *statements: str) -> list[object]:
        engine = connect(url)
        with engine.connect() as connection:
            answers = [connection.execute(text(each)).scalar() for each in statements]
            connection.commit()
        engine.dispose()
        return answers

    process, lock = "select pg_backend_pid()", "select count(*) from pg_locks where locktype = 'advisory'"
    with databases.lent() as url:
        before = ask(url, process, "select set_config('lock_timeout', '7s', false)", "select pg_advisory_lock(7)::text")
    with databases.lent() as url:
        assert ask(url, process, "show lock_timeout", lock, "show timezone") == [before[0], "0", 0, "UTC"]
