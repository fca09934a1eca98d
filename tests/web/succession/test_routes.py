"""Handing over on the screen: what is listed, chosen, done; the minutes as a page and as files."""

from __future__ import annotations

import io

import openpyxl
import pytest
from sqlalchemy import select

from engine.instances import cases
from engine.platform import Platform
from engine.records import commands as records
from engine.tasks import commands as tasks
from engine.tasks.models import Task
from tests import builders
from tests.web.conftest import SignIn


def test_somebody_leaves(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    leaver, receiver = office["specialist"], office["unit-head"]
    drafter = builders.actor(platform, leaver)
    document, _instance = platform.run(
        drafter, cases.begin_outgoing, agency_id=office.id, subject="Kế hoạch kiểm tra quý IV", unit_id=office.unit.id
    )
    with platform.reading() as session:
        task = session.scalars(select(Task.id)).one()
    platform.run(drafter, tasks.claim_task, task)
    values = {"title": "Trật tự xây dựng", "year": 2026, "retention_years": 10, "keeper_id": leaver.id}
    platform.run(builders.actor(platform, office["clerk"]), records.add_dossier, **values)
    client = sign_in(office["agency-admin"])
    where = f"/hand-overs/new?person={leaver.id}"
    page = client.get(where).text
    assert "Kế hoạch kiểm tra quý IV" in page
    assert "Trật tự xây dựng" in page
    assert "chỉ còn người này giữ vai trò: Chuyên viên" in page
    sent = {"person": leaver.id, "cause": "leave", "closes_on": "30/11/2026", "reason": "Nghỉ hưu", "to_all": ""}
    refused = client.post(where, data=sent)
    assert refused.status_code == 422
    assert "Xác nhận đã xem danh sách" in refused.text
    refused = client.post(where, data=sent | {"seen": "1"})
    assert refused.status_code == 422
    assert "Chọn người nhận." in refused.text
    assert 'value="30/11/2026"' in refused.text  # nothing typed is lost
    assert "Nghỉ hưu" in refused.text
    done = client.post(where, data=sent | {"seen": "1", "to_all": receiver.id})
    minutes = done.headers["Location"]
    page = client.get(minutes).text
    for said in ("BIÊN BẢN BÀN GIAO", "Kế hoạch kiểm tra quý IV", receiver.full_name, "30/11/2026", "hai bản"):
        assert said in page
    assert "đóng tài khoản ngày 30/11/2026" in client.get("/hand-overs").text
    again = client.post(where, data=sent | {"seen": "1", "to_all": receiver.id}, follow_redirects=True)
    assert "đã bàn giao" in again.text
    assert "tài khoản đóng từ ngày" in client.get(f"/people/{leaver.id}").text
    files = {kind: client.get(f"{minutes}.{kind}").data for kind in ("pdf", "docx", "xlsx")}
    assert files["pdf"].startswith(b"%PDF")
    assert files["docx"].startswith(b"PK")
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    cells = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert any("Kế hoạch kiểm tra quý IV" in cell for cell in cells)
    assert sign_in(receiver).get(minutes).status_code == 200
    history = sign_in(receiver).get(f"/documents/{document.id}").text
    assert f"Bàn giao “Tiếp nhận văn bản”: {leaver.full_name} → {receiver.full_name}" in history
    assert sign_in(office["form-checker"]).get(minutes).status_code == 404
    assert sign_in(office["clerk"]).get("/hand-overs").status_code == 404


@pytest.mark.parametrize("where", ["/hand-overs/new", "/hand-overs/unit"])
def test_nobody_chosen_leads_back(province: builders.Province, sign_in: SignIn, where: str) -> None:
    client = sign_in(province.department["agency-admin"])
    assert client.get(where, follow_redirects=True).request.path == "/hand-overs"


def test_a_unit_is_merged(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    new = builders.unit(platform, office.agency, "Phòng Tổng hợp")
    client = sign_in(office["agency-admin"])
    where = f"/hand-overs/unit?unit={office.unit.id}"
    assert "Người thuộc đơn vị" in client.get(where).text
    sent = {"unit": office.unit.id, "to_unit_id": "", "reason": ""}
    assert client.post(where, data=sent).status_code == 422
    done = client.post(where, data=sent | {"to_unit_id": new.id}, follow_redirects=True).text
    assert "Đơn vị nhận: Phòng Tổng hợp." in done
    assert office["specialist"].full_name in done
