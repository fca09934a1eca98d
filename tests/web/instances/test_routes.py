"""Running procedures and their incidents."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.instances import cases
from engine.instances.models import Incident, Instance
from engine.platform import Platform, Work, system
from tests import builders
from tests.web.conftest import SignIn


@pytest.fixture
def run(platform: Platform, province: builders.Province) -> Instance:
    """A case that waits for the registry."""
    office = province.department
    _document, instance = platform.run(
        builders.actor(platform, office["clerk"]), cases.begin_incoming, agency_id=office.id, subject="Về việc thử",
        code="1/UBND", organ_name="UBND",
    )  # fmt: skip
    return instance


def test_an_admin_sees_where_a_case_stands(run: Instance, province: builders.Province, sign_in: SignIn) -> None:
    client = sign_in(province.department["agency-admin"])
    assert "Về việc thử" in client.get("/instances").text
    assert "Về việc thử" not in client.get("/instances?status=ended").text
    page = client.get(f"/instances/{run.id}").text
    assert 'data-active="take-in"' in page
    assert "Tiếp nhận văn bản" in page
    drawing = client.get(f"/instances/{run.id}/diagram.bpmn")
    assert drawing.mimetype == "application/xml"
    assert b'id="take-in"' in drawing.data
    assert (
        client.get(f"/instances/{run.id}/diagram.bpmn", headers={"If-None-Match": drawing.headers["ETag"]}).status_code
        == 304
    )


def test_who_has_a_part_in_it_sees_it_others_dont(run: Instance, province: builders.Province, sign_in: SignIn) -> None:
    assert sign_in(province.department["clerk"]).get(f"/instances/{run.id}").status_code == 200
    assert sign_in(province.department["specialist"]).get(f"/instances/{run.id}").status_code == 404


def test_stopping_needs_a_reason_and_an_admin(
    platform: Platform, run: Instance, province: builders.Province, sign_in: SignIn
) -> None:
    admin = sign_in(province.department["agency-admin"])
    assert admin.post(f"/instances/{run.id}/cancel", data={"reason": " "}).status_code == 422
    assert (
        sign_in(province.department["clerk"]).post(f"/instances/{run.id}/cancel", data={"reason": "x"}).status_code
        == 403
    )
    assert admin.post(f"/instances/{run.id}/cancel", data={"reason": "Nhập nhầm"}).status_code == 303
    with platform.reading() as session:
        assert session.get_one(Instance, run.id).status == "cancelled"


def test_an_incident_is_shown_with_its_reason(
    platform: Platform, run: Instance, province: builders.Province, sign_in: SignIn
) -> None:
    def trouble(work: Work) -> None:
        work.session.add(
            Incident(
                agency_id=province.department.id, instance_id=run.id, element="take-in", token="none", kind="operation",
                message="Máy chủ dấu thời gian không trả lời.", state="open", raised_at=work.now, note="",
            )
        )  # fmt: skip

    platform.run(system(), trouble)
    client = sign_in(province.department["agency-admin"])
    page = client.get("/incidents").text
    assert "Máy chủ dấu thời gian không trả lời." in page
    assert "Tiếp nhận văn bản" in page
    with platform.reading() as session:
        incident_id = session.scalars(select(Incident.id)).one()
    assert client.post(f"/incidents/{incident_id}/skip", data={"reason": ""}).status_code == 422
    assert sign_in(province.department["clerk"]).post(f"/incidents/{incident_id}/retry").status_code == 403
