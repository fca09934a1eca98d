"""A working day of every role, by keyboard alone; what gets the focus is read as a screen reader reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine.clock import VIETNAM
from tests.browser.conftest import House
from tests.browser.people import Desk
from tests.browsers import WarmSessions

Seat = Callable[[str], AbstractContextManager[Desk]]  # somebody signs in at the browser that all who pass by share

SUBJECT = "Rà soát biển quảng cáo trên các tuyến đường tỉnh"
ANSWER = "Kết quả rà soát biển quảng cáo trên địa bàn xã An Phú"
REASON = "Phường không có tuyến đường tỉnh nào đi qua."
ORIGINAL = "có giá trị pháp lý như bản gốc"


@pytest.mark.slow
@pytest.mark.timeout(420)
def test_people_issue_receive_answer_and_refuse(
    house: House, visitor: Callable[..., Any], warm_sessions: WarmSessions
) -> None:
    @contextmanager
    def seat(user_name: str) -> Iterator[Desk]:
        desk = house.sit_down(warm_sessions.open(), user_name)
        yield desk
        assert desk.complaints == []
        warm_sessions.leave()

    names = ("chuyenvien.sxd", "vanthu.sxd", "vanthu.anphu", "vanthu.binhminh")
    drafter, clerk, commune, ward = (house.sit_down(visitor(), name) for name in names)
    draft(house, drafter)
    check_and_sign(seat, "sxd", SUBJECT)
    code = issue(clerk, SUBJECT)
    assert code == "01/SXD-QLXD"
    accept(commune, code)
    refuse(ward, code)
    refused_dispatch(clerk, drafter, code)
    resolve(seat)
    specialist = house.sit_down(visitor(), "chuyenvien.anphu")
    answer_code = answer(seat, specialist, commune)
    answered_dispatch(clerk, drafter, code, answer_code)
    both_ways(commune, code, answer_code)
    for desk in (drafter, clerk, commune, ward, specialist):
        assert desk.complaints == []


def draft(house: House, drafter: Desk) -> None:
    """The specialist opens a draft, writes it, asks for a reply and submits it."""
    drafter.visit("/documents/outgoing/new")
    drafter.write("Trích yếu", SUBJECT)
    drafter.send()
    drafter.told("Đã tạo văn bản và bắt đầu quy trình.")
    expect(drafter.heading).to_have_text(SUBJECT)
    expect(drafter.page.locator("#ask")).to_have_text("Soạn thảo văn bản")
    drafter.write("Nội dung văn bản", "Đề nghị các đơn vị rà soát biển quảng cáo.\nBáo cáo kết quả về Sở Xây dựng.")
    drafter.choose("UBND xã An Phú", "UBND phường Bình Minh")
    drafter.write("Nơi nhận ghi trên văn bản", "Như trên\nLưu: VT, QLXD")
    drafter.pick("Người ký", "Nguyễn Văn Mẫu")
    drafter.pick("Độ khẩn", "Khẩn")
    requirement = drafter.form.get_by_label("Nội dung cần trả lời")
    expect(requirement).to_be_hidden()
    drafter.choose("Yêu cầu nơi nhận trả lời")
    drafter.write("Nội dung cần trả lời", "Báo cáo bằng văn bản.")
    due = house.platform.clock.now().astimezone(VIETNAM) + timedelta(days=11)
    drafter.write("Thời hạn trả lời", due.strftime("%d/%m/%Y"))
    drafter.finish("Soạn thảo văn bản")


def check_and_sign(seat: Seat, agency: str, subject: str) -> None:
    """The head of the unit, the form checker and the leader, one after the other."""
    with seat(f"truongphong.{agency}") as head:
        head.take("Kiểm tra nội dung", subject)
        head.stands_at("check-content")
        expect(head.history.first).to_contain_text("đang chờ")
        expect(head.history.filter(has_text="Soạn thảo văn bản").first).to_contain_text(
            "Hoàng Thị Soạn" if agency == "sxd" else "Đặng Văn Giải"
        )
        head.choose("Nội dung đạt")
        head.finish("Kiểm tra nội dung", "Nội dung đạt")
    with seat(f"thethuc.{agency}") as checker:
        checker.take("Kiểm tra thể thức", subject)
        checker.reads_file()  # what will be signed
        checker.choose("Thể thức đạt")
        checker.finish("Kiểm tra thể thức", "Thể thức đạt")
    with seat(f"lanhdao.{agency}") as leader:
        leader.open("Duyệt dự thảo", subject)
        leader.choose("Duyệt")
        leader.finish("Duyệt dự thảo", "Duyệt")
        leader.open("Ký số", subject)
        leader.reads_file()
        expect(leader.form).to_contain_text("sau khi ký, nội dung không sửa được")
        leader.finish("Ký số")


def issue(clerk: Desk, subject: str) -> str:
    """The clerk numbers, seals and issues; the number the document got."""
    clerk.take("Cấp số, vào sổ", subject)
    clerk.reads_file()
    clerk.finish("Cấp số, vào sổ")
    clerk.take("Đóng dấu cơ quan", subject)
    code = clerk.page.locator(".head-facts .number").inner_text()
    expect(clerk.form).to_contain_text(code)
    clerk.finish("Đóng dấu cơ quan")
    clerk.take("Phát hành", subject)
    clerk.reads_file()
    expect(clerk.verdict).to_contain_text(ORIGINAL)
    clerk.choose("Đã soát nơi nhận")
    clerk.finish("Phát hành")
    return code


def accept(commune: Desk, code: str) -> None:
    """The commune's clerk sees number, sender, urgency and verdict, and takes the document in."""
    row = commune.row("Tiếp nhận văn bản", SUBJECT, "groups")
    for said in (code, "Sở Xây dựng tỉnh Mẫu", "Khẩn", "còn "):
        expect(row).to_contain_text(said)
    commune.take("Tiếp nhận văn bản", SUBJECT)
    expect(commune.verdict).to_contain_text(ORIGINAL)
    expect(commune.form).to_contain_text("Đề xuất của hệ thống")
    commune.reads_file()
    commune.stands_at("accept-document")
    expect(commune.form.get_by_label("Nội dung lý do")).to_be_hidden()
    commune.choose("Tiếp nhận, vào sổ", "Trình lãnh đạo cho ý kiến")
    commune.finish("Tiếp nhận văn bản", "Tiếp nhận, vào sổ")


