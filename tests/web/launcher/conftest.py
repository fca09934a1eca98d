"""A data folder for servers of the test's own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from web.launcher.servers import forget


@contextmanager
def data_folder() -> Iterator[Path]:
    """A data folder an unprivileged server can reach, with a space in its name; removed afterwards."""
    top = Path(tempfile.mkdtemp(prefix="vanthu-launcher-"))
    top.chmod(0o711)
    folder = top / "du lieu"
    folder.mkdir()
    yield folder
    forget(folder)
    shutil.rmtree(top, ignore_errors=True)


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder of this test alone."""
    with data_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def used_data() -> Iterator[Path]:
    """A data folder that the tests of a module start servers in, one after the other; the first makes the cluster."""
    with data_folder() as folder:
        yield folder
