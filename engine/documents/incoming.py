"""Incoming documents: arrival, checks, register, refusal, instruction, assignment, resolution, recall."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select, update

from engine.database import inserting, write
from engine.directory import queries as directory
from engine.directory.calendars import office_calendar
from engine.documents import editing, formats, kinds, queries, registers, rules
from engine.documents.editing import Given, Upload, enter_file, put_files
from engine.documents.models import Assignment, Dispatch, Document, Instruction
from engine.documents.queries import locked
from engine.documents.registers import numbers
from engine.documents.text import fitting, secrecy_marks
from engine.errors import Conflict, InvalidInput, NotFound
from engine.occasions import ANSWERED, INFORMED, REPLACED
from engine.platform import ALLOWED, Work, system

FROM_OUTSIDE = frozenset({"axis", "internal"})


def create_incoming(
    work: Work,
    *,
    agency_id: int,
    subject: str,
    source: str = "paper",
    sender_id: int | None = None,
    identifier: str | None = None,
    code: str | None = None,
    main_file: Upload | None = None,
    files: Sequence[Upload] = (),
    missing_files: Sequence[str] = (),
    response_for: Sequence[str] = (),
    addressed: bool = True,
    secrecy: str = "none",
    raw_hash: str | None = None,
    entered_at: datetime | None = None,
    **values: Any,
) -> Document:
    """Take in a document; legal time of receipt by the agency's calendar (LA-10.2).

    `values` are fields as `update_fields` takes them (type_name, issued_date, organ_id, organ_name, urgency,
    due_date, signer_name, …); `response_for` are identifiers or codes of our documents it answers; what the
    manifest promised and didn't come is `missing_files`. From outside, bad files are kept as findings, by hand
    they are refused. NotAllowed when it bears a secrecy level (LA-1.2).
    """
    if not work.actor.is_system and work.actor.agency_id != agency_id:
        raise NotFound("Không tìm thấy cơ quan này.")
    work.require(rules.may_enter(secrecy))
    if source not in kinds.SOURCES or source == "drafted":
        raise InvalidInput("Nguồn văn bản đến không hợp lệ.", {"source": "Chọn nguồn văn bản."})
    entered = entered_at or work.now
    calendar = office_calendar(work.session, agency_id)
    document = Document(
        agency_id=agency_id, direction="incoming", status="arrived", source=source, sender_id=sender_id, subject="",
        identifier=(identifier or "").strip()[: numbers.LONGEST_IDENTIFIER] or None, raw_hash=raw_hash,
        entered_at=entered,
        received_at=calendar.received_at(entered), calendar_version=calendar.version, created_at=work.now,
        created_by_id=work.actor.person_id, verification={}, tombstone={}, frozen=False, urgency=0, body="",
        checks={"missing": list(missing_files), "addressed": addressed, "problems": []}, reply_required=False,
        reply_requirement="", description="", to_places="", refusal_reason="", result="", resolution="", folded="",
    )  # fmt: skip
    editing.apply(document=document, work=work, values={"subject": subject, "code": code, **values})
    work.session.add(document)
    work.session.flush()
    _take_files(work, document, main_file, files)
    _link_replies(work, document, response_for)
    work.note("document.arrived", "document", document.id, agency_id, source=source, raw_hash=raw_hash)
    return document


def _take_files(work: Work, document: Document, main_file: Upload | None, files: Iterable[Upload]) -> None:
    problems: list[str] = []
    main = [Given("main", main_file, "main_file")] if main_file is not None else []
    given = [*main, *(Given("annex", each, "files") for each in files)]
    if document.source not in FROM_OUTSIDE:
        put_files(work, document, given)
        return
    for part, upload in ((each.part, each.upload) for each in given):
        found = formats.inspect(upload.content, upload.file_name, largest=work.settings.max_upload_bytes)
        problems += [found.problem, *found.warnings] if found.problem else found.warnings
        sha256 = work.files.put(upload.content)
        enter_file(work, document, part, sha256, found.file_name, found.media_type, len(upload.content), "received")
        if marks := formats.stamps(upload.content, found.media_type) if found.accepted else ():
            document.checks = {**document.checks, "marks": [*document.checks.get("marks", []), *marks]}
        if not found.accepted:
            document.checks = {
                **document.checks,
                "unaccepted": [*document.checks.get("unaccepted", []), found.file_name],
            }
    if problems:
        document.checks = {**document.checks, "problems": problems}


def _link_replies(work: Work, document: Document, response_for: Sequence[str]) -> None:
    """Tie a reply to our documents it answers, and to the dispatch that asked for it."""
    if not response_for:
        return
    ours = select(Document).where(
        Document.agency_id == document.agency_id, Document.direction == "outgoing",
        Document.identifier.in_(response_for) | Document.code.in_(response_for),
    )  # fmt: skip
    for asked in work.session.scalars(ours.order_by(Document.id)).all():
        editing.link(work, document.id, asked.id, "answers")
        work.session.execute(
            update(Dispatch)
            .where(Dispatch.document_id == asked.id, Dispatch.reply_id.is_(None))
            .where((Dispatch.recipient_id == document.sender_id) | (Dispatch.recipient_code == document.organ_id))
            .values(reply_id=document.id)
            .execution_options(synchronize_session="fetch")
        )
        work.note("document.linked", "document", asked.id, asked.agency_id, answered_by=document.id)
        about = {"recipient": document.organ_name, "reply": document.id}
        work.tell(ANSWERED, asked.agency_id, document_id=asked.id, details=about)


# --- Checks, register, refusal --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The automatic checks on arrival: a duplicate is a warning for the clerk, the rest fails the check."""

    passed: bool
    duplicate: bool
    complete: bool
    findings: list[str]
    secret: bool = False  # bears a mark of secrecy, so that its return is proposed (LA-1.2)


