"""Who may see and keep a dossier, what may happen to it when, how long it is kept and when the archive gets it."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from engine.documents.models import Document
from engine.documents.rules import AGENCY_WIDE
from engine.platform import ALLOWED, Actor, Verdict
from engine.records.models import Dossier, DossierLoan

STATES = {
    "planned": "Trong danh mục, chưa mở", "open": "Đang lập", "closed": "Đã kết thúc",
    "offered": "Chờ lưu trữ nhận", "handed_over": "Đã nộp lưu",
    "destroyed": "Đã hủy, hết thời hạn bảo quản",
}  # fmt: skip
FOR_EVER = "Vĩnh viễn"
RIGHTS = ("Không hạn chế", "Hạn chế")
LEAST_YEARS_HANDED_OVER = 5
"""Dossiers kept at least so long must go to the archive (ND30-31.3.c)."""
NOTICE = timedelta(days=30)
LONGEST_DELAY_YEARS = 2
DONE = frozenset({"resolved", "filed", "returned", "issued", "closed", "recalled", "cancelled"})
"""Statuses in which nothing more is to be done about a document."""


# --- Who ------------------------------------------------------------------------------------------------------


def within(actor: Actor) -> ColumnElement[bool]:
    """Condition on Dossier: which ones the actor may see; what stands in them is asked of the documents' `within`.

    As there: clerk, leader, form checker (or who stands in for one) see all of their agency; everybody else those they
    or the people they stand in for keep, those of their units, what is lent to them; the archive,
    what is closed. Admins see none by their role.
    """
    if actor.is_system:
        return true() if actor.agency_id is None else Dossier.agency_id == actor.agency_id
    if actor.agency_id is None:
        return false()
    own = Dossier.agency_id == actor.agency_id
    if (actor.roles | actor.stand_in_groups) & AGENCY_WIDE:
        return own
    lent = select(DossierLoan.dossier_id).where(DossierLoan.person_id == actor.person_id, DossierLoan.state == "lent")
    mine: list[Any] = [Dossier.keeper_id.in_(_people(actor)), Dossier.id.in_(lent)]
    if units := _units(actor):
        mine.append(Dossier.unit_id.in_(units))
    if "archivist" in actor.roles | actor.stand_in_groups:
        mine.append(Dossier.state.in_(("closed", "offered", "handed_over", "destroyed")))
    return and_(own, or_(*mine))


def _people(actor: Actor) -> set[int]:
    limited = {person_id for person_id, kind in actor.stand_in_limits if kind == "dossier"}
    return {*actor.standing_in_for, *limited, *([actor.person_id] if actor.person_id is not None else [])}


def _units(actor: Actor) -> set[int]:
    return set(actor.unit_ids) | {int(g.partition("@")[2]) for g in actor.stand_in_groups if "@" in g}


def keeps_list(actor: Actor) -> Verdict:
    """The list of the year, freezing, the archive's side of a hand-over: the clerk (ND30-6.3, ND30-28)."""
    if actor.is_system or {"clerk", "archivist"} & (actor.roles | actor.stand_in_groups):
        return ALLOWED
    return Verdict(False, "Chỉ văn thư, lưu trữ cơ quan được làm việc này.", "ND30-6.3")


def may_keep(actor: Actor, dossier: Dossier) -> Verdict:
    """Filling and closing a dossier is its keeper's, or who stands in for them; the clerk helps (ND30-29.1)."""
    if keeps_list(actor) or dossier.keeper_id in _people(actor):
        return ALLOWED
    return Verdict(False, "Chỉ người lập hồ sơ hoặc văn thư được thay đổi hồ sơ này.", "ND30-29")


# --- What when ------------------------------------------------------------------------------------------------


def _moving(dossier: Dossier) -> Verdict:
    if dossier.frozen:
        return Verdict(False, f"Hồ sơ đang bị khóa: {dossier.frozen_reason}", "SYS-IV")
    return ALLOWED


def may_change(actor: Actor, dossier: Dossier) -> Verdict:
    """Whether documents may be put in or taken out, and fields changed: while it is open and not frozen."""
    for verdict in (may_keep(actor, dossier), _moving(dossier)):
        if not verdict:
            return verdict
    if dossier.state == "open":
        return ALLOWED
    if dossier.state == "planned":
        return Verdict(False, "Hồ sơ mới có trong danh mục; mở hồ sơ trước khi đưa văn bản vào.", "ND30-29.2")
    return Verdict(False, "Hồ sơ đã kết thúc; muốn thay đổi phải mở lại.", "ND30-29.4")


def may_open(actor: Actor, dossier: Dossier) -> Verdict:
    """A planned dossier is opened by its keeper."""
    for verdict in (may_keep(actor, dossier), _moving(dossier)):
        if not verdict:
            return verdict
    return ALLOWED if dossier.state == "planned" else Verdict(False, "Hồ sơ đã được mở.", "ND30-29.2")


