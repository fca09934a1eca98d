"""Bytes kept by their SHA-256: the same file is stored once and can't be changed unnoticed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

from engine.errors import PlatformError


class FileMissing(PlatformError):
    """The store doesn't hold the bytes, or holds other bytes under that name."""


class FileStore:
    """A folder of files named by content hash; `put` is safe to repeat and to interrupt."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where the bytes of this hash lie; ValueError for anything that isn't a hash."""
        if len(sha256) != 64 or any(c not in "0123456789abcdef" for c in sha256):
            raise ValueError("not a SHA-256 in lower-case hex")
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def put(self, content: bytes) -> str:
        """Store bytes durably and return their SHA-256; bytes that are there already count as used now."""
        sha256 = hashlib.sha256(content).hexdigest()
        target = self.path(sha256)
        try:
            os.utime(target)
            return sha256
        except FileNotFoundError:
            pass
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes of this hash, checked again on reading; FileMissing when absent or altered."""
        try:
            content = self.path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise FileMissing("Không tìm thấy tệp trong kho lưu trữ.") from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise FileMissing("Tệp trong kho lưu trữ không còn nguyên vẹn.")
        return content

    def remove(self, sha256: str, *, unused_since: datetime | None = None) -> bool:
        """Destroy the bytes (recall, QD28-9.2b); False when they were put after `unused_since`.

        Removing what isn't there is no error.
        """
        target = self.path(sha256)
        try:
            if unused_since is not None and target.stat().st_mtime > unused_since.timestamp():
                return False
        except FileNotFoundError:
            return True
        target.unlink(missing_ok=True)
        return True
