"""“Không phải dấu chỉ độ mật”: a stopped file may pass when its registry asks and a leader says yes (LA-1.2).

The way of paper stays the ordinary one. Nobody decides alone, and nothing of the file is kept meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from engine import clearing
from engine.clearing import GRANTED, REFUSED, WAITING, WITHDRAWN, Clearance, mark_of
from engine.directory.models import Person
from engine.documents import formats
from engine.documents.editing import Upload
from engine.documents.text import fitting
from engine.errors import Conflict, InvalidInput, NotFound
from engine.intake import queries
from engine.occasions import CLEARING
from engine.platform import ALLOWED, Actor, Verdict, Work

STATES: Mapping[str, str] = {
    WAITING: "Chờ lãnh đạo quyết định", GRANTED: "Được cho qua, chưa dùng", REFUSED: "Không cho qua",
    WITHDRAWN: "Đã rút lại", clearing.USED: "Đã cho qua",
}  # fmt: skip
MAY_ASK = frozenset({"clerk", "specialist", "unit-head", "leader", "form-checker", "archivist"})
MOST = 200


def may_ask(actor: Actor) -> Verdict:
    """Whoever brings files in: the registry and those who draft; admins don't."""
    if actor.person_id is None or not actor.roles & MAY_ASK:
        return Verdict(False, "Chỉ người tiếp nhận, soạn thảo văn bản của cơ quan đề nghị được.", "LA-1.2")
    return ALLOWED


def may_decide(actor: Actor, row: Clearance) -> Verdict:
    """A leader of the agency, never who asked: nobody lets a marked file in alone (LA-1.2)."""
    if row.state != WAITING:
        return Verdict(False, f"Đề nghị này không còn chờ: {STATES[row.state].lower()}.", "LA-1.2")
    if actor.agency_id != row.agency_id or "leader" not in actor.roles:
        return Verdict(False, "Chỉ lãnh đạo cơ quan quyết định cho tệp có dấu chỉ độ mật đi qua.", "LA-1.2")
    if row.asked_by_id in (actor.person_id, actor.acting_for_id):
        return Verdict(False, "Người đề nghị không tự quyết định được; cần lãnh đạo khác.", "LA-1.2")
    return ALLOWED


# --- Asking ---------------------------------------------------------------------------------------------------


def ask_for_scan(work: Work, scan_id: int, reason: str) -> Clearance:
    """Ask that the bytes of a stopped scan may pass; Conflict when it isn't stopped, InvalidInput without a reason."""
    row = queries.locked(work, scan_id)
    if row.state != "stopped" or not row.mark:
        raise Conflict("Bản quét này không bị dừng vì dấu chỉ độ mật.")
    return _ask(work, row.mark, row.reason, reason)


def ask_for_file(work: Work, upload: Upload | None, reason: str) -> Clearance:
    """Ask that a file may pass; it is looked at, nothing of it is kept. InvalidInput when it isn't stopped at all."""
    problems: dict[str, str] = {}
    try:
        _why(reason)
    except InvalidInput as error:
        problems.update(error.fields)
    if upload is None or not upload.content:
        problems["file"] = "Chọn đúng tệp đã bị dừng."
    if upload is None or problems:
        raise InvalidInput(" ".join(problems.values()), problems)
    found = formats.inspect(upload.content, upload.file_name, largest=work.settings.max_upload_bytes)
    marks = formats.stamps(upload.content, found.media_type) if found.accepted else ()
    if not marks:
        sentence = found.problem or "Hệ thống không thấy dấu chỉ độ mật ở tệp này; đính kèm như bình thường."
        raise InvalidInput(sentence, {"file": sentence})
    mark = mark_of([hashlib.sha256(upload.content).hexdigest()])
    return _ask(work, mark, f"Có dấu chỉ mức độ mật: {', '.join(marks)}.", reason)


def _why(reason: str) -> str:
    return fitting("reason", "lý do cho rằng không phải dấu chỉ độ mật", reason, 500, required=True)


