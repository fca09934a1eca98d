"""What a service task can do with documents: the commands, typed for diagrams."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.directory.calendars import office_calendar
from engine.documents import commands, incoming, kinds, outgoing, queries
from engine.errors import BusinessError, InvalidInput, NotAllowed
from engine.operations import operation, parameter
from engine.platform import Work

TRANSITION = "document.transition"


def _document(label: str = "Văn bản", help: str = "Mã văn bản, thường là document_id.") -> Any:
    return parameter(label, kind="document", help=help)


def _in_order(command: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Run a command; what the order of statuses forbids becomes an error that a diagram can catch."""
    try:
        return command(*arguments, **named)
    except NotAllowed as refused:
        raise BusinessError(TRANSITION, str(refused)) from refused


def _day(text: str | None, label: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise InvalidInput(f"{label} phải ở dạng năm-tháng-ngày, ví dụ 2026-11-30.") from None


def _days(by_line: Mapping[str, Any]) -> dict[str, date]:
    """The days of lines that have one of their own."""
    return {line: day for line, text in by_line.items() if (day := _day(text, "Hạn riêng")) is not None}


def _moment(text: str, label: str) -> date:
    """A moment with its time zone, or a whole day."""
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment
    day = _day(text, label)
    if day is None:
        raise InvalidInput(f"{label} đang để trống.")
    return day


# --- Incoming -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """Check an incoming document: complete, addressed to us, allowed formats, no duplicate."""

    document: int = _document()


@operation(
    "documents.check", version=1, name="Kiểm tra văn bản đến", legal_basis=("QD28-9.1a", "ND30-21.2.a", "SYS-1.h")
)
def check(given: Check, work: Work) -> incoming.CheckReport:
    """Kiểm tra tính đầy đủ, đúng nơi nhận, định dạng, dấu chỉ mức độ mật và trùng lặp; chưa gồm chữ ký số."""
    return commands.check(work, given.document)


@dataclass(frozen=True)
class RegisterIncoming:
    """Enter an incoming document in the register."""

    document: int = _document()
    register: int | None = parameter("Sổ", kind="register", help="Bỏ trống: sổ hợp với loại văn bản.", default=None)


@operation(
    "documents.register-incoming", version=1, name="Đăng ký văn bản đến", errors=(TRANSITION,),
    legal_basis=("ND30-22.2", "SYS-1.đ"),
)  # fmt: skip
def register_incoming(given: RegisterIncoming, work: Work) -> incoming.Registered:
    """Cấp số đến kế tiếp trong năm và ghi văn bản vào sổ văn bản đến."""
    registered: incoming.Registered = _in_order(commands.register_incoming, work, given.document, given.register)
    return registered


@dataclass(frozen=True)
class Refuse:
    """Return an incoming document to its sender."""

    document: int = _document()
    reason_code: str = parameter("Loại lý do", kind="choice", choices=tuple(kinds.REFUSAL_REASONS))
    reason: str = parameter("Lý do", help="Gửi kèm trạng thái 02 cho bên gửi, tối đa 1000 ký tự.")
    person: int | None = parameter("Người trả lại", kind="person", default=None)


@operation(
    "documents.refuse", version=1, name="Trả lại văn bản đến", errors=(TRANSITION,),
    legal_basis=("LA-5.1.d", "QD28-5.4", "ND30-21.2.b"),
)  # fmt: skip
def refuse(given: Refuse, work: Work) -> None:
    """Ghi việc từ chối nhận kèm lý do; việc báo cho bên gửi là một bước riêng."""
    _in_order(commands.refuse, work, given.document, given.reason_code, given.reason, given.person)


@dataclass(frozen=True)
class Instruct:
    """Write a leader's instruction on an incoming document."""

    document: int = _document()
    text: str = parameter("Ý kiến chỉ đạo")
    lead_unit: int = parameter("Đơn vị chủ trì", kind="unit")
    lead_person: int | None = parameter("Người chủ trì", kind="person", default=None)
    support_units: list[int] = parameter("Đơn vị phối hợp", kind="list", default=())
    inform_units: list[int] = parameter("Đơn vị để biết", kind="list", default=())
    due_date: str | None = parameter("Thời hạn", kind="date", help="Bỏ trống: hạn ghi trong văn bản.", default=None)
    due_dates: dict[str, Any] = parameter("Hạn riêng", kind="data", help="Ngày theo mã đơn vị.", default_factory=dict)
    due_otherwise: str | None = parameter("Hạn mặc định", help="Thời điểm, khi không nơi nào ghi hạn.", default=None)
    person: int | None = parameter("Người cho ý kiến", kind="person", default=None)


@operation(
    "documents.instruct", version=1, name="Ghi ý kiến chỉ đạo, phân công", errors=(TRANSITION,),
    legal_basis=("ND30-23.2", "ND30-23.4"), retractable=True,
)  # fmt: skip
def instruct(given: Instruct, work: Work) -> incoming.Instructed:
    """Ghi bút phê: một đơn vị chủ trì, các đơn vị phối hợp, để biết, thời hạn; hạn tính đến cuối giờ làm việc."""
    instructed: incoming.Instructed = _in_order(
        commands.instruct, work, given.document, text=given.text, lead_unit=given.lead_unit,
        lead_person=given.lead_person, support_units=given.support_units, inform_units=given.inform_units,
        due_date=_day(given.due_date, "Thời hạn"), due_dates=_days(given.due_dates), person_id=given.person,
        due_otherwise=datetime.fromisoformat(given.due_otherwise) if given.due_otherwise else None,
    )  # fmt: skip
    return instructed


@dataclass(frozen=True)
class Assign:
    """Name who resolves an incoming document within a unit."""

    document: int = _document()
    person: int = parameter("Người chủ trì", kind="person")
    supporters: list[int] = parameter("Người phối hợp", kind="list", default=())
    informed: list[int] = parameter("Người nhận để biết", kind="list", default=())
    due_dates: dict[str, Any] = parameter("Hạn riêng", kind="data", help="Ngày theo mã người.", default_factory=dict)
    by: int | None = parameter("Người phân công", kind="person", default=None)


@operation(
    "documents.assign", version=1, name="Phân công xử lý", errors=(TRANSITION,), legal_basis=("ND30-23.2",),
    retractable=True,
)  # fmt: skip
def assign(given: Assign, work: Work) -> incoming.Assigned:
    """Giao một người chủ trì, những người phối hợp, để biết; thay cho lần phân công trước; trả về hạn từng bên."""
    assigned: incoming.Assigned = _in_order(
        commands.assign, work, given.document, person_id=given.person, supporters=given.supporters,
        informed=given.informed, due_dates=_days(given.due_dates), by=given.by,
    )  # fmt: skip
    return assigned


@dataclass(frozen=True)
class ReplaceLead:
    """Let another unit lead."""

    document: int = _document()
    lead_unit: int = parameter("Đơn vị chủ trì mới", kind="unit")
    reason: str = parameter("Lý do")
    person: int | None = parameter("Người quyết định", kind="person", default=None)


@operation("documents.replace-lead", version=1, name="Đổi đơn vị chủ trì", legal_basis=("ND30-23.2",))
def replace_lead(given: ReplaceLead, work: Work) -> incoming.Instructed:
    """Thay dòng chủ trì, giữ thời hạn và các đơn vị phối hợp; đơn vị cũ được báo."""
    return commands.replace_lead(work, given.document, given.lead_unit, given.reason, given.person)


@dataclass(frozen=True)
class Postpone:
    """Grant more time for the work on an incoming document."""

    document: int = _document()
    due_at: str = parameter("Thời hạn mới", kind="date", help="Ngày, hoặc thời điểm có múi giờ.")


@dataclass(frozen=True)
class Postponed:
    """The new due date, as kept with the assignments."""

    due_at: str


@operation(
    "documents.postpone", version=1, name="Lùi thời hạn giải quyết", legal_basis=("ND30-24.2",), retractable=True
)
def postpone(given: Postpone, work: Work) -> Postponed:
    """Ghi thời hạn mới vào phân công của người chủ trì và người phối hợp đang giải quyết văn bản."""
    return Postponed(commands.postpone(work, given.document, _moment(given.due_at, "Thời hạn mới")).isoformat())


@dataclass(frozen=True)
class Resolve:
    """Close the work on an incoming document."""

    document: int = _document()
    resolution: str = parameter("Cách giải quyết", kind="choice", choices=tuple(kinds.RESOLUTIONS))
    text: str = parameter("Kết quả", default="")
    reply: int | None = parameter("Văn bản trả lời", kind="document", default=None)


@operation(
    "documents.resolve", version=1, name="Ghi kết quả giải quyết", errors=(TRANSITION,),
    legal_basis=("ND30-24.2", "LA-9.2.đ"),
)  # fmt: skip
def resolve(given: Resolve, work: Work) -> None:
    """Kết thúc xử lý bằng văn bản trả lời đã liên kết, ghi chú để biết, hoặc kết quả bằng lời."""
    _in_order(commands.resolve, work, given.document, given.resolution, given.text, given.reply)


@dataclass(frozen=True)
class FileAway:
    """File a resolved document."""

    document: int = _document()


@operation("documents.file", version=1, name="Lưu hồ sơ", errors=(TRANSITION,), legal_basis=("ND30-29.3",))
def file(given: FileAway, work: Work) -> None:
    """Chuyển văn bản đã giải quyết xong sang trạng thái đã lưu hồ sơ."""
    _in_order(commands.file, work, given.document)


# --- Both directions ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RecordOpinion:
    """Keep an opinion on a document."""

    document: int = _document()
    person: int | None = parameter("Người cho ý kiến", kind="person")
    kind: str = parameter("Loại ý kiến", kind="choice", choices=tuple(kinds.OPINION_KINDS))
    verdict: str = parameter("Kết luận")
    text: str = parameter("Ý kiến", default="")
    status: str | None = parameter("Trạng thái sau ý kiến", help="Bỏ trống: giữ nguyên trạng thái.", default=None)


@dataclass(frozen=True)
class Recorded:
    """What the document says at that moment; bound answers live there, so a diagram learns them here."""

    status: str
    signer: int | None
    urgency: int


@operation(
    "documents.record-opinion", version=1, name="Ghi ý kiến", errors=(TRANSITION,), legal_basis=("SYS-5.a",),
    retractable=True,
)  # fmt: skip
def record_opinion(given: RecordOpinion, work: Work) -> Recorded:
    """Lưu ý kiến kiểm tra, duyệt, phối hợp hoặc trả lại cùng với văn bản; chuyển trạng thái nếu có nêu."""
    commands.record_opinion(work, given.document, given.person, given.kind, given.verdict, given.text)
    if given.status is not None:
        _in_order(commands.set_status, work, given.document, given.status)
    document = queries.locked(work, given.document)
    return Recorded(document.status, document.signer_id, document.urgency)


@dataclass(frozen=True)
class SetStatus:
    """Move a document to another status."""

    document: int = _document()
    status: str = parameter(
        "Trạng thái", kind="choice", choices=tuple({**kinds.OUTGOING_STATUSES, **kinds.INCOMING_STATUSES})
    )


@operation(
    "documents.set-status", version=1, name="Chuyển trạng thái", errors=(TRANSITION,), legal_basis=("ND30-14",),
    retractable=True,
)  # fmt: skip
def set_status(given: SetStatus, work: Work) -> None:
    """Chuyển trạng thái theo đúng trình tự; sai trình tự thì báo lỗi document.transition."""
    _in_order(commands.set_status, work, given.document, given.status)


# --- Outgoing -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    """Give a signed document its number and date."""

    document: int = _document()
    register: int | None = parameter("Sổ", kind="register", help="Bỏ trống: sổ hợp với loại văn bản.", default=None)
    person: int | None = parameter("Người cấp số", kind="person", default=None)


@operation(
    "documents.number", version=1, name="Cấp số, đăng ký văn bản đi", errors=(TRANSITION,),
    legal_basis=("ND30-15.1", "ND30-15.3", "SYS-1.đ"),
)  # fmt: skip
def number(given: Number, work: Work) -> outgoing.Numbered:
    """Cấp số, ngày, ký hiệu, mã định danh và ghi sổ văn bản đi; chỉ sau khi người có thẩm quyền đã ký."""
    numbered: outgoing.Numbered = _in_order(commands.number_outgoing, work, given.document, given.register)
    return numbered


@dataclass(frozen=True)
class Issue:
    """Issue a sealed document to its recipients."""

    document: int = _document()
    person: int | None = parameter("Người phát hành", kind="person", default=None)


@dataclass(frozen=True)
class Issued:
    """The dispatches that are to be sent, and what has to be followed: whether a reply is asked for, until when."""

    dispatches: list[int]
    reply_required: bool
    due_at: str | None


@operation(
    "documents.issue", version=1, name="Phát hành văn bản", errors=(TRANSITION,),
    legal_basis=("ND30-18.1", "QD28-8.1", "LA-10.1"),
)  # fmt: skip
def issue(given: Issue, work: Work) -> Issued:
    """Phát hành văn bản đã có chữ ký số của cơ quan; trả về danh sách nơi nhận cần gửi điện tử."""
    dispatches: list[int] = _in_order(commands.issue, work, given.document)
    document = queries.locked(work, given.document, "outgoing")
    calendar = office_calendar(work.session, document.agency_id)
    due_at = calendar.end_of_day(document.due_date) if document.reply_required and document.due_date else None
    return Issued(dispatches, document.reply_required, due_at.isoformat() if due_at else None)


@dataclass(frozen=True)
class LinkAnswer:
    """Link an outgoing document with the incoming ones it answers."""

    document: int = _document("Văn bản đi")
    answers: list[int] = parameter("Trả lời các văn bản đến", kind="list")


@operation("documents.link-answer", version=1, name="Liên kết phúc đáp", legal_basis=("LA-9.2.đ",))
def link_answer(given: LinkAnswer, work: Work) -> None:
    """Liên kết hai chiều văn bản đi với các văn bản đến mà nó trả lời."""
    commands.link_answer(work, given.document, given.answers)


@dataclass(frozen=True)
class LateDispatch:
    """Count a reminder for a recipient that hasn't answered in time."""

    dispatch: int = parameter("Nơi nhận", kind="number")


@dataclass(frozen=True)
class Reminded:
    """How often a recipient has been reminded."""

    reminders: int


@operation("documents.late-dispatch", version=1, name="Ghi chậm trả lời", legal_basis=("LA-9.3.b",))
def late_dispatch(given: LateDispatch, work: Work) -> Reminded:
    """Đánh dấu nơi nhận chậm trả lời và đếm số lần đôn đốc."""
    return Reminded(commands.late_dispatch(work, given.dispatch).reminders)


# --- Recall ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Destroy:
    """Destroy a recalled incoming document."""

    document: int = _document()
    reason: str = parameter("Lý do thu hồi")


@operation(
    "documents.destroy",
    version=1,
    name="Hủy văn bản bị thu hồi",
    errors=(TRANSITION,),
    legal_basis=("QD28-9.2b", "SYS-8"),
)
def destroy(given: Destroy, work: Work) -> None:
    """Hủy nội dung và dữ liệu của văn bản đến bị thu hồi, chỉ giữ dấu vết của việc thu hồi."""
    _in_order(commands.destroy, work, given.document, given.reason)


@dataclass(frozen=True)
class Freeze:
    """Freeze a recalled outgoing document."""

    document: int = _document()
    reason: str = parameter("Lý do thu hồi")


@operation(
    "documents.freeze", version=1, name="Khóa văn bản đi đã thu hồi", errors=(TRANSITION,), legal_basis=("SYS-8",)
)
def freeze(given: Freeze, work: Work) -> None:
    """Khóa văn bản đi đã thu hồi cùng dữ liệu của nó; không xóa gì."""
    _in_order(commands.freeze, work, given.document, given.reason)
