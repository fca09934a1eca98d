"""What the body of a standard template says while nobody has written one, kind by kind (ND30 PL III, models 1.1–1.10).

Dots stand for what the drafter writes. Only the pattern is given, no sentence that a document would have to keep.
"""

from __future__ import annotations

_DOTS = "…" * 12
_BASIS = (f"Căn cứ {_DOTS};", f"Căn cứ {_DOTS};", f"Theo đề nghị của {_DOTS}.")
_ARTICLES = (f"Điều 1. {_DOTS}", f"Điều 2. {_DOTS}", f"Điều 3. {_DOTS} chịu trách nhiệm thi hành.")
_CHAPTER = ("Chương I", "QUY ĐỊNH CHUNG", f"Điều 1. Phạm vi điều chỉnh, đối tượng áp dụng {_DOTS}", *_ARTICLES[1:])
_PARTS = (f"1. {_DOTS}", f"2. {_DOTS}", f"3. {_DOTS}")

BODIES: dict[str, tuple[str, ...]] = {
    "Nghị quyết": (*_BASIS[:2], "QUYẾT NGHỊ:", *_ARTICLES),
    "Quyết định": (*_BASIS, "QUYẾT ĐỊNH:", *_ARTICLES),
    "Quy chế": _CHAPTER,
    "Quy định": _CHAPTER,
    "Biên bản": (
        f"Thời gian bắt đầu: {_DOTS}", f"Địa điểm: {_DOTS}", f"Thành phần tham dự: {_DOTS}", f"Chủ trì: {_DOTS}",
        f"Thư ký: {_DOTS}", f"Nội dung (theo diễn biến): {_DOTS}", f"Cuộc họp kết thúc vào {_DOTS}",
    ),
    "Hợp đồng": (*_BASIS[:1], f"BÊN A: {_DOTS}", f"BÊN B: {_DOTS}", "Hai bên thỏa thuận:", *_ARTICLES),
    "Bản ghi nhớ": (f"BÊN A: {_DOTS}", f"BÊN B: {_DOTS}", "Hai bên cùng ghi nhớ:", *_PARTS),
    "Bản thỏa thuận": (f"BÊN A: {_DOTS}", f"BÊN B: {_DOTS}", "Hai bên cùng thỏa thuận:", *_PARTS),
    "Giấy ủy quyền": (
        f"Người ủy quyền: {_DOTS}", f"Người được ủy quyền: {_DOTS}", f"Nội dung ủy quyền: {_DOTS}",
        f"Thời hạn ủy quyền: từ {_DOTS} đến {_DOTS}", "Người được ủy quyền không ủy quyền lại cho người khác.",
    ),
    "Giấy mời": (
        f"Trân trọng kính mời: {_DOTS}", f"Tới dự: {_DOTS}", f"Chủ trì: {_DOTS}", f"Thời gian: {_DOTS}",
        f"Địa điểm: {_DOTS}",
    ),
    "Giấy giới thiệu": (
        f"Trân trọng giới thiệu: {_DOTS}", f"Chức vụ: {_DOTS}", f"Được cử đến: {_DOTS}", f"Về việc: {_DOTS}",
        f"Giấy này có giá trị đến hết ngày {_DOTS}",
    ),
    "Giấy nghỉ phép": (
        f"Xét đơn đề nghị nghỉ phép của: {_DOTS}", f"Chức vụ: {_DOTS}", f"Được nghỉ phép từ {_DOTS} đến {_DOTS}",
        f"Nơi nghỉ phép: {_DOTS}",
    ),
    "Công điện": (f"Nơi nhận điện: {_DOTS}", *_PARTS),
    "Phiếu gửi": (f"Gửi kèm theo: {_DOTS}", "Sau khi nhận, đề nghị gửi lại Phiếu gửi."),
    "Phiếu chuyển": (f"Chuyển: {_DOTS}", f"Để {_DOTS} theo thẩm quyền."),
    "Phiếu báo": (f"Trân trọng thông báo đến: {_DOTS}", f"Về việc: {_DOTS}"),
}  # fmt: skip
USUAL = (_DOTS * 3, *_PARTS, f"{_DOTS}./.")


def body_of(type_name: str) -> tuple[str, ...]:
    """Paragraphs to begin with."""
    return BODIES.get(type_name, USUAL)
