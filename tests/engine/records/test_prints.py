"""The lists of NĐ 30/2020 PL V: their columns, rows and totals, within scope."""

from __future__ import annotations

from engine.platform import Platform
from engine.records import commands, prints
from tests import builders
from tests.builders import Office, actor


def test_the_documents_of_a_dossier_in_seven_columns(platform: Platform, office: Office) -> None:
    clerk = actor(platform, office["clerk"])
    papers = [
        builders.registered(platform, office, code=f"{n}/UBND-KT", issued_date=f"2026-0{n}-03", page_amount=pages)
        for n, pages in ((1, 3), (2, 1), (3, None))
    ]
    row = platform.run(clerk, commands.add_dossier, title="Hồ sơ", year=2026, retention_years=None,
                       keeper_id=office["specialist"].id)  # fmt: skip
    platform.run(clerk, commands.put, row.id, [each.id for each in papers])
    with platform.reading() as session:
        sheet, rows, total = prints.contents(session, clerk, row, platform.clock.now())
        _, hidden, _ = prints.contents(session, actor(platform, office["specialist"]), row, platform.clock.now())
    assert sheet.form.titles == (
        "Số TT", "Số, ký hiệu văn bản", "Ngày tháng năm văn bản", "Tên loại và trích yếu nội dung văn bản",
        "Tác giả văn bản", "Tờ số/Trang số", "Ghi chú",
    )  # fmt: skip
    assert [(each[0], each[1], each[2], each[5]) for each in rows] == [
        ("1", "1/UBND-KT", "03/01/2026", "1-3"), ("2", "2/UBND-KT", "03/02/2026", "4"),
        ("3", "3/UBND-KT", "03/03/2026", ""),
    ]  # fmt: skip
    assert total.said() == ("Tổng số: 3 văn bản, 4 trang.",)
    assert "UBND-KT" not in str(hidden)
    assert "Vĩnh viễn" in sheet.range_said


def test_the_list_of_the_year_and_what_it_hands_over(platform: Platform, office: Office) -> None:
    clerk = actor(platform, office["clerk"])
    heading = platform.run(clerk, commands.add_heading, 2026, "TT", "Thanh tra")
    for title, years in (("Kiểm tra", 20), ("Tập lưu", 3)):
        row = platform.run(clerk, commands.add_dossier, title=title, year=2026, retention_years=years,
                           heading_id=heading.id)  # fmt: skip
        platform.run(clerk, commands.put, row.id, [builders.issued(platform, office, to_places="Lưu: VT").id])
        platform.run(clerk, commands.close, row.id)
    with platform.reading() as session:
        sheet, rows, total = prints.year_list(session, clerk, 2026, platform.clock.now())
        handed, inventory, _ = prints.inventory(session, clerk, 2026, platform.clock.now())
    assert sheet.form.titles == (
        "Số và ký hiệu hồ sơ", "Tên đề mục và tiêu đề hồ sơ", "Thời hạn bảo quản", "Người lập hồ sơ", "Ghi chú",
    )  # fmt: skip
    assert [each[:3] for each in rows] == [
        ("TT", "THANH TRA", ""), ("01.TT", "Kiểm tra", "20 năm"), ("02.TT", "Tập lưu", "3 năm"),
    ]  # fmt: skip
    assert total.said() == ("Tổng số: 2 hồ sơ, 2 văn bản.",)
    assert len(handed.form.titles) == 7
    assert [each[:3] for each in inventory] == [("1", "01.TT", "Kiểm tra")]
    assert inventory[0][3] == "23/11/2026 - 23/11/2026"
