"""Hand over everything of somebody who leaves or moves, or of a unit that is merged; close accounts on their day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import delete, func, select, text, update

from engine import occasions
from engine.directory import commands as directory_commands
from engine.directory import queries as directory
from engine.directory.models import Person, RoleGrant
from engine.documents.models import Document
from engine.documents.text import fitting
from engine.errors import Conflict, InvalidInput
from engine.platform import Work
from engine.tasks.succession import moving, queries, rules
from engine.tasks.succession.models import HandOver, Succession
from engine.tasks.succession.moving import Handed

NUMBERING_LOCK = 7117


def hand_over(
    work: Work,
    person_id: int,
    receivers: Mapping[str, int],
    *,
    cause: str,
    closes_on: date | None = None,
    reason: str = "",
) -> HandOver:
    """Give everything a person holds to others, in one go; nothing is lost, every history says who to whom.

    `receivers` has one person under "all", others by kind as they differ. Who leaves can't sign in from `closes_on`
    on; who moves keeps the account. InvalidInput by field; Conflict when a hand-over is under way (ND30-31.3.đ).
    """
    person = directory.person(work.session, work.actor.agency_id, person_id)
    work.require(rules.may_arrange(work.actor, person.agency_id))
    if person_id == work.actor.person_id:
        raise Conflict("Không thể tự lập bàn giao của chính mình; nhờ quản trị khác của cơ quan.")
    if not person.active:
        raise Conflict(f"{person.full_name} đã ngừng hoạt động.")
    if queries.unfinished(work.session, person.agency_id, person_id) is not None:
        raise Conflict(f"{person.full_name} đã bàn giao và đang chờ ngày đóng tài khoản.")
    today = directory.today(work.now)
    chosen = _chosen(work, person, receivers, today)
    row = numbered(
        work, person.agency_id, cause, person_id=person_id, unit_id=person.unit_id, receivers=chosen, reason=reason,
        closes_on=_closing(cause, closes_on, today),
    )  # fmt: skip
    handed = moving.move_everything(work, row, person_id)
    _tell(work, row, person, handed)
    if cause == "leave":
        _ask_for_signers(work, row, person, handed)
        assert row.closes_on is not None
        work.session.get_one(Person, person_id).closes_on = row.closes_on
        if row.closes_on <= today:
            _close(work, row)
    else:
        moving.redirect(work, row, person_id, everything=False)
    return row


def close_due(work: Work) -> int:
    """Close the accounts whose day has come; what arrived since the hand-over goes to the same receivers. How many."""
    today = directory.today(work.now)
    query = select(HandOver).where(HandOver.cause == "leave", HandOver.closed_at.is_(None), HandOver.closes_on <= today)
    rows = work.session.scalars(query.order_by(HandOver.id).with_for_update(skip_locked=True)).all()
    for row in rows:
        assert row.person_id is not None
        person = work.session.get_one(Person, row.person_id)
        handed = moving.move_everything(work, row, row.person_id)
        if handed:
            _tell(work, row, person, handed)
            _ask_for_signers(work, row, person, handed)
        _close(work, row)
    return len(rows)


def come_back(work: Work, person_id: int) -> None:
    """Open an account that was closed; from now on what comes for the person stays with them."""
    directory_commands.reactivate_person(work, person_id)
    person = work.session.get_one(Person, person_id)
    person.closes_on = None
    old = f"person:{person_id}"
    work.session.execute(
        delete(Succession).where(Succession.agency_id == person.agency_id, Succession.old == old),
        execution_options={"synchronize_session": False},
    )


def _close(work: Work, row: HandOver) -> None:
    """Nobody signs in with this account any more; roles end, and what still comes goes to the receiver."""
    assert row.person_id is not None
    work.session.flush()
    person = work.session.get_one(Person, row.person_id)
    person.active = False
    yesterday = directory.today(work.now) - timedelta(days=1)
    held = RoleGrant.person_id == row.person_id
    quiet = {"synchronize_session": False}
    work.session.execute(delete(RoleGrant).where(held, RoleGrant.valid_from > yesterday), execution_options=quiet)
    ending = update(RoleGrant).where(held, RoleGrant.valid_to.is_(None) | (RoleGrant.valid_to > yesterday))
    work.session.execute(ending.values(valid_to=yesterday), execution_options=quiet)
    moving.redirect(work, row, row.person_id, everything=True)
    row.closed_at = work.now
    work.note("person.closed", "person", row.person_id, row.agency_id, hand_over=row.id)


def _tell(work: Work, row: HandOver, person: Person, handed: Sequence[Handed]) -> None:
    """Minutes and audit lines of what was moved; each receiver is told once, however much it is."""
    counts = Counter(each.kind for each in handed)
    row.counts = {kind: row.counts.get(kind, 0) + counts[kind] for kind in rules.KINDS}
    names = queries.names(work.session, {each.receiver_id for each in handed})
    subjects = {"task": "task", "draft": "document", "issued": "document", "dossier": "dossier"}
    for each in handed:
        subject, where = subjects.get(each.kind), each.subject_id
        if subject is None and each.document_id is not None:
            subject, where = "document", each.document_id
        if subject is not None:
            work.note(
                f"{subject}.handed-over", subject, where, row.agency_id, of=person.full_name, hand_over=row.id,
                to=names.get(each.receiver_id or 0, ""), document=each.document_id,
            )  # fmt: skip
    work.note("person.handed_over", "person", person.id, row.agency_id, hand_over=row.id, cause=row.cause,
              counts=dict(counts))  # fmt: skip
    for receiver in sorted({each.receiver_id for each in handed if each.receiver_id is not None}):
        told = sum(each.receiver_id == receiver for each in handed)
        work.tell(
            occasions.HANDED_OVER, row.agency_id, person_id=receiver,
            details={"hand_over": row.id, "of": person.full_name, "count": told},
        )  # fmt: skip


def _ask_for_signers(work: Work, row: HandOver, person: Person, handed: Sequence[Handed]) -> None:
    """Whoever drafts what the leaver was to sign is told to choose another signer (ND30-13.1)."""
    ids = [each.subject_id for each in handed if each.kind == "signer"]
    drafters = select(Document.id, Document.drafter_id).where(Document.id.in_(ids), Document.drafter_id.is_not(None))
    for document_id, drafter_id in work.session.execute(drafters.order_by(Document.id)) if ids else ():
        work.tell(
            occasions.SIGNER, row.agency_id, person_id=drafter_id, document_id=document_id,
            details={"of": person.full_name},
        )  # fmt: skip


def _chosen(work: Work, person: Person, receivers: Mapping[str, int], today: date) -> dict[str, int]:
    """A receiver for every kind; InvalidInput at the field of a wrong one."""
    wrong: dict[str, str] = {}
    chosen: dict[str, int] = {}
    known: dict[int, Person | None] = {}
    for kind in ("all", *rules.KINDS):
        receiver_id = receivers.get(kind) or receivers.get("all")
        if receiver_id is None:
            wrong["all"] = "Chọn người nhận."
            continue
        if receiver_id not in known:
            known[receiver_id] = work.session.get(Person, receiver_id)
        problem = rules.receiver_problem(person, known[receiver_id], person.agency_id, today)
        if problem and (kind in receivers or kind == "all"):
            wrong[kind] = problem
        chosen[kind] = receiver_id
    if wrong:
        raise InvalidInput("Chưa chọn đúng người nhận bàn giao.", wrong)
    return {kind: chosen[kind] for kind in rules.KINDS if kind not in rules.ENDED}


def _closing(cause: str, closes_on: date | None, today: date) -> date | None:
    if cause not in ("leave", "move"):
        raise InvalidInput("Chọn lý do bàn giao.", {"cause": "Chọn một trong các trường hợp."})
    if cause == "move":
        return None
    if closes_on is None:
        raise InvalidInput("Chọn ngày đóng tài khoản.", {"closes_on": "Chọn ngày đóng tài khoản."})
    if not today <= closes_on <= today + rules.LATEST_CLOSING:
        said = "Ngày đóng tài khoản từ hôm nay và không quá một năm."
        raise InvalidInput(said, {"closes_on": said})
    return closes_on


def numbered(
    work: Work, agency_id: int, cause: str, *, receivers: Mapping[str, int], reason: str, closes_on: date | None = None,
    person_id: int | None = None, unit_id: int | None = None, to_unit_id: int | None = None,
) -> HandOver:  # fmt: skip
    """Minutes under the next number of the year; whoever makes others at the same time waits here."""
    year = directory.today(work.now).year
    work.session.execute(text("select pg_advisory_xact_lock(:lock, :agency)"),
                         {"lock": NUMBERING_LOCK, "agency": agency_id % 2**31})  # fmt: skip
    last = select(func.max(HandOver.number)).where(HandOver.agency_id == agency_id, HandOver.year == year)
    row = HandOver(
        agency_id=agency_id, year=year, number=(work.session.scalar(last) or 0) + 1, cause=cause, person_id=person_id,
        unit_id=unit_id, to_unit_id=to_unit_id, receivers=dict(receivers), counts={}, closes_on=closes_on,
        reason=fitting("reason", "lý do", reason, 500), made_at=work.now, made_by_id=work.actor.person_id,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    return row
