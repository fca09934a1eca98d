"""Valkey from its program alone: password, loopback only, every second on disk, nothing thrown away."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import time
from pathlib import Path

import redis

from web.launcher.account import Account
from web.launcher.children import Child, LaunchError, end_orphan, free_port

_SETTINGS = """\
bind 127.0.0.1
proc-title-template "valkey-server {folder}"
protected-mode yes
port {port}
requirepass {password}
dir "{folder}"
pidfile "{folder}/valkey.pid"
daemonize no
save ""
appendonly {keep}
appendfsync everysec
maxmemory-policy noeviction
"""


class Valkey:
    """One queue server in one folder; `durable=False` keeps nothing and is for tests only."""

    def __init__(self, program: Path, folder: Path, log: Path, account: Account, *, durable: bool = True) -> None:
        self.program = program
        self.folder = folder
        self.log = log
        self.account = account
        self.durable = durable
        self.port = 0
        self._password = ""
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """Return the address of the queue, password included."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    @property
    def child(self) -> Child | None:
        """Return the running server's process."""
        return self._child

    def start(self) -> Valkey:
        """Start the server and wait for its answer; LaunchError tells what failed."""
        self.account.make_folder(self.folder)
        self._end_previous()
        self._password = secrets.token_urlsafe(24)
        for attempt in range(5):
            self.port = free_port()
            child = self._launch()
            if self._answers(child):
                self._child = child
                return self
            child.stop()
            if attempt == 4 or "Address already in use" not in child.tail(20):
                raise LaunchError(f"Valkey không khởi động được; nhật ký ở {self.log}:\n{child.tail()}")
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """Stop the server cleanly."""
        if self._child is not None:
            self._child.stop(15)
            self._child = None

    def _launch(self) -> Child:
        settings = self.folder / "valkey.conf"
        text = _SETTINGS.format(
            port=self.port, password=self._password, folder=self.folder, keep="yes" if self.durable else "no"
        )
        self.account.write(settings, text)
        command = [str(self.program), str(settings)]
        environment = {"PATH": os.defpath, "LC_ALL": "C"}
        return Child(
            "Valkey", command, self.log, account=self.account, folder=self.folder, environment=environment
        ).start()

    def _answers(self, child: Child, seconds: float = 30.0) -> bool:
        client = redis.Redis.from_url(self.url, socket_connect_timeout=2)
        deadline = time.monotonic() + seconds
        with contextlib.closing(client):
            while child.running and time.monotonic() < deadline:
                # BusyLoadingError is a ConnectionError: a long file is still being read.
                with contextlib.suppress(redis.ConnectionError, redis.TimeoutError):
                    if client.ping():
                        return True
                time.sleep(0.02)
        return False

    def _end_previous(self) -> None:
        path = self.folder / "valkey.pid"
        try:
            pid = int(path.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return
        if not end_orphan(pid, ["valkey-server", str(self.folder)], signal.SIGTERM):
            path.unlink(missing_ok=True)
