"""Prints: at once when short, by a worker when long; only within scope, and only for who asked."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pypdfium2
import pytest

from connectors.delivery import carry_out_all
from engine.clock import FixedClock
from engine.documents import commands, queries
from engine.documents.models import Document
from engine.documents.prints import forms, orders
from engine.platform import Platform, Work, system
from tests import builders, removing
from tests.web.conftest import SignIn

ANSWERS = {"form": "incoming", "since": "01/01/2026", "until": "31/12/2026", "format": "xlsx"}


def cells(content: bytes) -> list[list[Any]]:
    sheet: Any = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.fixture
def register(platform: Platform, province: builders.Province) -> str:
    office = province.department
    assert office.registers
    builders.registered(platform, office, subject="Thứ nhất")
    builders.registered(platform, office, subject="Thứ hai")
    return f"/registers/{office.registers[0].id}"


def test_a_short_book_comes_at_once_in_every_kind_of_file(
    platform: Platform, province: builders.Province, sign_in: SignIn, register: str
) -> None:
    client = sign_in(province.department["clerk"])
    sheet = cells(client.post(f"{register}/print", data=ANSWERS).data)
    head = sheet.index(list(forms.INCOMING.titles))
    assert [row[5] for row in sheet[head + 2 : head + 4]] == ["Công văn: Thứ nhất", "Công văn: Thứ hai"]
    paper = client.post(f"{register}/print", data=ANSWERS | {"format": "pdf", "form": "follow-up"})
    assert paper.mimetype == "application/pdf"
    document = pypdfium2.PdfDocument(paper.data)
    assert "SỔ THEO DÕI GIẢI QUYẾT VĂN BẢN ĐẾN" in document[0].get_textpage().get_text_bounded()
    document.close()
    shown = client.post(f"{register}/print", data=ANSWERS | {"format": "html"}, follow_redirects=True).text
    assert "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN" in shown
    assert shown.index("Thứ nhất") < shown.index("Thứ hai")
    assert "Tổng số: 2 dòng, gồm 2 văn bản." in shown


def test_a_wrong_period_is_told_at_the_field(
    platform: Platform, province: builders.Province, sign_in: SignIn, register: str
) -> None:
    client = sign_in(province.department["clerk"])
    refused = client.post(f"{register}/print", data=ANSWERS | {"since": "31/12/2026", "until": "01/12/2026"})
    assert refused.status_code == 422
    assert "Chọn ngày sớm hơn" in refused.text
    assert client.get(f"{register}/paper?since=hôm-nay").status_code == 422
    assert client.get(f"{register}/paper?form=outgoing").status_code == 422


def test_a_long_book_is_made_by_the_worker_and_kept_for_its_owner_for_a_week(
    platform: Platform, province: builders.Province, sign_in: SignIn, register: str, clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(orders, "AT_ONCE", 1)
    office = province.department
    client = sign_in(office["clerk"])
    waiting = client.post(f"{register}/print", data=ANSWERS, follow_redirects=True).text
    assert "Đang chờ đến lượt" in waiting
    client.post(f"{register}/print", data=ANSWERS)  # twice the same is one
    assert 'hx-trigger="load delay:2s"' in client.get("/registers/prints", headers={"HX-Request": "true"}).text
    carry_out_all(platform)
    done = client.get("/registers/prints").text
    assert done.count("Tải về") == 1
    assert 'hx-trigger="load delay:2s"' not in done
    with platform.reading() as session:
        (row,) = orders.own_prints(session, builders.actor(platform, office["clerk"]), clock.now())
    address = f"/registers/prints/{row.id}/file"
    assert "Công văn: Thứ hai" in str(cells(client.get(address).data))
    assert sign_in(office["leader"]).get(address).status_code == 404
    assert sign_in(province.commune["clerk"]).get(address).status_code == 404
    clock.set(clock.now() + timedelta(days=8))
    assert row.file_hash
    removing.grown_old(platform, row.file_hash)
    assert platform.run(system(), orders.drop_expired) == 1
    carry_out_all(platform)
    assert not platform.files.path(row.file_hash).exists()


def test_a_print_says_how_far_it_is_and_why_it_failed(
    platform: Platform, province: builders.Province, sign_in: SignIn, register: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "AT_ONCE", 1)
    client = sign_in(province.department["clerk"])
    client.post(f"{register}/print", data=ANSWERS)
    with platform.reading() as session:
        clerk = builders.actor(platform, province.department["clerk"])
        (row,) = orders.own_prints(session, clerk, platform.clock.now())
    platform.run(system(), orders.progress, row.id, 1)
    assert "Đang tạo: 1 trên 2 dòng." in client.get("/registers/prints").text
    platform.run(system(), orders.fail, row.id, "Không tìm thấy sổ này.")
    assert "Không tìm thấy sổ này." in client.get("/registers/prints").text
    assert "Chưa có bản in nào" in client.post(f"/registers/prints/{row.id}/drop", follow_redirects=True).text


def test_a_print_holds_only_what_its_reader_may_see(
    platform: Platform, province: builders.Province, sign_in: SignIn, register: str
) -> None:
    office = province.department
    outsider = builders.person(platform, office.agency, "specialist", unit=builders.unit(platform, office.agency))
    text = str(cells(sign_in(outsider).post(f"{register}/print", data=ANSWERS).data))
    assert "Thứ nhất" not in text
    assert text.count("Văn bản ngoài phạm vi được xem") == 2
    assert sign_in(province.commune["clerk"]).post(f"{register}/print", data=ANSWERS).status_code == 404


def test_slip_stamp_and_marked_copy_of_a_registered_document(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    document = builders.registered(platform, office, subject="Về việc trật tự xây dựng")
    client = sign_in(office["clerk"])
    page = client.get(f"/registers/slips/{document.id}").text
    for said in (
        "PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN",
        "1. Ý kiến của lãnh đạo cơ quan, tổ chức",
        "2. Ý kiến của lãnh đạo đơn vị",
        "3. Ý kiến đề xuất của người giải quyết",
        "Số và ký hiệu HS",
    ):
        assert said in page
    for address in (f"slips/{document.id}.pdf", f"slips/{document.id}.docx", f"stamps/{document.id}.pdf",
                    f"copies/{document.id}.pdf"):  # fmt: skip
        answer = client.get(f"/registers/{address}")
        assert (answer.status_code, answer.data[:2]) in ((200, b"%P"), (200, b"PK"))
        assert sign_in(province.commune["clerk"]).get(f"/registers/{address}").status_code == 404
    unregistered = builders.arrived(platform, office)
    assert client.get(f"/registers/slips/{unregistered.id}").status_code == 404


def test_what_goes_by_post_is_a_book_of_its_own(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office, there = province.department, [province.commune.id, province.ward.id]
    assert office.registers
    documents = [builders.sealed(platform, office, recipients=there, subject=f"Việc {n}") for n in range(3)]

    def send(work: Work) -> None:
        for document in documents[:2]:
            commands.issue(work, document.id)
        [first, *_more] = queries.dispatches(work.session, documents[1].id)
        first.paper_reason = "APPRAISAL"
        copy = work.session.get_one(Document, documents[2].id)
        copy.checks = {"copy": {"form": "paper", "posted": ["Thanh tra tỉnh", "Kho bạc"]}}
        commands.issue(work, copy.id)

    platform.run(system(office.id), send)
    client, where = sign_in(office["clerk"]), f"/registers/{office.registers[1].id}/print"
    sheet = cells(client.post(where, data=ANSWERS | {"form": "postal"}).data)
    head = sheet.index(list(forms.POSTAL.titles))
    rows = [[str(cell) for cell in row[1:4]] for row in sheet[head + 1 :] if "/" in str(row[1])]
    assert rows == [
        [documents[1].code, province.commune.agency.name, "1"], [documents[2].code, "Thanh tra tỉnh; Kho bạc", "2"],
    ]  # fmt: skip
    shown = client.post(where, data=ANSWERS | {"form": "postal", "format": "html"}, follow_redirects=True).text
    assert "SỔ GỬI VĂN BẢN ĐI BƯU ĐIỆN" in shown
    assert "Thanh tra tỉnh; Kho bạc" in shown
    for kind in ("pdf", "docx"):
        assert client.post(where, data=ANSWERS | {"form": "postal", "format": kind}).status_code == 200
