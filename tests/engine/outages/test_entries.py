"""Documents entered after an outage: their legal time, their place in the register, what is said of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from engine.clock import VIETNAM, FixedClock
from engine.documents import commands as documents
from engine.documents.models import Document, RegisterEntry
from engine.documents.prints.reading import Selection, lines
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.outages import commands, entries, queries
from engine.outages.entries import CatchUp
from engine.outages.models import Outage
from engine.platform import Platform, Work, system
from tests import builders
from tests.builders import Office, actor
from tests.conftest import NOW
from tests.engine.outages.test_commands import announced, ended

FRIDAY = datetime(2026, 11, 20, 14, tzinfo=VIETNAM)


@pytest.fixture
def outage(platform: Platform, office: Office) -> Outage:
    """From Friday afternoon to Monday morning."""
    return ended(platform, office, NOW - timedelta(minutes=30), stops_at=FRIDAY, expected_at=NOW)


def entered(platform: Platform, office: Office, row: Outage, came: datetime, **more: Any) -> Document:
    """A paper that came then, entered and registered now."""
    given = CatchUp(row.id, came, more.pop("reason", "Văn bản giấy đến khi hệ thống ngừng"))

    def enter(work: Work) -> Document:
        found = entries.check(work, given)
        document = documents.create_incoming(
            work, agency_id=office.id, subject="Báo cáo", source="paper", code="7/UBND", organ_name="UBND xã",
            entered_at=given.arrived_at, main_file=builders.Upload("a.pdf", builders.pdf(str(came))),
        )  # fmt: skip
        entries.enter(work, document, found, given)
        documents.check(work, document.id)
        documents.register_incoming(work, document.id)
        return document

    return platform.run(actor(platform, office["clerk"]), enter)


def line_of(platform: Platform, document: Document) -> RegisterEntry:
    with platform.reading() as session:
        return session.query(RegisterEntry).filter_by(document_id=document.id, state="used").one()


def test_receipt_follows_when_it_came_and_the_next_number_fits(
    platform: Platform, office: Office, outage: Outage
) -> None:
    document = entered(platform, office, outage, FRIDAY + timedelta(hours=1))
    assert document.entered_at == FRIDAY + timedelta(hours=1)
    assert document.received_at == FRIDAY + timedelta(hours=1)
    assert document.arrival_date == date(2026, 11, 20)
    line = line_of(platform, document)
    assert (line.number, line.suffix, line.dated) == (1, "", date(2026, 11, 20))
    assert line.note.startswith("Nhập bổ sung sau sự cố hệ thống từ 14:00 ngày 20/11/2026 đến 08:30 ngày 23/11/2026: ")


def test_outside_of_office_hours_it_is_received_the_next_morning(
    platform: Platform, office: Office, outage: Outage
) -> None:
    document = entered(platform, office, outage, FRIDAY + timedelta(hours=5))
    assert document.arrival_date == date(2026, 11, 23)


def test_a_secondary_number_keeps_the_order_of_days(platform: Platform, office: Office, clock: FixedClock) -> None:
    clock.set(FRIDAY - timedelta(hours=2))
    before = builders.registered(platform, office)
    clock.set(NOW)
    builders.registered(platform, office)
    row = ended(platform, office, NOW - timedelta(minutes=30), stops_at=FRIDAY, expected_at=NOW)
    first, second = (entered(platform, office, row, FRIDAY + timedelta(hours=n)) for n in (1, 2))
    base = line_of(platform, before).number
    assert [(line_of(platform, each).number, line_of(platform, each).suffix) for each in (first, second)] == [
        (base, "a"), (base, "b"),
    ]  # fmt: skip
    assert first.arrival_date == date(2026, 11, 20)
    with platform.reading() as session:
        chosen = Selection(office.registers[0].id, "incoming", date(2026, 1, 1), date(2026, 12, 31))  # type: ignore[index]
        days = [(line.dated, line.remark) for line in lines(session, actor(platform, office["clerk"]), chosen)]
    assert [day for day, _said in days] == sorted(day for day, _said in days)
    assert "Nhập bổ sung sau sự cố hệ thống" in days[1][1]


def test_what_lies_outside_or_gives_no_reason_is_refused_by_field(
    platform: Platform, office: Office, outage: Outage
) -> None:
    for came, reason, field in (
        (FRIDAY - timedelta(minutes=1), "x", "arrived_at"), (NOW, "x", "arrived_at"), (FRIDAY, " ", "late_reason"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            entered(platform, office, outage, came, reason=reason)
        assert set(refused.value.fields) == {field}
    other = builders.office(platform)
    with pytest.raises(NotFound):
        entered(platform, other, outage, FRIDAY)
    with pytest.raises(InvalidInput, match="Chỉ văn thư"):
        platform.run(actor(platform, office["leader"]), entries.check, CatchUp(outage.id, FRIDAY, "x"))


def test_the_list_names_what_was_entered_within_the_readers_agency(
    platform: Platform, office: Office, outage: Outage
) -> None:
    late, early = (entered(platform, office, outage, FRIDAY + timedelta(hours=n)) for n in (2, 1))
    with platform.reading() as session:
        rows = queries.entered(session, actor(platform, office["clerk"]), outage.id)
        assert [row.entry.document_id for row in rows] == [early.id, late.id]
        assert queries.entered(session, actor(platform, builders.office(platform)["clerk"]), outage.id) == []
        assert queries.counts(session, outage.id).incoming == 2


def test_a_number_written_on_paper_goes_to_its_document_with_its_day(
    platform: Platform, office: Office, clock: FixedClock
) -> None:
    clerk, book = actor(platform, office["clerk"]), office.registers[1]  # type: ignore[index]
    stops = NOW + timedelta(hours=1)
    row = announced(platform, office, stops_at=stops, expected_at=NOW + timedelta(days=1))
    held = platform.run(clerk, entries.hold_block, row.id, book.id, 3)
    with pytest.raises(InvalidInput, match="sổ văn bản đi"):
        platform.run(clerk, entries.hold_block, row.id, office.registers[0].id, 1)  # type: ignore[index]
    clock.set(NOW + timedelta(days=2))
    document = builders.signed(platform, office)

    def use(day: date) -> Any:
        return platform.run(clerk, entries.use_number, row.id, held[1].id, document.id, day, "Cấp số trên giấy")

    with pytest.raises(NotAllowed, match="giờ hệ thống hoạt động lại"):
        use(stops.date())
    admin = actor(platform, office["agency-admin"])
    platform.run(admin, commands.end, row.id, NOW + timedelta(days=1))
    with pytest.raises(InvalidInput, match="Ngày ghi trên văn bản"):
        use(date(2026, 11, 22))
    use(stops.date())
    with pytest.raises(Conflict):
        use(stops.date())
    numbered = platform.run(system(office.id), documents.number_outgoing, document.id)
    assert (numbered.number, numbered.issued_date) == (held[1].number, "2026-11-23")
    line = line_of(platform, document)
    assert line.dated == stops.date()
    assert "Nhập bổ sung sau sự cố hệ thống" in line.note
    with platform.reading() as session:
        assert [(each.written, each.entry.state, each.used_on) for each in queries.held(session, clerk, row.id)] == [
            ("01", "held", None), ("02", "used", stops.date()), ("03", "held", None),
        ]  # fmt: skip
