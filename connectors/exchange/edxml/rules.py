"""What a message we write must keep to (the duties of sending, QD28-8, and the element tables of QCVN 102:2016)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from connectors.exchange.edxml import messages as m
from connectors.exchange.edxml.packing import LARGEST_FILE

LONGEST_REASON = 1000
_OLD_CODE = re.compile(r"\d{3}\.\d{2}\.\d{2}\.[A-Y]\d{2}", re.ASCII)
_NEW_CODE = re.compile(r"[A-Y]\d{2}(?:\.[A-Z0-9]+)*", re.ASCII)
_LONGEST_NEW_CODE = 35
_KNOWN_KINDS = (m.NEW, m.RECALL, m.UPDATE, m.REPLACE)
_NEED_REASON = (m.REFUSED, m.TAKE_BACK, m.DENIED)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a message gets wrong; a warning doesn't keep it from being sent."""

    rule: str
    sentence: str
    severity: Literal["error", "warning"] = "error"


def valid_code(code: str) -> bool:
    """Tell whether an agency code has the form of QCVN 102:2016 (13 characters) or of QĐ 20/2020 (up to 35)."""
    if _OLD_CODE.fullmatch(code):
        return True
    return len(code) <= _LONGEST_NEW_CODE and _NEW_CODE.fullmatch(code) is not None


def check_document(message: m.DocumentMessage, today: date | None = None) -> tuple[Problem, ...]:
    """Return everything wrong with a document message before it is written; `today` bounds the day of issue."""
    return tuple(
        problem
        for rule in (_parties, _identity, _texts, _lengths, _trace, _business, _files)
        for problem in rule(message)
    ) + tuple(_days(message, today))


def check_status(message: m.StatusMessage) -> tuple[Problem, ...]:
    """Return everything wrong with a status message before it is written."""
    return tuple(_status(message))


def _missing(rule: str, what: str) -> Problem:
    return Problem(rule, f"Thông điệp thiếu {what}.")


def _parties(message: m.DocumentMessage) -> Iterator[Problem]:
    yield from _own(message.sender)
    if not message.recipients:
        yield _missing("recipients", "nơi nhận")
    codes = [recipient.code for recipient in message.recipients]
    if len(set(codes)) != len(codes):
        yield Problem("recipients", "Thông điệp có nơi nhận trùng nhau.")
    for recipient in message.recipients:
        if not recipient.code or not recipient.name:
            yield _missing("recipients", "mã hoặc tên của một nơi nhận")


def _own(sender: m.Organization) -> Iterator[Problem]:
    if not sender.name:
        yield _missing("sender", "tên cơ quan gửi")
    if not valid_code(sender.code):
        yield Problem("sender", f"Mã định danh cơ quan gửi “{sender.code}” không đúng quy định.")


def _identity(message: m.DocumentMessage) -> Iterator[Problem]:
    needed = (
        ("mã định danh văn bản", message.document_id),
        ("số văn bản", message.number),
        ("ký hiệu văn bản", message.notation),
        ("địa danh", message.place),
        ("ngày ban hành", message.issued_on),
        ("tên loại văn bản", message.type_name),
        ("mã loại văn bản", message.type_code),
        ("trích yếu", message.subject),
        ("chức vụ người ký", message.signer.position),
        ("họ tên người ký", message.signer.full_name),
    )
    for what, value in needed:
        if not value:
            yield _missing("identity", what)
    if message.priority not in range(5):
        yield Problem("priority", "Mức độ khẩn phải từ 0 đến 4.")


def _texts(message: m.DocumentMessage) -> Iterator[Problem]:
    for citation in message.answers:
        if not citation.code or not citation.number:
            yield _missing("answers", "cơ quan hoặc số, ký hiệu của văn bản được phúc đáp")


