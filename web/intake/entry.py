"""What registering by hand and from a scan have in common: forms, old encodings, marks of secrecy, duplicates."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.clock import VIETNAM
from engine.documents import formats, kinds
from engine.documents.editing import Upload
from engine.documents.text import secrecy_marks
from engine.errors import InvalidInput
from engine.forms.context import FormContext
from engine.forms.context import Upload as Posted
from engine.forms.form import Form
from engine.forms.reading import read_form
from engine.intake import duplicates, legacy, proposing
from engine.intake.models import RegistrationForm, Scan
from engine.outages import queries, rules
from engine.outages.entries import CatchUp
from web.session import actor, now, platform

TEXTS = ("subject", "organ_name", "signer_name", "signer_position", "description", "to_places", "code")


def _form(*without: str) -> Form:
    """The one form of registration, less what a way of taking in doesn't ask."""
    plan = json.loads((Path(__file__).parent / "incoming.form.json").read_bytes())
    for group in plan["components"]:
        group["components"] = [each for each in group["components"] if each["id"] not in without]
    return read_form(json.dumps(plan).encode())


TYPED = _form("certify")
SCANNED = _form("main", "source")


@dataclass
class Converted:
    """Texts that were in an old encoding: how they were, and what they become."""

    originals: dict[str, Any] = field(default_factory=dict)
    offers: dict[str, tuple[str, str]] = field(default_factory=dict)  # field → encoding, text as Unicode
    files: bool = False  # whether a file was in one, too


def context(given: Mapping[str, Any] | None = None) -> FormContext:
    """Catalogues, today, and values the form begins with."""
    data = {
        "kinds": [{"value": name, "label": name} for name in kinds.NAMES],
        "urgencies": [{"value": value, "label": name} for value, name in kinds.URGENCY.items() if value < 4],
        **outages(),
        **(given or {}),
    }
    return FormContext(data, today=now().astimezone(VIETNAM).date())


def outages() -> dict[str, Any]:
    """Outages after which documents may be entered now, and the one the page was opened for."""
    with platform().reading() as session:
        found = queries.open_for_entry(session, actor())
    listed = [
        {"value": row.id, "label": f"{rules.at(row.stops_at)} – {rules.at(row.restarted_at or row.expected_at)}"}
        for row in found
    ]
    wanted = request.args.get("outage", type=int)
    chosen = {"outage": wanted} if any(row.id == wanted for row in found) else {}
    return {"outages": listed, "has_outages": bool(listed), **chosen}


def catch_up(answers: dict[str, Any]) -> CatchUp | None:
    """Take what was said of an outage out of the answers; None when the document came in its time."""
    outage, arrived = answers.pop("outage", None), answers.pop("arrived_at", None)
    reason = answers.pop("late_reason", None)
    if outage is None or arrived is None:
        return None
    return CatchUp(int(outage), datetime.fromisoformat(arrived), reason or "")


def begins_with(
    proposals: Mapping[str, Any], kept: RegistrationForm | None = None, pages: int | None = None
) -> dict[str, Any]:
    """Values a form begins with: what the pages propose; a kept form fills what they are silent or unsure about."""
    known_kinds = set(kinds.NAMES)
    values: dict[str, Any] = dict(kept.values) if kept else {}
    if pages is not None:
        values["page_amount"] = pages
    for name, each in proposals.items():
        if each["confidence"] >= proposing.SURE or name not in values:
            values[name] = each["value"]
    for name in ("issued_date", "due_date"):
        if name in values:
            values[name] = date.fromisoformat(values[name])
    if "urgency" in values:
        values["urgency"] = int(values["urgency"])
    if values.get("type_name") not in known_kinds:
        values.pop("type_name", None)
    return values


def convert(sent: dict[str, Any], wanted: bool) -> Converted:
    """Look for old encodings in what was typed or pasted; with `wanted` they become Unicode, in place."""
    found = Converted()
    for name in TEXTS:
        raw = sent.get(name)
        if isinstance(raw, str) and (offer := legacy.converted(raw)):
            if wanted:
                found.originals[name], sent[name] = raw, offer[1]
            else:
                found.offers[name] = offer
    return found


