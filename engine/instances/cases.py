"""Where a document (or a matter of dossiers) and its procedure begin together, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.copying import commands as copying
from engine.copying import rules as copying_rules
from engine.copying.models import DocumentCopy
from engine.documents import commands as documents
from engine.documents import formats
from engine.documents import queries as document_queries
from engine.documents.editing import enter_file
from engine.documents.models import Document
from engine.documents.searching.commands import keep_content
from engine.documents.text import fitting
from engine.errors import Conflict, InvalidInput, NotAllowed
from engine.instances import commands
from engine.instances.models import Instance
from engine.instances.queries import waited_for
from engine.intake import commands as intake
from engine.intake import duplicates
from engine.intake import queries as scans
from engine.opinions import queries as opinions
from engine.opinions.commands import close_round
from engine.opinions.rules import may_ask
from engine.outages import commands as outages
from engine.outages import entries
from engine.outages import rules as outage_rules
from engine.outages.commands import Announcement
from engine.outages.entries import CatchUp
from engine.outages.models import Outage
from engine.platform import Work
from engine.records import disposal, loans, year_lists
from engine.records import rules as record_rules
from engine.records.models import Disposal, Dossier, DossierLoan

LIST_WITHDRAWN = "list-withdrawn"


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
    """Take in a document and start the agency's incoming procedure; arguments as documents.create_incoming.

    With `catch_up` it came during an outage: its times follow when it really came (LA-14.3).
    """
    catch_up: CatchUp | None = arrival.pop("catch_up", None)
    if catch_up is not None:
        outage = entries.check(work, catch_up)
        arrival["entered_at"] = catch_up.arrived_at
    document = documents.create_incoming(work, **arrival)
    if catch_up is not None:
        entries.enter(work, document, outage, catch_up)
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


def begin_once(
    work: Work, key: str, *, duplicate_reason: str = "", originals: Mapping[str, Any] | None = None, **arrival: Any
) -> tuple[Document, bool]:
    """Take in what a clerk typed, once per page sent: its key tells a second sending; (document, whether it is new).

    `originals` are texts as they were before they became Unicode, by field, and files as (name, bytes) under "files".
    InvalidInput for `duplicate_reason` when it is like an earlier one and no reason was given (SYS-1.h).
    """
    agency_id = int(arrival["agency_id"])
    if (known := intake.first_time(work, agency_id, key)) is not None:
        return work.session.get_one(Document, known), False
    _require_reason(work, agency_id, arrival, (), duplicate_reason)
    document, _instance = begin_incoming(work, **arrival)
    _note_duplicate(work, document, duplicate_reason)
    _keep_originals(work, document, originals or {})
    intake.taken(work, agency_id, key, document.id)
    return document, True


def begin_scanned(
    work: Work,
    scan_id: int,
    *,
    certify: bool = True,
    duplicate_reason: str = "",
    originals: Mapping[str, Any] | None = None,
    **values: Any,
) -> tuple[Document, bool]:
    """Make a scan a document and start its procedure; (document, whether it is new): a second sending changes nothing.

    What was recognised becomes searchable; the diagram has the agency sign the digitised copy (ND30-25.1.c)
    unless the clerk said no to `certify`.
    Conflict while it is being read, or when it was set aside or stopped; InvalidInput by field.
    """
    scan = scans.locked(work, scan_id)
    if scan.state == "registered" and scan.document_id is not None:
        return work.session.get_one(Document, scan.document_id), False
    if scan.state != "read" or scan.file_hash is None:
        raise Conflict(_NOT_READY.get(scan.state, "Bản quét chưa đọc xong; đợi ít giây rồi tiếp nhận lại."))
    _require_reason(work, scan.agency_id, values, (scan.file_hash,), duplicate_reason)
    said, note, file_hash = scan.text, scan.note, scan.file_hash
    main = documents.Upload(scan.file_name, work.files.get(file_hash))
    given = {"source": "paper", "page_amount": scan.page_amount, **values}
    document, _instance = begin_incoming(work, agency_id=scan.agency_id, main_file=main, **given)
    if said.strip():
        keep_content(work, file_hash, "partly" if note else "read", said, note)
    document.checks = {**document.checks, "scan": scan.id, "certify": certify}
    _note_duplicate(work, document, duplicate_reason)
    _keep_originals(work, document, originals or {})
    intake.settle(work, scan, document.id)
    return document, True


_NOT_READY = {
    "dropped": "Bản quét này đã bị bỏ ở một cửa sổ khác.",
    "stopped": "Bản quét có dấu chỉ mức độ mật nên không tiếp nhận vào hệ thống; xử lý theo đường văn bản giấy.",
    "failed": "Bản quét không đọc được nên không tiếp nhận được; quét lại rồi tải lên.",
}


def _require_reason(work: Work, agency_id: int, values: Any, hashes: tuple[str, ...], reason: str) -> None:
    if not reason.strip() and duplicates.likely(work.session, agency_id, values, hashes):
        sentence = "Có thể trùng với văn bản đã đến; xem hai văn bản cạnh nhau rồi ghi lý do nếu vẫn đăng ký."
        raise InvalidInput(sentence, {"duplicate_reason": sentence})


def _note_duplicate(work: Work, document: Document, reason: str) -> None:
    if why := fitting("duplicate_reason", "lý do", reason, 500):
        document.checks = {**document.checks, "duplicate_reason": why, "duplicate_by": work.actor.name}
        work.note("document.duplicate_accepted", "document", document.id, document.agency_id, reason=why)


def _keep_originals(work: Work, document: Document, originals: Mapping[str, Any]) -> None:
    """What was in an old encoding stays as it came: texts beside the checks, files among the annexes (LA-4.2)."""
    texts = {field: str(text)[:1000] for field, text in originals.items() if field != "files"}
    for name, content in originals.get("files", ()):
        sha256, kind = work.files.put(content), "application/octet-stream"
        enter_file(work, document, "annex", sha256, formats.safe_name(name), kind, len(content), "original")
    if texts:
        document.checks = {**document.checks, "legacy": texts}


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
    said = fitting("reason", "lý do thu hồi", reason, 1000, lines=True)
    data = {"document_id": document_id, "reason": said, "dispatches": dispatches}
    return commands.start_instance(work, "recall", document.agency_id, data)


def begin_list_approval(work: Work, year: int) -> Instance:
    """Submit the list of dossiers of a year to the head of the agency (ND30-28)."""
    row = year_lists.submit(work, year)
    data = {"year": year, "dossiers": year_lists.planned(work.session, row.agency_id, year)}
    return commands.start_instance(work, "dossier-list", row.agency_id, data)


def withdraw_list(work: Work, year: int, reason: str) -> None:
    """Take a submitted list of a year back while nobody has decided; its case ends as one that was returned."""
    row, why = year_lists.withdraw(work, year, reason)
    if not waited_for(work.session, row.agency_id, LIST_WITHDRAWN, str(year)):
        raise Conflict("Quy trình đang chạy chưa có bước rút lại; đề nghị người đứng đầu trả lại danh mục.")
    work.note("dossier_list.withdrawn", "dossier_list", row.id, row.agency_id, year=year, reason=why)
    data = {"person": work.actor.person_id, "reason": f"Rút lại: {why}"}
    commands.receive_message(work, row.agency_id, LIST_WITHDRAWN, str(year), data)


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


def begin_copy(work: Work, document_id: int, **wanted: Any) -> tuple[DocumentCopy, Instance]:
    """Ask for a copy of a document (ND30-25); arguments as copying.commands.ask. A leader's own request is granted."""
    row = copying.ask(work, document_id, **wanted)
    original = work.session.get_one(Document, row.original_id)
    electronic = row.form == copying_rules.ELECTRONIC
    data = {
        "copy": row.id, "document_id": original.id, "asker": row.asked_by_id, "asker_name": work.actor.name,
        "approver": row.asked_by_id, "by_leader": bool(copying_rules.may_approve(work.actor)), "kind": row.kind,
        "electronic": electronic, "amount": row.amount, "purpose": row.purpose,
        "places": copying.receivers(work, row)[:500],
        "title": f"{original.code or original.type_name} · {original.subject}"[:200],
    }  # fmt: skip
    return row, commands.start_instance(work, "copying", row.agency_id, data)


def begin_outage(work: Work, given: Announcement) -> tuple[Outage, Instance]:
    """Announce an outage of the system and start what leads it to its end; arguments as outages.announce (LA-14.3)."""
    row = outages.announce(work, given)
    data = {
        "outage": row.id, "title": f"Sự cố hệ thống từ {outage_rules.at(row.stops_at)}",
        "announcer": work.actor.person_id, "running": row.restarted_at is None,
        "expected_at": row.expected_at.isoformat(),
    }  # fmt: skip
    instance = commands.start_instance(work, "outage", row.agency_id, data)
    row.instance_id = instance.id
    return row, instance
