"""What every engine and every app works out anew, worked out once per pytest worker: it is the same each time.

An installation has one engine and one app per process; its second request already finds what is kept here. Tests have
thousands, and without this each of them wrote out its statements (a seventh of the time of a test) and the functions
that build addresses (nine tenths of `create_app`) again.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, event
from werkzeug.routing import Rule, rules

import engine.database

STATEMENTS = 5000
IDLE = 3
"""How many connections to a database wait for the next engine; few tests need more."""
ALIKE = ("application_name", "context")
"""What may differ between a connection that waits and one that is wanted: whose it was, and an equal way of reading."""
LIKE_NEW = "reset all; unlisten *; close all; discard temp; discard sequences; select pg_advisory_unlock_all()"


@contextmanager
def warm() -> Iterator[None]:
    """Let engines made by `engine.database.connect`, and all apps, share what they work out for themselves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine.database, "create_engine", _alike(create_engine))
        patch.setattr(Rule, "_compile_builder", _remembered(Rule._compile_builder))
        patch.setattr(rules, "parse_converter_args", cache(rules.parse_converter_args))  # a third of `create_app`
        yield
        for name in list(_waiting):
            forget(name)


def _alike(create: Callable[..., Engine]) -> Callable[..., Engine]:
    """Engines with the dialect and the statements of the first that connected: one server, one driver, one manner.

    They need not ask the server again what it is (five questions); what else a new connection gets, it gets.
    """
    first: list[Engine] = []

    def make(url: str, **options: Any) -> Engine:
        if not first or getattr(first[0].dialect, "server_version_info", None) is None:
            first[:] = [create(url, query_cache_size=STATEMENTS, **options)]
            _close_seldom(first[0].dialect)
            _connect_seldom(first[0].dialect)
            return first[0]
        made = create(url, _initialize=False, **options)
        _connect_seldom(made.dialect)  # its pool goes on asking this one
        made.dialect = made.pool._dialect = first[0].dialect
        made._compiled_cache = first[0]._compiled_cache
        welcome = made.dialect.on_connect_url(made.url)
        if welcome is not None:
            event.listen(made.pool, "connect", lambda connection, record: welcome(connection))
        return made

    return make


def _remembered(build: Callable[..., Any]) -> Callable[..., Any]:
    """The function that writes an address depends on the rule's words alone, as long as nothing has a default."""
    known: dict[tuple[Any, ...], Any] = {}

    def compile_builder(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return build(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in known:
            known[key] = build(rule, append_unknown)
        return known[key]

    return compile_builder


# A new connection is a process that PostgreSQL forks, and that reads the catalog anew: half the work of many a test.
# They wait for the database that was last connected to: the server has 120, for all workers and what they start.
_waiting: dict[str, list[tuple[tuple[Any, ...], Any]]] = {}
_lock = threading.Lock()


def keep(name: str) -> None:
    """From now on connections to this database, which outlives the tests that are lent it, wait for the next."""
    _waiting[name] = []


def idle(name: str) -> list[int]:
    """The processes of PostgreSQL whose connections to a database wait."""
    with _lock:
        return [each.info.backend_pid for _, each in _waiting[name]]


def forget(name: str) -> None:
    """Close what waits for a database that goes."""
    _close(name)
    _waiting.pop(name, None)


def _close(*names: str) -> None:
    """Close what waits for some databases; a child that was forked leaves its parent's connections alone."""
    with _lock:
        closing = [each for name in names for each in _waiting.get(name, ()) if each[0][0] == os.getpid()]
        for name in names:
            _waiting.get(name, []).clear()
    for _, connection in closing:
        connection.close()


def _connect_seldom(dialect: Any) -> None:
    connect = dialect.connect

    def connected(*arguments: Any, **options: Any) -> Any:
        asked = {name: value for name, value in options.items() if name not in ALIKE}
        key = (os.getpid(), arguments, repr(sorted(asked.items())))
        while (connection := _taken(options.get("dbname", ""), key)) is not None:
            try:
                connection.execute(LIKE_NEW)
                connection.commit()
            except psycopg.Error:
                connection.close()
            else:
                return connection
        _close(*(each for each in list(_waiting) if each != options.get("dbname")))
        connection = connect(*arguments, **options)
        connection._opened_as = key
        return connection

    dialect.connect = connected


def _close_seldom(dialect: Any) -> None:
    close = dialect.do_close

    def closed(connection: Any) -> None:
        if not _put_by(connection):
            close(connection)

    dialect.do_close = closed


def _taken(name: str, key: object) -> Any | None:
    with _lock:
        waiting = _waiting.get(name, [])
        found = next((each for each in waiting if each[0] == key), None)
        if found:
            waiting.remove(found)
    return found[1] if found else None


def _put_by(connection: Any) -> bool:
    """Let a connection wait that is as its engine got it; False for any other."""
    key = getattr(connection, "_opened_as", None)
    if key is None or key[0] != os.getpid() or connection.closed or connection.autocommit:
        return False
    if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        return False
    with _lock:
        waiting = _waiting.get(connection.info.dbname)
        if waiting is None or len(waiting) >= IDLE:
            return False
        waiting.append((key, connection))
    return True