def refuse(ward: Desk, code: str) -> None:
    """The ward's clerk sends it back; without a reason the form says what is missing."""
    ward.take("Tiếp nhận văn bản", SUBJECT)
    expect(ward.page.locator(".head-facts")).to_contain_text(code)
    ward.choose("Trả lại bên gửi")
    ward.send()
    expect(ward.page.locator(".error-summary")).to_contain_text("Nội dung lý do")
    expect(ward.form.get_by_label("Trả lại bên gửi").first).to_be_checked()
    ward.pick("Lý do trả lại", "Gửi sai nơi nhận")
    ward.write("Nội dung lý do", REASON)
    ward.finish("Tiếp nhận văn bản", "Trả lại bên gửi")
    ward.visit("/documents/incoming")
    expect(ward.page.locator("tr", has_text=SUBJECT)).to_contain_text("Đã trả lại")


def refused_dispatch(clerk: Desk, drafter: Desk, code: str) -> None:
    """The refusal comes into the sender's inbox and onto the document's page, with its reason."""
    clerk.take("Xử lý nơi nhận từ chối", SUBJECT)
    expect(clerk.form).to_contain_text(REASON)
    clerk.choose("Khép lại nơi nhận này")
    clerk.write("Ghi chú", "Đã trao đổi với UBND phường.")
    clerk.finish("Xử lý nơi nhận từ chối", "Khép lại nơi nhận này")
    dispatches = open_document(drafter, "outgoing", code).locator("section", has=drafter.page.locator("#dispatches"))
    ward = dispatches.locator("tr", has_text="UBND phường Bình Minh")
    expect(ward).to_contain_text("Từ chối nhận (trả lại)")
    expect(ward).to_contain_text(REASON)
    expect(dispatches.locator("tr", has_text="UBND xã An Phú")).to_contain_text("Đã tiếp nhận")


def resolve(seat: Seat) -> None:
    """In the commune the leader instructs, the head assigns, a colleague contributes, the specialist will answer."""
    with seat("lanhdao.anphu") as leader:
        leader.take("Cho ý kiến chỉ đạo", SUBJECT)
        leader.write("Ý kiến chỉ đạo", "Giao Phòng Kinh tế chủ trì, trả lời đúng hạn.")
        leader.choose("Chủ trì: Phòng Kinh tế")
        leader.finish("Cho ý kiến chỉ đạo")
    with seat("truongphong.anphu") as head:
        head.take("Phân công giải quyết", SUBJECT)
        head.choose("Giao người giải quyết")
        head.choose("Chủ trì: Đặng Văn Giải", "Phối hợp: Lý Thị Hợp")
        head.finish("Phân công giải quyết", "Giao người giải quyết")
    with seat("phoihop.anphu") as supporter:
        supporter.open("Góp ý kiến phối hợp", SUBJECT)
        supporter.write("Ý kiến phối hợp", "Số liệu khớp với sổ theo dõi.")
        supporter.finish("Góp ý kiến phối hợp")


