"""The registers of an agency: opened, renamed, closed; which one a document goes into (ND30-15.1, ND30-22.2)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from engine.directory.models import Agency
from engine.documents import kinds, rules
from engine.documents.models import Document, Register, RegisterEntry
from engine.documents.text import fitting
from engine.errors import Conflict, InvalidInput, NotFound
from engine.platform import Work

COPIES = "Sổ đăng ký bản sao"
USUAL = {"incoming": "Sổ đăng ký văn bản đến", "outgoing": "Sổ đăng ký văn bản đi"}
DIRECTIONS = tuple(USUAL)


def add_register(
    work: Work,
    agency_id: int,
    direction: str,
    name: str,
    *,
    type_names: Sequence[str] | None = None,
    body_name: str = "",
    notation: str = "",
    with_year: bool = False,
) -> Register:
    """Open a register: for every kind that has none of its own, for `type_names` only, or for an advisory body.

    A Hội đồng, Ban or Tổ that uses the agency's seal has a series of its own (PL I.II.3.a); its register is used when
    it is named, never by kind. InvalidInput by field, Conflict when another open register has the name or a kind.
    """
    if not work.actor.is_system and work.actor.agency_id != agency_id:
        raise NotFound("Không tìm thấy cơ quan này.")
    work.require(rules.may_keep_registers(work.actor))
    if direction not in DIRECTIONS:
        raise InvalidInput("Sổ phải là sổ văn bản đi hoặc đến.", {"direction": "Chọn sổ đi hoặc sổ đến."})
    name = fitting("name", "tên sổ", name, 200, required=True)
    body = fitting("body_name", "tên tổ chức tư vấn", body_name, 200)
    only = _known_kinds(type_names or ())
    if body and only:
        sentence = "Sổ của tổ chức tư vấn không chia theo loại văn bản; bỏ chọn loại."
        raise InvalidInput(sentence, {"type_names": sentence})
    _clash(work, agency_id, direction, name, only)
    register = Register(
        agency_id=agency_id, direction=direction, name=name, type_names={"only": only} if only else {}, body_name=body,
        notation=_notation(notation), with_year=with_year, active=True,
    )  # fmt: skip
    work.session.add(register)
    work.session.flush()
    work.note("register.added", "register", register.id, agency_id, name=register.name, direction=direction)
    return register


def _known_kinds(type_names: Sequence[str]) -> list[str]:
    """Names of kinds as the norm writes them; others stay as they are, incoming documents may have any."""
    found = (kinds.kind_named(each) for each in type_names)
    cleaned = [kind.name if kind else " ".join(each.split()) for each, kind in zip(type_names, found, strict=True)]
    return [each for each in dict.fromkeys(cleaned) if each]


def _notation(template: str) -> str:
    cleaned = fitting("notation", "ký hiệu", template, 60).replace(" ", "")
    rest = cleaned.replace("{kind}", "").replace("{agency}", "").replace("{unit}", "")
    if "{" in rest or "}" in rest or "/" in rest:
        sentence = "Ký hiệu chỉ gồm chữ, dấu gạch nối và {kind}, {agency}, {unit}; không có số và dấu gạch chéo."
        raise InvalidInput(sentence, {"notation": sentence})
    return cleaned


def _clash(work: Work, agency_id: int, direction: str, name: str, only: Sequence[str], but: int = 0) -> None:
    """Two open registers of one side must not share a name or a kind: nobody could tell where a document went."""
    others = select(Register).where(
        Register.agency_id == agency_id, Register.direction == direction, Register.active, Register.id != but
    )
    for other in work.session.scalars(others):
        if other.name.casefold() == name.casefold():
            sentence = f"Đã có sổ “{other.name}” đang mở; đặt tên khác."
            raise InvalidInput(sentence, {"name": sentence})
        if taken := [each for each in only if each in other.type_names.get("only", ())]:
            sentence = f"{', '.join(taken)} đã có sổ riêng “{other.name}”."
            raise InvalidInput(sentence, {"type_names": sentence})


def open_usual_registers(work: Work, agency_id: int) -> list[Register]:
    """Open the registers an agency can't do without and doesn't have yet: one of each direction, for every kind.

    One series a year for paper and electronic documents alike (ND30-15.1, ND30-22.2); series of their own, as for
    legal normative documents or advisory bodies, are opened by who has them.
    """
    kept = set(work.session.scalars(select(Register.direction).where(Register.agency_id == agency_id, Register.active)))
    return [add_register(work, agency_id, each, name) for each, name in USUAL.items() if each not in kept]


def open_for_copies(work: Work, agency_id: int) -> None:
    """Open the register of copies when the agency has none: one series for sao y, sao lục and trích sao (PL I).

    The agency's row is locked meanwhile, so that two first copies at once don't open two.
    """
    work.session.execute(select(Agency.id).where(Agency.id == agency_id).with_for_update())
    usable = select(Register).where(Register.agency_id == agency_id, Register.direction == "outgoing", Register.active)
    if any(set(each.type_names.get("only", ())) & set(kinds.COPIES) for each in work.session.scalars(usable)):
        return
    register = Register(
        agency_id=agency_id, direction="outgoing", name=COPIES, type_names={"only": list(kinds.COPIES)}, body_name="",
        notation="", with_year=False, active=True,
    )  # fmt: skip
    work.session.add(register)
    work.session.flush()
    work.note("register.added", "register", register.id, agency_id, name=register.name, direction="outgoing")


def close_register(work: Work, register_id: int) -> None:
    """Take a register out of use; what it holds stays."""
    work.require(rules.may_keep_registers(work.actor))
    register = own_register(work, register_id)
    register.active = False
    work.note("register.closed", "register", register_id, register.agency_id)


def rename_register(work: Work, register_id: int, name: str) -> Register:
    """Give a register another name; its numbers and what stands in it don't change."""
    work.require(rules.may_keep_registers(work.actor))
    register = own_register(work, register_id)
    name = fitting("name", "tên sổ", name, 200, required=True)
    _clash(work, register.agency_id, register.direction, name, (), but=register.id)
    before, register.name = register.name, name
    work.note("register.renamed", "register", register_id, register.agency_id, before=before, after=name)
    return register


