"""Numbers and their lines: given, held, released, cancelled, secondary; a gap or a double is never left."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from engine.directory import queries as directory
from engine.documents import queries, rules
from engine.documents.models import Document, Register, RegisterEntry, RegisterYear
from engine.documents.queries import locked
from engine.documents.registers import numbers
from engine.documents.registers.opening import kept_for, own_register
from engine.documents.text import fitting
from engine.errors import Conflict, InvalidInput, NotFound
from engine.platform import Work

FIRST_YEAR = 1945
UNNUMBERED = {
    "incoming": rules.BEFORE_REGISTER,
    "outgoing": frozenset({"draft", "content_check", "form_check", "approval", "approved", "signed"}),
}
"""Statuses in which a document has no number yet and one may be kept for it."""


def take_number(work: Work, register_id: int, year: int) -> int:
    """The next number of a register in a year.

    The row stays locked until the transaction ends: take the number last, so that others wait as briefly as
    possible; a transaction that rolls back gives its number back, so there is never a gap.
    """
    work.session.flush()
    taken: int | None = work.session.scalar(
        insert(RegisterYear)
        .values(register_id=register_id, year=year, next_number=2)
        .on_conflict_do_update(
            index_elements=["register_id", "year"], set_={"next_number": RegisterYear.next_number + 1}
        )
        .returning(RegisterYear.next_number - 1)
    )
    assert taken is not None
    return taken


def start_numbers_at(work: Work, register_id: int, year: int, next_number: int) -> None:
    """Go on from numbers given before the platform was used; only while the register has none of the year yet."""
    work.require(rules.may_keep_registers(work.actor))
    register = own_register(work, register_id)
    if next_number < 1:
        raise InvalidInput("Số bắt đầu phải từ 1.", {"next_number": "Nhập số từ 1."})
    begun = work.session.scalar(
        insert(RegisterYear)
        .values(register_id=register_id, year=year, next_number=next_number)
        .on_conflict_do_nothing()
        .returning(RegisterYear.next_number)
    )
    if begun is None:
        raise Conflict(f"“{register.name}” năm {year} đã có số, không đặt lại số bắt đầu được.")
    work.note("register.started", "register", register_id, register.agency_id, year=year, next_number=next_number)


# --- Lines ----------------------------------------------------------------------------------------------------


def enter(work: Work, register: Register, document: Document, on: date) -> RegisterEntry:
    """Give a document the number that waits for it in this register, else the next one of that day's year.

    The year of a number is that of the document's date: one held in another year, or in another register than the one
    chosen now, is released.
    """
    kept = select(RegisterEntry).where(*kept_for(document)).order_by(RegisterEntry.id).with_for_update()
    waiting = work.session.scalars(kept).all()
    mine = [each for each in waiting if each.register_id == register.id and (each.suffix or each.year == on.year)]
    for entry in waiting:
        if entry not in mine[:1]:
            _settle(work, entry, "released", "Văn bản đã nhận số khác")
            entry.document_id = None
    if mine:
        return _use(work, mine[0], document)
    number = take_number(work, register.id, on.year)
    entry = RegisterEntry(
        register_id=register.id, year=on.year, number=number, suffix="", dated=on, state="used",
        document_id=document.id, entered_at=work.now, entered_by_id=work.actor.person_id, note="",
    )  # fmt: skip
    work.session.add(entry)
    return entry


def hold_number(
    work: Work,
    register_id: int,
    note: str,
    *,
    held_for: str = "",
    until: date | None = None,
    document_id: int | None = None,
) -> RegisterEntry:
    """Keep the next number of today's year for a document to come: why, for whom, until when (ND30-15.1).

    It shows in the register as held. With `document_id` the document takes it when it is numbered or registered.
    """
    work.require(rules.may_keep_registers(work.actor))
    register = own_register(work, register_id)
    _in_use(register)
    reason = fitting("note", "lý do giữ số", note, 500, required=True)
    whom = fitting("held_for", "đơn vị, người dùng số", held_for, 200)
    today = directory.today(work.now)
    if until is not None and until < today:
        raise InvalidInput("Ngày giữ đến đã qua.", {"until": "Chọn từ hôm nay trở đi."})
    if document_id is not None:
        _waiting_document(work, register, document_id)
    number = take_number(work, register_id, today.year)
    entry = RegisterEntry(
        register_id=register_id, year=today.year, number=number, suffix="", dated=today, state="held",
        document_id=document_id, entered_at=work.now, entered_by_id=work.actor.person_id, note=reason, held_for=whom,
        held_until=until,
    )  # fmt: skip
    work.session.add(entry)
    work.session.flush()
    _note(work, "register.number_held", register, entry)
    return entry


def hold_secondary(
    work: Work, register_id: int, document_id: int, on: date, reason: str, number: int | None = None
) -> RegisterEntry:
    """Keep a secondary number (123a) behind a number of an earlier day, for a document entered afterwards.

    `on` is the day the document was issued or came; without `number` it stands behind the last number of that day
    or before. InvalidInput for a day to come; Conflict when there is no such number.
    """
    work.require(rules.may_keep_registers(work.actor))
    register = own_register(work, register_id)
    _in_use(register)
    why = fitting("reason", "lý do vào sổ bổ sung", reason, 500, required=True)
    if on > directory.today(work.now) or on.year < FIRST_YEAR:
        sentence = "Ngày vào sổ bổ sung phải là hôm nay hoặc ngày đã qua."
        raise InvalidInput(sentence, {"on": sentence})
    _waiting_document(work, register, document_id)
    base = _base(work, register, on, number)
    suffix = numbers.next_suffix(suffixes(work, base))
    if suffix is None:
        raise Conflict(f"Số {numbers.format_number(base.number)} đã dùng hết các số phụ; chọn số khác.")
    entry = RegisterEntry(
        register_id=register_id, year=base.year, number=base.number, suffix=suffix, dated=on, state="held",
        document_id=document_id, entered_at=work.now, entered_by_id=work.actor.person_id, note=why,
    )  # fmt: skip
    work.session.add(entry)
    work.session.flush()
    _note(work, "register.secondary_held", register, entry, on=on.isoformat())
    return entry


def _base(work: Work, register: Register, on: date, number: int | None) -> RegisterEntry:
    """The line a secondary number stands behind, locked: whoever wants the same waits and sees our letter."""
    query = select(RegisterEntry).where(
        RegisterEntry.register_id == register.id, RegisterEntry.year == on.year, RegisterEntry.suffix == ""
    )
    query = query.where(RegisterEntry.dated <= on if number is None else RegisterEntry.number == number)
    found = work.session.scalar(query.order_by(RegisterEntry.number.desc()).limit(1).with_for_update())
    if found is None:
        wanted = f"số {numbers.format_number(number)}" if number else f"số nào đến ngày {on:%d/%m/%Y}"
        raise Conflict(f"“{register.name}” năm {on.year} chưa có {wanted} để ghi số phụ theo sau.")
    return found


def suffixes(work: Work, base: RegisterEntry) -> list[str]:
    """The letters taken behind a number."""
    taken = select(RegisterEntry.suffix).where(
        RegisterEntry.register_id == base.register_id, RegisterEntry.year == base.year,
        RegisterEntry.number == base.number,
    )  # fmt: skip
    return list(work.session.scalars(taken))


def waits_in(work: Work, register: Register, document: Document, year: int) -> bool:
    """Whether a number of this register waits for a document of that year."""
    usable = (RegisterEntry.suffix != "") | (RegisterEntry.year == year)
    kept = select(RegisterEntry.id).where(*kept_for(document), RegisterEntry.register_id == register.id, usable)
    return work.session.scalar(kept.limit(1)) is not None


def enter_behind(work: Work, base: RegisterEntry, document: Document, on: date) -> RegisterEntry:
    """Give a document a secondary number behind `base`, whose row the caller has locked; what waited is released."""
    for entry in work.session.scalars(select(RegisterEntry).where(*kept_for(document)).with_for_update()):
        _settle(work, entry, "released", "Văn bản đã nhận số khác")
        entry.document_id = None
    suffix = numbers.next_suffix(suffixes(work, base))
    if suffix is None:
        raise Conflict(f"Số {numbers.format_number(base.number)} đã dùng hết các số phụ; chọn số khác.")
    entry = RegisterEntry(
        register_id=base.register_id, year=base.year, number=base.number, suffix=suffix, dated=on, state="used",
        document_id=document.id, entered_at=work.now, entered_by_id=work.actor.person_id, note="",
    )  # fmt: skip
    work.session.add(entry)
    return entry


def keep_for(work: Work, entry_id: int, document_id: int) -> RegisterEntry:
    """Give a held or released number to a document that has none yet: it takes it when it is numbered (ND30-15.1)."""
    work.require(rules.may_keep_registers(work.actor))
    entry, register = _own_entry(work, entry_id)
    if entry.state not in ("held", "released"):
        raise Conflict(f"Số {_said(entry)} không còn được giữ.")
    _in_use(register)
    _waiting_document(work, register, document_id)
    if not entry.suffix and entry.year != directory.today(work.now).year:
        raise Conflict(f"Số đang giữ thuộc năm {entry.year}, không dùng cho văn bản năm nay được.")
    entry.state, entry.document_id, entry.settled_at, entry.settled_by_id = "held", document_id, None, None
    _note(work, "register.number_kept", register, entry, document=document_id)
    return entry


def use_held(work: Work, register: Register, entry_id: int, document: Document) -> RegisterEntry:
    """Give a held number to a document; Conflict when it isn't held any more."""
    entry = work.session.get(RegisterEntry, entry_id, with_for_update=True)
    if entry is None or entry.register_id != register.id:
        raise NotFound("Không tìm thấy số đang giữ này trong sổ.")
    if entry.state != "held" or entry.document_id not in (None, document.id):
        raise Conflict(f"Số {_said(entry)} không còn được giữ.")
    return _use(work, entry, document)


