"""Reports on schedule: what was made, which are to be made for whom, and the files."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from connectors.conversion import tables
from connectors.conversion.reports import files
from engine.clock import VIETNAM
from engine.directory import queries as directory
from engine.errors import Conflict, InvalidInput, NotFound
from engine.instances.practice.reporting import periods, reports, schedules
from engine.instances.practice.reporting import scope as scopes
from web.layout.headers import download
from web.reports.routes import screen
from web.session import actor, now, platform


@screen.get("/reports/scheduled")
def scheduled() -> Any:
    """List the reports that were made, and to who may schedule them what is to be made."""
    return _page()


@screen.post("/reports/schedules")
def add_schedule() -> Any:
    """Have a report made every quarter or month."""
    sent = request.form
    receivers = [int(each) for each in sent.getlist("receivers") if each.isdigit() and len(each) < 19]
    try:
        platform().run(actor(), schedules.add_schedule, sent.get("kind", ""), sent.get("every", ""), receivers)
    except InvalidInput as error:
        return _page(error.fields, chosen=receivers), 422
    except Conflict as error:
        return _page({"kind": str(error)}, chosen=receivers), 409
    flash(_("Đã lập lịch. Báo cáo đầu tiên được lập khi kỳ này kết thúc."), "done")
    return redirect(url_for("reports.scheduled"), 303)


@screen.post("/reports/schedules/<int:schedule_id>/end")
def end_schedule(schedule_id: int) -> Any:
    """Have a report made no more; those that were made stay."""
    platform().run(actor(), schedules.end_schedule, schedule_id)
    flash(_("Đã dừng lịch. Các báo cáo đã lập vẫn được giữ."), "done")
    return redirect(url_for("reports.scheduled"), 303)


@screen.get("/reports/made/<int:report_id>/<any(xlsx, pdf):format>")
def made_file(report_id: int, format: str) -> Any:
    """Return a report as it was made; noted in the audit trail (SYS-6)."""
    with platform().reading() as reading:
        row = schedules.report_file(reading, actor(), report_id)
    if format not in row.files:
        raise NotFound(_("Không tìm thấy báo cáo này."))
    period = periods.chosen(row.period, "", "", now().astimezone(VIETNAM).date())
    content = platform().files.get(row.files[format])
    platform().run(actor(), reports.note_export, row.kind, period, format)
    return download(content, files.file_name(row.kind, period, format), tables.MEDIA_TYPES[format])


def _page(problem: dict[str, str] | None = None, chosen: list[int] | None = None) -> str:
    with platform().reading() as reading:
        rows = schedules.made(reading, actor())
        in_force = schedules.in_force(reading, actor())
        may = schedules.may_schedule(actor())
        people = directory.people(reading, actor().agency_id or 0, active_only=True) if may else []
    return render_template(
        "reports/scheduled.html", rows=rows, in_force=in_force, may=may, people=people, title_of=schedules.title,
        kinds=schedules.KINDS, every=schedules.EVERY, problem=problem, sent=request.form if problem else None,
        chosen=chosen if chosen is not None else [actor().person_id], asked={},
        may_publish=bool(scopes.may_publish(actor())),
    )  # fmt: skip
