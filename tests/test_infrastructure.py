"""The fixtures themselves: a database and a queue of one's own, a browser that opens pages, nothing left behind."""

from __future__ import annotations

import logging
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from tests.conftest import long_ones_first
from tests.leftovers import left_behind, shared_state
from tests.servers import folder_of_run, keep, plain


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


def test_chromium_opens_a_served_page(page: Any, serve: Callable[[Any], str], accessibility: Callable[..., list[str]]):
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return ["<!doctype html><html lang=vi><title>Thử</title><main><h1>Văn thư</h1></main>".encode()]

    page.goto(serve(app))
    assert page.get_by_role("heading").inner_text() == "Văn thư"
    assert accessibility(page) == []
    page.evaluate("document.querySelector('main').innerHTML += '<p style=color:#ccc>Mờ</p><img src=data:,>'")
    assert [each.split(":")[0] for each in accessibility(page)] == ["color-contrast", "image-alt"]
    assert [each.split(":")[0] for each in accessibility(page, colours=False, drawings=False)] == ["image-alt"]


def test_an_answer_nobody_waits_for_any_more_is_closed(serve: Callable[[Any], str]):
    closed = threading.Event()

    class Endless:
        def __iter__(self) -> Iterator[bytes]:
            while not closed.is_set():
                yield b"x" * 100_000

        def close(self) -> None:
            closed.set()

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Endless:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return Endless()

    port = int(serve(app).rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as visitor:
        visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # reset, not farewell
        visitor.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert visitor.recv(10)
    assert closed.wait(10)


def test_what_a_test_leaves_behind_is_seen(monkeypatch: pytest.MonkeyPatch):
    log = logging.getLogger("vanthu.left-behind")
    before = shared_state()
    assert left_behind(before, shared_state()) == []
    log.disabled = True  # as logging.config does with every logger it isn't told of
    monkeypatch.setenv("VANTHU_LEFT_BEHIND", "1")
    monkeypatch.chdir("/")
    said = left_behind(before, shared_state())
    log.disabled = False
    assert [line.split(":")[0] for line in said] == ["working folder", "environment", "logger vanthu.left-behind"]


def test_the_keeper_refuses_a_folder_that_is_no_test_run_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    kept = tmp_path / "kept"
    kept.touch()
    with pytest.raises(RuntimeError, match="no folder of a test run"):
        keep(tmp_path, os.getpid())
    monkeypatch.setattr("tempfile.tempdir", str(kept))
    with pytest.raises(RuntimeError, match="no folder of a test run"):
        folder_of_run()
    assert kept.exists()


@dataclass
class Item:
    """As much of a collected test as its place depends on."""

    path: Path
    marks: tuple[str, ...] = ()

    def get_closest_marker(self, name: str) -> bool:
        return name in self.marks


def test_every_worker_begins_with_what_takes_long():
    quick = [Item(Path(f"quick-{number}")) for number in range(6)]
    slow = Item(Path("slow"), ("slow",))
    screens = [Item(Path("screens"), ("slow", "browser")), Item(Path("screens"), ("slow",))]
    items: Any = [*quick[:3], slow, *screens, *quick[3:]]
    assert long_ones_first(items, 1) == [*screens, slow, *quick]
    first = long_ones_first(items, 2)
    assert first == [*screens, *quick[:2], slow, *quick[2:]]
    assert first.index(slow) == len(items) // 2  # where the second worker's share begins
