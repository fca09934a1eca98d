"""A dossier's life: listed, opened, filled, closed, reopened, frozen; what isn't allowed says why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select

from engine.audit import AuditEntry
from engine.documents import commands as documents
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.platform import Platform, system
from engine.records import commands, queries
from engine.records.models import Dossier, DossierEntry
from tests import builders
from tests.builders import Office, actor

TODAY = date(2026, 11, 23)


def dossier(platform: Platform, office: Office, by: str = "specialist", **more: object) -> Dossier:
    values = {"title": "Trật tự xây dựng năm 2026", "year": 2026, "retention_years": 10} | more
    return platform.run(actor(platform, office[by]), commands.add_dossier, **values)


def lines(platform: Platform, office: Office, row: Dossier, by: str = "clerk") -> list[tuple[int, int | None]]:
    with platform.reading() as session:
        found = queries.lines(session, actor(platform, office[by]), row.id)
    return [(line.entry.ordinal, line.document.id if line.document else None) for line in found]


def actions(platform: Platform, row: Dossier) -> list[str]:
    with platform.reading() as session:
        return [entry.action for entry in reversed(queries.history(session, row))]


def test_the_list_of_the_year_numbers_within_its_headings(platform: Platform, office: Office) -> None:
    clerk = actor(platform, office["clerk"])
    heading = platform.run(clerk, commands.add_heading, 2026, "tccb", "Tổ chức cán bộ")
    assert heading.code == "TCCB"
    with pytest.raises(InvalidInput, match="đã có đề mục TCCB"):
        platform.run(clerk, commands.add_heading, 2026, "TCCB", "Lần nữa")
    listed = [
        platform.run(
            clerk, commands.add_dossier, title=f"Hồ sơ {n}", year=2026, retention_years=None, heading_id=heading.id,
            keeper_id=office["specialist"].id, planned=True,
        )
        for n in (1, 2)
    ]  # fmt: skip
    beside = dossier(platform, office)
    assert [row.notation for row in (*listed, beside)] == ["01.TCCB", "02.TCCB", "01.QLXD"]
    assert [row.state for row in (*listed, beside)] == ["planned", "planned", "open"]
    specialist = actor(platform, office["specialist"])
    with pytest.raises(NotAllowed, match="văn thư"):
        platform.run(specialist, commands.add_heading, 2026, "X", "X")
    opened = platform.run(specialist, commands.open_dossier, listed[0].id)
    assert (opened.state, opened.start_date) == ("open", TODAY)
    with pytest.raises(InvalidInput, match="năm 2026"):
        dossier(platform, office, "clerk", year=2027, heading_id=heading.id)
    with platform.reading() as session:
        counted = queries.counts(session, specialist, 2026, TODAY)
        shown = queries.listing(session, specialist, 2026, "mine", TODAY)
    assert (counted["all"], counted["mine"], counted["planned"], counted["open"]) == (3, 3, 1, 2)
    assert [each.dossier.notation for each in shown] == ["01.QLXD", "01.TCCB", "02.TCCB"]


def test_numbers_are_not_doubled_by_people_at_the_same_time(platform: Platform, office: Office) -> None:
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda n: dossier(platform, office, title=f"Hồ sơ {n}"), range(12)))
    assert sorted(row.ordinal for row in made) == list(range(1, 13))


def test_a_document_stands_in_several_dossiers_once_each_and_is_kept_once(platform: Platform, office: Office) -> None:
    document = builders.registered(platform, office)
    first, second = dossier(platform, office, "clerk"), dossier(platform, office, "clerk", title="Hồ sơ thứ hai")
    clerk = actor(platform, office["clerk"])
    assert platform.run(clerk, commands.put, first.id, [document.id, document.id]) == [document.id]
    assert platform.run(clerk, commands.put, first.id, [document.id]) == []
    assert platform.run(clerk, commands.put, second.id, [document.id]) == [document.id]
    with platform.reading() as session:
        assert [row.id for row in queries.of_document(session, clerk, document.id)] == [first.id, second.id]
    assert lines(platform, office, first) == [(1, document.id)]


def test_what_is_taken_out_stays_as_a_line_with_its_reason_and_may_come_back(
    platform: Platform, office: Office
) -> None:
    papers = [builders.registered(platform, office).id for _ in range(3)]
    row, clerk = dossier(platform, office, "clerk"), actor(platform, office["clerk"])
    platform.run(clerk, commands.put, row.id, papers)
    with platform.reading() as session:
        entry = queries.lines(session, clerk, row.id)[0].entry
    with pytest.raises(InvalidInput, match="lý do"):
        platform.run(clerk, commands.take_out, row.id, entry.id, " ")
    platform.run(clerk, commands.take_out, row.id, entry.id, "Nhầm hồ sơ")
    assert lines(platform, office, row) == [(1, papers[1]), (2, papers[2])]
    with pytest.raises(NotFound):
        platform.run(clerk, commands.take_out, row.id, entry.id, "Lần nữa")
    platform.run(clerk, commands.put, row.id, [papers[0]])
    assert lines(platform, office, row) == [(1, papers[1]), (2, papers[2]), (3, papers[0])]
    with platform.reading() as session:
        gone = session.scalars(select(DossierEntry).where(DossierEntry.taken_out_at.is_not(None))).all()
        said = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == str(papers[0]))).all()
    assert [each.taken_out_reason for each in gone] == ["Nhầm hồ sơ"]
    assert {"document.put_in_dossier", "document.taken_out_of_dossier"} <= set(said)


def test_the_matter_is_collected_with_what_answers_it(platform: Platform, office: Office, other: Office) -> None:
    asked = builders.registered(platform, office)
    answer = builders.issued(platform, office, [other.id], answers=[asked.id])
    again = builders.registered(platform, office)
    row, clerk = dossier(platform, office, "clerk"), actor(platform, office["clerk"])
    platform.run(clerk, documents.link, again.id, answer.id, "concerns")
    stranger = builders.registered(platform, office)
    assert platform.run(clerk, commands.collect, row.id, again.id) == [again.id, answer.id, asked.id]
    assert stranger.id not in [document for _, document in lines(platform, office, row)]


def test_a_dossier_is_closed_when_everything_in_it_is_done(platform: Platform, office: Office) -> None:
    row, clerk = dossier(platform, office, "clerk"), actor(platform, office["clerk"])
    with pytest.raises(NotAllowed, match="chưa có văn bản"):
        platform.run(clerk, commands.close, row.id)
    later = builders.issued(platform, office, to_places="Lưu: VT")
    earlier = builders.registered(platform, office, issued_date="2026-02-03", page_amount=4)
    platform.run(clerk, commands.put, row.id, [later.id, earlier.id])
    with pytest.raises(NotAllowed, match="Còn văn bản chưa giải quyết xong: “"):
        platform.run(clerk, commands.close, row.id)
    _resolve(platform, office, earlier.id)
    closed = platform.run(clerk, commands.close, row.id)
    assert lines(platform, office, row) == [(1, earlier.id), (2, later.id)]  # by date now
    assert (closed.start_date, closed.end_date) == (date(2026, 2, 3), TODAY)
    assert (closed.doc_total, closed.page_total) == (2, 4)
    assert closed.due_date == date(2027, 11, 23)
    with pytest.raises(NotAllowed, match="đã kết thúc"):
        platform.run(clerk, commands.put, row.id, [builders.registered(platform, office).id])
    with pytest.raises(InvalidInput):
        platform.run(clerk, commands.reopen, row.id, "")
    opened = platform.run(clerk, commands.reopen, row.id, "Còn văn bản bổ sung")
    assert (opened.state, opened.due_date, opened.doc_total) == ("open", None, None)
    assert actions(platform, row) == [
        "dossier.opened", "dossier.document_put", "dossier.document_put", "dossier.closed", "dossier.reopened",
    ]  # fmt: skip


def _resolve(platform: Platform, office: Office, document_id: int) -> None:
    leader = actor(platform, office["leader"])
    platform.run(leader, documents.instruct, document_id, text="Xử lý", lead_unit=office.unit.id)
    platform.run(system(office.id), documents.resolve, document_id, "result", "Đã xong")


def test_nothing_moves_in_a_frozen_dossier(platform: Platform, office: Office) -> None:
    document = builders.issued(platform, office, to_places="Lưu: VT")
    row, clerk = dossier(platform, office, "clerk"), actor(platform, office["clerk"])
    platform.run(clerk, commands.put, row.id, [document.id])
    platform.run(clerk, commands.freeze, row.id, "Phục vụ thanh tra")
    for command, arguments in (
        (commands.put, ([document.id],)), (commands.take_out, (1, "x")), (commands.close, ()),
        (commands.reopen, ("x",)), (commands.open_dossier, ()),
    ):  # fmt: skip
        with pytest.raises(NotAllowed, match="đang bị khóa: Phục vụ thanh tra"):
            platform.run(clerk, command, row.id, *arguments)
    with pytest.raises(NotAllowed, match="văn thư"):
        platform.run(actor(platform, office["leader"]), commands.unfreeze, row.id, "Hết thanh tra")
    platform.run(clerk, commands.unfreeze, row.id, "Hết thanh tra")
    with pytest.raises(Conflict):
        platform.run(clerk, commands.unfreeze, row.id, "Lần nữa")
    assert platform.run(clerk, commands.close, row.id).state == "closed"


def test_others_find_nothing_and_colleagues_without_part_see_numbers_only(
    platform: Platform, office: Office, other: Office
) -> None:
    document = builders.registered(platform, office)
    row = dossier(platform, office, "clerk", keeper_id=office["specialist"].id)
    platform.run(actor(platform, office["clerk"]), commands.put, row.id, [document.id])
    assert lines(platform, office, row, "specialist") == [(1, None)]  # keeps the dossier, takes no part in the document
    outsider = builders.person(platform, office.agency, "specialist", unit=builders.unit(platform, office.agency))
    for stranger in (outsider, other["clerk"]):
        with platform.reading() as session:
            with pytest.raises(NotFound):
                queries.get(session, actor(platform, stranger), row.id)
            assert queries.listing(session, actor(platform, stranger), 2026, "all", TODAY) == []
    with pytest.raises(NotFound):
        platform.run(actor(platform, office["specialist"]), commands.put, row.id, [document.id])
    own = dossier(platform, other, "clerk")
    with pytest.raises(NotFound):
        platform.run(actor(platform, other["clerk"]), commands.put, own.id, [document.id])
    head = actor(platform, office["unit-head"])
    assert lines(platform, office, row, "unit-head") == [(1, None)]
    with pytest.raises(NotAllowed, match="người lập hồ sơ"):
        platform.run(head, commands.close, row.id)


def test_reading_is_in_the_audit_trail(platform: Platform, office: Office) -> None:
    row = dossier(platform, office)
    platform.run(actor(platform, office["leader"]), commands.note_read, row.id)
    assert actions(platform, row) == ["dossier.opened", "dossier.read"]
