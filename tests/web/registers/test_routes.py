"""The registers in the prescribed columns."""

from __future__ import annotations

import re

from engine.documents.prints.forms import INCOMING, OUTGOING
from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn


def columns(page: str, names: tuple[str, ...]) -> list[int]:
    found = re.findall(r"<th[^>]*>([^<]+)</th>", page)
    return [found.index(name) for name in names]


def test_both_registers_have_their_ten_columns(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    assert office.registers
    builders.registered(platform, office, subject="Về việc trật tự xây dựng")
    issued = builders.issued(platform, office, recipients=[province.commune.id])
    client = sign_in(office["clerk"])
    came = client.get(f"/registers/{office.registers[0].id}").text
    assert columns(came, INCOMING.titles) == list(range(10))
    assert "Về việc trật tự xây dựng" in came
    went = client.get(f"/registers/{office.registers[1].id}").text
    assert columns(went, OUTGOING.titles) == list(range(10))
    assert issued.code
    assert issued.code in went
    assert "UBND xã An Phú" in went


def test_the_printed_year_runs_upwards(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    assert office.registers
    for subject in ("Thứ nhất", "Thứ hai", "Thứ ba"):
        builders.registered(platform, office, subject=subject)
    where = f"/registers/{office.registers[0].id}"
    client = sign_in(office["clerk"])
    screen, paper = client.get(where).text, client.get(where + "?print=1", follow_redirects=True).text
    assert screen.index("Thứ ba") < screen.index("Thứ nhất")
    assert paper.index("Thứ nhất") < paper.index("Thứ hai") < paper.index("Thứ ba")
    assert "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN" in paper
    assert "chưa có số nào" in client.get(where + "?year=2020").text


def test_who_may_not_see_a_document_sees_its_number_only(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    assert office.registers
    builders.registered(platform, office, subject="Chuyện riêng của phòng khác")
    outsider = builders.person(platform, office.agency, "specialist", unit=builders.unit(platform, office.agency))
    page = sign_in(outsider).get(f"/registers/{office.registers[0].id}").text
    assert "Chuyện riêng" not in page
    assert "Văn bản ngoài phạm vi được xem" in page
