"""A notice in words, the same in the list, in a letter and read aloud."""

from __future__ import annotations

from engine.notices.queries import Row

_LOAN = {
    "lent": "Đề nghị mượn hồ sơ được duyệt; bạn xem được hồ sơ đến hết ngày trả.",
    "refused": "Đề nghị mượn hồ sơ không được duyệt.",
    "due": "Hồ sơ bạn mượn sắp đến hạn trả.",
    "ended": "Thời gian mượn hồ sơ đã hết.",
}


def headline(row: Row) -> str:
    """What has happened, in one sentence without the document."""
    step = f" “{row.step}”" if row.step else ""
    recipient = row.details.get("recipient") or "Nơi nhận"
    sentences = {
        "assigned": f"Việc{step} được giao cho bạn.",
        "offered": f"Nhóm của bạn có việc{step} chờ nhận.",
        "returned": "Dự thảo bị trả lại để sửa.",
        "taken-back": f"Việc{step} không còn do bạn xử lý.",
        "near": f"Việc{step} sắp hết thời hạn.",
        "late": f"Việc{step} đã quá thời hạn.",
        "urged": f"{row.by or 'Lãnh đạo'} đôn đốc việc{step}.",
        "refused": f"{recipient} từ chối tiếp nhận văn bản.",
        "answered": f"{recipient} đã trả lời hoặc xử lý xong văn bản.",
        "standing-in": "Thời gian bạn được ủy quyền xử lý thay đã bắt đầu.",
        "handed-over": f"{row.details.get('of', '')} bàn giao cho bạn {row.details.get('count', '')} việc, hồ sơ.",
        "dossiers-due": f"{row.details.get('count', 1)} hồ sơ bạn giữ đến hạn nộp lưu trữ cơ quan.",
        "loan": _LOAN.get(row.details.get("what", ""), "Việc mượn hồ sơ có thay đổi."),
        "rights-asked": f"Thay đổi quyền của {row.details.get('of', '')} chờ xác nhận.",
        "ready": "Bản in đã tạo xong.",
        "undelivered": "Thư đôn đốc của bạn không gửi được.",
        "incident": "Một hồ sơ không chạy tiếp được và cần quản trị xử lý.",
    }
    return sentences[row.kind]


def matter(row: Row) -> str:
    """What it is about: number and subject of the document, the words of a reminder, the title of a print."""
    parts = [row.number, row.subject, row.details.get("message"), row.details.get("title")]
    return " · ".join(part for part in parts if part)
