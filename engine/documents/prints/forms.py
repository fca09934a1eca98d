"""The prescribed columns, named and ordered as the annexes of NĐ 30/2020 write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "centre", "right"]
SIGN_HERE = "(Ký, ghi rõ họ tên)"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a book; `width` is its share of the page."""

    title: str
    width: float
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Form:
    """A book or list of the norm: what it is called, its columns, the clause that prescribes it."""

    key: str
    title: str
    clause: str
    columns: tuple[Column, ...]
    with_cover: bool = True
    parties: tuple[str, str] | None = None
    sign_here: str = SIGN_HERE  # below either title

    @property
    def titles(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.title for column in self.columns)

    @property
    def signers(self) -> tuple[str, str]:
        """Who signs at the end, left and right: of minutes the two parties, else who made it and the agency."""
        return self.parties or ("NGƯỜI LẬP SỔ" if self.with_cover else "NGƯỜI LẬP", "XÁC NHẬN CỦA CƠ QUAN")


INCOMING = Form(
    "incoming", "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN", "ND30 PL IV.VI",
    (
        Column("Ngày đến", 21, "centre"), Column("Số đến", 14, "centre"), Column("Tác giả", 34),
        Column("Số, ký hiệu văn bản", 28), Column("Ngày tháng văn bản", 21, "centre"),
        Column("Tên loại và trích yếu nội dung văn bản", 62), Column("Đơn vị hoặc người nhận", 34),
        Column("Ngày chuyển", 21, "centre"), Column("Ký nhận", 16), Column("Ghi chú", 26),
    ),
)  # fmt: skip
OUTGOING = Form(
    "outgoing", "SỔ ĐĂNG KÝ VĂN BẢN ĐI", "ND30 PL IV.I",
    (
        Column("Số, ký hiệu văn bản", 29), Column("Ngày tháng văn bản", 21, "centre"),
        Column("Tên loại và trích yếu nội dung văn bản", 60), Column("Người ký", 26), Column("Nơi nhận văn bản", 42),
        Column("Đơn vị, người nhận bản lưu", 24), Column("Số lượng bản", 13, "centre"),
        Column("Ngày chuyển", 21, "centre"), Column("Ký nhận", 15), Column("Ghi chú", 26),
    ),
)  # fmt: skip
FOLLOW_UP = Form(
    "follow-up", "SỔ THEO DÕI GIẢI QUYẾT VĂN BẢN ĐẾN", "ND30 PL IV.VIII",
    (
        Column("Số đến", 15, "centre"),
        Column("Tên loại, số, ký hiệu, ngày tháng và tên cơ quan, tổ chức ban hành văn bản", 80),
        Column("Đơn vị hoặc người nhận", 44), Column("Thời hạn giải quyết", 24, "centre"),
        Column("Tiến độ giải quyết", 42), Column("Số, ký hiệu văn bản trả lời", 36), Column("Ghi chú", 36),
    ),
)  # fmt: skip
# From memory of PL IV, not in the facts: those say that this book has six columns and don't name them.
POSTAL = Form(
    "postal", "SỔ GỬI VĂN BẢN ĐI BƯU ĐIỆN", "ND30 PL IV",
    (
        Column("Ngày chuyển", 26, "centre"), Column("Số, ký hiệu văn bản", 44), Column("Nơi nhận văn bản", 96),
        Column("Số lượng bì", 21, "centre"), Column("Ký nhận và dấu bưu điện", 50), Column("Ghi chú", 40),
    ),
)  # fmt: skip
CONTENTS = Form(
    "contents", "MỤC LỤC VĂN BẢN TRONG HỒ SƠ", "ND30 PL V.IV",
    (
        Column("Số TT", 13, "centre"), Column("Số, ký hiệu văn bản", 34),
        Column("Ngày tháng năm văn bản", 26, "centre"), Column("Tên loại và trích yếu nội dung văn bản", 104),
        Column("Tác giả văn bản", 46), Column("Tờ số/Trang số", 28, "centre"), Column("Ghi chú", 34),
    ),
    with_cover=False,
)  # fmt: skip
FORMS = {form.key: form for form in (INCOMING, OUTGOING, FOLLOW_UP, POSTAL, CONTENTS)}


def forms_of(direction: str) -> tuple[Form, ...]:
    """The books that can be printed from a register of one direction."""
    return (INCOMING, FOLLOW_UP) if direction == "incoming" else (OUTGOING, POSTAL)
