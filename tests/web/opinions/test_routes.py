"""Rounds of opinions on screen: live counts, urging by who asked, the summary as a file."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from docx import Document as WordFile

from engine.definitions.shipped import PROCESSES, read_folder
from engine.directory.models import Person
from engine.documents.models import Document
from engine.notices import commands as notices
from engine.notices import queries as told
from engine.opinions import commands
from engine.platform import Platform, Work, system
from engine.tasks.models import Task
from tests import builders
from tests.web.conftest import SignIn, publish


def asked(platform: Platform, office: builders.Office, *people: Person) -> Document:
    """A draft about which people are asked, each with a task as the procedure opens it."""
    document = builders.draft(platform, office)

    def ask(work: Work) -> None:
        ids = [each.id for each in people]
        found = commands.open_round(
            work, document.id, office["specialist"].id, "Góp ý <b>thời hạn</b>.", ids, [], date(2026, 11, 25)
        )
        for index, row in enumerate(commands.requests(work, found.id)):
            work.session.add(
                Task(
                    agency_id=office.id, instance_id=99, token="t", index=index, data={"asked": {"request": row.id}},
                    element="give-opinion", name="Góp ý kiến", procedure="opinions", document_id=document.id,
                    assignee_id=row.person_id, created_at=work.now, due_at=found.due_at, answers={},
                )
            )  # fmt: skip
        commands.fill(work, commands.requests(work, found.id)[0].id, {"verdict": "disagree", "text": "Quá ngắn."})

    platform.run(system(office.id), ask)
    return document


def test_counts_urging_and_the_summary(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    head, checker = office["unit-head"], office["form-checker"]
    document = asked(platform, office, head, checker)
    drafter = sign_in(office["specialist"])
    page = drafter.get(f"/documents/{document.id}/opinions").text
    assert "Góp ý &lt;b&gt;thời hạn&lt;/b&gt;." in page
    assert "Không đồng ý <b" in page
    assert "chưa trả lời 1." in page
    assert "Quá ngắn." in drafter.get(f"/documents/{document.id}/opinions/live").text
    assert f"/documents/{document.id}/opinions" in drafter.get(f"/documents/{document.id}").text

    blank = drafter.post("/opinions/1/urge", data={"message": " "}, follow_redirects=True).text
    assert "Nhập nội dung đôn đốc" in blank
    sent = drafter.post("/opinions/1/urge", data={"message": "Xin ý kiến trong ngày."}, follow_redirects=True).text
    assert "Đã đôn đốc 1 nơi chưa trả lời." in sent
    platform.run(system(), notices.tell, mail=False)
    with platform.reading() as session:
        assert [row.kind for row in told.notices(session, builders.actor(platform, checker))] == ["urged"]
        assert told.notices(session, builders.actor(platform, head)) == []
    assert sign_in(checker).post("/opinions/1/urge", data={"message": "Nhanh lên."}).status_code == 403

    word = WordFile(BytesIO(drafter.get("/opinions/1/summary.docx").data))
    assert [cell.text for cell in word.tables[0].rows[1].cells][2:4] == ["Không đồng ý", "Quá ngắn."]
    assert drafter.get("/opinions/1/summary.pdf").data.startswith(b"%PDF")
    assert drafter.get("/opinions/1/summary.txt").status_code == 404


def test_who_may_not_ask_is_told_why(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    document = builders.signed(platform, office)
    client = sign_in(office["specialist"])
    page = client.get(f"/documents/{document.id}/opinions").text
    assert "Chưa hỏi ý kiến ai về văn bản này." in page
    assert "Văn bản đã ký, phát hành, trả lại hoặc thu hồi" in page
    assert client.post(f"/documents/{document.id}/opinions/ask").status_code == 403


def test_asking_leads_to_its_own_form_beside_the_draft(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    platform.run(system(), publish, read_folder(PROCESSES / "opinions"))
    document = asked(platform, office, office["unit-head"])  # there are tasks on it already

    def close(work: Work) -> None:
        commands.close_round(work, 1, "deadline")

    platform.run(system(office.id), close)
    client = sign_in(office["specialist"])
    page = client.post(f"/documents/{document.id}/opinions/ask", follow_redirects=True).text
    assert "Nêu nội dung lấy ý kiến" in page
    assert "Đơn vị được hỏi" in page
    again = client.post(f"/documents/{document.id}/opinions/ask")
    assert again.status_code == 403
    assert "chưa kết thúc" in again.text
