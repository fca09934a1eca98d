"""The store of files: the same bytes once, never altered unnoticed, not taken away while somebody may be using them."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.files import FileMissing, FileStore
from tests.removing import LONG_AGO

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path)


def old(store: FileStore, content: bytes) -> str:
    sha256 = store.put(content)
    os.utime(store.path(sha256), (LONG_AGO, LONG_AGO))
    return sha256


def test_the_same_bytes_are_kept_once(store: FileStore) -> None:
    assert store.put(b"a") == store.put(b"a")
    assert len([path for path in store.folder.rglob("*") if path.is_file()]) == 1


def test_altered_bytes_are_noticed(store: FileStore) -> None:
    sha256 = store.put(b"a")
    store.path(sha256).write_bytes(b"b")
    with pytest.raises(FileMissing, match="không còn nguyên vẹn"):
        store.get(sha256)


def test_what_was_put_a_moment_ago_stays_when_asked_to_wait(store: FileStore) -> None:
    sha256 = store.put(b"a")
    assert not store.remove(sha256, unused_since=YESTERDAY)
    assert store.get(sha256) == b"a"


def test_putting_what_is_there_counts_as_use(store: FileStore) -> None:
    sha256 = old(store, b"a")
    store.put(b"a")
    assert not store.remove(sha256, unused_since=YESTERDAY)


def test_what_is_old_goes_and_goes_again_without_harm(store: FileStore) -> None:
    sha256 = old(store, b"a")
    assert store.remove(sha256, unused_since=YESTERDAY)
    assert store.remove(sha256, unused_since=YESTERDAY)
    with pytest.raises(FileMissing):
        store.get(sha256)


@pytest.mark.parametrize("name", ["", "../" * 20 + "etc/passwd", "A" * 64, "a" * 63])
def test_only_a_hash_names_a_file(store: FileStore, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        store.path(name)
