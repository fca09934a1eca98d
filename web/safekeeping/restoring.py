"""Bring a copy back into an empty installation, or refuse before anything is touched."""

from __future__ import annotations

import shutil
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import inspect

from engine.database import connect
from engine.errors import InvalidInput
from engine.files import FileStore
from engine.schema import migrations, upgrade
from engine.settings import Settings
from web.safekeeping import database, making, manifest


def newest(target: Path) -> Path:
    """The newest copy of a backup folder; InvalidInput when there is none."""
    every = manifest.copies(target)
    if not every:
        raise InvalidInput(f"{target} không có bản sao lưu nào.")
    return every[-1]


def restore(settings: Settings, target: Path, folder: Path) -> manifest.Manifest:
    """Check the copy, then bring files, what lies beside and the database back; the schema is brought to the newest.

    InvalidInput, with nothing changed, when the copy isn't whole, comes from a newer version, or the database isn't
    empty. Files come before the rows that name them; bringing them twice does no harm, so it can be run again.
    """
    found = manifest.read(folder)
    _refuse_newer(found)
    _refuse_taken(settings)
    wrong = making.check(target, folder)
    if wrong:
        raise InvalidInput("Bản sao lưu không nguyên vẹn nên chưa phục hồi gì. " + " ".join(wrong[:5]))
    kept, store = FileStore(target / making.STORE), FileStore(settings.files_path)
    for sha256 in found.files:
        store.put(kept.get(sha256))
    for name in making.BESIDE:
        if (folder / name).is_dir():
            shutil.copytree(folder / name, settings.data_path / name, dirs_exist_ok=True)
    database.load(settings.database_url, folder / manifest.DATABASE)
    upgrade(settings.database_url)
    return found


def _refuse_newer(found: manifest.Manifest) -> None:
    try:
        ScriptDirectory.from_config(migrations()).get_revision(found.revision)
    except CommandError as error:
        raise InvalidInput(
            f"Bản sao lưu do phiên bản {found.version} mới hơn tạo ra (lược đồ {found.revision}); "
            "cài phiên bản đó rồi phục hồi."
        ) from error


def _refuse_taken(settings: Settings) -> None:
    engine = connect(settings.database_url, pool_size=1)
    try:
        tables = inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if tables:
        raise InvalidInput("Cơ sở dữ liệu đích không trống; phục hồi vào một cơ sở dữ liệu mới để không ghi đè gì.")