def check(work: Work, document_id: int) -> CheckReport:
    """Check completeness, addressee, formats, marks of secrecy and duplicates; the report stays with the document.

    QD28-9.1a, ND30-21.2, SYS-1.h. Signatures are checked elsewhere.
    """
    document = locked(work, document_id, "incoming")
    missing = [f"Thiếu tệp kèm theo: {name}." for name in document.checks.get("missing", [])]
    if queries.main_file(work.session, document.id) is None:
        missing.append("Văn bản không có tệp nội dung chính.")
    failures = list(missing)
    if not document.checks.get("addressed", True):
        failures.append("Văn bản không gửi cho cơ quan này.")
    unaccepted = document.checks.get("unaccepted", [])
    failures += [problem for problem in document.checks.get("problems", []) if problem]
    said = secrecy_marks(f"{document.subject}\n{document.description}")
    marks = dict.fromkeys([*said, *document.checks.get("marks", [])])
    failures += [f"Văn bản có dấu chỉ mức độ mật: {mark}." for mark in marks]
    duplicates = [_duplicate_sentence(each) for each in queries.duplicates(work.session, document)]
    failed = bool(missing or unaccepted or marks) or not document.checks.get("addressed", True)
    report = CheckReport(not failed, bool(duplicates), not missing, failures + duplicates, bool(marks))
    document.checks = {
        **document.checks, "passed": report.passed, "duplicate": report.duplicate, "complete": report.complete,
        "findings": report.findings, "checked_at": work.now.isoformat(),
    }  # fmt: skip
    if document.status == "arrived":
        document.status = "checked"
    work.note(
        "document.checked",
        "document",
        document.id,
        document.agency_id,
        passed=report.passed,
        duplicate=report.duplicate,
    )
    return report


def _duplicate_sentence(earlier: Document) -> str:
    number = f", số đến {earlier.arrival_number:02d}" if earlier.arrival_number else ""
    arrived = earlier.entered_at.strftime("%d/%m/%Y") if earlier.entered_at else ""
    return f"Có thể trùng với văn bản {earlier.code or 'chưa có số'} đã đến ngày {arrived}{number}."


@dataclass(frozen=True, slots=True)
class Registered:
    """What a document got when it entered the register."""

    number: int
    arrival_date: str


