"""What a diagram does about copies: decide, refuse, issue."""

from __future__ import annotations

from dataclasses import dataclass

from engine.copying import commands
from engine.operations import drawn_as, operation, parameter
from engine.platform import Work

REFUSED = "copying.refused"


def _copy() -> int:
    found: int = parameter("Đề nghị sao", kind="number", help="Thường là ${copy}.")
    return found


@dataclass(frozen=True)
class Grant:
    """Let a copy be made."""

    copy: int = _copy()
    person: int = parameter("Người duyệt", kind="person", help="Người có thẩm quyền ký bản sao.")


@dataclass(frozen=True)
class Granted:
    """The document that the copy becomes."""

    document: int


@operation("copying.grant", version=1, name="Cho sao văn bản", errors=(REFUSED,), legal_basis=("ND30-25", "ND30-26"))
def grant(given: Grant, work: Work) -> Granted:
    """Lập bản sao thành một văn bản đi có liên kết với văn bản gốc, chờ cấp số trong sổ bản sao."""
    with drawn_as(REFUSED):
        return Granted(commands.grant(work, given.copy, given.person).id)


@dataclass(frozen=True)
class Refuse:
    """Refuse a copy, or give one up that could not be made."""

    copy: int = _copy()
    reason: str = parameter("Lý do")
    person: int | None = parameter("Người quyết định", kind="person", default=None)


@operation("copying.refuse", version=1, name="Không cho sao", errors=(REFUSED,), legal_basis=("ND30-25",))
def refuse(given: Refuse, work: Work) -> None:
    """Ghi lý do không cho sao hoặc không làm được bản sao và báo người đề nghị; số đã cấp được ghi là hủy."""
    with drawn_as(REFUSED):
        if commands.is_issued(work, given.copy):
            return  # its recall is another case
        commands.refuse(work, given.copy, given.person, given.reason)


@dataclass(frozen=True)
class IssueCopy:
    """Issue a copy to its recipients, or note that it was handed out on paper."""

    copy: int = _copy()
    person: int | None = parameter("Văn thư", kind="person", default=None)
    said: str = parameter("Ghi chú giao nhận", default="")


@dataclass(frozen=True)
class CopyIssued:
    """The dispatches that are to be sent."""

    dispatches: list[int]


@operation(
    "copying.issue", version=1, name="Phát hành bản sao", errors=(REFUSED,),
    legal_basis=("ND30-25", "ND30-26", "ND30-32.2"),
)  # fmt: skip
def issue(given: IssueCopy, work: Work) -> CopyIssued:
    """Phát hành bản sao điện tử đến nơi nhận, hoặc ghi việc giao bản giấy đã ký, đóng dấu; báo người trong cơ quan."""
    with drawn_as(REFUSED):
        return CopyIssued(commands.issue(work, given.copy, given.person, given.said))
