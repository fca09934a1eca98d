"""What the page of a document shows besides its own fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from engine.audit import AuditEntry
from engine.copying import queries as copying
from engine.copying import rules as copying_rules
from engine.directory import queries as directory
from engine.directory.models import Person
from engine.directory.rules import ROLES
from engine.documents import queries as documents
from engine.documents import rules
from engine.documents.models import Dispatch, DispatchStatus, Document
from engine.drafts import queries as drafting
from engine.drafts import signers
from engine.drafts.layout.checking import summary
from engine.drafts.rules import may_draft
from engine.instances import queries as instances
from engine.intake import duplicates
from engine.opinions.rules import may_ask
from engine.platform import Actor, Verdict
from engine.records import queries as records
from engine.tasks import assignments, reminders
from engine.tasks import queries as worklists
from web.documents import holdings
from web.layout.words import Mark
from web.session import now

_MOST_LINES = 300


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the audit trail in words."""

    at: datetime
    who: str
    acting_for: str
    said: str
    about: str = ""  # which file, which print


@dataclass(frozen=True, slots=True)
class Reader:
    """Who has looked at a document: on how many days, when last."""

    who: str
    days: int
    last: datetime


def parts(session: Session, actor: Actor, document: Document) -> dict[str, Any]:
    """Read everything the page of `document` shows: what there is in one query, each list of it in one."""
    held = holdings.of_document(session, actor, document, now())
    dispatches = documents.dispatches(session, document.id) if held.dispatches else []
    lines = assignments.lines(session, document.id, now()) if held.lines else ()
    instructions = documents.instructions(session, document.id) if held.instructions else []
    opinions = documents.opinions(session, document.id) if held.opinions else []
    runs = instances.of_document(session, document.id)
    drafted = document.direction == "outgoing" and not rules.is_copy(document)
    may_copy = copying_rules.may_copy(document, copying.replaced_by(session, document.id) if held.links else "")
    people = _names(session, [row.person_id for row in (*instructions, *opinions)])
    people |= {document.drafter_id: held.drafter, document.signer_id: held.signer}
    return {
        "dispatches": dispatches,
        "statuses": _statuses(session, [dispatch.id for dispatch in dispatches]),
        "dispatch_mark": dispatch_mark,
        "lines": lines,
        "people_address": url_for("documents.assigned", document_id=document.id) if lines else "",
        "line_mark": line_mark,
        "reminders": reminders.of_document(session, document.id) if held.reminders else (),
        "instructions": instructions,
        "opinions": opinions,
        "opinion_rounds": held.rounds,
        "unoffered": missing(actor, document, bool(held.rounds), may_copy),
        "held": ", ".join(ROLES[role] for role in ROLES if role in actor.roles) or _("Không có vai trò nào"),
        "people": {key: name for key, name in people.items() if key is not None and name},
        "units": {document.unit_id: held.unit},
        "links": documents.links(session, actor, document.id) if held.links else (),
        "said_of_link": said_of_link,
        "copies": copying.of_document(session, actor, document.id) if held.copies else (),
        "copy_states": copying_rules.STATES,
        "copy_forms": copying_rules.FORMS,
        "may_copy": may_copy,
        "original": copying.original_of(session, document.id) if rules.is_copy(document) else None,
        "may_recall": rules.may_recall(actor, document),
        "may_be_answered": rules.may_be_answered(document),
        "may_have_slip": rules.may_have_slip(document),
        "codes": held.codes,
        "own": g.agency,  # of other agencies nobody sees a document
        "events": instances.timeline(session, runs),
        "runs": runs,
        "likenesses": duplicates.of_document(session, document) if document.arrival_number is None else [],
        "dossiers": records.of_document(session, actor, document.id) if held.dossiers else (),
        "open_tasks": worklists.open_on(session, document.id) if held.open_tasks else (),
        "drafts": _drafts(session, actor, document) if drafted else None,
        "unread": held.unread,
    }


def _drafts(session: Session, actor: Actor, document: Document) -> dict[str, Any]:
    """Return what the section of drafts says: how many versions, what the check of the file to be signed found."""
    file = drafting.file_to_check(session, document.id)
    check = drafting.check_of(session, file.id) if file is not None else None
    count = drafting.count(session, document.id)
    said = [_("%(count)s bản", count=count) if count else _("Chưa có bản nào.")]
    if check is not None and check.state == "done":
        said.append(summary(check.report))
    return {
        "said": " · ".join(said), "may": may_draft(actor, document), "file_id": file.id if file else None,
        "signer": signers.problem(session, document, directory.today(now())), "unsigned": signers.is_open(document),
    }  # fmt: skip


