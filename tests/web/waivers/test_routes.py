"""The screen of the rules of law: read by analysts, changed by a provincial admin, each agency by itself."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from engine.bpmn.checks import law
from engine.definitions import waivers
from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn

RULE = "law.filed"
BODY = {"key": "incoming-document", "reason": "Thử"}
REASON = "Thí điểm lưu hồ sơ tập trung theo Kế hoạch 12/KH-UBND"


@pytest.fixture
def admin(platform: Platform, province: builders.Province, sign_in: SignIn) -> FlaskClient:
    person = builders.person(platform, province.department.agency, "provincial-admin", full_name="Trần Thị Bích")
    return sign_in(person)


def client_of(platform: Platform, office: builders.Office, sign_in: SignIn, *roles: str) -> FlaskClient:
    return sign_in(builders.person(platform, office.agency, *roles))


def grant(client: FlaskClient, **more: str) -> str:
    body = {"key": "incoming-document", "agency_id": "", "reason": REASON, **more}
    answer = client.post(f"/waivers/new?rule={RULE}", data=body)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def standing(platform: Platform, agency_id: int) -> frozenset[str]:
    with platform.reading() as session:
        return waivers.in_force(session, "incoming-document", agency_id)


def waiver_id(platform: Platform) -> int:
    with platform.reading() as session:
        return session.query(waivers.Waiver).order_by(waivers.Waiver.id.desc()).first().id


def test_the_catalogue_shows_every_rule_with_its_clause(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    page = client_of(platform, province.department, sign_in, "process-analyst").get("/waivers").text
    for rule in law.catalogue():
        assert rule.title in page
        assert rule.wants in page
        assert f'id="{rule.id}"' in page
    assert "Điểm a khoản 2 Điều 21 Nghị định 30/2020/NĐ-CP" in page
    assert "/waivers/new" not in page


def test_a_rule_is_set_aside_and_applied_again(
    platform: Platform, province: builders.Province, admin: FlaskClient
) -> None:
    form = admin.get(f"/waivers/new?rule={RULE}").text
    assert "Văn bản đã giải quyết được lưu hồ sơ" in form
    assert province.commune.agency.name in form
    assert grant(admin) == f"/waivers?show=waived#{RULE}"
    page = admin.get("/waivers?show=waived").text
    assert REASON in page
    assert "Trần Thị Bích" in page
    assert "mọi cơ quan" in page
    assert "law.completeness-checked" not in page
    assert standing(platform, province.commune.id) == {RULE}
    again = admin.post(f"/waivers/{waiver_id(platform)}/revoke", follow_redirects=True)
    assert "Quy tắc được áp dụng trở lại." in again.text
    assert "1 lần miễn áp dụng đã thôi" in again.text
    assert standing(platform, province.commune.id) == frozenset()


def test_one_agencys_waiver_is_shown_to_it_alone(
    platform: Platform, province: builders.Province, admin: FlaskClient, sign_in: SignIn
) -> None:
    grant(admin, agency_id=str(province.commune.id))
    assert standing(platform, province.commune.id) == {RULE}
    assert standing(platform, province.department.id) == frozenset()
    own = client_of(platform, province.commune, sign_in, "agency-admin")
    other = client_of(platform, province.department, sign_in, "process-analyst")
    assert REASON in own.get("/waivers").text
    assert REASON not in other.get("/waivers").text
    where = f"/waivers/{waiver_id(platform)}/revoke"
    assert other.post(where).status_code == 404
    assert own.post(where).status_code == 403
    assert standing(platform, province.commune.id) == {RULE}


@pytest.mark.parametrize("roles", [("clerk", "leader"), ("specialist",), ()])
def test_others_have_no_business_here(
    platform: Platform, province: builders.Province, admin: FlaskClient, sign_in: SignIn, roles: tuple[str, ...]
) -> None:
    office = province.department
    unit = office.unit if "specialist" in roles else None
    client = sign_in(builders.person(platform, office.agency, *roles, unit=unit))
    grant(admin)
    assert client.get("/waivers").status_code == 403
    assert client.get(f"/waivers/new?rule={RULE}").status_code == 403
    assert client.post(f"/waivers/new?rule={RULE}", data=BODY).status_code == 403
    assert client.post(f"/waivers/{waiver_id(platform)}/revoke").status_code in (403, 404)


@pytest.mark.parametrize("role", ["process-analyst", "agency-admin"])
def test_analysts_read_and_do_not_change(
    platform: Platform, province: builders.Province, admin: FlaskClient, sign_in: SignIn, role: str
) -> None:
    client = client_of(platform, province.department, sign_in, role)
    grant(admin)
    assert client.get("/waivers?show=waived").status_code == 200
    assert client.get(f"/waivers/new?rule={RULE}").status_code == 403
    assert client.post(f"/waivers/new?rule={RULE}", data=BODY).status_code == 403
    assert client.post(f"/waivers/{waiver_id(platform)}/revoke").status_code == 403
    assert standing(platform, province.department.id) == {RULE}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": "  "}, "Lý do"),
        ({"reason": "x" * 1001}, "1000"),
        ({"key": "nowhere"}, "Quy trình"),
        ({"agency_id": "999999"}, "Cơ quan"),
        ({"agency_id": "1 or 1=1"}, "Cơ quan"),
    ],
)
def test_what_is_missing_is_told_and_nothing_typed_is_lost(
    admin: FlaskClient, platform: Platform, province: builders.Province, given: dict[str, str], said: str
) -> None:
    body = {"key": "incoming-document", "agency_id": "", "reason": REASON, **given}
    answer = admin.post(f"/waivers/new?rule={RULE}", data=body)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert said in answer.text
    if "reason" not in given:
        assert REASON in answer.text
    assert standing(platform, province.department.id) == frozenset()


def test_granting_twice_is_told_with_the_name(admin: FlaskClient) -> None:
    grant(admin)
    answer = admin.post(f"/waivers/new?rule={RULE}", data=BODY)
    assert answer.status_code == 409
    assert "Trần Thị Bích" in answer.text


def test_an_unknown_rule_leads_back_to_the_list(admin: FlaskClient) -> None:
    assert admin.get("/waivers/new?rule=law.nothing").headers["Location"] == "/waivers"
    assert admin.get("/waivers/new").headers["Location"] == "/waivers"
    assert admin.post("/waivers/999999/revoke").status_code == 404


def test_a_reason_is_text_and_never_markup(admin: FlaskClient) -> None:
    grant(admin, reason="<script>alert(1)</script> {{ 7 * 7 }}")
    page = admin.get("/waivers").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7 * 7 }}" in page
