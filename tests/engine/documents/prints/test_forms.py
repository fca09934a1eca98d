"""The columns are those of the norm, in its order and words."""

from __future__ import annotations

from engine.documents.prints import forms

PRESCRIBED = {
    # NĐ 30/2020, Phụ lục IV, mục I.2: tối thiểu 10 nội dung
    "outgoing": (
        "Số, ký hiệu văn bản", "Ngày tháng văn bản", "Tên loại và trích yếu nội dung văn bản", "Người ký",
        "Nơi nhận văn bản", "Đơn vị, người nhận bản lưu", "Số lượng bản", "Ngày chuyển", "Ký nhận", "Ghi chú",
    ),
    # NĐ 30/2020, Phụ lục IV, mục VI.2: tối thiểu 10 nội dung
    "incoming": (
        "Ngày đến", "Số đến", "Tác giả", "Số, ký hiệu văn bản", "Ngày tháng văn bản",
        "Tên loại và trích yếu nội dung văn bản", "Đơn vị hoặc người nhận", "Ngày chuyển", "Ký nhận", "Ghi chú",
    ),
    # NĐ 30/2020, Phụ lục IV, mục VIII.2: tối thiểu 7 nội dung
    "follow-up": (
        "Số đến", "Tên loại, số, ký hiệu, ngày tháng và tên cơ quan, tổ chức ban hành văn bản",
        "Đơn vị hoặc người nhận", "Thời hạn giải quyết", "Tiến độ giải quyết", "Số, ký hiệu văn bản trả lời",
        "Ghi chú",
    ),
    # from memory of PL IV: the facts say only that there are six
    "postal": (
        "Ngày chuyển", "Số, ký hiệu văn bản", "Nơi nhận văn bản", "Số lượng bì", "Ký nhận và dấu bưu điện", "Ghi chú",
    ),
    # NĐ 30/2020, Phụ lục V, mục lục văn bản trong hồ sơ: 7 cột
    "contents": (
        "Số TT", "Số, ký hiệu văn bản", "Ngày tháng năm văn bản", "Tên loại và trích yếu nội dung văn bản",
        "Tác giả văn bản", "Tờ số/Trang số", "Ghi chú",
    ),
}  # fmt: skip


def test_every_book_has_the_columns_of_the_norm_in_its_order() -> None:
    assert {key: form.titles for key, form in forms.FORMS.items()} == PRESCRIBED
    assert all(form.clause.startswith("ND30 PL ") for form in forms.FORMS.values())


def test_each_side_has_its_books() -> None:
    assert [form.key for form in forms.forms_of("incoming")] == ["incoming", "follow-up"]
    assert [form.key for form in forms.forms_of("outgoing")] == ["outgoing", "postal"]
