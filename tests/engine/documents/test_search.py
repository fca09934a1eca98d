"""Searching by parts of words goes by an index; where that can't be made, it is only slower."""

from __future__ import annotations

import importlib.util
from types import ModuleType
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text

from engine.database import connect
from engine.documents import queries
from engine.platform import Platform
from engine.schema import MIGRATIONS
from tests import builders
from tests.builders import Office

FOUND = "select id from document where folded like '%quy hoach%' and folded like '%xay dung%'"


def migration() -> ModuleType:
    """The migration that makes the index, as a module."""
    found = importlib.util.spec_from_file_location("search", MIGRATIONS / "versions" / "0006_search.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def run(connection: Connection, step: Any) -> None:
    """Run one step of a migration on a connection."""
    with Operations.context(MigrationContext.configure(connection)):
        step()


def test_the_plan_uses_the_index(platform: Platform, office: Office) -> None:
    builders.draft(platform, office, subject="Rà soát quy hoạch xây dựng")
    with platform.engine.begin() as connection:
        connection.execute(text("set local enable_seqscan = off"))
        plan = "\n".join(connection.scalars(text("explain " + FOUND)))
        assert "ix_document_folded" in plan
        assert len(connection.execute(text(FOUND)).all()) == 1


def test_without_the_extension_the_search_goes_on(
    platform: Platform, office: Office, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    document = builders.draft(platform, office, subject="Rà soát quy hoạch xây dựng")
    made = migration()
    with platform.engine.begin() as connection:
        run(connection, made.downgrade)
        connection.execute(text("drop extension pg_trgm"))
        connection.execute(text("create role plain login password 'x'"))
        connection.execute(text("grant all on all tables in schema public to plain"))
        connection.execute(text("set role plain"))  # may not create extensions in this database
        run(connection, made.upgrade)
        connection.execute(text("reset role"))
        connection.execute(text("revoke all on all tables in schema public from plain"))
        connection.execute(text("drop role plain"))
    with platform.engine.connect() as connection:
        assert connection.scalar(text("select to_regclass('ix_document_folded')")) is None
    assert "pg_trgm" in capsys.readouterr().out + caplog.text
    with platform.reading() as session:
        found = queries.outgoing(session, builders.actor(platform, office["clerk"]), search="QUY HOACH xây")
    assert [each.id for each in found] == [document.id]


def test_the_owner_of_a_database_may_make_it(platform: Platform) -> None:
    """The extension is trusted since PostgreSQL 13: who may create in the database may create it."""
    name = platform.engine.url.database
    with platform.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("drop extension pg_trgm cascade"))
        connection.execute(text("create role owner_of_one login password 'x'"))
        connection.execute(text(f'grant create on database "{name}" to owner_of_one'))
        connection.execute(text("grant create on schema public to owner_of_one"))
    url = platform.engine.url.set(username="owner_of_one", password="x").render_as_string(hide_password=False)
    plain = connect(url)
    try:
        with plain.begin() as connection:
            connection.execute(text("create extension pg_trgm"))
    finally:
        plain.dispose()
        with platform.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("drop owned by owner_of_one cascade"))
            connection.execute(text("drop role owner_of_one"))
