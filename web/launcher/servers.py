"""The database and the queue a command needs: those given, those already running here, else our own."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.settings import Settings
from web.launcher.account import Account, searchable, server_account
from web.launcher.binaries import postgres_folder, valkey_program
from web.launcher.children import Child, LaunchError
from web.launcher.postgresql import PostgreSQL
from web.launcher.valkey import Valkey

_KEPT = (
    "postgresql*",
    "valkey",
    "programs-*",
    "files",
    "out",
    "authority",
    "secret.key",
    "running.json*",
    "story.*",
    "log",
)


@dataclass(frozen=True)
class Running:
    """A launcher that is at work in this data folder right now."""

    pid: int
    database_url: str
    redis_url: str
    base_url: str


class Servers:
    """PostgreSQL and Valkey of one data folder; whoever was given by address is not started."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data.absolute()
        self.durable = durable
        self.account = server_account()
        self.home = home_of(self.data, self.account)
        self._postgres: PostgreSQL | None = None
        self._valkey: Valkey | None = None

    def start(self, settings: Settings) -> Settings:
        """Start what `settings` give no address for; return settings that have both addresses and a secret key."""
        self.home.mkdir(parents=True, exist_ok=True)
        if self.home != self.data:
            self.home.chmod(0o711)
        database_url, redis_url = settings.database_url, settings.redis_url
        try:
            if not redis_url:
                redis_url = self._start_valkey().url
            if not database_url:
                database_url = self._start_postgres().url
        except BaseException:
            self.stop()
            raise
        return dataclasses.replace(
            settings,
            database_url=database_url,
            redis_url=redis_url,
            secret_key=settings.secret_key or secret_key(self.data),
        )

    def stop(self) -> None:
        """Stop what was started, the queue first."""
        for server in (self._valkey, self._postgres):
            if server is not None:
                server.stop()
        self._valkey = self._postgres = None

    @property
    def children(self) -> list[Child]:
        """Return the processes of the servers that were started."""
        return [
            server.child for server in (self._postgres, self._valkey) if server is not None and server.child is not None
        ]

    @property
    def postgres(self) -> PostgreSQL | None:
        """Return our own PostgreSQL, if it was started."""
        return self._postgres

    def _start_postgres(self) -> PostgreSQL:
        programs = postgres_folder(self.account, self.home)
        log = self.data / "log" / "postgresql.log"
        self._postgres = PostgreSQL(programs, self.home / "postgresql", log, self.account, durable=self.durable)
        return self._postgres.start()

    def _start_valkey(self) -> Valkey:
        program = valkey_program(self.account, self.home)
        log = self.data / "log" / "valkey.log"
        self._valkey = Valkey(program, self.home / "valkey", log, self.account, durable=self.durable)
        return self._valkey.start()


def secret_key(data: Path) -> str:
    """Return the key kept in the data folder, made at the first call."""
    path = data / "secret.key"
    if not path.exists():
        with contextlib.suppress(FileExistsError):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


@contextlib.contextmanager
def claim(data: Path) -> Iterator[None]:
    """Hold the data folder for ourselves; LaunchError when another launcher holds it."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "launcher.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            other = running_in(data)
            where = f" ({other.base_url})" if other is not None else ""
            raise LaunchError(f"Vanthu đang chạy ở thư mục dữ liệu này rồi{where}: {data}.") from error
        try:
            yield
        finally:
            (data / "running.json").unlink(missing_ok=True)


def announce(data: Path, settings: Settings) -> None:
    """Write down where our servers are, for other commands of the same user."""
    state = Running(os.getpid(), settings.database_url, settings.redis_url, settings.base_url)
    fresh = data / "running.json.new"
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(dataclasses.asdict(state), file)
    fresh.replace(data / "running.json")


def running_in(data: Path) -> Running | None:
    """Return the launcher at work in the data folder, or None (also when its note is a leftover)."""
    try:
        note = json.loads((data / "running.json").read_text(encoding="utf-8"))
        found = Running(**note)
        with (data / "launcher.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return found
    except (OSError, ValueError, TypeError):
        return None
    return None


@contextlib.contextmanager
def provided(settings: Settings) -> Iterator[Settings]:
    """Give settings with working addresses for the time of one command: given, running, else started and stopped."""
    if settings.database_url and settings.redis_url:
        yield settings
        return
    other = running_in(settings.data_path)
    if other is not None:
        yield dataclasses.replace(
            settings,
            database_url=settings.database_url or other.database_url,
            redis_url=settings.redis_url or other.redis_url,
            base_url=other.base_url,
            secret_key=settings.secret_key or secret_key(settings.data_path),
        )
        return
    with claim(settings.data_path):
        servers = Servers(settings.data_path)
        try:
            yield servers.start(settings)
        finally:
            servers.stop()


def home_of(data: Path, account: Account) -> Path:
    """Return where the servers keep their data: the data folder, or a place `account` can reach when we are root."""
    data.mkdir(parents=True, exist_ok=True)
    if searchable(data / "x", account):
        return data
    mark = hashlib.sha256(str(data).encode()).hexdigest()[:16]
    return Path("/var/lib/vanthu") / mark


def ours_in(data: Path) -> list[Path]:
    """Return what an installation keeps in its data folder; anything else there belongs to somebody else."""
    if not data.is_dir():
        return []
    return sorted(path for path in data.iterdir() if any(path.match(pattern) for pattern in _KEPT))


def forget(data: Path) -> None:
    """Delete what the installation keeps, servers' data included; the caller has asked and holds the claim."""
    home = home_of(data.absolute(), server_account())
    if home != data.absolute():
        shutil.rmtree(home, ignore_errors=True)
    for path in ours_in(data):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
