"""Databases that are brought back to what they were when a test is over: copying one costs eight times as much.

Bringing back is one call over a connection that stays open: rows nobody had are deleted, rows that are gone or changed
are put in again, sequences count on from where they were. A test that changes the schema (what the catalog then shows)
costs its database, the next one gets a new copy.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from tests import warm
from tests.servers import TestServers, plain

USES = 60
"""How often a database is brought back before a copy takes its place: what was deleted still lies about in it."""
PATIENCE = "10s"
CATALOG = (
    "pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_trigger", "pg_rewrite", "pg_proc",
    "pg_type", "pg_namespace", "pg_extension", "pg_event_trigger", "pg_policy", "pg_statistic", "pg_collation",
)  # fmt: skip
"""Where a schema is written down; the statistics count as well, as they decide in which order rows are found."""

_lendings = itertools.count(1)


class Restored:
    """Lends databases that are like a template, to one test at a time each."""

    def __init__(self, servers: TestServers, template: str) -> None:
        self._servers = servers
        self._template = template
        self._free: list[_Copy] = []

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The address of a database like the template for the length of a block."""
        copy = self._free.pop() if self._free else _Copy.of(self._servers, self._template)
        try:
            # The platform keeps things per process and address (calendars); nobody shall know those of another test.
            yield f"{self._servers.database(copy.name)}?application_name=test_{next(_lendings)}"
        finally:
            if copy.uses < USES and copy.brought_back():
                self._free.append(copy)
            else:
                copy.drop(self._servers)

    def close(self) -> None:
        """Drop what is not lent."""
        while self._free:
            self._free.pop().drop(self._servers)


@dataclass
class _Copy:
    """A database and the connection over which it is brought back."""

    name: str
    connection: psycopg.Connection[tuple[object, ...]]
    uses: int = 0

    @classmethod
    def of(cls, servers: TestServers, template: str) -> _Copy:
        """Copy a database and note what is in it."""
        name = f"t_{uuid.uuid4().hex[:16]}"
        connection = psycopg.connect(plain(servers.create(name, template)), autocommit=True)
        connection.execute(f"set session_replication_role = replica; set lock_timeout = '{PATIENCE}'")
        connection.execute(_way_back(connection))
        connection.execute("select pg_temp.bring_back()")  # every row is now of a time that is known
        connection.execute("create temp table prepared as select pg_current_xact_id()::xid as at")
        warm.keep(name)
        return cls(name, connection)

    def brought_back(self) -> bool:
        """End who is still connected and bring the database back; False when it has to go."""
        self.uses += 1
        idle = warm.idle(self.name)
        try:
            self.connection.execute(
                "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() "
                "and pid <> pg_backend_pid() and pid <> all(%s)",
                [idle],
            )
            if self.connection.execute(_REBUILT).fetchone() != (False,):
                return False
            self.connection.execute("select pg_temp.bring_back()")
        except psycopg.Error:  # somebody dropped it or holds on to it
            return False
        return True

    def drop(self, servers: TestServers) -> None:
        """Drop the database and whatever is connected to it."""
        warm.forget(self.name)
        self.connection.close()
        servers.drop(self.name)


_REBUILT = "select " + " or ".join(
    f"exists (select from {table}, pg_temp.prepared where age({table}.xmin) < age(prepared.at))" for table in CATALOG
)


def _way_back(connection: psycopg.Connection[tuple[object, ...]]) -> str:
    """Statements that note what is in a database and make the function that brings it back, all for one connection."""
    names = [
        str(row[0])
        for row in connection.execute(
            "select format('%I.%I', nspname, relname) from pg_class join pg_namespace s on relnamespace = s.oid "
            "where relkind = 'r' and relpersistence <> 't' and nspname !~ '^pg_' and nspname <> 'information_schema'"
        )
    ]
    filled = [name for name in names if connection.execute(f"select exists (select from {name})").fetchone() == (True,)]
    notes, steps = [], []
    for name in names:
        if name not in filled:
            steps.append(f"if exists (select from {name}) then delete from {name}; end if;")
    for number, name in enumerate(filled):
        notes.append(f"create temp table kept_{number} as table {name};")
        notes.append(f"insert into since values ({number}, '0');")
        steps.append(
            f"select at into put_in from pg_temp.since where number = {number};"
            f"delete from {name} where xmin <> put_in;"
            f"if (select count(*) from {name}) <> (select count(*) from pg_temp.kept_{number}) then"
            f" delete from {name}; insert into {name} overriding system value table pg_temp.kept_{number};"
            f" update pg_temp.since set at = pg_current_xact_id()::xid where number = {number};"
            f"end if;"
        )
    return (
        "create temp table since (number int, at xid);"
        "create temp table numbers as select seqrelid as id, seqstart as start,"
        " pg_sequence_last_value(seqrelid) as last from pg_sequence;"
        f"{''.join(notes)}"
        "create function pg_temp.bring_back() returns void language plpgsql as $$ declare put_in xid; begin "
        f"{''.join(steps)}"
        "perform setval(id, coalesce(last, start), last is not null) from pg_temp.numbers"
        " where pg_sequence_last_value(id) is distinct from last;"
        " end $$"
    )
