"""Numbers are consecutive per register and year: no gap, no double, however many work at once or give up."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import pytest
from sqlalchemy import select

from engine.clock import VIETNAM, FixedClock
from engine.documents import commands, queries, registers
from engine.documents.models import Document, RegisterEntry
from engine.documents.registers import numbers
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.platform import Platform, Work, system
from tests import builders
from tests.builders import Office


class GaveUp(Exception):
    """A transaction that is rolled back on purpose."""


def numbers_in(platform: Platform, register_id: int, year: int = 2026) -> list[int]:
    with platform.reading() as session:
        query = select(RegisterEntry.number).where(RegisterEntry.register_id == register_id, RegisterEntry.year == year)
        return sorted(session.scalars(query))


def arrive_many(platform: Platform, office: Office, how_many: int) -> list[int]:
    def arrive(work: Work) -> list[int]:
        made = []
        for number in range(how_many):
            document = commands.create_incoming(
                work, agency_id=office.id, subject=f"Văn bản {number}", source="axis", code=f"{number}/UBND-KT"
            )
            commands.set_status(work, document.id, "checked")
            made.append(document.id)
        return made

    return platform.run(system(office.id), arrive)


def test_200_parallel_registrations_with_rollbacks_leave_no_gap_and_no_double(
    platform: Platform, office: Office
) -> None:
    documents = arrive_many(platform, office, 200)
    chance = random.Random(20261123)
    givers_up = set(chance.sample(documents, 60))

    def register(work: Work, document_id: int, give_up: bool) -> int:
        number = commands.register_incoming(work, document_id).number
        if give_up:
            raise GaveUp
        return number

    def one(document_id: int) -> int:
        clerk = system(office.id)
        if document_id in givers_up:
            with pytest.raises(GaveUp):
                platform.run(clerk, register, document_id, give_up=True)
        return platform.run(clerk, register, document_id, give_up=False)

    with ThreadPoolExecutor(16) as pool:
        given = list(pool.map(one, documents))

    assert sorted(given) == list(range(1, 201))
    incoming = office.registers[0] if office.registers else None
    assert incoming is not None
    assert numbers_in(platform, incoming.id) == list(range(1, 201))
    with platform.reading() as session:
        stored = session.scalars(select(Document.arrival_number).where(Document.id.in_(documents)))
        assert sorted(number or 0 for number in stored) == list(range(1, 201))


def test_200_parallel_mixed_numbers_leave_no_gap_and_no_double(platform: Platform, office: Office) -> None:
    """Registered, held, released, cancelled, used when held, secondary, given up: every number has one line."""
    assert office.registers is not None
    register_id = office.registers[0].id
    clerk = builders.actor(platform, office["clerk"])
    documents = arrive_many(platform, office, 200)
    for document_id in documents[:5]:
        platform.run(clerk, commands.register_incoming, document_id)

    def held(work: Work, document_id: int | None = None) -> int:
        return registers.hold_number(work, register_id, "Chờ văn bản", document_id=document_id).id

    def secondary(work: Work, document_id: int, number: int) -> int:
        return registers.hold_secondary(work, register_id, document_id, date(2026, 11, 23), "Đến bổ sung", number).id

    def give_up(work: Work, document_id: int) -> None:
        held(work)
        commands.register_incoming(work, document_id)
        raise GaveUp

    def one(document_id: int) -> str:
        way = document_id % 6
        if way == 0:
            platform.run(clerk, registers.release_number, platform.run(clerk, held), "Không gửi nữa")
        elif way == 1:
            platform.run(clerk, registers.cancel_number, platform.run(clerk, held), "Không ban hành")
        elif way == 2:
            platform.run(clerk, held, document_id)
        elif way == 3:
            platform.run(clerk, secondary, document_id, document_id % 5 + 1)
        elif way == 4:
            with pytest.raises(GaveUp):
                platform.run(clerk, give_up, document_id)
        if way != 1:
            platform.run(clerk, commands.register_incoming, document_id)
        return ("released", "cancelled", "kept", "secondary", "plain", "plain")[way]

    with ThreadPoolExecutor(16) as pool:
        ways = list(pool.map(one, documents[5:]))

    with platform.reading() as session:
        lines = session.scalars(select(RegisterEntry).where(RegisterEntry.register_id == register_id)).all()
    main = sorted(line.number for line in lines if not line.suffix)
    released, secondaries = ways.count("released"), ways.count("secondary")
    assert main == list(range(1, 201 + released - secondaries))
    for base in range(1, 6):
        letters = sorted(line.suffix for line in lines if line.suffix and line.number == base)
        assert "".join(letters) == numbers.SUFFIXES[: len(letters)]
    states = Counter((line.state, bool(line.suffix)) for line in lines)
    used = 200 - ways.count("cancelled") - secondaries
    assert states == {
        ("used", False): used, ("used", True): secondaries, ("released", False): released,
        ("cancelled", False): ways.count("cancelled"),
    }  # fmt: skip
    of_documents = Counter(line.document_id for line in lines if line.document_id)
    assert set(of_documents.values()) == {1}


def test_one_document_registered_by_many_at_once_gets_one_number(platform: Platform, office: Office) -> None:
    (document_id,) = arrive_many(platform, office, 1)

    def one(_: int) -> str:
        try:
            return str(platform.run(system(office.id), commands.register_incoming, document_id).number)
        except NotAllowed as refused:
            return str(refused)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(8)))

    assert sorted(answers) == ["1"] + ["Số đến 01 đã được cấp cho văn bản này."] * 7


def test_a_new_year_begins_with_01(platform: Platform, office: Office, clock: FixedClock) -> None:
    clock.set(datetime(2026, 12, 31, 16, 59, tzinfo=VIETNAM))
    old = builders.registered(platform, office)
    clock.set(datetime(2027, 1, 1, 0, 1, tzinfo=VIETNAM))
    new = builders.registered(platform, office)

    assert (old.arrival_number, old.arrival_date) == (1, date(2026, 12, 31))
    assert (new.arrival_number, new.arrival_date) == (1, date(2027, 1, 1))


def test_a_kind_with_a_register_of_its_own_has_its_own_series_and_form(platform: Platform, office: Office) -> None:
    platform.run(
        system(office.id), commands.add_register, office.id, "outgoing", "Sổ quyết định quy phạm",
        type_names=["Quyết định"], notation="{kind}-UBND", with_year=True,
    )  # fmt: skip
    letter = builders.sealed(platform, office)
    decision = builders.sealed(platform, office, type_name="Quyết định")

    assert letter.code == "01/SXD-QLXD"
    assert decision.code == "01/2026/QĐ-UBND"


def test_an_agency_without_a_register_is_told(platform: Platform) -> None:
    agency = builders.agency(platform)
    bare = Office(agency, builders.unit(platform, agency))
    (document_id,) = arrive_many(platform, bare, 1)

    with pytest.raises(Conflict, match="chưa mở sổ văn bản đến"):
        platform.run(system(agency.id), commands.register_incoming, document_id)


def test_held_numbers_show_are_used_or_cancelled_and_never_given_twice(platform: Platform, office: Office) -> None:
    assert office.registers is not None
    register = office.registers[1]
    clerk = builders.actor(platform, office["clerk"])
    kept = platform.run(clerk, commands.hold_number, register.id, "Quyết định bổ nhiệm chờ ký")
    lost = platform.run(clerk, commands.hold_number, register.id, "Công văn chờ ký")
    document = builders.signed(platform, office)

    platform.run(clerk, commands.cancel_number, lost.id, "Không ban hành")
    numbered = platform.run(clerk, commands.number_outgoing, document.id, held_entry=kept.id)
    following = builders.sealed(platform, office)

    assert (numbered.number, following.code_number) == (1, "03")
    with platform.reading() as session:
        lines = queries.register_lines(session, clerk, register.id, 2026)
    assert [(line.entry.number, line.entry.state) for line in lines] == [(3, "used"), (2, "cancelled"), (1, "used")]
    for entry_id in (kept.id, lost.id):
        with pytest.raises(Conflict):
            platform.run(clerk, commands.cancel_number, entry_id, "Hủy lần nữa")
    another = builders.signed(platform, office)
    with pytest.raises(Conflict, match="không còn được giữ"):
        platform.run(clerk, commands.number_outgoing, another.id, held_entry=kept.id)


def test_a_document_given_up_after_its_number_leaves_a_cancelled_line(platform: Platform, office: Office) -> None:
    document = builders.sealed(platform, office)
    platform.run(system(office.id), commands.set_status, document.id, "cancelled")
    following = builders.sealed(platform, office)

    assert following.code_number == "02"
    with platform.reading() as session:
        entry = session.scalars(select(RegisterEntry).where(RegisterEntry.document_id == document.id)).one()
    assert entry.state == "cancelled"
    assert "01/SXD-QLXD" in entry.note


def test_numbers_go_on_from_before_the_platform_but_only_once(platform: Platform, office: Office) -> None:
    assert office.registers is not None
    clerk = builders.actor(platform, office["clerk"])
    platform.run(clerk, commands.start_numbers_at, office.registers[0].id, 2026, 1234)

    assert builders.registered(platform, office).arrival_number == 1234
    with pytest.raises(Conflict, match="không đặt lại"):
        platform.run(clerk, commands.start_numbers_at, office.registers[0].id, 2026, 1)


def test_only_clerk_or_admin_of_the_agency_keep_registers(platform: Platform, office: Office, other: Office) -> None:
    assert office.registers is not None
    register = office.registers[0]

    with pytest.raises(NotAllowed):
        platform.run(builders.actor(platform, office["specialist"]), commands.hold_number, register.id, "x")
    with pytest.raises(NotFound):
        platform.run(builders.actor(platform, other["clerk"]), commands.hold_number, register.id, "x")
    with pytest.raises(NotFound):
        platform.run(builders.actor(platform, other["clerk"]), commands.close_register, register.id)
    with pytest.raises(NotFound):
        platform.run(builders.actor(platform, other["clerk"]), commands.add_register, office.id, "incoming", "Sổ")
    with pytest.raises(InvalidInput):
        platform.run(builders.actor(platform, office["clerk"]), commands.add_register, office.id, "sideways", "Sổ")


def test_a_closed_register_takes_no_more(platform: Platform, office: Office) -> None:
    assert office.registers is not None
    platform.run(builders.actor(platform, office["clerk"]), commands.close_register, office.registers[0].id)
    (document_id,) = arrive_many(platform, office, 1)

    with pytest.raises(Conflict, match="không dùng được"):
        platform.run(system(office.id), commands.register_incoming, document_id, office.registers[0].id)


def test_a_register_of_the_wrong_side_or_agency_is_refused(platform: Platform, office: Office, other: Office) -> None:
    assert office.registers is not None
    assert other.registers is not None
    (document_id,) = arrive_many(platform, office, 1)

    with pytest.raises(Conflict):
        platform.run(system(office.id), commands.register_incoming, document_id, office.registers[1].id)
    with pytest.raises(NotFound):
        platform.run(system(office.id), commands.register_incoming, document_id, other.registers[0].id)


def test_the_lock_is_taken_after_everything_else_was_checked(platform: Platform, office: Office) -> None:
    """A registration that is refused must not have touched the numbers' row at all."""
    (document_id,) = arrive_many(platform, office, 1)
    platform.run(system(office.id), commands.register_incoming, document_id)
    assert office.registers is not None
    register_id = office.registers[0].id

    def holding(work: Work) -> None:
        registers.take_number(work, register_id, 2026)
        with ThreadPoolExecutor(1) as pool, pytest.raises(NotAllowed):
            pool.submit(platform.run, system(office.id), commands.register_incoming, document_id).result(timeout=20)
        raise GaveUp

    with pytest.raises(GaveUp):
        platform.run(system(office.id), holding)


