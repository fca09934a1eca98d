"""Ask for a copy, decide, make it a document of its own, keep what was made, give it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engine.copying import queries, rules
from engine.copying.models import DocumentCopy
from engine.directory import queries as directory
from engine.directory.authority import queries as authority
from engine.documents import commands as documents
from engine.documents import outgoing, registers
from engine.documents import queries as document_queries
from engine.documents.editing import refold
from engine.documents.models import Document
from engine.documents.registers.numbers import written_date
from engine.documents.text import fitting
from engine.errors import Conflict, InvalidInput, NotFound
from engine.occasions import COPY
from engine.platform import Work

LINK = "copies"


def ask(
    work: Work,
    document_id: int,
    *,
    kind: str,
    form: str,
    purpose: str,
    pages: str = "",
    excerpt: str = "",
    recipients: Sequence[int] = (),
    people: Sequence[int] = (),
    places: str = "",
    amount: int = 1,
) -> DocumentCopy:
    """Ask for a copy of a document within one's scope.

    NotFound out of scope; NotAllowed when it can't be copied at all; InvalidInput by field, for the kind with the
    reason of ND30-25.
    """
    original = document_queries.get(work.session, work.actor, document_id)
    if work.actor.person_id is None:
        raise NotFound("Không tìm thấy văn bản này.")
    work.require(rules.may_copy(original, queries.replaced_by(work.session, original.id)))
    verdict = rules.may_make(queries.standing(work.session, original), kind, form)
    wrong = {} if verdict else {"kind": verdict.reason}
    wrong |= rules.problems(kind, form, pages, excerpt, recipients, people, places, amount)
    if not wrong and (lacking := rules.file_problem(kind, form, original, _files(work, original))):
        wrong["kind"] = lacking
    if wrong:
        raise InvalidInput(" ".join(wrong.values()), wrong)
    is_excerpt, is_paper = kind == rules.EXCERPT, form == rules.PAPER
    row = DocumentCopy(
        agency_id=original.agency_id, original_id=original.id, kind=kind, form=form, state="asked", remark="",
        pages=fitting("pages", "các trang", pages, 200) if is_excerpt else "",
        excerpt=fitting("excerpt", "phần trích", excerpt, 100_000, lines=True) if is_excerpt else "",
        wanted={
            "recipients": [] if is_paper else _agencies(work, original, recipients), "people": _people(work, people),
        },
        places=fitting("places", "nơi nhận", places, 1000, lines=True) if is_paper else "",
        amount=amount if is_paper else 1, purpose=fitting("purpose", "mục đích", purpose, 500, required=True),
        asked_at=work.now, asked_by_id=work.actor.person_id,
    )  # fmt: skip
    _require_new(work, row)
    work.session.add(row)
    work.session.flush()
    work.note("document.copy_asked", "document", original.id, original.agency_id, copy=row.id, kind=kind, form=form,
              purpose=row.purpose)  # fmt: skip
    return row


def _files(work: Work, original: Document) -> list[tuple[str, str, str]]:
    rows = document_queries.attachments(work.session, original.id)
    return [(row.part, row.media_type, row.file_name) for row in rows]


def _require_new(work: Work, row: DocumentCopy) -> None:
    """The same page sent twice asks once: whoever has the same request running is told so."""
    document_queries.locked(work, row.original_id)
    running = select(DocumentCopy).where(
        DocumentCopy.original_id == row.original_id, DocumentCopy.asked_by_id == row.asked_by_id,
        DocumentCopy.state.in_(("asked", "granted", "made")),
    )  # fmt: skip
    same = ("kind", "form", "pages", "excerpt", "wanted", "places", "amount")
    for other in work.session.scalars(running):
        if all(getattr(other, name) == getattr(row, name) for name in same):
            raise Conflict("Đề nghị sao này của bạn đang được làm; không gửi lại.")


def _agencies(work: Work, original: Document, ids: Sequence[int]) -> list[int]:
    wanted = list(dict.fromkeys(int(each) for each in ids))
    if original.agency_id in wanted:
        sentence = "Người của chính cơ quan chọn ở mục người trong cơ quan."
        raise InvalidInput(sentence, {"recipients": sentence})
    return [directory.agency(work.session, each).id for each in wanted]


def _people(work: Work, ids: Sequence[int]) -> list[int]:
    wanted = list(dict.fromkeys(int(each) for each in ids))
    found = [directory.person(work.session, work.actor.agency_id or 0, each) for each in wanted]
    if any(not each.active for each in found):
        sentence = "Có người được chọn đã ngừng công tác; bỏ người đó rồi gửi lại."
        raise InvalidInput(sentence, {"people": sentence})
    return [each.id for each in found]


def receivers(work: Work, row: DocumentCopy) -> str:
    """Who gets a copy, in words: agencies or places on paper, then own people."""
    agencies = [directory.agency(work.session, each).name for each in row.wanted["recipients"]]
    people = [directory.person(work.session, row.agency_id, each).full_name for each in row.wanted["people"]]
    return "; ".join([*agencies, *(line.strip(" -;.") for line in row.places.splitlines() if line.strip()), *people])


# --- The decision ---------------------------------------------------------------------------------------------


def grant(work: Work, copy_id: int, by: int) -> Document:
    """Let a copy be made: it becomes a document of its own, tied to the original, waiting for its number.

    NotAllowed for somebody who may not sign, or when the original has been recalled meanwhile; Conflict when it was
    decided already.
    """
    row = queries.locked(work, copy_id)
    _require(row, "asked")
    original = document_queries.locked(work, row.original_id)
    work.require(rules.may_copy(original, queries.replaced_by(work.session, original.id)))
    work.require(rules.may_make(queries.standing(work.session, original), row.kind, row.form))
    capacity = authority.capacity_of(work.session, row.agency_id, by, row.kind, directory.today(work.now))
    work.require(capacity.verdict)
    registers.open_for_copies(work, row.agency_id)
    document = _document(work, row, original)
    signer = directory.person(work.session, row.agency_id, by)
    document.signer_id, document.signer_name = signer.id, signer.full_name
    document.signer_position, document.signer_capacity = capacity.position[:100], capacity.line[:100]
    work.session.add(document)
    refold(document)
    work.session.flush()
    row.state, row.decided_at, row.decided_by_id, row.document_id = "granted", work.now, by, document.id
    outgoing.plan_recipients(work, document, row.wanted["recipients"])
    documents.link(work, document.id, original.id, LINK)
    parties = [(row.asked_by_id, "drafter"), (by, "approval"), *((each, "copy") for each in row.wanted["people"])]
    documents.add_parties(work, document.id, _once(parties))
    work.note("document.copy_granted", "document", original.id, original.agency_id, copy=row.id, by=by,
              document=document.id)  # fmt: skip
    work.note("document.drafted_as_copy", "document", document.id, document.agency_id, original=original.id)
    return document


def _once(parties: Sequence[tuple[int, str]]) -> list[tuple[int | None, int | None, str]]:
    """Each person once, with the first reason; one statement can't name the same row twice."""
    first: dict[int, str] = {}
    for person_id, reason in parties:
        first.setdefault(person_id, reason)
    return [(person_id, None, reason) for person_id, reason in first.items()]