def release_number(work: Work, entry_id: int, reason: str) -> RegisterEntry:
    """Give up holding a number: the line stays, the number may be given to another document of the year by hand."""
    work.require(rules.may_keep_registers(work.actor))
    entry, register = _own_entry(work, entry_id)
    if entry.state != "held":
        raise Conflict(f"Số {_said(entry)} không còn được giữ.")
    why = fitting("reason", "lý do thôi giữ số", reason, 200, required=True)
    _settle(work, entry, "released", why)
    entry.document_id = None
    _note(work, "register.number_released", register, entry)
    return entry


def cancel_number(work: Work, entry_id: int, reason: str) -> None:
    """Cancel a held or released number: it stays visible as cancelled and is never used again (ND30-15.1)."""
    work.require(rules.may_keep_registers(work.actor))
    entry, register = _own_entry(work, entry_id)
    if entry.state == "cancelled":
        raise Conflict(f"Số {_said(entry)} đã hủy trước đó.")
    if entry.state == "used":
        raise Conflict(f"Số {_said(entry)} đã cấp cho văn bản; hủy văn bản thì số mới được hủy theo.")
    _settle(work, entry, "cancelled", fitting("reason", "lý do hủy số", reason, 500, required=True))
    entry.document_id = None
    _note(work, "register.number_cancelled", register, entry)


