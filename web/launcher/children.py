"""A program we start, that writes to its own log, stops when asked and dies with us."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.errors import PlatformError
from web.launcher.account import Account, preparation


class LaunchError(PlatformError):
    """Something could not be started; the message says what and where its log is."""


class Child:
    """One running program."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        *,
        account: Account | None = None,
        environment: Mapping[str, str] | None = None,
        farewell: signal.Signals = signal.SIGTERM,
        folder: Path | None = None,
    ) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.log = log
        self.account = account
        self.environment = dict(environment) if environment is not None else None
        self.farewell = farewell
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Child:
        """Start the program in a session of its own, so that Ctrl-C reaches only us; LaunchError when it can't be."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            try:
                self._process = subprocess.Popen(
                    self.command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=self.environment,
                    cwd=self.folder,
                    start_new_session=True,
                    preexec_fn=preparation(
                        self.account, self.farewell
                    ),  # safe: servers are started from the main thread
                )
            except OSError as error:
                raise LaunchError(f"Không khởi động được {self.name} ({self.command[0]}): {error.strerror}.") from error
        return self

    @property
    def pid(self) -> int | None:
        """Return the process id while the program runs."""
        return self._process.pid if self._process is not None and self.running else None

    @property
    def running(self) -> bool:
        """Tell whether the program has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def outcome(self) -> int | None:
        """Return the exit code once it has ended, else None."""
        return None if self._process is None else self._process.poll()

    def stop(self, seconds: float = 20.0) -> None:
        """Ask the program to end, wait, and end it by force after `seconds`."""
        if self._process is None:
            return
        if self.running:
            self._process.send_signal(self.farewell)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)

    def tail(self, lines: int = 8) -> str:
        """Return the last lines of the log, for a message."""
        try:
            text = self.log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.strip().splitlines()[-lines:])


def free_port() -> int:
    """Return a port on loopback that nobody listens on at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def alive(pid: int) -> bool:
    """Tell whether a process with this id exists, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def program_of(pid: int) -> str:
    """Return the command line of a process as one string; empty when it is gone or can't be seen."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        pass
    try:
        shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return shown.stdout.strip()


def end_orphan(pid: int, words: Sequence[str], sign: signal.Signals, seconds: float = 30.0) -> bool:
    """End a server that outlived its launcher, if `pid` really is it (its command line holds all `words`).

    Returns False when the process is not ours, so that its pid file is stale. LaunchError when it won't end.
    """
    shown = program_of(pid) if alive(pid) else ""
    if not shown or not all(word in shown for word in words):
        return False
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, sign)
    deadline = time.monotonic() + seconds
    while alive(pid) and program_of(pid):
        if time.monotonic() > deadline:
            raise LaunchError(f"Một tiến trình cũ (số {pid}) vẫn đang giữ dữ liệu và không dừng được: {shown}.")
        time.sleep(0.05)
    return True
