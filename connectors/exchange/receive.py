"""What the axis brought: read outside of any transaction, then taken in by one command per message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select

from connectors.exchange.arriving import arrived
from connectors.exchange.axis import SOURCE
from connectors.exchange.edxml import messages as m
from connectors.exchange.edxml.reading import read_message
from connectors.exchange.operations import ANSWER, REPORT
from engine import inbox
from engine.directory import queries as directory
from engine.documents import commands as documents
from engine.documents import queries, recall
from engine.documents.models import Dispatch, Document
from engine.errors import PlatformError
from engine.files import FileMissing
from engine.inbox import Arrival
from engine.instances import cases
from engine.instances import commands as instances
from engine.instances.mending.messages import awaited
from engine.instances.models import Subscription
from engine.platform import Platform, Work, system

log = structlog.get_logger(__name__)
Message = m.DocumentMessage | m.StatusMessage

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=30)
_NEW_KINDS = (m.NEW, m.UPDATE, m.REPLACE)
_RECALL_REASON = "Bên gửi thu hồi văn bản."


def handle(platform: Platform, arrival_id: int) -> bool:
    """Take in one stored message; False when it is handled already or in another's hands.

    A message that can't be read is refused and kept; anything else that goes wrong is tried again later, with
    growing pauses, and the message stays.
    """
    with platform.reading() as session:
        row = session.get(Arrival, arrival_id)
        if row is None or row.state != inbox.STORED or row.raw_hash is None or row.source != SOURCE:
            return False
        raw_hash, actor = row.raw_hash, system(row.agency_id)
    try:
        message = read_message(platform.files.get(raw_hash))
    except (m.MessageError, FileMissing) as error:
        return platform.run(actor, refuse_message, arrival_id, str(error))
    try:
        return platform.run(actor, take_in, arrival_id, message)
    except m.MessageError as error:
        return platform.run(actor, refuse_message, arrival_id, str(error))
    except PlatformError as error:
        log.warning("message could not be taken in", arrival=arrival_id, error=str(error))
        platform.run(actor, postpone, arrival_id, str(error))
    except Exception as error:
        log.exception("message could not be taken in", arrival=arrival_id)
        platform.run(actor, postpone, arrival_id, f"Lỗi ngoài dự kiến: {type(error).__name__}")
    return False


def refuse_message(work: Work, arrival_id: int, reason: str) -> bool:
    """Put a message aside for good, with the reason; its bytes stay as evidence."""
    row = inbox.claim(work.session, arrival_id)
    if row is None:
        return False
    row.state, row.handled_at, row.last_error = inbox.REFUSED, work.now, reason[:4000]
    work.note("message.refused", "arrival", row.id, row.agency_id, reason=reason[:500])
    return True


def postpone(work: Work, arrival_id: int, reason: str) -> None:
    """Try a message again later."""
    row = inbox.claim(work.session, arrival_id)
    if row is not None:
        row.attempts += 1
        row.last_error = reason[:4000]
        row.not_before = work.now + min(_FIRST_PAUSE * 4 ** min(row.attempts - 1, 8), _LONGEST_PAUSE)


def take_in(work: Work, arrival_id: int, message: Message) -> bool:
    """Take one message in, in one transaction; False when it was taken in before."""
    row = inbox.claim(work.session, arrival_id)
    if row is None or row.agency_id is None:
        return False
    taken = _Taken(work, row.agency_id, row)
    if isinstance(message, m.StatusMessage):
        details = taken.recall(message) if message.status == m.TAKE_BACK else taken.status(message)
    elif message.business.kind == m.RECALL:
        details = taken.recall(message)
    elif message.business.kind in _NEW_KINDS:
        details = taken.document(message)
    else:
        raise m.MessageError("business", f"Loại nghiệp vụ “{message.business.kind}” của thông điệp không được hỗ trợ.")
    row.state, row.handled_at = inbox.HANDLED, work.now
    row.details = {**details, "warnings": list(message.warnings)}
    return True


class _Taken:
    """One message being taken in by one agency."""

    def __init__(self, work: Work, agency_id: int, row: Arrival) -> None:
        self.work = work
        self.session = work.session
        self.agency_id = agency_id
        self.row = row
        self.own_codes = self._codes(agency_id)

    # --- A document ---

    def document(self, message: m.DocumentMessage) -> dict[str, Any]:
        """Begin the agency's procedure with the document, unless it is here already (SYS-1.h)."""
        earlier = self._earlier(message.sender.code, _about(message))
        if earlier is not None and (again := self._answer_again(earlier, message)) is not None:
            return again
        brought = arrived(message)
        sender = directory.agency_by_code(self.session, message.sender.code)
        document, _ = cases.begin_incoming(
            self.work, agency_id=self.agency_id, source="axis", sender_id=sender.id if sender else None,
            main_file=brought.main_file, files=brought.files, missing_files=brought.missing,
            response_for=self._asked_by_us(message), raw_hash=self.row.raw_hash, entered_at=self.row.arrived_at,
            addressed=bool(self.own_codes & set(brought.recipient_codes)), **brought.fields,
        )  # fmt: skip
        for other in self._superseded(message, earlier):
            documents.link(self.work, document.id, other.id, "replaces")
            recall.follow_copies(self.work, other, "replaced")
        for dispatch in queries.dispatches_answered(self.session, document.id):
            instances.receive_message(
                self.work, self.agency_id, "reply-received", str(dispatch.id), {"reply_id": document.id}
            )
        return {"document": document.id}

    def _answer_again(self, earlier: Document, message: m.DocumentMessage) -> dict[str, Any] | None:
        """Answer a message about a document that is here; None when it is to be taken in nevertheless."""
        if earlier.destroyed_at is not None:
            code = m.AGREED  # recalled: a late copy must not bring it back
        elif message.business.kind != m.NEW or earlier.status == "returned":
            return None
        else:
            code = m.ACCEPTED if earlier.arrival_number is not None else m.ARRIVED
        self.work.send(REPORT, {"document": earlier.id, "code": code}, agency_id=self.agency_id)
        self.work.note("message.repeated", "document", earlier.id, self.agency_id, arrival=self.row.id)
        return {"duplicate_of": earlier.id}

    def _asked_by_us(self, message: m.DocumentMessage) -> list[str]:
        """Names of documents of ours that were sent to this sender and are answered now (LA-9.2.đ)."""
        senders = self._sender_codes(message.sender.code)
        ours = [c for c in message.answers if not c.code or c.code in self.own_codes]
        asked = [self._dispatch(citation, senders) for citation in ours]
        documents_asked = [self.session.get(Document, each.document_id) for each in asked if each is not None]
        return [each.identifier for each in documents_asked if each is not None and each.identifier]

    def _superseded(self, message: m.DocumentMessage, earlier: Document | None) -> list[Document]:
        """Documents here that an update or a replacement puts in the second row."""
        if message.business.kind == m.UPDATE:
            return [earlier] if earlier is not None else []
        if message.business.kind != m.REPLACE:
            return []
        found = (
            self._earlier(message.sender.code, m.Citation("", "", r.document_id)) for r in message.business.replaces
        )
        return [document for document in found if document is not None and document.destroyed_at is None]

    # --- A recall ---

    def recall(self, message: Message) -> dict[str, Any]:
        """Destroy the recalled document through its procedure, or at once when none runs any more (QD28-9.2b)."""
        about = _about(message)
        reason = message.description if isinstance(message, m.StatusMessage) else message.business.reason
        document = self._earlier(message.sender.code, about)
        if document is None:
            if about.issued_on is not None and about.number:
                given = {"to": message.sender.code, "number": about.number, "issued_on": about.issued_on.isoformat()}
                given["identifier"] = about.document_id or about.number
                self.work.send(ANSWER, given, agency_id=self.agency_id)
            return {"unknown": about.document_id or about.number}
        reason = reason.strip()[:1000] or _RECALL_REASON
        self.work.note("recall.received", "document", document.id, self.agency_id, reason=reason)
        if document.destroyed_at is None and self._waits("recall-received", str(document.id)):
            data = {"reason": reason}
            instances.receive_message(self.work, self.agency_id, "recall-received", str(document.id), data)
        else:
            documents.destroy(self.work, document.id, reason)
            self.work.send(REPORT, {"document": document.id, "code": m.AGREED}, agency_id=self.agency_id)
        return {"recalled": document.id}

    # --- A status ---

    def status(self, message: m.StatusMessage) -> dict[str, Any]:
        """Keep the status with the dispatch it is about and tell the procedure that follows it (QD28-6.3)."""
        recipients = self._sender_codes(message.sender.code)
        dispatch = self._dispatch(message.about, recipients)
        if dispatch is None:
            name = message.about.document_id or message.about.number
            self.work.note("status.unmatched", "arrival", self.row.id, self.agency_id, about=name, code=message.status)
            return {"unmatched": name, "code": message.status}
        staff = " · ".join(part for part in (message.staff.name, message.staff.department) if part)
        reason = message.description[:1000]
        state = documents.record_dispatch_status(
            self.work, dispatch.id, message.status, reason, staff, message.at or self.row.arrived_at, self.row.raw_hash
        )
        data = {"code": message.status, "state": state, "reason": reason}
        self._tell(dispatch.document_id, "dispatch-status", str(dispatch.id), data)
        if message.status in (m.AGREED, m.DENIED):
            self._tell(dispatch.document_id, "recall-answered", str(dispatch.id), data)
        return {"dispatch": dispatch.id, "code": message.status, "state": state}

    def _tell(self, document_id: int, name: str, correlation: str, data: dict[str, Any]) -> None:
        """Give a message to the procedure, kept for later only while a case of this document could still ask for it."""
        if self._waits(name, correlation) or awaited(
            self.session, self.agency_id, name, correlation, self.work.now, document_id
        ):
            instances.receive_message(self.work, self.agency_id, name, correlation, data)

    # --- Who and what is meant ---

    def _waits(self, name: str, correlation: str) -> bool:
        waiting = select(Subscription.id).where(
            Subscription.kind == "message", Subscription.name == name, Subscription.correlation == correlation,
            Subscription.agency_id == self.agency_id,
        )  # fmt: skip
        return self.session.scalar(waiting.limit(1)) is not None

    def _earlier(self, sender_code: str, about: m.Citation) -> Document | None:
        """The newest incoming document of this sender with the identifier, else with the number and day."""
        ours = select(Document).where(
            Document.agency_id == self.agency_id, Document.direction == "incoming", Document.source == "axis",
            Document.organ_id.in_(self._sender_codes(sender_code)),
        )  # fmt: skip
        found = None
        if about.document_id:
            named = ours.where(Document.identifier == about.document_id)
            found = self.session.scalars(named.order_by(Document.id.desc()).limit(1)).first()
        if found is None and about.number and about.issued_on:
            # numbers begin anew each year, so a number alone names nothing
            numbered = ours.where(Document.code == about.number, Document.issued_date == about.issued_on)
            found = self.session.scalars(numbered.order_by(Document.id.desc()).limit(1)).first()
        return found

    def _dispatch(self, about: m.Citation, recipients: Sequence[str]) -> Dispatch | None:
        """Our dispatch to one of these recipients that a partner names by identifier, else by number and day."""
        for name in (about.document_id, about.number):
            found = queries.dispatch_of(self.session, self.agency_id, name, recipients) if name else None
            document = self.session.get(Document, found.document_id) if found is not None else None
            if document is not None and (name == document.identifier or document.issued_date == about.issued_on):
                return found
        return None

    def _sender_codes(self, code: str) -> list[str]:
        """Every code of the agency that bears this one: partners use both generations."""
        agency = directory.agency_by_code(self.session, code)
        return sorted({code} | (self._codes(agency.id) if agency is not None else set()))

    def _codes(self, agency_id: int) -> set[str]:
        return {row.code for row in directory.codes_of(self.session, agency_id)}


def _about(message: Message) -> m.Citation:
    """Which document a message is about."""
    if isinstance(message, m.StatusMessage):
        return message.about
    identifier = message.concerns if message.business.kind == m.RECALL else message.document_id
    return m.Citation(message.sender.code, message.full_number, identifier, message.issued_on)
