"""Ask for opinions, take answers, end a round, explain what came of each, keep the summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from engine.directory import queries as directory
from engine.directory.calendars import office_calendar
from engine.documents import commands as documents
from engine.documents import editing, formats
from engine.documents.models import Attachment, Document
from engine.documents.queries import locked as locked_document
from engine.documents.text import fitting
from engine.errors import BusinessError, Conflict, InvalidInput, NotFound
from engine.opinions import queries, rules
from engine.opinions.models import OpinionRequest, OpinionRound
from engine.platform import Work

INVALID = "opinions.invalid"
OPINION, SUMMARY = "opinion", "summary"  # parts of attachments


def open_round(
    work: Work, document_id: int, asker_id: int, question: str, people: Sequence[int], units: Sequence[int], due: date
) -> OpinionRound:
    """Begin a round until the end of office hours of a day; BusinessError `opinions.invalid` says what is wrong.

    The asker isn't asked; nobody is asked twice. What the draft was at this moment is kept by its hash.
    """
    document = locked_document(work, document_id)
    asked = [each for each in dict.fromkeys(people) if each != asker_id]
    through = list(dict.fromkeys(units))
    if not asked and not through:
        raise BusinessError(INVALID, "Chọn ít nhất một người hoặc một đơn vị khác để lấy ý kiến.")
    if len(asked) + len(through) > rules.MOST_ASKED:
        raise BusinessError(INVALID, f"Mỗi đợt lấy ý kiến tối đa {rules.MOST_ASKED} người, đơn vị.")
    due_at = office_calendar(work.session, document.agency_id).end_of_day(due)
    if due_at <= work.now:
        raise BusinessError(INVALID, "Thời hạn góp ý kiến đã hết giờ làm việc; chọn ngày sau.")
    before = queries.running(work.session, document.id)
    if before is not None and before.due_at <= work.now:
        close_round(work, before.id, "deadline")  # its case was stopped by hand: no timer came
    elif before is not None:
        raise BusinessError(INVALID, "Văn bản đang có một đợt lấy ý kiến chưa kết thúc; kết thúc đợt đó trước.")
    about = editing.judged(work.session, document)
    found = OpinionRound(
        agency_id=document.agency_id, document_id=document.id, asker_id=asker_id, due_at=due_at, asked_at=work.now,
        question=fitting("question", "nội dung lấy ý kiến", question, 5000, required=True, lines=True),
        about_hash=about.file_hash, about_name=about.name, about_version=about.version,
    )  # fmt: skip
    work.session.add(found)
    work.session.flush()
    _ask(work, found, asked, through)
    work.note("opinions.asked", "document", document.id, document.agency_id, round=found.id, until=due_at,
              people=len(asked), units=len(through))  # fmt: skip
    return found


def _ask(work: Work, found: OpinionRound, people: Sequence[int], units: Sequence[int]) -> None:
    for person_id in people:
        if not directory.person(work.session, found.agency_id, person_id).active:
            raise BusinessError(INVALID, "Có người được chọn đã ngừng công tác; bỏ người đó rồi gửi lại.")
    for unit_id in units:
        unit = directory.unit(work.session, found.agency_id, unit_id)
        if not directory.people_with(work.session, found.agency_id, "unit-head", unit_id):
            raise BusinessError(INVALID, f"{unit.name} chưa có trưởng phòng để nhận việc; chọn từng người của đơn vị.")
    work.session.add_all([OpinionRequest(round_id=found.id, person_id=each) for each in people])
    work.session.add_all([OpinionRequest(round_id=found.id, unit_id=each) for each in units])
    work.session.flush()


def requests(work: Work, round_id: int) -> Sequence[OpinionRequest]:
    """Everybody asked in a round, in the order of asking."""
    rows = select(OpinionRequest).where(OpinionRequest.round_id == round_id).order_by(OpinionRequest.id)
    return work.session.scalars(rows).all()


def fill(work: Work, request_id: int, values: Mapping[str, Any]) -> OpinionRequest:
    """Keep what a form bound to an opinion asks: an answer (verdict, text, file) or how it was received.

    Conflict once the round is closed for answers; InvalidInput by field.
    """
    row = work.session.get(OpinionRequest, request_id)
    if row is None:
        raise NotFound("Không tìm thấy việc góp ý kiến này.")
    found = queries.locked(work, row.round_id)
    if unknown := set(values) - {"verdict", "text", "file", "handling", "explanation"}:
        raise InvalidInput("Ý kiến không có trường: " + ", ".join(sorted(unknown)) + ".")
    if "verdict" in values:
        _answer(work, found, row, values)
    if "handling" in values:
        _explain(work, found, row, values)
    return row


def _answer(work: Work, found: OpinionRound, row: OpinionRequest, values: Mapping[str, Any]) -> None:
    if found.closed_at is not None:
        raise Conflict("Đợt lấy ý kiến đã kết thúc; ý kiến gửi sau không được ghi nhận.")
    text = fitting("text", "ý kiến", str(values.get("text") or ""), 10_000, lines=True)
    if problems := rules.answer_problem(str(values["verdict"] or ""), text):
        raise InvalidInput(" ".join(problems.values()), problems)
    row.verdict, row.text = str(values["verdict"]), text
    row.answered_at, row.answered_by_id, row.acting_for_id = work.now, work.actor.person_id, work.actor.acting_for_id
    document = locked_document(work, found.document_id)
    if document.destroyed_at is not None:
        raise Conflict("Văn bản đã bị hủy theo thông báo thu hồi; không ghi ý kiến được nữa.")
    if values.get("file"):
        [kept] = editing.put_files(work, document, [editing.Given(OPINION, values["file"][0], "file")])
        row.file_id = kept.id
    work.note("opinions.given", "document", document.id, document.agency_id, round=found.id, verdict=row.verdict)


def _explain(work: Work, found: OpinionRound, row: OpinionRequest, values: Mapping[str, Any]) -> None:
    handling = str(values["handling"] or "")
    if handling not in rules.HANDLINGS:
        raise InvalidInput("Chọn cách tiếp thu.", {"handling": "Chọn tiếp thu, tiếp thu một phần hoặc giải trình."})
    text = fitting("explanation", "nội dung tiếp thu, giải trình", str(values.get("explanation") or ""), 10_000,
                   required=handling != "accepted", lines=True)  # fmt: skip
    row.handling, row.explanation, row.explained_at = handling, text, work.now
    work.note("opinions.explained", "document", found.document_id, found.agency_id, round=found.id, how=handling)


def close_round(work: Work, round_id: int, ended_by: str, reason: str = "") -> OpinionRound:
    """End a round: everybody who said nothing is noted as silent; ending it again changes nothing."""
    found = queries.locked(work, round_id)
    if found.closed_at is not None:
        return found
    if ended_by not in rules.ENDINGS:
        raise InvalidInput(f"Không có cách kết thúc “{ended_by}”.")
    for row in requests(work, found.id):
        if not row.verdict:
            row.verdict = "silent"
    found.closed_at, found.ended_by = work.now, ended_by
    found.reason = fitting("reason", "lý do", reason, 1000, required=ended_by == "early", lines=True)
    work.session.flush()
    work.note("opinions.closed", "document", found.document_id, found.agency_id, round=found.id, how=ended_by)
    return found


def keep_summary(work: Work, round_id: int, file_hash: str, name: str) -> Attachment | None:
    """Keep the table of opinions with its document; a document destroyed meanwhile keeps nothing."""
    found = queries.locked(work, round_id)
    document: Document = locked_document(work, found.document_id)
    if document.destroyed_at is not None:
        return None
    size = work.files.path(file_hash).stat().st_size
    row = editing.enter_file(work, document, SUMMARY, file_hash, formats.safe_name(name), formats.PDF, size, "rendered")
    found.summary_id = row.id
    work.note("document.file_added", "document", document.id, document.agency_id, part=SUMMARY, file_hash=file_hash)
    return row


def take_part(work: Work, found: OpinionRound) -> None:
    """Whoever asks sees the document while its round lives."""
    documents.add_party(work, found.document_id, person_id=found.asker_id, reason="opinions")