def lines_of(platform: Platform, register_id: int) -> list[tuple[str, str]]:
    with platform.reading() as session:
        rows = session.scalars(select(RegisterEntry).where(RegisterEntry.register_id == register_id))
        found = sorted(rows, key=lambda row: (row.year, row.number, row.suffix))
    return [(numbers.format_number(row.number, row.suffix), row.state) for row in found]


def test_a_number_kept_for_a_document_is_taken_when_it_is_numbered(platform: Platform, office: Office) -> None:
    assert office.registers is not None
    register = office.registers[1]
    clerk = builders.actor(platform, office["clerk"])
    document = builders.signed(platform, office)
    kept = platform.run(
        clerk, registers.hold_number, register.id, "Công văn đi họp", held_for="Phòng QLXD", until=date(2026, 11, 27),
        document_id=document.id,
    )  # fmt: skip
    with pytest.raises(Conflict, match="Đã giữ số 01 cho văn bản này"):
        platform.run(clerk, registers.hold_number, register.id, "Lần nữa", document_id=document.id)
    other = builders.sealed(platform, office)

    assert platform.run(clerk, commands.number_outgoing, document.id).code == "01/SXD-QLXD"
    assert other.code == "02/SXD-QLXD"
    assert lines_of(platform, register.id) == [("01", "used"), ("02", "used")]
    with pytest.raises(Conflict, match="đã có số"):
        platform.run(clerk, registers.hold_number, register.id, "x", document_id=document.id)
    with pytest.raises(Conflict, match="đã cấp cho văn bản"):
        platform.run(clerk, registers.cancel_number, kept.id, "x")