def register_incoming(work: Work, document_id: int, register_id: int | None = None) -> Registered:
    """Enter a document in the register of incoming documents with the next arrival number (ND30-22.2).

    NotAllowed a second time or before it was checked; Conflict when no register fits.
    """
    document = locked(work, document_id, "incoming")
    work.require(rules.may_be_registered(document))
    register = registers.register_for(work, document, register_id)
    work.note("document.registered", "document", document.id, document.agency_id, register=register.id)
    entry, day = registers.enter_on(work, register, document, directory.today(work.now))
    document.arrival_number, document.arrival_date, document.status = entry.number, day, "registered"
    work.session.flush()
    return Registered(entry.number, day.isoformat())


def refuse(work: Work, document_id: int, reason_code: str, reason: str, person_id: int | None = None) -> Document:
    """Return a document to its sender with a reason of the catalogue and words of one's own (LA-5.1.d, QD28-5.4)."""
    document = locked(work, document_id, "incoming")
    if reason_code not in kinds.REFUSAL_REASONS:
        raise InvalidInput("Lý do trả lại không có trong danh mục.", {"reason_code": "Chọn lý do trong danh mục."})
    text = fitting("reason", "lý do trả lại", reason, 1000, required=True, lines=True)
    work.require(rules.may_become(document, "returned"))
    document.status, document.refusal_code, document.refusal_reason = "returned", reason_code, text
    registers.cancel_number_of(work, document, "Văn bản bị trả lại bên gửi")
    work.note(
        "document.refused", "document", document.id, document.agency_id, reason_code=reason_code,
        by=person_id or work.actor.person_id,
    )  # fmt: skip
    return document


# --- Instruction, assignment, resolution ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Instructed:
    """Who has to act after an instruction, and until when (ISO, end of the office day)."""

    lead_unit: int
    support_units: list[int]
    due_at: str | None


def instruct(
    work: Work,
    document_id: int,
    *,
    text: str,
    lead_unit: int,
    lead_person: int | None = None,
    support_units: Sequence[int] = (),
    inform_units: Sequence[int] = (),
    due_date: date | None = None,
    due_dates: Mapping[str, date] = MappingProxyType({}),
    due_otherwise: datetime | None = None,
    person_id: int | None = None,
) -> Instructed:
    """Write the instruction: exactly one lead, supporters, others for information, due dates (ND30-23.2, 23.4).

    `due_date` is everybody's who acts, else the document's, else `due_otherwise`; `due_dates` by the unit's id are a
    line's own.
    """
    document = locked(work, document_id, "incoming")
    work.require(rules.may_become(document, "directed") if document.status != "directed" else ALLOWED)
    support = [unit for unit in dict.fromkeys(support_units) if unit != lead_unit]
    inform = [unit for unit in dict.fromkeys(inform_units) if unit != lead_unit and unit not in support]
    instruction = Instruction(
        document_id=document.id, person_id=person_id or work.actor.person_id,
        text=fitting("text", "ý kiến chỉ đạo", text, 5000, lines=True), at=work.now,
    )  # fmt: skip
    work.session.add(instruction)
    work.session.flush()
    work.session.execute(
        update(Assignment)
        .where(Assignment.document_id == document.id, Assignment.state == "open")
        .values(state="replaced", settled_at=work.now)
    )
    wanted, end_of_day = due_date or document.due_date, office_calendar(work.session, document.agency_id).end_of_day
    own = {int(unit): end_of_day(day) for unit, day in due_dates.items()}
    common = end_of_day(wanted) if wanted else due_otherwise
    lines = [
        Line(part, unit, lead_person if part == "lead" else None, own.get(unit, None if part == "inform" else common))
        for part, units in (("lead", [lead_unit]), ("support", support), ("inform", inform))
        for unit in units
    ]
    add_lines(work, document, lines, instruction.id)
    document.status = "directed"
    work.note(
        "document.instructed", "document", document.id, document.agency_id, lead=lead_unit, support=support,
        inform=inform, due_at=lines[0].due_at, by=instruction.person_id,
    )  # fmt: skip
    return Instructed(lead_unit, support, lines[0].due_at.isoformat() if lines[0].due_at else None)


