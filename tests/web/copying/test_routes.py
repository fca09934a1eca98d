"""A copy asked for, granted, made, printed and handed out, on the screens and with the shipped diagram."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from connectors.delivery import carry_out_all
from engine.copying.models import DocumentCopy
from engine.definitions.shipped import PROCESSES, read_folder
from engine.documents import queries as documents
from engine.documents import recall
from engine.documents.commands import Upload
from engine.documents.models import Document, RegisterEntry
from engine.instances.mending.copies import FollowOriginal, follow_original
from engine.operations import Outside
from engine.platform import Platform, system
from engine.tasks.models import Task
from tests import builders, papers
from tests.web.conftest import SignIn, publish


@pytest.fixture
def office(platform: Platform, province: builders.Province) -> builders.Office:
    """The department with the procedure of copies in force."""
    for key in ("dispatch-follow-up", "copying"):
        platform.run(system(), publish, read_folder(PROCESSES / key))
    return province.department


def task(platform: Platform, element: str) -> int:
    with platform.reading() as session:
        return session.scalars(select(Task.id).where(Task.element == element, Task.state == "open")).one()


def copied(platform: Platform, original: Document) -> tuple[DocumentCopy, Document | None]:
    with platform.reading() as session:
        query = select(DocumentCopy).where(DocumentCopy.original_id == original.id)
        row = session.scalars(query.order_by(DocumentCopy.id.desc()).limit(1)).one()
        return row, session.get(Document, row.document_id) if row.document_id else None


def asked(**more: Any) -> dict[str, Any]:
    return {"kind": "Sao y", "form": "paper", "places": "Thanh tra tỉnh", "amount": "2",
            "purpose": "Gửi kèm hồ sơ thanh tra"} | more  # fmt: skip


def test_a_paper_copy_from_request_to_hand_out(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    main = Upload("cong-van.pdf", papers.paper())
    original = builders.registered(platform, office, main_file=main, code="12/UBND-KT")
    clerk, leader = sign_in(office["clerk"]), sign_in(office["leader"])
    where = f"/documents/{original.id}/copy"
    assert where in clerk.get(f"/documents/{original.id}").text
    page = clerk.get(where).text
    assert "Sao y không có dạng từ văn bản điện tử sang văn bản điện tử" in page
    assert "Sao lục thực hiện từ bản sao y" in page

    wrong = clerk.post(where, data=asked(places="", purpose="Gửi"))
    assert wrong.status_code == 422
    assert "Ghi nơi nhận bản giấy" in wrong.text
    assert "Gửi</textarea>" in wrong.text
    done = clerk.post(where, data=asked(), follow_redirects=True)
    assert "Chờ duyệt" in done.text

    here = f"/tasks/{task(platform, 'approve-copy')}"
    assert "đề nghị Sao y văn bản 12/UBND-KT" in leader.get(here).text
    assert leader.post(here, data={"decision": "grant"}).status_code == 303
    carry_out_all(platform)
    row, made = copied(platform, original)
    assert made is not None
    assert (row.state, made.type_name, made.status) == ("made", "Sao y", "numbered")
    assert made.code == f"01/SY-{office.agency.abbreviation}"

    here = f"/tasks/{task(platform, 'hand-copy')}"
    page = clerk.get(here).text
    assert f"/documents/{made.id}/files/" in page  # the copy lies beside the form, not the original
    assert clerk.post(here, data={"signed": "true", "said": "Thanh tra nhận 02 bản."}).status_code == 303
    row, made = copied(platform, original)
    assert made is not None
    assert (row.state, row.remark, made.status) == ("issued", "Thanh tra nhận 02 bản.", "closed")
    with platform.reading() as session:
        file = documents.main_file(session, made.id)
        assert file is not None
        text = "\n".join(p.extract_text() for p in PdfReader(BytesIO(platform.files.get(file.file_hash))).pages)
    for said in ("SAO Y", f"Số: {made.code}", "Thanh tra tỉnh", office["leader"].full_name):
        assert said in text
    assert "Có bản sao" in clerk.get(f"/documents/{original.id}").text
    assert "Là bản sao của" in clerk.get(f"/documents/{made.id}").text
    assert "Giao bản sao giấy" in clerk.get(f"/documents/{made.id}/audit").text


def test_a_leaders_own_request_is_not_asked_about_and_one_series_numbers_all_kinds(
    platform: Platform, office: builders.Office, sign_in: SignIn
) -> None:
    leader = sign_in(office["leader"])
    original = builders.registered(platform, office, main_file=Upload("cong-van.pdf", papers.paper()))
    where = f"/documents/{original.id}/copy"
    too_far = leader.post(where, data=asked(kind="Trích sao", pages="9"))
    assert too_far.status_code == 422
    assert "trang." in too_far.text
    for more in ({}, {"kind": "Trích sao", "excerpt": "Điều 1. Rà soát quy hoạch."}):
        assert leader.post(where, data=asked(**more)).status_code == 303
    assert leader.post(where, data=asked()).status_code == 409  # sent twice, made once
    carry_out_all(platform)
    row, made = copied(platform, original)
    assert made is not None
    assert (row.state, made.code) == ("made", f"02/TrS-{office.agency.abbreviation}")
    with platform.reading() as session:
        rows = session.scalars(select(RegisterEntry.register_id).where(RegisterEntry.state == "used")).all()
        assert len(set(rows)) == 2  # arrivals, and one of all copies


def test_who_may_not_see_a_document_may_not_copy_it(
    platform: Platform, province: builders.Province, office: builders.Office, sign_in: SignIn
) -> None:
    original = builders.registered(platform, office)
    assert sign_in(province.commune["clerk"]).get(f"/documents/{original.id}/copy").status_code == 404
    assert sign_in(office["specialist"]).post(f"/documents/{original.id}/copy", data=asked()).status_code == 404


def test_copies_follow_their_original_when_it_is_recalled(
    platform: Platform, office: builders.Office, sign_in: SignIn
) -> None:
    platform.run(system(), publish, read_folder(PROCESSES / "recall"))
    main = Upload("cong-van.pdf", papers.paper())
    original = builders.registered(platform, office, main_file=main, code="12/UBND-KT")
    clerk, leader = sign_in(office["clerk"]), sign_in(office["leader"])
    where = f"/documents/{original.id}/copy"
    assert clerk.post(where, data=asked()).status_code == 303
    assert leader.post(f"/tasks/{task(platform, 'approve-copy')}", data={"decision": "grant"}).status_code == 303
    carry_out_all(platform)
    clerk = sign_in(office["clerk"])
    given = {"signed": "true", "said": "Đã giao."}
    assert clerk.post(f"/tasks/{task(platform, 'hand-copy')}", data=given).status_code == 303
    carry_out_all(platform)
    issued, made = copied(platform, original)
    assert made is not None
    assert issued.state == "issued"
    excerpt = {"kind": "Trích sao", "places": "Sở Tài chính", "excerpt": "Điều 2 của văn bản"}
    assert clerk.post(where, data=asked(**excerpt)).status_code == 303
    waiting, _none = copied(platform, original)

    platform.run(system(office.id), recall.destroy, original.id, "Bên gửi thu hồi")
    carry_out_all(platform)
    carry_out_all(platform)
    ended, _none = copied(platform, original)
    assert (ended.id, ended.state, ended.remark) == (waiting.id, "refused", "Văn bản gốc đã thu hồi.")
    assert ended.excerpt == ""
    with platform.reading() as session:
        open_ones = session.scalars(select(Task.element).where(Task.state == "open")).all()
    assert open_ones == ["approve-recall"]  # one recall of the copy, and nobody is asked about the request any more
    page = clerk.get(f"/documents/{made.id}").text
    assert "Văn bản gốc đã thu hồi. Bản giấy đã giao do văn thư thu về." in page
    assert "nên không sao được" in clerk.get(f"/documents/{original.id}").text
    follow = FollowOriginal(original.id, "recalled")
    follow_original(follow, Outside(1, 2, office.id, platform))
    assert task(platform, "approve-recall")
