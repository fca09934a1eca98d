"""Drafts whose signer can't sign any more: told on draft and task, another chosen, the case goes on."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from connectors.delivery import carry_out_all
from engine.definitions.shipped import PROCESSES, read_folder
from engine.directory.authority import commands as authority
from engine.documents import commands as documents
from engine.documents.models import Document
from engine.instances import cases
from engine.instances.commands import complete_task
from engine.notices import commands as notices
from engine.notices import queries as told
from engine.platform import Platform, system
from engine.tasks.models import Task
from engine.tasks.succession import commands as succession
from tests import builders
from tests.web.conftest import SignIn, publish

PASS = {"decision": "pass"}


def open_task(platform: Platform, document: Document) -> Task:
    with platform.reading() as session:
        rows = select(Task).where(Task.document_id == document.id, Task.state == "open")
        return session.scalars(rows).one()


def test_a_leavers_draft_is_told_and_goes_to_another_signer(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    for key in ("dispatch-follow-up", "opinions", "outgoing-document"):
        platform.run(system(), publish, read_folder(PROCESSES / key))
    office = province.department
    drafter, leaver = office["specialist"], office["leader"]
    deputy = builders.person(platform, office.agency, "leader", full_name="Lê Thị Kế Nhiệm")
    document, _case = platform.run(
        builders.actor(platform, drafter), cases.begin_outgoing, agency_id=office.id, subject="Rà soát quy hoạch",
        type_name="Công văn", unit_id=office.unit.id, signer_id=leaver.id, recipients=[province.commune.id],
        body="Sở đề nghị báo cáo.",
    )  # fmt: skip
    client = sign_in(drafter)
    assert "không còn ký được" not in client.get(f"/documents/{document.id}").text

    platform.run(
        builders.actor(platform, office["agency-admin"]), succession.hand_over, leaver.id, {"all": deputy.id},
        cause="leave", closes_on=date(2026, 11, 23), reason="Nghỉ hưu",
    )  # fmt: skip
    platform.run(system(), notices.tell, mail=False)
    with platform.reading() as session:
        assert "signer" in [row.kind for row in told.notices(session, builders.actor(platform, drafter))]
    gone = f"{leaver.full_name} đã ngừng hoạt động trong cơ quan."
    for address in (f"/documents/{document.id}", f"/tasks/{open_task(platform, document).id}"):
        page = client.get(address).text
        assert gone in page
        assert f"/documents/{document.id}/signer" in page

    page = client.get(f"/documents/{document.id}/signer").text
    assert "Lê Thị Kế Nhiệm" in page
    assert f'value="{leaver.id}"' not in page
    refused = client.post(f"/documents/{document.id}/signer", data={"signer_id": drafter.id, "reason": "Giữ lý do"})
    assert refused.status_code == 422
    assert "Giữ lý do" in refused.text
    client.post(f"/documents/{document.id}/signer", data={"signer_id": deputy.id, "reason": "Người ký nghỉ hưu"})
    assert gone not in client.get(f"/documents/{document.id}").text
    assert "Chọn người ký khác" in client.get(f"/documents/{document.id}/audit").text

    third = builders.person(platform, office.agency, "leader", full_name="Phạm Văn Ba")
    form = {"type_name": "Công văn", "subject": "Rà soát", "recipients": [province.commune.id], "note": "Kính trình."}
    for who, answers in (
        (drafter, {**form, "signer_id": deputy.id}), (office["unit-head"], PASS), (office["form-checker"], PASS),
        (deputy, {**PASS, "signer_id": deputy.id}),
    ):  # fmt: skip
        platform.run(builders.actor(platform, who), complete_task, open_task(platform, document).id, answers)
        carry_out_all(platform)
    assert open_task(platform, document).element == "sign-document"
    head = sign_in(office["unit-head"])
    assert "duyệt lại dự thảo" in head.get(f"/documents/{document.id}/signer").text
    head.post(f"/documents/{document.id}/signer", data={"signer_id": third.id})
    task = open_task(platform, document)
    assert (task.element, task.assignee_id) == ("approve-draft", third.id)
    with platform.reading() as session:
        found = session.get_one(Document, document.id)
        assert (found.status, found.signer_name) == ("approval", "Phạm Văn Ba")
    assert "Chỉ người soạn thảo" in sign_in(office["clerk"]).get(f"/documents/{document.id}/signer").text


def test_an_authorisation_that_has_ended_is_told(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    admin = builders.actor(platform, office["agency-admin"])
    row = platform.run(
        admin, authority.add_authorisation, giver_id=office["leader"].id, receiver_id=office["unit-head"].id,
        code="12/GUQ-SXD", dated=date(2026, 11, 1), valid_from=date(2026, 11, 1), valid_to=date(2026, 12, 31),
        scope="Quản lý nhà ở",
    )  # fmt: skip
    document = builders.draft(platform, office, type_name="Công văn")
    drafter = builders.actor(platform, office["specialist"])
    platform.run(drafter, documents.update_fields, document.id, {"signer_id": office["unit-head"].id})
    client = sign_in(office["specialist"])
    assert "12/GUQ-SXD" not in client.get(f"/documents/{document.id}").text
    platform.run(admin, authority.revoke_authorisation, row.id, "Điều chuyển")
    assert "giấy ủy quyền số 12/GUQ-SXD đã bị thu hồi" in client.get(f"/documents/{document.id}").text
