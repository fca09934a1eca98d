"""The year's list approved; minutes of what the archive takes; what becomes of dossiers whose retention is over."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from engine.documents.models import Attachment, Document
from engine.errors import Conflict, InvalidInput, NotAllowed
from engine.occasions import Occasion
from engine.outbox import Delivery
from engine.platform import Platform, Work, system
from engine.records import commands, disposal, handover, papers, queries, year_lists
from engine.records.disposal import Wish
from engine.records.models import Dossier
from tests.builders import Office, actor
from tests.engine.records.test_handover import closed


def aged(platform: Platform, office: Office) -> Dossier:
    """A closed dossier whose five years are over."""
    row = closed(platform, office, retention_years=5)

    def age(work: Work) -> Dossier:
        found = work.session.get_one(Dossier, row.id)
        found.start_date, found.end_date = date(2015, 1, 2), date(2015, 6, 1)
        return found

    return platform.run(system(office.id), age)


def test_what_is_destroyed_leaves_a_line(platform: Platform, office: Office) -> None:
    gone, kept = aged(platform, office), aged(platform, office)
    clerk = actor(platform, office["clerk"])
    with platform.reading() as session:
        assert [each.id for each in disposal.expired(session, clerk, date(2026, 11, 23))] == [gone.id, kept.id]
        (document,) = queries.documents_in(session, gone.id)
    wishes = {gone.id: Wish("destroy"), kept.id: Wish("keep", 10, "Còn giá trị tra cứu")}
    row = platform.run(clerk, disposal.propose, wishes, "Hết thời hạn bảo quản")
    with pytest.raises(Conflict):
        platform.run(clerk, disposal.propose, {gone.id: Wish("destroy")}, "Lần nữa")
    platform.run(system(office.id), disposal.carry_out, row.id, office["leader"].id, "QĐ số 15/QĐ-SXD")
    with platform.reading() as session:
        dossier, other = session.get_one(Dossier, gone.id), session.get_one(Dossier, kept.id)
        assert (dossier.state, dossier.title, dossier.doc_total) == ("destroyed", gone.title, 1)
        assert (other.state, other.retention_years) == ("closed", 21)  # ten years from now on
        left = session.get_one(Document, document.id)
        assert left.destroyed_at
        assert left.code == document.code
        assert left.tombstone["file_hashes"]
        assert session.scalars(select(Attachment).where(Attachment.document_id == document.id)).all() == []
        sent = session.scalars(select(Delivery.operation).where(Delivery.operation == "documents.remove-bytes")).all()
        assert len(sent) == 1
        _sheet, rows, total = papers.disposal_list(
            session, clerk, disposal.get(session, clerk, row.id), platform.clock.now()
        )
        assert [each[5] for each in rows] == ["Hủy", "Giữ lại tiếp 10 năm"]
        assert "Đã hủy 1 hồ sơ với 1 văn bản" in total.said()[-1]


def test_a_document_in_another_dossier_stays(platform: Platform, office: Office) -> None:
    gone = aged(platform, office)
    clerk = actor(platform, office["clerk"])
    with platform.reading() as session:
        (document,) = queries.documents_in(session, gone.id)
    other = platform.run(clerk, commands.add_dossier, title="Còn dùng", year=2026, retention_years=20)
    platform.run(clerk, commands.put, other.id, [document.id])
    row = platform.run(clerk, disposal.propose, {gone.id: Wish("destroy")}, "Hết hạn")
    platform.run(system(office.id), disposal.carry_out, row.id, office["leader"].id, "QĐ 15")
    with platform.reading() as session:
        assert session.get_one(Document, document.id).destroyed_at is None
        assert session.get_one(Dossier, gone.id).state == "destroyed"


def test_what_was_frozen_meanwhile_is_left(platform: Platform, office: Office) -> None:
    row = aged(platform, office)
    clerk = actor(platform, office["clerk"])
    proposed = platform.run(clerk, disposal.propose, {row.id: Wish("destroy")}, "Hết hạn")
    platform.run(clerk, commands.freeze, row.id, "Thanh tra")
    made = platform.run(system(office.id), disposal.carry_out, proposed.id, None, "QĐ 15")
    assert (made.counts["left"], made.counts["destroyed"]) == (1, 0)


def test_a_proposal_is_checked_and_may_be_refused(platform: Platform, office: Office) -> None:
    row, young = aged(platform, office), closed(platform, office)
    clerk = actor(platform, office["clerk"])
    for wishes, error in (({}, InvalidInput), ({young.id: Wish("destroy")}, Conflict),
                          ({row.id: Wish("keep")}, InvalidInput), ({row.id: Wish("x")}, InvalidInput)):  # fmt: skip
        with pytest.raises(error):
            platform.run(clerk, disposal.propose, wishes, "Hết hạn")
    with pytest.raises(NotAllowed):
        platform.run(actor(platform, office["specialist"]), disposal.propose, {row.id: Wish("destroy")}, "x")
    made = platform.run(clerk, disposal.propose, {row.id: Wish("destroy")}, "Hết hạn")
    platform.run(system(office.id), disposal.refuse, made.id, office["leader"].id, "Giữ để thanh tra")
    with platform.reading() as session:
        assert [each.id for each in disposal.expired(session, clerk, date(2026, 11, 23))] == [row.id]


def test_the_archive_takes_over_with_minutes_per_giver(platform: Platform, office: Office) -> None:
    mine = [closed(platform, office, keeper_id=office[who].id) for who in ("specialist", "specialist", "clerk")]
    clerk = actor(platform, office["clerk"])
    for row in mine:
        platform.run(clerk, handover.offer, row.id)
    made = platform.run(clerk, handover.receive_many, [row.id for row in mine], "Đủ, đọc được")
    assert sorted((each.number, each.counts["dossiers"]) for each in made) == [(1, 1), (2, 2)] or sorted(
        (each.number, each.counts["dossiers"]) for each in made
    ) == [(1, 2), (2, 1)]
    theirs = next(each for each in made if each.giver_id == office["specialist"].id)
    with platform.reading() as session:
        giver = actor(platform, office["specialist"])
        found = papers.get_minutes(session, giver, theirs.id)
        sheet, rows, total = papers.minutes(session, giver, found, platform.clock.now())
        assert [len(row) for row in rows] == [7, 7]
        assert sheet.form.titles[:3] == ("Số TT", "Số, ký hiệu hồ sơ", "Tiêu đề hồ sơ")
        said = " ".join(total.said())
        assert "2 hồ sơ, 2 văn bản, " in said
        assert "Đủ, đọc được" in said
        assert "hai bản" in said
        assert session.get_one(Dossier, mine[0].id).minutes_id == theirs.id


def test_the_year_s_list_is_approved_before_it_is_opened(platform: Platform, office: Office) -> None:
    clerk, agency = actor(platform, office["clerk"]), office.id
    heading = platform.run(clerk, commands.add_heading, 2027, "QL", "Quản lý")
    with pytest.raises(NotAllowed, match="chưa có hồ sơ"):
        platform.run(clerk, year_lists.submit, 2027)
    values = {"year": 2027, "retention_years": 5, "heading_id": heading.id, "planned": True}
    row = platform.run(clerk, commands.add_dossier, title="Hồ sơ 1", **values)
    platform.run(clerk, year_lists.submit, 2027)
    for refused in (
        lambda: platform.run(clerk, commands.add_dossier, title="Hồ sơ 2", **values),
        lambda: platform.run(clerk, commands.open_dossier, row.id),
        lambda: platform.run(clerk, year_lists.submit, 2027),
        lambda: platform.run(actor(platform, office["specialist"]), year_lists.submit, 2027),
    ):
        with pytest.raises(NotAllowed):
            refused()
    system_ = system(agency)
    platform.run(system_, year_lists.give_back, agency, 2027, office["leader"].id, "Bổ sung")
    platform.run(clerk, commands.add_dossier, title="Hồ sơ 2", **values)
    platform.run(clerk, year_lists.submit, 2027)
    platform.run(system_, year_lists.approve, agency, 2027, office["leader"].id, date(2027, 1, 4))
    assert platform.run(clerk, commands.open_dossier, row.id).state == "open"
    with pytest.raises(NotAllowed, match="mở lại"):
        platform.run(clerk, commands.add_heading, 2027, "TC", "Tài chính")
    platform.run(clerk, year_lists.reopen, 2027, "Bổ sung đề mục")
    platform.run(clerk, commands.add_heading, 2027, "TC", "Tài chính")


def test_keepers_are_told_once_when_a_dossier_is_due(platform: Platform, office: Office) -> None:
    for _ in range(2):
        row = closed(platform, office, keeper_id=office["specialist"].id)
        platform.run(
            system(), lambda work, i=row.id: setattr(work.session.get_one(Dossier, i), "due_date", date(2026, 12, 20))
        )
    assert platform.run(system(), handover.announce_due) == 2
    assert platform.run(system(), handover.announce_due) == 0
    with platform.reading() as session:
        (told,) = session.scalars(select(Occasion).where(Occasion.kind == "dossiers-due"))
        assert (told.person_id, told.details["count"]) == (office["specialist"].id, 2)
