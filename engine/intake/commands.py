"""Scans taken in, read, stopped, dropped; registration forms kept; a page sent twice taken once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from engine import clearing
from engine.documents import formats, recall
from engine.documents.editing import Upload
from engine.documents.searching.models import Content
from engine.documents.text import clean, fitting
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.intake import queries
from engine.intake.models import OPEN, RegistrationForm, Scan, Submission
from engine.platform import Work

READ_SCAN, RECOGNISE = "scanning.read-scan", "scanning.recognise-file"
PICTURES = ("image/png", "image/jpeg", "image/tiff")
TAKEN = (formats.PDF, *PICTURES)
LONGEST_TEXT = 400_000
MOST_FORMS = 50
LONGEST_KEPT = 1000
KEPT_FIELDS = ("source", "organ_name", "type_name", "subject", "signer_name", "signer_position", "urgency",
               "description", "to_places")  # fmt: skip
_KEEP_SUBMISSIONS = timedelta(days=30)


# --- Scans ----------------------------------------------------------------------------------------------------


def take_in(work: Work, uploads: Sequence[Upload], *, together: bool = False) -> list[Scan]:
    """Take in scanned files: one paper each, or (`together`) pictures as the pages of one paper; a worker reads them.

    Bytes that already wait give the scan they belong to. InvalidInput for `files` names every file that is no PDF or
    picture, encrypted, damaged, too large; then nothing is kept. NotAllowed for who isn't of the registry.
    """
    _require_clerk(work)
    found = [(upload, _inspected(work, upload)) for upload in uploads]
    problems = [each.problem for _, each in found if each.problem]
    if not uploads:
        problems = ["Chọn ít nhất một tệp PDF hoặc ảnh."]
    if together and any(each.media_type == formats.PDF for _, each in found):
        problems.append("Chỉ ghép các tệp ảnh thành một văn bản; tệp PDF tiếp nhận riêng từng tệp.")
    if problems:
        raise InvalidInput(" ".join(problems), {"files": " ".join(problems)})
    groups = [found] if together else [[each] for each in found]
    return [_one(work, group) for group in groups]


def _inspected(work: Work, upload: Upload) -> formats.Inspection:
    found = formats.inspect(upload.content, upload.file_name, largest=work.settings.max_upload_bytes)
    if found.accepted and found.media_type not in TAKEN:
        sentence = f"{found.file_name}: Bản quét phải là PDF hoặc ảnh JPEG, PNG, TIFF; tệp này là {found.extension}."
        return formats.Inspection(found.media_type, found.extension, found.file_name, sentence)
    if found.accepted:
        try:
            formats.accepted(upload.content, upload.file_name, field="files", passive=True)
        except formats.Stamped:
            return found  # whoever reads the paper stops it alone, not the others it came with, and tells the way back
        except InvalidInput as refused:
            return formats.Inspection(found.media_type, found.extension, found.file_name, str(refused))
    return found


def _one(work: Work, group: Sequence[tuple[Upload, formats.Inspection]]) -> Scan:
    hashes = [hashlib.sha256(upload.content).hexdigest() for upload, _ in group]
    mark = clearing.mark_of(hashes)
    given = [
        {"hash": sha256, "name": found.file_name, "type": found.media_type, "size": len(upload.content)}
        for sha256, (upload, found) in zip(hashes, group, strict=True)
    ]
    row = {
        "agency_id": work.actor.agency_id, "created_at": work.now, "created_by_id": work.actor.person_id,
        "state": "waiting", "mark": mark, "file_name": given[0]["name"], "given": {"files": given}, "pictures": {},
        "proposals": {}, "text": "", "note": "", "reason": "",
    }  # fmt: skip
    new = insert(Scan).values(row).on_conflict_do_nothing().returning(Scan.id)
    scan_id = work.session.scalar(new)
    if scan_id is None:
        same = select(Scan).where(Scan.agency_id == work.actor.agency_id, Scan.mark == mark, Scan.state.in_(OPEN))
        earlier = work.session.scalars(same).first()
        if earlier is None:
            raise Conflict("Tệp này vừa được người khác xử lý. Tải lại trang.")
        return earlier
    for upload, _ in group:
        work.files.put(upload.content)
    work.note("scan.taken_in", "scan", scan_id, work.actor.agency_id, files=len(given))
    work.send(READ_SCAN, {"scan": scan_id}, agency_id=work.actor.agency_id)
    return work.session.get_one(Scan, scan_id)


def keep_read(
    work: Work, scan_id: int, *, file_hash: str, pages: int, pictures: Sequence[str], text: str,
    proposals: Mapping[str, Any], note: str = "",
) -> None:  # fmt: skip
    """Keep what a worker has read; a scan settled meanwhile keeps what it has."""
    row = queries.locked(work, scan_id)
    if row.state not in OPEN:
        return
    row.state, row.file_hash, row.page_amount, row.pictures = "read", file_hash, pages, {"pages": list(pictures)}
    row.text, row.proposals, row.note = clean(text, lines=True)[:LONGEST_TEXT], dict(proposals), note[:500]


def keep_failed(work: Work, scan_id: int, note: str) -> None:
    """The pages couldn't be read; the clerk is told why."""
    row = queries.locked(work, scan_id)
    if row.state == "waiting":
        row.state, row.note = "failed", note[:500]


