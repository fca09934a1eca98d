"""PostgreSQL from its programs alone: own cluster, password, loopback only, gone when we are gone."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import time
from pathlib import Path

import psycopg

from web.launcher.account import Account
from web.launcher.binaries import postgres_version
from web.launcher.children import Child, LaunchError, end_orphan, free_port

USER = "vanthu"
DATABASE = "vanthu"
_BUILTIN_LOCALE_SINCE = 17
_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "120",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
_HASTY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",  # nothing lives long, and what it learns would change in which order rows are found
}


class PostgreSQL:
    """One cluster in one folder; `durable=False` trades safety of the data for speed and is for tests only."""

    def __init__(self, programs: Path, folder: Path, log: Path, account: Account, *, durable: bool = True) -> None:
        self.programs = programs
        self.folder = folder
        self.log = log
        self.account = account
        self.durable = durable
        self.port = 0
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """Return the address of the platform's database, password included."""
        return self.address(DATABASE)

    def address(self, database: str) -> str:
        """Return the address of a database of this cluster."""
        return f"postgresql+psycopg://{USER}:{self._password()}@127.0.0.1:{self.port}/{database}"

    def start(self) -> PostgreSQL:
        """Make the cluster if there is none, start the server, make the database; LaunchError tells what failed."""
        self._end_previous()
        self._make_cluster()
        self._check_version()
        for attempt in range(5):
            self.port = free_port()
            child = self._launch()
            if self._answers(child):
                self._child = child
                self._make_database()
                return self
            child.stop()
            if attempt == 4 or "could not bind" not in child.tail(20):
                raise LaunchError(f"PostgreSQL không khởi động được; nhật ký ở {self.log}:\n{child.tail()}")
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """Stop the server cleanly: open connections are closed, everything committed is on disk."""
        if self._child is not None:
            self._child.stop(30)
            self._child = None

    @property
    def child(self) -> Child | None:
        """Return the running server's process."""
        return self._child

    def _password(self) -> str:
        path = self.folder.with_name(self.folder.name + ".password")
        with contextlib.suppress(FileNotFoundError):
            return path.read_text(encoding="utf-8").strip()
        raise LaunchError(f"Thiếu tệp mật khẩu {path} của cơ sở dữ liệu ở {self.folder}.")

    def _make_cluster(self) -> None:
        if (self.folder / "PG_VERSION").exists():
            return
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        self.account.make_folder(fresh)
        password = fresh.with_name(self.folder.name + ".password")
        self.account.write(password, secrets.token_urlsafe(24))
        command = [
            str(self.programs / "initdb"), "-D", str(fresh), "-U", USER, "--auth=scram-sha-256", f"--pwfile={password}",
            "--encoding=UTF8", *self._locale(), *([] if self.durable else ["--no-sync"]),
        ]  # fmt: skip
        child = Child("initdb", command, self.log, account=self.account, folder=Path("/")).start()
        while child.running:
            time.sleep(0.02)
        if child.outcome != 0:
            raise LaunchError(f"Không tạo được cơ sở dữ liệu ở {self.folder}; nhật ký ở {self.log}:\n{child.tail()}")
        fresh.rename(self.folder)

    def _locale(self) -> list[str]:
        if postgres_version(self.programs) >= _BUILTIN_LOCALE_SINCE:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        return ["--locale=C"]

    def _check_version(self) -> None:
        made_by = (self.folder / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = postgres_version(self.programs)
        if made_by != str(ours):
            raise LaunchError(
                f"Dữ liệu ở {self.folder} do PostgreSQL {made_by} tạo, chương trình hiện có là PostgreSQL {ours}. "
                "Chuyển dữ liệu bằng pg_dump, hoặc xoá dữ liệu dùng thử bằng ./vanthu demo --reset."
            )

    def _launch(self) -> Child:
        options = _OPTIONS | {"port": str(self.port)} | ({} if self.durable else _HASTY)
        command = [str(self.programs / "postgres"), "-D", str(self.folder)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
        return Child(
            "PostgreSQL", command, self.log, account=self.account, farewell=signal.SIGINT, folder=Path("/"),
            environment={"PATH": os.defpath, "LC_ALL": "C"},
        ).start()  # fmt: skip

    def _answers(self, child: Child, seconds: float = 60.0) -> bool:
        deadline = time.monotonic() + seconds
        while child.running and time.monotonic() < deadline:
            with contextlib.suppress(psycopg.OperationalError), self._connect("postgres"):
                return True
            time.sleep(0.03)
        return False

    def _make_database(self) -> None:
        with self._connect("postgres") as connection:
            if connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone() is None:
                connection.execute(f"create database {DATABASE} template template0")

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        address = self.address(database).replace("postgresql+psycopg://", "postgresql://")
        return psycopg.connect(address, autocommit=True, connect_timeout=5)

    def _end_previous(self) -> None:
        path = self.folder / "postmaster.pid"
        try:
            pid = int(path.read_text(encoding="ascii").splitlines()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return
        if not end_orphan(pid, ["postgres", str(self.folder)], signal.SIGINT):
            path.unlink(missing_ok=True)