def test_a_released_number_stays_and_goes_to_another_document_by_hand(platform: Platform, office: Office) -> None:
    assert office.registers is not None
    register = office.registers[1]
    clerk = builders.actor(platform, office["clerk"])
    entry = platform.run(clerk, registers.hold_number, register.id, "Chờ quyết định")
    platform.run(clerk, registers.release_number, entry.id, "Không ban hành trong ngày")
    assert builders.sealed(platform, office).code_number == "02"
    document = builders.signed(platform, office)
    platform.run(clerk, registers.keep_for, entry.id, document.id)

    assert platform.run(clerk, commands.number_outgoing, document.id).number == 1
    with pytest.raises(Conflict, match="không còn được giữ"):
        platform.run(clerk, registers.release_number, entry.id, "x")


def test_a_held_number_of_last_year_is_not_used_for_this_years_document(
    platform: Platform, office: Office, clock: FixedClock
) -> None:
    assert office.registers is not None
    register = office.registers[1]
    clock.set(datetime(2026, 12, 31, 10, 0, tzinfo=VIETNAM))
    clerk = builders.actor(platform, office["clerk"])
    document = builders.signed(platform, office)
    entry = platform.run(clerk, registers.hold_number, register.id, "Chờ ký", document_id=document.id)
    clock.set(datetime(2027, 1, 4, 9, 0, tzinfo=VIETNAM))

    numbered = platform.run(clerk, commands.number_outgoing, document.id)
    assert (numbered.number, numbered.issued_date) == (1, "2027-01-04")
    with platform.reading() as session:
        assert session.get_one(RegisterEntry, entry.id).state == "released"


