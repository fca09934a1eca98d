"""Who sees what is decided in one place: role is not scope, and other agencies don't exist."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine import audit
from engine.clock import FixedClock
from engine.directory import commands as directory
from engine.directory import queries as directory_queries
from engine.directory.models import Person
from engine.documents import commands, queries
from engine.errors import NotFound
from engine.platform import Actor, Platform, Work, system
from tests import builders
from tests.builders import Office


def seen_by(platform: Platform, actor: Actor) -> set[int]:
    with platform.reading() as session:
        return {document.id for document in session.scalars(queries.visible(actor))}


@pytest.fixture
def case(platform: Platform, office: Office, other: Office) -> dict[str, int]:
    """One draft and one incoming document in each of two agencies."""
    return {
        "draft": builders.draft(platform, office).id,
        "incoming": builders.registered(platform, office).id,
        "their draft": builders.draft(platform, other).id,
        "their incoming": builders.registered(platform, other).id,
    }


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("clerk", {"draft", "incoming"}),
        ("leader", {"draft", "incoming"}),
        ("form-checker", {"draft", "incoming"}),
        ("specialist", {"draft"}),  # drafted it
        ("unit-head", set()),
        ("agency-admin", set()),
    ],
)
def test_each_role_sees_its_share(
    platform: Platform, office: Office, case: dict[str, int], role: str, sees: set[str]
) -> None:
    assert seen_by(platform, builders.actor(platform, office[role])) == {case[name] for name in sees}


@pytest.mark.parametrize("role", ["process-analyst", "provincial-admin", "archivist"])
def test_admins_and_analysts_see_no_document_by_their_role(
    platform: Platform, office: Office, case: dict[str, int], role: str
) -> None:
    assert seen_by(platform, builders.actor(platform, builders.person(platform, office.agency, role))) == set()


def test_the_system_sees_one_agency_or_all(platform: Platform, office: Office, case: dict[str, int]) -> None:
    assert seen_by(platform, system(office.id)) == {case["draft"], case["incoming"]}
    assert seen_by(platform, system()) == set(case.values())


def test_taking_part_opens_a_document_to_a_person_or_a_unit(
    platform: Platform, office: Office, case: dict[str, int]
) -> None:
    colleague = builders.person(platform, office.agency, unit=builders.unit(platform, office.agency))
    clerk = builders.actor(platform, office["clerk"])

    platform.run(clerk, commands.add_party, case["incoming"], person_id=colleague.id)
    assert seen_by(platform, builders.actor(platform, colleague)) == {case["incoming"]}
    assert seen_by(platform, builders.actor(platform, office["unit-head"])) == set()

    platform.run(clerk, commands.add_party, case["incoming"], unit_id=office.unit.id)
    platform.run(clerk, commands.add_party, case["incoming"], unit_id=office.unit.id)  # twice is once
    assert seen_by(platform, builders.actor(platform, office["unit-head"])) == {case["incoming"]}
    assert seen_by(platform, builders.actor(platform, office["specialist"])) == {case["draft"], case["incoming"]}


def test_an_instruction_opens_the_document_to_the_units_it_names(platform: Platform, office: Office) -> None:
    support, outside = (builders.unit(platform, office.agency) for _ in range(2))
    helper = builders.person(platform, office.agency, unit=support)
    stranger = builders.person(platform, office.agency, unit=outside)
    document = builders.registered(platform, office)

    platform.run(
        builders.actor(platform, office["leader"]), commands.instruct, document.id, text="Giao xử lý",
        lead_unit=office.unit.id, support_units=[support.id],
    )  # fmt: skip

    assert document.id in seen_by(platform, builders.actor(platform, office["unit-head"]))
    assert document.id in seen_by(platform, builders.actor(platform, helper))
    assert document.id not in seen_by(platform, builders.actor(platform, stranger))


def stand_in(platform: Platform, clock: FixedClock, away: Person, substitute: Person, days: int = 3) -> int:
    def arrange(work: Work) -> int:
        until = clock.now() + timedelta(days=days)
        return directory.add_stand_in(work, away.id, substitute.id, valid_from=clock.now(), valid_to=until).id

    return platform.run(system(), arrange)


def test_a_stand_in_sees_what_the_absent_sees_while_it_lasts(
    platform: Platform, office: Office, case: dict[str, int], clock: FixedClock
) -> None:
    stand_in(platform, clock, office["leader"], office["unit-head"])
    stand_in(platform, clock, office["specialist"], office["agency-admin"])

    assert seen_by(platform, builders.actor(platform, office["unit-head"])) == {case["draft"], case["incoming"]}
    assert seen_by(platform, builders.actor(platform, office["agency-admin"])) == {case["draft"]}
    clock.advance(days=4)
    assert seen_by(platform, builders.actor(platform, office["unit-head"])) == set()


def test_a_revoked_stand_in_sees_nothing_more(
    platform: Platform, office: Office, case: dict[str, int], clock: FixedClock
) -> None:
    row = stand_in(platform, clock, office["leader"], office["unit-head"])
    platform.run(builders.actor(platform, office["leader"]), directory.revoke_stand_in, row)

    assert seen_by(platform, builders.actor(platform, office["unit-head"])) == set()


def test_another_agencys_document_is_not_found_by_any_command(
    platform: Platform, office: Office, other: Office, case: dict[str, int]
) -> None:
    clerk = builders.actor(platform, office["clerk"])
    incoming, draft = case["their incoming"], case["their draft"]
    tries = [
        lambda work: commands.note_read(work, incoming),
        lambda work: commands.check(work, incoming),
        lambda work: commands.register_incoming(work, incoming),
        lambda work: commands.refuse(work, incoming, "OTHER", "x"),
        lambda work: commands.instruct(work, incoming, text="", lead_unit=office.unit.id),
        lambda work: commands.assign(work, incoming, person_id=office["specialist"].id),
        lambda work: commands.resolve(work, incoming, "information"),
        lambda work: commands.file(work, incoming),
        lambda work: commands.destroy(work, incoming, "x"),
        lambda work: commands.update_fields(work, draft, {"subject": "x"}),
        lambda work: commands.set_status(work, draft, "content_check"),
        lambda work: commands.number_outgoing(work, draft),
        lambda work: commands.issue(work, draft),
        lambda work: commands.freeze(work, draft, "x"),
        lambda work: commands.record_opinion(work, draft, None, "note"),
        lambda work: commands.link_answer(work, draft, [incoming]),
        lambda work: commands.link_answer(work, case["draft"], [incoming]),
        lambda work: commands.add_attachment(work, draft, "annex", commands.Upload("a.pdf", builders.pdf())),
        lambda work: commands.create_draft(work, agency_id=other.id, subject="x"),
        lambda work: commands.create_incoming(work, agency_id=other.id, subject="x"),
        lambda work: commands.create_draft(work, agency_id=office.id, subject="x", unit_id=other.unit.id),
        lambda work: commands.create_draft(work, agency_id=office.id, subject="x", signer_id=other["leader"].id),
        lambda work: commands.instruct(work, case["incoming"], text="", lead_unit=other.unit.id),
    ]
    for attempt in tries:
        with pytest.raises(NotFound):
            platform.run(clerk, attempt)


def test_commands_for_a_missing_document_are_not_found(platform: Platform, office: Office) -> None:
    with pytest.raises(NotFound):
        platform.run(builders.actor(platform, office["clerk"]), commands.note_read, 10**9)


def test_reading_is_noted_and_only_for_those_who_may(platform: Platform, office: Office, case: dict[str, int]) -> None:
    reader = builders.actor(platform, office["clerk"])
    for _ in range(3):
        platform.run(reader, commands.note_read, case["draft"])
    with pytest.raises(NotFound):
        platform.run(builders.actor(platform, office["agency-admin"]), commands.note_read, case["draft"])

    with platform.reading() as session:
        lines = session.scalars(select(audit.AuditEntry).where(audit.AuditEntry.action == "document.read")).all()
    assert [(line.person_id, line.subject_id) for line in lines] == [(reader.person_id, str(case["draft"]))]


def test_looking_is_kept_once_a_day_and_printing_every_time(
    platform: Platform, office: Office, case: dict[str, int], clock: FixedClock
) -> None:
    reader = builders.actor(platform, office["clerk"])
    for day in range(2):
        for _ in range(2):
            platform.run(reader, commands.note_read, case["draft"], "a.pdf")
            platform.run(reader, commands.note_read, case["draft"], printed="phiếu")
        if day == 0:
            clock.advance(timedelta(days=1))
            platform.run(system(), lambda work: audit.forget_days(work.session, directory_queries.today(work.now)))
    with platform.reading() as session:
        rows = select(audit.AuditEntry.action).where(audit.AuditEntry.subject_id == str(case["draft"]))
        told = Counter(session.scalars(rows))
        assert session.scalar(select(func.count()).select_from(audit.SeenToday)) == 1
    assert (told["document.file_read"], told["document.printed"]) == (2, 4)


def test_lists_search_without_diacritics_and_page(platform: Platform, office: Office) -> None:
    made = [builders.draft(platform, office, subject=f"Kế hoạch số {n} về đường bộ").id for n in range(5)]
    builders.draft(platform, office, subject="Báo cáo khác")
    clerk = builders.actor(platform, office["clerk"])

    with platform.reading() as session:
        first = [d.id for d in queries.outgoing(session, clerk, search="KE HOACH duong", limit=3)]
        second = [d.id for d in queries.outgoing(session, clerk, search="ke hoach", limit=3, before_id=first[-1])]
        percent = queries.outgoing(session, clerk, search="100%_")
        drafts = queries.outgoing(session, clerk, statuses=["draft"])
        assert queries.incoming(session, clerk) == []

    assert first + second == sorted(made, reverse=True)
    assert list(percent) == []
    assert len(drafts) == 6


def test_a_register_shows_lines_of_its_own_agency_only(platform: Platform, office: Office, other: Office) -> None:
    builders.registered(platform, office)
    assert office.registers is not None
    register_id = office.registers[0].id
    specialist = builders.actor(platform, office["specialist"])

    with platform.reading() as session:
        lines = queries.register_lines(session, specialist, register_id, 2026)
        assert [(line.entry.number, line.document) for line in lines] == [(1, None)]
        assert queries.register_years(session, register_id) == [2026]
        with pytest.raises(NotFound):
            queries.register_lines(session, builders.actor(platform, other["clerk"]), register_id, 2026)
