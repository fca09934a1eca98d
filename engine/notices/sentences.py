"""A notice in words, the same in the list, in a letter and read aloud; the web says them in the page's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.notices.queries import Row

Say = Callable[..., str]
HEADLINES: Mapping[str, str] = {
    "assigned": "Việc%(step)s được giao cho bạn.",
    "offered": "Nhóm của bạn có việc%(step)s chờ nhận.",
    "urgent": "Việc%(step)s về văn bản khẩn chờ bạn xử lý ngay.",
    "returned": "Dự thảo bị trả lại để sửa.",
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
    "report": "Báo cáo định kỳ đã lập xong.",
    "ready": "Bản in đã tạo xong.",
    "undelivered": "Thư đôn đốc của bạn không gửi được.",
    "incident": "Một hồ sơ không chạy tiếp được và cần quản trị xử lý.",
}
"""What has happened, in one sentence without the document, by kind of notice."""


def plain(sentence: str, **values: Any) -> str:
    """The sentence with its values in it."""
    return sentence % values


def headline(row: Row, say: Say = plain) -> str:
    """What has happened, in one sentence without the document; `say` translates."""
    recipient, level = row.details.get("recipient"), row.details.get("level")
    kind = row.kind
    if kind == "near" and level:
        kind = "near-level"
    elif (kind == "urged" and not row.by) or (kind in ("refused", "answered") and not recipient):
        kind = f"{kind}-unknown"
    step = f" “{row.step}”" if row.step else ""
    return say(HEADLINES[kind], step=step, level=level, by=row.by, recipient=recipient)


def matter(row: Row) -> str:
    """What it is about: number and subject of the document, the words of a reminder, the title of a print."""
    parts = [row.number, row.subject, row.details.get("message"), row.details.get("title")]
    return " · ".join(part for part in parts if part)
