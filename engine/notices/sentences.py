"""A notice in words, the same in the list, in a letter and read aloud; the web says them in the page's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.notices.queries import Row

Say = Callable[..., str]
HEADLINES: Mapping[str, str] = {
    "assigned": "Việc%(step)s được giao cho bạn.",
    "offered": "Nhóm của bạn có việc%(step)s chờ nhận.",
    "informed": "%(by)s chuyển văn bản cho bạn để biết.",
    "informed-unknown": "Văn bản được chuyển cho bạn để biết.",
    "urgent": "Việc%(step)s về văn bản khẩn chờ bạn xử lý ngay.",
    "returned": "Dự thảo bị trả lại để sửa.",
    "rejected": "%(by)s trả lại dự thảo mà bạn đã tham gia.",
    "rejected-unknown": "Dự thảo mà bạn đã tham gia bị trả lại.",
    "taken-back": "Việc%(step)s không còn do bạn xử lý.",
    "near": "Việc%(step)s sắp hết thời hạn.",
    "near-level": "Việc%(step)s đã qua %(level)s%% thời hạn.",
    "late": "Việc%(step)s đã quá thời hạn.",
    "escalated": "Việc%(step)s thuộc trách nhiệm của bạn đã quá thời hạn mà chưa xong.",
    "urged": "%(by)s đôn đốc việc%(step)s.",
    "urged-unknown": "Lãnh đạo đôn đốc việc%(step)s.",
    "refused": "%(recipient)s từ chối tiếp nhận văn bản.",
    "refused-unknown": "Nơi nhận từ chối tiếp nhận văn bản.",
    "answered": "%(recipient)s đã trả lời hoặc xử lý xong văn bản.",
    "answered-unknown": "Nơi nhận đã trả lời hoặc xử lý xong văn bản.",
    "standing-in": "Thời gian bạn được ủy quyền xử lý thay đã bắt đầu.",
    "signer": "%(of)s không còn ký được dự thảo của bạn; chọn người ký khác.",
    "handed-over": "%(of)s bàn giao cho bạn %(count)s việc, hồ sơ.",
    "dossiers-due": "%(count)s hồ sơ bạn giữ đến hạn nộp lưu trữ cơ quan.",
    "loan": "Việc mượn hồ sơ có thay đổi.",
    "loan-lent": "Đề nghị mượn hồ sơ được duyệt; bạn xem được hồ sơ đến hết ngày trả.",
    "loan-refused": "Đề nghị mượn hồ sơ không được duyệt.",
    "loan-due": "Hồ sơ bạn mượn sắp đến hạn trả.",
    "loan-ended": "Thời gian mượn hồ sơ đã hết.",
    "copy": "Việc sao văn bản có kết quả.",
    "copy-refused": "Đề nghị sao văn bản của bạn không được thực hiện.",
    "copy-issued": "Bản sao bạn đề nghị đã phát hành.",
    "copy-original-recalled": "Văn bản gốc của bản sao đã thu hồi; bản sao được thu hồi theo.",
    "copy-received": "Bạn nhận được một bản sao văn bản.",
    "rights-asked": "Thay đổi quyền của %(of)s chờ xác nhận.",
    "clearing": "Đề nghị về tệp bị dừng vì dấu chỉ độ mật có thay đổi.",
    "clearing-asked": "Có đề nghị cho qua một tệp bị dừng vì dấu chỉ độ mật.",
    "clearing-granted": "Lãnh đạo cho qua tệp bạn đề nghị; gửi lại đúng tệp đó.",
    "clearing-refused": "Lãnh đạo không cho qua tệp bạn đề nghị; xử lý theo đường văn bản giấy.",
    "report": "Báo cáo định kỳ đã lập xong.",
    "ready": "Bản in đã tạo xong.",
    "undelivered": "Thư đôn đốc của bạn không gửi được.",
    "outage": "Hệ thống ngừng hoạt động từ %(stops)s, dự kiến hoạt động lại lúc %(expected)s.",
    "outage-corrected": "Thông báo sự cố hệ thống đã sửa: ngừng từ %(stops)s, dự kiến hoạt động lại lúc %(expected)s.",
    "outage-ended": "Hệ thống ngừng hoạt động từ %(stops)s, đã hoạt động lại lúc %(restarted)s.",
    "outage-cancelled": "Hệ thống không ngừng hoạt động lúc %(stops)s như đã thông báo.",
    "incident": "Một hồ sơ không chạy tiếp được và cần quản trị xử lý.",
}
"""What has happened, in one sentence without the document, by kind of notice."""


def plain(sentence: str, **values: Any) -> str:
    """The sentence with its values in it."""
    return sentence % values


def headline(row: Row, say: Say = plain) -> str:
    """What has happened, in one sentence without the document; `say` translates."""
    about = row.details
    values = {"by": row.by, "recipient": about.get("recipient"), "level": about.get("level"), "of": about.get("of", "")}
    values |= {each: about.get(each, "") for each in ("stops", "expected", "restarted")}
    step = f" “{row.step}”" if row.step else ""
    return say(HEADLINES[_sentence_of(row)], step=step, count=about.get("count", 1), **values)


def _sentence_of(row: Row) -> str:
    about = row.details
    if row.kind == "near" and about.get("level"):
        return "near-level"
    if row.kind in ("loan", "copy", "clearing") and f"{row.kind}-{about.get('what')}" in HEADLINES:
        return f"{row.kind}-{about['what']}"
    if row.kind == "outage":
        turn = "ended" if about.get("restarted") else about.get("turn")
        return f"outage-{turn}" if f"outage-{turn}" in HEADLINES else "outage"
    told = row.by if row.kind in ("urged", "rejected", "informed") else about.get("recipient")
    return row.kind if told or f"{row.kind}-unknown" not in HEADLINES else f"{row.kind}-unknown"


def matter(row: Row) -> str:
    """What it is about: number and subject of the document, the words of a reminder, the title of a print."""
    parts = [row.number, row.subject, row.details.get("message"), row.details.get("title")]
    return " · ".join(part for part in parts if part)