def reopen_register(work: Work, register_id: int) -> Register:
    """Take a closed register into use again; its numbers go on where they stopped."""
    work.require(rules.may_keep_registers(work.actor))
    register = own_register(work, register_id)
    only = register.type_names.get("only", [])
    _clash(work, register.agency_id, register.direction, register.name, only, but=register.id)
    register.active = True
    work.note("register.reopened", "register", register_id, register.agency_id)
    return register


def own_register(work: Work, register_id: int) -> Register:
    """A register of the actor's agency; NotFound otherwise."""
    register = work.session.get(Register, register_id)
    if register is None or (not work.actor.is_system and register.agency_id != work.actor.agency_id):
        raise NotFound("Không tìm thấy sổ này.")
    return register


def register_for(work: Work, document: Document, register_id: int | None = None) -> Register:
    """The register a document goes into: where a number waits for it, the one named, that of its kind, the general."""
    if register_id is not None:
        register = work.session.get(Register, register_id)
        if register is None or register.agency_id != document.agency_id:
            raise NotFound("Không tìm thấy sổ này.")
        if register.direction != document.direction or not register.active:
            raise Conflict(f"“{register.name}” không dùng được cho văn bản này.")
        return register
    usable = work.session.scalars(
        select(Register)
        .where(Register.agency_id == document.agency_id, Register.direction == document.direction, Register.active)
        .order_by(Register.id)
    ).all()
    kept = set(work.session.scalars(select(RegisterEntry.register_id).where(*kept_for(document))))
    kind = kinds.kind_named(document.type_name)
    name = kind.name if kind else document.type_name
    general = [each for each in usable if not each.type_names.get("only") and not each.body_name]
    own = [each for each in usable if name in each.type_names.get("only", ())]
    for register in (*(each for each in usable if each.id in kept), *own, *general):
        return register
    side = "đi" if document.direction == "outgoing" else "đến"
    raise Conflict(f"Cơ quan chưa mở sổ văn bản {side} nào dùng được cho {document.type_name}.")


def kept_for(document: Document) -> tuple[ColumnElement[bool], ...]:
    """Conditions on RegisterEntry: numbers that wait for this document."""
    return RegisterEntry.document_id == document.id, RegisterEntry.state == "held"
