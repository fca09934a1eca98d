"""The demo as a person starts it: it answers, survives deaths of its parts, stops cleanly and resumes with its data."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.servers import ROOT
from web.launcher.children import alive, free_port

PATIENCE = 120
"""Seconds that anything may take here: the machine may be doing other things."""


class Demo:
    """A running `./vanthu demo` and what it has said so far."""

    def __init__(self, data: Path, *words: str) -> None:
        self.data = data
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VANTHU_")}
        self.output = data.parent / f"output-{self.port}"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [ROOT / "vanthu", "demo", "--no-play", "--port", str(self.port), *words],
                env={**kept, "VANTHU_DATA_PATH": str(data)}, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            )  # fmt: skip

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_for(self, words: str, seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while words not in self.said():
            assert self.process.poll() is None or words in self.said(), self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def healthy(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def children(self) -> dict[str, int]:
        """Return the process ids of web, worker and servers by the word that tells them apart."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except (OSError, IndexError, ValueError):
                continue
            if parent == self.process.pid:
                for word in ("gunicorn", "web.cli worker", "postgres", "valkey"):
                    if word in command:
                        found[word] = int(folder.name)
        return found


@contextmanager
def demo(data: Path, *words: str) -> Iterator[Demo]:
    """Run a demo for the block, then end it however it stands."""
    running = Demo(data, *words)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGINT)
        try:
            running.process.wait(PATIENCE)
        finally:
            running.process.kill()
            running.process.wait()


def wait_until(condition: bool | object, seconds: float = PATIENCE) -> bool:
    """Wait until a callable says yes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if callable(condition) and condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_demo_answers_heals_stops_and_resumes_however_it_ended(data: Path):
    with demo(data) as first:
        first.wait_for("Nhấn Ctrl-C để dừng.")
        assert f"http://127.0.0.1:{first.port}" in first.said()
        assert first.healthy()
        children = first.children()
        assert set(children) == {"gunicorn", "web.cli worker", "postgres", "valkey"}

        with demo(data) as second:  # a second one is told, and disturbs nothing
            assert second.process.wait(PATIENCE) == 1
            assert f"đang chạy ở thư mục dữ liệu này rồi (http://127.0.0.1:{first.port})" in second.said()

        os.kill(children["gunicorn"], signal.SIGKILL)
        first.wait_for("web đã dừng ngoài dự kiến")
        assert wait_until(lambda: first.children().get("gunicorn", children["gunicorn"]) != children["gunicorn"])
        assert wait_until(first.healthy)

        first.process.send_signal(signal.SIGINT)
        assert first.process.wait(PATIENCE) == 0
        assert "Đã dừng. Dữ liệu còn nguyên" in first.said()
        assert not any(alive(pid) for pid in children.values())

    with demo(data) as killed:
        killed.wait_for("Nhấn Ctrl-C để dừng.")
        assert killed.healthy()
        children = killed.children()
        killed.process.kill()  # outright: nothing is left running, and it starts again
        killed.process.wait()
        assert wait_until(lambda: not any(alive(pid) for pid in children.values()))

    with demo(data) as again:
        again.wait_for("Nhấn Ctrl-C để dừng.")
        assert again.healthy()
        os.kill(again.children()["postgres"], signal.SIGKILL)  # nothing to go on with: everything ends, in words
        assert again.process.wait(PATIENCE) == 1
        assert "PostgreSQL đã dừng ngoài dự kiến" in again.said()

    with demo(data, "--once") as once:
        assert once.process.wait(PATIENCE) == 0
        assert "Vanthu đang chạy" in once.said()


def test_a_second_start_needs_nothing_heavy_of_its_own() -> None:
    asked = "import sys, web.launcher.demo, web.demo.sample; web.demo.sample.accounts(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True, capture_output=True, text=True)
    assert {"sqlalchemy", "flask", "lxml", "pyhanko", "SpiffWorkflow"} & set(loaded.stdout.split()) == set()
