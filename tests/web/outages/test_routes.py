"""Outages on the screen, with the shipped procedure: announced, ended, entered afterwards, closed."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.clock import FixedClock
from engine.definitions import commands as definitions
from engine.definitions.shipped import PROCESSES, read_folder
from engine.documents.models import Document
from engine.instances.models import Instance
from engine.outages.models import Outage
from engine.platform import Platform, Work, system
from engine.tasks.models import Task
from tests import builders
from tests.conftest import NOW
from tests.web.conftest import SignIn

ITEMS = {
    "what": "Mất điện phòng máy chủ", "stops_at": "23/11/2026 08:00", "expected_at": "23/11/2026 11:00",
    "measures": "Nhận văn bản giấy tại văn thư", "back_entry": "Văn thư nhập bổ sung trong ngày",
}  # fmt: skip
REPORT = {
    "damage": "Chậm 2 giờ", "cause": "Hỏng bộ lưu điện", "repair": "Thay bộ lưu điện",
    "prevention": "Kiểm tra hằng quý", "handbook": "updated", "handbook_note": "Mục vận hành",
}  # fmt: skip


@pytest.fixture
def office(platform: Platform, province: builders.Province) -> builders.Office:
    """The department with the procedure of outages in force."""

    def publish(work: Work) -> None:
        definitions.publish(work, definitions.save_draft(work, read_folder(PROCESSES / "outage"), None, None).id)

    platform.run(system(), publish)
    return province.department


def announced(client: Any, **more: Any) -> str:
    """Announce on the screen; the address of the outage."""
    done = client.post("/outages/new", data=ITEMS | more)
    assert done.status_code == 303, done.text
    return str(done.headers["Location"])


def complete(platform: Platform, client: Any, element: str, status: int = 303, **answers: Any) -> str:
    """Finish the open task at an element on its page."""
    with platform.reading() as session:
        task = session.scalars(select(Task.id).where(Task.element == element, Task.state == "open")).one()
    assert "Mở trang sự cố hệ thống" in client.get(f"/tasks/{task}").text
    done = client.post(f"/tasks/{task}", data=answers)
    assert done.status_code == status, done.text
    return str(done.text)


def test_an_outage_from_notice_to_closing(
    platform: Platform, office: builders.Office, sign_in: SignIn, clock: FixedClock
) -> None:
    admin, clerk, leader = (sign_in(office[role]) for role in ("agency-admin", "clerk", "leader"))
    wrong = admin.post("/outages/new", data=ITEMS | {"expected_at": "23/11/2026 07:00", "measures": ""})
    assert wrong.status_code == 422
    assert "Mất điện phòng máy chủ" in wrong.text
    where = announced(admin, security_doubt="on")
    page = clerk.get("/").text
    assert 'role="status"' in page
    assert "Hệ thống đang ngừng hoạt động từ 23/11/2026 08:00" in page
    assert "Nhập bổ sung được khi đã ghi giờ" in clerk.get(where).text
    assert clerk.post(f"{where}/dismiss", data={"back": "/registers"}).headers["Location"] == "/registers"
    assert "đang ngừng hoạt động" not in clerk.get("/").text
    clock.set(NOW + timedelta(hours=1))
    assert "không thể trước giờ ngừng" in complete(
        platform, admin, "end-outage", 422, turn="restarted", restarted_at="23/11/2026 07:30"
    )
    complete(platform, admin, "end-outage", turn="restarted", restarted_at="23/11/2026 09:45")
    assert "đang ngừng hoạt động" not in leader.get("/").text
    complete(platform, clerk, "enter-documents", complete="on")
    assert "Báo cáo sự cố chưa đủ" in complete(platform, admin, "write-report", 422, report="on")
    kept = admin.post(f"{where}/report", data=REPORT | {"security_doubt": "on"}, follow_redirects=True).text
    assert "còn thiếu nội dung" in kept
    assert "Ghi người đã báo." in kept
    told = {"told_whom": "Phòng Công nghệ số", "told_by": "Lê Văn Trị", "told_at": "23/11/2026 08:20"}
    admin.post(f"{where}/report", data=REPORT | told | {"security_doubt": "on"})
    complete(platform, admin, "write-report", report="on")
    assert admin.get(f"{where}/report").status_code == 403
    complete(platform, leader, "approve-report", decision="return", remark="Ghi rõ thiệt hại")
    assert "Báo cáo bị trả lại: Ghi rõ thiệt hại" in admin.get(where).text
    complete(platform, admin, "write-report", report="on")
    complete(platform, leader, "approve-report", decision="approve")
    paper = leader.get(f"{where}/paper").text
    for said in ("BÁO CÁO SỰ CỐ HỆ THỐNG", "Hỏng bộ lưu điện", "Lê Văn Trị đã báo Phòng Công nghệ số", "Mục vận hành"):
        assert said in paper
    for kind, begins in (("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK")):
        assert leader.get(f"{where}/paper.{kind}").data.startswith(begins)
    with platform.reading() as session:
        assert session.scalars(select(Outage)).one().state == "closed"
        assert session.scalars(select(Instance.status)).one() == "ended"


def test_a_paper_that_came_then_is_entered_with_its_time(
    platform: Platform, office: builders.Office, sign_in: SignIn, clock: FixedClock
) -> None:
    admin, clerk = sign_in(office["agency-admin"]), sign_in(office["clerk"])
    assert "Văn bản đến trong thời gian sự cố" not in clerk.get("/documents/incoming/new").text
    where = announced(admin, restarted_at="23/11/2026 08:50")
    outage = where.rpartition("/")[2]
    page = clerk.get(f"/documents/incoming/new?outage={outage}").text
    assert f'<option value="{outage}" selected>' in page

    def send(**more: Any) -> Any:
        sent = {
            "source": "paper", "organ_name": "UBND xã", "code": "9/UBND", "issued_date": "20/11/2026",
            "type_name": "Công văn", "subject": "Về việc rà soát", "urgency": "0", "outage": outage,
            "main_file": (io.BytesIO(builders.pdf("a")), "a.pdf"),
        }  # fmt: skip
        return clerk.post("/documents/incoming/new", data=sent | more, content_type="multipart/form-data")

    refused = send(arrived_at="23/11/2026 08:55", late_reason="Đến khi mất điện")
    assert refused.status_code == 422
    assert "Thời điểm phải trong thời gian sự cố" in refused.text
    assert "Về việc rà soát" in refused.text
    assert send(arrived_at="23/11/2026 08:30", late_reason="").status_code == 422
    assert send(arrived_at="23/11/2026 08:30", late_reason="Đến khi mất điện").status_code == 303
    with platform.reading() as session:
        document = session.scalars(select(Document).order_by(Document.id.desc())).first()
        assert document is not None
        assert document.received_at == NOW - timedelta(minutes=30)
    said = "Nhập bổ sung sau sự cố hệ thống từ 08:00 ngày 23/11/2026"
    assert said in clerk.get(f"/documents/{document.id}").text
    assert "Nhập bổ sung sau sự cố hệ thống" in clerk.get(f"/documents/{document.id}/audit").text
    assert "Về việc rà soát" in clerk.get(where).text
    assert "Đến khi mất điện" in clerk.get(f"{where}/entered").text
    assert clerk.get(f"{where}/entered.pdf").data.startswith(b"%PDF")
    assert sign_in(office["specialist"]).get(f"{where}/entered").status_code == 404


def test_numbers_are_held_for_paper_and_given_back(
    platform: Platform, office: builders.Office, sign_in: SignIn
) -> None:
    admin, clerk = sign_in(office["agency-admin"]), sign_in(office["clerk"])
    where = announced(admin)
    book = office.registers[1].id  # type: ignore[index]
    assert "Giữ từ 1 đến 50" in clerk.post(f"{where}/numbers", data={"register": book}, follow_redirects=True).text
    held = clerk.post(f"{where}/numbers", data={"register": book, "count": 2}, follow_redirects=True).text
    assert "Đã giữ 2 số, từ 01 đến 02." in held
    document = builders.signed(platform, office)
    complete(platform, admin, "end-outage", turn="restarted", restarted_at="23/11/2026 09:00")
    page = clerk.get(where).text
    assert document.subject in page
    entry = page.split(f"{where}/numbers/")[1].split('"')[0]
    sent = {"document_id": document.id, "on": "hôm nay", "reason": "Cấp trên giấy"}
    assert "Nhập ngày ghi trên" in clerk.post(f"{where}/numbers/{entry}", data=sent, follow_redirects=True).text
    sent["on"] = "23/11/2026"
    assert "Đã ghi số trên giấy" in clerk.post(f"{where}/numbers/{entry}", data=sent, follow_redirects=True).text
    assert "ngày trên giấy 23/11/2026" in clerk.get(where).text


def test_who_announces_and_who_only_reads(
    platform: Platform, province: builders.Province, office: builders.Office, sign_in: SignIn
) -> None:
    where = announced(sign_in(office["agency-admin"]))
    specialist = sign_in(office["specialist"])
    listed = specialist.get("/outages").text
    assert "Chỉ quản trị cơ quan" in listed
    assert "khoản 3 Điều 14" in listed
    assert specialist.get("/outages/new").status_code == 403
    read = specialist.get(where).text
    assert "Mất điện phòng máy chủ" in read
    assert "Các bản thông báo" not in read
    assert specialist.get(f"{where}/paper").status_code == 404
    other = sign_in(province.commune["agency-admin"])
    assert "Mất điện" not in other.get("/outages").text
    for path in ("", "/correct", "/report", "/paper", "/entered", "/entered.pdf"):
        assert other.get(f"{where}{path}").status_code == 404
    changed = {"reason": "Chờ phụ tùng", "expected_at": "23/11/2026 15:00"}
    admin = sign_in(office["agency-admin"])
    assert "23/11/2026 11:00" in admin.get(f"{where}/correct").text
    assert admin.post(f"{where}/correct", data=ITEMS).status_code == 422
    page = admin.post(f"{where}/correct", data=ITEMS | changed, follow_redirects=True).text
    assert "Bản 2 · Sửa thông báo" in page
    assert "Bản 1 · Thông báo" in page


def test_the_sign_in_page_tells_times_of_the_province_only(
    platform: Platform, province: builders.Province, office: builders.Office, sign_in: SignIn, app: Any
) -> None:
    announced(sign_in(office["agency-admin"]))
    assert "ngừng hoạt động" not in app.test_client().get("/sign-in").text
    where = announced(sign_in(province.admin), whole_province="on", what="Nâng cấp máy chủ 10.0.0.5")
    page = app.test_client().get("/sign-in").text
    assert "Hệ thống đang ngừng hoạt động từ 23/11/2026 08:00" in page
    assert "10.0.0.5" not in page
    commune = sign_in(province.commune["clerk"])
    assert "đang ngừng hoạt động" in commune.get("/").text
    assert "cho mọi cơ quan trong tỉnh" in commune.get(where).text
    assert commune.get(f"{where}/paper").status_code == 404
