"""What a diagram can do to the deadline of the work on an incoming document: let it stand still and run on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from engine.directory import queries as directory
from engine.directory.calendars import office_calendar
from engine.directory.models import Person
from engine.documents import commands as documents
from engine.documents import queries
from engine.documents.models import Assignment, Document, DocumentLink
from engine.errors import Conflict, InvalidInput
from engine.instances.advance import THROWN
from engine.instances.models import Subscription
from engine.instances.timing.suspending import later_by
from engine.operations import operation, parameter
from engine.platform import Work

SUPPLEMENTED = "supplement-received"
RUNNING = ("directed", "in_progress")


@dataclass(frozen=True)
class SuspendDeadline:
    """Let the deadline of the work on a document stand still while a supplement is awaited."""

    document: int = parameter("Văn bản", kind="document")
    missing: str = parameter("Nội dung cần bổ sung")
    source: str = parameter("Nơi bổ sung", help="Cơ quan, đơn vị hoặc người được đề nghị bổ sung.")
    until: str = parameter("Chờ đến hết ngày", kind="date")
    person: int | None = parameter("Người đề nghị", kind="person", default=None)


@dataclass(frozen=True)
class StandingStill:
    """Since when it stands still, until when the supplement is awaited, and the dates that were, by line."""

    since: str
    until: str
    dues: dict[str, str]


@operation(
    "documents.suspend-deadline", version=1, name="Tạm dừng thời hạn chờ bổ sung", legal_basis=("ND30-24.2", "SYS-5.a"),
    retractable=True,
)  # fmt: skip
def suspend_deadline(given: SuspendDeadline, work: Work) -> StandingStill:
    """Dừng thời hạn của bên chủ trì từ lúc đề nghị bổ sung; lưu nội dung đề nghị cùng văn bản."""
    document = queries.locked(work, given.document, "incoming")
    if document.status not in RUNNING:
        raise Conflict("Chỉ đề nghị bổ sung được khi văn bản đang được giải quyết.")
    until = office_calendar(work.session, document.agency_id).end_of_day(date.fromisoformat(given.until[:10]))
    if until <= work.now:
        sentence = "Chọn ngày từ hôm nay trở đi."
        raise InvalidInput(sentence, {"supplement_until": sentence})
    dues: dict[str, str] = {}
    for row in _leading(work, document):
        if row.due_at is not None:
            dues[str(row.id)], row.due_at = row.due_at.isoformat(), None
    said = f"{given.source.strip()}: {given.missing.strip()}"
    documents.record_opinion(work, document.id, given.person, "supplement", "asked", said)
    work.note("document.deadline_suspended", "document", document.id, document.agency_id, until=until, dues=dues)
    return StandingStill(work.now.isoformat(), until.isoformat(), dues)


@dataclass(frozen=True)
class ResumeDeadline:
    """Let the deadline of the work on a document run on with the office time that was left."""

    document: int = parameter("Văn bản", kind="document")
    since: str = parameter("Dừng từ lúc", kind="date")
    dues: dict[str, Any] = parameter("Hạn trước khi dừng", kind="data", default_factory=dict)
    supplemented: bool = parameter("Đã có bổ sung", kind="flag", default=True)
    note: str = parameter("Ghi chú", default="")
    person: int | None = parameter("Người ghi nhận", kind="person", default=None)


@dataclass(frozen=True)
class RunningOn:
    """How much office time it stood still, as a duration, by which every date moves on."""

    stood_still: str


@operation(
    "documents.resume-deadline", version=1, name="Cho thời hạn chạy tiếp", legal_basis=("ND30-24.2", "SYS-5.a"),
    retractable=True,
)  # fmt: skip
def resume_deadline(given: ResumeDeadline, work: Work) -> RunningOn:
    """Cộng thời gian làm việc đã tạm dừng vào hạn của bên chủ trì; việc đã quá hạn từ trước vẫn quá hạn như cũ."""
    document = queries.locked(work, given.document, "incoming")
    calendar = office_calendar(work.session, document.agency_id)
    stood = calendar.office_time_between(datetime.fromisoformat(given.since), work.now)
    for row in _leading(work, document):
        if (before := given.dues.get(str(row.id))) is not None:
            row.due_at = later_by(calendar, datetime.fromisoformat(str(before)), stood)
    verdict = "received" if given.supplemented else "missing"
    documents.record_opinion(work, document.id, given.person, "supplement", verdict, given.note)
    seconds = int(stood.total_seconds())
    work.note("document.deadline_resumed", "document", document.id, document.agency_id, seconds=seconds)
    return RunningOn(f"PT{seconds}S" if seconds else "")


def _leading(work: Work, document: Document) -> list[Assignment]:
    rows = queries.assignments(work.session, document.id)
    return [row for row in rows if row.part == "lead" and row.state == "open"]


@dataclass(frozen=True)
class DeadlineSetter:
    """Find who set the deadline of the work on a document."""

    document: int = parameter("Văn bản", kind="document")


@dataclass(frozen=True)
class SetBy:
    """The group who decides on more time, and the person in it who set the deadline; None: any of the group."""

    group: str
    person: int | None


@operation("documents.deadline-setter", version=1, name="Tìm người đã đặt thời hạn", legal_basis=("ND30-23.2",))
def deadline_setter(given: DeadlineSetter, work: Work) -> SetBy:
    """Lãnh đạo đã cho ý kiến chỉ đạo; trưởng phòng với hạn riêng do phòng đặt, hoặc khi không có ý kiến lãnh đạo."""
    document = queries.locked(work, given.document, "incoming")
    rows = _leading(work, document)
    of_unit = next((row for row in rows if row.person_id is None), None)
    of_person = next((row for row in rows if row.person_id is not None), None)
    unit = of_unit.unit_id if of_unit else of_person.unit_id if of_person else None
    head = SetBy(f"unit-head@{unit}", None)
    if of_unit and of_person and of_unit.due_at != of_person.due_at:
        return head
    written = queries.instruction(work.session, document.id)
    if written is None or written.person_id is None:
        return head
    person = work.session.get_one(Person, written.person_id)
    on = directory.today(work.now)
    if not any(grant.role == "leader" for grant in directory.roles_of(work.session, person.id, on)):
        return head
    return SetBy("leader", None if directory.closed(person, work.now) else person.id)


@dataclass(frozen=True)
class AnnounceSupplement:
    """Tell the cases that wait for a supplement that one is registered."""

    document: int = parameter("Văn bản bổ sung", kind="document")


@dataclass(frozen=True)
class Supplements:
    """How many documents the new one supplements."""

    documents: int


@operation("documents.announce-supplement", version=1, name="Báo văn bản bổ sung đã đến", legal_basis=("ND30-24.2",))
def announce_supplement(given: AnnounceSupplement, work: Work) -> Supplements:
    """Văn bản đến trả lời văn bản đề nghị bổ sung thì báo cho việc giải quyết đang chờ; không chờ thì bỏ qua."""
    document = queries.locked(work, given.document, "incoming")
    ours, asked = aliased(DocumentLink), aliased(DocumentLink)
    awaiting = (
        select(Document.id)
        .join(asked, (asked.to_id == Document.id) & (asked.kind == "answers"))
        .join(ours, (ours.to_id == asked.from_id) & (ours.kind == "answers"))
        .where(ours.from_id == document.id, Document.agency_id == document.agency_id)
        .where(Document.direction == "incoming", Document.status.in_(RUNNING), Document.id != document.id)
    )
    named = {str(each): each for each in work.session.scalars(awaiting)}
    asking = select(Subscription.correlation).where(
        Subscription.agency_id == document.agency_id, Subscription.kind == "message",
        Subscription.name == SUPPLEMENTED, Subscription.correlation.in_(named),
    )  # fmt: skip
    found = sorted({named[each] for each in work.session.scalars(asking) if each}) if named else []
    for each in found:  # only who waits now: a message kept for later would end a later wait at once
        told = {"kind": "message", "name": SUPPLEMENTED, "correlation": str(each), "data": {"supplement": document.id}}
        work.send(THROWN, told, agency_id=document.agency_id)
    return Supplements(len(found))
