"""Where a document and its procedure begin together, in one transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.documents import commands as documents
from engine.documents import queries as document_queries
from engine.documents.models import Document
from engine.errors import InvalidInput, NotAllowed
from engine.instances import commands
from engine.instances.models import Instance
from engine.opinions import queries as opinions
from engine.opinions.commands import close_round
from engine.opinions.rules import may_ask
from engine.platform import Work


def begin_outgoing(work: Work, **draft: Any) -> tuple[Document, Instance]:
    """Draft a document and start the agency's outgoing procedure with it; arguments as documents.create_draft."""
    document = documents.create_draft(work, **draft)
    work.session.flush()
    answers = [int(a) for a in draft.get("answers", [])]
    data = {
        "document_id": document.id,
        "drafter": document.drafter_id,
        "signer": document.signer_id,
        "unit": document.unit_id,
        "urgency": document.urgency,
        "answers": answers,
    }
    return document, commands.start_instance(work, "outgoing-document", document.agency_id, data)


def begin_incoming(work: Work, **arrival: Any) -> tuple[Document, Instance]:
    """Take in a document and start the agency's incoming procedure; arguments as documents.create_incoming."""
    document = documents.create_incoming(work, **arrival)
    work.session.flush()
    data = {
        "document_id": document.id,
        "source": document.source,
        "urgency": document.urgency,
        "received_at": document.received_at.isoformat() if document.received_at else work.now.isoformat(),
    }
    if document.source == "axis":
        instance = commands.receive_message(work, document.agency_id, "document-arrived", None, data)
        if instance is None:
            raise InvalidInput("Cơ quan chưa có quy trình tiếp nhận văn bản đến từ trục liên thông.")
        return document, instance
    return document, commands.start_instance(work, "incoming-document", document.agency_id, data)


def asks_for_opinions(session: Session, document_id: int) -> bool:
    """Whether a case that asks for opinions on a document still runs."""
    asked = select(Instance.id).where(
        Instance.document_id == document_id, Instance.procedure == "opinions", Instance.status == "running"
    )
    return session.scalar(asked.limit(1)) is not None


def begin_opinions(work: Work, document_id: int) -> Instance:
    """Ask others about a draft or an incoming document, by hand; NotFound out of scope, NotAllowed as rules.may_ask."""
    document = document_queries.get(work.session, work.actor, document_id)
    work.require(may_ask(work.actor, document, asking=asks_for_opinions(work.session, document.id)))
    if (left := opinions.running(work.session, document.id)) is not None:
        close_round(work, left.id, "early", "Lượt lấy ý kiến đã bị dừng.")  # stopped by hand, so nobody closed it
    data = {"document_id": document.id, "asker": work.actor.person_id}
    return commands.start_instance(work, "opinions", document.agency_id, data)


def begin_recall(work: Work, document_id: int, reason: str) -> Instance:
    """Ask for the recall of an issued document (QD28-8.2b, ND30-18.4); only the registry may."""
    document = work.session.get(Document, document_id)
    if document is None or document.agency_id != work.actor.agency_id:
        raise InvalidInput("Không tìm thấy văn bản cần thu hồi.")
    if "clerk" not in work.actor.roles:
        raise NotAllowed("Chỉ văn thư được đề nghị thu hồi văn bản đã phát hành.")
    if document.direction != "outgoing" or document.status not in ("issued", "closed"):
        raise InvalidInput("Chỉ thu hồi được văn bản đi đã phát hành.")
    if not reason.strip():
        raise InvalidInput("Cần ghi lý do thu hồi.", {"reason": "Ghi rõ lý do thu hồi."})
    dispatches = documents.dispatch_ids(work, document_id)
    data = {"document_id": document_id, "reason": reason.strip(), "dispatches": dispatches}
    return commands.start_instance(work, "recall", document.agency_id, data)
