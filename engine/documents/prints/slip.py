"""Phiếu giải quyết văn bản đến and dấu “ĐẾN”: what stands on them (ND30 PL IV.V, PL IV.VII)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.audit import AuditEntry
from engine.clock import VIETNAM
from engine.directory.models import Agency, Person, Unit
from engine.documents import queries
from engine.documents.models import Assignment, Document, RegisterEntry
from engine.documents.prints.rows import day
from engine.documents.registers import mark_of, numbers
from engine.errors import NotFound
from engine.platform import Actor

SLIP_TITLE = "PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN"
STAMP_WIDTH, STAMP_HEIGHT = 50, 35
"""Millimetres, as PL IV.V draws the stamp."""
STAMP_WORD = "ĐẾN"


@dataclass(frozen=True, slots=True)
class Part:
    """One of the three parts of the slip: a heading, then what is asked and what was written there."""

    heading: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip, filled in as far as the case has gone."""

    agency_name: str
    parent_name: str
    arrival: str
    about: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What stands in dấu “ĐẾN”."""

    agency_name: str
    number: str
    day: str
    forwarded_to: str
    file_notation: str

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Name and content of its four lines, in the order of the norm."""
        return (
            ("Số", self.number), ("Ngày", self.day), ("Chuyển", self.forwarded_to),
            ("Số và ký hiệu HS", self.file_notation),
        )  # fmt: skip


def registered(session: Session, actor: Actor, document_id: int) -> tuple[Document, RegisterEntry]:
    """An incoming document the actor may see and its line in the register; NotFound before it was registered."""
    document = queries.get(session, actor, document_id)
    entry = session.scalars(
        select(RegisterEntry)
        .where(RegisterEntry.document_id == document.id, RegisterEntry.state == "used")
        .order_by(RegisterEntry.id.desc())
    ).first()
    if document.direction != "incoming" or entry is None:
        raise NotFound("Văn bản đến này chưa vào sổ.")
    return document, entry


def stamp_of(session: Session, actor: Actor, document_id: int) -> Stamp:
    """The arrival stamp of a registered document; NotFound as `registered`."""
    document, entry = registered(session, actor, document_id)
    agency = session.get_one(Agency, document.agency_id)
    names = _names(session, document.id)
    lead = [names[row.id] for row in queries.assignments(session, document.id) if row.part == "lead"]
    return Stamp(
        agency.name, numbers.format_number(entry.number, entry.suffix), day(document.arrival_date or entry.dated),
        lead[0] if lead else "", document.file_notation or "",
    )  # fmt: skip


def slip_of(session: Session, actor: Actor, document_id: int) -> Slip:
    """The slip of a registered document; NotFound as `registered`."""
    document, entry = registered(session, actor, document_id)
    agency = session.get_one(Agency, document.agency_id)
    arrival = f"Số đến: {numbers.format_number(entry.number, entry.suffix)}; ngày đến: {day(document.arrival_date)}"
    if late := mark_of(document):
        arrival += f". {late.said}"
    return Slip(
        agency.name, agency.parent_name or "", arrival, _about(document),
        (_leader(session, document), _unit_head(session, document), _resolver(session, document)),
    )  # fmt: skip


def _about(document: Document) -> str:
    """Kind; number; date; author; subject, in the order the norm asks for."""
    parts = [
        document.type_name, f"số {document.code}" if document.code else "",
        f"ngày {day(document.issued_date)}" if document.issued_date else "", document.organ_name, document.subject,
    ]  # fmt: skip
    return "; ".join(part for part in parts if part)