def may_close(actor: Actor, dossier: Dossier, documents: Sequence[Document]) -> Verdict:
    """A dossier is closed when the work is done: everything in it resolved or issued (ND30-29.4)."""
    verdict = may_change(actor, dossier)
    if not verdict:
        return verdict
    if not documents:
        return Verdict(False, "Hồ sơ chưa có văn bản nào.", "ND30-29.4")
    unfinished = [each for each in documents if not settled(each)]
    if unfinished:
        named = "; ".join(f"“{each.code or each.subject[:60]}”" for each in unfinished[:3])
        more = f" và {len(unfinished) - 3} văn bản khác" if len(unfinished) > 3 else ""
        return Verdict(False, f"Còn văn bản chưa giải quyết xong: {named}{more}.", "ND30-29.4")
    return ALLOWED


def settled(document: Document) -> bool:
    """Whether nothing more is to be done about a document."""
    return document.status in DONE or document.destroyed_at is not None


def may_reopen(actor: Actor, dossier: Dossier) -> Verdict:
    """A closed dossier may be opened again until the archive has it."""
    for verdict in (may_keep(actor, dossier), _moving(dossier)):
        if not verdict:
            return verdict
    if dossier.state == "closed":
        return ALLOWED
    if dossier.state in ("offered", "handed_over", "destroyed"):
        return Verdict(False, "Hồ sơ đã giao lưu trữ cơ quan, không mở lại được.", "ND30-30.3.b")
    return Verdict(False, "Hồ sơ chưa kết thúc.")


def may_offer(actor: Actor, dossier: Dossier) -> Verdict:
    """A closed dossier is offered to the archive by its keeper (ND30-30.3.b)."""
    for verdict in (may_keep(actor, dossier), _moving(dossier)):
        if not verdict:
            return verdict
    if dossier.state == "closed":
        return ALLOWED
    said = {"offered": "Hồ sơ đang chờ lưu trữ nhận.", "handed_over": "Hồ sơ đã nộp lưu."}
    return Verdict(False, said.get(dossier.state, "Kết thúc hồ sơ trước khi nộp lưu."), "ND30-30.2")


def may_receive(actor: Actor, dossier: Dossier) -> Verdict:
    """The archive checks and takes an offered dossier, or gives it back (ND30-30.3.b)."""
    for verdict in (keeps_list(actor), _moving(dossier)):
        if not verdict:
            return verdict
    return ALLOWED if dossier.state == "offered" else Verdict(False, "Hồ sơ này không chờ nhận.", "ND30-30.3.b")


def may_delay(actor: Actor, dossier: Dossier) -> Verdict:
    """A unit that needs a dossier longer asks the head; the clerk notes the consent (ND30-31.3.d)."""
    if not keeps_list(actor):
        return keeps_list(actor)
    if dossier.state != "closed" or dossier.due_date is None:
        return Verdict(False, "Chỉ gia hạn giữ lại hồ sơ đã kết thúc và phải nộp lưu.", "ND30-31.3.d")
    if dossier.kept_longer:
        return Verdict(False, "Hồ sơ đã được gia hạn giữ lại một lần.", "ND30-31.3.d")
    return ALLOWED


def may_freeze(actor: Actor, dossier: Dossier) -> Verdict:
    """Locking against every change (SYS-IV); a planned dossier has nothing to lock."""
    if not keeps_list(actor):
        return keeps_list(actor)
    if dossier.frozen:
        return Verdict(False, "Hồ sơ đã bị khóa.", "SYS-IV")
    if dossier.state == "destroyed":
        return Verdict(False, "Hồ sơ đã hủy.", "SYS-IV")
    return ALLOWED if dossier.state != "planned" else Verdict(False, "Hồ sơ chưa mở.", "SYS-IV")


def may_export(dossier: Dossier, hidden: int) -> Verdict:
    """A whole dossier leaves only when it is closed, and only with somebody who may see everything in it."""
    if dossier.state in ("planned", "open"):
        return Verdict(False, "Kết thúc hồ sơ trước khi xuất.", "SYS-4")
    if dossier.state == "destroyed":
        return Verdict(False, "Hồ sơ đã hủy vì hết thời hạn bảo quản.", "SYS-4")
    if hidden:
        return Verdict(False, f"Hồ sơ có {hidden} văn bản ngoài phạm vi được xem nên không xuất trọn được.", "SYS-3.b")
    return ALLOWED


# --- How long -------------------------------------------------------------------------------------------------


def maintenance(years: int | None) -> str:
    """Retention in words, as forms and metadata have it."""
    return FOR_EVER if years is None else f"{years} năm"


def must_be_handed_over(years: int | None) -> bool:
    """Whether the archive gets it (ND30-31.3.c)."""
    return years is None or years >= LEAST_YEARS_HANDED_OVER


def hand_over_due(dossier: Dossier) -> date | None:
    """Until when: three months after settlement for construction, else a year after the end of the work (ND30-30.2)."""
    if dossier.end_date is None or not must_be_handed_over(dossier.retention_years):
        return None
    return later(dossier.end_date, months=3 if dossier.construction else 12)


def kept_until(dossier: Dossier) -> date | None:
    """The last day of its retention, counted from the end of the year of its end; none for ever or while open."""
    if dossier.end_date is None or dossier.retention_years is None:
        return None
    return date(min(dossier.end_date.year + dossier.retention_years, 9999), 12, 31)


def later(day: date, *, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