def cancel_number_of(work: Work, document: Document, reason: str) -> None:
    """Cancel the number of a document that is given up before it was issued; the line stays in the register.

    What was only kept for it is released.
    """
    values = {"note": reason[:500], "settled_at": work.now, "settled_by_id": work.actor.person_id}
    mine = update(RegisterEntry).where(RegisterEntry.document_id == document.id)
    work.session.execute(mine.where(RegisterEntry.state == "used").values(state="cancelled", **values))
    work.session.execute(mine.where(RegisterEntry.state == "held").values(state="released", document_id=None, **values))


def _use(work: Work, entry: RegisterEntry, document: Document) -> RegisterEntry:
    entry.state, entry.document_id = "used", document.id
    entry.settled_at, entry.settled_by_id = work.now, work.actor.person_id
    return entry


def _settle(work: Work, entry: RegisterEntry, state: str, reason: str) -> None:
    """The reason of the hold stays readable behind the reason of its end."""
    entry.state, entry.settled_at, entry.settled_by_id = state, work.now, work.actor.person_id
    entry.note = f"{reason} (giữ số: {entry.note})"[:500] if entry.note else reason


def _own_entry(work: Work, entry_id: int) -> tuple[RegisterEntry, Register]:
    """A line of a register of the actor's agency, locked; NotFound otherwise."""
    entry = work.session.get(RegisterEntry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None:
        raise NotFound("Không tìm thấy số này trong sổ.")
    return entry, own_register(work, entry.register_id)


def _in_use(register: Register) -> None:
    if not register.active:
        raise Conflict(f"“{register.name}” đã đóng, không cấp số nữa.")


def _waiting_document(work: Work, register: Register, document_id: int) -> Document:
    """A document the actor may see that has no number yet and none kept for it; Conflict otherwise."""
    queries.get(work.session, work.actor, document_id)
    document = locked(work, document_id, register.direction)
    if document.agency_id != register.agency_id:
        raise NotFound("Không tìm thấy văn bản này.")
    if document.status not in UNNUMBERED[register.direction] or document.destroyed_at is not None:
        raise Conflict("Văn bản này đã có số hoặc không còn chờ cấp số.")
    kept = work.session.scalar(select(RegisterEntry).where(*kept_for(document)))
    if kept is not None:
        raise Conflict(f"Đã giữ số {_said(kept)} cho văn bản này.")
    return document


def _said(entry: RegisterEntry) -> str:
    return numbers.format_number(entry.number, entry.suffix)


def _note(work: Work, action: str, register: Register, entry: RegisterEntry, **details: object) -> None:
    work.note(
        action, "register", register.id, register.agency_id, number=_said(entry), year=entry.year, reason=entry.note,
        **details,
    )  # fmt: skip