def _document(work: Work, row: DocumentCopy, original: Document) -> Document:
    agency = directory.agency(work.session, row.agency_id)
    asker = directory.person(work.session, row.agency_id, row.asked_by_id)
    names = [directory.person(work.session, row.agency_id, each).full_name for each in row.wanted["people"]]
    about = f"{row.kind} {_named(original)}"
    posted = [line.strip(" -;.") for line in row.places.splitlines() if line.strip(" -;.")]
    if row.pages:
        about += f", trang {row.pages}"
    return Document(
        agency_id=row.agency_id, direction="outgoing", status="approved", source="drafted", type_name=row.kind,
        subject=original.subject, description=about[:500], organ_name=agency.name, unit_id=asker.unit_id,
        organ_id=directory.code_for(work.session, agency.id, directory.today(work.now)), drafter_id=asker.id,
        urgency=0, language=original.language, issued_amount=row.amount,
        to_places="\n".join([*row.places.splitlines(), *names])[:1000], created_at=work.now,
        created_by_id=work.actor.person_id, verification={}, tombstone={}, frozen=False, reply_required=False,
        checks={"copy": {"kind": row.kind, "form": row.form, "original": original.id, "posted": posted}},
        reply_requirement="", body="", folded="", refusal_reason="", result="", resolution="",
    )  # fmt: skip


def _named(original: Document) -> str:
    """The original in words: “Công văn số 125/SXD-QLXD ngày 20 tháng 11 năm 2026 của Sở Xây dựng”."""
    said = original.type_name or "Văn bản"
    if original.code:
        said += f" số {original.code}"
    if original.issued_date:
        said += f" {written_date(original.issued_date)}"
    return f"{said} của {original.organ_name}" if original.organ_name else said


def refuse(work: Work, copy_id: int, by: int | None, reason: str) -> DocumentCopy:
    """Say no, or give up a copy that could not be made: its number, if it has one, is cancelled and stays visible."""
    row = queries.locked(work, copy_id)
    if row.state in ("refused", "issued", "failed"):
        raise Conflict(f"Đề nghị sao này đã xong: {rules.STATES[row.state].lower()}.")
    row.remark = fitting("reason", "lý do", reason, 1000, required=True, lines=True)
    if row.document_id is not None:
        documents.set_status(work, row.document_id, "cancelled")
        row.state = "failed"
    else:
        row.state, row.decided_at, row.decided_by_id = "refused", work.now, by
    _tell(work, row, [row.asked_by_id], "refused")
    work.note("document.copy_refused", "document", row.original_id, row.agency_id, copy=row.id, reason=row.remark)
    return row


