"""What a service task can do with an outage: its real end, its report, its closing."""

from __future__ import annotations

from dataclasses import dataclass

from engine.operations import operation, parameter
from engine.outages import commands
from engine.platform import Work

BASIS = ("LA-14.3",)
_OUTAGE = "Thường là ${outage}."


@dataclass(frozen=True)
class About:
    """Which outage it is about; times and reasons are filled in with the tasks of the case."""

    outage: int = parameter("Sự cố hệ thống", help=_OUTAGE)


@operation("outages.end", version=1, name="Ghi giờ hoạt động lại", legal_basis=BASIS)
def end(given: About, work: Work) -> None:
    """Lấy giờ hệ thống hoạt động lại đã ghi ở bước trước, gỡ dải thông báo và báo cho những người liên quan."""
    commands.end(work, given.outage)


@operation("outages.cancel", version=1, name="Thôi ngừng theo kế hoạch", legal_basis=BASIS)
def cancel(given: About, work: Work) -> None:
    """Ghi việc không ngừng hệ thống như đã thông báo và báo lại cho những người liên quan."""
    commands.cancel(work, given.outage)


@dataclass(frozen=True)
class Report:
    """Hand the report in, or approve it."""

    outage: int = parameter("Sự cố hệ thống", help=_OUTAGE)
    person: int = parameter("Người thực hiện", kind="person")


@operation("outages.submit-report", version=1, name="Trình báo cáo sự cố", legal_basis=BASIS)
def submit_report(given: Report, work: Work) -> None:
    """Kiểm tra báo cáo đủ nội dung rồi trình người đứng đầu; từ lúc này báo cáo không sửa được."""
    commands.submit(work, given.outage, given.person)


@operation("outages.return-report", version=1, name="Trả lại báo cáo sự cố", legal_basis=BASIS)
def return_report(given: About, work: Work) -> None:
    """Trả báo cáo cho người lập để bổ sung."""
    commands.give_back(work, given.outage)


@operation("outages.close", version=1, name="Đóng sự cố", legal_basis=BASIS)
def close(given: Report, work: Work) -> None:
    """Ghi việc người đứng đầu duyệt báo cáo, số văn bản đã nhập bổ sung, rồi đóng sự cố."""
    commands.close(work, given.outage, given.person)
