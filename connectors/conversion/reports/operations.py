"""The operation that makes a report on schedule, as figures of the whole agency, as Excel and PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from connectors.conversion.reports import files, sheets
from connectors.conversion.reports.sheets import Sheet
from connectors.conversion.reports.wording import _
from engine.clock import VIETNAM
from engine.directory import queries as directory
from engine.errors import PermanentError, RequestError
from engine.instances.practice.reporting import periods, reports, schedules
from engine.instances.practice.reporting.models import ReportFile, ReportSchedule
from engine.instances.practice.reporting.periods import Period
from engine.instances.practice.reporting.scope import Scope
from engine.operations import Outside, operation, parameter
from engine.platform import Work, system

FORMATS = ("xlsx", "pdf")


@dataclass(frozen=True)
class MakeReport:
    """Make a report that a schedule asks for."""

    report: int = parameter("Báo cáo", kind="number")


@dataclass(frozen=True)
class Made:
    """The files by their hashes."""

    files: dict[str, str] = field(default_factory=dict)


def record(given: MakeReport, result: Mapping[str, Any], work: Work) -> None:
    """The files are there; whoever is to have the report is told."""
    schedules.finish(work, given.report, dict(result["files"]))


@operation(
    schedules.MAKE, version=1, name="Lập báo cáo theo lịch", outside=True, settle=record,
    legal_basis=("LA-11.3", "LA-14.4"),
)  # fmt: skip
def make_report(given: MakeReport, outside: Outside) -> Made:
    """Lập báo cáo của kỳ đã hết thành tệp Excel và PDF; chỉ có số lượng và tỷ lệ, không có nội dung văn bản."""
    platform = outside.platform
    now = platform.clock.now()
    try:
        with platform.reading() as session:
            row = session.get(ReportFile, given.report)
            if row is None:
                raise PermanentError("Báo cáo này không còn.")
            period = periods.chosen(row.period, "", "", now.astimezone(VIETNAM).date())
            sheet, whose = _sheet(session, row, period, now)
            agency = directory.agency(session, row.agency_id).name
    except RequestError as error:
        platform.run(system(outside.agency_id), schedules.fail, given.report, str(error))
        raise PermanentError(str(error)) from error
    by = _("hệ thống theo lịch")
    made = {}
    for extension in FORMATS:
        content = files.written(sheet, extension, agency=agency, whose=whose, period=period, made_at=now, made_by=by)
        made[extension] = platform.files.put(content)
    return Made(made)


def _sheet(session: Session, row: ReportFile, period: Period, now: Any) -> tuple[Sheet, str]:
    """The table of a report and whose figures stand in it: all agencies' only for a province's admin."""
    if row.kind == "published":
        by = session.get_one(ReportSchedule, row.schedule_id).made_by_id
        found = reports.published(session, directory.actor_of(session, by, now), period, now)
        return sheets.published(found), _("%(count)s cơ quan", count=len(found))
    report = reports.report_within(session, Scope(row.agency_id), period, now)
    sheet = sheets.quarterly(report) if row.kind == "quarterly" else sheets.timeliness(report, "unit", "tasks")
    return sheet, _("Toàn cơ quan")
