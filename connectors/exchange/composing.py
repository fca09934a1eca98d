"""From what the platform knows to a message: a document for one recipient, its recall, the status of one received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from connectors.exchange.edxml import messages as m
from engine.directory import queries as directory
from engine.directory.models import Agency, Person, Unit
from engine.documents import queries as documents
from engine.documents.models import Dispatch, Document
from engine.files import FileStore
from engine.platform import system

_REASONS = {m.NEW: "Văn bản điện tử mới", m.UPDATE: "Gửi lại văn bản điện tử"}
_DESCRIPTIONS = {
    m.ARRIVED: "Văn bản đã đến hệ thống của cơ quan nhận.",
    m.REFUSED: "Cơ quan nhận từ chối tiếp nhận và trả lại văn bản.",
    m.ACCEPTED: "Văn thư đã tiếp nhận và vào sổ văn bản đến.",
    m.ASSIGNED: "Lãnh đạo đã phân công xử lý.",
    m.PROCESSING: "Chuyên viên đang xử lý.",
    m.DONE: "Đã xử lý xong.",
    m.AGREED: "Văn bản thu hồi đã được hủy tại cơ quan nhận.",
    m.DENIED: "Cơ quan nhận không thực hiện được yêu cầu thu hồi.",
}


@dataclass(frozen=True, slots=True)
class Composed:
    """A message and the code of the one agency it goes to."""

    message: m.DocumentMessage
    recipient_code: str


def compose_document(session: Session, files: FileStore, agency_id: int, dispatch_id: int, now: datetime) -> Composed:
    """Return the message for one recipient of an issued document (QD28-8.1, LA-9.2.c).

    NotFound for another agency's; the business type is update when this recipient was sent it before.
    """
    dispatch, document = _dispatched(session, agency_id, dispatch_id)
    kind = m.NEW if dispatch.transport_id is None else m.UPDATE
    business = m.Business(
        kind, _REASONS[kind], "" if kind == m.NEW else document.identifier or "", staff=_office(session, agency_id),
        content_changed=None if kind == m.NEW else True,
    )  # fmt: skip
    attached = _files(session, files, document, ("main", "annex"))
    return _composed(session, dispatch, document, business, attached, now)


def compose_recall(
    session: Session, files: FileStore, agency_id: int, dispatch_id: int, reason: str, now: datetime
) -> Composed:
    """Return the recall of a document for one recipient, the signed notice attached when there is one (ND30-18.4)."""
    dispatch, document = _dispatched(session, agency_id, dispatch_id)
    business = m.Business(m.RECALL, reason, document.identifier or "", staff=_office(session, agency_id))
    return _composed(session, dispatch, document, business, _files(session, files, document, ("notice",)), now)


def compose_status(
    session: Session,
    agency_id: int,
    about: m.Citation,
    code: str,
    description: str,
    person_id: int | None,
    now: datetime,
) -> m.StatusMessage:
    """Return a status of this agency about a document it was sent; an empty description gets the usual words."""
    return m.StatusMessage(
        sender=organization(session, agency_id, now),
        about=about,
        status=code,
        description=description.strip() or _DESCRIPTIONS.get(code, ""),
        at=now,
        staff=_staff(session, agency_id, person_id),
    )


def citation(document: Document) -> m.Citation:
    """Return how another document is named in a message."""
    return m.Citation(document.organ_id or "", document.code or "", document.identifier or "", document.issued_date)


def organization(session: Session, agency_id: int, now: datetime) -> m.Organization:
    """Return an agency as a message names it, with the code valid today."""
    agency = directory.agency(session, agency_id)
    code = directory.code_for(session, agency_id, directory.today(now)) or ""
    return _organization(agency, code)


def _organization(agency: Agency, code: str) -> m.Organization:
    return m.Organization(
        code, agency.name, agency.parent_name, agency.address, email=agency.email, telephone=agency.telephone
    )


def _dispatched(session: Session, agency_id: int, dispatch_id: int) -> tuple[Dispatch, Document]:
    dispatch = documents.dispatch(session, agency_id, dispatch_id)
    return dispatch, documents.get(session, system(agency_id), dispatch.document_id)


def _composed(
    session: Session,
    dispatch: Dispatch,
    document: Document,
    business: m.Business,
    attached: tuple[m.AttachedFile, ...],
    now: datetime,
) -> Composed:
    sender = organization(session, document.agency_id, now)
    agency = directory.agency(session, document.agency_id)
    unit = session.get(Unit, document.unit_id) if document.unit_id else None
    # split at the first stroke: “23/2019/QĐ-UBND” must read back as one string
    number, _, notation = (document.code or "").partition("/")
    message = m.DocumentMessage(
        sender=sender,
        recipients=(_recipient(session, dispatch),),
        document_id=document.identifier or "",
        number=number,
        notation=notation,
        place=agency.place,
        issued_on=document.issued_date,
        type_detail="0",
        type_name=document.type_name,
        subject=document.subject,
        content=document.subject,
        signer=m.Signer(document.signer_name, document.signer_position, document.signer_capacity),
        due_on=dispatch.due_date or document.due_date,
        priority=document.urgency,
        typist=unit.abbreviation if unit is not None else "",
        copies=document.issued_amount,
        pages=document.page_amount,
        steering=False,
        answers=_answered(session, document),
        places=tuple(line.strip() for line in document.to_places.splitlines() if line.strip()),
        hops=(m.Hop(sender.code, now.replace(microsecond=0)),),
        business=business,
        files=attached,
    )
    return Composed(message, dispatch.recipient_code)


def _recipient(session: Session, dispatch: Dispatch) -> m.Organization:
    agency = session.get(Agency, dispatch.recipient_id) if dispatch.recipient_id else None
    if agency is None:
        return m.Organization(dispatch.recipient_code, dispatch.recipient_name)
    return _organization(agency, dispatch.recipient_code)


def _answered(session: Session, document: Document) -> tuple[m.Citation, ...]:
    named = (citation(answered) for answered in documents.answered_by(session, document.id))
    return tuple(each for each in named if each.code and each.number)  # what can't be named can't be matched either


def _files(
    session: Session, files: FileStore, document: Document, parts: tuple[str, ...]
) -> tuple[m.AttachedFile, ...]:
    found = [a for a in documents.attachments(session, document.id) if a.part in parts]
    return tuple(m.AttachedFile(a.file_name, a.media_type, files.get(a.file_hash), a.file_name) for a in found)


def _office(session: Session, agency_id: int) -> m.Staff:
    agency = directory.agency(session, agency_id)
    return m.Staff("Văn thư", agency.name, agency.email, agency.telephone)


def _staff(session: Session, agency_id: int, person_id: int | None) -> m.Staff:
    if person_id is None:
        return _office(session, agency_id)
    person: Person = directory.person(session, agency_id, person_id)
    unit = session.get(Unit, person.unit_id) if person.unit_id else None
    return m.Staff(unit.name if unit is not None else "", person.full_name, person.email, person.telephone)