def replace_lead(work: Work, document_id: int, lead_unit: int, reason: str, person_id: int | None) -> Instructed:
    """Let another unit lead in the place of the one that does: its lines are replaced, its date is kept (ND30-23.2)."""
    document = locked(work, document_id, "incoming")
    if document.status not in ("directed", "in_progress"):
        raise Conflict("Chỉ đổi được đơn vị chủ trì khi văn bản đang được giải quyết.")
    why = fitting("reason", "lý do đổi đơn vị chủ trì", reason, 500, required=True, lines=True)
    rows = [row for row in queries.assignments(work.session, document.id) if row.state == "open"]
    led = next((row for row in rows if row.part == "lead" and row.person_id is None), None)
    if led is None or led.unit_id == lead_unit:
        raise InvalidInput("Đơn vị này đang chủ trì.", {"unit": "Chọn đơn vị khác."})
    for row in rows:  # its people go with it, and the new one has no second part
        if row.unit_id in (led.unit_id, lead_unit):
            row.state, row.settled_at, row.note = "replaced", work.now, why
    work.session.flush()
    add_lines(work, document, [Line("lead", lead_unit, None, led.due_at)], led.instruction_id)
    work.tell(REPLACED, document.agency_id, document_id=document.id, details={"unit": led.unit_id, "reason": why[:300]})
    work.note(
        "document.lead_replaced", "document", document.id, document.agency_id, before=led.unit_id, lead=lead_unit,
        reason=why, by=person_id or work.actor.person_id,
    )  # fmt: skip
    support = [row.unit_id for row in rows if row.part == "support" and row.state == "open" and row.person_id is None]
    due_at = led.due_at.isoformat() if led.due_at else None
    return Instructed(lead_unit, [unit for unit in support if unit is not None], due_at)


@dataclass(frozen=True, slots=True)
class Assigned:
    """When the supporters of a document have to be done, where it is known: by unit and by person, ids as texts."""

    unit_dues: dict[str, str]
    person_dues: dict[str, str]
    lead_due: str | None = None  # the lead person's own day, where the unit head gave one


