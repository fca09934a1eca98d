"""Operations of the exchange: send a document to one recipient, report a status, ask a document back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from connectors.exchange import composing
from connectors.exchange.axis import Carried, Letter, axis
from connectors.exchange.edxml import messages as m
from connectors.exchange.edxml.rules import LONGEST_REASON
from connectors.exchange.edxml.writing import write_document, write_status
from engine import outbox
from engine.directory import queries as directory
from engine.documents import commands as documents
from engine.documents import queries
from engine.documents.models import DispatchStatus
from engine.documents.outgoing import locked_dispatch
from engine.documents.recall import recall_queued
from engine.errors import BusinessError, PermanentError
from engine.instances import commands as instances
from engine.operations import Outside, operation, parameter
from engine.platform import Work, system

SEND, REPORT, RECALL, ANSWER = (
    "exchange.send", "exchange.report-status", "exchange.recall", "exchange.answer-unknown",
)  # fmt: skip
REPORTED = (m.ARRIVED, m.REFUSED, m.ACCEPTED, m.ASSIGNED, m.PROCESSING, m.DONE, m.AGREED, m.DENIED)


# --- A document to one recipient ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Send:
    """Send an issued document to one of its recipients."""

    dispatch: int = parameter("Nơi nhận", kind="number", help="Mã nơi nhận của văn bản đã phát hành")


@dataclass(frozen=True)
class Sent:
    """The transport's answer: its id and the moment of the success report."""

    transport_id: str
    acknowledged_at: str


def record_sent(given: Send, result: Mapping[str, Any], work: Work) -> None:
    """Keep the success report: with it the document counts as sent (LA-10.1)."""
    at = datetime.fromisoformat(result["acknowledged_at"])
    documents.record_acknowledgement(work, given.dispatch, result["transport_id"], at)


@operation(
    SEND, version=1, name="Gửi văn bản qua trục liên thông", outside=True, settle=record_sent,
    errors=("exchange.recalled",), legal_basis=("QD28-8.1", "QD28-6.2a", "LA-9.2.c"),
)  # fmt: skip
def send(given: Send, outside: Outside) -> Sent:
    """Gửi văn bản đã phát hành đến một nơi nhận qua trục liên thông."""
    agency_id = _agency(outside)
    outside.platform.run(system(agency_id), begin_sending, given.dispatch)
    try:
        with outside.platform.reading() as session:
            now = _begun(session, outside)
            composed = composing.compose_document(session, outside.platform.files, agency_id, given.dispatch, now)
        carried = _carry(outside, composed, now)
    except PermanentError as error:
        outside.platform.run(system(agency_id), documents.record_failure, given.dispatch, str(error))
        raise
    return Sent(carried.transport_id, carried.acknowledged_at.isoformat())


def begin_sending(work: Work, dispatch_id: int) -> None:
    """Mark a dispatch as on its way, so that it can't be taken back unseen; BusinessError when it was."""
    row = locked_dispatch(work, dispatch_id)
    if row.state == "recalled_locally":
        raise BusinessError("exchange.recalled", "Văn bản đã được thu hồi trước khi gửi đến nơi này.")
    if row.state in ("planned", "queued", "failed"):
        row.state = "sending"


# --- The status of a document received ------------------------------------------------------------------------


@dataclass(frozen=True)
class ReportStatus:
    """Tell the sender how far a received document got."""

    document: int = parameter("Văn bản", kind="document")
    code: str = parameter("Mã trạng thái", kind="choice", choices=REPORTED, help="Theo QCVN 102:2016/BTTTT")
    description: str | None = parameter("Nội dung", default="", help="Lý do khi từ chối; để trống thì ghi câu mặc định")
    person: int | None = parameter("Người thực hiện", kind="person", default=None)


@dataclass(frozen=True)
class Reported:
    """Whether a status left; documents that didn't come over the axis have nobody to tell."""

    sent: bool
    transport_id: str | None = None
    reason: str = ""


def record_reported(given: ReportStatus, result: Mapping[str, Any], work: Work) -> None:
    """Note in the trail what was reported, or why nothing was."""
    work.note("status.reported", "document", given.document, code=given.code, sent=result["sent"], why=result["reason"])


@operation(
    REPORT, version=1, name="Báo trạng thái cho bên gửi", outside=True, settle=record_reported,
    legal_basis=("QD28-9.1b", "QD28-9.2a", "ND30-21.2.c"), retractable=True,
)  # fmt: skip
def report_status(given: ReportStatus, outside: Outside) -> Reported:
    """Báo cho bên gửi, qua trục liên thông, trạng thái xử lý văn bản đã nhận."""
    agency_id = _agency(outside)
    if given.code not in REPORTED:
        raise PermanentError(f"Không báo được trạng thái có mã “{given.code}”.")
    with outside.platform.reading() as session:
        document = queries.get(session, system(agency_id), given.document)
        about = composing.citation(document)
        if document.source != "axis":
            return Reported(False, reason="Văn bản không đến qua trục liên thông.")
        if not (about.code and about.number and about.document_id and about.issued_on):
            return Reported(False, reason="Văn bản đến thiếu mã định danh, số, ký hiệu hoặc ngày để báo lại.")
        now = _begun(session, outside)
        description = (given.description or "")[:LONGEST_REASON]
        message = composing.compose_status(session, agency_id, about, given.code, description, given.person, now)
    return _report(outside, message)


