"""What a copy holds, with the SHA-256 of each part, so that it can be checked years later without the installation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.errors import InvalidInput

NAME = "manifest.json"
DATABASE = "database.dump"
FORMAT = 1
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """One copy: `files` are names in the store shared by all copies, `parts` lie in the copy's own folder."""

    made_at: str
    version: str
    revision: str
    parts: dict[str, str]
    files: tuple[str, ...]
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write it into the copy's folder."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        (folder / NAME).write_text(text, encoding="utf-8")


def read(folder: Path) -> Manifest:
    """The manifest of a copy; InvalidInput when the folder holds none that can be read."""
    try:
        found = json.loads((folder / NAME).read_text(encoding="utf-8"))
        manifest = Manifest(**{**found, "files": tuple(found["files"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InvalidInput(f"{folder} không phải là một bản sao lưu đọc được.") from error
    if manifest.format != FORMAT:
        raise InvalidInput(f"Bản sao lưu {folder.name} có định dạng {manifest.format}; ở đây đọc định dạng {FORMAT}.")
    return manifest


def copies(target: Path) -> list[Path]:
    """The finished copies in a backup folder, oldest first."""
    return sorted(each.parent for each in target.glob(f"*/{NAME}"))


def digest(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            found.update(piece)
    return found.hexdigest()


def below(folder: Path) -> Iterator[Path]:
    """Every ordinary file below a folder, in a steady order; links are not followed."""
    if folder.is_dir():
        yield from sorted(each for each in folder.rglob("*") if each.is_file() and not each.is_symlink())
