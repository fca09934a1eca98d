"""A report taken away as a file: the same rows as on the screen, with whose they are, the period, who made it."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask_babel import gettext as _

from connectors.conversion import tables
from engine.clock import VIETNAM
from engine.errors import InvalidInput
from engine.instances.practice.reporting import reports
from engine.instances.practice.reporting.periods import Period
from web.layout import words
from web.layout.headers import download
from web.reports import figures
from web.reports.routes import chosen_dimension, chosen_period, chosen_subject, said_scope, screen
from web.session import actor, now, platform

NAMES = {"timeliness": "thuc-hien-thoi-han", "quarterly": "bao-cao-dinh-ky", "published": "so-lieu-cong-bo"}


@screen.get("/reports/file/<any(xlsx, pdf, csv, docx):extension>")
def export(extension: str) -> Any:
    """Return a report as a file; noted in the audit trail (SYS-6)."""
    kind, period = request.args.get("kind", "timeliness"), chosen_period()
    if kind not in NAMES:
        raise InvalidInput(_("Không có báo cáo này; hãy mở lại từ trang Báo cáo."))
    sheet, whose = _made(kind, period)
    moment = now().astimezone(VIETNAM)
    table = tables.Table(
        title=sheet.title,
        heads=(
            _("Cơ quan: %(name)s", name=g.agency.name),
            _("Phạm vi: %(whose)s", whose=whose),
            _(
                "Kỳ báo cáo: %(period)s; kỳ trước: %(before)s",
                period=figures.said(period),
                before=figures.said(period.before),
            ),
            _("Lập lúc %(moment)s bởi %(name)s", moment=words.moment(moment), name=actor().name),
        ),
        columns=tuple(tables.Column(head.title, head.width, head.figures) for head in sheet.heads),
        rows=tuple(row.cells for row in sheet.rows),
        page_said=_("Trang %(number)s", number="{page}"),
    )
    content = tables.WRITERS[extension](table)
    platform().run(actor(), reports.note_export, kind, period, extension)
    name = f"{NAMES[kind]}-{period.first:%Y%m%d}-{period.last:%Y%m%d}.{extension}"
    return download(content, name, tables.MEDIA_TYPES[extension])


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
