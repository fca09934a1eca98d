"""A report taken away as a file: the same rows as on the screen, with whose they are, the period, who made it."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask_babel import gettext as _

from connectors.conversion import tables
from connectors.conversion.reports import files
from connectors.conversion.reports import sheets as figures
from engine.errors import InvalidInput
from engine.instances.practice.reporting import reports
from engine.instances.practice.reporting.periods import Period
from web.layout.headers import download
from web.reports.routes import chosen_dimension, chosen_period, chosen_subject, said_scope, screen
from web.session import actor, now, platform


@screen.get("/reports/file/<any(xlsx, pdf, csv, docx):extension>")
def export(extension: str) -> Any:
    """Return a report as a file; noted in the audit trail (SYS-6)."""
    kind, period = request.args.get("kind", "timeliness"), chosen_period()
    if kind not in files.NAMES:
        raise InvalidInput(_("Không có báo cáo này; hãy mở lại từ trang Báo cáo."))
    sheet, whose = _made(kind, period)
    content = files.written(
        sheet, extension, agency=g.agency.name, whose=whose, period=period, made_at=now(), made_by=actor().name
    )
    platform().run(actor(), reports.note_export, kind, period, extension)
    return download(content, files.file_name(kind, period, extension), tables.MEDIA_TYPES[extension])


def _made(kind: str, period: Period) -> tuple[figures.Sheet, str]:
    """Return the table of a report and whose figures stand in it."""
    subject = chosen_subject() if kind == "timeliness" else "tasks"
    with platform().reading() as reading:
        if kind == "published":
            found = reports.published(reading, actor(), period, now())
            return figures.published(found), _("%(count)s cơ quan", count=len(found))
        report = reports.report(reading, actor(), period, now(), subject)
        whose = said_scope(reading, report.scope)
    if kind == "quarterly":
        return figures.quarterly(report), whose
    return figures.timeliness(report, chosen_dimension(report.scope), subject), whose