def test_a_number_held_in_another_register_than_the_one_chosen_is_released(platform: Platform, office: Office) -> None:
    assert office.registers is not None
    clerk = builders.actor(platform, office["clerk"])
    other = platform.run(clerk, registers.add_register, office.id, "outgoing", "Sổ Ban", body_name="Ban chỉ đạo")
    document = builders.signed(platform, office)
    platform.run(clerk, registers.hold_number, office.registers[1].id, "Chờ ký", document_id=document.id)

    assert platform.run(clerk, commands.number_outgoing, document.id, other.id).number == 1
    assert lines_of(platform, office.registers[1].id) == [("01", "released")]
    assert lines_of(platform, other.id) == [("01", "used")]


def test_what_is_entered_afterwards_stands_behind_its_day_with_a_letter(
    platform: Platform, office: Office, clock: FixedClock
) -> None:
    assert office.registers is not None
    came, went = office.registers
    clerk = builders.actor(platform, office["clerk"])
    clock.set(datetime(2026, 12, 31, 15, 0, tzinfo=VIETNAM))
    builders.registered(platform, office)
    builders.sealed(platform, office)
    clock.set(datetime(2027, 1, 5, 9, 0, tzinfo=VIETNAM))
    builders.registered(platform, office)
    (late,) = arrive_many(platform, office, 1)
    letter = builders.signed(platform, office)
    day = date(2026, 12, 31)
    platform.run(clerk, registers.hold_secondary, came.id, late, day, "Mất mạng chiều 31/12")
    platform.run(clerk, registers.hold_secondary, went.id, letter.id, day, "Mất mạng chiều 31/12", 1)

    platform.run(clerk, commands.register_incoming, late)
    numbered = platform.run(clerk, commands.number_outgoing, letter.id)
    assert (numbered.code, numbered.issued_date) == ("01a/SXD-QLXD", "2026-12-31")
    assert "2026/12/31,01a/SXD-QLXD" in numbered.identifier
    with platform.reading() as session:
        stored = session.get_one(Document, late)
        assert (stored.arrival_number, stored.arrival_date) == (1, day)
        years = session.scalars(select(RegisterEntry.year).where(RegisterEntry.document_id == late)).all()
    assert years == [2026]
    assert lines_of(platform, came.id) == [("01", "used"), ("01a", "used"), ("01", "used")]


