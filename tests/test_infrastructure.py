"""The fixtures themselves: a database and a queue of one's own, a browser that opens pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import redis

from tests.servers import plain


def test_each_test_has_a_database_of_its_own(empty_database_url: str):
    with psycopg.connect(plain(empty_database_url)) as connection:
        assert connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone() == (0,)
        connection.execute("create table here (id int)")
        assert connection.execute("select datcollate from pg_database where datname = current_database()").fetchone()


def test_the_database_of_the_next_test_is_empty_again(empty_database_url: str):
    with psycopg.connect(plain(empty_database_url)) as connection:
        assert connection.execute("select to_regclass('here')").fetchone() == (None,)


def test_the_queue_is_empty(redis_url: str):
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("a", "1")
        assert client.dbsize() == 1


def test_chromium_opens_a_served_page(
    page: Any, serve: Callable[[Any], str], accessibility: Callable[[Any], list[str]]
):
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return ["<!doctype html><html lang=vi><title>Thử</title><main><h1>Văn thư</h1></main>".encode()]

    page.goto(serve(app))
    assert page.get_by_role("heading").inner_text() == "Văn thư"
    assert accessibility(page) == []
