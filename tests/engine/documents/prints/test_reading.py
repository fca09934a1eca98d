"""Lines of a book are read in pieces, in order, within scope; the slip tells what was written in the case."""

from __future__ import annotations

from datetime import date

import pytest

from engine.documents import commands, registers
from engine.documents.prints import reading, slip
from engine.documents.prints.reading import Selection
from engine.errors import InvalidInput, NotFound
from engine.platform import Platform, system
from tests import builders
from tests.builders import Office

YEAR = date(2026, 1, 1), date(2026, 12, 31)


def test_pieces_join_without_gap_and_secondary_numbers_stand_in_their_place(
    platform: Platform, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert office.registers is not None
    register = office.registers[0]
    clerk = builders.actor(platform, office["clerk"])
    for _ in range(3):
        builders.registered(platform, office)
    late = builders.arrived(platform, office)
    platform.run(clerk, registers.hold_secondary, register.id, late.id, date(2026, 11, 23), "Bổ sung", 2)
    platform.run(clerk, registers.hold_number, register.id, "Chờ")
    for piece in (1, 2, 500):
        monkeypatch.setattr(reading, "PIECE", piece)
        with platform.reading() as session:
            found = list(reading.lines(session, clerk, Selection(register.id, "incoming", *YEAR)))
            book = reading.book_of(session, clerk, Selection(register.id, "incoming", *YEAR), platform.clock.now())
        assert [line.written for line in found] == ["01", "02", "02a", "03", "04"]
        assert (book.first, book.last, book.count) == ("01", "04", 5)


def test_a_book_ends_with_its_period_and_its_agency(platform: Platform, office: Office, other: Office) -> None:
    assert office.registers is not None
    register = office.registers[0]
    builders.registered(platform, office)
    clerk = builders.actor(platform, office["clerk"])
    outsider = builders.person(platform, office.agency, "specialist", unit=builders.unit(platform, office.agency))
    with platform.reading() as session:
        empty = Selection(register.id, "incoming", date(2026, 1, 1), date(2026, 11, 22))
        assert list(reading.lines(session, clerk, empty)) == []
        assert reading.book_of(session, clerk, empty, platform.clock.now()).count == 0
        (line,) = reading.lines(session, builders.actor(platform, outsider), Selection(register.id, "incoming", *YEAR))
        assert line.paper is None
        now = platform.clock.now()
        with pytest.raises(NotFound):
            reading.book_of(session, builders.actor(platform, other["clerk"]), empty, now)
        with pytest.raises(InvalidInput):
            reading.book_of(session, clerk, Selection(register.id, "outgoing", *YEAR), now)


def test_the_slip_tells_what_leader_unit_head_and_resolver_wrote(platform: Platform, office: Office) -> None:
    document = builders.registered(platform, office, type_name="Công văn", subject="Về việc trật tự xây dựng")
    leader, head = (builders.actor(platform, office[role]) for role in ("leader", "unit-head"))
    platform.run(
        leader, commands.instruct, document.id, text="Giải quyết sớm", lead_unit=office.unit.id,
        due_date=date(2026, 11, 30),
    )  # fmt: skip
    platform.run(head, commands.assign, document.id, person_id=office["specialist"].id)
    platform.run(system(office.id), commands.resolve, document.id, "result", "Đã kiểm tra thực địa")
    with platform.reading() as session:
        found = slip.slip_of(session, leader, document.id)
        stamp = slip.stamp_of(session, leader, document.id)
    first, second, third = found.parts
    assert dict(first.lines)["Ý kiến chỉ đạo"] == "Giải quyết sớm"
    assert dict(first.lines)["Giao đơn vị, cá nhân chủ trì"] == office.unit.name
    assert "30/11/2026" in str(first.lines)
    assert office["specialist"].full_name in str(second.lines)
    assert "Đã kiểm tra thực địa" in str(third.lines)
    assert (stamp.number, stamp.day, stamp.forwarded_to) == ("01", "23/11/2026", office.unit.name)
