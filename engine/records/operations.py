"""What a service task can do with dossiers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.directory import queries as directory
from engine.directory.queries import actor_of
from engine.errors import BusinessError
from engine.operations import drawn_as, operation, parameter
from engine.platform import Work
from engine.records import commands, disposal, loans, queries, year_lists

REFUSED = "records.refused"


@dataclass(frozen=True)
class Collect:
    """Put a document and the rest of its matter into a dossier."""

    document: int = parameter("Văn bản", kind="document", help="Mã văn bản, thường là document_id.")
    dossier: int | None = parameter(
        "Hồ sơ", kind="dossier", help="Hồ sơ đang lập; bỏ trống: không đưa vào hồ sơ nào.", default=None
    )
    person: int | None = parameter(
        "Người đưa vào hồ sơ", kind="person", help="Chỉ đưa văn bản người này được xem vào hồ sơ người này được lập.",
        default=None,
    )  # fmt: skip


@dataclass(frozen=True)
class Collected:
    """Which dossier, and how many documents are new in it."""

    notation: str
    added: int


@operation(
    "records.collect", version=1, name="Đưa văn bản vào hồ sơ", errors=(REFUSED,), legal_basis=("ND30-29.3", "SYS-4")
)
def collect(given: Collect, work: Work) -> Collected:
    """Đưa văn bản cùng các văn bản liên quan của vụ việc vào hồ sơ đã chọn; không chọn hồ sơ thì bỏ qua."""
    if given.dossier is None:
        return Collected("", 0)
    before = work.actor
    try:
        with drawn_as(REFUSED):
            if given.person is not None:
                work.actor = actor_of(work.session, given.person, work.now)
            row = queries.get(work.session, work.actor, given.dossier)
            added = commands.collect(work, row.id, given.document)
    finally:
        work.actor = before
    return Collected(row.notation, len(added))


# --- The list of a year, loans, what becomes of old dossiers ------------------------------------------------------


@dataclass(frozen=True)
class ApproveList:
    """Note that the head has approved the list of a year."""

    year: int = parameter("Năm của danh mục", help="Thường là ${year}.")
    person: int = parameter("Người phê duyệt", kind="person")
    issued_on: str | None = parameter("Ngày ban hành", kind="date", default=None)
    remark: str = parameter("Ý kiến", default="")


@operation(
    "records.approve-list", version=1, name="Ghi phê duyệt danh mục hồ sơ", errors=(REFUSED,), legal_basis=("ND30-28",)
)
def approve_list(given: ApproveList, work: Work) -> None:
    """Ghi việc người đứng đầu phê duyệt danh mục hồ sơ của năm và ngày ban hành."""
    with drawn_as(REFUSED):
        day = date.fromisoformat(given.issued_on[:10]) if given.issued_on else directory.today(work.now)
        year_lists.approve(work, _agency(work), given.year, given.person, day, given.remark)


@dataclass(frozen=True)
class ReturnList:
    """Note what the head wants changed in the list of a year."""

    year: int = parameter("Năm của danh mục", help="Thường là ${year}.")
    person: int = parameter("Người trả lại", kind="person")
    remark: str = parameter("Nội dung cần sửa")


@operation("records.return-list", version=1, name="Trả lại danh mục hồ sơ", errors=(REFUSED,), legal_basis=("ND30-28",))
def return_list(given: ReturnList, work: Work) -> None:
    """Ghi nội dung người đứng đầu yêu cầu sửa; văn thư sửa rồi trình lại."""
    with drawn_as(REFUSED):
        year_lists.give_back(work, _agency(work), given.year, given.person, given.remark)


@dataclass(frozen=True)
class Lend:
    """Lend a dossier."""

    loan: int = parameter("Lượt mượn", help="Thường là ${loan}.")
    person: int = parameter("Người duyệt", kind="person")


@operation("records.lend", version=1, name="Cho mượn hồ sơ", errors=(REFUSED,), legal_basis=("SYS-3.b", "SYS-5.a"))
def lend(given: Lend, work: Work) -> None:
    """Mở quyền xem hồ sơ và văn bản trong hồ sơ cho người mượn, chỉ trong thời gian mượn, có ghi nhật ký."""
    with drawn_as(REFUSED):
        loans.lend(work, given.loan, given.person)


@dataclass(frozen=True)
class RefuseLoan:
    """Refuse to lend a dossier."""

    loan: int = parameter("Lượt mượn", help="Thường là ${loan}.")
    person: int = parameter("Người không duyệt", kind="person")
    reason: str = parameter("Lý do")


@operation("records.refuse-loan", version=1, name="Không cho mượn hồ sơ", errors=(REFUSED,), legal_basis=("SYS-3.b",))
def refuse_loan(given: RefuseLoan, work: Work) -> None:
    """Ghi lý do không cho mượn và báo người đề nghị."""
    with drawn_as(REFUSED):
        loans.refuse(work, given.loan, given.person, given.reason)


@dataclass(frozen=True)
class RemindLoan:
    """Remind the borrower of the day a dossier is due back."""

    loan: int = parameter("Lượt mượn", help="Thường là ${loan}.")


@operation("records.remind-loan", version=1, name="Nhắc trả hồ sơ", legal_basis=("SYS-5.a",))
def remind_loan(given: RemindLoan, work: Work) -> None:
    """Báo người mượn ngày phải trả hồ sơ, mỗi lượt mượn một lần."""
    loans.remind(work, given.loan)


@dataclass(frozen=True)
class EndLoan:
    """End a loan."""

    loan: int = parameter("Lượt mượn", help="Thường là ${loan}.")
    person: int | None = parameter("Người trả hoặc nhận lại", kind="person", default=None,
                                   help="Bỏ trống: hết thời gian mượn.")  # fmt: skip


@operation("records.end-loan", version=1, name="Kết thúc việc mượn hồ sơ", legal_basis=("SYS-3.b", "SYS-5.a"))
def end_loan(given: EndLoan, work: Work) -> None:
    """Đóng quyền xem của người mượn và ghi ngày trả; lượt mượn đã kết thúc thì bỏ qua."""
    loans.end(work, given.loan, given.person)


@dataclass(frozen=True)
class Dispose:
    """Carry out a decision on dossiers whose retention has run out."""

    disposal: int = parameter("Đề nghị xét hủy", help="Thường là ${disposal}.")
    person: int = parameter("Người quyết định", kind="person")
    decision: str = parameter("Số, ngày của quyết định")
    remark: str = parameter("Ý kiến", default="")


@operation(
    "records.dispose", version=1, name="Hủy hoặc giữ tiếp hồ sơ hết thời hạn", errors=(REFUSED,),
    legal_basis=("SYS-5.d–g",),
)  # fmt: skip
def dispose(given: Dispose, work: Work) -> None:
    """Thực hiện quyết định: hủy nội dung và tệp, giữ dòng dữ liệu của hồ sơ; hoặc kéo dài thời hạn bảo quản."""
    with drawn_as(REFUSED):
        disposal.carry_out(work, given.disposal, given.person, given.decision, given.remark)


@dataclass(frozen=True)
class RefuseDisposal:
    """Note that the head doesn't agree with a proposal."""

    disposal: int = parameter("Đề nghị xét hủy", help="Thường là ${disposal}.")
    person: int = parameter("Người không đồng ý", kind="person")
    reason: str = parameter("Lý do")


@operation(
    "records.refuse-disposal", version=1, name="Không đồng ý xét hủy hồ sơ", errors=(REFUSED,),
    legal_basis=("SYS-5.d–g",),
)  # fmt: skip
def refuse_disposal(given: RefuseDisposal, work: Work) -> None:
    """Giữ nguyên mọi hồ sơ và ghi lý do."""
    with drawn_as(REFUSED):
        disposal.refuse(work, given.disposal, given.person, given.reason)


def _agency(work: Work) -> int:
    if work.actor.agency_id is None:
        raise BusinessError(REFUSED, "Không tìm thấy cơ quan này.")
    return work.actor.agency_id
