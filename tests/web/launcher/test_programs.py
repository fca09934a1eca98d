"""Ports are chosen kindly, and children read the very settings we run with."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from engine.settings import Settings
from web.launcher.children import LaunchError
from web.launcher.programs import choose_port, environment_of, port_is_free, web_command


def test_a_taken_port_is_refused_when_asked_for_and_passed_over_when_not():
    said: list[str] = []
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert not port_is_free("127.0.0.1", port)
        with pytest.raises(LaunchError, match=f"Cổng {port} đang được chương trình khác dùng"):
            choose_port("127.0.0.1", port, 8000, said.append)
        found = choose_port("127.0.0.1", None, port, said.append)
    assert found > port
    assert said == [f"Cổng {port} đang được dùng; chuyển sang cổng {found}."]


def test_children_read_the_same_settings(tmp_path: Path):
    settings = Settings(
        database_url="postgresql://db/x",
        redis_url="redis://q/0",
        secret_key="s" * 40,
        data_path=tmp_path / "có dấu cách",
        base_url="http://127.0.0.1:1234",
    )
    assert Settings.from_environment(environment_of(settings)) == settings


def test_the_web_runs_with_threads():
    command = web_command("127.0.0.1", 8000, workers=3, threads=32)
    assert command[command.index("--threads") + 1] == "32"
    assert command[-1] == "web.app:create_app()"
