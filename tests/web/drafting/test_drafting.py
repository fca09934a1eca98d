"""Drafts on their screens: from a template, versions compared, form and layout checked, templates of an agency."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from connectors.conversion.templates.standard import standard_template
from connectors.delivery import carry_out_all
from engine.documents.models import Document
from engine.drafts import queries
from engine.platform import Platform
from tests import builders
from tests.connectors.conversion.checking.papers import paper
from tests.web.conftest import SignIn

FIRST = "Sở Xây dựng đề nghị các địa phương rà soát quy hoạch.\nGửi báo cáo trước ngày 05 tháng 12 năm 2026."
SECOND = FIRST.replace("05 tháng 12", "15 tháng 12").replace("các địa phương", "Ủy ban nhân dân các xã")


@pytest.fixture
def draft(platform: Platform, province: builders.Province) -> Document:
    return builders.draft(
        platform, province.department, body=FIRST, signer_name="Nguyễn Văn Mẫu", signer_position="Giám đốc"
    )


@pytest.fixture
def client(province: builders.Province, sign_in: SignIn) -> FlaskClient:
    return sign_in(province.department["specialist"])


def upload(client: FlaskClient, draft: Document, content: bytes, reason: str = "Sửa", name: str = "a.docx") -> Any:
    data = {"file": (io.BytesIO(content), name), "reason": reason}
    return client.post(f"/documents/{draft.id}/drafts", data=data)


def files_of(platform: Platform, draft: Document) -> list[int]:
    with platform.reading() as session:
        return [each.file.id for each in queries.versions(session, draft) if each.file is not None]


def test_a_template_is_filled_checked_and_found_without_error(
    platform: Platform, draft: Document, client: FlaskClient
) -> None:
    assert "Tạo dự thảo từ mẫu" in client.get(f"/documents/{draft.id}/drafts").text
    answer = client.post(f"/documents/{draft.id}/drafts/from-template", follow_redirects=True)
    assert "Đã tạo dự thảo từ mẫu" in answer.text
    assert "Tạo từ mẫu công văn (mẫu chuẩn Nghị định 30)" in answer.text
    [file_id] = files_of(platform, draft)
    where = f"/documents/{draft.id}/drafts/{file_id}/layout"
    assert "Kiểm tra khổ giấy" in client.get(where).text
    assert "Đang kiểm tra" in client.post(where, follow_redirects=True).text
    carry_out_all(platform)
    page = client.get(where).text
    assert "Chín thành phần thể thức" in page
    assert '<b class="tone-late">Lỗi</b>' not in page
    picture = client.get(f"/documents/{draft.id}/drafts/{file_id}/pages/0.png")
    assert picture.data.startswith(b"\x89PNG")
    assert client.get(f"/documents/{draft.id}/drafts/{file_id}/pages/7.png").status_code == 404
    assert "thể thức" in client.get(f"/documents/{draft.id}/drafts").text


def test_findings_are_numbered_on_the_page_and_in_the_list(
    platform: Platform, draft: Document, client: FlaskClient
) -> None:
    upload(client, draft, paper(number="Số: 5 / CV_SXD", left=20), name="sai.docx")
    [file_id] = files_of(platform, draft)
    client.post(f"/documents/{draft.id}/drafts/{file_id}/layout")
    carry_out_all(platform)
    page = client.get(f"/documents/{draft.id}/drafts/{file_id}/layout").text
    marks = set(re.findall(r'id="mark-(\d+)" href="#finding-\1"', page))
    assert marks
    assert marks <= set(re.findall(r'id="finding-(\d+)"', page))
    for number in marks:
        assert f'href="#mark-{number}"' in page
    assert "Lề trái trang 1 là 20 mm; cần 30–35 mm." in page


def test_typed_texts_are_kept_and_compared(
    platform: Platform, province: builders.Province, draft: Document, client: FlaskClient
) -> None:
    from engine.documents import commands

    actor = builders.actor(platform, province.department["specialist"])
    platform.run(actor, commands.update_fields, draft.id, {"body": SECOND})
    with platform.reading() as session:
        newest, oldest = [each.key for each in queries.versions(session, draft)]
    page = client.get(f"/documents/{draft.id}/drafts/compare?older={newest}&newer={oldest}").text
    assert "3 chỗ khác nhau" in page
    found = [re.sub(r"<[^>]+>", "", each) for each in re.findall(r"<(?:ins|del)>.*?</(?:ins|del)>", page)]
    assert [each for each in found if "thêm" in each] == [
        "[thêm:] +Ủy ban nhân dân [hết phần thêm]", "[thêm:] +xã [hết phần thêm]", "[thêm:] +15 [hết phần thêm]",
    ]  # fmt: skip
    assert "So sánh hai bản đã chọn" in client.get(f"/documents/{draft.id}/drafts").text
    same = client.get(f"/documents/{draft.id}/drafts/compare?older={newest}&newer={newest}", follow_redirects=True)
    assert "Chọn hai bản khác nhau" in same.text
    assert client.get(f"/documents/{draft.id}/drafts/compare?older={newest}&newer=f999").status_code == 404


def test_a_file_is_compared_with_the_text_once_it_is_read(
    platform: Platform, draft: Document, client: FlaskClient
) -> None:
    client.post(f"/documents/{draft.id}/drafts/from-template")
    with platform.reading() as session:
        one, two = [each.key for each in queries.versions(session, draft)]
    where = f"/documents/{draft.id}/drafts/compare?older={one}&newer={two}"
    assert "đang chờ đọc nội dung" in client.get(where).text
    carry_out_all(platform)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in client.get(where).text


def test_what_was_edited_in_word_becomes_the_text_of_the_document(
    platform: Platform, draft: Document, client: FlaskClient
) -> None:
    upload(client, draft, paper(body=SECOND))
    [file_id] = files_of(platform, draft)
    assert "PDF để ký dựng từ bản này" in client.get(f"/documents/{draft.id}/drafts").text
    answer = client.post(f"/documents/{draft.id}/drafts/{file_id}/take", follow_redirects=True)
    assert "Lấy từ tệp a.docx, bản 1" in answer.text
    with platform.reading() as session:
        assert session.get_one(Document, draft.id).body == f"{SECOND}/."
        assert [each.key[0] for each in queries.versions(session, draft)].count("t") == 2


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    platform: Platform, draft: Document, client: FlaskClient
) -> None:
    answer = upload(client, draft, b"MZ\x90\x00 not a document", reason="Sửa căn cứ pháp lý")
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text
    assert 'value="Sửa căn cứ pháp lý"' in answer.text
    answer = upload(client, draft, standard_template("Công văn"), reason=" ")
    assert 'id="reason-error"' in answer.text
    assert files_of(platform, draft) == []


def test_others_and_later_steps_change_nothing(
    platform: Platform, province: builders.Province, draft: Document, sign_in: SignIn, client: FlaskClient
) -> None:
    from engine.documents import commands

    clerk = sign_in(province.department["clerk"])
    seen = clerk.get(f"/documents/{draft.id}/drafts").text
    assert "Chỉ người soạn thảo hoặc trưởng đơn vị" in seen
    for action in ("So sánh hai bản", "Tạo dự thảo từ mẫu", "Chọn người ký khác", "Ký số"):
        assert f"Vì sao không có “{action}”" in seen
    assert clerk.post(f"/documents/{draft.id}/drafts/from-template").status_code == 403
    actor = builders.actor(platform, province.department["specialist"])
    platform.run(actor, commands.set_status, draft.id, "content_check")
    assert upload(client, draft, standard_template("Công văn")).status_code == 403
    assert "chờ trả lại" in client.get(f"/documents/{draft.id}/drafts").text


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4 broken", builders.docx()])
def test_a_damaged_file_gets_a_sentence(
    platform: Platform, draft: Document, client: FlaskClient, content: bytes
) -> None:
    answer: TestResponse = upload(client, draft, content or builders.pdf("x"), name="x.pdf")
    if answer.status_code == 422:
        assert "error" in answer.text
        return
    [file_id] = files_of(platform, draft)
    client.post(f"/documents/{draft.id}/drafts/{file_id}/layout")
    carry_out_all(platform)
    page = client.get(f"/documents/{draft.id}/drafts/{file_id}/layout").text
    assert re.search(r"Tệp [^<]*(hỏng|không có chữ|không có nội dung)", page)


def test_an_agency_keeps_its_own_template(
    platform: Platform, province: builders.Province, draft: Document, sign_in: SignIn, client: FlaskClient
) -> None:
    assert client.post("/templates/cong-van", data={"file": (io.BytesIO(b"x"), "a.docx")}).status_code == 422
    clerk = sign_in(province.department["clerk"])
    assert "Mẫu chuẩn" in clerk.get("/templates").text
    standard = clerk.get("/templates/cong-van/standard.docx").data
    data = {"file": (io.BytesIO(standard), "mau-so.docx"), "note": "Mẫu của Sở"}
    answer = clerk.post("/templates/cong-van", data=data, follow_redirects=True)
    assert "Đã áp dụng mẫu của cơ quan cho công văn" in answer.text
    assert "Điền thử: Không thấy lỗi thể thức." in answer.text
    assert "Mẫu của cơ quan, bản 1" in client.get(f"/documents/{draft.id}/drafts").text
    answer = client.post(f"/documents/{draft.id}/drafts/from-template", data={"template": "own"}, follow_redirects=True)
    assert "(mẫu của cơ quan, bản 1)" in answer.text
    assert "bản 1" not in sign_in(province.commune["clerk"]).get("/templates").text
    edition = re.search(r"/templates/editions/(\d+)\.docx", clerk.get("/templates/cong-van").text)
    assert edition
    assert clerk.get(edition[0]).data == standard
    answer = clerk.post(f"/templates/editions/{edition[1]}/drop", follow_redirects=True)
    assert "Đã trở lại mẫu chuẩn" in answer.text
    assert clerk.get("/templates/khong-co").status_code == 404