@dataclass(frozen=True)
class AnswerUnknown:
    """Answer a request about a document that this agency doesn't have."""

    to: str = parameter("Mã cơ quan hỏi")
    number: str = parameter("Số, ký hiệu")
    identifier: str = parameter("Mã định danh văn bản")
    issued_on: str = parameter("Ngày ban hành", kind="date")
    code: str = parameter("Mã trạng thái", default=m.DENIED, choices=(m.DENIED, m.AGREED), kind="choice")
    description: str = parameter("Nội dung", default="Không tìm thấy văn bản.")


@operation(ANSWER, version=1, name="Trả lời yêu cầu về văn bản không có", outside=True, legal_basis=("QD28-9.2b",))
def answer_unknown(given: AnswerUnknown, outside: Outside) -> Reported:
    """Trả lời bên gửi rằng cơ quan không có văn bản được yêu cầu thu hồi."""
    agency_id = _agency(outside)
    about = m.Citation(given.to, given.number, given.identifier, date.fromisoformat(given.issued_on))
    with outside.platform.reading() as session:
        now = _begun(session, outside)
        message = composing.compose_status(session, agency_id, about, given.code, given.description, None, now)
    return _report(outside, message)


# --- Recall ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recall:
    """Ask one recipient to give a document back."""

    dispatch: int = parameter("Nơi nhận", kind="number")
    reason: str = parameter("Lý do thu hồi")


@dataclass(frozen=True)
class Recalled:
    """Whether a request left; a document that never left is taken back without one."""

    asked: bool
    transport_id: str | None = None


@operation(
    RECALL, version=1, name="Yêu cầu thu hồi văn bản", outside=True, legal_basis=("QD28-8.2b", "ND30-18.4", "SYS-8")
)
def recall(given: Recall, outside: Outside) -> Recalled:
    """Gửi yêu cầu thu hồi kèm lý do đến một nơi nhận; nơi chưa gửi thì dừng gửi."""
    agency_id = _agency(outside)
    with outside.platform.reading() as session:
        now = _begun(session, outside)
    # asked is written before the request leaves: the answer may be here before the outside call returns
    if not outside.platform.run(system(agency_id), ask_back, given.dispatch, given.reason, now):
        return Recalled(False)
    with outside.platform.reading() as session:
        files = outside.platform.files
        composed = composing.compose_recall(session, files, agency_id, given.dispatch, given.reason, now)
    return Recalled(True, _carry(outside, composed, now).transport_id)


def ask_back(work: Work, dispatch_id: int, reason: str, at: datetime) -> bool:
    """Take a dispatch back when it hasn't left (False), else note once that it was asked for (True)."""
    row = locked_dispatch(work, dispatch_id)
    if recall_queued(work, dispatch_id):
        # nobody out there will answer, so the recalling procedure is told here that it is done
        answer = {"code": m.AGREED, "state": "recalled_locally", "reason": "Văn bản chưa được gửi đến nơi này."}
        instances.receive_message(work, row.agency_id, "recall-answered", str(dispatch_id), answer)
        return False
    if row.state in ("recalled_locally", "paper"):
        return False
    asked = select(DispatchStatus.id).where(
        DispatchStatus.dispatch_id == dispatch_id, DispatchStatus.code == m.TAKE_BACK, DispatchStatus.at == at
    )
    if work.session.scalar(asked) is None:
        documents.record_dispatch_status(work, dispatch_id, m.TAKE_BACK, reason, at=at)
    return True


# --- Carrying -------------------------------------------------------------------------------------------------


def _agency(outside: Outside) -> int:
    if outside.agency_id is None:
        raise PermanentError("Thao tác trao đổi văn bản phải thuộc một cơ quan.")
    return outside.agency_id


def _begun(session: Any, outside: Outside) -> datetime:
    """When the delivery was ordered: every attempt writes the same time, so the same bytes."""
    row = session.get(outbox.Delivery, outside.delivery_id)
    moment: datetime = row.created_at if row is not None else outside.platform.clock.now()
    return moment.replace(microsecond=0)


def _carry(outside: Outside, composed: composing.Composed, now: datetime) -> Carried:
    raw = write_document(composed.message, directory.today(now))
    sender = composed.message.sender.code
    letter = Letter(outside.idempotency_key, "document", sender, composed.recipient_code, raw)
    return axis(outside.platform).send(letter)


def _report(outside: Outside, message: m.StatusMessage) -> Reported:
    letter = Letter(outside.idempotency_key, "status", message.sender.code, message.about.code, write_status(message))
    try:
        return Reported(True, axis(outside.platform).send(letter).transport_id)
    except m.MessageError as error:
        if error.code != "unknown-recipient":
            raise
        # nobody to tell must not stop the handling of the document
        return Reported(False, reason=str(error))
