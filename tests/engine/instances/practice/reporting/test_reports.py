"""Whole reports: within scope whoever asks, and figures for the public without a word of content."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.audit import AuditEntry
from engine.errors import InvalidInput, NotAllowed
from engine.instances.practice.reporting import reports
from engine.instances.practice.reporting.work import Figures
from tests.engine.instances.practice.reporting.conftest import FOURTH, NOW, House


def test_every_role_gets_its_own_part(house: House) -> None:
    with house.platform.reading() as session:
        found = {
            name: reports.report(session, house.actor(getattr(house.counted, name)), FOURTH, NOW)
            for name in ("clerk", "head", "an", "binh", "admin", "other")
        }
    assert {name: each.work.total for name, each in found.items()} == {
        "clerk": Figures(3, 3, 2, 1, 1), "head": Figures(open=2, overdue=1), "an": Figures(3, 3, 0, 0, 1),
        "binh": Figures(open=1, overdue=1), "admin": Figures(), "other": Figures(late=1),
    }  # fmt: skip
    assert found["clerk"].work_before.total == Figures(open=1, overdue=2)
    assert found["clerk"].traffic_before.received.total == 1
    with house.platform.reading() as session, pytest.raises(InvalidInput):
        reports.report(session, house.actor(house.counted.an), FOURTH, NOW, "documents")


def test_the_public_figures_say_nothing_of_content(house: House) -> None:
    with house.platform.reading() as session:
        all_agencies = reports.published(session, house.actor(house.counted.admin), FOURTH, NOW)
        own = reports.published(session, house.actor(house.counted.clerk), FOURTH, NOW)
        for person in (house.counted.an, house.counted.head):
            with pytest.raises(NotAllowed):
                reports.published(session, house.actor(person), FOURTH, NOW)
    assert [(each.name, each.traffic.received.total, each.work.total) for each in all_agencies] == [
        ("Sở Xây dựng", 5, 10), ("UBND xã An Phú", 1, 1),
    ]  # fmt: skip
    assert own == all_agencies[:1]
    assert "Bí mật" not in repr(all_agencies)
    assert "An" not in repr([each.traffic for each in all_agencies])


def test_a_file_taken_away_is_noted(house: House) -> None:
    house.platform.run(house.actor(house.counted.clerk), reports.note_export, "quarterly", FOURTH, "xlsx")
    with house.platform.reading() as session:
        note = session.scalars(select(AuditEntry).where(AuditEntry.action == "report.exported")).one()
    assert (note.subject_id, note.details["since"], note.details["extension"]) == ("quarterly", "2026-10-01", "xlsx")
