"""Rounds on documents that go on living: recalled, asked about twice, with people who have left."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from engine.directory import commands as directory
from engine.documents import commands as documents
from engine.errors import BusinessError, Conflict
from engine.opinions import commands, queries
from engine.platform import Platform, Work, system
from tests import builders


def ask(platform: Platform, office: builders.Office, document_id: int, **more: Any) -> int:
    values: dict[str, Any] = {"people": [office["unit-head"].id], "units": [], "due": date(2026, 11, 25)}

    def carry_out(work: Work) -> int:
        asker = office["specialist"].id
        return commands.open_round(work, document_id, asker, "Góp ý.", **values | more).id

    return platform.run(system(office.id), carry_out)


def test_a_recall_takes_what_was_attached_and_leaves_the_round(platform: Platform, office: builders.Office) -> None:
    document = builders.arrived(platform, office)
    found = ask(platform, office, document.id)

    def answer(work: Work) -> int:
        row = commands.requests(work, found)[0]
        commands.fill(work, row.id, {"verdict": "agree", "file": [builders.Upload("y-kien.pdf", builders.pdf())]})
        commands.keep_summary(work, found, work.files.put(builders.pdf("b")), "tong-hop.pdf")
        return row.id

    request = platform.run(builders.actor(platform, office["unit-head"]), answer)
    platform.run(system(office.id), documents.destroy, document.id, "Gửi nhầm nơi nhận")
    with platform.reading() as session:
        [report] = queries.of_document(session, document.id)
    assert (report.round.summary_id, report.lines[0].file) == (None, None)
    assert report.counts == {"agree": 1}
    with pytest.raises(Conflict, match="thu hồi"):
        platform.run(system(office.id), commands.fill, request, {"verdict": "agree", "text": ""})


def test_what_cannot_be_asked_is_said(platform: Platform, office: builders.Office) -> None:
    document = builders.draft(platform, office)
    empty_unit = builders.unit(platform, office.agency, "Phòng mới", abbreviation="PM")
    gone = builders.person(platform, office.agency, "specialist", unit=office.unit)
    platform.run(system(), directory.deactivate_person, gone.id)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"people": [office["specialist"].id]}, "ít nhất một người"), ({"due": date(2026, 11, 20)}, "chọn ngày sau"),
        ({"units": [empty_unit.id]}, "chưa có trưởng phòng"), ({"people": [gone.id]}, "ngừng công tác"),
        ({"people": list(range(1, 400))}, "tối đa 300"),
    ]  # fmt: skip
    for more, said in wrong:
        with pytest.raises(BusinessError, match=said):
            ask(platform, office, document.id, **more)
    first = ask(platform, office, document.id)
    with pytest.raises(BusinessError, match="chưa kết thúc"):
        ask(platform, office, document.id)
    platform.run(system(office.id), commands.close_round, first, "early", "Đủ để trình.")
    with pytest.raises(Conflict, match="đã kết thúc"):
        platform.run(system(office.id), commands.fill, 1, {"verdict": "agree", "text": ""})
    ask(platform, office, document.id)
    with platform.reading() as session:
        assert [report.waiting for report in queries.of_document(session, document.id)] == [1, 0]
