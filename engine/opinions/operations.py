"""What a diagram does about opinions: open a round, close it; and which levels a draft passes before its approval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.directory.authority import queries as authority
from engine.documents.queries import locked
from engine.errors import BusinessError
from engine.operations import operation, parameter
from engine.opinions import commands
from engine.platform import Work


@dataclass(frozen=True)
class OpenRound:
    """Ask people and units for their opinions on a document."""

    document: int = parameter("Văn bản", kind="document", help="Mã văn bản, thường là document_id.")
    asker: int = parameter("Người lấy ý kiến", kind="person")
    question: str = parameter("Nội dung lấy ý kiến")
    due_date: str = parameter("Hạn trả lời", kind="date", help="Đến hết giờ làm việc của ngày này.")
    people: list[int] = parameter("Những người được hỏi", kind="list", default=())
    units: list[int] = parameter("Những đơn vị được hỏi", kind="list", help="Qua trưởng phòng.", default=())


@dataclass(frozen=True)
class Asked:
    """One line of the round: a unit through its head, or a person."""

    request: int
    unit: int | None
    person: int | None


@dataclass(frozen=True)
class Opened:
    """The round, its lines, until when answers are taken."""

    round: int
    asked: list[Asked]
    due_at: str


@operation("opinions.open", version=1, name="Mở đợt lấy ý kiến", errors=(commands.INVALID,), legal_basis=("ND30-10.2",))
def open_round(given: OpenRound, work: Work) -> Opened:
    """Lập danh sách người, đơn vị được hỏi và thời hạn tính theo giờ làm việc; ghi lại bản dự thảo được lấy ý kiến."""
    try:
        due = date.fromisoformat(given.due_date[:10])
    except ValueError:
        raise BusinessError(commands.INVALID, "Hạn trả lời phải là một ngày.") from None
    found = commands.open_round(
        work, given.document, given.asker, given.question, given.people, given.units, due
    )  # fmt: skip
    commands.take_part(work, found)
    asked = [Asked(row.id, row.unit_id, row.person_id) for row in commands.requests(work, found.id)]
    return Opened(found.id, asked, found.due_at.isoformat())


@dataclass(frozen=True)
class CloseRound:
    """End a round of opinions."""

    round: int = parameter("Đợt lấy ý kiến", kind="number")
    ended_by: str = parameter("Kết thúc vì", kind="choice", choices=("complete", "deadline", "early"))
    reason: str = parameter("Lý do kết thúc sớm", default="")


@dataclass(frozen=True)
class ToExplain:
    """An opinion the asker has to receive or to explain."""

    request: int


@dataclass(frozen=True)
class Closed:
    """How many said what, and which opinions have to be received or explained."""

    agreed: int
    with_remarks: int
    disagreed: int
    silent: int
    to_explain: list[ToExplain]


@operation("opinions.close", version=1, name="Kết thúc lấy ý kiến", legal_basis=("SYS-5.a",))
def close_round(given: CloseRound, work: Work) -> Closed:
    """Kết thúc đợt; ai chưa trả lời được ghi là không trả lời; trả về các ý kiến cần tiếp thu, giải trình."""
    commands.close_round(work, given.round, given.ended_by, given.reason)
    rows = commands.requests(work, given.round)
    said = [row.verdict for row in rows]
    return Closed(
        said.count("agree"), said.count("agree-with"), said.count("disagree"), said.count("silent"),
        [ToExplain(row.id) for row in rows if row.text],
    )  # fmt: skip


# --- Levels of approval ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlanApproval:
    """Find the levels a draft passes before the person who signs approves it."""

    document: int = parameter("Văn bản", kind="document", help="Mã văn bản, thường là document_id.")


@dataclass(frozen=True)
class Level:
    """One level: what it is called and who decides there (a person, or a group such as unit-head@3)."""

    name: str
    group: str
    person: int | None


@dataclass(frozen=True)
class Planned:
    """The levels in their order; none where the agency has set none for this kind of document."""

    levels: list[Level]


@operation("documents.plan-approval", version=1, name="Lập các cấp duyệt", legal_basis=("ND30-11", "ND30-12.1"))
def plan_approval(given: PlanApproval, work: Work) -> Planned:
    """Lấy các cấp duyệt trung gian mà cơ quan đặt cho loại văn bản này, theo thứ tự; không đặt thì duyệt một cấp."""
    document = locked(work, given.document, "outgoing")
    found = authority.levels_for(work.session, document.agency_id, document.type_name, document.signer_id)
    return Planned([
        Level(row.name, _group(row.role, document.unit_id if row.own_unit else None, row.person_id), row.person_id)
        for row in found
    ])  # fmt: skip


def _group(role: str, unit_id: int | None, person_id: int | None) -> str:
    if person_id is not None:
        return f"person:{person_id}"
    return f"{role}@{unit_id}" if unit_id is not None else role
