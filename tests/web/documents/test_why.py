"""“Vì sao?” on a document's page: what isn't offered says which rule, role, state and clause keep it away."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn


@pytest.mark.parametrize(
    ("role", "missing"),
    [
        ("clerk", ["Thêm bản dự thảo", "Chọn người ký khác", "Lấy ý kiến"]),
        ("leader", ["Thêm bản dự thảo", "Chọn người ký khác", "Thu hồi", "Lấy ý kiến"]),
    ],
)
def test_what_is_missing_on_an_issued_document_says_why(
    platform: Platform, province: builders.Province, sign_in: SignIn, role: str, missing: list[str]
) -> None:
    document = builders.issued(platform, province.department, to_places="Lưu: VT")
    page = BeautifulSoup(sign_in(province.department[role]).get(f"/documents/{document.id}").text, "lxml")
    lines = page.select(".unoffered > li")
    assert [line.find("span").get_text() for line in lines] == missing
    assert all(line.select_one("dd").get_text() for line in lines)
    assert "Đã phát hành" in lines[0].select_one("dl").get_text()


def test_what_is_missing_on_an_arrival_says_why(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    document = builders.arrived(platform, province.department)
    page = sign_in(province.department["clerk"]).get(f"/documents/{document.id}").text
    assert "chưa vào sổ hoặc đã thu hồi nên không có phiếu giải quyết" in page
    assert "Chỉ soạn văn bản trả lời khi" in page


def test_registers_say_why_they_are_not_kept_by_everybody(province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    assert office.registers
    for address in ("/registers", f"/registers/{office.registers[0].id}"):
        assert "Chỉ văn thư hoặc quản trị cơ quan được lập sổ" in sign_in(office["leader"]).get(address).text
        assert "unoffered" not in sign_in(office["clerk"]).get(address).text
