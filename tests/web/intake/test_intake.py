"""Taking in at the clerk's desk: proposals confirmed, several at once, nothing twice, nothing typed lost."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from connectors.scanning.pages import Paper
from engine.clock import VIETNAM
from engine.documents import queries as documents
from engine.documents.models import Document
from engine.documents.searching.models import Content
from engine.intake import commands, layout, proposing
from engine.intake.models import Scan
from engine.outages import commands as outages
from engine.outages.commands import Announcement
from engine.platform import Platform, Work, system
from tests import builders, papers
from tests.web.conftest import SignIn

TYPED = {
    "source": "paper", "organ_name": "UBND xã Bên Kia", "code": "12/UBND-KT", "issued_date": "05/11/2026",
    "type_name": "Công văn", "subject": "Về việc rà soát", "urgency": "1",
}  # fmt: skip
OLD = "V/v triÓn khai nhiÖm vô kÕ ho¹ch n¨m 2026"


@pytest.fixture
def office(province: builders.Province) -> builders.Office:
    return province.department


@pytest.fixture
def clerk(office: builders.Office, sign_in: SignIn) -> FlaskClient:
    return sign_in(office["clerk"])


def a_file(content: bytes = b"", name: str = "Công văn số 12.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content or builders.pdf("x")), name


def read(platform: Platform, office: builders.Office, **about: Any) -> Scan:
    """A scan a worker has read; what it does outside is tested with the connector."""
    pdf = papers.paper(**about)
    actor = builders.actor(platform, office["clerk"])
    [scan] = platform.run(actor, commands.take_in, [builders.Upload("Công văn 12.pdf", pdf)])
    with Paper(pdf) as paper:
        page = layout.page_of(0, paper.words(0), paper.ratio(0))
        shown = platform.files.put(paper.shown(0))
    given = {name: each.plain() for name, each in proposing.propose([page]).items()}
    platform.run(
        system(office.id), commands.keep_read, scan.id, file_hash=platform.files.put(pdf), pages=1, pictures=[shown],
        text=page.text, proposals=given,
    )  # fmt: skip
    return scan


def held(platform: Platform) -> list[Document]:
    with platform.reading() as session:
        return list(session.scalars(select(Document).order_by(Document.id)))


def confirmed(page: str) -> dict[str, str]:
    """What the form of a page would send as it stands."""
    form = BeautifulSoup(page, "html.parser").select_one("form#register")
    assert form
    sent = {each["name"]: each.get("value", "") for each in form.select("input[type=text]") if each["name"][0] != "f"}
    sent |= {each["name"]: each.get_text().lstrip("\n") for each in form.select("textarea")}
    for each in form.select("select"):
        chosen = each.select_one("option[selected]")
        sent[each["name"]] = chosen["value"] if chosen else ""
    return {str(name): str(value) for name, value in sent.items()}


def test_files_dropped_together_are_a_line_each(platform: Platform, clerk: FlaskClient) -> None:
    files = [a_file(papers.paper(), "một.pdf"), a_file(papers.scanned(), "hai.jpg")]
    assert clerk.post("/intake", data={"files": files}).status_code == 303
    page = clerk.get("/intake").text
    assert "một.pdf" in page
    assert "hai.jpg" in page
    assert "Đang đọc 2 bản quét" in page
    assert "Đang đọc 2 bản quét" in clerk.get("/intake/reading").text
    refused = clerk.post("/intake", data={"files": [a_file(b"MZ\x90\x00" * 99, "virus.pdf")]})
    assert refused.status_code == 422
    assert "virus.pdf" in BeautifulSoup(refused.text, "html.parser").select_one(".field-error").get_text()  # type: ignore[union-attr]
    told = clerk.post("/intake", data={"files": []}, headers={"Accept": "application/json"})
    assert (told.status_code, told.json) == (422, {"message": "Chọn ít nhất một tệp PDF hoặc ảnh."})


def test_a_clerk_confirms_what_the_page_proposes(
    platform: Platform, office: builders.Office, clerk: FlaskClient
) -> None:
    scan = read(platform, office)
    page = clerk.get(f"/intake/{scan.id}").text
    sent = confirmed(page)
    assert (sent["code"], sent["issued_date"], sent["type_name"]) == ("12/UBND-KT", "05/11/2026", "Công văn")
    assert "Trang 1 ghi: Số: 12/UBND-KT" in page
    picture = clerk.get(f"/intake/{scan.id}/pages/1")
    piece = clerk.get(f"/intake/{scan.id}/pieces/code")
    assert Image.open(io.BytesIO(piece.data)).width < Image.open(io.BytesIO(picture.data)).width / 2
    for each in (picture, piece):
        assert each.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert clerk.get(f"/intake/{scan.id}/pages/2").status_code == 404
    answer = clerk.post(f"/intake/{scan.id}", data=sent | {"subject": "Về việc rà soát công trình", "certify": "true"})
    assert answer.status_code == 303
    [document] = held(platform)
    assert (document.code, document.subject, document.source) == ("12/UBND-KT", "Về việc rà soát công trình", "paper")
    assert (document.signer_name, document.page_amount, str(document.due_date)) == ("Trần Thị Thu Hà", 1, "2026-12-15")
    with platform.reading() as session:
        [main] = documents.attachments(session, document.id)
        assert platform.files.get(main.file_hash) == papers.paper()
        content = session.get(Content, main.file_hash)
        assert content is not None
        assert "Kính gửi: Sở Xây dựng" in content.text
    assert document.checks["certify"] is True  # the diagram has it signed once it is in the register


def test_two_tabs_register_one_document(platform: Platform, office: builders.Office, clerk: FlaskClient) -> None:
    scan = read(platform, office)
    sent = confirmed(clerk.get(f"/intake/{scan.id}").text)
    for _tab in range(2):
        assert clerk.post(f"/intake/{scan.id}", data=sent).status_code == 303
    again = clerk.post("/intake/confirm", data={"row": scan.id})
    assert "đã tiếp nhận từ lần gửi trước" in again.text
    assert clerk.get(f"/intake/{scan.id}").status_code == 303
    once = re.search(r'name="_once" value="(\w+)"', clerk.get("/documents/incoming/new").text)
    assert once
    typed = TYPED | {"code": "13/UBND-KT", "_once": once[1]}
    for _click in range(2):
        assert clerk.post("/documents/incoming/new", data=typed | {"main_file": a_file()}).status_code == 303
    assert [document.code for document in held(platform)] == ["12/UBND-KT", "13/UBND-KT"]


def test_every_row_has_its_own_result(platform: Platform, office: builders.Office, clerk: FlaskClient) -> None:
    right, wrong = read(platform, office), read(platform, office, code="13/UBND-KT")
    rows = {
        f"{scan.id}-{name}": value
        for scan, code in ((right, "12/UBND-KT"), (wrong, "13/UBND-KT"))
        for name, value in (TYPED | {"code": code}).items()
    }
    rows |= {f"{wrong.id}-issued_date": "31/02/2026", f"{wrong.id}-subject": "Đã gõ <b>tay</b>"}
    answer = clerk.post("/intake/confirm", data=rows | {"row": [right.id, wrong.id]})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert "12/UBND-KT · Về việc rà soát" in page.select_one(".notice.tone-done").get_text()  # type: ignore[union-attr]
    assert "ngày có thật" in page.select_one(f"#e{wrong.id}-issued_date").get_text()  # type: ignore[union-attr]
    assert page.select_one(f"#f{wrong.id}-subject")["value"] == "Đã gõ <b>tay</b>"  # type: ignore[index]
    assert [document.code for document in held(platform)] == ["12/UBND-KT"]
    assert clerk.post("/intake/confirm", data=rows).status_code == 422  # nothing marked


def test_a_likely_duplicate_is_shown_side_by_side(
    platform: Platform, office: builders.Office, clerk: FlaskClient
) -> None:
    first = TYPED | {"main_file": a_file()}
    assert clerk.post("/documents/incoming/new", data=first).status_code == 303
    again = TYPED | {"code": "12/UBND-KT ", "subject": "Trích yếu khác", "organ_name": "ubnd xã bên kia"}
    answer = clerk.post("/documents/incoming/new", data=again | {"main_file": a_file(builders.pdf("khác"))})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    rows = {
        row.select("th")[0].get_text(): row.select("td")[-1].get_text(strip=True)
        for row in page.select(".likeness tbody tr")
    }
    assert (rows["Số, ký hiệu"], rows["Cơ quan ban hành"], rows["Trích yếu"]) == ("Giống", "Giống", "Khác")
    assert (rows["Ngày văn bản"], rows["Tệp"]) == ("Giống", "Khác")
    assert "Trích yếu khác" in answer.text
    assert len(held(platform)) == 1
    reason = {"duplicate_reason": "Bản gửi lại có bổ sung phụ lục", "main_file": a_file(builders.pdf("khác"))}
    assert clerk.post("/documents/incoming/new", data=again | reason).status_code == 303
    second = held(platform)[1]
    assert second.checks["duplicate_reason"] == "Bản gửi lại có bổ sung phụ lục"
    other_year = TYPED | {"issued_date": "05/11/2025", "main_file": a_file(builders.pdf("năm trước"))}
    assert clerk.post("/documents/incoming/new", data=other_year).status_code == 303
    compared = clerk.get(f"/intake/compare/{second.id}").text
    assert "Giống" in compared
    assert f"/intake/compare/{second.id}" in clerk.get(f"/documents/{second.id}").text
    assert "/intake/compare/" not in clerk.get(f"/documents/{held(platform)[0].id}").text
    assert "Không có văn bản nào đến trước" in clerk.get(f"/intake/compare/{held(platform)[0].id}").text


def test_old_encodings_are_offered_converted_and_the_original_stays(
    platform: Platform, office: builders.Office, clerk: FlaskClient
) -> None:
    text = "Céng hoµ x· héi chñ nghÜa ViÖt Nam".encode("latin-1")
    sent = TYPED | {"subject": OLD, "main_file": a_file(text, "cv.txt")}
    answer = clerk.post("/documents/incoming/new", data=sent)
    assert answer.status_code == 422
    assert "đọc là: “V/v triển khai nhiệm vụ kế hoạch năm 2026”" in answer.text
    assert OLD in answer.text
    assert held(platform) == []
    sent |= {"convert": "1", "main_file": a_file(text, "cv.txt")}
    assert clerk.post("/documents/incoming/new", data=sent).status_code == 303
    [document] = held(platform)
    assert document.subject == "V/v triển khai nhiệm vụ kế hoạch năm 2026"
    assert document.checks["legacy"] == {"subject": OLD}
    with platform.reading() as session:
        files = {
            row.file_name: platform.files.get(row.file_hash) for row in documents.attachments(session, document.id)
        }
    assert files == {"cv.txt": "Cộng hoà xã hội chủ nghĩa Việt Nam".encode(), "cv (bản gốc TCVN3).txt": text}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("subject", "TUYỆT MẬT", "xử lý theo đường giấy"), ("issued_date", "24/12/2026", "ở tương lai"),
        ("due_date", "01/11/2026", "trước ngày văn bản"), ("issued_date", "29/02/2025", "ngày có thật"),
        ("issued_date", "05/11/1944", "không thể có"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_at_its_field(clerk: FlaskClient, field: str, value: str, said: str) -> None:
    answer = clerk.post("/documents/incoming/new", data=TYPED | {field: value, "main_file": a_file()})
    assert answer.status_code == 422
    error = BeautifulSoup(answer.text, "html.parser").select_one(f"#error-{field}")
    assert error is not None
    assert said in error.get_text()
    assert "UBND xã Bên Kia" in answer.text


def test_html_stays_text_everywhere(platform: Platform, office: builders.Office, clerk: FlaskClient) -> None:
    hostile = '"><script>alert(1)</script>'
    scan = read(platform, office)
    sent = dict.fromkeys(confirmed(clerk.get(f"/intake/{scan.id}").text), hostile)
    rows = {f"{scan.id}-{name}": hostile for name in TYPED}
    for answer in (
        clerk.post(f"/intake/{scan.id}", data=sent), clerk.post("/intake/confirm", data=rows | {"row": scan.id}),
        clerk.post(f"/intake/{scan.id}", data=sent | {"do": "keep-form", "form_name": hostile, "form_shared": "1"}),
        clerk.get("/intake/forms"), clerk.get(f"/intake/{scan.id}"),
    ):  # fmt: skip
        assert "<script>alert" not in answer.text


def test_a_kept_form_fills_the_page(platform: Platform, office: builders.Office, clerk: FlaskClient) -> None:
    typed = TYPED | {"do": "keep-form", "form_name": "Xã Bên Kia", "form_shared": "1"}
    page = clerk.post("/documents/incoming/new", data=typed).text
    assert "12/UBND-KT" in page
    listed = clerk.get("/intake/forms").text
    assert "Dùng chung cho văn thư" in listed
    address = re.search(r"/documents/incoming/new\?form=(\d+)", listed)
    assert address
    filled = clerk.get(address[0]).text
    assert 'value="UBND xã Bên Kia"' in filled
    assert "12/UBND-KT" not in filled
    assert "Nhập tên mẫu đăng ký" in clerk.post("/documents/incoming/new", data=typed | {"form_name": " "}).text
    assert clerk.post(f"/intake/forms/{address[1]}/delete").status_code == 303
    assert "Chưa có mẫu đăng ký" in clerk.get("/intake/forms").text


def test_the_desk_is_the_registrys_alone(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    scan = read(platform, office)
    client = sign_in(office["leader"])
    for address in ("/intake", "/intake/forms", f"/intake/{scan.id}", f"/intake/{scan.id}/pages/1"):
        assert client.get(address).status_code == 404
    assert client.post("/intake", data={"files": [a_file()]}).status_code == 404
    with platform.reading() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 1


def test_scans_are_confirmed_one_after_the_other_with_a_result_per_file(
    platform: Platform, office: builders.Office, clerk: FlaskClient
) -> None:
    files = [a_file(papers.paper(), "một.pdf"), a_file(b"MZ\x90\x00" * 9, "x.pdf")]
    sent = clerk.post("/intake", data={"files": files})
    assert sent.status_code == 422
    results = BeautifulSoup(sent.text, "html.parser").select("[data-progress] li")
    assert [each["class"] for each in results] == [["tone-done"], ["tone-late"]]
    assert "một.pdf" in clerk.get("/intake").text
    one = read(platform, office, code="21/UBND-KT")
    two = read(platform, office, code="22/UBND-KT")
    page = clerk.get(f"/intake/{one.id}")
    assert "bản 2 trong 3" in page.text
    onward = clerk.post(f"/intake/{one.id}", data=confirmed(page.text) | {"do": "next"})
    assert onward.headers["Location"] == f"/intake/{two.id}"
    page = clerk.get(onward.headers["Location"])
    assert "21/UBND-KT · " in page.text  # the result of the one before
    opened = clerk.post(f"/intake/{two.id}", data=confirmed(page.text) | {"do": "open"})
    assert opened.headers["Location"].startswith(("/documents/", "/tasks/"))


def test_papers_of_an_outage_are_scanned_together(
    platform: Platform, office: builders.Office, clerk: FlaskClient
) -> None:
    def stopped(work: Work) -> int:
        since = work.now - timedelta(hours=3)
        given = Announcement("Mất điện", since, work.now, "Nhận giấy", "Nhập sau", restarted_at=work.now)
        return outages.announce(work, given).id

    outage = platform.run(builders.actor(platform, office["agency-admin"]), stopped)
    one, two = (read(platform, office, code=f"{number}/UBND-KT") for number in (31, 32))
    came = (platform.clock.now() - timedelta(hours=2)).astimezone(VIETNAM)
    assert f"/intake?outage={outage}" in clerk.get("/intake").text
    assert f'name="{one.id}-arrived_at"' in clerk.get(f"/intake?outage={outage}").text
    rows = {
        f"{scan.id}-{name}": value for scan in (one, two)
        for name, value in (TYPED | {"code": f"{30 + scan.id}/UBND-KT", "late_reason": "Mất điện"}).items()
    }  # fmt: skip
    rows |= {f"{one.id}-arrived_at": f"{came:%d/%m/%Y %H:%M}", f"{two.id}-arrived_at": ""}
    answer = clerk.post("/intake/confirm", data=rows | {"row": [one.id, two.id], "outage": outage})
    assert answer.status_code == 422
    assert BeautifulSoup(answer.text, "html.parser").select_one(f"#e{two.id}-arrived_at")
    [document] = held(platform)
    assert document.entered_at == came.replace(second=0, microsecond=0)
