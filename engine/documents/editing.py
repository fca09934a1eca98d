"""Fields made clean, files by hash, statuses moved in order, links, opinions, and who takes part."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engine import clearing
from engine.database import as_json
from engine.directory import queries as directory
from engine.directory.authority import queries as authority
from engine.documents import formats, kinds, queries, registers, rules
from engine.documents.models import Attachment, Document, DocumentLink, DraftText, Opinion
from engine.documents.queries import locked
from engine.documents.registers import numbers
from engine.documents.searching.commands import want_reading
from engine.documents.text import fitting, fold, secrecy_marks
from engine.errors import Conflict, InvalidInput, NotFound
from engine.occasions import RETURNED
from engine.platform import Work

OTHER_FIELDS = frozenset({"recipients", "files", "main_file", "secrecy"})
"""Fields that aren't columns; whoever takes them stores them elsewhere."""


def apply(work: Work, document: Document, values: Mapping[str, Any]) -> None:
    """Put clean values into the document's fields and check them together."""
    for name, raw in values.items():
        if name in READERS:
            setattr(document, name, READERS[name](raw))
        elif name not in OTHER_FIELDS:
            raise InvalidInput(f"Văn bản không có trường “{name}”.")
    if document.direction == "outgoing":
        kind = kinds.kind_named(document.type_name)
        if kind is None:
            raise InvalidInput(
                "Loại văn bản không có trong danh mục.", {"type_name": "Chọn loại văn bản trong danh mục."}
            )
        document.type_name = kind.name
        if "signer_id" in values or ("type_name" in values and document.signer_id is not None):
            name_signer(work, document)
        if problems := rules.reply_problem(document.reply_required, document.due_date, document.reply_requirement):
            raise InvalidInput(" ".join(problems.values()), problems)
    elif "code" in values:
        split_code(document)
    refold(document)


def name_signer(work: Work, document: Document) -> None:
    """Write down the name, post and capacity of who is to sign; InvalidInput when they may not (ND30-13.3)."""
    document.signer_name = document.signer_position = document.signer_capacity = ""
    if document.signer_id is None:
        return
    signer = directory.person(work.session, document.agency_id, document.signer_id)
    found = authority.capacity_of(
        work.session, document.agency_id, signer.id, document.type_name, directory.today(work.now)
    )
    if not found.verdict:
        raise InvalidInput(found.verdict.reason, {"signer_id": found.verdict.reason})
    document.signer_name = signer.full_name
    document.signer_position, document.signer_capacity = found.position, found.line[:100]


def split_code(document: Document) -> None:
    """Fill number and notation from the code as one string; an odd code stays whole (facts, section 7.3)."""
    parsed = numbers.parse_code(document.code) if document.code else None
    document.code_number = parsed.number if parsed else None
    document.code_notation = parsed.notation[:60] if parsed else None


def refold(document: Document) -> None:
    """Refresh the text that searching without diacritics looks at."""
    parts = [
        document.code,
        document.subject,
        document.organ_name,
        document.type_name,
        document.signer_name,
        document.description,
    ]
    document.folded = fold(" ".join(part for part in parts if part))


def _text(name: str, label: str, longest: int, *, required: bool = False, lines: bool = False) -> Any:
    return lambda raw: fitting(name, label, str(raw or ""), longest, required=required, lines=lines)


def _optional_text(name: str, label: str, longest: int) -> Any:
    return lambda raw: fitting(name, label, str(raw or ""), longest) or None


def _date(name: str) -> Any:
    def read(raw: Any) -> date | None:
        if raw in (None, ""):
            return None
        if isinstance(raw, datetime):
            return directory.today(raw)
        try:
            return raw if isinstance(raw, date) else date.fromisoformat(str(raw))
        except ValueError:
            raise InvalidInput("Ngày không đúng.", {name: "Nhập ngày theo dạng ngày/tháng/năm."}) from None

    return read


def _whole(name: str, *, among: Mapping[int, str] | None = None) -> Any:
    def read(raw: Any) -> int | None:
        if raw in (None, ""):
            return None
        try:
            number = int(raw)
        except (TypeError, ValueError):
            raise InvalidInput("Giá trị phải là số nguyên.", {name: "Nhập số nguyên."}) from None
        if among is not None and number not in among:
            raise InvalidInput("Giá trị không có trong danh mục.", {name: "Chọn trong danh mục."})
        return number

    return read


