"""Where a document (or a matter of dossiers) and its procedure begin together, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from engine.documents import commands as documents
from engine.documents import queries as document_queries
from engine.documents.models import Document
from engine.errors import InvalidInput, NotAllowed
from engine.instances import commands
from engine.instances.models import Instance
from engine.opinions import queries as opinions
from engine.opinions.rules import may_ask
from engine.platform import Work
from engine.records import disposal, loans, year_lists
from engine.records import rules as record_rules
from engine.records.models import Disposal, Dossier, DossierLoan


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


def begin_opinions(work: Work, document_id: int) -> Instance:
    """Ask others about a draft or an incoming document, by hand; NotFound out of scope, NotAllowed as rules.may_ask."""
    document = document_queries.get(work.session, work.actor, document_id)
    running = opinions.running(work.session, document.id)
    work.require(may_ask(work.actor, document, running))
    asked = select(Instance.id).where(
        Instance.document_id == document.id, Instance.procedure == "opinions", Instance.status == "running"
    )
    if work.session.scalar(asked.limit(1)) is not None:
        raise NotAllowed("Văn bản đang có một đợt lấy ý kiến chưa kết thúc.")
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


def begin_list_approval(work: Work, year: int) -> Instance:
    """Submit the list of dossiers of a year to the head of the agency (ND30-28)."""
    row = year_lists.submit(work, year)
    data = {"year": year, "dossiers": year_lists.planned(work.session, row.agency_id, year)}
    return commands.start_instance(work, "dossier-list", row.agency_id, data)


def begin_loan(work: Work, **wanted: Any) -> tuple[DossierLoan, Instance]:
    """Ask to borrow a closed dossier; arguments as records.loans.ask."""
    row = loans.ask(work, **wanted)
    dossier = work.session.get_one(Dossier, row.dossier_id)
    remind_at = row.due_at - min(timedelta(days=1, hours=8), (row.due_at - work.now) / 2)
    data = {
        "loan": row.id, "borrower": row.person_id, "borrower_name": work.actor.name,
        "title": f"{dossier.notation} · {dossier.title}", "purpose": row.purpose,
        "until": f"{wanted['until']:%d/%m/%Y}", "restricted": dossier.rights != record_rules.RIGHTS[0],
        "remind_at": remind_at.isoformat(), "due_at": row.due_at.isoformat(),
    }  # fmt: skip
    return row, commands.start_instance(work, "dossier-loan", row.agency_id, data)


def begin_disposal(work: Work, wishes: Mapping[int, disposal.Wish], reason: str) -> tuple[Disposal, Instance]:
    """Submit what is proposed for dossiers whose retention has run out; arguments as records.disposal.propose."""
    row = disposal.propose(work, wishes, reason)
    data = {
        "disposal": row.id, "number": f"{row.number:02d}/{row.year}", "destroy": row.counts["destroy"],
        "keep": row.counts["keep"],
    }  # fmt: skip
    return row, commands.start_instance(work, "dossier-disposal", row.agency_id, data)
