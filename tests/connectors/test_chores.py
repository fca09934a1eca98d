"""What a worker does now and then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors import chores
from engine.clock import FixedClock
from engine.instances import commands
from engine.instances.mending import messages
from engine.instances.models import PendingMessage
from engine.platform import Platform, system
from engine.settings import Settings
from tests import builders


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    made = builders.platform(settings, clock, tmp_path / "files")
    yield made
    made.engine.dispose()


def test_a_chore_that_fails_keeps_no_other_from_being_done(
    platform: Platform, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(platform: Platform) -> None:
        raise ZeroDivisionError

    office = builders.office(platform)
    platform.run(system(office.id), commands.receive_message, office.id, "answered", "7", {})
    clock.advance(messages.KEPT_AT_LEAST * 2)
    monkeypatch.setattr(chores, "CHORES", (broken, *chores.CHORES))
    chores.do_chores(platform)
    with platform.reading() as session:
        assert session.scalars(select(PendingMessage)).one().ended_at == clock.now()
