"""What every engine and every app works out anew, worked out once per pytest worker: it is the same each time.

An installation has one engine and one app per process; its second request already finds what is kept here. Tests have
thousands, and without this each of them wrote out its statements (a seventh of the time of a test) and the functions
that build addresses (nine tenths of `create_app`) again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event
from werkzeug.routing import Rule, rules

import engine.database

STATEMENTS = 5000


@contextmanager
def warm() -> Iterator[None]:
    """Let engines made by `engine.database.connect`, and all apps, share what they work out for themselves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine.database, "create_engine", _alike(create_engine))
        patch.setattr(Rule, "_compile_builder", _remembered(Rule._compile_builder))
        patch.setattr(rules, "parse_converter_args", cache(rules.parse_converter_args))  # a third of `create_app`
        yield


def _alike(create: Callable[..., Engine]) -> Callable[..., Engine]:
    """Engines with the dialect and the statements of the first that connected: one server, one driver, one manner.

    They need not ask the server again what it is (five questions); what else a new connection gets, it gets.
    """
    first: list[Engine] = []

    def make(url: str, **options: Any) -> Engine:
        if not first or getattr(first[0].dialect, "server_version_info", None) is None:
            first[:] = [create(url, query_cache_size=STATEMENTS, **options)]
            return first[0]
        made = create(url, _initialize=False, **options)
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
