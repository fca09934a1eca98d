"""Time stamps over HTTP: the same answers as the local authority, and what happens when the other side misbehaves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from asn1crypto import tsp

from connectors.signing.authority import LocalAuthority
from connectors.signing.identity import Identity
from connectors.signing.pades import Desk, sign_person
from connectors.signing.timestamps import HttpTimeStamper
from connectors.signing.verification import verify
from engine.errors import PermanentError, TemporaryError
from tests.connectors.signing.conftest import NOW

Answer = Callable[[bytes], tuple[int, bytes]]


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], str]]:
    """An HTTP server on loopback that answers each request with `answer(body)`."""
    servers: list[HTTPServer] = []

    def start(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                status, content = answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/tsa"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_stamp_over_http_makes_the_same_valid_signature(
    serve: Callable[[Answer], str], authority: LocalAuthority, drafted: bytes, person: Identity, fonts: Path
) -> None:
    local = authority.timestamper(NOW)

    def answer(body: bytes) -> tuple[int, bytes]:
        return 200, local.request_tsa_response(tsp.TimeStampReq.load(body)).dump()

    desk = Desk(NOW, HttpTimeStamper(serve(answer), 10), fonts)
    later = NOW + timedelta(days=1)
    report = verify(sign_person(drafted, person, desk), authority.trust(later), later)
    assert report.verdict == "VALID"
    assert report.signatures[0].time_source == "timestamp"


@pytest.mark.parametrize(
    ("status", "content", "error"),
    [
        (500, b"", TemporaryError),
        (503, b"", TemporaryError),
        (403, b"", PermanentError),
        (200, b"<html>", TemporaryError),
        (200, b"\x30" * 300_000, TemporaryError),
        (200, b"", TemporaryError),
    ],
)
def test_a_misbehaving_authority(
    serve: Callable[[Answer], str], drafted: bytes, person: Identity, fonts: Path,
    status: int, content: bytes, error: type[Exception],
) -> None:
    desk = Desk(NOW, HttpTimeStamper(serve(lambda body: (status, content)), 10), fonts)
    with pytest.raises(error):
        sign_person(drafted, person, desk)


def test_a_refusal_by_the_authority_is_temporary(
    serve: Callable[[Answer], str], drafted: bytes, person: Identity, fonts: Path
) -> None:
    refused = bytes.fromhex("30053003020102")  # a response of status 2 (rejection) and no token
    desk = Desk(NOW, HttpTimeStamper(serve(lambda body: (200, refused)), 10), fonts)
    with pytest.raises(TemporaryError):
        sign_person(drafted, person, desk)


def test_an_authority_that_is_not_there_is_temporary(drafted: bytes, person: Identity, fonts: Path) -> None:
    desk = Desk(NOW, HttpTimeStamper("http://127.0.0.1:9/", 2), fonts)
    with pytest.raises(TemporaryError):
        sign_person(drafted, person, desk)


def test_only_http_addresses() -> None:
    with pytest.raises(PermanentError):
        HttpTimeStamper("file:///etc/passwd", 2)
