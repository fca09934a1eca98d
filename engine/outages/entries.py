"""Documents entered after an outage with the time they really came, and numbers held for paper (LA-14.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from engine.clock import VIETNAM
from engine.documents import registers
from engine.documents.models import Document, RegisterEntry
from engine.documents.text import fitting
from engine.errors import Conflict, InvalidInput, NotFound
from engine.outages import queries, rules
from engine.outages.commands import locked
from engine.outages.models import Outage, OutageEntry, OutageNumber
from engine.platform import Work

MOST_NUMBERS = 50


@dataclass(frozen=True, slots=True)
class CatchUp:
    """After which outage a document is entered, when it really came, and why it wasn't entered then."""

    outage: int
    arrived_at: datetime
    reason: str


def check(work: Work, given: CatchUp) -> Outage:
    """The outage, when something that came then may be entered now. InvalidInput by field: nothing typed is lost."""
    row = _outage(work, given.outage)
    allowed, wrong = rules.may_enter(work.actor, row), {}
    if not allowed:
        wrong["outage"] = allowed.reason
    if said := rules.arrival_wrong(row, given.arrived_at):
        wrong["arrived_at"] = said
    if not given.reason.strip():
        wrong["late_reason"] = "Ghi lý do nhập bổ sung, ví dụ văn bản giấy đến khi hệ thống ngừng."
    if wrong:
        raise InvalidInput(" ".join(wrong.values()), wrong)
    return row


def enter(work: Work, document: Document, row: Outage, given: CatchUp) -> OutageEntry:
    """Note that a document which has just been taken in came during an outage; its register line will say so."""
    reason = fitting("late_reason", "lý do nhập bổ sung", given.reason, 300, required=True)
    day = (document.received_at or given.arrived_at).astimezone(VIETNAM).date()
    return _entered(work, document, row, given.arrived_at, day, reason)


def _entered(work: Work, document: Document, row: Outage, at: datetime, day: date, reason: str) -> OutageEntry:
    registers.mark(document, day, rules.entered_said(row, reason))
    entry = OutageEntry(
        document_id=document.id, outage_id=row.id, agency_id=document.agency_id, direction=document.direction,
        happened_at=at, reason=reason, entered_at=work.now, entered_by_id=work.actor.person_id,
    )  # fmt: skip
    work.session.add(entry)
    work.note("document.entered_afterwards", "document", document.id, document.agency_id, outage=row.id,
              happened_at=at.isoformat(), said=rules.entered_said(row, reason))  # fmt: skip
    return entry


def hold_block(work: Work, outage_id: int, register_id: int, count: int) -> list[RegisterEntry]:
    """Hold the next numbers of a register of outgoing documents, to be written on paper during an outage (ND30-15.1).

    InvalidInput for a count that can't be; who may keep registers may hold.
    """
    row = _outage(work, outage_id)
    work.require(rules.may_hold(work.actor, row))
    if not 1 <= count <= MOST_NUMBERS:
        said = f"Giữ từ 1 đến {MOST_NUMBERS} số mỗi lần."
        raise InvalidInput(said, {"count": said})
    register = registers.own_register(work, register_id)
    if register.direction != "outgoing":
        raise InvalidInput("Chọn sổ văn bản đi.", {"register": "Chọn sổ văn bản đi."})
    why = f"Giữ để cấp trên giấy khi hệ thống ngừng từ {rules.at(row.stops_at)}"
    made = [registers.hold_number(work, register_id, why) for _ in range(count)]
    work.session.add_all([OutageNumber(entry_id=each.id, outage_id=row.id) for each in made])
    work.note("outage.numbers_held", "outage", row.id, register.agency_id, register=register.id,
              numbers=[each.number for each in made])  # fmt: skip
    return made


def use_number(work: Work, outage_id: int, entry_id: int, document_id: int, on: date, reason: str) -> OutageEntry:
    """Give a number that was written on paper to the document entered for it; it keeps the day on the paper.

    InvalidInput by field; Conflict when the number is no longer held or the document has one.
    """
    row = _outage(work, outage_id)
    work.require(rules.may_enter(work.actor, row))
    kept = work.session.get(OutageNumber, entry_id, with_for_update=True)
    if kept is None or kept.outage_id != row.id:
        raise NotFound("Không tìm thấy số này trong các số giữ cho sự cố.")
    if queries.of_document(work.session, document_id) is not None:
        raise Conflict("Văn bản này đã được nhập bổ sung sau một sự cố.")
    said = fitting("reason", "lý do nhập bổ sung", reason, 300, required=True)
    at = _on_paper(row, on)
    entry = registers.keep_for(work, entry_id, document_id)
    if entry.year != on.year:
        wrong = f"Số này thuộc năm {entry.year}; ngày ghi trên văn bản phải cùng năm."
        raise InvalidInput(wrong, {"on": wrong})
    kept.used_on = on
    document = work.session.get_one(Document, document_id)
    return _entered(work, document, row, at, on, said)


def _on_paper(row: Outage, on: date) -> datetime:
    """The part of the outage that lies on a day; InvalidInput for a day it doesn't touch."""
    ends = row.restarted_at
    if ends is None or not row.stops_at.astimezone(VIETNAM).date() <= on <= ends.astimezone(VIETNAM).date():
        wrong = f"Ngày ghi trên văn bản phải trong thời gian sự cố: từ {rules.at(row.stops_at)}."
        raise InvalidInput(wrong, {"on": wrong})
    return max(row.stops_at, datetime.combine(on, time(), VIETNAM))


def _outage(work: Work, outage_id: int) -> Outage:
    """The outage, its row locked so that it isn't closed in between."""
    return locked(work, outage_id)
