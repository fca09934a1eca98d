"""Reports on schedule: what an agency gets every quarter or month, for whom, and the files made (LA-11.3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engine import occasions
from engine.clock import VIETNAM
from engine.directory.models import Person
from engine.errors import Conflict, InvalidInput, NotFound
from engine.instances.practice.reporting import scope as scopes
from engine.instances.practice.reporting.models import ReportFile, ReportSchedule
from engine.instances.practice.reporting.periods import Period, month_of, quarter_of
from engine.platform import ALLOWED, Actor, Verdict, Work

MAKE = "conversion.make-report"
KINDS = {"quarterly": "Báo cáo định kỳ", "timeliness": "Thực hiện thời hạn", "published": "Số liệu công bố"}
EVERY = {"quarter": "Hằng quý", "month": "Hằng tháng"}
MOST = 20
"""Schedules an agency has at once, and people who get one report."""
CATCHING_UP = 12
"""Periods made up for when no worker ran; older ones are made by hand on the screen."""


def may_schedule(actor: Actor) -> Verdict:
    """Who may see the figures of the whole agency has them made on schedule (LA-11.3, LA-14.4)."""
    if actor.agency_id is not None and scopes.may_publish(actor):
        return ALLOWED
    return Verdict(False, "Lịch báo cáo do văn thư, lãnh đạo hoặc quản trị của cơ quan lập.", "LA-11.3")


def add_schedule(work: Work, kind: str, every: str, receivers: Collection[int]) -> ReportSchedule:
    """Have a report made whenever a quarter or month is over, for these people; the present one is the first.

    InvalidInput names the field, Conflict when the agency has the same report in the same rhythm already.
    """
    work.require(may_schedule(work.actor))
    agency_id, person_id = work.actor.agency_id, work.actor.person_id
    assert agency_id is not None
    assert person_id is not None
    _checked(work, agency_id, kind, every, receivers)
    under_way = work.session.scalars(
        select(ReportSchedule).where(ReportSchedule.agency_id == agency_id, ReportSchedule.ended_at.is_(None))
    ).all()
    if any((each.kind, each.every) == (kind, every) for each in under_way):
        raise Conflict("Cơ quan đã có lịch cho báo cáo này; dừng lịch cũ trước khi lập lịch mới.")
    row = ReportSchedule(
        agency_id=agency_id, kind=kind, every=every, receivers=sorted(set(receivers)), made_by_id=person_id,
        made_at=work.now, next_at=_period(every, work.now).ends, ended_at=None,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    work.note("report.scheduled", "report-schedule", row.id, kind=kind, every=every, receivers=row.receivers)
    return row


def _checked(work: Work, agency_id: int, kind: str, every: str, receivers: Collection[int]) -> None:
    wrong = {}
    if kind not in KINDS:
        wrong["kind"] = "Chọn báo cáo trong danh sách."
    if every not in EVERY:
        wrong["every"] = "Chọn hằng quý hoặc hằng tháng."
    own = select(Person.id).where(Person.agency_id == agency_id, Person.active, Person.id.in_(receivers))
    if not receivers or set(receivers) != set(work.session.scalars(own)):
        wrong["receivers"] = "Chọn ít nhất một người nhận đang làm việc trong cơ quan."
    elif len(set(receivers)) > MOST:
        wrong["receivers"] = f"Chọn không quá {MOST} người nhận."
    if wrong:
        raise InvalidInput("Lịch báo cáo chưa lập được.", wrong)


def end_schedule(work: Work, schedule_id: int) -> None:
    """Have it made no more; what was made stays. NotFound for another agency's."""
    work.require(may_schedule(work.actor))
    row = work.session.get(ReportSchedule, schedule_id)
    if row is None or row.agency_id != work.actor.agency_id or row.ended_at is not None:
        raise NotFound("Không tìm thấy lịch báo cáo này.")
    row.ended_at = work.now
    work.note("report.unscheduled", "report-schedule", row.id, kind=row.kind)


def _period(every: str, moment: datetime) -> Period:
    day = moment.astimezone(VIETNAM).date()
    return quarter_of(day) if every == "quarter" else month_of(day)


