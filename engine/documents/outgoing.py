"""Outgoing documents: recipients, number, issue, dispatches and their states, recall at the issuer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from engine.directory import queries as directory
from engine.directory.models import Agency
from engine.documents import kinds, queries, registers, rules
from engine.documents.editing import refold
from engine.documents.models import Dispatch, DispatchStatus, Document, Register, RegisterEntry
from engine.documents.queries import locked
from engine.documents.registers import numbers
from engine.errors import Conflict, InvalidInput, NotFound
from engine.occasions import ANSWERED, REFUSED
from engine.platform import Work

MOST_RECIPIENTS = 1_000
ISSUED_AT, ACKNOWLEDGED_AT = "issued", "acknowledged"


def plan_recipients(work: Work, document: Document, agency_ids: Iterable[int]) -> None:
    """Note to whom the document shall go; those not named any more are taken out; InvalidInput for itself."""
    wanted = list(dict.fromkeys(int(each) for each in agency_ids))
    if len(wanted) > MOST_RECIPIENTS:
        raise InvalidInput("Quá nhiều nơi nhận.", {"recipients": f"Chọn tối đa {MOST_RECIPIENTS} nơi nhận."})
    if document.agency_id in wanted:
        raise InvalidInput("Nơi nhận trùng cơ quan ban hành.", {"recipients": "Bỏ chính cơ quan mình khỏi nơi nhận."})
    today = directory.today(work.now)
    known = {row.recipient_id: row for row in queries.dispatches(work.session, document.id)}
    for recipient_id, row in known.items():
        if recipient_id not in wanted:
            work.session.delete(row)
    work.session.flush()
    for agency_id in wanted:
        if agency_id not in known:
            _plan(work, document, directory.agency(work.session, agency_id), today)
    work.session.flush()


def _plan(work: Work, document: Document, recipient: Agency, today: date) -> None:
    if recipient.valid_to is not None and recipient.valid_to < today:
        sentence = f"{recipient.name} đã ngừng hoạt động; chọn cơ quan kế thừa."
        raise InvalidInput(sentence, {"recipients": sentence})
    code = directory.code_for(work.session, recipient.id, today)
    work.session.add(
        Dispatch(
            agency_id=document.agency_id, document_id=document.id, recipient_id=recipient.id,
            recipient_code=code or f"agency:{recipient.id}", recipient_name=recipient.name, state="planned",
            for_action=True, paper_reason="" if code else "NO_CONNECTION", reason="", reminders=0,
        )
    )  # fmt: skip


def set_paper(work: Work, dispatch_id: int, reason: str) -> Dispatch:
    """Let paper follow to one recipient, only for a reason of the list; "" takes it back (LA-5.1.c, LA-6.2)."""
    row = queries.dispatch(work.session, work.actor.agency_id, dispatch_id)
    work.require(rules.may_edit(locked(work, row.document_id), ("recipients",)))
    if reason and reason not in kinds.PAPER_REASONS:
        raise InvalidInput(
            "Gửi kèm bản giấy phải có lý do trong danh mục.", {"paper_reason": "Chọn lý do trong danh mục."}
        )
    row.paper_reason = reason
    work.note("dispatch.paper_set", "dispatch", row.id, row.agency_id, reason=reason)
    return row


# --- Number ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Numbered:
    """What a document got with its number."""

    number: int
    code: str
    issued_date: str
    identifier: str


def number_outgoing(
    work: Work, document_id: int, register_id: int | None = None, *, held_entry: int | None = None
) -> Numbered:
    """Give a signed document its number, date, notation and identifier, and enter it in the register (ND30-15).

    NotAllowed before the competent person's signature or a second time; Conflict when no register fits.
    """
    document = locked(work, document_id, "outgoing")
    work.require(rules.may_be_numbered(document))
    register = registers.register_for(work, document, register_id)
    agency = directory.agency(work.session, document.agency_id)
    today = directory.today(work.now)
    organ = directory.code_for(work.session, agency.id, today) or document.organ_id or ""
    notation = _notation(work, document, register, agency)
    template = str(agency.policy.get("identifier_template") or numbers.SAMPLE_TEMPLATE)
    work.note("document.numbered", "document", document.id, document.agency_id, register=register.id)
    entry, day = _entry(work, register, document, today, held_entry)  # what is entered afterwards keeps its day
    inside = entry.year if register.with_year else None
    document.code_number = numbers.format_number(entry.number, entry.suffix)
    document.code_notation = notation
    document.code = numbers.format_code(entry.number, notation, inside, entry.suffix)
    document.issued_date, document.organ_id = day, organ or None
    document.identifier = numbers.document_identifier(organ, day, entry.number, document.code, template)
    document.status = "numbered"
    refold(document)
    work.session.flush()
    return Numbered(entry.number, document.code, day.isoformat(), document.identifier)


def _notation(work: Work, document: Document, register: Register, agency: Agency) -> str:
    unit = directory.unit(work.session, agency.id, document.unit_id).abbreviation if document.unit_id else ""
    if register.notation:
        return numbers.notation_of_template(register.notation, document.type_name, agency.abbreviation, unit)
    return numbers.notation(document.type_name, agency.abbreviation, unit)


def _entry(
    work: Work, register: Register, document: Document, today: date, held: int | None
) -> tuple[RegisterEntry, date]:
    if held is None:
        return registers.enter_on(work, register, document, today)
    entry = registers.use_held(work, register, held, document)
    if entry.year != today.year:
        raise Conflict(f"Số đang giữ thuộc năm {entry.year}, không dùng cho văn bản năm {today.year} được.")
    return entry, entry.dated if entry.suffix else today


# --- Issue and dispatches -------------------------------------------------------------------------------------


def issue(work: Work, document_id: int) -> list[int]:
    """Issue a sealed document: its dispatches wait to be sent; returns the ids of those that go electronically.

    NotAllowed out of order (ND30-14, QD28-8.1); InvalidInput without any recipient.
    """
    document = locked(work, document_id, "outgoing")
    work.require(rules.may_become(document, "issued"))
    if problems := rules.reply_problem(document.reply_required, document.due_date, document.reply_requirement):
        raise InvalidInput(" ".join(problems.values()), problems)
    rows = queries.dispatches(work.session, document.id)
    if not rows and not document.to_places.strip():
        raise InvalidInput("Văn bản chưa có nơi nhận.", {"recipients": "Chọn ít nhất một nơi nhận."})
    document.status, document.issued_at = "issued", work.now
    for row in rows:
        row.state = "paper" if row.paper_reason == "NO_CONNECTION" else "queued"
        row.issued_at = work.now
        row.due_date = document.due_date if document.reply_required and row.for_action else None
    work.session.flush()
    work.note("document.issued", "document", document.id, document.agency_id, recipients=len(rows))
    return [row.id for row in rows if row.state == "queued"]


def dispatch_ids(work: Work, document_id: int) -> list[int]:
    """Ids of the dispatches of a document that went, or are to go, electronically."""
    locked(work, document_id, "outgoing")
    return [row.id for row in queries.dispatches(work.session, document_id) if row.state != "paper"]


def record_acknowledgement(work: Work, dispatch_id: int, transport_id: str, at: datetime) -> Dispatch:
    """Note the transport's success report: only with it the document counts as sent (LA-10.1); once is enough."""
    row = locked_dispatch(work, dispatch_id)
    if row.acknowledged_at is None:
        row.transport_id, row.acknowledged_at = transport_id[:200], at
        policy = directory.agency(work.session, row.agency_id).policy.get("sent_time", ISSUED_AT)
        row.sent_at = at if policy == ACKNOWLEDGED_AT else (row.issued_at or at)
        work.note("dispatch.acknowledged", "dispatch", row.id, row.agency_id, transport_id=transport_id)
    if row.state in ("queued", "sending", "failed"):
        row.state = "sent"
    return row


