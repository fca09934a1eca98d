"""Dossiers whose retention has run out: a list, a proposal for each, the head's decision, minutes; a line stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select, text, update
from sqlalchemy.orm import Session, aliased

from engine.directory import queries as directory
from engine.documents import recall
from engine.documents.models import Document
from engine.documents.text import fitting
from engine.errors import Conflict, InvalidInput, NotFound
from engine.platform import Actor, Verdict, Work
from engine.records import rules
from engine.records.models import ArchivePackage, Disposal, DisposalItem, Dossier, DossierEntry, DossierLoan

STATES = {
    "draft": "Đang lập", "submitted": "Chờ quyết định", "decided": "Đã quyết định", "refused": "Không đồng ý",
}  # fmt: skip
PROPOSALS = {"destroy": "Hủy", "keep": "Giữ lại tiếp"}
MOST = 500
NUMBERING_LOCK = 7118
FOR_EVER = 0
"""“Keep so many years longer” with this many: for ever."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is proposed for one dossier: destroy, or keep `years` longer (FOR_EVER: always)."""

    proposal: str
    years: int | None = None
    reason: str = ""


def may_propose(actor: Actor) -> Verdict:
    """The archive looks through what has run out and proposes."""
    return rules.keeps_list(actor)


LEFT_OUT = Verdict(
    False, "Hồ sơ chưa kết thúc, chưa hết thời hạn, đang bị khóa, đang cho mượn hoặc đã có trong một danh sách chờ"
    " quyết định thì chưa xét hủy.", "SYS-IV",
)  # fmt: skip
"""Why a dossier isn't among those whose disposal can be proposed: what `expired` leaves out."""


def expired(session: Session, actor: Actor, today: date, *, limit: int = MOST) -> Sequence[Dossier]:
    """Closed dossiers whose retention has run out, that aren't frozen, lent or proposed already."""
    proposed = exists().where(
        DisposalItem.dossier_id == Dossier.id, Disposal.id == DisposalItem.disposal_id,
        Disposal.state.in_(("draft", "submitted")),
    )  # fmt: skip
    lent = exists().where(DossierLoan.dossier_id == Dossier.id, DossierLoan.state == "lent")
    query = select(Dossier).where(
        rules.within(actor), Dossier.state.in_(("closed", "handed_over")), ~Dossier.frozen,
        Dossier.end_date.is_not(None), Dossier.retention_years.is_not(None),
        func.extract("year", Dossier.end_date) + Dossier.retention_years < today.year, ~proposed, ~lent,
    )  # fmt: skip
    return session.scalars(query.order_by(Dossier.year, Dossier.notation).limit(limit)).all()


