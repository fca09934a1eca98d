"""The quick look at the schema says what Alembic says."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from engine.database import connect
from engine.schema import is_current
from tests.servers import plain
from web.launcher.schema import is_newest, newest_revisions


def test_the_quick_look_agrees_with_alembic(database_url: str, empty_database_url: str):
    for url in (database_url, empty_database_url):
        engine = connect(url, 1)
        try:
            assert is_newest(url) == is_current(engine) == (url == database_url)
        finally:
            engine.dispose()


def test_an_older_schema_and_an_unknown_one_are_not_newest(database_url: str):
    with psycopg.connect(plain(database_url), autocommit=True) as connection:
        connection.execute("update alembic_version set version_num = '0001'")
        assert not is_newest(database_url)
        connection.execute("update alembic_version set version_num = 'from the future'")
        assert not is_newest(database_url)


def test_a_database_that_does_not_answer_is_in_doubt():
    assert not is_newest("postgresql://vanthu:x@127.0.0.1:1/none")


@pytest.mark.parametrize(("second", "newest"), [('"a"', {"b"}), ("None", {"a", "b"})])
def test_branches_are_left_to_alembic(tmp_path: Path, second: str, newest: set[str]):
    (tmp_path / "0001.py").write_text('revision = "a"\ndown_revision = None\n')
    (tmp_path / "0002.py").write_text(f'revision: str = "b"\ndown_revision: str | None = {second}\n')
    assert newest_revisions(tmp_path) == newest
