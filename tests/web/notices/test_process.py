"""The stream in the real web server: it comes through as it is said, and doesn't hold up a server that is to stop."""

from __future__ import annotations

import http.client
import re
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.platform import Platform
from tests import builders
from web.launcher import programs
from web.launcher.children import Child

pytestmark = pytest.mark.slow
PASSWORD = "Mot-mat-khau-thu-2026"


@pytest.fixture
def port(platform: Platform, tmp_path: Path) -> Iterator[tuple[int, Child]]:
    """The web of the province, started as an installation starts it."""
    port = programs.choose_port("127.0.0.1", None, 18400, lambda said: None)
    settings = replace(platform.settings, data_path=tmp_path, secret_key="k" * 40)
    (tmp_path / "log").mkdir(exist_ok=True)
    child = programs.web(settings, "127.0.0.1", port)
    child.start()
    try:
        programs.wait_until_healthy(child, "127.0.0.1", port)
        yield port, child
    finally:
        child.stop()


def test_counts_come_through_and_a_stop_is_not_held_up(
    platform: Platform, province: builders.Province, port: tuple[int, Child]
) -> None:
    number, child = port
    person = builders.person(platform, province.department.agency, "clerk", password=PASSWORD)
    connection = http.client.HTTPConnection("127.0.0.1", number, timeout=20)
    cookie, token = visit(connection)
    body = urllib.parse.urlencode({"user_name": person.user_name, "password": PASSWORD, "csrf_token": token})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    connection.request("POST", "/sign-in", body, headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status in (302, 303), answer.status
    signed_in = (answer.getheader("Set-Cookie") or "").partition(";")[0]
    connection.request("GET", "/notices/stream", headers={"Cookie": signed_in})
    stream = connection.getresponse()
    assert (stream.status, stream.getheader("Content-Type", "")[:17]) == (200, "text/event-stream")
    lines = iter(stream.readline, b"")
    assert next(line for line in lines if line.startswith(b"data: ")).startswith(b'data: {"boxes"')
    began = time.monotonic()
    child.stop()
    assert time.monotonic() - began < 8  # the grace of the web server is 15 seconds
    connection.close()


def visit(connection: http.client.HTTPConnection) -> tuple[str, str]:
    """The cookie and the form token of the page of signing in."""
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    found = re.search(r'name="csrf_token" value="([^"]+)"', answer.read().decode())
    assert found
    return (answer.getheader("Set-Cookie") or "").partition(";")[0], found[1]