READERS: dict[str, Any] = {
    "subject": _text("subject", "trích yếu", 500, required=True),
    "body": _text("body", "nội dung", 1_000_000, lines=True),
    "type_name": _text("type_name", "loại văn bản", 100, required=True),
    "urgency": lambda raw: _whole("urgency", among=kinds.URGENCY)(raw) or 0,
    "due_date": _date("due_date"),
    "reply_required": lambda raw: raw in (True, "true", "on", "1", 1),
    "reply_requirement": _text("reply_requirement", "yêu cầu trả lời", 2000, lines=True),
    "to_places": _text("to_places", "nơi nhận", 1000, lines=True),
    "signer_id": _whole("signer_id"),
    "description": _text("description", "ghi chú", 500, lines=True),
    "organ_name": _text("organ_name", "cơ quan ban hành", 200),
    "organ_id": _optional_text("organ_id", "mã cơ quan ban hành", 64),
    "code": _optional_text("code", "số, ký hiệu", 90),
    "issued_date": _date("issued_date"),
    "language": _text("language", "ngôn ngữ", 30, required=True),
    "page_amount": _whole("page_amount"),
    "issued_amount": _whole("issued_amount"),
    "signer_name": _text("signer_name", "người ký", 100),
    "signer_position": _text("signer_position", "chức vụ người ký", 100),
}


def keep_text(work: Work, document: Document, before: str = "") -> None:
    """Keep the typed text of a draft beside those it had; `before` too, when nobody has kept it yet."""
    last = select(func.max(DraftText.number)).where(DraftText.document_id == document.id)
    number = work.session.scalar(last) or 0
    if not number and before.strip():
        made = {"created_at": document.created_at, "created_by_id": document.created_by_id}
        work.session.add(DraftText(document_id=document.id, number=1, body=before, **made))
        number = 1
    now = {"created_at": work.now, "created_by_id": work.actor.person_id}
    work.session.add(DraftText(document_id=document.id, number=number + 1, body=document.body, **now))
    work.session.flush()


# --- Files ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody brings: its name and its bytes."""

    file_name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Given:
    """A file to be entered, and the field of the form it came by."""

    part: str
    upload: Upload
    field: str


def attach_given(work: Work, document: Document, values: Mapping[str, Any]) -> None:
    """Attach what a form or a command brought as `main_file` and `files`."""
    main = values.get("main_file")
    if isinstance(main, (list, tuple)):
        main = main[0] if main else None
    part = "draft" if document.direction == "outgoing" else "main"
    given = [Given(part, main, "main_file")] if main is not None else []
    put_files(work, document, [*given, *(Given("annex", each, "files") for each in values.get("files") or ())])


def add_attachment(work: Work, document_id: int, part: str, upload: Upload, origin: str = "uploaded") -> Attachment:
    """Add a file (main, annex, draft, notice); of the same part and name it becomes the newer version (LA-4.4)."""
    document = locked(work, document_id)
    work.require(rules.may_attach(document, part))
    [row] = put_files(work, document, [Given(part, upload, "files")], origin)
    work.note("document.file_added", "document", document.id, document.agency_id, part=part, file_hash=row.file_hash)
    return row


def put_files(work: Work, document: Document, given: Sequence[Given], origin: str = "uploaded") -> list[Attachment]:
    """Check all files, then store them and enter them with the document; InvalidInput names everything wrong.

    Nothing is stored before every file has passed: bytes know no rollback.
    """
    passed: list[tuple[Given, formats.Inspection]] = []
    problems: dict[str, str] = {}
    for each in given:
        try:
            passed.append((each, _passing(work, document, each)))
        except InvalidInput as refused:
            for field, sentence in refused.fields.items():
                problems[field] = f"{problems[field]} {sentence}" if field in problems else sentence
    if problems:
        raise InvalidInput(" ".join(problems.values()), problems)
    return [
        enter_file(
            work, document, each.part, work.files.put(each.upload.content), found.file_name, found.media_type,
            len(each.upload.content), origin,
        )
        for each, found in passed
    ]  # fmt: skip


def _passing(work: Work, document: Document, given: Given) -> formats.Inspection:
    """What the file is, when it may be attached; with a leader's yes a mark of secrecy doesn't stop it, once."""
    content, name, largest = given.upload.content, given.upload.file_name, work.settings.max_upload_bytes
    passive = document.direction == "outgoing" or given.part == "opinion"  # a received one is kept as it came
    try:
        return formats.accepted(content, name, largest=largest, field=given.field, passive=passive)
    except formats.Stamped as stopped:
        mark = clearing.mark_of([hashlib.sha256(content).hexdigest()])
        row = clearing.passing(work, document.agency_id, mark)
        if row is None:
            raise
        clearing.use(work, row, document_id=document.id)
        return stopped.found