def _names(session: Session, ids: Iterable[int | None]) -> dict[int | None, str | None]:
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    return {row[0]: row[1] for row in session.execute(select(Person.id, Person.full_name).where(Person.id.in_(wanted)))}


def _statuses(session: Session, ids: Sequence[int]) -> dict[int, list[DispatchStatus]]:
    found: dict[int, list[DispatchStatus]] = {}
    if ids:
        rows = (
            select(DispatchStatus)
            .where(DispatchStatus.dispatch_id.in_(ids))
            .order_by(DispatchStatus.at, DispatchStatus.id)
        )
        for row in session.scalars(rows):
            found.setdefault(row.dispatch_id, []).append(row)
    return found


def said_of_link(kind: str, outward: bool) -> str:
    """Return what a link says from this document's side."""
    away = {
        "answers": _("Trả lời văn bản"), "replaces": _("Thay thế văn bản"), "corrects": _("Đính chính văn bản"),
        "recalls": _("Thu hồi văn bản"), "copies": _("Là bản sao của"),
    }  # fmt: skip
    back = {
        "answers": _("Được trả lời bằng"), "replaces": _("Được thay thế bằng"), "corrects": _("Được đính chính bằng"),
        "recalls": _("Bị thu hồi bằng"), "copies": _("Có bản sao"),
    }  # fmt: skip
    return (away if outward else back).get(kind, _("Liên quan đến"))


