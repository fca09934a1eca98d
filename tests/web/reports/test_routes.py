"""Reports on the screen and as files: the same figures, only one's own part, wrong questions told in words."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pypdfium2
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import update

from engine.documents.models import Document
from engine.platform import Platform, Work, system
from engine.tasks.models import Task
from tests import builders
from tests.web.conftest import SignIn

ADDRESSES = ("/reports", "/reports/quarterly", "/reports/published")


@pytest.fixture
def busy(platform: Platform, province: builders.Province) -> builders.Office:
    """Three documents that came (one refused), one that went; two tasks of a specialist, one of them late."""
    office = province.department
    for subject in ("Thứ nhất", "Thứ hai", "Bị trả lại"):
        builders.arrived(platform, office, subject=subject)
    builders.issued(platform, office, [province.commune.id])
    platform.run(system(office.id), _write, office)
    return office


def _write(work: Work, office: builders.Office) -> None:
    refused = {"status": "returned", "refusal_code": "SIG_MISSING"}
    work.session.execute(update(Document).where(Document.subject == "Bị trả lại").values(**refused))
    specialist = office["specialist"].id
    done = {
        "agency_id": office.id, "instance_id": 1, "token": "t", "element": "resolve-document", "name": "Giải quyết",
        "procedure": "resolution", "state": "completed", "assignee_id": specialist, "completed_by_id": specialist,
        "created_at": work.now.replace(day=2), "due_at": work.now.replace(day=5), "data": {}, "answers": {},
    }  # fmt: skip
    work.session.add_all([
        Task(**done, completed_at=work.now.replace(day=5)), Task(**done, completed_at=work.now.replace(day=6)),
    ])  # fmt: skip


def table(page: str) -> list[list[str]]:
    """The table of a report, its head first."""
    rows = BeautifulSoup(page, "html.parser").select("table.report-table tr")
    return [[cell.get_text() for cell in row.select("th, td")] for row in rows]


def sheet(client: FlaskClient, question: str) -> list[list[Any]]:
    """The rows of a report as Excel."""
    answer = client.get(f"/reports/file/xlsx?{question}")
    assert answer.status_code == 200
    made: Any = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    return [[cell.value or "" for cell in row] for row in made.iter_rows()]


def test_screen_excel_csv_and_pdf_have_the_same_figures(busy: builders.Office, sign_in: SignIn) -> None:
    client = sign_in(busy["clerk"])
    for address, kind in (("/reports", "timeliness"), ("/reports/quarterly", "quarterly"),
                          ("/reports/published", "published")):  # fmt: skip
        shown = table(client.get(address).text)
        rows = sheet(client, f"kind={kind}")
        start = rows.index(shown[0])
        assert rows[start : start + len(shown)] == shown
        assert ["Kỳ báo cáo: Quý IV năm 2026; kỳ trước: Quý III năm 2026"] in [row[:1] for row in rows]
        plain = client.get(f"/reports/file/csv?kind={kind}").data.decode("utf-8-sig")
        assert [cell.lstrip("'") for cell in list(csv.reader(io.StringIO(plain)))[-1]] == shown[-1]
        answer = client.get(f"/reports/file/pdf?kind={kind}")
        paper = pypdfium2.PdfDocument(answer.data)
        words = "".join("".join(page.get_textpage().get_text_bounded().split()) for page in paper)
        paper.close()
        assert "".join(shown[-1][1].split()) in words
        assert "QuýIVnăm2026" in words


def test_figures_are_what_was_entered(busy: builders.Office, sign_in: SignIn) -> None:
    client = sign_in(busy["clerk"])
    assert table(client.get("/reports?by=deadline").text)[1] == [
        "Giải quyết văn bản đến", "1", "1", "0", "0", "0", "2", "50,0 %", "–", "–",
    ]  # fmt: skip
    lines = {row[1]: row[3:] for row in table(client.get("/reports/quarterly").text)[1:]}
    assert lines["Tổng số văn bản đến"] == ["3", "0", "+3"]
    assert lines["Thiếu chữ ký số"] == ["1", "0", "+1"]
    assert lines["Tỷ lệ nhận điện tử"] == ["100,0 %", "–", "–"]
    assert lines["Văn bản đã phát hành"] == ["1", "0", "+1"]
    assert lines["Việc xong quá hạn"] == ["1", "0", "+1"]


def test_bars_say_what_they_show_in_words(busy: builders.Office, sign_in: SignIn) -> None:
    page = BeautifulSoup(sign_in(busy["clerk"]).get("/reports").text, "html.parser")
    said = [str(each["aria-label"]) for each in page.select(".bars svg")]
    assert "Quý IV năm 2026. Xong đúng hạn: 1; Xong quá hạn: 1" in said
    late = page.select_one(".bars rect.bar-late")
    assert late is not None
    assert (late["width"], late["x"], late["fill"]) == ("50.0%", "50.0%", "url(#bar-late)")
    assert not page.select("[style]")
    assert [each.get_text() for each in page.select(".bar-key li")][1] == "Xong quá hạn"


def test_everybody_has_a_report_and_only_some_the_agencys(
    busy: builders.Office, province: builders.Province, sign_in: SignIn
) -> None:
    tables = {role: table(sign_in(busy[role]).get("/reports?by=kind").text) for role in busy.people}
    totals = {role: rows[-1][6] if rows else "" for role, rows in tables.items()}
    everything, nothing = "2", ""
    assert totals == {
        "clerk": everything, "leader": everything, "agency-admin": everything, "unit-head": everything,
        "specialist": everything, "form-checker": nothing,
    }  # fmt: skip
    assert table(sign_in(province.commune["leader"]).get("/reports").text) == []
    own = sign_in(busy["specialist"])
    assert own.get("/reports?by=person").status_code == 422
    assert "Người xử lý" not in own.get("/reports").text
    for role in ("specialist", "unit-head", "form-checker"):
        assert sign_in(busy[role]).get("/reports/published").status_code == 403
        assert sign_in(busy[role]).get("/reports/file/csv?kind=published").status_code == 403


def test_the_province_sees_agencies_side_by_side_without_content(
    busy: builders.Office, province: builders.Province, sign_in: SignIn
) -> None:
    page = sign_in(province.admin).get("/reports/published").text
    rows = {row[1]: row[2:] for row in table(page)[1:]}
    assert rows["Sở Xây dựng"][0] == rows["Tổng cộng"][0] == "3"
    assert rows["UBND xã An Phú"][0] == "0"
    assert "Thứ nhất" not in page
    assert busy["specialist"].full_name not in page
    assert len(table(sign_in(busy["leader"]).get("/reports/published").text)) == 2


def test_an_empty_period_says_so(busy: builders.Office, sign_in: SignIn) -> None:
    client = sign_in(busy["clerk"])
    page = client.get("/reports?period=range&since=2020-01-01&until=2020-01-31").text
    assert "Kỳ này chưa có việc nào" in page
    assert "Từ 01/01/2020 đến 31/01/2020" in page
    assert table(client.get("/reports/quarterly?period=2020-Q1").text)[2][3:] == ["0", "0", "0"]


WRONG = ("period=2026-Q9", "period=x", "since=2026-99-01", "since=2026-11-02&until=2026-11-01", "by=x", "subject=x")


def test_wrong_questions_are_told_in_words(busy: builders.Office, sign_in: SignIn) -> None:
    client = sign_in(busy["clerk"])
    for where in ("/reports", "/reports/file/csv"):
        for question in WRONG:
            answer = client.get(f"{where}?{question}")
            assert answer.status_code == 422
            assert "chọn" in answer.text.casefold() or "Ngày bắt đầu phải trước" in answer.text
    assert client.get("/reports/file/csv?kind=x").status_code == 422
