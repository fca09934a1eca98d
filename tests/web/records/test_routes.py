"""The list of the year and a dossier's page: what they show, to whom, and why something can't be done."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from sqlalchemy import select

from engine.audit import AuditEntry
from engine.platform import Platform
from engine.records import commands, queries
from tests import builders
from tests.web.conftest import SignIn


def test_a_dossier_is_opened_filled_closed_and_offered_on_the_screen(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    document = builders.issued(platform, office, to_places="Lưu: VT", subject="Về việc cấp phép xây dựng")
    client = sign_in(office["clerk"])
    added = client.post("/dossiers/headings", data={"code": "tt", "title": "Thanh tra"}, follow_redirects=True)
    assert "Đã thêm đề mục TT" in added.text
    assert client.post("/dossiers/headings", data={"code": "TT", "title": "Lại"}).status_code == 422
    refused = client.post("/dossiers/new", data={"title": "", "retention": "10", "rights": "Không hạn chế"})
    assert refused.status_code == 422
    data = {
        "title": "Cấp phép xây dựng xã An Phú", "retention": "10", "rights": "Không hạn chế", "now": "open",
        "keeper_id": office["clerk"].id,
    }  # fmt: skip
    opened = client.post("/dossiers/new", data=data)
    where = opened.headers["Location"]
    page = client.get(where)
    assert "Cấp phép xây dựng xã An Phú" in page.text
    assert "Hồ sơ chưa có văn bản nào." in page.text  # why it can't be closed
    found = client.get(f"{where}/add?q=cap phep").text
    assert f'value="{document.id}"' in found
    filled = client.post(f"{where}/add", data={"documents": [document.id]}, follow_redirects=True).text
    assert "Đã đưa 1 văn bản vào hồ sơ." in filled
    assert "Đã kết thúc hồ sơ" in client.post(f"{where}/steps/close", follow_redirects=True).text
    assert "muốn thay đổi phải mở lại" in client.get(f"{where}/add").text
    said = client.post(f"{where}/steps/reopen", data={"reason": ""}, follow_redirects=True).text
    assert "Chưa nhập lý do" in said
    assert "chờ lưu trữ cơ quan" in client.post(f"{where}/steps/offer", follow_redirects=True).text
    back = client.post(f"{where}/steps/back", data={"reason": "Thiếu phụ lục"}, follow_redirects=True).text
    assert "Lưu trữ trả lại: Thiếu phụ lục" in back
    late = client.post(f"{where}/delay", data={"until": "2035-01-01", "consent": "CV 12"}, follow_redirects=True).text
    assert "không quá ngày" in late
    kept = client.post(f"{where}/delay", data={"until": "2028-06-01", "consent": "CV 12"}, follow_redirects=True).text
    assert "được giữ lại theo: CV 12" in kept


def test_the_list_counts_behind_its_filters_and_finds_without_marks(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    clerk = builders.actor(platform, office["clerk"])
    for title, planned in (("Quy hoạch Bình Minh", False), ("Đào tạo cán bộ", True)):
        platform.run(clerk, commands.add_dossier, title=title, year=2026, retention_years=5, planned=planned)
    client = sign_in(office["clerk"])
    page = BeautifulSoup(client.get("/dossiers").text, "html.parser")
    shown = {each.get_text(" ", strip=True) for each in page.select("nav.filters a")}
    assert {"Tất cả 2", "Chưa mở 1", "Đang lập 1", "Tôi lập 2"} <= shown
    assert "Đào tạo" not in client.get("/dossiers?q=quy+hoach").text
    assert "Không có hồ sơ nào như vậy" in client.get("/dossiers?only=handed_over").text
    assert client.get("/dossiers?year=99999").status_code == 422
    head = sign_in(office["leader"])
    assert "Quy hoạch Bình Minh" in head.get("/dossiers").text
    assert "Đề mục" not in head.get("/dossiers").text
    assert head.get("/dossiers/headings").status_code == 404


def test_a_document_goes_into_a_dossier_from_its_page_with_its_matter(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    asked = builders.registered(platform, office, subject="Hỏi về quy hoạch")
    answer = builders.issued(platform, office, to_places="Lưu", answers=[asked.id], subject="Trả lời về quy hoạch")
    clerk = builders.actor(platform, office["clerk"])
    row = platform.run(clerk, commands.add_dossier, title="Quy hoạch", year=2026, retention_years=5)
    client = sign_in(office["clerk"])
    where = f"/dossiers/documents/{asked.id}"
    page = client.get(where).text
    assert "Trả lời về quy hoạch" in page
    assert client.post(where, data={"dossier_id": row.id}).status_code == 422
    assert client.post(where, data={"documents": [asked.id]}).status_code == 422
    done = client.post(where, data={"dossier_id": row.id, "documents": [asked.id, answer.id]}, follow_redirects=True)
    assert "Đã đưa 2 văn bản vào hồ sơ." in done.text
    [undo] = re.findall(r'class="notice-undo" method="post" action="([^"]+)"', done.text)
    undone = client.post(undo.replace("&amp;", "&"), follow_redirects=True).text
    assert "Đã rút lại 2 văn bản khỏi hồ sơ." in undone
    assert "Đã rút lại 0 văn bản" in client.post(undo.split("?")[0] + "?at=x", follow_redirects=True).text
    client.post(where, data={"dossier_id": row.id, "documents": [asked.id, answer.id]})
    assert "01.QLXD" in client.get(f"/documents/{asked.id}").text
    with platform.reading() as session:
        entry = queries.lines(session, clerk, row.id)[0].entry
    out = client.post(
        f"/dossiers/{row.id}/entries/{entry.id}/take-out", data={"reason": "Nhầm"}, follow_redirects=True
    ).text
    assert "Đã rút văn bản khỏi hồ sơ" in out
    assert "Rút văn bản khỏi hồ sơ</b>: Nhầm" in out


def test_who_keeps_no_dossier_sees_why(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    clerk = builders.actor(platform, office["clerk"])
    row = platform.run(clerk, commands.add_dossier, title="Quy hoạch", year=2026, retention_years=5)
    client = sign_in(office["leader"])
    page = client.get(f"/dossiers/{row.id}").text
    assert "Chỉ người lập hồ sơ hoặc văn thư được thay đổi hồ sơ này." in page
    assert "Điều 29" in page
    assert "Thêm văn bản" not in page.replace("Thêm văn bản</span></summary>", "")
    told = client.post(f"/dossiers/{row.id}/steps/freeze", data={"reason": "x"}, follow_redirects=True).text
    assert "Chỉ văn thư, lưu trữ cơ quan" in told


def test_the_lists_are_pages_and_files(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    clerk = builders.actor(platform, office["clerk"])
    row = platform.run(clerk, commands.add_dossier, title="Quy hoạch", year=2026, retention_years=5)
    document = builders.registered(platform, office, subject="Hỏi về quy hoạch")
    platform.run(clerk, commands.put, row.id, [document.id])
    client = sign_in(office["clerk"])
    assert "Tờ số/Trang số" in client.get(f"/dossiers/{row.id}/contents").text
    assert "Tên đề mục và tiêu đề hồ sơ" in client.get("/dossiers/lists/year").text
    assert "MỤC LỤC HỒ SƠ, TÀI LIỆU NỘP LƯU" in client.get("/dossiers/lists/inventory").text
    starts = {"pdf": b"%PDF-", "docx": b"PK", "xlsx": b"PK"}
    for kind, start in starts.items():
        for where in (f"/dossiers/{row.id}/contents.{kind}", f"/dossiers/lists/year.{kind}",
                      f"/dossiers/lists/inventory.{kind}"):  # fmt: skip
            answer = client.get(where)
            assert answer.status_code == 200, where
            assert answer.data.startswith(start)
            assert "attachment" in answer.headers["Content-Disposition"]
    with platform.reading() as session:
        said = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("dossier%printed"))).all()
    assert sorted(said) == ["dossier.printed"] * 3 + ["dossier_list.printed"] * 6


def test_odd_addresses_and_answers_are_told(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    clerk = builders.actor(platform, office["clerk"])
    row = platform.run(clerk, commands.add_dossier, title="<b>Quy hoạch</b>", year=2026, retention_years=5)
    client = sign_in(office["clerk"])
    page = client.get(f"/dossiers/{row.id}").text
    assert "<b>Quy hoạch</b>" not in page
    assert "&lt;b&gt;Quy hoạch&lt;/b&gt;" in page
    for where in ("/dossiers?q=%01", "/dossiers?q=%25_%27&skip=-5", "/dossiers?skip=" + "9" * 30,
                  "/dossiers?only=<x>&year=x", f"/dossiers/{row.id}/add?q=%01"):  # fmt: skip
        assert client.get(where).status_code == 200, where
    answer = client.post(f"/dossiers/{row.id}/add", data={"documents": ["9" * 30, "-1", "x"]})
    assert answer.status_code == 200
    assert "Chọn ít nhất một văn bản" in answer.text
    assert client.post(f"/dossiers/{row.id}/add", data={"documents": "999999"}).status_code == 404
    late = client.post(f"/dossiers/{row.id}/delay", data={"until": "31/02/2027"}, follow_redirects=True).text
    assert "Chọn ngày giữ lại đến." in late
    too_long = client.post(f"/dossiers/{row.id}/steps/freeze", data={"reason": "x" * 600}, follow_redirects=True).text
    assert "dài quá 500 ký tự" in too_long
