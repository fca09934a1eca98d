"""The page of search: what is asked stays on it, what is found is marked and escaped, what is kept comes back."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from bs4 import BeautifulSoup
from docx import Document as WordDocument
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from engine.audit import AuditEntry
from engine.documents.models import Attachment, Document
from engine.documents.searching import commands, queries
from engine.documents.searching.asking import Criteria
from engine.platform import Platform, system
from tests import builders
from tests.web.conftest import SignIn

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def client(province: builders.Province, sign_in: SignIn) -> FlaskClient:
    return sign_in(province.department["clerk"])


def content(platform: Platform, document: Document, said: str) -> None:
    """Keep what the document's file says, as a worker would."""
    with platform.reading() as session:
        file_hash = session.scalar(select(Attachment.file_hash).where(Attachment.document_id == document.id))
    assert file_hash
    platform.run(system(), commands.keep_content, file_hash, "read", said)


def page(client: FlaskClient, **asked: str) -> BeautifulSoup:
    answer = client.get("/search", query_string=asked)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def subjects(found: BeautifulSoup) -> list[str]:
    return [each.get_text() for each in found.select("#found .row-link")]


def test_what_has_just_been_entered_is_found(
    platform: Platform, province: builders.Province, client: FlaskClient
) -> None:
    builders.arrived(platform, province.department, subject="Khu tái định cư")
    builders.arrived(platform, province.commune, subject="Khu tái định cư của xã")
    found = page(client, q="tai dinh cu")
    assert subjects(found) == ["Khu tái định cư"]
    assert found.select_one(".title [role=status]").get_text() == "1 văn bản"


def test_hits_are_marked_and_everything_else_is_escaped(
    platform: Platform, province: builders.Province, client: FlaskClient
) -> None:
    document = builders.arrived(platform, province.department, subject=f"Về {HOSTILE} alert đất")
    content(platform, document, f"Trước {HOSTILE} sau, chuồng trại <img src=x onerror=alert(2)>")
    for asked in ("chuồng alert", "<script>", '"script alert"', "scr*"):
        text = client.get("/search", query_string={"q": asked}).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert subjects(BeautifulSoup(text, "html.parser")) == [f"Về {HOSTILE} alert đất"]
    found = page(client, q="chuồng alert")
    assert [each.get_text() for each in found.select(".excerpt mark")] == ["alert", "chuồng", "alert"]
    assert found.select_one("#search-q")["value"] == "chuồng alert"


def test_wrong_values_are_told_at_their_fields_and_stay(client: FlaskClient) -> None:
    answer = client.get("/search?q=đất&since=31/02/2026&until=mai&organ=" + "a" * 500)
    found = BeautifulSoup(answer.text, "lxml")
    assert answer.status_code == 422
    for name, value in (("since", "31/02/2026"), ("until", "mai"), ("organ", "a" * 500)):
        field = found.select_one(f"#search-{name}")
        assert field["value"] == value
        assert field["aria-invalid"] == "true"
        assert found.select_one(f"#{field['aria-describedby']}").get_text(strip=True)
    assert found.select_one("#search-q")["value"] == "đất"
    assert len(found.select(".error-summary a")) == 3


def test_pages_go_on_where_the_last_ended(
    platform: Platform, province: builders.Province, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries.find, "__kwdefaults__", {**queries.find.__kwdefaults__, "limit": 2})
    for number in range(3):
        builders.arrived(platform, province.department, subject=f"Đất số {number}")
    first = page(client, q="đất số")
    assert subjects(first) == ["Đất số 2", "Đất số 1"]
    more = first.select_one("#load-more")
    second = BeautifulSoup(client.get(more["href"]).text, "html.parser")
    assert subjects(second) == ["Đất số 0"]
    assert second.select_one("#load-more") is None
    assert more["hx-get"] == more["href"]


def test_searches_are_kept_used_renamed_and_deleted(
    client: FlaskClient, sign_in: SignIn, province: builders.Province
) -> None:
    asked = {"q": '"đất đai"', "urgency": "2", "since": "01/01/2026"}
    answer = client.post("/search/saved", data={**asked, "name": "Đất khẩn"}, follow_redirects=True)
    assert "Đã lưu tìm kiếm “Đất khẩn”." in answer.text
    kept = BeautifulSoup(answer.text, "lxml").select_one(".search-saved a")
    assert kept["aria-current"] == "true"
    found = BeautifulSoup(client.get(kept["href"], follow_redirects=True).text, "html.parser")
    assert found.select_one("#search-q")["value"] == asked["q"]
    assert found.select_one("#search-urgency option[selected]")["value"] == "2"
    saved_id = kept["href"].rpartition("=")[2]

    other = sign_in(province.department["leader"])
    assert "Đất khẩn" not in other.get("/search").text
    assert other.get(f"/search?saved={saved_id}").status_code == 404
    assert other.post(f"/search/saved/{saved_id}/rename", data={"name": "X"}).status_code == 404
    assert other.post(f"/search/saved/{saved_id}/delete").status_code == 404

    client.post(f"/search/saved/{saved_id}/rename", data={"name": "Việc đất"})
    assert "Việc đất" in client.get("/search").text
    assert "không quá" in client.post(f"/search/saved/{saved_id}/rename", data={"name": ""}, follow_redirects=True).text
    client.post(f"/search/saved/{saved_id}/delete")
    assert "Việc đất" not in client.get("/search").text
    assert "Chưa có điều kiện" in client.post("/search/saved", data={"name": "Rỗng"}, follow_redirects=True).text


