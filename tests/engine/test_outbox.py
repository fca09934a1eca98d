"""Deliveries: claimed once, given back by the lease, settled by the attempt that carried them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import outbox
from engine.clock import FixedClock
from engine.database import connect

LEASE = timedelta(minutes=5)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def delivery_id(engine: Engine, clock: FixedClock) -> int:
    with Session(engine) as session, session.begin():
        row = outbox.Delivery(
            operation="test.call",
            given={},
            state=outbox.WAITING,
            attempts=0,
            not_before=clock.now(),
            created_at=clock.now(),
            result={},
        )
        session.add(row)
        session.flush()
        return row.id


def claimed(engine: Engine, delivery_id: int, clock: FixedClock) -> int | None:
    with Session(engine) as session, session.begin():
        row = outbox.claim(session, delivery_id, clock.now(), LEASE)
        return row and row.attempts


def test_one_claim_wins_until_the_lease_runs_out(engine: Engine, delivery_id: int, clock: FixedClock) -> None:
    assert claimed(engine, delivery_id, clock) == 1
    assert claimed(engine, delivery_id, clock) is None
    clock.advance(LEASE - timedelta(seconds=1))
    assert claimed(engine, delivery_id, clock) is None
    clock.advance(timedelta(seconds=1))
    assert claimed(engine, delivery_id, clock) == 2


def test_a_row_held_by_another_transaction_is_passed_over(engine: Engine, delivery_id: int, clock: FixedClock) -> None:
    with Session(engine) as first, first.begin():
        assert outbox.claim(first, delivery_id, clock.now(), LEASE) is not None
        assert claimed(engine, delivery_id, clock) is None


def test_only_the_attempt_that_carries_may_settle(engine: Engine, delivery_id: int, clock: FixedClock) -> None:
    claimed(engine, delivery_id, clock)
    clock.advance(LEASE)
    claimed(engine, delivery_id, clock)
    with Session(engine) as session, session.begin():
        assert outbox.settled(session, delivery_id, 1) is None
        row = outbox.settled(session, delivery_id, 2)
        assert row is not None
        row.state = outbox.DONE
    assert claimed(engine, delivery_id, clock) is None


def test_due_lists_lost_wake_ups_and_dead_workers(engine: Engine, delivery_id: int, clock: FixedClock) -> None:
    with Session(engine) as session:
        assert list(outbox.due(session, clock.now(), 10)) == [delivery_id]
    claimed(engine, delivery_id, clock)
    with Session(engine) as session:
        assert list(outbox.due(session, clock.now(), 10)) == []
        assert list(outbox.due(session, clock.now() + LEASE, 10)) == [delivery_id]


def test_pauses_grow_and_end() -> None:
    pauses = [outbox.pause(n) for n in range(1, len(outbox.PAUSES) + 1)]
    assert all(pauses)
    assert pauses == sorted(pauses, key=lambda p: p or timedelta(0))
    assert outbox.pause(len(outbox.PAUSES) + 1) is None
