"""Approval of a year's list of dossiers: the clerk drafts it, the head of the agency approves it (ND30-28)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engine.directory.models import Person
from engine.documents.text import fitting
from engine.errors import Conflict, InvalidInput, NotFound
from engine.platform import ALLOWED, Actor, Verdict, Work
from engine.records import rules
from engine.records.models import Dossier, YearList

STATES = {"draft": "Đang lập", "submitted": "Chờ người đứng đầu phê duyệt", "approved": "Đã phê duyệt"}


def of_year(session: Session, agency_id: int, year: int) -> YearList | None:
    """How far the list of a year is; None while nobody has submitted it."""
    return session.scalar(select(YearList).where(YearList.agency_id == agency_id, YearList.year == year))


def may_submit(state: str, planned: int) -> Verdict:
    """A list is submitted when there is something in it and it isn't submitted or approved already (ND30-28)."""
    if state == "submitted":
        return Verdict(False, "Danh mục đang chờ người đứng đầu phê duyệt.", "ND30-28")
    if state == "approved":
        return Verdict(False, "Danh mục đã được phê duyệt; mở lại để bổ sung.", "ND30-28")
    return ALLOWED if planned else Verdict(False, "Danh mục chưa có hồ sơ dự kiến nào.", "ND30-28")


def may_enter(session: Session, agency_id: int, year: int) -> Verdict:
    """Headings and planned dossiers are entered while the list is being drafted."""
    row = of_year(session, agency_id, year)
    if row is None or row.state == "draft":
        return ALLOWED
    said = "đang chờ phê duyệt" if row.state == "submitted" else "đã được phê duyệt; mở lại danh mục để bổ sung"
    return Verdict(False, f"Danh mục hồ sơ năm {year} {said}.", "ND30-28")


def may_open_from(session: Session, dossier: Dossier) -> Verdict:
    """A planned dossier is opened once the list it stands in is approved; an agency that submits none isn't held up."""
    row = of_year(session, dossier.agency_id, dossier.year)
    if row is None or row.state == "approved" or (row.state == "draft" and row.decided_at is None):
        return ALLOWED
    if row.state == "draft" and row.issued_on is not None:
        return ALLOWED  # approved once, opened again for what is to be added
    return Verdict(False, f"Danh mục hồ sơ năm {dossier.year} chưa được phê duyệt.", "ND30-28")


def planned(session: Session, agency_id: int, year: int) -> int:
    """How many dossiers the list names."""
    query = select(func.count()).where(Dossier.agency_id == agency_id, Dossier.year == year, Dossier.listed)
    return session.scalar(query) or 0


def submit(work: Work, year: int) -> YearList:
    """Submit the list of a year to the head of the agency."""
    work.require(rules.keeps_list(work.actor))
    agency_id = work.actor.agency_id
    if agency_id is None:
        raise NotFound("Không tìm thấy cơ quan này.")
    work.session.execute(
        insert(YearList).values(agency_id=agency_id, year=year, state="draft", remark="").on_conflict_do_nothing()
    )
    row = _locked(work, agency_id, year)
    work.require(may_submit(row.state, planned(work.session, agency_id, year)))
    row.state, row.submitted_at, row.submitted_by_id, row.remark = "submitted", work.now, work.actor.person_id, ""
    work.note("dossier_list.submitted", "dossier_list", row.id, agency_id, year=year)
    return row


def approve(
    work: Work, agency_id: int, year: int, by: int | None, issued_on: date | None, remark: str = ""
) -> YearList:
    """Note the head's approval and the day the list is issued."""
    row = _waiting(work, agency_id, year)
    row.state, row.decided_at, row.decided_by_id = "approved", work.now, by
    row.issued_on = issued_on or work.now.date()
    row.remark = fitting("remark", "ý kiến", remark, 1000, lines=True)
    work.note("dossier_list.approved", "dossier_list", row.id, agency_id, year=year, issued_on=row.issued_on)
    return row


def give_back(work: Work, agency_id: int, year: int, by: int | None, remark: str) -> YearList:
    """Note what the head wants changed."""
    row = _waiting(work, agency_id, year)
    row.state, row.decided_at, row.decided_by_id = "draft", work.now, by
    row.remark = fitting("remark", "ý kiến", remark, 1000, required=True, lines=True)
    work.note("dossier_list.given_back", "dossier_list", row.id, agency_id, year=year, reason=row.remark)
    return row


def may_withdraw(session: Session, actor: Actor, row: YearList | None) -> Verdict:
    """Who submitted a list takes it back while nobody has decided; another clerk when the submitter has gone."""
    if row is None or row.state != "submitted":
        return Verdict(False, "Danh mục không chờ phê duyệt nên không có gì để rút lại.", "ND30-28")
    submitter = session.get(Person, row.submitted_by_id) if row.submitted_by_id else None
    gone = submitter is None or not submitter.active
    if row.submitted_by_id == actor.person_id or (gone and rules.keeps_list(actor)):
        return ALLOWED
    return Verdict(False, "Chỉ người đã trình rút lại được danh mục đang chờ phê duyệt.", "ND30-28")


def withdraw(work: Work, year: int, reason: str) -> tuple[YearList, str]:
    """Check that a submitted list may be taken back and read the reason; the diagram then gives it back."""
    row = _locked(work, work.actor.agency_id or 0, year)
    work.require(may_withdraw(work.session, work.actor, row))
    return row, fitting("reason", "lý do", reason, 500, required=True)


def reopen(work: Work, year: int, reason: str) -> YearList:
    """Open an approved list again for what has to be added; it is submitted anew."""
    work.require(rules.keeps_list(work.actor))
    row = _locked(work, work.actor.agency_id or 0, year)
    if row.state != "approved":
        raise Conflict("Danh mục chưa được phê duyệt nên không cần mở lại.")
    why = fitting("reason", "lý do", reason, 500, required=True)
    row.state, row.remark = "draft", why
    work.note("dossier_list.reopened", "dossier_list", row.id, row.agency_id, year=year, reason=why)
    return row


def _locked(work: Work, agency_id: int, year: int) -> YearList:
    query = select(YearList).where(YearList.agency_id == agency_id, YearList.year == year)
    row = work.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise InvalidInput(f"Danh mục hồ sơ năm {year} chưa được trình.")
    return row


def _waiting(work: Work, agency_id: int, year: int) -> YearList:
    row = _locked(work, agency_id, year)
    if row.state != "submitted":
        raise Conflict(f"Danh mục hồ sơ năm {year} không chờ phê duyệt.")
    return row
