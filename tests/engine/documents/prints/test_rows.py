"""What stands in the columns, for every kind of line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.documents.prints import forms, rows
from engine.documents.prints.rows import Line, Paper, Tally

TODAY = date(2026, 11, 23)
CAME = Paper(
    1, "Công văn", "Về việc trật tự xây dựng", "125/SXD-QLXD", date(2026, 11, 3), "Sở Xây dựng", "in_progress",
    arrival_date=date(2026, 11, 5), due=date(2026, 11, 20), receivers=("Phòng Kinh tế", "Trần Thị B"),
    forwarded_on=date(2026, 11, 6), answers=("07/UBND-KT",),
)  # fmt: skip
WENT = Paper(
    2, "Quyết định", "Về việc cử cán bộ", "08/QĐ-SXD", date(2026, 11, 9), "Sở Xây dựng", "issued",
    signer_name="Lê Văn C", to_places="Như trên\nLưu: VT", unit_name="Phòng Quản lý xây dựng",
    issued_on=date(2026, 11, 9), recipients=("UBND xã An Phú", "UBND phường Bình Minh"),
)  # fmt: skip
LINE = Line(1, 2026, 5, "", "used", date(2026, 11, 5), date(2026, 11, 5), paper=CAME)


def test_a_row_of_each_book() -> None:
    assert rows.incoming_row(LINE, TODAY) == (
        "05/11/2026", "05", "Sở Xây dựng", "125/SXD-QLXD", "03/11/2026", "Công văn: Về việc trật tự xây dựng",
        "Phòng Kinh tế; Trần Thị B", "06/11/2026", "", "",
    )  # fmt: skip
    assert rows.outgoing_row(replace(LINE, number=8, paper=WENT), TODAY) == (
        "08/QĐ-SXD", "09/11/2026", "Quyết định: Về việc cử cán bộ", "Lê Văn C",
        "UBND xã An Phú; UBND phường Bình Minh; Như trên; Lưu: VT", "Phòng Quản lý xây dựng", "2", "09/11/2026", "", "",
    )  # fmt: skip
    assert rows.follow_up_row(LINE, TODAY) == (
        "05", "Công văn số 125/SXD-QLXD ngày 03/11/2026 của Sở Xây dựng", "Phòng Kinh tế; Trần Thị B", "20/11/2026",
        "Đang xử lý, quá hạn", "07/UBND-KT", "",
    )  # fmt: skip
    assert rows.contents_row(1, CAME) == (
        "1", "125/SXD-QLXD", "03/11/2026", "Công văn: Về việc trật tự xây dựng", "Sở Xây dựng", "", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "what", "remark"),
    [
        ({"state": "held", "note": "Chờ ký", "held_for": "Phòng A", "held_until": date(2026, 11, 27)},
         "Số đang giữ", "Giữ số cho Phòng A đến 27/11/2026: Chờ ký"),
        ({"state": "released", "note": "Không gửi"}, "Số thôi giữ, chưa dùng", "Không gửi"),
        ({"state": "cancelled", "note": "Không ban hành"}, "Số đã hủy", "Không ban hành"),
        ({"state": "used"}, "Văn bản ngoài phạm vi được xem", ""),
    ],
)  # fmt: skip
def test_a_number_without_a_document_stays_visible(change: dict[str, object], what: str, remark: str) -> None:
    line = replace(LINE, paper=None, **change)  # type: ignore[arg-type]
    for make in rows.ROWS.values():
        row = make(line, TODAY)
        assert what in row
        assert row[-1] == remark
        assert "05" in row


def test_a_secondary_number_says_when_and_why_it_was_entered() -> None:
    line = replace(LINE, suffix="a", entered_on=date(2026, 11, 9), note="Mất mạng")
    row = rows.incoming_row(line, TODAY)
    assert (row[1], row[-1]) == ("05a", "Vào sổ bổ sung ngày 09/11/2026: Mất mạng")


@pytest.mark.parametrize(
    ("status", "due", "settled", "said"),
    [
        ("resolved", date(2026, 11, 20), date(2026, 11, 20), "Đã xử lý xong ngày 20/11/2026, đúng hạn"),
        ("filed", date(2026, 11, 20), date(2026, 11, 21), "Đã lưu hồ sơ ngày 21/11/2026, quá hạn"),
        ("resolved", None, date(2026, 11, 20), "Đã xử lý xong ngày 20/11/2026"),
        ("directed", date(2026, 11, 23), None, "Đã có bút phê, trong hạn"),
        ("registered", None, None, "Đã vào sổ"),
        ("recalled", date(2026, 11, 1), None, "Đã thu hồi"),
    ],
)
def test_progress_says_whether_in_time(status: str, due: date | None, settled: date | None, said: str) -> None:
    assert rows.progress(replace(CAME, status=status, due=due, settled_on=settled), TODAY) == said


def test_totals_are_counted_while_rows_go_by() -> None:
    outgoing = Tally(forms.OUTGOING, TODAY)
    for line in (replace(LINE, paper=WENT), replace(LINE, paper=None, state="cancelled"),
                 replace(LINE, paper=None, state="held"), replace(LINE, suffix="a", paper=WENT)):  # fmt: skip
        outgoing.add(line)
    assert outgoing.said() == (
        "Tổng số: 4 dòng, gồm 2 văn bản; 1 số phụ; 1 số đang giữ; 1 số đã hủy.",
        "Tổng số bản phát hành: 4.",
    )
    follow_up = Tally(forms.FOLLOW_UP, TODAY)
    follow_up.add(LINE)
    assert "quá hạn: 1; có văn bản trả lời: 1" in follow_up.said()[1]
    assert rows.figure(20000) == "20.000"
