"""Registers are opened and numbers kept on the screen, by those who keep registers and by nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.documents import commands
from engine.documents.models import Register, RegisterEntry
from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn


def entries(platform: Platform, register: Register) -> list[tuple[int, str, str]]:
    with platform.reading() as session:
        rows = session.scalars(select(RegisterEntry).where(RegisterEntry.register_id == register.id)).all()
        return sorted((row.number, row.suffix, row.state) for row in rows)


def test_a_clerk_opens_renames_closes_and_reopens_a_register(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    client = sign_in(province.department["clerk"])
    refused = client.post("/registers/manage", data={"direction": "outgoing", "name": "Sổ", "series": "body"})
    assert refused.status_code == 422
    assert "Tên Hội đồng, Ban, Tổ" in refused.text
    opened = client.post(
        "/registers/manage", follow_redirects=True,
        data={"direction": "outgoing", "name": "Sổ Hội đồng", "series": "body", "body_name": "Hội đồng thi đua",
              "notation": "{kind}-HĐTĐ"},
    )  # fmt: skip
    assert "Đã mở sổ “Sổ Hội đồng”" in opened.text
    assert "riêng cho Hội đồng thi đua" in opened.text
    with platform.reading() as session:
        made = session.scalars(select(Register).where(Register.body_name == "Hội đồng thi đua")).one()
    renamed = client.post(f"/registers/{made.id}/rename", data={"name": "Sổ HĐ"}, follow_redirects=True)
    assert "Sổ HĐ" in renamed.text
    assert "đã đóng" in client.post(f"/registers/{made.id}/close", follow_redirects=True).text
    assert "Đã mở lại sổ" in client.post(f"/registers/{made.id}/reopen", follow_redirects=True).text
    assert "Chưa nhập tên sổ" in client.post(f"/registers/{made.id}/rename", follow_redirects=True).text


def test_numbers_are_held_released_cancelled_and_given(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    assert office.registers
    register = office.registers[1]
    document = builders.signed(platform, office, subject="Về việc cử người dự họp")
    client = sign_in(office["clerk"])
    where = f"/registers/{register.id}"
    assert client.post(f"{where}/hold", data={"note": ""}).status_code == 422
    page = client.post(
        f"{where}/hold", data={"note": "Chờ ký", "held_for": "Phòng QLXD", "until": "27/11/2026"}, follow_redirects=True
    ).text
    assert "Đã giữ số 01" in page
    assert "giữ đến 27/11/2026" in page
    assert "Về việc cử người dự họp" in page  # may be given the number
    client.post(f"{where}/hold", data={"note": "Thứ hai"})
    with platform.reading() as session:
        first, second = session.scalars(select(RegisterEntry.id).order_by(RegisterEntry.id)).all()
    said = client.post(f"/registers/entries/{second}/cancel", data={"reason": ""}, follow_redirects=True).text
    assert "Chưa nhập lý do hủy số" in said
    client.post(f"/registers/entries/{second}/cancel", data={"reason": "Không ban hành"})
    client.post(f"/registers/entries/{first}/release", data={"reason": "Hoãn"})
    client.post(f"/registers/entries/{first}/keep", data={"document_id": document.id})
    assert entries(platform, register) == [(1, "", "held"), (2, "", "cancelled")]
    numbered = platform.run(builders.actor(platform, office["clerk"]), commands.number_outgoing, document.id)
    assert numbered.number == 1
    shown = client.get(where).text
    assert "Số đã hủy" in shown
    assert "Không ban hành (giữ số: Thứ hai)" in shown
    assert "Số đã hủy" not in client.get(f"{where}?state=used").text


def test_a_secondary_number_is_given_on_the_screen(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    assert office.registers
    builders.registered(platform, office)
    late = builders.arrived(platform, office, subject="Đến lúc mất mạng")
    client = sign_in(office["clerk"])
    where = f"/registers/{office.registers[0].id}"
    data = {"document_id": late.id, "on": "23/11/2026", "reason": "Mất mạng", "number": "9"}
    refused = client.post(f"{where}/secondary", data=data)
    assert refused.status_code == 422
    assert "chưa có số 09" in refused.text
    page = client.post(f"{where}/secondary", data={**data, "number": ""}, follow_redirects=True).text
    assert "Đã giữ số 01a" in page
    assert entries(platform, office.registers[0]) == [(1, "", "used"), (1, "a", "held")]


@pytest.mark.parametrize("role", ["specialist", "leader", "unit-head"])
def test_others_find_no_such_pages(platform: Platform, province: builders.Province, sign_in: SignIn, role: str) -> None:
    office = province.department
    assert office.registers
    client = sign_in(office[role])
    where = f"/registers/{office.registers[1].id}"
    for address in ("/registers/manage", f"{where}/numbers"):
        assert client.get(address).status_code == 404
    for address in ("hold", "secondary", "start", "rename", "close", "reopen"):
        assert client.post(f"{where}/{address}", data={"note": "x", "name": "x"}).status_code == 404
    shown = client.get("/registers").text
    assert "/registers/manage" not in shown
    assert "Chỉ văn thư hoặc quản trị cơ quan được lập sổ" in shown  # “Vì sao?”
    assert entries(platform, office.registers[1]) == []
