"""A report as a table for a file: whose figures, of which period, made when and by whom."""

from __future__ import annotations

from datetime import datetime

from connectors.conversion import tables
from connectors.conversion.reports import sheets
from connectors.conversion.reports.sheets import Sheet
from connectors.conversion.reports.wording import _, moment
from engine.instances.practice.reporting.periods import Period

NAMES = {"timeliness": "thuc-hien-thoi-han", "quarterly": "bao-cao-dinh-ky", "published": "so-lieu-cong-bo"}


def file_name(kind: str, period: Period, extension: str) -> str:
    """What the file of a report is called."""
    return f"{NAMES[kind]}-{period.first:%Y%m%d}-{period.last:%Y%m%d}.{extension}"


def written(
    sheet: Sheet, extension: str, *, agency: str, whose: str, period: Period, made_at: datetime, made_by: str
) -> bytes:
    """The bytes of a report as a kind of file that `tables` can write."""
    table = tables.Table(
        title=sheet.title,
        heads=(
            _("Cơ quan: %(name)s", name=agency),
            _("Phạm vi: %(whose)s", whose=whose),
            _(
                "Kỳ báo cáo: %(period)s; kỳ trước: %(before)s",
                period=sheets.said(period),
                before=sheets.said(period.before),
            ),
            _("Lập lúc %(moment)s bởi %(name)s", moment=moment(made_at), name=made_by),
        ),
        columns=tuple(tables.Column(head.title, head.width, head.figures) for head in sheet.heads),
        rows=tuple(row.cells for row in sheet.rows),
        strong=frozenset(number for number, row in enumerate(sheet.rows) if row.kind),
        signers=(_("NGƯỜI LẬP"), _("THỦ TRƯỞNG CƠ QUAN")),
        sign_here=_("(Ký, ghi rõ họ tên)"),
        dated=_("............, ngày ..... tháng ..... năm ........."),
        page_said=_("Trang %(number)s", number="{page}"),
    )
    return tables.WRITERS[extension](table)
