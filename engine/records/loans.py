"""Loans of closed dossiers: asked for, decided, seen for the time of the loan only, given back or run out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, exists, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from engine.clock import VIETNAM
from engine.directory import queries as directory
from engine.directory.models import Person
from engine.documents.models import Party
from engine.documents.text import fitting, fold
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.occasions import LOAN
from engine.platform import ALLOWED, Actor, Verdict, Work
from engine.records import queries, rules
from engine.records.models import Dossier, DossierEntry, DossierLoan

STATES = {"asked": "Chờ duyệt", "refused": "Không cho mượn", "lent": "Đang mượn", "returned": "Đã trả"}
LENDABLE = ("closed", "offered", "handed_over")
LONGEST = timedelta(days=92)
REASON = "loan"
"""The reason a borrower's scope is noted with; it goes with the loan."""
PAGE = 50


def may_lend(actor: Actor, restricted: bool) -> Verdict:
    """The archive lends; what is of restricted use, the head of the agency (SYS-3.b)."""
    if restricted and not (actor.is_system or "leader" in actor.roles):
        return Verdict(False, "Hồ sơ sử dụng hạn chế do lãnh đạo duyệt cho mượn.", "SYS-3.b")
    if restricted or actor.is_system or actor.roles & {"clerk", "archivist", "leader"}:
        return ALLOWED
    return Verdict(False, "Văn thư, lưu trữ cơ quan duyệt việc mượn hồ sơ.", "SYS-3.b")


def may_read(loan: DossierLoan) -> Verdict:
    """Whether its dossier may be looked at by who borrows it: while it is lent (SYS-3.b)."""
    if loan.state == "lent":
        return ALLOWED
    return Verdict(False, "Đề nghị còn chờ duyệt; được duyệt rồi mới xem được hồ sơ.", "SYS-3.b")


def may_decide(actor: Actor, loan: DossierLoan, restricted: bool) -> Verdict:
    """Whether somebody may say yes or no to a loan now; the task for it is theirs then."""
    if loan.state != "asked":
        return Verdict(False, "Đề nghị đã được quyết định.", "SYS-3.b")
    return may_lend(actor, restricted)


def may_return(actor: Actor, loan: DossierLoan) -> Verdict:
    """Whether somebody may give a dossier back before its day: who borrowed it, the clerk, the archive."""
    if loan.state != "lent":
        return Verdict(False, "Hồ sơ chưa cho mượn.", "SYS-3.b")
    borrowed = loan.person_id in {actor.person_id, *actor.standing_in_for}
    if borrowed or actor.is_system or actor.roles & {"clerk", "archivist"}:
        return ALLOWED
    return Verdict(False, "Người mượn, văn thư hoặc lưu trữ cơ quan trả hồ sơ.", "SYS-3.b")


def lendable(session: Session, agency_id: int, search: str, *, skip: int = 0) -> Sequence[Dossier]:
    """Closed dossiers that anybody of the agency may know of: of unrestricted use, by words, newest first."""
    query = select(Dossier).where(
        Dossier.agency_id == agency_id, Dossier.state.in_(LENDABLE), Dossier.rights == rules.RIGHTS[0]
    )
    for word in fold(search).split()[:8]:
        query = query.where(Dossier.folded.contains(word, autoescape=True))
    return session.scalars(query.order_by(Dossier.year.desc(), Dossier.notation).offset(skip).limit(PAGE)).all()


