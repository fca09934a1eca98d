"""What a service task can do with an outage: its real end, its report, its closing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.errors import InvalidInput
from engine.operations import operation, parameter
from engine.outages import commands
from engine.platform import Work

BASIS = ("LA-14.3",)
_OUTAGE = "Thường là ${outage}."


@dataclass(frozen=True)
class End:
    """Note when the system really ran again."""

    outage: int = parameter("Sự cố hệ thống", help=_OUTAGE)
    restarted_at: str = parameter("Hoạt động lại lúc", help="Thời điểm theo ISO 8601, thường là câu trả lời của bước.")


@operation("outages.end", version=1, name="Ghi giờ hoạt động lại", legal_basis=BASIS)
def end(given: End, work: Work) -> None:
    """Ghi giờ hệ thống hoạt động lại thật và báo cho những người liên quan."""
    try:
        moment = datetime.fromisoformat(given.restarted_at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        said = "Ghi ngày và giờ hoạt động lại, ví dụ 23/11/2026 10:30."
        raise InvalidInput(said, {"restarted_at": said})
    commands.end(work, given.outage, moment)


@dataclass(frozen=True)
class Cancel:
    """The planned stop doesn't take place."""

    outage: int = parameter("Sự cố hệ thống", help=_OUTAGE)
    reason: str = parameter("Lý do")


@operation("outages.cancel", version=1, name="Thôi ngừng theo kế hoạch", legal_basis=BASIS)
def cancel(given: Cancel, work: Work) -> None:
    """Ghi việc không ngừng hệ thống như đã thông báo và báo lại cho những người liên quan."""
    commands.cancel(work, given.outage, given.reason)


@dataclass(frozen=True)
class Report:
    """Hand the report in, or approve it."""

    outage: int = parameter("Sự cố hệ thống", help=_OUTAGE)
    person: int = parameter("Người thực hiện", kind="person")


@operation("outages.submit-report", version=1, name="Trình báo cáo sự cố", legal_basis=BASIS)
def submit_report(given: Report, work: Work) -> None:
    """Kiểm tra báo cáo đủ nội dung rồi trình người đứng đầu; từ lúc này báo cáo không sửa được."""
    commands.submit(work, given.outage, given.person)


@dataclass(frozen=True)
class GiveBack:
    """Return the report to who wrote it."""

    outage: int = parameter("Sự cố hệ thống", help=_OUTAGE)
    reason: str = parameter("Lý do")


@operation("outages.return-report", version=1, name="Trả lại báo cáo sự cố", legal_basis=BASIS)
def return_report(given: GiveBack, work: Work) -> None:
    """Trả báo cáo cho người lập để bổ sung."""
    commands.give_back(work, given.outage, given.reason)


@operation("outages.close", version=1, name="Đóng sự cố", legal_basis=BASIS)
def close(given: Report, work: Work) -> None:
    """Ghi việc người đứng đầu duyệt báo cáo, số văn bản đã nhập bổ sung, rồi đóng sự cố."""
    commands.close(work, given.outage, given.person)
