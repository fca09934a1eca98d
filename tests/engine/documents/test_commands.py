"""Drafting: clean fields, replies, recipients, files, opinions, links, and what may not be touched any more."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from engine.audit import AuditEntry
from engine.documents import commands, queries
from engine.documents.commands import Upload
from engine.documents.models import Document
from engine.errors import Conflict, InvalidInput, NotAllowed
from engine.platform import Platform, Work, system
from tests import builders
from tests.builders import Office


def actions(platform: Platform, document_id: int) -> list[str]:
    with platform.reading() as session:
        query = select(AuditEntry.action).where(
            AuditEntry.subject_kind == "document", AuditEntry.subject_id == str(document_id)
        )
        return list(session.scalars(query.order_by(AuditEntry.id)))


def test_a_draft_knows_its_agency_unit_drafter_and_signer(platform: Platform, office: Office) -> None:
    document = builders.draft(platform, office, signer_id=office["leader"].id, urgency="1", type_name="tờ trình")

    assert (document.organ_id, document.organ_name) == ("000.00.15.H99", "Sở Xây dựng")
    assert (document.unit_id, document.drafter_id) == (office.unit.id, office["specialist"].id)
    assert document.signer_name == office["leader"].full_name
    assert (document.type_name, document.urgency, document.status) == ("Tờ trình", 1, "draft")
    assert actions(platform, document.id) == ["document.drafted"]


def test_text_is_stored_composed_and_findable(platform: Platform, office: Office) -> None:
    document = builders.draft(platform, office, subject=unicodedata.normalize("NFD", "Đề án  đường\u202e sắt"))

    assert document.subject == "Đề án đường sắt"
    assert "de an duong sat" in document.folded


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"subject": "  "}, "subject"),
    ({"subject": "x" * 501}, "subject"),
    ({"type_name": "Truyện ngắn"}, "type_name"),
    ({"urgency": 9}, "urgency"),
    ({"urgency": "cao"}, "urgency"),
    ({"due_date": "31/02/2026"}, "due_date"),
    ({"reply_required": True}, "reply_requirement"),
    ({"reply_required": True}, "due_date"),
    ({"reply_required": True, "due_date": "2026-12-01", "reply_requirement": " "}, "reply_requirement"),
    ({"reply_required": True, "reply_requirement": "Báo cáo số liệu"}, "due_date"),
]


def test_what_is_wrong_is_said_by_field(platform: Platform, office: Office) -> None:
    for fields, named in WRONG:
        with pytest.raises(InvalidInput) as refused:
            builders.draft(platform, office, **fields)
        assert named in refused.value.fields, fields


def test_secret_documents_are_neither_drafted_nor_taken_in(platform: Platform, office: Office) -> None:
    document = builders.draft(platform, office)
    for level in ("confidential", "secret", "top-secret", "Mật"):
        with pytest.raises(NotAllowed, match="độ mật"):
            builders.draft(platform, office, secrecy=level)
        with pytest.raises(NotAllowed, match="độ mật"):
            builders.arrived(platform, office, secrecy=level)
        with pytest.raises(NotAllowed, match="độ mật"):
            platform.run(system(office.id), commands.update_fields, document.id, {"secrecy": level})
    with platform.reading() as session:
        assert len(session.scalars(select(Document)).all()) == 1


def test_unknown_fields_are_refused(platform: Platform, office: Office) -> None:
    document = builders.draft(platform, office)

    for values in ({"status": "issued"}, {"code_number": "1"}, {"agency_id": 1}):
        with pytest.raises(InvalidInput, match="không có trường"):
            platform.run(system(office.id), commands.update_fields, document.id, values)


def test_recipients_are_replaced_by_those_chosen_last(platform: Platform, office: Office, other: Office) -> None:
    third = builders.agency(platform)
    document = builders.draft(platform, office, recipients=[other.id])

    platform.run(system(office.id), commands.update_fields, document.id, {"recipients": [str(third.id), third.id]})

    with platform.reading() as session:
        assert queries.recipient_ids(session, document.id) == [third.id]
    with pytest.raises(InvalidInput) as refused:
        platform.run(system(office.id), commands.update_fields, document.id, {"recipients": [office.id]})
    assert "recipients" in refused.value.fields


def test_an_agency_that_exists_no_longer_gets_nothing(platform: Platform, office: Office) -> None:
    from engine.directory import commands as directory

    gone = builders.agency(platform, "Phòng Kinh tế huyện")
    platform.run(system(), directory.close_agency, gone.id, date(2025, 6, 30))

    with pytest.raises(InvalidInput, match="ngừng hoạt động"):
        builders.draft(platform, office, recipients=[gone.id])


def test_saving_a_form_unchanged_changes_nothing_even_after_issue(
    platform: Platform, office: Office, other: Office
) -> None:
    document = builders.issued(platform, office, [other.id])
    version = document.version

    same = {"subject": document.subject, "recipients": [other.id], "due_date": "", "files": [], "urgency": "0"}
    after = platform.run(system(office.id), commands.update_fields, document.id, same)

    assert after.version == version
    assert "document.changed" not in actions(platform, document.id)


CHANGES: list[dict[str, Any]] = [
    {"subject": "Trích yếu khác"}, {"body": "Nội dung khác"}, {"urgency": 3}, {"due_date": "2027-01-01"},
    {"recipients": []}, {"description": "khác"}, {"to_places": "khác"}, {"type_name": "Báo cáo"}, {"code": "9/KHAC"},
    {"issued_date": "2020-01-01"}, {"files": [Upload("them.pdf", builders.pdf())]},
    {"main_file": Upload("khac.pdf", builders.pdf())},
]  # fmt: skip


def test_an_issued_document_is_never_edited(platform: Platform, office: Office, other: Office) -> None:
    document = builders.issued(platform, office, [other.id])

    for values in CHANGES:
        with pytest.raises(NotAllowed, match="đã phát hành, không được sửa"):
            platform.run(system(office.id), commands.update_fields, document.id, values)
    upload = Upload("them.pdf", builders.pdf())
    with pytest.raises(NotAllowed):
        platform.run(system(office.id), commands.add_attachment, document.id, "annex", upload)
    with pytest.raises(Conflict):
        platform.run(system(office.id), commands.replace_main, document.id, "0" * 64, "x.pdf", "sealed")


def test_an_approved_draft_goes_back_before_it_is_changed(platform: Platform, office: Office) -> None:
    document = builders.signed(platform, office)

    with pytest.raises(NotAllowed, match="đã được duyệt"):
        platform.run(system(office.id), commands.update_fields, document.id, {"subject": "Khác"})
    back = platform.run(system(office.id), commands.set_status, document.id, "approval")
    assert back.person_signed_at is None  # what is changed has to be signed again
    changed = platform.run(system(office.id), commands.update_fields, document.id, {"subject": "Khác"})
    assert changed.subject == "Khác"


def test_statuses_follow_the_order_and_nothing_else(platform: Platform, office: Office) -> None:
    document = builders.draft(platform, office)

    for status in ("signed", "numbered", "issued", "approved", "recalled", "registered", "nonsense"):
        with pytest.raises(NotAllowed):
            platform.run(system(office.id), commands.set_status, document.id, status)
    moved = platform.run(system(office.id), commands.set_status, document.id, "content_check")
    assert moved.status == "content_check"
    assert platform.run(system(office.id), commands.set_status, document.id, "content_check").status == "content_check"


def test_newer_files_of_a_name_stand_beside_older_ones(platform: Platform, office: Office) -> None:
    document = builders.draft(platform, office, files=[Upload("phu-luc.pdf", builders.pdf("1"))])

    def attach(name: str, text: str) -> None:
        upload = Upload(name, builders.pdf(text))
        platform.run(system(office.id), commands.add_attachment, document.id, "annex", upload)

    attach("phu-luc.pdf", "2")
    attach("bang.pdf", "3")

    with platform.reading() as session:
        current = queries.attachments(session, document.id)
        everything = queries.attachments(session, document.id, all_versions=True)
    assert [(a.file_name, a.number, a.version) for a in current] == [("phu-luc.pdf", 1, 2), ("bang.pdf", 2, 1)]
    assert len(everything) == 3
    assert platform.files.get(current[0].file_hash) == builders.pdf("2")


def test_a_refused_file_leaves_nothing_behind(platform: Platform, office: Office) -> None:
    with pytest.raises(InvalidInput) as refused:
        builders.draft(
            platform, office, main_file=Upload("xấu.exe", b"MZ" + bytes(9)),
            files=[Upload("tot.pdf", builders.pdf()), *(Upload(bad, b"MZ" * 9) for bad in ("xau.pdf", "te.pdf"))],
        )  # fmt: skip

    assert set(refused.value.fields) == {"main_file", "files"}
    assert "xau.pdf" in refused.value.fields["files"]
    assert "te.pdf" in refused.value.fields["files"], "everything that is wrong is told at once"
    assert [path for path in platform.files.folder.rglob("*") if path.is_file()] == []
    with platform.reading() as session:
        assert session.scalars(select(Document)).all() == []


def test_an_answer_is_linked_both_ways(platform: Platform, office: Office) -> None:
    incoming = builders.registered(platform, office)
    answer = builders.draft(platform, office, answers=[incoming.id])
    clerk = builders.actor(platform, office["clerk"])

    platform.run(clerk, commands.link_answer, answer.id, [incoming.id])  # twice is once

    with platform.reading() as session:
        assert [(x.document.id, x.outward) for x in queries.links(session, clerk, answer.id)] == [(incoming.id, True)]
        assert [(x.document.id, x.outward) for x in queries.links(session, clerk, incoming.id)] == [(answer.id, False)]
        assert [d.id for d in queries.answered_by(session, answer.id)] == [incoming.id]


def test_a_returned_document_cannot_be_answered(platform: Platform, office: Office) -> None:
    incoming = builders.arrived(platform, office)
    platform.run(system(office.id), commands.refuse, incoming.id, "WRONG_ADDRESSEE", "Không thuộc thẩm quyền")
    answer = builders.draft(platform, office)

    with pytest.raises(Conflict):
        platform.run(system(office.id), commands.link_answer, answer.id, [incoming.id])


def test_opinions_are_kept_and_their_authors_take_part(platform: Platform, office: Office) -> None:
    document = builders.draft(platform, office)
    head = office["unit-head"]

    platform.run(
        system(office.id), commands.record_opinion, document.id, head.id, "content-check", "returned", "Bổ sung căn cứ"
    )

    with platform.reading() as session:
        opinions = queries.opinions(session, document.id)
        assert queries.get(session, builders.actor(platform, head), document.id).id == document.id
    assert [(o.kind, o.verdict, o.text) for o in opinions] == [("content-check", "returned", "Bổ sung căn cứ")]
    with pytest.raises(InvalidInput):
        platform.run(system(office.id), commands.record_opinion, document.id, head.id, "gossip")


def test_a_verdict_names_what_it_is_about(platform: Platform, office: Office) -> None:
    document = builders.draft(platform, office, body="Đề nghị rà soát.")
    head = office["unit-head"].id

    def judged(kind: str = "content-check") -> tuple[str | None, str, int | None]:
        row = platform.run(system(office.id), commands.record_opinion, document.id, head, kind, "pass")
        return row.judged_hash, row.judged_name, row.judged_version

    words = judged()
    assert words[1:] == ("", None)
    platform.run(system(office.id), commands.update_fields, document.id, {"body": "Đề nghị báo cáo."})
    assert judged()[0] != words[0]  # another text, another verdict
    upload = builders.Upload("a.pdf", builders.pdf("1"))
    first = platform.run(system(office.id), commands.add_attachment, document.id, "draft", upload)
    assert judged() == (first.file_hash, "a.pdf", 1)
    made = platform.files.put(builders.pdf("2"))
    platform.run(system(office.id), commands.replace_main, document.id, made, "van-ban.pdf", "rendered")
    assert judged() == (first.file_hash, "a.pdf", 1)  # before its form check a draft is judged by what was written
    for status in ("content_check", "form_check", "approval"):
        platform.run(system(office.id), commands.set_status, document.id, status)
    assert judged("level-approval") == (made, "van-ban.pdf", 1)


def test_nothing_of_a_failing_command_stays(platform: Platform, office: Office) -> None:
    def failing(work: Work) -> None:
        commands.create_draft(work, agency_id=office.id, subject="Sẽ không còn")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        platform.run(system(office.id), failing)
    with platform.reading() as session:
        assert session.scalars(select(Document)).all() == []


def test_secrecy_stamps_in_a_draft_are_warned_of(platform: Platform, office: Office) -> None:
    document = builders.draft(platform, office, body="TUYỆT MẬT\nNội dung")

    assert commands.warnings_of(document) == ("Nội dung có dấu chỉ mức độ mật: TUYỆT MẬT.",)


def test_audit_lines_never_carry_the_content(platform: Platform, office: Office, other: Office) -> None:
    builders.issued(platform, office, [other.id], subject="Trích yếu không được lộ", body="Nội dung không được lộ")

    with platform.reading() as session:
        assert not [e for e in session.scalars(select(AuditEntry)) if "không được lộ" in str(e.details)]
