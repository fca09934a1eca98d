"""Programs we start are told to end, made to end, and never mistaken for somebody else's."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from web.launcher.children import Child, LaunchError, alive, end_orphan, free_port


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def wait_for_line(child: Child, text: str) -> None:
    deadline = time.monotonic() + 20
    while text not in child.tail():
        assert time.monotonic() < deadline, child.tail()
        time.sleep(0.01)


def test_a_child_ends_when_asked(tmp_path: Path):
    child = Child("sleeper", python("import time; print('up', flush=True); time.sleep(600)"), tmp_path / "log").start()
    wait_for_line(child, "up")
    assert child.running
    assert child.pid is not None
    child.stop()
    assert not child.running
    assert child.outcome == -signal.SIGTERM
    assert child.pid is None


def test_a_child_that_does_not_listen_is_ended_by_force(tmp_path: Path):
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    )
    child = Child("deaf", python(code), tmp_path / "log").start()
    wait_for_line(child, "deaf")
    child.stop(seconds=0.2)
    assert child.outcome == -signal.SIGKILL


def test_what_cannot_be_started_is_said(tmp_path: Path):
    with pytest.raises(LaunchError, match="Không khởi động được cái gì đó"):
        Child("cái gì đó", [tmp_path / "nothing here"], tmp_path / "log").start()


def test_stopping_what_never_started_is_nothing(tmp_path: Path):
    child = Child("idle", python("pass"), tmp_path / "log")
    child.stop()
    assert (child.running, child.outcome, child.tail()) == (False, None, "")


def test_an_orphan_is_ended_only_when_it_is_ours(tmp_path: Path):
    child = Child(
        "orphan", [*python("import time; print('up', flush=True); time.sleep(600)"), "our-folder"], tmp_path / "log"
    )
    child.start()
    wait_for_line(child, "up")
    pid = child.pid
    assert pid is not None
    assert end_orphan(pid, ["another-folder"], signal.SIGTERM) is False
    assert child.running
    child.stop()
    assert end_orphan(pid, ["our-folder"], signal.SIGTERM) is False
    assert alive(os.getpid())


def test_free_ports_are_free():
    assert 1024 < free_port() < 65536