def answer(seat: Seat, specialist: Desk, commune: Desk) -> str:
    """The specialist answers out of the case; the answer goes the same way back; its number."""
    specialist.open("Giải quyết văn bản", SUBJECT)
    specialist.press(specialist.page.get_by_role("link", name="Mở hồ sơ văn bản"))
    expect(specialist.page.locator("blockquote", has_text="Số liệu khớp")).to_contain_text("Lý Thị Hợp")
    specialist.press(specialist.page.get_by_role("link", name="Soạn văn bản trả lời"))
    expect(specialist.form.get_by_label("Trả lời văn bản đến")).to_have_value(re.compile(r"\d+"))
    specialist.write("Trích yếu", ANSWER)
    specialist.send()
    specialist.write("Nội dung văn bản", "Trên địa bàn xã có 12 biển quảng cáo, đều có giấy phép.")
    specialist.choose("Sở Xây dựng tỉnh Mẫu")
    specialist.pick("Người ký", "Trương Văn Phú")
    specialist.finish("Soạn thảo văn bản")
    check_and_sign(seat, "anphu", ANSWER)
    code = issue(commune, ANSWER)
    expect(specialist.inbox()).to_have_count(0)  # the answer has settled what was still to be resolved
    return code


def open_document(desk: Desk, direction: str, code: str) -> Page:
    """Find a document in its list and open it; the page."""
    desk.rest()
    desk.visit(f"/documents/{direction}")
    desk.press(desk.page.locator("tr", has=desk.page.get_by_text(code, exact=True)).locator("a.row-link"))
    expect(desk.page.locator("#facts")).to_be_visible()
    return desk.page


def answered_dispatch(clerk: Desk, drafter: Desk, code: str, answer_code: str) -> None:
    """The department sees the answer on the dispatch and takes it in; every state and step can be read."""
    clerk.take("Tiếp nhận văn bản", ANSWER)
    clerk.choose("Tiếp nhận, vào sổ", "Chuyển thẳng đơn vị giải quyết theo quy chế")
    clerk.choose("Chủ trì: Phòng Quản lý xây dựng")
    clerk.finish("Tiếp nhận văn bản", "Tiếp nhận, vào sổ")
    page = open_document(drafter, "outgoing", code)
    commune = page.locator("section", has=page.locator("#dispatches")).locator("tr", has_text="UBND xã An Phú")
    expect(commune).to_contain_text("Đã hoàn thành")
    for said in ("Đã đến", "Đã tiếp nhận", "Phân công", "Đang xử lý", "Hoàn thành", "Lê Văn Tiếp"):
        expect(commune.locator("ul")).to_contain_text(said)
    drafter.reads_file()
    expect(drafter.verdict).to_contain_text(ORIGINAL)
    steps = [line.split("\n")[0] for line in drafter.history.all_inner_texts()]
    for step in ("Soạn thảo văn bản", "Kiểm tra nội dung", "Ký số", "Cấp số, vào sổ", "Phát hành"):
        assert step in steps
    drafter.press(commune.get_by_role("link", name="Xem văn bản trả lời"))
    expect(drafter.heading).to_have_text(ANSWER)
    expect(page.locator(".head-facts")).to_contain_text(answer_code)
    links = page.locator("section", has=page.locator("#links"))
    expect(links).to_contain_text("Trả lời văn bản")
    expect(links.get_by_role("link")).to_contain_text(code)


def both_ways(commune: Desk, code: str, answer_code: str) -> None:
    """In the commune question and answer lead to each other, and the question is filed in its register."""
    page = open_document(commune, "incoming", code)
    expect(page.locator(".head-facts")).to_contain_text("Đã lưu hồ sơ")
    links = page.locator("section", has=page.locator("#links"))
    expect(links).to_contain_text("Được trả lời bằng")
    commune.press(links.get_by_role("link", name=answer_code))
    expect(page.locator("section", has=page.locator("#links"))).to_contain_text(code)
    commune.visit("/registers")
    commune.press(page.get_by_role("link", name="Sổ đăng ký văn bản đến"))
    expect(page.locator("table.register tbody tr")).to_have_count(1)
    expect(page.locator("table.register tbody tr")).to_contain_text(code)
