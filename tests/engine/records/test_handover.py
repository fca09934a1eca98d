"""Hand-over to the archive: when it is due, who takes it, how long it may wait; packages are ordered, not made here."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.clock import FixedClock
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.outbox import Delivery
from engine.platform import Platform
from engine.records import commands, handover, queries, rules
from engine.records.models import ArchivePackage, Dossier
from tests import builders
from tests.builders import Office, actor

TODAY = date(2026, 11, 23)


def closed(platform: Platform, office: Office, **more: Any) -> Dossier:
    """A dossier of the clerk's with one issued document, closed today."""
    clerk = actor(platform, office["clerk"])
    values = {"title": "Trật tự xây dựng", "year": 2026, "retention_years": 10} | more
    row = platform.run(clerk, commands.add_dossier, **values)
    document = builders.issued(platform, office, to_places="Lưu: VT")
    platform.run(clerk, commands.put, row.id, [document.id])
    return platform.run(clerk, commands.close, row.id)


@pytest.mark.parametrize(
    ("more", "due"),
    [
        ({}, date(2027, 11, 23)), ({"retention_years": None}, date(2027, 11, 23)),
        ({"construction": True}, date(2027, 2, 23)), ({"retention_years": 5}, date(2027, 11, 23)),
        ({"retention_years": 4}, None),
    ],
)  # fmt: skip
def test_when_the_archive_gets_it(platform: Platform, office: Office, more: dict[str, Any], due: date | None) -> None:
    assert closed(platform, office, **more).due_date == due


@pytest.mark.parametrize(
    ("day", "months", "there"),
    [(date(2026, 11, 30), 3, date(2027, 2, 28)), (date(2027, 11, 30), 3, date(2028, 2, 29)),
     (date(2026, 12, 31), 12, date(2027, 12, 31)), (date(2024, 2, 29), 24, date(2026, 2, 28))],
)  # fmt: skip
def test_months_later(day: date, months: int, there: date) -> None:
    assert rules.later(day, months=months) == there


def test_retention_is_counted_from_the_end_of_the_year(platform: Platform, office: Office) -> None:
    assert rules.kept_until(closed(platform, office, retention_years=20)) == date(2046, 12, 31)
    assert rules.kept_until(closed(platform, office, retention_years=None)) is None


def test_what_is_due_is_announced_thirty_days_before_and_once(
    platform: Platform, office: Office, clock: FixedClock
) -> None:
    row, clerk = closed(platform, office, construction=True), actor(platform, office["clerk"])  # due 23/02/2027
    with platform.reading() as session:
        assert queries.counts(session, clerk, 2026, date(2027, 1, 23))["due"] == 0
        assert queries.counts(session, clerk, 2020, date(2027, 1, 24))["due"] == 1  # of whatever year
    assert platform.run(clerk, handover.announce_due) == 0
    clock.advance(timedelta(days=62))
    assert platform.run(clerk, handover.announce_due) == 1
    assert platform.run(clerk, handover.announce_due) == 0
    with pytest.raises(NotAllowed):
        platform.run(actor(platform, office["specialist"]), handover.announce_due)
    with platform.reading() as session:
        assert queries.get(session, clerk, row.id).announced_at == platform.clock.now()


def test_the_archive_takes_a_dossier_or_gives_it_back(platform: Platform, office: Office, other: Office) -> None:
    row, clerk = closed(platform, office), actor(platform, office["clerk"])
    with pytest.raises(NotAllowed, match="không chờ nhận"):
        platform.run(clerk, handover.receive, row.id)
    platform.run(clerk, handover.offer, row.id)
    with pytest.raises(NotAllowed, match="lưu trữ cơ quan"):
        platform.run(actor(platform, office["leader"]), handover.receive, row.id)
    with pytest.raises(NotFound):
        platform.run(actor(platform, other["clerk"]), handover.receive, row.id)
    back = platform.run(clerk, handover.give_back, row.id, "Thiếu bản chính")
    assert (back.state, back.returned_reason) == ("closed", "Thiếu bản chính")
    platform.run(clerk, handover.offer, row.id)
    package = platform.run(clerk, handover.receive, row.id)
    assert (package.purpose, package.state) == ("hand-over", "waiting")
    with pytest.raises(NotAllowed, match="đã giao lưu trữ"):
        platform.run(clerk, commands.reopen, row.id, "Thêm văn bản")
    with platform.reading() as session:
        assert queries.get(session, clerk, row.id).state == "handed_over"
        assert session.scalars(select(Delivery.operation)).all()[-1] == handover.MAKE_PACKAGE


def test_keeping_longer_needs_consent_and_ends_after_two_years(platform: Platform, office: Office) -> None:
    row, clerk = closed(platform, office), actor(platform, office["clerk"])
    for until in (date(2027, 11, 23), date(2029, 11, 24)):
        with pytest.raises(InvalidInput, match="không quá ngày 23/11/2029"):
            platform.run(clerk, handover.delay, row.id, until, "Công văn 12/SXD-VP")
    with pytest.raises(InvalidInput):
        platform.run(clerk, handover.delay, row.id, date(2028, 1, 1), "")
    assert platform.run(clerk, handover.delay, row.id, date(2029, 11, 23), "CV 12").due_date == date(2029, 11, 23)
    with pytest.raises(NotAllowed, match="một lần"):
        platform.run(clerk, handover.delay, row.id, date(2029, 12, 1), "CV 13")


def test_a_package_is_ordered_once_and_only_by_who_may_see_everything(platform: Platform, office: Office) -> None:
    clerk, specialist = actor(platform, office["clerk"]), office["specialist"]
    row = closed(platform, office, keeper_id=specialist.id)
    colleague = builders.person(platform, office.agency, "specialist", unit=office.unit)
    with pytest.raises(NotAllowed, match="ngoài phạm vi"):
        platform.run(actor(platform, colleague), handover.order_package, row.id)
    first = platform.run(clerk, handover.order_package, row.id)
    assert platform.run(clerk, handover.order_package, row.id).id == first.id
    platform.run(clerk, handover.fail_package, first.id, "Thiếu tệp")
    assert platform.run(clerk, handover.order_package, row.id).id != first.id
    with platform.reading() as session:
        with pytest.raises(NotFound):
            queries.package(session, actor(platform, colleague), first.id)
        assert session.get_one(ArchivePackage, first.id).problem == "Thiếu tệp"
    opened = platform.run(clerk, commands.add_dossier, title="Mới", year=2026, retention_years=5)
    with pytest.raises(NotAllowed, match="Kết thúc hồ sơ"):
        platform.run(clerk, handover.order_package, opened.id)


def test_what_has_outlived_its_retention_is_found(platform: Platform, office: Office) -> None:
    closed(platform, office, retention_years=5)
    closed(platform, office, retention_years=None, title="Giữ mãi")
    clerk = actor(platform, office["clerk"])
    with platform.reading() as session:
        found = [queries.counts(session, clerk, 2020, date(year, 6, 1))["expired"] for year in (2031, 2032)]
    assert found == [0, 1]
