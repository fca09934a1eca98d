"""The supervisor starts again what dies by accident, and gives up in words."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from web.launcher.children import Child
from web.launcher.supervisor import Stopped, Supervisor, stop_on_signal


def test_a_program_that_keeps_dying_ends_everything(tmp_path: Path):
    said: list[str] = []
    supervisor = Supervisor(said.append)
    supervisor.look_after(Child("web", [sys.executable, "-c", "raise SystemExit(3)"], tmp_path / "log"))
    assert supervisor.watch() == 1
    supervisor.stop()
    assert said[:-1] == ["web đã dừng ngoài dự kiến (mã 3); đang khởi động lại."] * 3
    assert said[-1].startswith("web liên tục dừng (mã 3); dừng tất cả.")


def test_the_end_of_a_server_is_the_end_of_everything(tmp_path: Path):
    said: list[str] = []
    supervisor = Supervisor(said.append)
    sleeper = supervisor.look_after(
        Child("web", [sys.executable, "-c", "import time; time.sleep(600)"], tmp_path / "a")
    )
    supervisor.rely_on(Child("PostgreSQL", [sys.executable, "-c", ""], tmp_path / "b").start())
    assert supervisor.watch() == 1
    assert said[0].startswith("PostgreSQL đã dừng ngoài dự kiến (mã 0)")
    supervisor.stop()
    assert not sleeper.running


def test_a_signal_ends_the_watch_and_later_ones_do_not_disturb_the_stop(tmp_path: Path):
    supervisor = Supervisor(lambda _: None)
    child = supervisor.look_after(
        Child("web", [sys.executable, "-c", "import time; time.sleep(600)"], tmp_path / "log")
    )
    before = signal.getsignal(signal.SIGINT)
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with stop_on_signal():
        with pytest.raises(Stopped):
            supervisor.watch()
        os.kill(os.getpid(), signal.SIGINT)
        supervisor.stop()
    assert not child.running
    assert signal.getsignal(signal.SIGINT) is before