def order_due(work: Work, limit: int = 50) -> int:
    """Order the reports whose period is over; how many. A period is ordered once, whoever comes first."""
    due = select(ReportSchedule).where(ReportSchedule.next_at <= work.now, ReportSchedule.ended_at.is_(None))
    ordered = 0
    rows = work.session.scalars(due.order_by(ReportSchedule.next_at).limit(limit).with_for_update(skip_locked=True))
    for row in rows.all():
        present = _period(row.every, work.now)
        over, wanted = present.before, list[Period]()
        while over.ends >= row.next_at and len(wanted) < CATCHING_UP:
            wanted.append(over)
            over = over.before
        ordered += sum(_order(work, row, each) for each in reversed(wanted))
        row.next_at = present.ends
    return ordered


def _order(work: Work, row: ReportSchedule, period: Period) -> bool:
    values = {
        "agency_id": row.agency_id, "schedule_id": row.id, "kind": row.kind, "period": period.key,
        "receivers": row.receivers, "state": "waiting", "files": {}, "problem": "", "ordered_at": work.now,
    }  # fmt: skip
    made = insert(ReportFile).values(**values).on_conflict_do_nothing(index_elements=["schedule_id", "period"])
    report_id = work.session.scalar(made.returning(ReportFile.id))
    if report_id is not None:
        work.send(MAKE, {"report": report_id}, agency_id=row.agency_id)
    return report_id is not None


def finish(work: Work, report_id: int, files: Mapping[str, str]) -> None:
    """The files are there; tell who is to have them."""
    row = work.session.get(ReportFile, report_id)
    if row is None or row.state == "done":
        return
    row.state, row.files, row.made_at, row.problem = "done", dict(files), work.now, ""
    for person_id in row.receivers:
        work.tell(occasions.REPORT, row.agency_id, person_id=person_id, details={"report": row.id, "title": title(row)})
    work.note("report.made", "report", row.id, agency_id=row.agency_id, kind=row.kind, period=row.period)


def fail(work: Work, report_id: int, problem: str) -> None:
    """It can't be made; why, in words."""
    row = work.session.get(ReportFile, report_id)
    if row is not None and row.state != "done":
        row.state, row.problem = "failed", problem[:500]


def title(row: ReportFile) -> str:
    """What a report is called in lists and notices."""
    year, part = row.period.split("-")
    said = f"quý {('I', 'II', 'III', 'IV')[int(part[1]) - 1]}" if part.startswith("Q") else f"tháng {int(part)}"
    return f"{KINDS[row.kind]} {said} năm {year}"


# --- Queries ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A schedule with the names of who gets the report."""

    row: ReportSchedule
    receivers: tuple[str, ...]


def in_force(session: Session, actor: Actor) -> Sequence[Scheduled]:
    """The schedules of the actor's agency, oldest first; for who may make them."""
    if not may_schedule(actor):
        return ()
    rows = select(ReportSchedule).where(ReportSchedule.agency_id == actor.agency_id, ReportSchedule.ended_at.is_(None))
    found = session.scalars(rows.order_by(ReportSchedule.id)).all()
    ids = {person_id for row in found for person_id in row.receivers}
    names = {r[0]: r[1] for r in session.execute(select(Person.id, Person.full_name).where(Person.id.in_(ids)))}
    return [Scheduled(row, tuple(names.get(each, "") for each in row.receivers)) for row in found]


def made(session: Session, actor: Actor, limit: int = 100) -> Sequence[ReportFile]:
    """The reports the actor may have, newest first: of the agency for who may schedule them, else those for oneself."""
    rows = select(ReportFile).where(_theirs(actor)).order_by(ReportFile.id.desc()).limit(limit)
    return session.scalars(rows).all()


def report_file(session: Session, actor: Actor, report_id: int) -> ReportFile:
    """One of them; NotFound for any other."""
    row = session.scalar(select(ReportFile).where(ReportFile.id == report_id, _theirs(actor)))
    if row is None:
        raise NotFound("Không tìm thấy báo cáo này.")
    return row


def _theirs(actor: Actor) -> ColumnElement[bool]:
    own = ReportFile.agency_id == actor.agency_id
    if may_schedule(actor):
        return own
    return own & ReportFile.receivers.contains([actor.person_id])