def ask(work: Work, year: int, notation: str, purpose: str, until: date) -> DossierLoan:
    """Ask to see a closed dossier until a day. InvalidInput by field; Conflict when it is asked for or lent already."""
    person_id, agency_id = work.actor.person_id, work.actor.agency_id
    if person_id is None or agency_id is None:
        raise NotFound("Không tìm thấy cơ quan này.")
    dossier = work.session.scalar(
        select(Dossier).where(Dossier.agency_id == agency_id, Dossier.year == year,
                              Dossier.notation == notation.strip().upper())
    )  # fmt: skip
    if dossier is None or dossier.state not in LENDABLE:
        said = f"Năm {year} không có hồ sơ đã kết thúc mang ký hiệu này."
        raise InvalidInput(said, {"notation": said})
    today = directory.today(work.now)
    if not today <= until <= today + LONGEST:
        said = f"Chọn ngày trả từ hôm nay và không quá {LONGEST.days} ngày."
        raise InvalidInput(said, {"until": said})
    running = select(DossierLoan.state).where(
        DossierLoan.dossier_id == dossier.id, DossierLoan.person_id == person_id,
        DossierLoan.state.in_(("asked", "lent")),
    )  # fmt: skip
    if (state := work.session.scalar(running)) is not None:
        said = "đang chờ duyệt" if state == "asked" else "đang mượn"
        raise Conflict(f"Bạn {said} hồ sơ {dossier.notation}.")
    row = DossierLoan(
        agency_id=agency_id, dossier_id=dossier.id, person_id=person_id, asked_at=work.now, state="asked", remark="",
        purpose=fitting("purpose", "mục đích sử dụng", purpose, 500, required=True), due_at=_end_of(until),
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    work.note("dossier.loan_asked", "dossier", dossier.id, agency_id, loan=row.id, until=until, purpose=row.purpose)
    return row


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), VIETNAM)


def lend(work: Work, loan_id: int, by: int | None) -> DossierLoan:
    """Lend: from now on until it ends the borrower sees the dossier and everything in it, and that is noted."""
    row = locked(work, loan_id)
    if row.state != "asked":
        raise Conflict(f"Đề nghị mượn này không còn chờ duyệt: {STATES[row.state].lower()}.")
    dossier = work.session.get_one(Dossier, row.dossier_id)
    if dossier.state not in LENDABLE:
        raise Conflict(f"Hồ sơ {dossier.notation} hiện không cho mượn được.")
    if by is not None:
        actor = directory.actor_of(work.session, by, work.now)
        work.require(may_lend(actor, dossier.rights != rules.RIGHTS[0]))
        if by == row.person_id:
            raise NotAllowed("Người mượn không tự duyệt cho mình.")
    row.state, row.decided_at, row.decided_by_id = "lent", work.now, by
    seen = select(
        DossierEntry.document_id, literal(row.person_id), literal(REASON), literal(work.now)
    ).where(DossierEntry.dossier_id == dossier.id, DossierEntry.taken_out_at.is_(None))  # fmt: skip
    made = insert(Party).from_select(["document_id", "person_id", "reason", "since"], seen)
    work.session.execute(made.on_conflict_do_nothing(index_elements=["document_id", "person_id", "unit_id"]))
    _tell(work, row, dossier, "lent")
    work.note("dossier.lent", "dossier", dossier.id, row.agency_id, loan=row.id, to=_name(work, row.person_id),
              until=row.due_at.astimezone(VIETNAM) - timedelta(seconds=1))  # fmt: skip
    return row


def refuse(work: Work, loan_id: int, by: int | None, reason: str) -> DossierLoan:
    """Refuse a loan, with the reason."""
    row = locked(work, loan_id)
    if row.state != "asked":
        raise Conflict(f"Đề nghị mượn này không còn chờ duyệt: {STATES[row.state].lower()}.")
    row.remark = fitting("reason", "lý do", reason, 500, required=True)
    row.state, row.decided_at, row.decided_by_id = "refused", work.now, by
    dossier = work.session.get_one(Dossier, row.dossier_id)
    _tell(work, row, dossier, "refused")
    work.note("dossier.loan_refused", "dossier", dossier.id, row.agency_id, loan=row.id, reason=row.remark)
    return row


