"""Outgoing: the order of signing, numbering, sealing and issuing; dispatches and their states."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from engine.clock import VIETNAM, FixedClock
from engine.directory import commands as directory
from engine.documents import commands, queries
from engine.documents.models import Dispatch
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.platform import Platform, Work, system
from tests import builders
from tests.builders import Office

REPLY: dict[str, Any] = {"reply_required": True, "reply_requirement": "Báo cáo", "due_date": "2026-12-01"}


def dispatches(platform: Platform, document_id: int) -> list[Dispatch]:
    with platform.reading() as session:
        return list(queries.dispatches(session, document_id))


def test_number_date_notation_and_identifier(platform: Platform, office: Office) -> None:
    document = builders.signed(platform, office)

    numbered = platform.run(system(office.id), commands.number_outgoing, document.id)

    assert (numbered.number, numbered.code, numbered.issued_date) == (1, "01/SXD-QLXD", "2026-11-23")
    assert numbered.identifier == "000.00.15.H99,2026/11/23,01/SXD-QLXD"


def test_the_province_sets_the_form_of_the_identifier(platform: Platform, office: Office) -> None:
    policy = {"identifier_template": "{organ},{year},{ordinal}"}
    platform.run(system(), directory.change_agency, office.id, {"policy": policy})

    assert builders.sealed(platform, office).identifier == "000.00.15.H99,2026,1"


def test_the_date_in_viet_nam_decides_the_year(platform: Platform, office: Office, clock: FixedClock) -> None:
    clock.set(datetime(2026, 12, 31, 23, 30, tzinfo=VIETNAM))
    old = builders.sealed(platform, office)
    clock.set(datetime(2027, 1, 1, 0, 30, tzinfo=VIETNAM))  # still 2026 in UTC
    new = builders.sealed(platform, office)

    assert (old.code, old.issued_date) == ("01/SXD-QLXD", date(2026, 12, 31))
    assert (new.code, new.issued_date) == ("01/SXD-QLXD", date(2027, 1, 1))


def test_no_number_before_the_persons_signature(platform: Platform, office: Office) -> None:
    document = builders.draft(platform, office)

    for status in ("content_check", "form_check", "approval", "approved"):
        with pytest.raises(NotAllowed, match="sau khi người có thẩm quyền đã ký"):
            platform.run(system(office.id), commands.number_outgoing, document.id)
        platform.run(system(office.id), commands.set_status, document.id, status)
    with pytest.raises(NotAllowed, match="sau khi người có thẩm quyền đã ký"):
        platform.run(system(office.id), commands.number_outgoing, document.id)


def test_no_second_number(platform: Platform, office: Office) -> None:
    document = builders.sealed(platform, office)

    with pytest.raises(NotAllowed, match="đã được cấp số 01/SXD-QLXD"):
        platform.run(system(office.id), commands.number_outgoing, document.id)


def test_no_seal_before_the_number_and_no_issue_before_the_seal(platform: Platform, office: Office) -> None:
    document = builders.signed(platform, office, to_places="Lưu: VT")
    sha256 = platform.files.put(builders.pdf())

    with pytest.raises(NotAllowed):
        platform.run(system(office.id), commands.record_seal, document.id, sha256, "a.pdf", platform.clock.now())
    platform.run(system(office.id), commands.number_outgoing, document.id)
    with pytest.raises(NotAllowed):
        platform.run(system(office.id), commands.issue, document.id)


def test_no_signature_before_approval(platform: Platform, office: Office) -> None:
    document = builders.draft(platform, office)
    sha256 = platform.files.put(builders.pdf())

    with pytest.raises(NotAllowed):
        platform.run(system(office.id), commands.record_signature, document.id, sha256, "a.pdf", platform.clock.now())


def test_every_version_of_the_main_file_is_kept(platform: Platform, office: Office) -> None:
    document = builders.sealed(platform, office)

    with platform.reading() as session:
        main = queries.main_file(session, document.id)
        versions = queries.attachments(session, document.id, all_versions=True)
    assert main is not None
    assert (main.origin, main.version, main.media_type) == ("sealed", 2, "application/pdf")
    assert [v.origin for v in versions] == ["sealed", "signed"]


def test_issuing_queues_each_recipient_with_its_deadline(platform: Platform, office: Office, other: Office) -> None:
    without_code = builders.agency(platform, "Hội làng", code=None)
    document = builders.issued(platform, office, [other.id, without_code.id], **REPLY)

    queued, paper = dispatches(platform, document.id)
    assert (queued.state, queued.recipient_code, queued.due_date) == ("queued", "H99.30.012", date(2026, 12, 1))
    assert queued.issued_at == document.issued_at == platform.clock.now()
    assert (paper.state, paper.paper_reason) == ("paper", "NO_CONNECTION")

    def ids(work: Work) -> list[int]:
        return commands.dispatch_ids(work, document.id)

    assert platform.run(system(office.id), ids) == [queued.id]


def test_a_document_for_nobody_is_not_issued(platform: Platform, office: Office) -> None:
    document = builders.sealed(platform, office)

    with pytest.raises(InvalidInput, match="chưa có nơi nhận"):
        platform.run(system(office.id), commands.issue, document.id)


def test_a_document_kept_inside_is_issued_without_dispatches(platform: Platform, office: Office) -> None:
    document = builders.sealed(platform, office, to_places="Như trên; Lưu: VT, QLXD.")

    assert platform.run(system(office.id), commands.issue, document.id) == []


def test_paper_follows_only_for_a_reason_of_the_list(platform: Platform, office: Office, other: Office) -> None:
    document = builders.draft(platform, office, recipients=[other.id])
    (row,) = dispatches(platform, document.id)

    with pytest.raises(InvalidInput, match="lý do trong danh mục"):
        platform.run(system(office.id), commands.set_paper, row.id, "Cho chắc")
    assert platform.run(system(office.id), commands.set_paper, row.id, "APPRAISAL").paper_reason == "APPRAISAL"


def test_sent_time_needs_issue_and_success_report(
    platform: Platform, office: Office, other: Office, clock: FixedClock
) -> None:
    document = builders.issued(platform, office, [other.id])
    (row,) = dispatches(platform, document.id)
    assert row.sent_at is None
    acknowledged = clock.advance(minutes=7)

    platform.run(system(office.id), commands.record_acknowledgement, row.id, "axis-1", acknowledged)
    clock.advance(minutes=7)
    platform.run(system(office.id), commands.record_acknowledgement, row.id, "axis-2", clock.now())

    (row,) = dispatches(platform, document.id)
    assert (row.state, row.transport_id, row.acknowledged_at) == ("sent", "axis-1", acknowledged)
    assert row.sent_at == document.issued_at


def test_the_other_reading_of_the_sent_time_is_a_policy(
    platform: Platform, office: Office, other: Office, clock: FixedClock
) -> None:
    platform.run(system(), directory.change_agency, office.id, {"policy": {"sent_time": "acknowledged"}})
    document = builders.issued(platform, office, [other.id])
    (row,) = dispatches(platform, document.id)
    at = clock.advance(minutes=7)

    assert platform.run(system(office.id), commands.record_acknowledgement, row.id, "axis-1", at).sent_at == at


SEQUENCES: list[tuple[list[str], str]] = [
    (["01", "03", "04", "05", "06"], "done"),
    (["03", "01"], "accepted"),
    (["01", "02"], "refused"),
    (["01", "02", "01", "03"], "accepted"),
    (["01", "02", "01"], "refused"),
    (["13", "15"], "recalled"),
    (["13", "16"], "recall_denied"),
    (["13"], "recall_asked"),
    (["15"], "sent"),
    (["77"], "sent"),
    (["01", "03", "77"], "accepted"),
    (["06", "05", "04"], "done"),
    ([], "sent"),
]


def test_status_sequences_of_section_13_5(platform: Platform, office: Office, clock: FixedClock) -> None:
    recipients = platform.run(system(), lambda work: [builders._agency(work).id for _ in SEQUENCES])
    document = builders.issued(platform, office, recipients)

    for row, (codes, state) in zip(dispatches(platform, document.id), SEQUENCES, strict=True):
        platform.run(system(office.id), commands.record_acknowledgement, row.id, "axis", clock.now())
        shown = "sent"
        for code in codes:
            at = clock.advance(minutes=1)
            shown = platform.run(
                system(office.id), commands.record_dispatch_status, row.id, code, f"lý do {code}", at=at
            )
        assert shown == state, codes
        with platform.reading() as session:
            after = queries.dispatch(session, office.id, row.id)
            assert [s.code for s in queries.dispatch_statuses(session, row.id)] == codes
        assert after.state == state
        assert after.reason == ("lý do 16" if state == "recall_denied" else "lý do 02" if "02" in codes else "")


def test_late_arriving_messages_are_ordered_by_their_own_time(
    platform: Platform, office: Office, other: Office, clock: FixedClock
) -> None:
    document = builders.issued(platform, office, [other.id])
    (row,) = dispatches(platform, document.id)
    noon = clock.now()
    report = commands.record_dispatch_status

    platform.run(system(office.id), report, row.id, "02", "Trả lại", at=noon + timedelta(hours=2))
    assert platform.run(system(office.id), report, row.id, "03", at=noon + timedelta(hours=1)) == "refused"
    assert platform.run(system(office.id), report, row.id, "03", at=noon + timedelta(hours=3)) == "accepted"


def test_a_failed_dispatch_says_why_and_may_still_get_through(
    platform: Platform, office: Office, other: Office
) -> None:
    document = builders.issued(platform, office, [other.id])
    (row,) = dispatches(platform, document.id)

    failed = platform.run(system(office.id), commands.record_failure, row.id, "Trục liên thông không trả lời")
    assert (failed.state, failed.reason) == ("failed", "Trục liên thông không trả lời")
    after = platform.run(system(office.id), commands.record_acknowledgement, row.id, "axis-1", platform.clock.now())
    assert after.state == "sent"


def test_late_dispatches_are_listed_counted_and_leave_the_list_with_the_reply(
    platform: Platform, office: Office, other: Office, clock: FixedClock
) -> None:
    document = builders.issued(platform, office, [other.id], **REPLY)
    (row,) = dispatches(platform, document.id)
    clerk = builders.actor(platform, office["clerk"])
    foreign = builders.actor(platform, other["clerk"])

    with platform.reading() as session:
        assert queries.late_dispatches(session, clerk, date(2026, 12, 1)) == []
        assert [r.id for r in queries.late_dispatches(session, clerk, date(2026, 12, 2))] == [row.id]
        assert queries.late_dispatches(session, foreign, date(2026, 12, 2)) == []
    first = clock.advance(days=9)
    assert platform.run(system(office.id), commands.late_dispatch, row.id).reminders == 1
    clock.advance(days=1)
    again = platform.run(system(office.id), commands.late_dispatch, row.id)
    assert (again.reminders, again.late_at) == (2, first)

    assert document.identifier is not None
    reply = builders.arrived(platform, office, sender_id=other.id, response_for=[document.identifier])
    with platform.reading() as session:
        assert queries.late_dispatches(session, clerk, date(2026, 12, 2)) == []
        assert [r.id for r in queries.dispatches_answered(session, reply.id)] == [row.id]


def test_a_status_finds_its_dispatch_by_identifier_or_code(platform: Platform, office: Office, other: Office) -> None:
    document = builders.issued(platform, office, [other.id])
    (row,) = dispatches(platform, document.id)

    with platform.reading() as session:
        for name in (document.identifier, document.code):
            assert name is not None
            found = queries.dispatch_of(session, office.id, name, ["x", "H99.30.012"])
            assert found is not None
            assert found.id == row.id
        assert document.code is not None
        assert queries.dispatch_of(session, other.id, document.code, ["H99.30.012"]) is None


def test_another_agencys_dispatch_is_not_found(platform: Platform, office: Office, other: Office) -> None:
    document = builders.issued(platform, office, [other.id])
    (row,) = dispatches(platform, document.id)

    for command in (commands.late_dispatch, commands.recall_queued):
        with pytest.raises(NotFound):
            platform.run(system(other.id), command, row.id)
    with pytest.raises(NotFound):
        platform.run(system(other.id), commands.record_dispatch_status, row.id, "03")
