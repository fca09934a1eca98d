"""Make a copy beside the running installation, check copies, let old ones go."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from alembic.runtime.migration import MigrationContext

from engine.clock import Clock
from engine.database import connect
from engine.errors import InvalidInput
from engine.files import FileStore
from engine.settings import Settings
from web.safekeeping import database, manifest
from web.safekeeping.manifest import Manifest

STORE = "files"  # shared by all copies of a folder: content never changes under its SHA-256
BESIDE = ("audit-heads", "authority")  # of the data folder: ends of the audit chains, keys of the test authority


@dataclass(frozen=True, slots=True)
class Made:
    """A finished copy, how many files were new to the folder, and files the installation itself has damaged."""

    folder: Path
    files: int
    fresh: int
    damaged: tuple[str, ...]


def make(settings: Settings, target: Path, clock: Clock, version: str) -> Made:
    """Copy database and files into `target`/<moment>; the folder appears under its name only when it is whole.

    The database comes first: files are written before the rows that name them, so no row lacks its file. One that is
    not what its name says is left out and named. The folder's rights let nobody else read it.
    """
    _refuse_inside(settings, target)
    moment = clock.now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder, growing = target / moment, target / f"{moment}.part"
    if folder.exists():
        raise InvalidInput(f"Đã có bản sao lưu {moment}; chạy lại sau một giây.")
    shutil.rmtree(growing, ignore_errors=True)
    growing.mkdir(mode=0o700)
    database.dump(settings.database_url, growing / manifest.DATABASE)
    for name in BESIDE:
        if (settings.data_path / name).is_dir():
            shutil.copytree(settings.data_path / name, growing / name)
    files, fresh, damaged = _copy_files(FileStore(settings.files_path), FileStore(target / STORE))
    parts = {str(each.relative_to(growing)): manifest.digest(each) for each in manifest.below(growing)}
    Manifest(moment, version, _revision(settings.database_url), parts, tuple(files)).write(growing)
    os.replace(growing, folder)
    return Made(folder, len(files), fresh, tuple(damaged))


def check(target: Path, folder: Path) -> list[str]:
    """Read a copy and every file it needs again; one line per thing that is not as it was, none when it is whole."""
    found = manifest.read(folder)
    wrong = []
    there = {str(each.relative_to(folder)) for each in manifest.below(folder)} - {manifest.NAME}
    for name, sha256 in found.parts.items():
        if name not in there:
            wrong.append(f"{folder.name}: thiếu {name}.")
        elif manifest.digest(folder / name) != sha256:
            wrong.append(f"{folder.name}: {name} không còn như lúc sao lưu.")
    wrong += [f"{folder.name}: {name} không có trong bảng kê." for name in sorted(there - found.parts.keys())]
    store = FileStore(target / STORE)
    for sha256 in found.files:
        path = store.path(sha256)
        if not path.is_file():
            wrong.append(f"{folder.name}: thiếu tệp {sha256}.")
        elif manifest.digest(path) != sha256:
            wrong.append(f"{folder.name}: tệp {sha256} không còn như lúc sao lưu.")
    return wrong


def prune(target: Path, keep: int) -> tuple[list[str], int]:
    """Let all but the newest `keep` copies go, and the files no copy needs: what a recall destroyed doesn't live on
    here for longer (QD28-9.2b). The names of the copies gone, and how many files.
    """
    every = manifest.copies(target)
    gone = every[: max(len(every) - keep, 0)]
    for each in gone:
        shutil.rmtree(each)
    needed = {sha256 for each in manifest.copies(target) for sha256 in manifest.read(each).files}
    dropped = 0
    for path in manifest.below(target / STORE):
        if path.name not in needed:
            path.unlink()
            dropped += 1
    return [each.name for each in gone], dropped


def _copy_files(source: FileStore, target: FileStore) -> tuple[list[str], int, list[str]]:
    files, fresh, damaged = [], 0, []
    for path in manifest.below(source.folder):
        sha256 = path.name
        if len(sha256) != 64:  # being written at this moment; the dump doesn't know it yet
            continue
        kept = target.path(sha256)
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            growing = kept.with_suffix(".part")
            try:
                shutil.copyfile(path, growing)
            except FileNotFoundError:  # destroyed by a recall at this moment
                continue
            if manifest.digest(growing) != sha256:
                growing.unlink()
                damaged.append(sha256)
                continue
            os.replace(growing, kept)
            fresh += 1
        files.append(sha256)
    return files, fresh, damaged


def _refuse_inside(settings: Settings, target: Path) -> None:
    inside = target.resolve()
    for folder in (settings.data_path.resolve(), settings.files_path.resolve()):
        if inside == folder or folder in inside.parents:
            raise InvalidInput("Chọn thư mục sao lưu nằm ngoài thư mục dữ liệu, tốt nhất ở máy hoặc ổ đĩa khác.")


def _revision(url: str) -> str:
    engine = connect(url, pool_size=1)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() or ""
    finally:
        engine.dispose()
