"""One PostgreSQL and one Valkey for a whole test run, shared by all pytest workers, gone with the run.

The first test that needs them starts a keeper process (this module run as a program); the keeper watches the
process at the head of the run and stops the servers when it is gone, however it went.
"""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from engine.settings import Settings
from web.launcher.children import alive
from web.launcher.servers import Servers

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "vanthu_template"
MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3
SCRAM_ITERATIONS_SINCE = 160000


@dataclass(frozen=True)
class TestServers:
    """Addresses of the run's servers."""

    __test__ = False
    database_url: str
    redis_url: str

    def database(self, name: str) -> str:
        """Return the address of a database by name."""
        return self.database_url.rsplit("/", 1)[0] + "/" + name

    def queue(self, number: int) -> str:
        """Return the address of one of Valkey's sixteen numbered databases."""
        return self.redis_url.rsplit("/", 1)[0] + f"/{number % 16}"

    def create(self, name: str, template: str) -> str:
        """Copy a database, return the address of the copy."""
        self._execute(f'create database "{name}" template "{template}" strategy file_copy')
        return self.database(name)

    def close(self, name: str) -> None:
        """Let nobody connect any more and end who still is, so that the database can be copied at any time."""
        self._execute(f'alter database "{name}" with allow_connections false')
        self._execute(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")

    def drop(self, name: str) -> None:
        """Drop a database whoever is still connected."""
        self._execute(f'drop database if exists "{name}" with (force)')

    def _execute(self, statement: str) -> None:
        _desk(plain(self.database("postgres")), os.getpid()).execute(statement)


@cache
def _desk(address: str, process: int) -> psycopg.Connection[tuple[object, ...]]:
    """The one connection over which a process makes and drops databases (a child that was forked opens its own)."""
    connection = psycopg.connect(address, autocommit=True)
    atexit.register(connection.close)
    return connection


def plain(url: str) -> str:
    """Return the address as psycopg wants it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def open_folder() -> Path:
    """Make the folder of the run that this process heads; from here on the temporary folder of all its programs.

    It lies in memory where there is room: a copied database is some 350 files, and file systems mind that many
    being made and deleted again and again (ext4 without a journal most of all). Folders of dead runs are removed.
    """
    base = _quickest()
    for old in base.glob(f"vanthu-tests-{os.geteuid()}-*"):
        if not alive(int(old.name.rpartition("-")[2])):
            shutil.rmtree(old, ignore_errors=True)
    folder = base / f"vanthu-tests-{os.geteuid()}-{os.getpid()}"
    for each in (folder, folder / "tmp"):
        each.mkdir(exist_ok=True)
        each.chmod(0o711)  # servers started by root run as somebody else
    os.environ["TMPDIR"] = str(folder / "tmp")
    tempfile.tempdir = None  # read TMPDIR again
    return folder


def close_folder(folder: Path) -> None:
    """Remove the folder of a run that is over; the keeper of its servers does so when there are any."""
    if not (folder / "addresses.json").exists():
        shutil.rmtree(_ours(folder), ignore_errors=True)


def folder_of_run() -> Path:
    """Return the folder that the head of the run opened; RuntimeError when none did."""
    return _ours(Path(tempfile.gettempdir()).parent)


def _ours(folder: Path) -> Path:
    """Refuse any folder but one of a test run: the keeper removes it whole, and once that was the root."""
    if not folder.name.startswith("vanthu-tests-"):
        raise RuntimeError(f"{folder} is no folder of a test run: call open_folder() first")
    return folder


def _quickest() -> Path:
    usual = Path(tempfile.gettempdir())
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK | os.X_OK):
        return usual
    room = os.statvfs(MEMORY)
    fits = room.f_bavail * room.f_frsize >= ROOM and not room.f_flag & os.ST_NOEXEC
    return MEMORY if fits else usual


def servers_of_run(head: int) -> TestServers:
    """Return the servers of the run whose head process is `head`; the first caller starts them."""
    folder = folder_of_run()
    with locked(folder / "lock"):
        note = folder / "addresses.json"
        if not note.exists():
            _start_keeper(folder, head)
        return TestServers(**json.loads(note.read_text(encoding="utf-8")))


def template_of_run(servers: TestServers) -> str:
    """Return the name of a database migrated to the newest schema; the first caller of the run makes it."""
    from engine.schema import upgrade

    folder = folder_of_run()
    with locked(folder / "lock"):
        mark = folder / "template.ready"
        if not mark.exists():
            servers.drop(TEMPLATE)
            servers.create(TEMPLATE, "template0")
            upgrade(servers.database(TEMPLATE))
            mark.touch()
    return TEMPLATE


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep the other processes of the run out of a block."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start_keeper(folder: Path, head: int) -> None:
    with (folder / "keeper.log").open("ab") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.servers", str(folder), str(head)],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    deadline = time.monotonic() + 180
    while not (folder / "addresses.json").exists():
        if keeper.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the test servers did not start:\n" + (folder / "keeper.log").read_text())
        time.sleep(0.02)
    keeper.returncode = 0  # it outlives us on purpose; nobody shall warn that it was left behind


def _sign_in_quickly(url: str) -> None:
    """Keep the password hashed carelessly: 4,096 rounds for each of a run's ten thousand connections took 5 ms each."""
    account = conninfo_to_dict(plain(url))
    with psycopg.connect(plain(url), autocommit=True) as connection:
        if connection.info.server_version < SCRAM_ITERATIONS_SINCE:
            return
        connection.execute("set scram_iterations = 1")
        change = sql.SQL("alter role {} password {}")
        connection.execute(change.format(sql.Identifier(str(account["user"])), sql.Literal(account["password"])))


def keep(folder: Path, head: int) -> None:
    """Run the servers until the process `head` is gone or a signal comes; then remove the folder."""
    servers = Servers(_ours(folder), durable=False)
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sign, lambda *_: sys.exit(0))
    try:
        settings = servers.start(Settings(environment="test", data_path=folder))
        _sign_in_quickly(settings.database_url)
        fresh = folder / "addresses.json.new"
        fresh.write_text(json.dumps({"database_url": settings.database_url, "redis_url": settings.redis_url}))
        fresh.replace(folder / "addresses.json")
        while alive(head):
            time.sleep(0.2)
    finally:
        servers.stop()
        if not alive(head):
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), int(sys.argv[2]))