def read_files(answers: dict[str, Any], wanted: bool, kept: Converted) -> tuple[Upload | None, list[Upload]]:
    """The posted files; text in an old encoding becomes Unicode when `wanted`, its original is kept beside it."""
    main, others = answers.pop("main_file", None) or [], answers.pop("files", None) or []
    read = {"main_file": [_upload(each) for each in main], "files": [_upload(each) for each in others]}
    problems = {}
    for name, files in read.items():
        for at, each in enumerate(files):
            old = legacy.decoded(each.content) if each.file_name.lower().endswith((".txt", ".csv")) else None
            if old and wanted:
                stem, dot, extension = each.file_name.rpartition(".")
                original = (f"{stem} (bản gốc {old[0]}){dot}{extension}", each.content)
                kept.originals.setdefault("files", []).append(original)
                files[at] = Upload(each.file_name, old[1].encode())
            elif old:
                problems[name] = _(
                    "%(name)s dùng bảng mã cũ %(encoding)s. Đánh dấu “Chuyển sang Unicode” ở đầu trang rồi chọn lại"
                    " tệp; bản gốc được giữ kèm.", name=formats.safe_name(each.file_name),
                    encoding=legacy.NAMES[old[0]],
                )  # fmt: skip
    if problems:
        kept.files = True
        raise InvalidInput(" ".join(problems.values()), problems)
    return next(iter(read["main_file"]), None), read["files"]


def _upload(file: Posted) -> Upload:
    file.handle.seek(0)
    return Upload(file.name, file.handle.read())


def refuse_offers(found: Converted) -> None:
    """InvalidInput by field while texts are in an old encoding and nobody has chosen to convert them (LA-4.2)."""
    if found.offers:
        raise InvalidInput(
            _("Có nội dung dùng bảng mã cũ."),
            {
                name: _("Nội dung dùng bảng mã cũ %(encoding)s; đọc là: “%(text)s”. Chọn “Chuyển sang Unicode”.",
                        encoding=legacy.NAMES[encoding], text=text[:200])
                for name, (encoding, text) in found.offers.items()
            },
        )  # fmt: skip


def refuse_secrets(answers: Mapping[str, Any]) -> None:
    """InvalidInput by field for marks of secrecy: such a document goes the way of paper (LA-1.2)."""
    problems = {}
    for name in TEXTS:
        if marks := secrecy_marks(str(answers.get(name) or "")):
            problems[name] = _(
                "Có dấu chỉ mức độ mật (%(marks)s). Văn bản mật không nhập vào hệ thống; xử lý theo đường giấy.",
                marks=", ".join(marks),
            )
    if problems:
        raise InvalidInput(" ".join(problems.values()), problems)


def refuse_impossible(answers: Mapping[str, Any]) -> None:
    """InvalidInput by field for dates that can't be: dated in the future, due before it was written."""
    today = now().astimezone(VIETNAM).date()
    issued, due = (_as_date(answers.get(name)) for name in ("issued_date", "due_date"))
    problems = {}
    if issued and issued > today:
        problems["issued_date"] = _(
            "Ngày văn bản %(day)s ở tương lai; xem lại ngày ghi trên văn bản.", day=_day(issued)
        )
    elif issued and issued.year < 1945:
        problems["issued_date"] = _("Ngày văn bản %(day)s không thể có; xem lại năm.", day=_day(issued))
    if issued and due and due < issued:
        problems["due_date"] = _("Hạn trả lời %(day)s trước ngày văn bản; xem lại hai ngày.", day=_day(due))
    if problems:
        raise InvalidInput(" ".join(problems.values()), problems)


def _as_date(value: Any) -> date | None:
    return value if isinstance(value, date) or not value else date.fromisoformat(str(value))


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def alike(
    session: Session, values: Mapping[str, Any], row: Scan | None = None, hashes: Sequence[str] = ()
) -> list[duplicates.Likeness]:
    """Earlier documents this one may be the same as."""
    held = [row.file_hash] if row is not None and row.file_hash else list(hashes)
    return duplicates.likely(session, actor().agency_id or 0, values, held)