@pytest.mark.parametrize(
    ("day", "number", "error"),
    [(date(2026, 11, 24), None, InvalidInput), (date(2025, 5, 5), None, Conflict), (date(2026, 11, 23), 9, Conflict)],
)
def test_a_secondary_number_needs_a_day_gone_by_and_a_number_to_stand_behind(
    platform: Platform, office: Office, day: date, number: int | None, error: type[Exception]
) -> None:
    assert office.registers is not None
    clerk = builders.actor(platform, office["clerk"])
    builders.registered(platform, office)
    (late,) = arrive_many(platform, office, 1)
    with pytest.raises(error):
        platform.run(clerk, registers.hold_secondary, office.registers[0].id, late, day, "Bổ sung", number)


def test_an_advisory_body_has_its_own_series_used_only_when_named(platform: Platform, office: Office) -> None:
    clerk = builders.actor(platform, office["clerk"])
    council = platform.run(
        clerk, registers.add_register, office.id, "outgoing", "Sổ Hội đồng thi đua",
        body_name="Hội đồng thi đua - khen thưởng", notation="{kind}-HĐTĐKT",
    )  # fmt: skip
    assert office.registers is not None
    platform.run(clerk, registers.close_register, office.registers[1].id)
    document = builders.signed(platform, office, type_name="Thông báo")
    with pytest.raises(Conflict, match="chưa mở sổ"):
        platform.run(clerk, commands.number_outgoing, document.id)
    assert platform.run(clerk, commands.number_outgoing, document.id, council.id).code == "01/TB-HĐTĐKT"


def test_registers_are_renamed_reopened_and_never_doubled(platform: Platform, office: Office) -> None:
    assert office.registers is not None
    clerk = builders.actor(platform, office["clerk"])
    register = platform.run(clerk, registers.rename_register, office.registers[0].id, "  Sổ đến chung ")
    assert register.name == "Sổ đến chung"
    with pytest.raises(InvalidInput, match="đang mở"):
        platform.run(clerk, registers.add_register, office.id, "incoming", "sổ đến chung")
    platform.run(clerk, registers.add_register, office.id, "outgoing", "Sổ quyết định", type_names=["quyết định"])
    with pytest.raises(InvalidInput, match="đã có sổ riêng"):
        platform.run(clerk, registers.add_register, office.id, "outgoing", "Sổ khác", type_names=["Quyết định"])
    with pytest.raises(InvalidInput, match="Ký hiệu"):
        platform.run(clerk, registers.add_register, office.id, "outgoing", "Sổ lạ", notation="{loai}/SXD")
    platform.run(clerk, registers.close_register, register.id)
    with pytest.raises(Conflict, match="đã đóng"):
        platform.run(clerk, registers.hold_number, register.id, "x")
    platform.run(clerk, registers.reopen_register, register.id)
    assert builders.registered(platform, office).arrival_number == 1


def test_a_draft_given_up_releases_what_was_kept_for_it(platform: Platform, office: Office) -> None:
    assert office.registers is not None
    clerk = builders.actor(platform, office["clerk"])
    document = builders.signed(platform, office)
    platform.run(clerk, registers.hold_number, office.registers[1].id, "Chờ", document_id=document.id)
    platform.run(system(office.id), commands.set_status, document.id, "cancelled")
    assert lines_of(platform, office.registers[1].id) == [("01", "released")]