def _leader(session: Session, document: Document) -> Part:
    instruction = queries.instruction(session, document.id)
    rows = [row for row in queries.assignments(session, document.id, all_ever=True) if row.instruction_id]
    mine = [row for row in rows if instruction is not None and row.instruction_id == instruction.id]
    names = _names(session, document.id)
    lead = [names[row.id] for row in mine if row.part == "lead"]
    support = [names[row.id] for row in mine if row.part == "support"]
    dues = [f"{names[row.id]}: {_day(row.due_at)}" for row in mine if row.due_at is not None and row.part != "inform"]
    who = _who(session, document, instruction.person_id, instruction.at) if instruction else ""
    lines = [
        ("Giao đơn vị, cá nhân chủ trì", "; ".join(lead)),
        ("Giao các đơn vị, cá nhân tham gia phối hợp giải quyết văn bản đến (nếu có)", "; ".join(support)),
        ("Thời hạn giải quyết đối với mỗi đơn vị, cá nhân (nếu có)", "; ".join(dues)),
        ("Ngày tháng cho ý kiến phân phối, giải quyết", _signed(instruction.at if instruction else None, who)),
    ]
    if instruction and instruction.text:
        lines.insert(0, ("Ý kiến chỉ đạo", instruction.text))
    return Part("1. Ý kiến của lãnh đạo cơ quan, tổ chức", tuple(lines))


def _unit_head(session: Session, document: Document) -> Part:
    rows = [row for row in queries.assignments(session, document.id) if not row.instruction_id and row.person_id]
    names = _names(session, document.id)
    parts = {"lead": "chủ trì", "support": "phối hợp", "inform": "để biết"}
    given = [f"{names[row.id]} ({parts[row.part]}{f', hạn {_day(row.due_at)}' if row.due_at else ''})" for row in rows]
    at = min((row.created_at for row in rows), default=None)
    return Part(
        "2. Ý kiến của lãnh đạo đơn vị",
        (
            ("Giao cho cá nhân; thời hạn giải quyết đối với cá nhân (nếu có)", "; ".join(given)),
            ("Ngày, tháng, năm cho ý kiến", _signed(at, "")),
        ),
    )


def _resolver(session: Session, document: Document) -> Part:
    proposals = [each for each in queries.opinions(session, document.id) if each.kind in ("proposal", "note")]
    said = [each.text for each in proposals if each.text]
    if document.result:
        said.append(document.result)
    last = proposals[-1] if proposals else None
    who = _who(session, document, last.person_id, last.at) if last else ""
    return Part(
        "3. Ý kiến đề xuất của người giải quyết",
        (
            ("Ý kiến đề xuất giải quyết văn bản đến của cá nhân", "\n".join(said)),
            ("Ngày, tháng, năm đề xuất ý kiến", _signed(last.at if last else None, who)),
        ),
    )


def _names(session: Session, document_id: int) -> dict[int, str]:
    """Of every assignment: the person and the unit, or the unit alone."""
    query = (
        select(Assignment.id, Person.full_name, Unit.name)
        .outerjoin(Person, Person.id == Assignment.person_id)
        .outerjoin(Unit, Unit.id == Assignment.unit_id)
        .where(Assignment.document_id == document_id)
    )
    return {row_id: person or unit or "" for row_id, person, unit in session.execute(query)}


def _who(session: Session, document: Document, person_id: int | None, at: datetime) -> str:
    """Who wrote it, and for whom when it was done as a stand-in: both names, as the audit trail has them."""
    found = session.get(Person, person_id) if person_id else None
    if found is None:
        return ""
    absent = (
        select(Person.full_name).join(AuditEntry, AuditEntry.acting_for_id == Person.id)
        .where(AuditEntry.subject_kind == "document", AuditEntry.subject_id == str(document.id))
        .where(AuditEntry.at == at, AuditEntry.person_id == found.id)
    )  # fmt: skip
    name = session.scalar(absent.limit(1))
    return f"{found.full_name} (thay {name})" if name else found.full_name


def _signed(at: datetime | None, who: str) -> str:
    if at is None:
        return ""
    return f"{_day(at)}, {who}" if who else _day(at)


def _day(at: datetime | date | None) -> str:
    return day(at.astimezone(VIETNAM).date() if isinstance(at, datetime) else at)
