"""The audit chain holds as it is written, and shows every change, removal and insertion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine import audit
from engine.clock import FixedClock
from engine.platform import Platform, Work, system
from engine.settings import Settings
from tests import builders


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    made = builders.platform(settings, clock, tmp_path)
    yield made
    made.engine.dispose()


def note(work: Work, agency_id: int | None, *actions: str) -> None:
    for action in actions:
        work.note(action, "thing", 1, agency_id, text="Đã ghi “việc”", number=1.5, day=work.now)


@pytest.fixture
def written(platform: Platform) -> Platform:
    for _ in range(3):
        platform.run(system(), note, 1, "thing.made", "thing.changed")
        platform.run(system(), note, 2, "thing.made")
        platform.run(system(), note, None, "installation.changed")
    return platform


def breaks(platform: Platform) -> list[audit.Break]:
    with platform.reading() as session:
        return list(audit.verify(session))


def tamper(platform: Platform, statement: str, **values: Any) -> None:
    """Change rows as somebody with the database's password could: guards switched off."""
    with platform.engine.begin() as connection:
        connection.execute(text("alter table audit_entry disable trigger user"))
        connection.execute(text(statement), values)


def test_untouched_chains_hold(written: Platform) -> None:
    assert breaks(written) == []
    with written.reading() as session:
        assert audit.count(session) == 12


def test_every_agency_has_a_chain_of_its_own(written: Platform) -> None:
    with written.reading() as session:
        grouped = text("select chain, max(sequence) from audit_entry group by chain order by chain")
        found = session.execute(grouped).all()

    assert [tuple(row) for row in found] == [(0, 3), (1, 6), (2, 3)]


@pytest.mark.parametrize(
    "change",
    [
        "person_name = 'Người khác'", "action = 'thing.read'", "subject_id = '2'", "at = at - interval '1 second'",
        "details = '{}'", "acting_for_id = 5", "agency_id = 3", "person_id = 9", "subject_kind = 'document'",
    ],
)  # fmt: skip
def test_a_changed_line_is_found(written: Platform, change: str) -> None:
    tamper(written, f"update audit_entry set {change} where chain = 1 and sequence = 4")

    assert [(b.chain, b.sequence) for b in breaks(written)] == [(1, 4)]


def test_a_removed_line_is_found(written: Platform) -> None:
    tamper(written, "delete from audit_entry where chain = 1 and sequence = 3")

    found = breaks(written)
    assert {(b.chain, b.sequence) for b in found} == {(1, 3), (1, 4)}
    assert any("Thiếu dòng" in b.sentence for b in found)


def test_a_line_removed_with_the_gap_closed_is_found(written: Platform) -> None:
    tamper(written, "delete from audit_entry where chain = 1 and sequence = 3")
    for old in (4, 5, 6):
        tamper(written, "update audit_entry set sequence = sequence - 1 where chain = 1 and sequence = :old", old=old)

    assert breaks(written)


def test_an_inserted_line_is_found(written: Platform) -> None:
    tamper(
        written,
        "insert into audit_entry (chain, sequence, at, agency_id, person_name, action, subject_kind, subject_id,"
        " details, previous_hash, hash) select chain, 7, at, agency_id, person_name, 'thing.forged', subject_kind,"
        " subject_id, details, hash, hash from audit_entry where chain = 1 and sequence = 6",
    )

    assert [(b.chain, b.sequence) for b in breaks(written)] == [(1, 7)]


def test_a_line_with_a_recomputed_hash_breaks_the_next(written: Platform) -> None:
    with written.engine.begin() as connection:
        connection.execute(text("alter table audit_entry disable trigger user"))
    with written.reading() as session:
        entry = session.query(audit.AuditEntry).filter_by(chain=1, sequence=2).one()
        entry.action = "thing.denied"
        forged = audit.digest(entry)
    statement = "update audit_entry set action = 'thing.denied', hash = :hash where chain = 1 and sequence = 2"
    tamper(written, statement, hash=forged)

    assert [(b.chain, b.sequence) for b in breaks(written)] == [(1, 3)]


@pytest.mark.parametrize(
    "statement",
    ["update audit_entry set action = 'x'", "delete from audit_entry", "truncate audit_entry"],
)
def test_the_database_itself_refuses_changes(written: Platform, statement: str) -> None:
    with pytest.raises(DBAPIError), written.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_rolled_back_command_leaves_no_line_and_no_gap(written: Platform) -> None:
    def failing(work: Work) -> None:
        note(work, 1, "thing.made")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        written.run(system(), failing)
    written.run(system(), note, 1, "thing.made")

    assert breaks(written) == []


def test_many_writers_at_once_keep_the_chain(platform: Platform) -> None:
    def write(number: int) -> None:
        platform.run(system(), note, number % 3 + 1, "thing.made", "thing.changed")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(60)))

    assert breaks(platform) == []
    with platform.reading() as session:
        assert audit.count(session) == 120


def test_details_survive_storage_so_that_their_hash_does(platform: Platform) -> None:
    odd: Callable[[Work], None] = lambda work: work.note(  # noqa: E731
        "thing.made", "thing", 1, 1, float=0.1 + 0.2, big=2**60, nested={"b": [1, None, True], "a": "é"}, empty={}
    )
    platform.run(system(), odd)

    assert breaks(platform) == []
