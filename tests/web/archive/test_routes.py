"""The archive on the screen, with the shipped diagrams: a list approved, dossiers taken over, lent, destroyed."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from docx import Document as WordFile
from sqlalchemy import select

from engine.clock import FixedClock
from engine.definitions import commands as definitions
from engine.definitions.shipped import PROCESSES, read_folder
from engine.instances import commands as instances
from engine.instances.models import Subscription
from engine.platform import Platform, Work, system
from engine.records import commands, handover
from engine.records.models import Dossier, DossierLoan, YearList
from engine.tasks.models import Task
from tests import builders
from tests.web.conftest import SignIn


@pytest.fixture
def office(platform: Platform, province: builders.Province) -> builders.Office:
    """The department with the three procedures of dossiers in force."""

    def publish(work: Work) -> None:
        for key in ("dossier-list", "dossier-loan", "dossier-disposal"):
            definitions.publish(work, definitions.save_draft(work, read_folder(PROCESSES / key), None, None).id)

    platform.run(system(), publish)
    return province.department


def dossier(platform: Platform, office: builders.Office, state: str = "closed", **more: Any) -> Dossier:
    """A closed dossier of the clerk's with one issued document."""
    clerk = builders.actor(platform, office["clerk"])
    document = builders.issued(platform, office, to_places="Lưu: VT")

    def make(work: Work) -> Dossier:
        row = commands.add_dossier(work, title="Trật tự xây dựng", year=2026, retention_years=10)
        commands.put(work, row.id, [document.id])
        commands.close(work, row.id)
        row.state = state
        for name, value in more.items():
            setattr(row, name, value)
        return row

    return platform.run(clerk, make)


def task(platform: Platform, element: str) -> int:
    with platform.reading() as session:
        return session.scalars(select(Task.id).where(Task.element == element, Task.state == "open")).one()


def complete(platform: Platform, client: Any, element: str, **answers: Any) -> None:
    """Finish the open task at an element on its page."""
    where = f"/tasks/{task(platform, element)}"
    page = client.get(where)
    assert page.status_code == 200
    done = client.post(where, data=answers)
    assert done.status_code in (302, 303), done.text