def assign(
    work: Work, document_id: int, *, person_id: int, supporters: Sequence[int] = (), informed: Sequence[int] = (),
    due_dates: Mapping[str, date] = MappingProxyType({}), by: int | None = None,
) -> Assigned:  # fmt: skip
    """Name the person who resolves, those who help and those to know, within the lead unit; replaces earlier names.

    `due_dates` by the person's id are a line's own; everybody else has the lead unit's (ND30-23.2).
    """
    document = locked(work, document_id, "incoming")
    if document.status not in ("in_progress",):
        work.require(rules.may_become(document, "in_progress"))
    before = [row for row in queries.assignments(work.session, document.id) if row.state == "open"]
    due_at = next((row.due_at for row in before if row.part == "lead"), None)
    for row in before:
        if row.person_id is not None and row.part in ("lead", "support"):
            row.state, row.settled_at = "replaced", work.now
    end_of_day = office_calendar(work.session, document.agency_id).end_of_day
    own = {int(person): end_of_day(day) for person, day in due_dates.items()}
    helping = [each for each in dict.fromkeys(supporters) if each != person_id]
    told = [each for each in dict.fromkeys(informed) if each != person_id and each not in helping]
    lines = [
        Line(part, None, person, own.get(person, None if part == "inform" else due_at))
        for part, people in (("lead", [person_id]), ("support", helping), ("inform", told))
        for person in people
    ]
    add_lines(work, document, lines, None)
    document.status = "in_progress"
    work.note(
        "document.assigned", "document", document.id, document.agency_id, lead=person_id, support=helping,
        inform=told, by=by or work.actor.person_id,
    )  # fmt: skip
    supporting = [row for row in queries.assignments(work.session, document.id) if row.part == "support" and row.due_at]
    return Assigned(
        {str(row.unit_id): row.due_at.isoformat() for row in supporting if row.person_id is None and row.due_at},
        {str(row.person_id): row.due_at.isoformat() for row in supporting if row.person_id and row.due_at},
        own[person_id].isoformat() if person_id in own else None,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an instruction to be written: a unit, or a person (whose unit is found)."""

    part: str
    unit_id: int | None
    person_id: int | None
    due_at: datetime | None


def add_lines(work: Work, document: Document, lines: Sequence[Line], instruction_id: int | None) -> None:
    """Write lines, and let everybody in them see the document; as many statements for one line as for a hundred.

    NotFound for people and units of another agency.
    """
    people = directory.units_of_people(work.session, document.agency_id, {x.person_id for x in lines if x.person_id})
    directory.require_units(work.session, document.agency_id, {x.unit_id for x in lines if x.unit_id})
    rows = [
        {
            "document_id": document.id, "instruction_id": instruction_id, "person_id": x.person_id,
            "unit_id": x.unit_id or people[x.person_id or 0], "part": x.part, "due_at": x.due_at, "state": "open",
            "note": "", "created_at": work.now, "settled_at": None,
        }
        for x in lines
    ]  # fmt: skip
    write(work.session, inserting(Assignment.__table__, rows))
    parties = [(None, x.unit_id, x.part) for x in lines if x.unit_id]
    editing.add_parties(work, document.id, [*parties, *((x.person_id, None, x.part) for x in lines if x.person_id)])
    if told := [x for x in lines if x.part == "inform"]:  # one row however many they are; a worker finds them later
        who = {"units": [x.unit_id for x in told if x.unit_id], "people": [x.person_id for x in told if x.person_id]}
        work.tell(INFORMED, document.agency_id, document_id=document.id, details=who)


def resolve(work: Work, document_id: int, resolution: str, text: str = "", reply_id: int | None = None) -> Document:
    """Close the work on a document with a linked answer, a note for information, or a result in words (facts 12.3).

    InvalidInput when the answer isn't linked (LA-9.2.đ) or the result is empty.
    """
    document = locked(work, document_id, "incoming")
    if resolution not in kinds.RESOLUTIONS:
        raise InvalidInput("Cách giải quyết không hợp lệ.", {"resolution": "Chọn cách giải quyết."})
    if document.status != "resolved":
        work.require(rules.may_become(document, "resolved"))
    if resolution == "answer":
        if reply_id is not None:
            editing.link_answer(work, reply_id, [document.id])
        tied = queries.links(work.session, system(document.agency_id), document.id)
        if not any(each.kind == "answers" and not each.outward for each in tied):
            raise InvalidInput("Chưa liên kết văn bản trả lời.", {"reply": "Chọn văn bản trả lời."})
    needed = resolution == "result"
    document.result = fitting("text", "kết quả xử lý", text, 10_000, required=needed, lines=True)
    document.resolution, document.status = resolution, "resolved"
    work.session.execute(
        update(Assignment)
        .where(Assignment.document_id == document.id, Assignment.state == "open")
        .values(state="done", settled_at=work.now)
    )
    work.note("document.resolved", "document", document.id, document.agency_id, resolution=resolution, reply=reply_id)
    return document


def file(work: Work, document_id: int) -> Document:
    """File a resolved document: nothing more is to be done about it."""
    document = locked(work, document_id, "incoming")
    work.require(rules.may_become(document, "filed"))
    document.status = "filed"
    work.note("document.filed", "document", document.id, document.agency_id)
    return document


def postpone(work: Work, document_id: int, due: date) -> datetime:
    """Grant an extension: the new due date (the end of a day, or a moment) for who leads and whoever shares their date.

    A supporter with a day of their own keeps it.
    """
    document = locked(work, document_id, "incoming")
    if document.status not in ("directed", "in_progress"):
        raise Conflict("Chỉ gia hạn được khi văn bản đang được xử lý.")
    calendar = office_calendar(work.session, document.agency_id)
    due_at = due if isinstance(due, datetime) else calendar.end_of_day(due)
    if due_at <= work.now:
        raise InvalidInput("Hạn mới phải ở sau thời điểm hiện tại.", {"due_date": "Chọn ngày muộn hơn."})
    rows = [row for row in queries.assignments(work.session, document.id) if row.state == "open"]
    common = {row.due_at for row in rows if row.part == "lead"}
    for row in rows:
        later = row.due_at is None or row.due_at < due_at  # a unit head's own day may be earlier than the unit's
        if row.part != "inform" and row.due_at in common and later:
            row.due_at = due_at
    work.note("document.postponed", "document", document.id, document.agency_id, due_at=due_at)
    return due_at