def recipients_of(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    """Document id → names of its recipients."""
    found: dict[int, list[str]] = {}
    if ids:
        rows = (
            select(Dispatch.document_id, Dispatch.recipient_name)
            .where(Dispatch.document_id.in_(ids))
            .order_by(Dispatch.id)
        )
        for document_id, name in session.execute(rows):
            found.setdefault(document_id, []).append(name)
    return found


def line_mark(state: str) -> Mark:
    """Return how the state of a line of an instruction is marked."""
    return {
        "unseen": Mark(_("chưa xem"), "", "ring"), "doing": Mark(_("đang làm"), "", "dot"),
        "done": Mark(_("đã xong"), "done", "check"), "late": Mark(_("quá hạn"), "late", "alert"),
        "returned": Mark(_("đã trả lại"), "today", "retry"),
    }[state]  # fmt: skip


def dispatch_mark(state: str, name: str) -> Mark:
    """Return how the state of a dispatch is marked."""
    if state in ("refused", "failed", "recall_denied"):
        return Mark(name, "late", "alert")
    if state in ("accepted", "assigned", "processing", "done"):
        return Mark(name, "done", "check")
    if state in ("recalled", "recalled_locally", "recall_asked"):
        return Mark(name, "today", "retry")
    return Mark(name, "", "clock" if state in ("planned", "queued", "sending") else "send")


@dataclass(frozen=True, slots=True)
class Missing:
    """An action that isn't offered on the page, and why."""

    action: str
    verdict: Verdict


def missing(actor: Actor, document: Document, asking: bool, may_copy: Verdict) -> list[Missing]:
    """Return the actions of a document's page that the actor doesn't have, each with the rule that says no."""
    if document.direction == "incoming":
        asked = [
            (_("Soạn văn bản trả lời"), rules.may_be_answered(document)),
            (_("Phiếu giải quyết, dấu đến"), rules.may_have_slip(document)),
        ]
    else:
        asked = [
            (_("Thêm bản dự thảo"), may_draft(actor, document)),
            (_("Chọn người ký khác"), signers.may_choose(actor, document)),
            (_("Thu hồi"), rules.may_recall(actor, document)),
        ]
    asked.append((_("Sao văn bản"), may_copy))
    if not asking:
        asked.append((_("Lấy ý kiến"), may_ask(actor, document, asking=False)))
    return [Missing(action, verdict) for action, verdict in asked if not verdict]


READ = ("document.read", "document.file_read")
PARTS = {"": (), "read": READ, "printed": ("document.printed",)}
"""What of the trail is shown: everything, who has looked, what was printed."""


def _trail(document: Document) -> tuple[Any, ...]:
    return (
        AuditEntry.subject_kind == "document", AuditEntry.subject_id == str(document.id),
        AuditEntry.agency_id == document.agency_id,
    )  # fmt: skip


def readers(session: Session, document: Document) -> list[Reader]:
    """Return who has looked at a document or its files, who looked last first; counted in the database."""
    day = cast(func.timezone("Asia/Ho_Chi_Minh", AuditEntry.at), Date)
    query = select(func.max(AuditEntry.person_name), func.count(func.distinct(day)), func.max(AuditEntry.at))
    query = query.where(*_trail(document), AuditEntry.action.in_(READ), AuditEntry.person_id.is_not(None))
    rows = query.group_by(AuditEntry.person_id).order_by(func.max(AuditEntry.at).desc()).limit(_MOST_LINES)
    return [Reader(*row) for row in session.execute(rows)]


def audit_lines(session: Session, document: Document, part: str = "") -> list[AuditLine]:
    """Return the newest lines of a document's audit trail, in words; of one part of it, if wanted."""
    query = select(AuditEntry).where(*_trail(document))
    if PARTS.get(part):
        query = query.where(AuditEntry.action.in_(PARTS[part]))
    rows = session.scalars(query.order_by(AuditEntry.id.desc()).limit(_MOST_LINES)).all()
    acting = _names(session, [row.acting_for_id for row in rows])
    said = actions()
    return [
        AuditLine(
            row.at, row.person_name, acting.get(row.acting_for_id or 0, ""), said.get(row.action, row.action),
            str(row.details.get("file") or row.details.get("what") or row.details.get("reason") or ""),
        )
        for row in rows
    ]  # fmt: skip


def actions() -> dict[str, str]:
    """Return what each audit action on a document is called."""
    return {
        "document.read": _("Xem văn bản"),
        "document.file_read": _("Mở tệp"),
        "document.printed": _("In, tải bản in"),
        "document.drafted": _("Soạn dự thảo"),
        "document.passed_mark": _("Cho qua tệp có dấu chỉ độ mật"),
        "document.arrived": _("Văn bản vào hệ thống"),
        "document.changed": _("Sửa thông tin"),
        "document.checked": _("Kiểm tra văn bản"),
        "document.registered": _("Đăng ký vào sổ"),
        "document.entered_afterwards": _("Nhập bổ sung sau sự cố hệ thống"),
        "document.refused": _("Từ chối tiếp nhận"),
        "document.instructed": _("Ghi bút phê"),
        "document.assigned": _("Phân công"),
        "document.people_added": _("Thêm người, đơn vị vào phân công"),
        "document.person_removed": _("Bớt người, đơn vị khỏi phân công"),
        "document.postponed": _("Gia hạn xử lý"),
        "document.opinion_recorded": _("Ghi ý kiến"),
        "opinions.asked": _("Gửi phiếu lấy ý kiến"),
        "opinions.given": _("Góp ý kiến"),
        "opinions.explained": _("Tiếp thu, giải trình ý kiến"),
        "opinions.closed": _("Kết thúc lấy ý kiến"),
        "document.status_changed": _("Chuyển trạng thái"),
        "document.signer_changed": _("Chọn người ký khác"),
        "document.numbered": _("Cấp số"),
        "document.signed": _("Ký số cá nhân"),
        "document.sealed": _("Ký số cơ quan"),
        "document.issued": _("Phát hành"),
        "document.linked": _("Liên kết văn bản"),
        "document.resolved": _("Ghi kết quả xử lý"),
        "document.filed": _("Lưu hồ sơ"),
        "document.destroyed": _("Hủy nội dung theo thu hồi"),
        "document.frozen": _("Khóa văn bản đã thu hồi"),
        "document.put_in_dossier": _("Đưa vào hồ sơ"),
        "document.taken_out_of_dossier": _("Rút khỏi hồ sơ"),
        "document.file_added": _("Đính kèm tệp"),
        "document.version_added": _("Thêm bản dự thảo"),
        "document.layout_checked": _("Kiểm tra thể thức"),
        "document.lead_replaced": _("Đổi đơn vị chủ trì"),
        "document.deadline_suspended": _("Tạm dừng thời hạn chờ bổ sung"),
        "document.deadline_resumed": _("Cho thời hạn chạy tiếp"),
        "document.copy_certified": _("Ghi dấu và ký số bản số hóa"),
        "document.copy_asked": _("Đề nghị sao văn bản"),
        "document.copy_granted": _("Cho sao văn bản"),
        "document.copy_refused": _("Không cho sao hoặc không làm được"),
        "document.drafted_as_copy": _("Lập thành bản sao"),
        "document.copy_handed_out": _("Giao bản sao giấy"),
        "document.copy_issued": _("Phát hành bản sao"),
        "document.duplicate_accepted": _("Đăng ký dù giống văn bản trước"),
        "document.file_removed": _("Gỡ tệp"),
        "document.main_replaced": _("Thay tệp chính"),
        "document.verified": _("Kiểm tra chữ ký số"),
        "status.reported": _("Báo trạng thái cho bên gửi"),
        "message.repeated": _("Nhận lại bản tin đã có"),
        "recall.received": _("Nhận yêu cầu thu hồi"),
    }