def enter_file(
    work: Work, document: Document, part: str, sha256: str, name: str, media_type: str, size: int, origin: str
) -> Attachment:
    """Enter stored bytes with the document: the next in its part, or the newer version of what is there."""
    same = select(Attachment).where(Attachment.document_id == document.id, Attachment.part == part, Attachment.current)
    if part in ("annex", "notice", "opinion", "summary"):
        same = same.where(Attachment.file_name == name)
    before = work.session.scalars(same.order_by(Attachment.number, Attachment.id)).all()
    for row in before:
        row.current = False
    last = select(func.max(Attachment.number)).where(Attachment.document_id == document.id, Attachment.part == part)
    number = before[0].number if before else (work.session.scalar(last) or 0) + 1
    row = Attachment(
        document_id=document.id, part=part, number=number, current=True,
        version=before[-1].version + 1 if before else 1,
        file_hash=sha256, file_name=name, media_type=media_type, size=size, origin=origin, created_at=work.now,
        created_by_id=work.actor.person_id,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    want_reading(work, sha256, media_type, document.agency_id)
    return row


def replace_main(work: Work, document_id: int, file_hash: str, name: str, origin: str) -> Attachment:
    """Put a PDF already in the store in the place of the main file: rendered, signed or sealed (LA-4.4.b)."""
    document = locked(work, document_id)
    if document.frozen or document.destroyed_at is not None or document.status in rules.AFTER_ISSUE:
        raise Conflict("Văn bản đã phát hành hoặc thu hồi, không thay tệp chính được.")
    size = work.files.path(file_hash).stat().st_size
    row = enter_file(work, document, "main", file_hash, formats.safe_name(name), formats.PDF, size, origin)
    work.note("document.main_replaced", "document", document.id, document.agency_id, origin=origin, file_hash=file_hash)
    return row


def replace_annex(work: Work, attachment_id: int, file_hash: str, origin: str) -> Attachment:
    """Put the signed version of a separate annex in the place of the unsigned one."""
    row = work.session.get(Attachment, attachment_id)
    if row is None:
        raise NotFound("Không tìm thấy tệp này.")
    document = locked(work, row.document_id)
    if document.frozen or document.destroyed_at is not None or document.status in rules.AFTER_ISSUE:
        raise Conflict("Văn bản đã phát hành hoặc thu hồi, không thay tệp kèm theo được.")
    size = work.files.path(file_hash).stat().st_size
    newer = enter_file(work, document, row.part, file_hash, row.file_name, row.media_type, size, origin)
    work.note("document.file_added", "document", document.id, document.agency_id, part=row.part, file_hash=file_hash)
    return newer


def remove_attachment(work: Work, attachment_id: int) -> None:
    """Take a file out of a draft; the version stays in the history."""
    row = work.session.get(Attachment, attachment_id)
    if row is None:
        raise NotFound("Không tìm thấy tệp này.")
    document = locked(work, row.document_id)
    work.require(rules.may_attach(document, row.part))
    row.current = False
    work.note("document.file_removed", "document", document.id, document.agency_id, file_hash=row.file_hash)


# --- Statuses, links, opinions, parties -----------------------------------------------------------------------


def set_status(work: Work, document_id: int, status: str) -> Document:
    """Move a document to another status when the order allows it; NotAllowed with the reason otherwise."""
    document = locked(work, document_id)
    if document.status == status:
        return document
    work.require(rules.may_become(document, status))
    before = document.status
    if status in rules.BEFORE_APPROVAL and document.person_signed_at is not None:
        document.person_signed_at = None  # a changed text needs a new signature
    if status == "cancelled":
        said = document.code or "dự thảo"
        registers.cancel_number_of(work, document, f"Văn bản {said} bị hủy trước khi phát hành")
    document.status = status
    if status == "draft":
        work.tell(RETURNED, document.agency_id, document_id=document.id)
    work.note("document.status_changed", "document", document.id, document.agency_id, before=before, after=status)
    return document


def link(work: Work, from_id: int, to_id: int, kind: str) -> None:
    """Tie two documents of one agency together; doing it again changes nothing."""
    if from_id == to_id:
        raise InvalidInput("Không liên kết văn bản với chính nó.")
    work.session.execute(
        insert(DocumentLink)
        .values(from_id=from_id, to_id=to_id, kind=kind, created_at=work.now)
        .on_conflict_do_nothing(index_elements=["from_id", "to_id", "kind"])
    )


def link_answer(work: Work, document_id: int, answers: Sequence[int]) -> None:
    """Link an outgoing document with the incoming ones it answers; seen from both sides (LA-9.2.đ)."""
    document = locked(work, document_id, "outgoing")
    for incoming_id in dict.fromkeys(answers):
        incoming = locked(work, incoming_id, "incoming")
        if incoming.agency_id != document.agency_id:
            raise NotFound("Không tìm thấy văn bản đến này.")
        if incoming.destroyed_at is not None or incoming.status == "returned":
            raise Conflict("Văn bản đến đã trả lại hoặc đã thu hồi, không liên kết trả lời được.")
        link(work, document.id, incoming.id, "answers")
        work.note("document.linked", "document", document.id, document.agency_id, answers=incoming.id)
        work.note("document.linked", "document", incoming.id, document.agency_id, answered_by=document.id)


def record_opinion(
    work: Work, document_id: int, person_id: int | None, kind: str, verdict: str = "", text: str = ""
) -> Opinion:
    """Keep what somebody said on a draft or a case (SYS-5.a)."""
    document = locked(work, document_id)
    if kind not in kinds.OPINION_KINDS:
        raise InvalidInput(f"Không có loại ý kiến “{kind}”.", {"kind": "Chọn loại ý kiến trong danh mục."})
    if person_id is not None:
        directory.person(work.session, document.agency_id, person_id)
        add_party(work, document.id, person_id=person_id, reason=kind)
    about = judged(work.session, document) if document.direction == "outgoing" else Judged(None, "", None)
    opinion = Opinion(
        document_id=document.id, person_id=person_id, kind=kind, verdict=verdict[:20],
        text=fitting("text", "ý kiến", text, 5000, lines=True), at=work.now, judged_hash=about.file_hash,
        judged_name=about.name, judged_version=about.version,
    )  # fmt: skip
    work.session.add(opinion)
    work.session.flush()
    work.note(
        "document.opinion_recorded",
        "document",
        document.id,
        document.agency_id,
        kind=kind,
        verdict=verdict,
        by=person_id,
        judged=about.file_hash,
    )
    return opinion


@dataclass(frozen=True, slots=True)
class Judged:
    """What somebody had before them: a file with its version, or (no version) the text as it was written."""

    file_hash: str | None
    name: str
    version: int | None


def judged(session: Session, document: Document) -> Judged:
    """What a verdict on a draft is about (ND30-11): the PDF once it is made, before that the uploaded file or the text.

    A PDF of an earlier turn isn't looked at while the draft is being changed or its content checked.
    """
    draft = queries.draft_file(session, document.id)
    main = queries.main_file(session, document.id)
    early = document.status in ("draft", "content_check") and (main is None or main.origin == "rendered")
    file = draft if early else main or draft
    if file is not None:
        return Judged(file.file_hash, file.file_name, file.version)
    words = f"{document.subject}\n{document.body}".encode()
    return Judged(hashlib.sha256(words).hexdigest(), "", None)


def add_party(
    work: Work, document_id: int, *, person_id: int | None = None, unit_id: int | None = None, reason: str = ""
) -> None:
    """Let a person or a unit take part in a document and so see it; doing it again changes nothing."""
    if (person_id is None) == (unit_id is None):
        raise InvalidInput("Chọn một người hoặc một đơn vị tham gia.")
    add_parties(work, document_id, [(person_id, unit_id, reason)])


def add_parties(work: Work, document_id: int, parties: Iterable[tuple[int | None, int | None, str]]) -> None:
    """The same for many (person, unit, reason) in one statement."""
    rows = [
        {"document_id": document_id, "person_id": person, "unit_id": unit, "reason": reason[:40], "since": work.now}
        for person, unit, reason in parties
    ]
    work.session.flush()
    if rows:
        work.session.execute(sql(_JOIN), {"parties": as_json(rows)})


_PARTY = "document_id, person_id, unit_id, reason, since"
_JOIN = f"""
    insert into party ({_PARTY})
    select {_PARTY} from jsonb_populate_recordset(null::party, cast(:parties as jsonb))
    on conflict (document_id, person_id, unit_id)
      do update set reason = excluded.reason where party.reason = 'loan'"""  # noqa: S608  # the names of our own columns
# who had only borrowed it would else lose it with the loan


def note_read(work: Work, document_id: int, file_name: str = "", printed: str = "") -> Document:
    """Open a document (or one of its files) to read it, or print something of it; NotFound outside the actor's scope.

    Looking is kept once a day, printing every time (ND30 PL VI III.5.a, 6.l; SYS-5.a, SYS-6).
    """
    document = queries.get(work.session, work.actor, document_id)
    about = ("document", document.id, document.agency_id)
    if printed:
        work.note("document.printed", *about, what=printed)
    elif file_name:
        work.note_view("document.file_read", *about, file=file_name[:120])
    else:
        work.note_view("document.read", *about)
    return document


def warnings_of(document: Document) -> tuple[str, ...]:
    """What the drafter should be warned about: stamps of secrecy in the text (LA-1.2)."""
    marks = secrecy_marks(f"{document.subject}\n{document.body}")
    return tuple(f"Nội dung có dấu chỉ mức độ mật: {mark}." for mark in marks)
