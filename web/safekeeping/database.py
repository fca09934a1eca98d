"""The database as one file and back, by PostgreSQL's own programs; the password never stands on a command line."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from sqlalchemy import make_url

from engine.errors import PlatformError
from engine.settings import environment_with
from web.launcher.binaries import client_folder


class ProgramFailed(PlatformError):
    """pg_dump or pg_restore is missing or said no."""


def dump(url: str, target: Path) -> None:
    """Write everything in the database into one file, as of one moment; people go on working meanwhile."""
    _run(url, "pg_dump", "--format=custom", "--compress=6", "--no-owner", "--no-privileges", f"--file={target}")


def load(url: str, source: Path) -> None:
    """Bring what `dump` wrote into an empty database: all of it or nothing."""
    name = make_url(url).database or ""
    _run(url, "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
         f"--dbname={name}", str(source))  # fmt: skip


def _run(url: str, name: str, *arguments: str) -> None:
    program = _program(name)
    address = make_url(url)
    given = {
        "PGHOST": address.host, "PGPORT": str(address.port or 5432), "PGUSER": address.username,
        "PGPASSWORD": address.password, "PGDATABASE": address.database, "PGCONNECT_TIMEOUT": "10",
    }  # fmt: skip
    environment = environment_with(**{key: str(value) for key, value in given.items() if value})
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["không nói lý do"])[-1]
        raise ProgramFailed(f"{name} không làm được (mã {done.returncode}): {said}")


def _program(name: str) -> str:
    folder = client_folder()
    found = str(folder / name) if folder is not None and (folder / name).exists() else shutil.which(name)
    if found is None:
        raise ProgramFailed(f"Không tìm thấy {name}; cài các chương trình khách của PostgreSQL rồi chạy lại.")
    return found
