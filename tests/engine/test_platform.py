"""One command is one transaction: all of it or nothing, and wake-ups only after the commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import InternalError

from engine import audit, inbox, outbox
from engine.clock import FixedClock
from engine.database import connect
from engine.errors import AlreadyTaken, NotAllowed
from engine.files import FileStore
from engine.operations import Catalog
from engine.platform import Actor, Platform, SentForm, Verdict, Work, system
from engine.settings import Settings


@pytest.fixture
def woken() -> list[int]:
    return []


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path, woken: list[int]) -> Iterator[Platform]:
    engine = connect(settings.database_url)

    def wake(ids: Sequence[int]) -> None:
        with engine.connect() as connection:
            seen = connection.execute(select(outbox.Delivery.id)).scalars().all()
        assert set(ids) <= set(seen), "woken before the row was committed"
        woken.extend(ids)

    yield Platform(engine, settings=settings, clock=clock, files=FileStore(tmp_path), catalog=Catalog([]), wake=wake)
    engine.dispose()


def send_and_note(work: Work, fail: bool = False) -> int:
    delivery = work.send("test.call", {"a": 1})
    work.note("thing.done", "thing", 7, colour="đỏ")
    work.session.flush()
    if fail:
        raise RuntimeError("after everything was written")
    return delivery.id


def test_everything_a_command_did_is_committed_together(platform: Platform, woken: list[int]) -> None:
    delivery_id = platform.run(system(), send_and_note)

    with platform.reading() as session:
        assert session.get_one(outbox.Delivery, delivery_id).state == outbox.WAITING
        assert session.scalars(select(audit.AuditEntry.action)).all() == ["thing.done"]
    assert woken == [delivery_id]


def test_a_failing_command_leaves_nothing_behind(platform: Platform, woken: list[int]) -> None:
    with pytest.raises(RuntimeError, match="after everything"):
        platform.run(system(), send_and_note, fail=True)

    with platform.reading() as session:
        assert session.scalars(select(outbox.Delivery.id)).all() == []
        assert audit.count(session) == 0
    assert woken == []


def test_a_command_inside_a_command_is_refused(platform: Platform) -> None:
    def outer(work: Work) -> None:
        platform.run(system(), send_and_note)

    with pytest.raises(RuntimeError, match="inside another command"):
        platform.run(system(), outer)
    platform.run(system(), send_and_note)  # and the refusal doesn't stick


def test_require_raises_the_rules_own_reason(platform: Platform) -> None:
    def guarded(work: Work) -> None:
        work.require(Verdict(False, "Chỉ văn thư được cấp số."))

    with pytest.raises(NotAllowed, match="Chỉ văn thư"):
        platform.run(system(), guarded)


def test_reading_never_writes(platform: Platform) -> None:
    with platform.reading() as session:
        session.add(waiting(platform))
        with pytest.raises(InternalError, match="read-only"):
            session.flush()
        session.rollback()
    with platform.reading() as session:
        session.add(waiting(platform))
    with platform.reading() as session:
        assert session.scalars(select(outbox.Delivery.id)).all() == []
    platform.run(system(), send_and_note)  # and the same connections still write


def waiting(platform: Platform) -> outbox.Delivery:
    now = platform.clock.now()
    return outbox.Delivery(
        operation="x", given={}, state=outbox.WAITING, attempts=0, not_before=now, created_at=now, result={}
    )


def test_reading_leaves_the_connection_its_prepared_statements(platform: Platform) -> None:
    def prepared() -> int:
        with platform.reading() as session:
            return session.execute(text("select count(*) from pg_prepared_statements")).scalar_one()

    for _ in range(10):
        prepared()

    assert prepared() > 0


def test_the_database_refuses_changes_of_audit_lines(platform: Platform) -> None:
    platform.run(system(), send_and_note)

    def change(work: Work) -> None:
        work.session.scalars(select(audit.AuditEntry)).one().action = "nothing.done"
        work.session.flush()

    with pytest.raises(Exception, match="append-only"):
        platform.run(system(), change)


def test_a_form_is_taken_once_by_whoever_sends_it_twice_and_again_when_it_came_to_nothing(platform: Platform) -> None:
    def sent(key: str = "k", person: int = 7) -> Actor:
        return Actor(person, None, "Lê Thị Sen", form=SentForm(key))

    with pytest.raises(RuntimeError, match="after everything"):
        platform.run(sent(), send_and_note, fail=True)
    with ThreadPoolExecutor(2) as clicks:
        both = [clicks.submit(platform.run, sent(), send_and_note) for _ in range(2)]
    assert sorted(type(each.exception()) for each in both if each.exception()) == [AlreadyTaken]
    one = sent("other")
    platform.run(one, send_and_note)
    platform.run(one, send_and_note)  # what else the same request does
    platform.run(sent(person=8), send_and_note)
    with platform.reading() as session:
        assert session.scalar(text("select count(*) from delivery")) == 4
    assert platform.run(system(), lambda work: inbox.forget_forms(work.session, work.now)) == 0
    later = platform.clock.now() + timedelta(days=3)
    assert platform.run(system(), lambda work: inbox.forget_forms(work.session, later)) == 3