def record_failure(work: Work, dispatch_id: int, reason: str) -> Dispatch:
    """Note that the transport gave up on a dispatch; somebody has to look at it."""
    row = locked_dispatch(work, dispatch_id)
    if row.state in ("queued", "sending"):
        row.state, row.reason = "failed", reason[:1000]
        work.note("dispatch.failed", "dispatch", row.id, row.agency_id, reason=reason[:200])
    return row


def record_dispatch_status(
    work: Work,
    dispatch_id: int,
    code: str,
    description: str = "",
    staff: str = "",
    at: datetime | None = None,
    raw_hash: str | None = None,
) -> str:
    """Keep a status message about a dispatch and return the state shown afterwards (QD28-6.3, facts 13.5).

    Every message is kept, in whatever order they come; unknown codes are kept too and change nothing.
    """
    row = locked_dispatch(work, dispatch_id)
    work.session.add(
        DispatchStatus(
            dispatch_id=row.id, code=code.strip()[:10], description=description[:1000], staff=staff[:200],
            at=at or work.now, arrived_at=work.now, raw_hash=raw_hash,
        )
    )  # fmt: skip
    work.session.flush()
    messages = [
        rules.StatusMessage(each.code, each.at, order)
        for order, each in enumerate(queries.dispatch_statuses(work.session, row.id))
    ]
    before = row.state
    row.state = rules.displayed_state(_transport_state(row), messages)
    if code in ("02", "16"):
        row.reason = description[:1000]
    if row.state != before and row.state in TOLD_STATES:
        about = {"dispatch": row.id, "recipient": row.recipient_name}
        work.tell(TOLD_STATES[row.state], row.agency_id, document_id=row.document_id, details=about)
    work.note("dispatch.status_recorded", "dispatch", row.id, row.agency_id, code=code, before=before, after=row.state)
    return row.state


TOLD_STATES = {"refused": REFUSED, "done": ANSWERED}


def _transport_state(row: Dispatch) -> str:
    if row.acknowledged_at is not None:
        return "sent"
    return row.state if row.state in ("planned", "queued", "sending", "failed", "paper") else "sent"


def late_dispatch(work: Work, dispatch_id: int) -> Dispatch:
    """Mark a dispatch as late and count a reminder (LA-9.3.b: urge, report late cases)."""
    row = locked_dispatch(work, dispatch_id)
    row.late_at = row.late_at or work.now
    row.reminders += 1
    work.note("dispatch.reminded", "dispatch", row.id, row.agency_id, reminders=row.reminders)
    return row


def locked_dispatch(work: Work, dispatch_id: int) -> Dispatch:
    """A dispatch of the actor's agency, locked until the transaction ends; NotFound for any other."""
    query = select(Dispatch).where(Dispatch.id == dispatch_id).with_for_update()
    row = work.session.scalar(query.execution_options(populate_existing=True))
    if row is None or (work.actor.agency_id is not None and row.agency_id != work.actor.agency_id):
        raise NotFound("Không tìm thấy nơi nhận này.")
    return row
