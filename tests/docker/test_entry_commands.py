"""The very commands of the containers, with secrets in files; the first day of an installation lives on them."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.docker.test_compose import SERVICES
from tests.rules.sources import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(420)]  # programs are started, on a busy machine slowly


@pytest.fixture
def environment(empty_database_url: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of the containers, with the secrets in files of this test."""
    secrets = {"database_url": empty_database_url, "redis_url": redis_url, "secret_key": "s" * 48}
    for name, text in secrets.items():
        (tmp_path / name).write_text(text)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VANTHU_")}
    given = {
        name: value.replace("/run/secrets", str(tmp_path)) for name, value in SERVICES["web"]["environment"].items()
    }
    return {**kept, **given, "VANTHU_BASE_URL": "http://localhost:8080", "VANTHU_DATA_PATH": str(tmp_path / "data")}


def run(service: str, environment: dict[str, str], *more: str) -> subprocess.CompletedProcess[str]:
    """Run the command of a service to its end."""
    command = [ROOT / "vanthu", *SERVICES[service]["command"], *more]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=100)


@contextmanager
def running(command: list[Any], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Keep a program running for the block; it must still run at the end, and stop cleanly."""
    with log.open("wb") as output, subprocess.Popen(command, env=environment, stdout=output, stderr=output) as program:
        try:
            yield program
            assert program.poll() is None, log.read_text()
        finally:
            program.send_signal(signal.SIGTERM)
            try:
                program.wait(90)
            finally:
                program.kill()
    assert program.returncode == 0, log.read_text()


def answer(port: int, path: str) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def test_a_production_without_its_secrets_does_not_start(environment: dict[str, str]):
    del environment["VANTHU_SECRET_KEY_FILE"]
    refused = run("migrate", environment)
    assert refused.returncode == 1
    assert "Thiếu VANTHU_SECRET_KEY" in refused.stderr
    assert "Traceback" not in refused.stderr
