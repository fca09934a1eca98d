"""What a diagram can do to the worklist."""

from __future__ import annotations

from dataclasses import dataclass

from engine.operations import operation, parameter
from engine.platform import Work
from engine.tasks import commands


@dataclass(frozen=True)
class Remind:
    """Urge whoever has to act on a document."""

    document: int = parameter("Văn bản", kind="document")
    message: str = parameter("Nội dung nhắc", help="Câu hiện trong lịch sử xử lý")
    group: str | None = parameter("Báo thêm nhóm", help="Nhóm được nhận thay, ví dụ leader", default=None)


@dataclass(frozen=True)
class Reminded:
    """How many open tasks were urged."""

    tasks: int


@operation("tasks.remind", version=1, name="Nhắc việc", legal_basis=("LA-5.2.b", "ND30-24.1"))
def remind(given: Remind, work: Work) -> Reminded:
    """Tăng mức ưu tiên các việc đang mở của văn bản; nếu nêu nhóm thì báo thêm nhóm đó cùng xử lý."""
    return Reminded(commands.remind(work, given.document, given.message, given.group))