def propose(work: Work, wishes: Mapping[int, Wish], reason: str) -> Disposal:
    """Propose what becomes of dossiers, each with its own wish; InvalidInput by field, Conflict for one not due."""
    work.require(may_propose(work.actor))
    if work.actor.person_id is None or work.actor.agency_id is None:
        raise Conflict("Đề nghị xét hủy do một người lập.")
    if not wishes:
        raise InvalidInput("Chọn ít nhất một hồ sơ.", {"dossiers": "Chọn ít nhất một hồ sơ."})
    today = directory.today(work.now)
    due = {row.id: row for row in expired(work.session, work.actor, today, limit=100_000)}
    if missing := [each for each in wishes if each not in due]:
        raise Conflict(f"{len(missing)} hồ sơ chưa hết thời hạn bảo quản, đang mượn, đang khóa hoặc đã được đề nghị.")
    row = Disposal(
        agency_id=work.actor.agency_id, year=today.year, number=_next(work, today.year), state="submitted",
        reason=fitting("reason", "căn cứ đề nghị", reason, 1000, required=True, lines=True), made_at=work.now,
        made_by_id=work.actor.person_id, submitted_at=work.now, decision="", remark="", counts={},
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    for dossier_id, wish in wishes.items():
        work.session.add(_item(row, due[dossier_id], wish))
    row.counts = {kind: sum(wish.proposal == kind for wish in wishes.values()) for kind in PROPOSALS}
    work.note("disposal.proposed", "disposal", row.id, row.agency_id, dossiers=len(wishes), counts=row.counts)
    return row


def _item(row: Disposal, dossier: Dossier, wish: Wish) -> DisposalItem:
    if wish.proposal not in PROPOSALS:
        raise InvalidInput("Chọn hủy hoặc giữ lại.", {"proposal": "Chọn hủy hoặc giữ lại."})
    years = wish.years if wish.proposal == "keep" else None
    if wish.proposal == "keep" and (years is None or not 0 <= years <= 100):
        said = f"Chọn thời hạn giữ tiếp của hồ sơ {dossier.notation}."
        raise InvalidInput(said, {"years": said})
    return DisposalItem(
        disposal_id=row.id, dossier_id=dossier.id, proposal=wish.proposal, keep_years=years,
        reason=fitting("item_reason", "lý do", wish.reason, 500),
    )  # fmt: skip


def _next(work: Work, year: int) -> int:
    work.session.execute(text("select pg_advisory_xact_lock(:lock, :agency)"),
                         {"lock": NUMBERING_LOCK, "agency": (work.actor.agency_id or 0) % 2**31})  # fmt: skip
    last = select(func.max(Disposal.number)).where(Disposal.agency_id == work.actor.agency_id, Disposal.year == year)
    return (work.session.scalar(last) or 0) + 1


def refuse(work: Work, disposal_id: int, by: int | None, remark: str) -> Disposal:
    """The head doesn't agree: everything stays, and why is kept."""
    row = _waiting(work, disposal_id)
    row.state, row.decided_at, row.decided_by_id = "refused", work.now, by
    row.remark = fitting("remark", "lý do", remark, 1000, required=True, lines=True)
    work.note("disposal.refused", "disposal", row.id, row.agency_id, reason=row.remark)
    return row


def carry_out(work: Work, disposal_id: int, by: int | None, decision: str, remark: str = "") -> Disposal:
    """Carry out the head's decision: what is kept is kept longer; of what is destroyed a line stays, with its data as a
    tombstone. Documents that stand in a dossier that stays are left alone; so is what was frozen or lent meanwhile.
    """
    row = _waiting(work, disposal_id)
    row.decision = fitting("decision", "số, ngày của quyết định", decision, 200, required=True)
    row.remark = fitting("remark", "ý kiến", remark, 1000, lines=True)
    items = work.session.execute(
        select(DisposalItem, Dossier).join(Dossier, Dossier.id == DisposalItem.dossier_id)
        .where(DisposalItem.disposal_id == row.id).order_by(Dossier.id).with_for_update(of=Dossier)
    ).all()  # fmt: skip
    gone, kept, left, documents = 0, 0, 0, 0
    for item, dossier in items:
        if dossier.frozen or _is_lent(work, dossier) or dossier.state not in ("closed", "handed_over"):
            left += 1
            continue
        if item.proposal == "keep":
            _keep(work, row, item, dossier)
            kept += 1
            continue
        dossier.state, dossier.destroyed_at = "destroyed", work.now
        work.session.flush()
        documents += _destroy_documents(work, row, dossier)
        work.note("dossier.destroyed", "dossier", dossier.id, dossier.agency_id, decision=row.decision,
                  documents=dossier.doc_total, disposal=row.id)  # fmt: skip
        gone += 1
    row.counts = {**row.counts, "destroyed": gone, "kept": kept, "left": left, "documents": documents}
    row.state, row.decided_at, row.decided_by_id = "decided", work.now, by
    work.note("disposal.carried_out", "disposal", row.id, row.agency_id, decision=row.decision, counts=row.counts)
    return row


def _keep(work: Work, row: Disposal, item: DisposalItem, dossier: Dossier) -> None:
    before = dossier.retention_years
    if not item.keep_years:
        dossier.retention_years = None
    else:
        ended = (dossier.end_date or work.now.date()).year
        # counted on from now, so that an old dossier isn't due again next year
        dossier.retention_years = max(before or 0, directory.today(work.now).year - ended) + item.keep_years
    work.note("dossier.retention_extended", "dossier", dossier.id, dossier.agency_id, before=before,
              retention=dossier.retention_years, decision=row.decision)  # fmt: skip


def _destroy_documents(work: Work, row: Disposal, dossier: Dossier) -> int:
    """Destroy what stands in no dossier that stays; packages of the dossier go too."""
    other, its = aliased(DossierEntry), aliased(Dossier)
    elsewhere = exists().where(
        other.document_id == Document.id, other.taken_out_at.is_(None), its.id == other.dossier_id,
        its.state != "destroyed",
    )  # fmt: skip
    query = (
        select(Document).join(DossierEntry, DossierEntry.document_id == Document.id)
        .where(DossierEntry.dossier_id == dossier.id, DossierEntry.taken_out_at.is_(None), ~elsewhere)
        .where(Document.destroyed_at.is_(None)).order_by(Document.id).with_for_update(of=Document)
    )  # fmt: skip
    found = work.session.scalars(query).all()
    reason = f"Hết thời hạn bảo quản, {row.decision}"
    for document in found:
        recall.destroy_expired(work, document, reason)
    packages = select(ArchivePackage.file_hash).where(
        ArchivePackage.dossier_id == dossier.id, ArchivePackage.file_hash.is_not(None)
    )
    hashes = sorted({each for each in work.session.scalars(packages) if each})
    if hashes:
        work.session.execute(
            update(ArchivePackage).where(ArchivePackage.dossier_id == dossier.id)
            .values(state="failed", file_hash=None, problem="Gói đã hủy cùng hồ sơ.")
        )  # fmt: skip
        work.send(recall.REMOVE_BYTES, {"hashes": hashes}, agency_id=dossier.agency_id)
    return len(found)


def _is_lent(work: Work, dossier: Dossier) -> bool:
    lent = select(DossierLoan.id).where(DossierLoan.dossier_id == dossier.id, DossierLoan.state == "lent")
    return work.session.scalar(lent.limit(1)) is not None


def _waiting(work: Work, disposal_id: int) -> Disposal:
    row = work.session.scalar(select(Disposal).where(Disposal.id == disposal_id).with_for_update())
    if row is None or (work.actor.agency_id is not None and row.agency_id != work.actor.agency_id):
        raise NotFound("Không tìm thấy đề nghị này.")
    if row.state != "submitted":
        raise Conflict("Đề nghị này không còn chờ quyết định.")
    return row


def get(session: Session, actor: Actor, disposal_id: int) -> Disposal:
    """A proposal, for the archive and the leaders; NotFound for everybody else."""
    row = session.get(Disposal, disposal_id)
    if row is None or row.agency_id != actor.agency_id or not (may_propose(actor) or "leader" in actor.roles):
        raise NotFound("Không tìm thấy đề nghị này.")
    return row


def all_of(session: Session, agency_id: int, *, limit: int = 50) -> Sequence[Disposal]:
    """Proposals of an agency, newest first."""
    query = select(Disposal).where(Disposal.agency_id == agency_id)
    return session.scalars(query.order_by(Disposal.id.desc()).limit(limit)).all()


def items(session: Session, disposal_id: int) -> list[tuple[DisposalItem, Dossier]]:
    """What is proposed for each dossier, in the order of the list."""
    query = select(DisposalItem, Dossier).join(Dossier, Dossier.id == DisposalItem.dossier_id)
    query = query.where(DisposalItem.disposal_id == disposal_id).order_by(Dossier.year, Dossier.notation)
    return [(item, dossier) for item, dossier in session.execute(query)]