def stop(work: Work, scan_id: int, marks: Sequence[str]) -> None:
    """A mark of secrecy: nothing of the paper stays, not even its name; it goes the way of paper (LA-1.2).

    What its bytes hash to stays, so that a leader can let the same bytes pass (`engine.intake.clearing`).
    """
    row = queries.locked(work, scan_id)
    if row.state not in OPEN:
        return
    gone = queries.bytes_of(row)
    row.state, row.reason = "stopped", f"Có dấu chỉ mức độ mật: {', '.join(marks)}."
    row.file_name, row.note, row.text = "", "", ""
    row.given, row.pictures, row.proposals, row.file_hash, row.page_amount = {}, {}, {}, None, None
    _forget_bytes(work, row, gone, at_once=True)  # what may be secret rests nowhere (LA-1.2)
    work.note("scan.stopped", "scan", row.id, row.agency_id, marks=list(marks))


def drop(work: Work, scan_id: int, reason: str) -> Scan:
    """Set a scan aside with a reason; its bytes go. One that is settled already stays as it is."""
    row = queries.locked(work, scan_id)
    if row.state in ("registered", "dropped"):
        raise Conflict("Bản quét này đã được xử lý ở một cửa sổ khác.")
    why = fitting("reason", "lý do bỏ bản quét", reason, 500, required=row.state != "stopped")
    gone = queries.bytes_of(row)
    row.reason, row.state = why or row.reason, "dropped"
    row.settled_at, row.settled_by_id, row.text = work.now, work.actor.person_id, ""
    row.given, row.pictures, row.proposals, row.mark = {}, {}, {}, ""
    row.file_hash = None
    _forget_bytes(work, row, gone)
    work.note("scan.dropped", "scan", row.id, row.agency_id, reason=row.reason)
    return row


def settle(work: Work, row: Scan, document_id: int) -> None:
    """The scan has become a document: its joined file is the document's now, the pictures of pages may go."""
    gone = [each for each in queries.bytes_of(row) if each != row.file_hash]
    row.state, row.document_id, row.settled_at = "registered", document_id, work.now
    row.settled_by_id, row.pictures, row.text, row.mark = work.actor.person_id, {}, "", ""
    _forget_bytes(work, row, gone)
    work.note("scan.registered", "scan", row.id, row.agency_id, document=document_id)
    if (cleared := clearing.of_scan(work, row.id)) is not None and cleared.document_id is None:
        clearing.use(work, cleared, document_id=document_id)