def _lengths(message: m.DocumentMessage) -> Iterator[Problem]:
    # lengths of NĐ 30/2020 PL VI; our reading of practice, so a longer text is pointed out, not stopped
    limits = (
        ("Số văn bản", message.number, 11),
        ("Ký hiệu văn bản", message.notation, 30),
        ("Tên loại văn bản", message.type_name, 100),
        ("Trích yếu", message.subject, 500),
        ("Chức vụ người ký", message.signer.position, 100),
        ("Họ tên người ký", message.signer.full_name, 50),
        ("Tên cơ quan gửi", message.sender.name, 200),
        *(("Tên nơi nhận", recipient.name, 200) for recipient in message.recipients),
    )
    for what, value, longest in limits:
        if len(value) > longest:
            yield Problem("length", f"{what} dài {len(value)} ký tự, quy định tối đa {longest}.", "warning")


def _days(message: m.DocumentMessage, today: date | None) -> Iterator[Problem]:
    if message.issued_on is None:
        return
    if today is not None and message.issued_on > today:
        yield Problem("days", "Ngày ban hành không được sau ngày gửi.")
    if message.due_on is not None and message.due_on < message.issued_on:
        yield Problem("days", "Hạn xử lý không được trước ngày ban hành.")


def _trace(message: m.DocumentMessage) -> Iterator[Problem]:
    if not message.hops:
        yield _missing("trace", "vết gửi của cơ quan gửi")
    for hop in message.hops:
        if not hop.code or hop.at is None or hop.at.tzinfo is None:
            yield Problem("trace", "Mỗi vết gửi phải có mã cơ quan và thời điểm.")


def _business(message: m.DocumentMessage) -> Iterator[Problem]:
    business = message.business
    if business.kind not in _KNOWN_KINDS:
        yield Problem("business", f"Loại nghiệp vụ “{business.kind}” không có trong quy định.")
    if not business.reason:
        yield _missing("business", "lý do gửi" if business.kind == m.NEW else "lý do thu hồi, cập nhật hoặc thay thế")
    if business.kind == m.UPDATE and business.content_changed is None and business.receivers_changed is None:
        yield _missing("business", "nội dung được cập nhật")
    if business.kind == m.REPLACE and not business.replaces:
        yield _missing("business", "văn bản bị thay thế")
    for replaced in business.replaces:
        if not replaced.document_id or not replaced.codes:
            yield _missing("business", "mã văn bản bị thay thế hoặc nơi nhận của nó")


def _files(message: m.DocumentMessage) -> Iterator[Problem]:
    if message.business.kind == m.NEW and not message.files:
        yield _missing("files", "tệp văn bản")
    ids = [file.content_id for file in message.files if file.content_id]
    if len(set(ids)) != len(ids):
        yield Problem("files", "Hai tệp trong thông điệp có cùng mã nội dung.")
    for file in message.files:
        if not file.content or not file.name or not file.media_type:
            yield Problem("files", f"Tệp “{file.name}” không có nội dung hoặc định dạng.")
        elif len(file.content) > LARGEST_FILE:
            yield Problem("files", f"Tệp “{file.name}” lớn hơn {LARGEST_FILE // (1024 * 1024)} MB.")
    main = message.files[0].content if message.files else None
    if message.business.kind == m.NEW and main is not None and not main.startswith(b"%PDF-"):
        yield Problem("files", "Tệp đầu tiên phải là văn bản ở định dạng PDF.")


def _status(message: m.StatusMessage) -> Iterator[Problem]:
    yield from _own(message.sender)
    about = message.about
    if message.status not in m.STATUS_NAMES:
        yield Problem("status", f"Mã trạng thái “{message.status}” không có trong quy định.")
    for what, value in (
        ("mã cơ quan nhận trạng thái", about.code),
        ("số, ký hiệu văn bản", about.number),
        ("ngày ban hành văn bản", about.issued_on),
        ("mã định danh văn bản", about.document_id),
        ("thời điểm", message.at),
    ):
        if not value:
            yield _missing("status", what)
    if message.at is not None and message.at.tzinfo is None:
        yield Problem("status", "Thời điểm của trạng thái phải có múi giờ.")
    if not message.description:
        needs = "lý do" if message.status in _NEED_REASON else "nội dung trạng thái"
        yield _missing("status", needs)
    if len(message.description) > LONGEST_REASON:
        yield Problem("status", f"Nội dung trạng thái dài quá {LONGEST_REASON} ký tự.")
