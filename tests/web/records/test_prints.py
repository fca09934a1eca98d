"""Packages: ordered on the screen, made by the worker, taken by who may see everything, checked on the screen."""

from __future__ import annotations

import io
import zipfile

from connectors.catalog import catalog
from connectors.delivery import deliver
from engine.outbox import Delivery
from engine.platform import Platform
from engine.records import commands
from tests import builders
from tests.web.conftest import SignIn


def test_a_package_is_ordered_made_taken_and_checked(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    platform.catalog = catalog()
    office = province.department
    clerk = builders.actor(platform, office["clerk"])
    document = builders.issued(platform, office, to_places="Lưu: VT")
    row = platform.run(clerk, commands.add_dossier, title="Quy hoạch", year=2026, retention_years=5)
    platform.run(clerk, commands.put, row.id, [document.id])
    client = sign_in(office["clerk"])
    said = client.post(f"/dossiers/{row.id}/steps/export", follow_redirects=True).text
    assert "Kết thúc hồ sơ trước khi xuất." in said
    client.post(f"/dossiers/{row.id}/steps/close")
    page = client.post(f"/dossiers/{row.id}/steps/export", follow_redirects=True).text
    assert "Đang tạo gói." in page
    assert client.get("/dossiers/packages/1.zip").status_code == 404  # not made yet
    with platform.reading() as session:
        [waiting] = session.query(Delivery.id).filter(Delivery.operation == "archive.package").one()
    deliver(platform, waiting)
    page = client.get(f"/dossiers/{row.id}").text
    assert "1 văn bản, 1 tệp gốc" in page
    answer = client.get("/dossiers/packages/1.zip")
    assert answer.status_code == 200
    outsider = builders.person(
        platform, office.agency, "specialist", unit=builders.unit(platform, office.agency), full_name="Người Ngoài"
    )
    assert sign_in(outsider).get("/dossiers/packages/1.zip").status_code == 404

    client = sign_in(office["clerk"])
    checked = client.post("/dossiers/packages", data={"file": (io.BytesIO(answer.data), "goi.zip")}).text
    assert "Gói nguyên vẹn: 1 văn bản, 1 tệp gốc" in checked
    assert "Đúng là gói đã tạo ở đây" in checked
    other = sign_in(province.commune["clerk"])
    assert "01.QLXD" not in other.post("/dossiers/packages", data={"file": (io.BytesIO(answer.data), "g.zip")}).text
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(answer.data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b" " if name.endswith("EAD.xml") else b""))
    told = other.post("/dossiers/packages", data={"file": (io.BytesIO(buffer.getvalue()), "goi.zip")}).text
    assert "Gói có 1 khác biệt." in told
    assert "metadata/descriptive/EAD.xml" in told
    assert other.post("/dossiers/packages", data={}).status_code == 422
    assert "Gói không đọc được" in other.post("/dossiers/packages", data={"file": (io.BytesIO(b"x"), "x.zip")}).text
