"""The verbs of document work as an analyst looks for them: categories of operations, and tasks that people do."""

from __future__ import annotations

from dataclasses import dataclass

CATEGORIES: dict[str, str] = {
    "receive": "Tiếp nhận, kiểm tra",
    "register": "Đăng ký",
    "refuse": "Từ chối",
    "assign": "Phân công",
    "resolve": "Xử lý",
    "submit": "Trình ký, duyệt",
    "sign": "Ký số",
    "number": "Cấp số",
    "seal": "Đóng dấu",
    "issue": "Phát hành",
    "answer": "Liên kết phúc đáp",
    "follow": "Theo dõi, nhắc việc",
    "recall": "Thu hồi",
    "dossier": "Hồ sơ, lưu trữ",
    "outage": "Sự cố hệ thống",
}
"""Category → its name, in the order of the work."""

OTHER = "other"

_OPERATIONS = {
    "documents.check": "receive",
    "signing.verify": "receive",
    "documents.register-incoming": "register",
    "documents.refuse": "refuse",
    "documents.instruct": "assign",
    "documents.assign": "assign",
    "documents.replace-lead": "assign",
    "documents.resolve": "resolve",
    "documents.file": "resolve",
    "documents.postpone": "resolve",
    "documents.suspend-deadline": "resolve",
    "documents.resume-deadline": "resolve",
    "documents.deadline-setter": "resolve",
    "documents.announce-supplement": "register",
    "records.collect": "resolve",
    "documents.record-opinion": "submit",
    "documents.set-status": "submit",
    "documents.plan-approval": "submit",
    "opinions.open": "submit",
    "opinions.close": "submit",
    "conversion.summarise-opinions": "submit",
    "conversion.render-draft": "submit",
    "conversion.check-layout": "submit",
    "signing.sign": "sign",
    "documents.number": "number",
    "signing.seal": "seal",
    "signing.certify-copy": "seal",
    "documents.issue": "issue",
    "copying.grant": "submit",
    "copying.refuse": "submit",
    "copying.issue": "issue",
    "conversion.prepare-copy": "seal",
    "signing.sign-copy": "seal",
    "exchange.send": "issue",
    "documents.link-answer": "answer",
    "exchange.report-status": "follow",
    "documents.late-dispatch": "follow",
    "tasks.remind": "follow",
    "exchange.recall": "recall",
    "documents.destroy": "recall",
    "documents.freeze": "recall",
    "documents.remove-bytes": "recall",
    "records.approve-list": "dossier",
    "records.return-list": "dossier",
    "records.lend": "dossier",
    "records.refuse-loan": "dossier",
    "records.remind-loan": "dossier",
    "records.end-loan": "dossier",
    "records.dispose": "dossier",
    "records.refuse-disposal": "dossier",
    "outages.end": "outage",
    "outages.cancel": "outage",
    "outages.submit-report": "outage",
    "outages.return-report": "outage",
    "outages.close": "outage",
}


def category_of(key: str) -> str:
    """The category of an operation; `other` for one nobody has sorted in."""
    return _OPERATIONS.get(key, OTHER)


@dataclass(frozen=True, slots=True)
class Verb:
    """Something a person does: who, within which office time, on which norm. `within` is ISO 8601 or empty."""

    id: str
    name: str
    category: str
    role: str
    help: str
    within: str = ""
    legal_basis: tuple[str, ...] = ()


VERBS: tuple[Verb, ...] = (
    Verb("receive", "Tiếp nhận văn bản", "receive", "clerk",
         "Văn thư xem kết quả kiểm tra rồi tiếp nhận hoặc trả lại.", "PT2H", ("ND30-21.2",)),
    Verb("refuse", "Quyết định trả lại", "refuse", "clerk",
         "Văn thư ghi lý do trả lại văn bản cho nơi gửi.", "PT2H", ("LA-5.1.d", "ND30-21.2.b")),
    Verb("instruct", "Cho ý kiến chỉ đạo", "assign", "leader",
         "Lãnh đạo ghi bút phê, chọn một đơn vị chủ trì và đơn vị phối hợp.", "PT4H", ("ND30-23.2",)),
    Verb("assign", "Phân công trong đơn vị", "assign", "unit-head",
         "Trưởng phòng giao một chuyên viên chủ trì và người phối hợp.", "PT4H", ("ND30-23.2",)),
    Verb("resolve", "Giải quyết văn bản", "resolve", "specialist",
         "Chuyên viên xử lý văn bản và ghi kết quả.", "", ("ND30-24.2",)),
    Verb("appraise", "Thẩm tra", "resolve", "specialist",
         "Xem xét lại kết quả xử lý trước khi trình.", "PT8H"),
    Verb("give-opinion", "Cho ý kiến phối hợp", "resolve", "specialist",
         "Đơn vị, cá nhân phối hợp cho ý kiến về nội dung.", "PT16H", ("ND30-23.2",)),
    Verb("draft", "Soạn thảo văn bản", "submit", "specialist",
         "Chuyên viên soạn dự thảo và trình.", "", ("ND30-10",)),
    Verb("check-content", "Kiểm tra nội dung", "submit", "unit-head",
         "Trưởng phòng kiểm tra và chịu trách nhiệm về nội dung.", "PT4H", ("ND30-12.1",)),
    Verb("check-form", "Kiểm tra thể thức", "submit", "form-checker",
         "Kiểm tra thể thức, kỹ thuật trình bày trước khi trình duyệt.", "PT4H", ("ND30-12.2",)),
    Verb("approve", "Duyệt dự thảo", "submit", "leader",
         "Người có thẩm quyền duyệt hoặc trả lại dự thảo.", "PT4H", ("ND30-11",)),
    Verb("sign", "Ký số", "sign", "leader",
         "Người có thẩm quyền ký số lên bản đã duyệt.", "PT4H", ("ND30-13.1",)),
    Verb("number", "Cấp số, đăng ký", "number", "clerk",
         "Văn thư cấp số, ngày và ghi sổ văn bản đi.", "PT4H", ("ND30-15.1",)),
    Verb("seal", "Đóng dấu, ký số cơ quan", "seal", "clerk",
         "Văn thư ký số của cơ quan lên văn bản đã có số.", "PT4H", ("ND30-32.2",)),
    Verb("issue", "Phát hành", "issue", "clerk",
         "Văn thư kiểm tra nơi nhận rồi phát hành.", "PT4H", ("ND30-18.1",)),
    Verb("link-answer", "Chọn văn bản phúc đáp", "answer", "specialist",
         "Chuyên viên chọn văn bản đến mà văn bản này trả lời.", "", ("LA-9.2.đ",)),
    Verb("urge", "Đôn đốc", "follow", "clerk",
         "Nhắc nơi nhận hoặc người xử lý khi quá hạn.", "PT8H", ("LA-9.3",)),
    Verb("approve-recall", "Duyệt thu hồi", "recall", "leader",
         "Lãnh đạo duyệt việc thu hồi văn bản đã phát hành.", "PT4H", ("ND30-18.4",)),
)  # fmt: skip
"""User tasks of the palette, in the order of the work."""
