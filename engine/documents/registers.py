"""Registers and their numbers: consecutive per register and year, no gap, no double (ND30-15.1, ND30-22.2)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from engine.directory import queries as directory
from engine.documents import kinds, rules
from engine.documents.models import Document, Register, RegisterEntry, RegisterYear
from engine.documents.text import fitting
from engine.errors import Conflict, InvalidInput, NotFound
from engine.platform import Work

USUAL = {"incoming": "Sổ đăng ký văn bản đến", "outgoing": "Sổ đăng ký văn bản đi"}
DIRECTIONS = tuple(USUAL)


def add_register(
    work: Work,
    agency_id: int,
    direction: str,
    name: str,
    *,
    type_names: list[str] | None = None,
    notation: str = "",
    with_year: bool = False,
) -> Register:
    """Open a register; with `type_names` only these kinds go into it, else all that have none of their own."""
    if not work.actor.is_system and work.actor.agency_id != agency_id:
        raise NotFound("Không tìm thấy cơ quan này.")
    work.require(rules.may_keep_registers(work.actor))
    if direction not in DIRECTIONS:
        raise InvalidInput("Sổ phải là sổ văn bản đi hoặc đến.", {"direction": "Chọn sổ đi hoặc sổ đến."})
    register = Register(
        agency_id=agency_id, direction=direction, name=fitting("name", "tên sổ", name, 200, required=True),
        type_names={"only": list(type_names)} if type_names else {}, notation=notation, with_year=with_year,
        active=True,
    )  # fmt: skip
    work.session.add(register)
    work.session.flush()
    work.note("register.added", "register", register.id, agency_id, name=register.name, direction=direction)
    return register


def open_usual_registers(work: Work, agency_id: int) -> list[Register]:
    """Open the registers an agency can't do without and doesn't have yet: one of each direction, for every kind.

    One series a year for paper and electronic documents alike (ND30-15.1, ND30-22.2); series of their own, as for
    legal normative documents or advisory bodies, are opened by who has them.
    """
    kept = set(work.session.scalars(select(Register.direction).where(Register.agency_id == agency_id, Register.active)))
    return [add_register(work, agency_id, each, name) for each, name in USUAL.items() if each not in kept]


def close_register(work: Work, register_id: int) -> None:
    """Take a register out of use; what it holds stays."""
    work.require(rules.may_keep_registers(work.actor))
    register = own_register(work, register_id)
    register.active = False
    work.note("register.closed", "register", register_id, register.agency_id)


def own_register(work: Work, register_id: int) -> Register:
    """A register of the actor's agency; NotFound otherwise."""
    register = work.session.get(Register, register_id)
    if register is None or (not work.actor.is_system and register.agency_id != work.actor.agency_id):
        raise NotFound("Không tìm thấy sổ này.")
    return register


def register_for(work: Work, document: Document, register_id: int | None = None) -> Register:
    """The register a document goes into: the one named, else that of its kind, else the general one."""
    if register_id is not None:
        register = work.session.get(Register, register_id)
        if register is None or register.agency_id != document.agency_id:
            raise NotFound("Không tìm thấy sổ này.")
        if register.direction != document.direction or not register.active:
            raise Conflict(f"“{register.name}” không dùng được cho văn bản này.")
        return register
    fitting_ones = work.session.scalars(
        select(Register)
        .where(Register.agency_id == document.agency_id, Register.direction == document.direction, Register.active)
        .order_by(Register.id)
    ).all()
    kind = kinds.kind_named(document.type_name)
    name = kind.name if kind else document.type_name
    for register in fitting_ones:
        if name in register.type_names.get("only", ()):
            return register
    for register in fitting_ones:
        if not register.type_names.get("only"):
            return register
    side = "đi" if document.direction == "outgoing" else "đến"
    raise Conflict(f"Cơ quan chưa mở sổ văn bản {side} nào dùng được cho {document.type_name}.")


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


def enter(work: Work, register: Register, document: Document, on: date) -> RegisterEntry:
    """Give a document the register's next number of that day's year."""
    number = take_number(work, register.id, on.year)
    entry = RegisterEntry(
        register_id=register.id, year=on.year, number=number, state="used", document_id=document.id,
        entered_at=work.now, entered_by_id=work.actor.person_id, note="",
    )  # fmt: skip
    work.session.add(entry)
    return entry


def hold_number(work: Work, register_id: int, note: str) -> RegisterEntry:
    """Keep the next number for a document that is on its way; it shows in the register as held."""
    work.require(rules.may_keep_registers(work.actor))
    register = own_register(work, register_id)
    reason = fitting("note", "lý do giữ số", note, 500, required=True)
    year = directory.today(work.now).year
    number = take_number(work, register_id, year)
    entry = RegisterEntry(
        register_id=register_id, year=year, number=number, state="held", document_id=None,
        entered_at=work.now, entered_by_id=work.actor.person_id, note=reason,
    )  # fmt: skip
    work.session.add(entry)
    work.session.flush()
    work.note("register.number_held", "register", register_id, register.agency_id, number=number, year=year)
    return entry


def use_held(work: Work, register: Register, entry_id: int, document: Document) -> RegisterEntry:
    """Give a held number to a document; Conflict when it isn't held any more."""
    entry = work.session.get(RegisterEntry, entry_id, with_for_update=True)
    if entry is None or entry.register_id != register.id:
        raise NotFound("Không tìm thấy số đang giữ này trong sổ.")
    if entry.state != "held":
        raise Conflict(f"Số {entry.number:02d} không còn được giữ.")
    entry.state, entry.document_id = "used", document.id
    return entry


def cancel_number(work: Work, entry_id: int, reason: str) -> None:
    """Cancel a held number: it stays visible as cancelled and is never used again (ND30-15.1)."""
    work.require(rules.may_keep_registers(work.actor))
    entry = work.session.get(RegisterEntry, entry_id, with_for_update=True)
    if entry is None:
        raise NotFound("Không tìm thấy số này trong sổ.")
    register = own_register(work, entry.register_id)
    if entry.state == "cancelled":
        raise Conflict(f"Số {entry.number:02d} đã hủy trước đó.")
    if entry.document_id is not None:
        raise Conflict(f"Số {entry.number:02d} đã cấp cho văn bản; hủy văn bản thì số mới được hủy theo.")
    entry.state, entry.note = "cancelled", fitting("reason", "lý do hủy số", reason, 500, required=True)
    work.note(
        "register.number_cancelled", "register", register.id, register.agency_id, number=entry.number, year=entry.year
    )


def cancel_number_of(work: Work, document: Document, reason: str) -> None:
    """Cancel the number of a document that is given up before it was issued; the line stays in the register."""
    work.session.execute(
        update(RegisterEntry)
        .where(RegisterEntry.document_id == document.id, RegisterEntry.state == "used")
        .values(state="cancelled", note=reason[:500])
    )