def _forget_bytes(work: Work, row: Scan, hashes: Sequence[str], *, at_once: bool = False) -> None:
    if hashes:
        given = {"hashes": list(hashes), "at_once": at_once}
        work.send(recall.REMOVE_BYTES, given, agency_id=row.agency_id)


def _require_clerk(work: Work) -> None:
    if not work.actor.is_system and "clerk" not in work.actor.roles:
        raise NotAllowed("Chỉ văn thư tiếp nhận bản quét của văn bản giấy.")


def want_recognising(work: Work, file_hash: str, media_type: str) -> None:
    """Have the text of a stored picture recognised, unless it came as a scan and is known."""
    known = work.session.get(Content, file_hash)
    if known is not None and known.state == "empty":
        work.send(RECOGNISE, {"file_hash": file_hash, "media_type": media_type}, agency_id=work.actor.agency_id)


# --- Once -----------------------------------------------------------------------------------------------------


def first_time(work: Work, agency_id: int, key: str) -> int | None:
    """Take a form's own key; the document it has become when the same page was sent before, else None.

    Two at once: the second waits here until the first has ended. `taken` tells what it became.
    """
    work.session.execute(delete(Submission).where(Submission.at < work.now - _KEEP_SUBMISSIONS))
    new = insert(Submission).values(agency_id=agency_id, key=key[:40], at=work.now).on_conflict_do_nothing()
    if work.session.execute(new.returning(Submission.key)).first() is not None:
        return None
    return work.session.scalar(
        select(Submission.document_id).where(Submission.agency_id == agency_id, Submission.key == key[:40])
    )


def taken(work: Work, agency_id: int, key: str, document_id: int) -> None:
    """What a form's key became."""
    work.session.get_one(Submission, (agency_id, key[:40])).document_id = document_id


# --- Registration forms ---------------------------------------------------------------------------------------


def keep_form(work: Work, name: str, values: Mapping[str, Any], *, shared: bool = False) -> RegistrationForm:
    """Keep prefilled fields under a name, for oneself or for everybody of the registry; the same name is replaced."""
    _require_clerk(work)
    person, called = work.actor.person_id, fitting("form_name", "tên mẫu đăng ký", name, 60, required=True)
    if person is None or work.actor.agency_id is None:
        raise NotAllowed("Chỉ người dùng mới lưu được mẫu đăng ký.")
    kept = {field: clean(str(values[field]), lines=True) for field in KEPT_FIELDS if values.get(field)}
    if any(len(each) > LONGEST_KEPT for each in kept.values()):
        sentence = f"Có ô dài quá {LONGEST_KEPT} ký tự; rút gọn trước khi lưu thành mẫu."
        raise InvalidInput(sentence, {"form_name": sentence})
    if not kept:
        raise InvalidInput(
            "Chưa có trường nào để lưu vào mẫu.", {"form_name": "Điền ít nhất một trường trước khi lưu mẫu."}
        )
    row = work.session.scalar(
        select(RegistrationForm).where(RegistrationForm.person_id == person, RegistrationForm.name == called)
    )
    if row is None:
        own = select(RegistrationForm.id).where(RegistrationForm.person_id == person)
        if len(work.session.scalars(own).all()) >= MOST_FORMS:
            sentence = f"Mỗi người lưu được {MOST_FORMS} mẫu; xóa bớt mẫu không còn dùng."
            raise InvalidInput(sentence, {"form_name": sentence})
        row = RegistrationForm(agency_id=work.actor.agency_id, person_id=person, name=called, created_at=work.now)
        work.session.add(row)
    row.values, row.role = kept, "clerk" if shared else None
    work.session.flush()
    return row


def forget_form(work: Work, form_id: int) -> None:
    """Delete a kept form of one's own; NotFound for others', shared ones too."""
    row = work.session.get(RegistrationForm, form_id)
    if row is None or row.person_id != work.actor.person_id:
        raise NotFound("Chỉ người lưu mẫu mới xóa được mẫu này.")
    work.session.delete(row)
