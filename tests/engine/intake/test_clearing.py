"""A file stopped by mistake: asked for by one, decided by another, passed once with the same bytes only."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from connectors import delivery
from engine.audit import AuditEntry
from engine.directory.models import Person
from engine.documents.incoming import create_incoming
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.intake import clearing, commands, queries
from engine.intake.models import Scan
from engine.notices import receivers
from engine.occasions import Occasion
from engine.platform import Actor, Platform
from tests import builders, papers
from tests.catalog import catalog

STAMPED = builders.Upload("Bảng quy hoạch.txt", "MẬT\nđộ xây dựng theo lô".encode())
WHY = "“Mật” là nửa đầu tiêu đề cột mật độ của bảng"


@pytest.fixture
def platform(platform: Platform) -> Platform:
    platform.catalog = catalog()
    return platform


def as_(platform: Platform, person: Person) -> Actor:
    return builders.actor(platform, person)


def entered(platform: Platform, office: builders.Office, upload: builders.Upload = STAMPED) -> int:
    clerk = as_(platform, office["clerk"])
    given = {"agency_id": office.id, "subject": "Quy hoạch", "organ_name": "UBND", "code": "1/UBND"}
    return platform.run(clerk, create_incoming, source="paper", main_file=upload, **given).id


def told(platform: Platform) -> list[tuple[int, str]]:
    """Whom the newest occasion is told to, and what."""
    with platform.reading() as session:
        newest = session.scalars(select(Occasion).where(Occasion.kind == "clearing").order_by(Occasion.id)).all()[-1]
        found = receivers.of(session, newest, platform.clock.now())
        return [(each.person_id, each.details["what"]) for each in found]


def test_a_file_passes_once_when_a_leader_says_yes(platform: Platform, office: builders.Office) -> None:
    clerk, leader = as_(platform, office["clerk"]), as_(platform, office["leader"])
    with pytest.raises(InvalidInput, match="Tệp bị dừng"):
        entered(platform, office)
    row = platform.run(clerk, clearing.ask_for_file, STAMPED, WHY)
    assert told(platform) == [(office["leader"].id, "asked")]
    with pytest.raises(Conflict, match="đã có đề nghị: chờ lãnh đạo"):
        platform.run(clerk, clearing.ask_for_file, STAMPED, WHY)
    with pytest.raises(InvalidInput, match="dấu chỉ mức độ mật"):  # asking alone opens nothing
        entered(platform, office)
    with pytest.raises(NotAllowed, match="Chỉ lãnh đạo"):
        platform.run(clerk, clearing.grant, row.id)
    platform.run(leader, clearing.grant, row.id)
    assert told(platform) == [(office["clerk"].id, "granted")]
    other = builders.Upload("khác.txt", STAMPED.content + b".")
    with pytest.raises(InvalidInput, match="dấu chỉ mức độ mật"):
        entered(platform, office, other)
    document_id = entered(platform, office)
    with pytest.raises(InvalidInput, match="dấu chỉ mức độ mật"):
        entered(platform, office)
    with platform.reading() as session:
        noted = select(AuditEntry).where(AuditEntry.action == "document.passed_mark")
        [line] = session.scalars(noted).all()
    assert (line.subject_id, line.details["marks"]) == (str(document_id), "Có dấu chỉ mức độ mật: MẬT.")
    for name in (office["clerk"].full_name, office["leader"].full_name, WHY):
        assert name in line.details["what"]


def test_nobody_lets_a_file_in_alone_and_a_no_is_told(platform: Platform, office: builders.Office) -> None:
    leader = as_(platform, office["leader"])
    row = platform.run(leader, clearing.ask_for_file, STAMPED, WHY)
    with pytest.raises(NotAllowed, match="không tự quyết định"):
        platform.run(leader, clearing.grant, row.id)
    second = as_(platform, builders.person(platform, office.agency, "leader"))
    with pytest.raises(InvalidInput):
        platform.run(second, clearing.refuse, row.id, " ")
    platform.run(second, clearing.refuse, row.id, "Văn bản này mật thật")
    assert told(platform) == [(office["leader"].id, "refused")]
    with pytest.raises(InvalidInput):
        entered(platform, office)
    elsewhere = builders.office(platform, "H99.77")
    with pytest.raises(NotFound):
        platform.run(as_(platform, elsewhere["leader"]), clearing.grant, row.id)
    with platform.reading() as session:
        assert clearing.lines(session, as_(platform, elsewhere["leader"]), open_ones=False) == []
        [line] = clearing.lines(session, as_(platform, office["clerk"]), open_ones=False)
    assert (line.decided_by, line.row.decided_reason) == (second.name, "Văn bản này mật thật")


def test_only_a_stopped_file_is_asked_for(platform: Platform, office: builders.Office) -> None:
    clerk = as_(platform, office["clerk"])
    for upload, said in (
        (None, "Chọn đúng tệp"), (builders.Upload("a.txt", b"abc"), "không thấy dấu"),
        (builders.Upload("a.exe", b"MZ\x90\x00" + b"\0" * 99), "a.exe"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput, match=said):
            platform.run(clerk, clearing.ask_for_file, upload, WHY)
    with pytest.raises(InvalidInput, match="lý do"):
        platform.run(clerk, clearing.ask_for_file, STAMPED, "")
    with pytest.raises(NotAllowed):
        platform.run(as_(platform, office["agency-admin"]), clearing.ask_for_file, STAMPED, WHY)


def test_a_stopped_scan_passes_with_the_same_bytes(platform: Platform, office: builders.Office) -> None:
    clerk, leader = as_(platform, office["clerk"]), as_(platform, office["leader"])
    upload = builders.Upload("quét.pdf", papers.paper(secrecy="MẬT"))

    def scan() -> Scan:
        [taken] = platform.run(clerk, commands.take_in, [upload])
        delivery.carry_out_all(platform)
        with platform.reading() as session:
            return queries.scan(session, clerk, taken.id)

    stopped = scan()
    assert stopped.state == "stopped"
    row = platform.run(clerk, clearing.ask_for_scan, stopped.id, WHY)
    platform.run(leader, clearing.grant, row.id)
    passed = scan()
    assert (passed.state, passed.proposals["code"]["value"]) == ("read", "12/UBND-KT")
    with pytest.raises(Conflict, match="không bị dừng"):
        platform.run(clerk, clearing.ask_for_scan, passed.id, WHY)
    document_id = entered(platform, office, builders.Upload("a.pdf", builders.pdf("x")))
    platform.run(clerk, lambda work: commands.settle(work, queries.locked(work, passed.id), document_id))
    with platform.reading() as session:
        [line] = clearing.lines(session, clerk, open_ones=False)
        assert line.row.document_id == document_id
    assert scan().state == "stopped"  # once


def test_what_was_asked_for_is_taken_back(platform: Platform, office: builders.Office) -> None:
    clerk = as_(platform, office["clerk"])
    row = platform.run(clerk, clearing.ask_for_file, STAMPED, WHY)
    platform.run(as_(platform, office["leader"]), clearing.grant, row.id)
    with pytest.raises(Conflict):
        platform.run(as_(platform, office["leader"]), clearing.withdraw, row.id)
    platform.run(clerk, clearing.withdraw, row.id)
    with pytest.raises(InvalidInput):
        entered(platform, office)
    assert platform.run(clerk, clearing.ask_for_file, STAMPED, WHY).id > row.id