def is_issued(work: Work, copy_id: int) -> bool:
    """Whether a copy has gone out already, so that there is nothing left to refuse."""
    return queries.locked(work, copy_id).state == "issued"


# --- When the original goes -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Followed:
    """What is to follow an original: copies whose cases still run, documents that copies have become and gone out."""

    open_ones: list[int]
    issued: list[int]


def follow(work: Work, document_id: int, what: str) -> Followed:
    """What has happened to a document reaches its copies: texts of a destroyed one go, people are told.

    The cases are ended and recalls begun by who knows cases (engine.instances.mending.copies).
    """
    original = work.session.get_one(Document, document_id)
    query = select(DocumentCopy).where(DocumentCopy.original_id == document_id).order_by(DocumentCopy.id)
    rows = work.session.scalars(query.with_for_update()).all()
    made = select(Document).where(Document.id.in_([row.document_id for row in rows if row.document_id]))
    documents_of = {each.id: each for each in work.session.scalars(made)}
    open_ones, issued = [], []
    for row in rows:
        if original.destroyed_at is not None:
            row.excerpt = ""  # part of what was destroyed (QD28-9.2b, SYS-8)
        copy = documents_of.get(row.document_id or 0)
        if row.state in ("asked", "granted", "made") or (copy is not None and copy.status == "issued"):
            open_ones.append(row.id)
        if what == "recalled" and row.state == "issued" and copy is not None and not copy.frozen:
            issued.append(copy.id)
            _tell(work, row, [row.asked_by_id, *row.wanted["people"]], "original-recalled")
    return Followed(open_ones, issued)


# --- Making and giving out ------------------------------------------------------------------------------------


def keep_prepared(work: Work, document_id: int, file_hash: str, name: str) -> None:
    """Keep the pages of a copy, not signed yet."""
    row = _of(work, document_id)
    _require(row, "granted")
    documents.replace_main(work, document_id, file_hash, name, "rendered")
    row.state = "made"


def keep_signed(work: Work, document_id: int, file_hash: str, name: str, at: datetime) -> Document:
    """Keep the copy with the agency's mark and signature (PL I, box 14); its status is that of a sealed document."""
    _require(_of(work, document_id), "made")
    return documents.record_seal(work, document_id, file_hash, name, at)


def issue(work: Work, copy_id: int, by: int | None, said: str = "") -> list[int]:
    """Issue a copy: dispatches to be sent, own people who see it from now on; on paper it has been signed by hand.

    Returns the ids of the dispatches that go electronically.
    """
    row = queries.locked(work, copy_id)
    if row.document_id is None:
        raise Conflict("Bản sao chưa được làm xong.")
    _require(row, "made")
    work.require(rules.may_copy(document_queries.locked(work, row.original_id)))
    if row.form == rules.PAPER:
        row.remark = fitting("said", "ghi chú giao nhận", said, 1000, lines=True)
        documents.set_status(work, row.document_id, "sealed")
        work.note("document.copy_handed_out", "document", row.document_id, row.agency_id, by=by, amount=row.amount,
                  said=row.remark)  # fmt: skip
    dispatches = documents.issue(work, row.document_id)
    row.state, row.issued_at = "issued", work.now
    _tell(work, row, [row.asked_by_id], "issued")
    _tell(work, row, [each for each in row.wanted["people"] if each != row.asked_by_id], "received")
    work.note("document.copy_issued", "document", row.original_id, row.agency_id, copy=row.id, by=by)
    return dispatches


def _of(work: Work, document_id: int) -> DocumentCopy:
    found = work.session.scalar(select(DocumentCopy.id).where(DocumentCopy.document_id == document_id))
    if found is None:
        raise NotFound("Văn bản này không phải là bản sao.")
    return queries.locked(work, found)


def _require(row: DocumentCopy, state: str) -> None:
    if row.state != state:
        raise Conflict(f"Đề nghị sao này hiện ở trạng thái: {rules.STATES[row.state].lower()}.")


def _tell(work: Work, row: DocumentCopy, people: Sequence[int], what: str) -> None:
    document_id = row.original_id if what == "refused" else row.document_id
    for person_id in dict.fromkeys(people):
        said = {"copy": row.id, "what": what, "title": row.remark[:300] if what == "refused" else row.kind}
        work.tell(COPY, row.agency_id, person_id=person_id, document_id=document_id, details=said)
