"""Outages on a real database: editions, banners, notices, the report, what another agency finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.audit import AuditEntry
from engine.clock import FixedClock
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.notices import commands as notices
from engine.notices import queries as noticed
from engine.notices.sentences import headline
from engine.occasions import Occasion
from engine.outages import commands, queries, rules
from engine.outages.commands import Announcement
from engine.outages.models import Outage, OutageEdition
from engine.platform import Platform, system
from tests import builders
from tests.builders import Office, actor
from tests.conftest import NOW

GIVEN = Announcement(
    what="Mất điện phòng máy chủ", stops_at=NOW - timedelta(hours=1), expected_at=NOW + timedelta(hours=3),
    measures="Nhận văn bản giấy tại văn thư", back_entry="Văn thư nhập bổ sung trong ngày",
)  # fmt: skip
WRITTEN = {part.name: f"Đã ghi {part.name}" for part in rules.PARTS} | {"handbook": "unneeded"}


def announced(platform: Platform, office: Office, **more: Any) -> Outage:
    return platform.run(actor(platform, office["agency-admin"]), commands.announce, replace(GIVEN, **more))


def ended(platform: Platform, office: Office, restarted_at: datetime = NOW, **more: Any) -> Outage:
    row = announced(platform, office, **more)
    return platform.run(actor(platform, office["agency-admin"]), commands.end, row.id, restarted_at)


def shown(platform: Platform, person: Any) -> list[int]:
    with platform.reading() as session:
        return [row.id for row in queries.showing(session, actor(platform, person))]


def test_the_five_items_are_demanded_and_every_edition_stays(platform: Platform, office: Office) -> None:
    admin = actor(platform, office["agency-admin"])
    with pytest.raises(InvalidInput) as refused:
        platform.run(admin, commands.announce, replace(GIVEN, what=" ", measures="", expected_at=GIVEN.stops_at))
    assert set(refused.value.fields) == {"what", "measures", "expected_at"}
    row = announced(platform, office)
    later = replace(GIVEN, expected_at=NOW + timedelta(hours=8))
    with pytest.raises(InvalidInput, match="lý do"):
        platform.run(admin, commands.correct, row.id, later, "")
    platform.run(admin, commands.correct, row.id, later, "Chờ phụ tùng")
    platform.run(admin, commands.end, row.id, NOW)
    with platform.reading() as session:
        rows = session.scalars(select(OutageEdition).order_by(OutageEdition.number)).all()
        assert [each.turn for each in rows] == ["announced", "corrected", "ended"]
        assert rows[0].given["expected_at"] == GIVEN.expected_at.isoformat()
        said = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "outage")).all()
        assert {"outage.announced", "outage.corrected", "outage.ended"} <= set(said)


def test_only_admins_announce_and_another_agency_finds_nothing(platform: Platform, office: Office) -> None:
    with pytest.raises(NotAllowed):
        platform.run(actor(platform, office["clerk"]), commands.announce, GIVEN)
    with pytest.raises(NotAllowed):
        announced(platform, office, whole_province=True)
    row = announced(platform, office)
    other = builders.office(platform)
    assert shown(platform, other["clerk"]) == []
    for command, more in ((commands.dismiss, ()), (commands.correct, (GIVEN, "x")), (commands.end, (NOW,))):
        with pytest.raises(NotFound):
            platform.run(actor(platform, other["agency-admin"]), command, row.id, *more)


def test_the_whole_province_is_told_agency_by_agency(platform: Platform, office: Office) -> None:
    admin = builders.person(platform, office.agency, "provincial-admin")
    other = builders.office(platform)
    row = platform.run(actor(platform, admin), commands.announce, replace(GIVEN, whole_province=True))
    with platform.reading() as session:
        assert len(session.scalars(select(Occasion)).all()) == 1
        assert [each.id for each in queries.running_everywhere(session, NOW)] == [row.id]
    while platform.run(system(), notices.tell, mail=False)[0]:
        pass
    for person in (office["specialist"], other["clerk"]):
        assert shown(platform, person) == [row.id]
        with platform.reading() as session:
            (told,) = noticed.notices(session, actor(platform, person))
            assert headline(told).startswith("Hệ thống ngừng hoạt động từ 08:00 ngày 23/11/2026, dự kiến")
            assert "Mất điện" not in str(told.details)
    with platform.reading() as session:
        assert noticed.notices(session, actor(platform, admin)) == []  # never of one's own doing
    with pytest.raises(NotAllowed):
        platform.run(actor(platform, other["agency-admin"]), commands.correct, row.id, GIVEN, "x")


def test_a_banner_put_away_comes_back_when_something_changes(platform: Platform, office: Office) -> None:
    row = announced(platform, office)
    clerk = office["clerk"]
    platform.run(actor(platform, clerk), commands.dismiss, row.id)
    platform.run(actor(platform, clerk), commands.dismiss, row.id)
    assert shown(platform, clerk) == []
    assert shown(platform, office["leader"]) == [row.id]
    admin = actor(platform, office["agency-admin"])
    platform.run(admin, commands.correct, row.id, replace(GIVEN, measures="Dùng thư điện tử"), "Thêm cách nhận")
    assert shown(platform, clerk) == [row.id]
    platform.run(admin, commands.end, row.id, NOW)
    assert shown(platform, clerk) == shown(platform, office["leader"]) == []


def test_a_planned_stop_is_called_off_a_running_one_is_ended(
    platform: Platform, office: Office, clock: FixedClock
) -> None:
    row = announced(platform, office, stops_at=NOW + timedelta(hours=1))
    admin = actor(platform, office["agency-admin"])
    with pytest.raises(InvalidInput, match="trùng thời gian này"):  # a form sent twice
        announced(platform, office, stops_at=NOW + timedelta(hours=1))
    with pytest.raises(InvalidInput, match="trước giờ ngừng"):
        platform.run(admin, commands.end, row.id, NOW)
    platform.run(admin, commands.cancel, row.id, "Dời lịch")
    with pytest.raises(Conflict):
        platform.run(admin, commands.end, row.id, NOW)
    running = announced(platform, office)
    with pytest.raises(Conflict, match="chưa bắt đầu"):
        platform.run(admin, commands.cancel, running.id, "Dời lịch")
    with pytest.raises(InvalidInput, match="chưa đến"):
        platform.run(admin, commands.end, running.id, NOW + timedelta(minutes=1))


def test_a_report_is_whole_before_it_is_submitted_and_closed_once(platform: Platform, office: Office) -> None:
    row = ended(platform, office, security_doubt=True)
    admin, head = actor(platform, office["agency-admin"]), office["leader"].id
    platform.run(admin, commands.keep_report, row.id, WRITTEN | {"security_doubt": True})
    with pytest.raises(InvalidInput) as refused:
        platform.run(system(office.id), commands.submit, row.id, admin.person_id)
    assert set(refused.value.fields) == {"told_whom", "told_by", "told_at"}
    told = {"security_doubt": True, "told_whom": "Phòng Công nghệ số", "told_by": "Trần Văn A"}
    with pytest.raises(InvalidInput, match="Thời điểm báo"):
        platform.run(admin, commands.keep_report, row.id, WRITTEN | told | {"told_at": NOW - timedelta(days=1)})
    platform.run(admin, commands.keep_report, row.id, WRITTEN | told | {"told_at": NOW})
    platform.run(system(office.id), commands.submit, row.id, admin.person_id)
    with pytest.raises(NotAllowed):
        platform.run(admin, commands.keep_report, row.id, WRITTEN)
    platform.run(system(office.id), commands.give_back, row.id, "Ghi rõ nguyên nhân")
    platform.run(system(office.id), commands.submit, row.id, admin.person_id)
    closed = platform.run(system(office.id), commands.close, row.id, head)
    assert (closed.state, closed.closed_by_id, closed.counts["incoming"]) == ("closed", head, 0)
    with pytest.raises(Conflict):
        platform.run(system(office.id), commands.close, row.id, head)


def test_announced_after_the_fact_it_is_over_at_once(platform: Platform, office: Office) -> None:
    row = announced(platform, office, restarted_at=NOW - timedelta(minutes=5))
    assert row.state == "ended"
    assert shown(platform, office["clerk"]) == []
