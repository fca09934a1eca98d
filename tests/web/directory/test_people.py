"""People and units, as the agency's admin looks after them."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import select

from engine.directory.models import Person, RightsChange, RoleGrant, Unit
from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn


def test_a_new_person_gets_a_password_once_and_a_role(
    app: Flask, platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    client = sign_in(office["agency-admin"])
    fields = {"full_name": "Lý Thị Mới", "user_name": "moi.sxd", "unit_id": office.unit.id}
    page = client.post("/people/new", data=fields).text
    password = re.search(r'class="secret">([^<]+)<', page)
    assert password
    with platform.reading() as session:
        person = session.scalars(select(Person).where(Person.user_name == "moi.sxd")).one()
    assert password.group(1) not in client.get(f"/people/{person.id}").text
    client.post(f"/people/{person.id}", data={"do": "grant", "role": "specialist", "unit_id": office.unit.id})
    assert "Chuyên viên" in client.get(f"/people/{person.id}").text
    newcomer = app.test_client()
    entered = newcomer.post("/sign-in", data={"user_name": "moi.sxd", "password": password.group(1)})
    assert entered.headers["Location"] == "/password"


def test_a_name_in_use_is_told_at_its_field(province: builders.Province, sign_in: SignIn) -> None:
    client = sign_in(province.department["agency-admin"])
    taken = province.commune["clerk"].user_name
    answer = client.post("/people/new", data={"full_name": "Trùng Tên", "user_name": taken})
    assert answer.status_code == 422
    assert "Chọn tên đăng nhập khác." in answer.text
    assert "Trùng Tên" in answer.text


def test_roles_and_access_are_taken_back(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    clerk = office["clerk"]
    client = sign_in(office["agency-admin"])
    with platform.reading() as session:
        grant_id = session.scalars(select(RoleGrant.id).where(RoleGrant.person_id == clerk.id)).one()
        change_id = select(RightsChange.id).where(RightsChange.person_id == clerk.id)
    asked = client.post(f"/people/{clerk.id}/roles/{grant_id}/end", follow_redirects=True).text
    assert "có hiệu lực khi người thứ hai xác nhận" in asked
    assert "Thôi giao vai trò Văn thư" in asked
    assert "không tự xác nhận" in client.get("/rights").text
    with platform.reading() as session:
        waiting = session.scalars(change_id).one()
    leader = sign_in(office["leader"])
    assert leader.post(f"/rights/{waiting}/refuse", data={"reason": " "}).status_code == 422
    leader.post(f"/rights/{waiting}/confirm")
    client = sign_in(office["agency-admin"])
    assert "Chưa có vai trò" in client.get(f"/people/{clerk.id}").text
    assert (
        "Mở lại tài khoản" in client.post(f"/people/{clerk.id}", data={"do": "deactivate"}, follow_redirects=True).text
    )
    assert client.post(f"/people/{clerk.id}", data={"do": "x"}).status_code == 422
    opened = client.post(f"/people/{clerk.id}", data={"do": "reactivate"}, follow_redirects=True).text
    assert "Cấp mật khẩu mới" in opened


def test_a_unit_waits_while_the_rest_is_saved(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    unit = builders.unit(platform, office.agency)
    client = sign_in(office["agency-admin"])
    fields = {"do": "save", "full_name": "Lê Văn Đổi", "unit_id": unit.id}
    said = client.post(f"/people/{office['clerk'].id}", data=fields, follow_redirects=True).text
    assert f"Chuyển sang {unit.name}" in said
    with platform.reading() as session:
        clerk = session.get_one(Person, office["clerk"].id)
        assert (clerk.full_name, clerk.unit_id) == ("Lê Văn Đổi", office.unit.id)
    again = client.post(f"/people/{office['clerk'].id}", data=fields)
    assert again.status_code == 422
    assert "đang chờ xác nhận" in again.text


def test_units_are_added_and_ended(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    client = sign_in(province.department["agency-admin"])
    assert client.post("/units", data={"name": "", "abbreviation": "TT"}).status_code == 422
    client.post("/units", data={"name": "Phòng Thanh tra", "abbreviation": "TTr"})
    with platform.reading() as session:
        unit = session.scalars(select(Unit).where(Unit.name == "Phòng Thanh tra")).one()
    assert client.post(f"/units/{unit.id}/close").status_code == 302
    full = client.post(f"/units/{province.department.unit.id}/close")
    assert full.status_code == 409
    assert "còn người đang làm việc" in full.text


def test_nobody_else_gets_there(province: builders.Province, sign_in: SignIn) -> None:
    for role in ("clerk", "leader", "specialist"):
        client = sign_in(province.department[role])
        for where in (
            "/people",
            "/people/new",
            "/units",
            f"/people/{province.department['clerk'].id}",
            "/incidents",
            "/instances",
        ):
            assert client.get(where).status_code == 404, (role, where)


def test_a_stand_in_is_named_for_a_time(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    client = sign_in(office["leader"])
    fields = {
        "stand_in_id": office["clerk"].id,
        "valid_from": "23/11/2026",
        "valid_to": "25/11/2026",
        "reason": "Đi công tác",
    }
    assert client.post("/stand-ins", data=fields | {"valid_to": "01/11/2026"}).status_code == 422
    page = client.post("/stand-ins", data=fields, follow_redirects=True).text
    assert "Đi công tác" in page
    assert "Đi công tác" in sign_in(office["clerk"]).get("/stand-ins").text
    assert "Đi công tác" not in sign_in(office["specialist"]).get("/stand-ins").text
