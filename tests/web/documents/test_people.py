"""Lines of an instruction on the document's page, and people added to them and taken away."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from engine.documents import commands as documents
from engine.instances.mending import people
from engine.instances.models import Subscription
from engine.platform import Platform, Work, system
from tests import builders
from tests.web.conftest import SignIn


@pytest.fixture
def office(province: builders.Province) -> builders.Office:
    return province.department


def test_the_leader_adds_and_removes_and_is_told_why_not(
    platform: Platform, office: builders.Office, sign_in: SignIn
) -> None:
    support = builders.unit(platform, office.agency, "Phòng Phối hợp")
    document = builders.registered(platform, office)
    client = sign_in(office["leader"])
    assert "đang được giải quyết" in client.get(f"/documents/{document.id}/people").text
    platform.run(
        builders.actor(platform, office["leader"]), documents.instruct, document.id, text="Giao chủ trì",
        lead_unit=office.unit.id,
    )  # fmt: skip
    page = client.get(f"/documents/{document.id}").text
    assert "chưa xem" in page
    where = f"/documents/{document.id}/people"
    assert where in page
    missing = client.post(where, data={"units": support.id})
    assert (missing.status_code, "Chưa chọn “Vai”." in missing.text) == (422, True)
    refused = client.post(where, data={"part": "support", "units": support.id})
    assert refused.status_code == 403
    assert "không có bước nhận thêm bên phối hợp" in refused.text
    added = client.post(where, data={"part": "inform", "units": support.id}, follow_redirects=True).text
    assert "Đã thêm 1 dòng phân công." in added
    assert "Văn bản luôn có một bên chủ trì" in added
    (line,) = re.findall(rf"{where}/(\d+)/remove", added)
    specialist = sign_in(builders.person(platform, office.agency, "form-checker"))
    assert "Chỉ lãnh đạo và trưởng phòng của đơn vị chủ trì" in specialist.get(where).text
    assert specialist.post(f"{where}/{line}/remove").status_code == 403
    assert client.post(f"{where}/{line}/remove", follow_redirects=True).text.count("Phòng Phối hợp") == 1


def test_the_leader_who_instructed_may_let_another_unit_lead(
    platform: Platform, office: builders.Office, sign_in: SignIn
) -> None:
    other = builders.unit(platform, office.agency, "Phòng Kinh tế")
    document = builders.registered(platform, office)
    leader = builders.actor(platform, office["leader"])
    platform.run(leader, documents.instruct, document.id, text="Giao chủ trì", lead_unit=office.unit.id)
    client, change = sign_in(office["leader"]), f"/documents/{document.id}/lead"
    refused = client.post(change, data={"unit": other.id, "reason": "Việc thuộc Phòng Kinh tế."})
    assert refused.status_code == 403
    assert "không có bước đổi đơn vị chủ trì" in refused.text
    assert "Việc thuộc Phòng Kinh tế." in refused.text  # nothing typed is lost

    def wait(work: Work) -> None:
        work.session.execute(text("set local session_replication_role = replica"))  # a wait without its whole case
        awaited = {"kind": "message", "name": people.REPLACED, "correlation": str(document.id)}
        work.session.add(
            Subscription(agency_id=office.id, instance_id=1, token="t", element="e", details={}, **awaited)
        )

    platform.run(system(), wait)
    where = f"/documents/{document.id}/people"
    assert "Đổi đơn vị chủ trì" in client.get(where).text
    assert 'action="' + change not in sign_in(office["unit-head"]).get(where).text
    for sent, said in (
        ({"unit": other.id, "reason": " "}, "lý do đổi đơn vị chủ trì"),
        ({"unit": "", "reason": "Nhầm"}, "Chọn đơn vị chủ trì mới."),
        ({"unit": office.unit.id, "reason": "Nhầm"}, "Chọn đơn vị khác."),
    ):
        wrong = client.post(change, data=sent)
        assert (wrong.status_code, said in wrong.text) == (422, True)