def end(work: Work, loan_id: int, by: int | None) -> bool:
    """End a loan: given back by somebody, or (nobody) run out. What was seen by it is seen no longer. False: it was
    over already.
    """
    row = locked(work, loan_id)
    if row.state != "lent":
        return False
    row.state, row.returned_at, row.returned_by_id = "returned", work.now, by
    work.session.flush()
    other = aliased(DossierEntry)
    still = exists().where(
        other.document_id == Party.document_id, other.taken_out_at.is_(None),
        other.dossier_id == DossierLoan.dossier_id, DossierLoan.person_id == row.person_id,
        DossierLoan.state == "lent",
    )  # fmt: skip
    entries = select(DossierEntry.document_id).where(DossierEntry.dossier_id == row.dossier_id)
    gone = delete(Party).where(
        Party.person_id == row.person_id, Party.reason == REASON, Party.document_id.in_(entries), ~still
    )
    work.session.execute(gone, execution_options={"synchronize_session": False})
    dossier = work.session.get_one(Dossier, row.dossier_id)
    if by is None:
        _tell(work, row, dossier, "ended")
    work.note("dossier.loan_ended", "dossier", dossier.id, row.agency_id, loan=row.id, of=_name(work, row.person_id),
              by_itself=by is None)  # fmt: skip
    return True


def remind(work: Work, loan_id: int) -> bool:
    """Remind the borrower that the dossier is due back; once per loan."""
    row = locked(work, loan_id)
    if row.state != "lent" or row.reminded_at is not None:
        return False
    row.reminded_at = work.now
    _tell(work, row, work.session.get_one(Dossier, row.dossier_id), "due")
    return True


def locked(work: Work, loan_id: int) -> DossierLoan:
    """A loan of the actor's agency with its row locked; NotFound for any other."""
    query = select(DossierLoan).where(DossierLoan.id == loan_id).with_for_update()
    row = work.session.scalar(query.execution_options(populate_existing=True))
    if row is None or (work.actor.agency_id is not None and row.agency_id != work.actor.agency_id):
        raise NotFound("Không tìm thấy lượt mượn này.")
    return row


def _tell(work: Work, row: DossierLoan, dossier: Dossier, what: str) -> None:
    said = {"loan": row.id, "what": what, "title": f"{dossier.notation} · {dossier.title}"}
    work.tell(LOAN, row.agency_id, person_id=row.person_id, details=said)


def _name(work: Work, person_id: int) -> str:
    return work.session.get_one(Person, person_id).full_name


@dataclass(frozen=True, slots=True)
class Line:
    """A loan with the names in it."""

    loan: DossierLoan
    dossier: Dossier
    borrower: str
    decided_by: str | None

    def is_late(self, now: datetime) -> bool:
        """Whether it should be back by now."""
        return self.loan.state == "lent" and self.loan.due_at <= now


def mine_or_all(session: Session, actor: Actor, *, running: bool, limit: int = PAGE) -> list[Line]:
    """Loans: one's own, all of the agency for the archive and the leaders; those running, or those that are over."""
    decider = aliased(Person)
    query = (
        select(DossierLoan, Dossier, Person.full_name, decider.full_name)
        .join(Dossier, Dossier.id == DossierLoan.dossier_id)
        .join(Person, Person.id == DossierLoan.person_id)
        .outerjoin(decider, decider.id == DossierLoan.decided_by_id)
        .where(DossierLoan.agency_id == actor.agency_id)
    )
    if not actor.roles & {"clerk", "archivist", "leader"}:
        query = query.where(DossierLoan.person_id == actor.person_id)
    states = ("asked", "lent") if running else ("refused", "returned")
    order = DossierLoan.due_at.asc() if running else DossierLoan.id.desc()
    rows = session.execute(query.where(DossierLoan.state.in_(states)).order_by(order).limit(limit))
    return [Line(*row) for row in rows]


def of_dossier(session: Session, actor: Actor, dossier_id: int) -> list[Line]:
    """Every loan of a dossier the actor may see, newest first."""
    queries.get(session, actor, dossier_id)
    decider = aliased(Person)
    query = (
        select(DossierLoan, Dossier, Person.full_name, decider.full_name)
        .join(Dossier, Dossier.id == DossierLoan.dossier_id)
        .join(Person, Person.id == DossierLoan.person_id)
        .outerjoin(decider, decider.id == DossierLoan.decided_by_id)
        .where(DossierLoan.dossier_id == dossier_id)
    )
    return [Line(*row) for row in session.execute(query.order_by(DossierLoan.id.desc()).limit(PAGE))]