def _ask(work: Work, mark: str, said: str, reason: str) -> Clearance:
    work.require(may_ask(work.actor))
    why = _why(reason)
    open_one = select(Clearance).where(
        Clearance.agency_id == work.actor.agency_id, Clearance.mark == mark, Clearance.state.in_((WAITING, GRANTED))
    )
    if (same := work.session.scalar(open_one)) is not None:
        raise Conflict(f"Tệp này đã có đề nghị: {STATES[same.state].lower()}.")
    assert work.actor.person_id is not None
    assert work.actor.agency_id is not None
    row = Clearance(
        agency_id=work.actor.agency_id, mark=mark, said=said[:200], reason=why, state=WAITING, asked_at=work.now,
        asked_by_id=work.actor.person_id, decided_reason="",
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    work.note("clearance.asked", "clearance", row.id, row.agency_id, reason=why, marks=row.said)
    work.tell(CLEARING, row.agency_id, details={"clearance": row.id, "what": "asked"})
    return row


# --- Deciding -------------------------------------------------------------------------------------------------


def grant(work: Work, clearance_id: int) -> Clearance:
    """Let the same bytes pass once more; whoever asked is told."""
    return _decide(work, clearance_id, GRANTED, "")


def refuse(work: Work, clearance_id: int, reason: str) -> Clearance:
    """Say no, with the reason whoever asked is told."""
    return _decide(work, clearance_id, REFUSED, reason)


def _decide(work: Work, clearance_id: int, state: str, reason: str) -> Clearance:
    row = _locked(work, clearance_id)
    work.require(may_decide(work.actor, row))
    row.decided_reason = fitting("reason", "lý do không cho qua", reason, 500, required=state == REFUSED)
    row.state, row.decided_at, row.decided_by_id = state, work.now, work.actor.person_id
    work.note(f"clearance.{state}", "clearance", row.id, row.agency_id, reason=row.decided_reason)
    said = {"clearance": row.id, "what": state}
    work.tell(CLEARING, row.agency_id, person_id=row.asked_by_id, details=said)
    return row


def withdraw(work: Work, clearance_id: int) -> Clearance:
    """Take back what one has asked for, also after a yes that wasn't used: the paper goes its own way then."""
    row = _locked(work, clearance_id)
    if row.asked_by_id != work.actor.person_id or row.state not in (WAITING, GRANTED):
        raise Conflict("Chỉ người đề nghị rút lại được đề nghị còn hiệu lực.")
    row.state, row.decided_at = WITHDRAWN, work.now
    work.note("clearance.withdrawn", "clearance", row.id, row.agency_id)
    return row


def _locked(work: Work, clearance_id: int) -> Clearance:
    query = select(Clearance).where(Clearance.id == clearance_id, Clearance.agency_id == work.actor.agency_id)
    row = work.session.scalar(query.with_for_update())
    if row is None:
        raise NotFound("Không tìm thấy đề nghị này.")
    return row


# --- Passing --------------------------------------------------------------------------------------------------


def let_pass(work: Work, scan_id: int) -> bool:
    """Whether the marks of a scan don't stop it: a leader has said yes to these bytes, which is used up by it."""
    scan = queries.locked(work, scan_id)
    if clearing.of_scan(work, scan_id) is not None:
        return True  # the same delivery again
    row = clearing.granted(work, scan.agency_id, scan.mark) if scan.mark else None
    if row is not None:
        clearing.use(work, row, scan_id=scan_id)
    return row is not None


# --- Reading --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One request with the names of who asked and who decided."""

    row: Clearance
    asked_by: str
    decided_by: str | None


def lines(session: Session, actor: Actor, *, open_ones: bool) -> list[Line]:
    """Requests somebody may see: a leader and the registry all of their agency, everybody else their own."""
    asker, decider = aliased(Person), aliased(Person)
    query = (
        select(Clearance, asker.full_name, decider.full_name)
        .join(asker, asker.id == Clearance.asked_by_id)
        .outerjoin(decider, decider.id == Clearance.decided_by_id)
        .where(Clearance.agency_id == actor.agency_id)
    )
    if not actor.roles & {"leader", "clerk"}:
        query = query.where(Clearance.asked_by_id == actor.person_id)
    if open_ones:
        query = query.where(Clearance.state.in_((WAITING, GRANTED))).order_by(Clearance.id)
    else:
        query = query.where(Clearance.state.not_in((WAITING, GRANTED))).order_by(Clearance.id.desc())
    return [Line(*each) for each in session.execute(query.limit(MOST))]


def of_marks(session: Session, agency_id: int | None, marks: Sequence[str]) -> dict[str, Clearance]:
    """The newest request for each of these files."""
    query = select(Clearance).where(Clearance.agency_id == agency_id, Clearance.mark.in_([m for m in marks if m]))
    return {row.mark: row for row in session.scalars(query.order_by(Clearance.id))}
