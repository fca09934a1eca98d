"""The ends of the audit chains outside the database: cut-off lines show, and so do changed anchors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from connectors import anchoring
from engine import audit
from engine.clock import FixedClock
from engine.platform import Platform, Work, system
from engine.settings import Settings
from tests import builders


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    """An agency whose audit trail has a few lines."""
    made = builders.platform(settings, clock, tmp_path / "files")
    office = builders.office(made)
    made.run(system(office.id), note)
    yield made
    made.engine.dispose()


def note(work: Work) -> None:
    work.note("something.done", "test", 1)


def found(platform: Platform) -> list[str]:
    with platform.reading() as session:
        assert list(audit.verify(session)) == []
        return list(anchoring.breaks(platform, session))


def test_whole_chains_agree_with_their_ends_also_when_they_grow(platform: Platform, clock: FixedClock) -> None:
    laid = anchoring.lay_down(platform)
    assert laid is not None
    assert laid.with_suffix(".tst").stat().st_size > 500
    assert anchoring.lay_down(platform) is None, "nothing new"
    platform.run(system(), note)
    clock.advance(timedelta(days=1))
    assert anchoring.lay_down(platform) not in (None, laid)
    assert found(platform) == []


def test_the_last_lines_can_not_be_cut_off_unseen(platform: Platform) -> None:
    first = anchoring.lay_down(platform)
    with platform.engine.begin() as connection:
        connection.execute(text("alter table audit_entry disable trigger all"))
        connection.execute(text(
            "delete from audit_entry e using (select chain, max(sequence) s from audit_entry group by chain) m "
            "where e.chain = m.chain and e.sequence = m.s"
        ))  # fmt: skip
        connection.execute(text("alter table audit_entry enable trigger all"))
    assert any("mất các dòng cuối" in each for each in found(platform))
    assert anchoring.lay_down(platform) not in (None, first), "the proof isn't written over"
    assert any("mất các dòng cuối" in each for each in found(platform))


def test_an_anchor_that_was_changed_shows(platform: Platform) -> None:
    laid = anchoring.lay_down(platform)
    assert laid is not None
    told = json.loads(laid.read_bytes())
    chain = next(iter(told["ends"]))
    told["ends"][chain][1] = "0" * 64
    laid.write_text(json.dumps(told))
    said = found(platform)
    assert any("không khớp với dấu thời gian" in each for each in said)
    assert any("khác với tệp neo" in each for each in said)
    laid.write_text("{")
    assert any("bị hỏng" in each for each in found(platform))


def test_without_an_authority_the_end_is_laid_down_all_the_same(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VANTHU_SIGNING_TEST_AUTHORITY", "false")
    laid = anchoring.lay_down(platform)
    assert laid is not None
    assert not laid.with_suffix(".tst").exists()
    assert found(platform) == []