def test_columns_are_remembered_on_the_screen_and_in_exports(
    platform: Platform, province: builders.Province, client: FlaskClient
) -> None:
    builders.arrived(platform, province.department, subject="Đất", due_date=date(2026, 12, 5))
    answer = client.post("/search/columns", data={"column": ["due", "kind", "none"], "q": "đất"}, follow_redirects=True)
    titles = ["Trích yếu", "Loại văn bản", "Hạn xử lý"]
    found = BeautifulSoup(answer.text, "lxml")
    assert [each.get_text() for each in found.select("#found th")] == titles
    rows = list(csv.reader(io.StringIO(client.get("/search/export/csv?q=đất").get_data().decode("utf-8-sig"))))
    assert rows == [titles, ["Đất", "Công văn", "05/12/2026"]]


def test_what_is_taken_away_is_what_is_seen(
    platform: Platform, province: builders.Province, client: FlaskClient
) -> None:
    for number in range(3):
        builders.arrived(platform, province.department, subject=f"=1+{number} đất")
    builders.arrived(platform, province.commune, subject="Đất của xã")
    sheet = load_workbook(io.BytesIO(client.get("/search/export/xlsx?q=đất").data)).worksheets[0]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert "Số văn bản: 3" in cells
    assert [each for each in cells if each.startswith("=")] == ["=1+2 đất", "=1+1 đất", "=1+0 đất"]
    answer = client.get("/search/export/pdf?q=đất")
    said = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert "Số văn bản: 3" in said
    assert "Trang 1" in said
    assert answer.headers["Cache-Control"] == "private, no-store"
    table = WordDocument(io.BytesIO(client.get("/search/export/docx?q=đất").data)).tables[0]
    assert [cell.text for cell in table.columns[1].cells] == ["Trích yếu", "=1+2 đất", "=1+1 đất", "=1+0 đất"]
    with platform.reading() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "search.exported")).all()
    assert [(each.details["form"], each.details["lines"]) for each in noted] == [("xlsx", 3), ("pdf", 3), ("docx", 3)]
    assert noted[0].details["criteria"] == {"q": "đất"}


def test_who_may_not_see_a_document_finds_no_trace_of_it_on_any_page(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    document = builders.arrived(platform, office, subject="Chuyện riêng của Sở", code="77/KIN", signer_name="Trần Kín")
    content(platform, document, "Điều riêng tư nằm trong tệp")
    strangers = [province.commune[role] for role in builders.OFFICE_ROLES]
    strangers += [office[role] for role in ("specialist", "unit-head", "agency-admin")]
    strangers += [builders.person(platform, office.agency, role) for role in ("process-analyst", "archivist")]
    strangers += [province.admin]
    traces = ("Chuyện riêng", "77/KIN", "Trần Kín", "Điều riêng", f"/documents/{document.id}")
    asked = ({"q": "chuyện riêng"}, {"q": "riêng tư nằm"}, {"q": "7/ki"}, {"q": "77/kin"}, {"signer": "kín"},
             {"kind": "Công văn"}, {"since": "01/01/2000", "order": "issued"}, {"order": "oldest", "attached": "no"},
             {"direction": "incoming", "order": "due"})  # fmt: skip
    seen = 0
    for person in [*strangers, office["clerk"]]:
        client = sign_in(person)
        for said in asked:
            answers = [client.get("/search", query_string=said).text,
                       client.get("/search/export/csv", query_string=said).get_data().decode()]  # fmt: skip
            found = [trace for trace in traces if any(trace in text for text in answers)]
            if person is office["clerk"]:
                seen += bool(found)
            else:
                assert found == [], (person.user_name, said)
                assert "1 văn bản" not in answers[0]
    assert seen >= 7  # the very same questions do find it for who may


def test_kept_searches_hold_questions_only(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    builders.arrived(platform, province.department, subject="Chuyện riêng của Sở")
    clerk = builders.actor(platform, province.department["clerk"])
    kept = platform.run(clerk, commands.save_search, "Riêng", Criteria(text="chuyện riêng"))
    assert kept.criteria == {"q": "chuyện riêng"}
