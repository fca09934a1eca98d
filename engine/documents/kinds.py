"""Catalogues of the norms: kinds of documents, urgency, statuses, reasons to refuse, reasons for paper."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of administrative document and its abbreviation in notations (ND30-7, PL III)."""

    name: str
    abbreviation: str


KINDS: tuple[Kind, ...] = tuple(
    Kind(name, abbreviation)
    for name, abbreviation in (
        ("Nghị quyết", "NQ"), ("Quyết định", "QĐ"), ("Chỉ thị", "CT"), ("Quy chế", "QC"), ("Quy định", "QyĐ"),
        ("Thông cáo", "TC"), ("Thông báo", "TB"), ("Hướng dẫn", "HD"), ("Chương trình", "CTr"), ("Kế hoạch", "KH"),
        ("Phương án", "PA"), ("Đề án", "ĐA"), ("Dự án", "DA"), ("Báo cáo", "BC"), ("Biên bản", "BB"),
        ("Tờ trình", "TTr"), ("Hợp đồng", "HĐ"), ("Công văn", ""), ("Công điện", "CĐ"), ("Bản ghi nhớ", "BGN"),
        ("Bản thỏa thuận", "BTT"), ("Giấy ủy quyền", "GUQ"), ("Giấy mời", "GM"), ("Giấy giới thiệu", "GGT"),
        ("Giấy nghỉ phép", "GNP"), ("Phiếu gửi", "PG"), ("Phiếu chuyển", "PC"), ("Phiếu báo", "PB"), ("Thư công", ""),
    )
)  # fmt: skip
OFFICIAL_LETTER = "Công văn"
COPIES: dict[str, str] = {"Sao y": "SY", "Trích sao": "TrS", "Sao lục": "SL"}
NAMES: tuple[str, ...] = (*(kind.name for kind in KINDS), *COPIES)
"""What an incoming document, a register or a search may be about: every kind, and the copies of PL III."""
_BY_NAME = {kind.name.casefold(): kind for kind in KINDS}


def kind_named(name: str) -> Kind | None:
    """The kind of this name, in whatever case; None for kinds outside NĐ 30 (incoming documents may have any)."""
    return _BY_NAME.get(" ".join(name.split()).casefold())


def abbreviation_of(name: str) -> str:
    """Abbreviation of a kind or a copy for its notation; empty for công văn, thư công and unknown kinds."""
    kind = kind_named(name)
    return kind.abbreviation if kind else COPIES.get(name, "")


URGENCY: dict[int, str] = {0: "Thường", 1: "Khẩn", 2: "Thượng khẩn", 3: "Hỏa tốc", 4: "Hỏa tốc hẹn giờ"}
SECRECY: dict[str, str] = {"none": "Không", "confidential": "Mật", "secret": "Tối mật", "top-secret": "Tuyệt mật"}
SOURCES: dict[str, str] = {
    "axis": "Trục liên thông",
    "internal": "Nội bộ hệ thống",
    "paper": "Văn bản giấy",
    "drafted": "Soạn thảo",
}

OUTGOING_STATUSES: dict[str, str] = {
    "draft": "Dự thảo",
    "content_check": "Kiểm tra nội dung",
    "form_check": "Kiểm tra thể thức",
    "approval": "Trình duyệt",
    "approved": "Đã duyệt",
    "signed": "Đã ký số cá nhân",
    "numbered": "Đã cấp số",
    "sealed": "Đã ký số cơ quan",
    "issued": "Đã phát hành",
    "closed": "Đã kết thúc theo dõi",
    "recalled": "Đã thu hồi",
    "cancelled": "Đã hủy",
}
INCOMING_STATUSES: dict[str, str] = {
    "arrived": "Đã đến",
    "checked": "Đã kiểm tra",
    "returned": "Đã trả lại",
    "registered": "Đã vào sổ",
    "submitted": "Đã trình",
    "directed": "Đã có bút phê",
    "in_progress": "Đang xử lý",
    "resolved": "Đã xử lý xong",
    "filed": "Đã lưu hồ sơ",
    "recalled": "Đã thu hồi",
}
DISPATCH_STATES: dict[str, str] = {
    "planned": "Dự kiến gửi",
    "queued": "Chờ gửi",
    "sending": "Đang gửi",
    "sent": "Đã gửi",
    "arrived": "Đã đến",
    "accepted": "Đã tiếp nhận",
    "assigned": "Đã chuyển xử lý",
    "processing": "Đang xử lý",
    "done": "Đã hoàn thành",
    "refused": "Từ chối nhận (trả lại)",
    "failed": "Gửi không thành công",
    "recall_asked": "Đã yêu cầu thu hồi",
    "recalled": "Đã thu hồi",
    "recall_denied": "Từ chối thu hồi",
    "recalled_locally": "Đã thu hồi trước khi gửi",
    "paper": "Gửi bản giấy",
}
STATUS_CODES: dict[str, str] = {
    "01": "Đã đến",
    "02": "Từ chối tiếp nhận (trả lại)",
    "03": "Đã tiếp nhận",
    "04": "Phân công",
    "05": "Đang xử lý",
    "06": "Hoàn thành",
    "13": "Yêu cầu thu hồi",
    "15": "Đồng ý thu hồi, cập nhật",
    "16": "Từ chối thu hồi, cập nhật",
}
REFUSAL_REASONS: dict[str, str] = {
    "WRONG_ADDRESSEE": "Gửi sai nơi nhận",
    "SIG_INVALID": "Chữ ký số không hợp lệ",
    "SIG_MISSING": "Thiếu chữ ký số",
    "CONTENT_BROKEN": "Không toàn vẹn hoặc không mở được",
    "INCOMPLETE": "Thiếu tệp kèm theo",
    "FORMAT": "Sai định dạng",
    "DUPLICATE": "Trùng văn bản đã nhận",
    "SECRET": "Có nội dung mật",
    "OTHER": "Lý do khác",
}
PAPER_REASONS: dict[str, str] = {
    "PARTY_COUNCIL": "Hồ sơ gửi cấp ủy, Hội đồng nhân dân, Ủy ban nhân dân theo quy chế làm việc (Điều 6.2.b)",
    "APPRAISAL": "Hồ sơ thẩm định, phê duyệt đề án, dự án và hồ sơ khác theo luật (Điều 6.2.c)",
    "NO_CONNECTION": "Bên nhận chưa có hệ thống quản lý văn bản (Điều 5.1.b)",
}
RESOLUTIONS: dict[str, str] = {"answer": "Văn bản trả lời", "information": "Để biết, lưu", "result": "Kết quả xử lý"}
OPINION_KINDS: dict[str, str] = {
    "content-check": "Kiểm tra nội dung",
    "form-check": "Kiểm tra thể thức",
    "level-approval": "Duyệt trung gian",
    "approval": "Duyệt",
    "support": "Ý kiến phối hợp",
    "proposal": "Đề xuất xử lý",
    "return": "Trả lại",
    "extension": "Gia hạn",
    "supplement": "Đề nghị bổ sung",
    "note": "Ghi chú",
}


def status_name(direction: str, status: str) -> str:
    """The Vietnamese name of a document's status."""
    names = OUTGOING_STATUSES if direction == "outgoing" else INCOMING_STATUSES
    return names.get(status, status)


def status_code_name(code: str) -> str:
    """The name of a status message's code; an unknown one stays visible as such."""
    return STATUS_CODES.get(code, f"khác (mã {code})")