def test_the_list_of_a_year_is_approved(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    clerk = builders.actor(platform, office["clerk"])
    planned = {"title": "Cấp phép", "year": 2026, "retention_years": 10, "planned": True}
    platform.run(clerk, commands.add_dossier, **planned)
    client = sign_in(office["clerk"])
    said = client.post("/archive/lists/2026/submit", follow_redirects=True).text
    assert "Đã trình danh mục hồ sơ năm 2026" in said
    assert "đang chờ" in client.post("/archive/lists/2026/submit", follow_redirects=True).text

    why = {"reason": "Thiếu đề mục tài chính"}
    other = sign_in(builders.person(platform, office.agency, "clerk"))
    assert "Chỉ người đã trình rút lại được" in other.get("/archive").text
    assert "Chỉ người đã trình" in other.post("/archive/lists/2026/withdraw", data=why, follow_redirects=True).text
    assert "Đã rút danh mục" in client.post("/archive/lists/2026/withdraw", data=why, follow_redirects=True).text
    assert "Rút lại: Thiếu đề mục tài chính" in client.get("/archive").text
    again = client.post("/archive/lists/2026/withdraw", data=why, follow_redirects=True).text
    assert "không có gì để rút lại" in again
    client.post("/archive/lists/2026/submit")
    leader = sign_in(office["leader"])
    where = f"/tasks/{task(platform, 'approve-list')}"
    assert "gồm 1 hồ sơ dự kiến" in leader.get(where).text
    assert leader.get("/archive").text.count("Chỉ văn thư, lưu trữ cơ quan được làm việc này.") == 4
    assert leader.post(where, data={"decision": "approve"}).status_code == 422  # the day of issue is missing
    complete(platform, leader, "approve-list", decision="approve", issued_on="04/01/2027")
    with platform.reading() as session:
        row = session.scalars(select(YearList)).one()
        assert (row.state, row.issued_on, row.decided_by_id) == ("approved", date(2027, 1, 4), office["leader"].id)
    client = sign_in(office["clerk"])
    assert "ban hành 04/01/2027" in client.get("/archive").text
    client.post("/archive/lists/2026/reopen", data={"reason": "Bổ sung"})
    assert "Bổ sung" in client.get("/archive").text


def test_dossiers_are_taken_over_with_minutes(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    rows = [dossier(platform, office, "offered") for _ in range(2)]
    client = sign_in(office["clerk"])
    assert client.post("/archive/receive", data={}).status_code == 422
    chosen = {"dossiers": [row.id for row in rows], "condition": "Đủ"}
    asked = client.post("/archive/receive", data=chosen).text
    assert "Nhận rồi không trả lại được" in asked
    assert 'value="Đủ"' in asked
    assert "(Ký, ghi rõ họ tên)" not in asked
    done = client.post("/archive/receive", data=chosen | {"reviewed": "1"})
    minutes = done.headers["Location"]
    page = client.get(minutes).text
    for said in ("BIÊN BẢN GIAO NHẬN HỒ SƠ, TÀI LIỆU", "2 hồ sơ, 2 văn bản", "Tình trạng tài liệu giao nộp: Đủ"):
        assert said in page
    for kind, begins in (("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK")):
        assert client.get(f"{minutes}.{kind}").data.startswith(begins)
    signed = WordFile(BytesIO(client.get(f"{minutes}.docx").data)).tables[-1].rows[0].cells
    assert [cell.text.split("\n")[:2] for cell in signed] == [
        ["BÊN GIAO", "(Ký, ghi rõ họ tên)"], ["BÊN NHẬN", "(Ký, ghi rõ họ tên)"],
    ]  # fmt: skip
    assert page.count("(Ký, ghi rõ họ tên)") == 2
    assert sign_in(office["specialist"]).get(minutes).status_code == 404


def test_a_loan_from_asking_to_its_end(
    platform: Platform, office: builders.Office, sign_in: SignIn, clock: FixedClock
) -> None:
    row = dossier(platform, office)
    unit = builders.unit(platform, office.agency)
    reader = builders.person(platform, office.agency, "specialist", unit=unit)
    client = sign_in(reader)
    assert row.notation in client.get("/archive/loans?q=trat tu").text
    sent = {"year": "2026", "notation": row.notation, "purpose": "Tham khảo", "until": "30/11/2026"}
    wrong = client.post("/archive/loans", data=sent | {"until": "hôm nào", "year": "26"})
    assert wrong.status_code == 422
    assert "Nhập năm có bốn chữ số." in wrong.text
    assert "Tham khảo" in wrong.text
    client.post("/archive/loans", data=sent)
    waiting = client.get("/archive/loans").text
    assert "Chờ duyệt" in waiting
    assert "được duyệt rồi mới xem được hồ sơ" in waiting
    assert "Văn thư, lưu trữ cơ quan duyệt việc mượn hồ sơ." in waiting
    assert client.get(f"/dossiers/{row.id}").status_code == 404
    complete(platform, sign_in(office["clerk"]), "approve-loan", decision="lend")
    client = sign_in(reader)
    assert client.get(f"/dossiers/{row.id}").status_code == 200
    clock.advance(timedelta(days=8))
    with platform.reading() as session:
        due = session.scalars(select(Subscription.id).where(Subscription.kind == "timer").order_by(Subscription.due_at))
        timers = due.all()
    assert len(timers) == 2
    for each in timers:
        platform.run(system(), instances.fire_timer, each)
    with platform.reading() as session:
        loan = session.scalars(select(DossierLoan)).one()
        assert (loan.state, loan.returned_by_id) == ("returned", None)
        assert loan.reminded_at
        assert session.scalars(select(Task.id).where(Task.state == "open")).all() == []
    client = sign_in(reader)
    assert client.get(f"/dossiers/{row.id}").status_code == 404
    assert "hết thời gian mượn" in client.get("/archive/loans").text
    assert client.get("/archive/loans.xlsx").data.startswith(b"PK")


def test_what_has_run_out_is_destroyed(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    row = dossier(platform, office, retention_years=5, start_date=date(2015, 1, 1), end_date=date(2015, 3, 4))
    client = sign_in(office["clerk"])
    assert "hết hạn 31/12/2020" in client.get("/archive/disposal").text
    assert client.post("/archive/disposal", data={f"wish_{row.id}": "", "reason": "x"}).status_code == 422
    wish = {f"wish_{row.id}": "destroy", f"why_{row.id}": "Hết giá trị", "reason": ""}
    assert client.post("/archive/disposal", data=wish).status_code == 422
    listed = client.post("/archive/disposal", data=wish | {"reason": "Hết hạn"}).headers["Location"]
    assert "Hết giá trị" in client.get(listed).text
    complete(platform, sign_in(office["leader"]), "decide-disposal", decision="approve", paper="QĐ 15/QĐ-SXD")
    page = sign_in(office["clerk"]).get(listed).text
    assert "Quyết định: QĐ 15/QĐ-SXD" in page
    shown = sign_in(office["clerk"]).get(f"/dossiers/{row.id}").text
    assert "Đã hủy" in shown
    with platform.reading() as session:
        assert session.get_one(Dossier, row.id).state == "destroyed"
    assert handover.GOOD
