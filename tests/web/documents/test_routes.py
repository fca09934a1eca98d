"""The page of a document, its files, its audit trail, lists and search."""

from __future__ import annotations

from sqlalchemy import select

from engine.audit import AuditEntry
from engine.documents import queries
from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn

ITEMS = (
    "Mã định danh cơ quan", "Mã định danh văn bản", "Số, ký hiệu", "Ngày, tháng, năm văn bản", "Loại văn bản",
    "Trích yếu", "Hồ sơ, tài liệu kèm theo", "Trạng thái xử lý", "Người ký", "Mức độ khẩn", "Bên gửi", "Bên nhận",
    "Thời gian gửi, nhận", "Thời hạn xử lý", "Lịch sử gửi, nhận", "Thông tin khác",
)  # fmt: skip


def test_all_items_of_the_norm_are_there_in_its_order(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    document = builders.arrived(platform, province.department)
    page = sign_in(province.department["clerk"]).get(f"/documents/{document.id}").text
    places = [page.index(f"<dt>{item}</dt>") for item in ITEMS]
    assert places == sorted(places)
    for said in (document.identifier, document.code, document.organ_id, "UBND xã Bên Kia"):
        assert said
        assert said in page


def test_recipients_and_their_states_are_shown(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    document = builders.issued(platform, province.department, recipients=[province.commune.id, province.ward.id])
    client = sign_in(province.department["clerk"])
    page = client.get(f"/documents/{document.id}").text
    for said in ("UBND xã An Phú", "UBND phường Bình Minh", "Chờ gửi", "Thu hồi…", document.code or "?"):
        assert said in page
    assert "Thu hồi…" not in sign_in(province.department["leader"]).get(f"/documents/{document.id}").text
    assert client.post(f"/documents/{document.id}/recall", data={"reason": " "}).status_code == 422


def test_reading_is_noted(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    document = builders.arrived(platform, province.department)
    client = sign_in(province.department["clerk"])
    client.get(f"/documents/{document.id}")
    with platform.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "document.read")).one()
    assert (entry.person_id, entry.subject_id) == (province.department["clerk"].id, str(document.id))
    assert "Xem văn bản" in client.get(f"/documents/{document.id}/audit").text


def test_a_file_comes_with_its_type_and_its_name(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    upload = builders.Upload("Công văn số 12.pdf", builders.pdf("x"))
    document = builders.arrived(platform, province.department, main_file=upload)
    with platform.reading() as session:
        file = queries.attachments(session, document.id)[0]
    client = sign_in(province.department["clerk"])
    where = f"/documents/{document.id}/files/{file.id}/x.pdf"
    answer = client.get(where)
    assert answer.data == upload.content
    assert answer.mimetype == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("inline;")
    assert "filename*=UTF-8''C%C3%B4ng%20v%C4%83n%20s%E1%BB%91%2012.pdf" in answer.headers["Content-Disposition"]
    assert client.get(where + "?download=1").headers["Content-Disposition"].startswith("attachment;")
    assert client.get(where, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_what_a_browser_could_run_is_only_downloaded(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    document = builders.arrived(platform, province.department, main_file=builders.Upload("bảng.docx", builders.docx()))
    with platform.reading() as session:
        file = queries.attachments(session, document.id)[0]
    answer = sign_in(province.department["clerk"]).get(f"/documents/{document.id}/files/{file.id}/x")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_lists_are_narrowed_and_searched_without_diacritics(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    builders.arrived(platform, province.department, subject="Về việc đất đai")
    builders.registered(platform, province.department, subject="Về việc trật tự xây dựng")
    client = sign_in(province.department["clerk"])
    narrowed = client.get("/documents/incoming?status=registered").text
    assert "trật tự xây dựng" in narrowed
    assert "đất đai" not in narrowed
    assert "Về việc <mark>đất đai</mark>" in client.get("/search?q=DAT DAI").text
    assert "Không có văn bản nào khớp" in client.get("/search?q=khong co dau").text
