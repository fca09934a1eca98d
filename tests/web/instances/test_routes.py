"""Running procedures and their incidents."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from connectors.delivery import carry_out_all
from engine.audit import AuditEntry
from engine.definitions.shipped import Bundle
from engine.instances import cases
from engine.instances import commands as instances
from engine.instances.models import Incident, Instance
from engine.operations import Catalog
from engine.platform import Platform, Work, system
from engine.tasks.models import Task
from tests import builders
from tests.bpmn_text import END, START, chain, inputs_of, outputs_of, process, service, user
from tests.engine.instances import operations_for_tests
from tests.web.conftest import SignIn, publish


@pytest.fixture
def run(platform: Platform, province: builders.Province) -> Instance:
    """A case that waits for the registry."""
    office = province.department
    _document, instance = platform.run(
        builders.actor(platform, office["clerk"]), cases.begin_incoming, agency_id=office.id, subject="Về việc thử",
        code="1/UBND", organ_name="UBND",
    )  # fmt: skip
    return instance


def test_an_admin_sees_where_a_case_stands(
    platform: Platform, run: Instance, province: builders.Province, sign_in: SignIn
) -> None:
    client = sign_in(province.department["agency-admin"])
    mine = f"Hồ sơ {run.id}, văn bản ngoài phạm vi xem"  # an admin looks after cases, not into documents
    assert mine in client.get("/instances").text
    assert "Về việc thử" not in client.get("/instances").text
    assert mine not in client.get("/instances?status=ended").text
    office = province.department
    both = sign_in(builders.person(platform, office.agency, "agency-admin", "leader"))
    assert "Về việc thử" in both.get("/instances").text
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


def stuck(platform: Platform, office: builders.Office) -> tuple[int, int]:
    """A case held at a connector operation that gave up; instance and incident."""
    operations_for_tests.calls.clear()
    diagram = process(
        "outside",
        [START, service("ask", "test.outside", inputs_of(a="${n}"), outputs_of(total="${result.total}")),
         user("look"), END, chain("start", "ask", "look", "end")],
    )  # fmt: skip
    platform.catalog = Catalog.registered()
    platform.run(system(), publish, Bundle("outside", "Hỏi ra ngoài", diagram, {}, {}))
    data = {"n": 2, "subject": "Về việc <b>A</b>", "due": "2026-11-30", "urgent": True, "units": [1, 2], "note": None}
    clerk = builders.actor(platform, office["clerk"])
    instance_id = platform.run(clerk, instances.start_instance, "outside", office.id, data).id
    carry_out_all(platform)
    with platform.reading() as session:
        return instance_id, session.scalars(select(Incident.id).where(Incident.instance_id == instance_id)).one()


def test_an_admin_corrects_the_data_and_tries_again(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    instance_id, incident_id = stuck(platform, province.department)
    client = sign_in(province.department["agency-admin"])
    page = BeautifulSoup(client.get(f"/incidents/{incident_id}").text, "html.parser")
    shown = {each["name"]: each for each in page.select("[name^=v-]")}
    assert set(shown) == {"v-n", "v-subject", "v-due", "v-urgent", "v-units", "v-note"}
    assert (shown["v-n"]["value"], shown["v-subject"]["value"]) == ("2", "Về việc <b>A</b>")
    for control in page.select("input[type=text], select, textarea"):
        assert page.select_one(f'label[for="{control["id"]}"]'), control
    typed = {"edited": "1", "v-n": "bốn mươi", "v-subject": "Về việc B", "v-units": "[1", "v-due": "2026-11-30"}
    answer = client.post(f"/incidents/{incident_id}/retry", data=typed)
    assert answer.status_code == 422
    assert "“n” phải là một số" in answer.text
    assert "“units” phải là JSON đúng" in answer.text
    assert 'value="bốn mươi"' in answer.text
    assert 'value="Về việc B"' in answer.text
    typed |= {"v-n": "40", "v-units": "[1, 2, 3]", "new_name": "needed", "new_kind": "number", "new_value": "2"}
    assert client.post(f"/incidents/{incident_id}/retry", data=typed).status_code == 303
    carry_out_all(platform)
    with platform.reading() as session:
        task = session.scalars(select(Task).where(Task.instance_id == instance_id, Task.state == "open")).one()
        told = session.scalars(select(AuditEntry.details).where(AuditEntry.action == "incident.retried")).one()
    assert task.data["units"] == [1, 2, 3]
    assert task.data["needed"] == 2
    assert task.data["urgent"] is False
    assert told["before"]["n"] == 2
    assert told["after"]["n"] == 40


def test_a_step_is_skipped_with_its_result(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    instance_id, incident_id = stuck(platform, province.department)
    client = sign_in(province.department["agency-admin"])
    page = client.get(f"/incidents/{incident_id}").text
    assert 'name="r-total"' in page
    answer = client.post(f"/incidents/{incident_id}/skip", data={"r-total": "nhiều", "reason": "Đã làm tay"})
    assert answer.status_code == 422
    assert "“total” phải là một số" in answer.text
    assert 'value="Đã làm tay"' in answer.text
    answer = client.post(f"/incidents/{incident_id}/skip", data={"r-total": "43", "reason": "Đã làm tay"})
    assert answer.status_code == 303
    with platform.reading() as session:
        task = session.scalars(select(Task).where(Task.instance_id == instance_id, Task.state == "open")).one()
    assert task.data["total"] == 43
    assert "đã được xử lý" in client.get(f"/incidents/{incident_id}").text
    assert client.post(f"/incidents/{incident_id}/retry").status_code == 409


def test_incidents_are_settled_by_admins_of_the_agency_only(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    _instance_id, incident_id = stuck(platform, province.department)
    for person, status in (
        (province.department["clerk"], 403), (province.commune["agency-admin"], 404), (province.admin, 200),
    ):  # fmt: skip
        assert sign_in(person).get(f"/incidents/{incident_id}").status_code == status
