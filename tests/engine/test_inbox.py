"""Arrivals: kept once per source and outside id."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import inbox
from engine.clock import FixedClock
from engine.database import connect


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    yield engine
    engine.dispose()


def store(engine: Engine, clock: FixedClock, source: str, outside_id: str) -> int | None:
    with Session(engine) as session, session.begin():
        return inbox.store(
            session,
            source=source,
            outside_id=outside_id,
            kind="document",
            raw_hash="0" * 64,
            agency_id=None,
            now=clock.now(),
        )


def test_a_second_delivery_of_the_same_message_is_known(engine: Engine, clock: FixedClock) -> None:
    assert store(engine, clock, "axis", "m-1") is not None
    assert store(engine, clock, "axis", "m-1") is None
    assert store(engine, clock, "other-axis", "m-1") is not None


def test_what_is_stored_waits_until_it_is_handled(engine: Engine, clock: FixedClock) -> None:
    arrival_id = store(engine, clock, "axis", "m-1")
    assert arrival_id is not None
    with Session(engine) as session, session.begin():
        assert list(inbox.waiting(session, clock.now(), 10)) == [arrival_id]
        row = inbox.claim(session, arrival_id)
        assert row is not None
        row.state = inbox.HANDLED
    with Session(engine) as session:
        assert list(inbox.waiting(session, clock.now(), 10)) == []
        assert inbox.claim(session, arrival_id) is None
