"""Incoming: legal receipt, checks, register, refusal, instruction, assignment, resolution."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event

from engine.clock import VIETNAM, FixedClock
from engine.directory import calendars
from engine.directory import commands as directory
from engine.documents import commands, queries
from engine.documents.commands import Upload
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.platform import Platform, system
from tests import builders, papers
from tests.builders import Office


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def test_legal_receipt_follows_the_agencys_calendar_and_keeps_its_version(
    platform: Platform, office: Office, clock: FixedClock
) -> None:
    calendar = platform.run(system(), calendars.add_calendar, "Lịch riêng")
    platform.run(system(), directory.change_agency, office.id, {"calendar_id": calendar.id})
    clock.set(at("2026-11-23 12:10"))
    document = builders.arrived(platform, office)

    assert document.entered_at == at("2026-11-23 12:10")
    assert document.received_at == at("2026-11-23 13:30")
    with platform.reading() as session:
        assert document.calendar_version == calendars.load(session, calendar.id).version


def test_catching_up_keeps_the_real_time_of_arrival(platform: Platform, office: Office, clock: FixedClock) -> None:
    document = builders.arrived(platform, office, entered_at=at("2026-11-20 17:30"))

    assert document.received_at == at("2026-11-23 07:00")


def test_a_whole_document_passes(platform: Platform, office: Office) -> None:
    document = builders.arrived(platform, office)

    report = platform.run(system(office.id), commands.check, document.id)

    assert report == type(report)(passed=True, duplicate=False, complete=True, findings=[])
    with platform.reading() as session:
        stored = queries.get(session, system(office.id), document.id)
    assert stored.status == "checked"
    assert stored.checks["passed"] is True


@pytest.mark.parametrize(
    ("fields", "complete", "sentence"),
    [
        ({"main_file": None}, False, "không có tệp nội dung chính"),
        ({"missing_files": ["phu-luc.xlsx"]}, False, "phu-luc.xlsx"),
        ({"addressed": False}, True, "không gửi cho cơ quan này"),
        ({"files": [Upload("virus.pdf", b"MZ" + bytes(100))]}, True, "danh mục"),
        ({"subject": "TỐI MẬT Kế hoạch"}, True, "TỐI MẬT"),
        ({"main_file": Upload("mat.pdf", papers.paper(secrecy="TUYỆT MẬT"))}, True, "TUYỆT MẬT"),
    ],
)
def test_what_is_wrong_with_an_arrival_is_found_and_nothing_is_lost(
    platform: Platform, office: Office, fields: dict[str, Any], complete: bool, sentence: str
) -> None:
    document = builders.arrived(platform, office, **fields)

    report = platform.run(system(office.id), commands.check, document.id)

    assert (report.passed, report.complete) == (False, complete)
    assert any(sentence in finding for finding in report.findings)
    assert report.secret is ("MẬT" in sentence)


def test_warnings_about_a_file_are_told_but_do_not_fail_the_check(platform: Platform, office: Office) -> None:
    document = builders.arrived(platform, office, files=[Upload("so-lieu.doc", builders.docx())])

    report = platform.run(system(office.id), commands.check, document.id)

    assert report.passed
    assert any("không đúng với nội dung" in finding for finding in report.findings)


@pytest.mark.parametrize(
    ("again", "duplicate"),
    [
        ({"identifier": "id-1", "code": "8/X", "organ_id": "other"}, True),
        ({"identifier": "id-2", "code": "7/UBND-KT", "organ_id": "000.00.77.H99"}, True),
        ({"identifier": None, "code": "7/UBND-KT", "organ_id": "000.00.78.H99"}, False),
        ({"identifier": "id-2", "code": "8/UBND-KT", "organ_id": "000.00.77.H99"}, False),
        ({"identifier": "id-2", "code": "7/UBND-KT", "organ_id": "000.00.77.H99", "issued_date": "2025-11-20"}, False),
        ({"identifier": "id-2", "code": "7/UBND-KT", "organ_id": "000.00.77.H99", "issued_date": "2026-01-02"}, True),
    ],
)
def test_duplicates_warn_the_clerk(
    platform: Platform, office: Office, other: Office, again: dict[str, Any], duplicate: bool
) -> None:
    same = {"identifier": "id-1", "code": "7/UBND-KT", "organ_id": "000.00.77.H99", "issued_date": "2026-11-20"}
    builders.arrived(platform, other, **same)  # another agency's copy is no duplicate
    builders.registered(platform, office, **same)
    document = builders.arrived(platform, office, **again)

    report = platform.run(system(office.id), commands.check, document.id)

    assert (report.duplicate, report.passed) == (duplicate, True)
    if duplicate:
        assert any("7/UBND-KT" in finding and "số đến 01" in finding for finding in report.findings)


def test_a_scan_by_the_clerk_must_be_a_good_file(platform: Platform, office: Office) -> None:
    with pytest.raises(InvalidInput):
        builders.arrived(platform, office, source="paper", main_file=Upload("quet.pdf", b"MZ" + bytes(100)))
    assert builders.arrived(platform, office, source="paper").source == "paper"


def test_registering_gives_the_next_arrival_number_and_todays_date(platform: Platform, office: Office) -> None:
    first, second = (builders.arrived(platform, office) for _ in range(2))
    for document in (first, second):
        platform.run(system(office.id), commands.check, document.id)

    assert platform.run(system(office.id), commands.register_incoming, second.id).number == 1
    registered = platform.run(system(office.id), commands.register_incoming, first.id)
    assert (registered.number, registered.arrival_date) == (2, "2026-11-23")
    with pytest.raises(NotAllowed, match="Số đến 02 đã được cấp"):
        platform.run(system(office.id), commands.register_incoming, first.id)


def test_nothing_is_registered_unchecked(platform: Platform, office: Office) -> None:
    document = builders.arrived(platform, office)

    with pytest.raises(NotAllowed):
        platform.run(system(office.id), commands.register_incoming, document.id)


def test_registered_fields_are_fixed_but_notes_stay_open(platform: Platform, office: Office) -> None:
    document = builders.arrived(platform, office)
    platform.run(system(office.id), commands.update_fields, document.id, {"subject": "Đúng", "code": "12/UBND-VX"})
    platform.run(system(office.id), commands.check, document.id)
    platform.run(system(office.id), commands.register_incoming, document.id)

    with pytest.raises(NotAllowed, match="đã vào sổ"):
        platform.run(system(office.id), commands.update_fields, document.id, {"subject": "Sai"})
    noted = platform.run(system(office.id), commands.update_fields, document.id, {"description": "Đã gọi điện"})
    assert (noted.description, noted.code_number, noted.code_notation) == ("Đã gọi điện", "12", "UBND-VX")


@pytest.mark.parametrize(
    ("code", "reason", "field"),
    [("WRONG_ADDRESSEE", " ", "reason"), ("OTHER", "x" * 1001, "reason"), ("BECAUSE", "Lý do", "reason_code")],
)
def test_a_refusal_needs_a_reason_of_the_catalogue_and_words(
    platform: Platform, office: Office, code: str, reason: str, field: str
) -> None:
    document = builders.arrived(platform, office)

    with pytest.raises(InvalidInput) as refused:
        platform.run(system(office.id), commands.refuse, document.id, code, reason)
    assert field in refused.value.fields


def test_a_refused_document_is_out_of_the_register_for_good(platform: Platform, office: Office) -> None:
    document = builders.arrived(platform, office)
    refused = platform.run(system(office.id), commands.refuse, document.id, "WRONG_ADDRESSEE", "Gửi nhầm")

    assert (refused.status, refused.refusal_code, refused.refusal_reason) == ("returned", "WRONG_ADDRESSEE", "Gửi nhầm")
    with pytest.raises(NotAllowed):
        platform.run(system(office.id), commands.register_incoming, document.id)


def test_a_registered_document_is_not_refused_any_more(platform: Platform, office: Office) -> None:
    document = builders.registered(platform, office)

    with pytest.raises(NotAllowed):
        platform.run(system(office.id), commands.refuse, document.id, "OTHER", "Muộn rồi")


def test_an_instruction_names_one_lead_and_due_dates_in_office_time(platform: Platform, office: Office) -> None:
    support, inform = (builders.unit(platform, office.agency) for _ in range(2))
    document = builders.registered(platform, office)

    instructed = platform.run(
        builders.actor(platform, office["leader"]), commands.instruct, document.id, text="Giao Phòng QLXD",
        lead_unit=office.unit.id, support_units=[support.id, office.unit.id, support.id],
        inform_units=[inform.id, support.id], due_date=date(2026, 11, 28),
    )  # fmt: skip

    assert (instructed.lead_unit, instructed.support_units) == (office.unit.id, [support.id])
    assert instructed.due_at == "2026-11-30T17:00:00+07:00"  # a Saturday: the next working day
    with platform.reading() as session:
        lines = queries.assignments(session, document.id)
        instruction = queries.instruction(session, document.id)
    assert [(a.part, a.unit_id) for a in lines] == [
        ("lead", office.unit.id), ("support", support.id), ("inform", inform.id),
    ]  # fmt: skip
    assert lines[0].due_at == datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
    assert instruction is not None
    assert instruction.person_id == office["leader"].id


def test_a_new_instruction_replaces_the_one_before(platform: Platform, office: Office) -> None:
    second = builders.unit(platform, office.agency)
    document = builders.registered(platform, office)
    for unit in (office.unit, second):
        platform.run(system(office.id), commands.instruct, document.id, text="Giao", lead_unit=unit.id)

    with platform.reading() as session:
        assert [a.unit_id for a in queries.assignments(session, document.id)] == [second.id]
        assert len(queries.assignments(session, document.id, all_ever=True)) == 2
        assert len(queries.instructions(session, document.id)) == 2


def test_assigning_names_one_person_and_helpers(platform: Platform, office: Office) -> None:
    helper = builders.person(platform, office.agency, "specialist", unit=office.unit)
    document = builders.registered(platform, office)
    platform.run(
        system(office.id), commands.instruct, document.id, text="", lead_unit=office.unit.id, due_date=date(2026, 12, 1)
    )
    dues = platform.run(
        system(office.id), commands.assign, document.id, person_id=office["specialist"].id,
        supporters=[helper.id, helper.id, office["specialist"].id], by=office["unit-head"].id,
    )  # fmt: skip

    due_at = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    assert dues.person_dues == {str(helper.id): due_at.isoformat()}
    with platform.reading() as session:
        people = [a.person_id for a in queries.assignments(session, document.id) if a.person_id]
        assert [a.due_at for a in queries.assignments(session, document.id)] == [due_at] * 3
        assert queries.get(session, builders.actor(platform, helper), document.id).status == "in_progress"
    assert people == [office["specialist"].id, helper.id]
    platform.run(system(office.id), commands.assign, document.id, person_id=helper.id)
    with platform.reading() as session:
        assert [a.person_id for a in queries.assignments(session, document.id) if a.person_id] == [helper.id]


def test_each_line_has_a_due_date_of_its_own_and_a_hundred_cost_what_one_costs(
    platform: Platform, office: Office, other: Office
) -> None:
    units = [builders.unit(platform, office.agency).id for _ in range(3)]
    document = builders.registered(platform, office)

    def instruct(support: list[int]) -> int:
        statements = []
        listen = event.listens_for(platform.engine, "before_cursor_execute")(lambda *given: statements.append(given[2]))
        platform.run(
            system(office.id), commands.instruct, document.id, text="Giao", lead_unit=office.unit.id,
            support_units=support, due_date=date(2026, 12, 1), due_dates={str(units[0]): date(2026, 11, 27)},
        )  # fmt: skip
        event.remove(platform.engine, "before_cursor_execute", listen)
        return len(statements)

    instruct([])
    assert instruct(units[:1]) == instruct(units)
    with platform.reading() as session:
        dues = {a.unit_id: a.due_at.day for a in queries.assignments(session, document.id) if a.due_at}
    assert dues == {office.unit.id: 1, units[0]: 27, units[1]: 1, units[2]: 1}
    platform.run(system(office.id), commands.postpone, document.id, date(2026, 12, 8))
    with platform.reading() as session:
        dues = {a.unit_id: a.due_at.day for a in queries.assignments(session, document.id) if a.due_at}
    assert dues == {office.unit.id: 8, units[0]: 27, units[1]: 8, units[2]: 8}
    with pytest.raises(NotFound):
        instruct([other.unit.id])


def test_nothing_is_assigned_before_it_is_registered(platform: Platform, office: Office) -> None:
    document = builders.arrived(platform, office)

    with pytest.raises(NotAllowed):
        platform.run(system(office.id), commands.assign, document.id, person_id=office["specialist"].id)
    with pytest.raises(NotAllowed):
        platform.run(system(office.id), commands.instruct, document.id, text="", lead_unit=office.unit.id)


def in_progress(platform: Platform, office: Office) -> int:
    document = builders.registered(platform, office)
    platform.run(system(office.id), commands.assign, document.id, person_id=office["specialist"].id)
    return document.id


def test_an_answer_must_be_linked_before_the_document_counts_as_answered(platform: Platform, office: Office) -> None:
    document_id = in_progress(platform, office)

    with pytest.raises(InvalidInput, match="Chưa liên kết"):
        platform.run(system(office.id), commands.resolve, document_id, "answer")
    reply = builders.draft(platform, office)
    resolved = platform.run(system(office.id), commands.resolve, document_id, "answer", reply_id=reply.id)
    assert (resolved.status, resolved.resolution) == ("resolved", "answer")
    with platform.reading() as session:
        assert {a.state for a in queries.assignments(session, document_id)} == {"done"}


def test_a_result_needs_words_and_information_does_not(platform: Platform, office: Office) -> None:
    first, second = in_progress(platform, office), in_progress(platform, office)

    with pytest.raises(InvalidInput):
        platform.run(system(office.id), commands.resolve, first, "result", " ")
    assert platform.run(system(office.id), commands.resolve, first, "result", "Đã kiểm tra").result == "Đã kiểm tra"
    assert platform.run(system(office.id), commands.resolve, second, "information").status == "resolved"
    with pytest.raises(InvalidInput):
        platform.run(system(office.id), commands.resolve, second, "shrug")


def test_only_what_is_resolved_is_filed(platform: Platform, office: Office) -> None:
    document_id = in_progress(platform, office)

    with pytest.raises(NotAllowed):
        platform.run(system(office.id), commands.file, document_id)
    platform.run(system(office.id), commands.resolve, document_id, "information")
    assert platform.run(system(office.id), commands.file, document_id).status == "filed"


def test_an_extension_moves_the_due_date_of_all_who_work(platform: Platform, office: Office) -> None:
    document_id = in_progress(platform, office)

    due = platform.run(system(office.id), commands.postpone, document_id, date(2026, 12, 5))

    assert due == at("2026-12-07 17:00")
    with platform.reading() as session:
        assert {a.due_at for a in queries.assignments(session, document_id)} == {due}
    with pytest.raises(InvalidInput):
        platform.run(system(office.id), commands.postpone, document_id, date(2026, 11, 20))
    platform.run(system(office.id), commands.resolve, document_id, "information")
    with pytest.raises(Conflict):
        platform.run(system(office.id), commands.postpone, document_id, date(2026, 12, 9))


def test_a_reply_is_tied_to_what_it_answers(platform: Platform, office: Office, other: Office) -> None:
    asked = builders.issued(platform, office, [other.id])
    assert asked.code is not None
    reply = builders.arrived(platform, office, organ_id="H99.30.012", response_for=[asked.code, "không có"])
    clerk = builders.actor(platform, office["clerk"])

    with platform.reading() as session:
        assert [x.document.id for x in queries.links(session, clerk, asked.id)] == [reply.id]
        assert [d.recipient_id for d in queries.dispatches_answered(session, reply.id)] == [other.id]
