"""Results taken away as a file: what the person sees, in the columns they chose, with count and page numbers."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from connectors.conversion import tables
from engine.clock import VIETNAM
from engine.documents import kinds
from engine.documents.searching import asking, commands, queries
from web.layout import words
from web.layout.headers import download
from web.search import columns
from web.search.routes import asked, choices, refresh, screen
from web.session import actor, now, platform

MOST = {"xlsx": 5000, "csv": 5000, "pdf": 1000, "docx": 1000}


@screen.get("/search/export/<any(xlsx, csv, pdf, docx):extension>")
def export(extension: str) -> Any:
    """Return the results as a file; noted in the audit trail with what was asked (SYS-6)."""
    criteria = asked()
    if not criteria.asked:
        flash(_("Nhập điều kiện tìm kiếm trước khi xuất kết quả."), "late")
        return redirect(url_for("search.results"), 303)
    refresh()
    most = MOST[extension]
    with platform().reading() as reading:
        page = queries.find(reading, actor(), criteria, limit=most)
        names = columns.names_for(reading, page.documents)
        shown = columns.shown(queries.chosen_columns(reading, actor().person_id or 0))
        registers, units = (dict(each) for each in choices(reading))
    rows = [[each.said(row, names) for each in shown] for row in page.documents]
    moment = now().astimezone(VIETNAM)
    counted = _("Số văn bản: %(count)s", count=len(rows))
    if page.after:
        counted = _("Chỉ gồm %(count)s văn bản đầu tiên; hãy thu hẹp điều kiện để có đủ.", count=most)
    table = tables.Table(
        title=_("Kết quả tìm kiếm văn bản"),
        heads=(
            _("Điều kiện: %(said)s", said=said_of(criteria, registers, units)),
            counted,
            _("Lập lúc %(moment)s bởi %(name)s", moment=words.moment(moment), name=actor().name),
        ),
        columns=tuple(tables.Column(str(each.title), each.width, each.figures) for each in shown),
        rows=tuple(tuple(row) for row in rows),
        page_said=_("Trang %(number)s", number="{page}"),
    )
    content = tables.WRITERS[extension](table)
    platform().run(actor(), commands.note_export, criteria, extension, len(rows))
    name = f"ket-qua-tim-kiem-{moment:%Y%m%d-%H%M}.{extension}"
    return download(content, name, tables.MEDIA_TYPES[extension])


def said_of(criteria: asking.Criteria, registers: dict[int, str], units: dict[int, str]) -> str:
    """What was asked, in a line of words."""
    plain = criteria.plain()
    said = {
        _("Từ cần tìm"): criteria.text,
        _("Đến hay đi"): asking.DIRECTIONS.get(criteria.direction),
        _("Loại văn bản"): criteria.kind,
        _("Trạng thái"): asking.STATUSES.get(criteria.status),
        _("Ngày văn bản từ"): plain.get("since"),
        _("Đến ngày"): plain.get("until"),
        _("Độ khẩn"): kinds.URGENCY.get(-1 if criteria.urgency is None else criteria.urgency),
        _("Nơi gửi hoặc nơi nhận"): criteria.organ,
        _("Người ký"): criteria.signer,
        _("Sổ văn bản"): registers.get(criteria.register or 0),
        _("Đơn vị soạn thảo hoặc xử lý"): units.get(criteria.unit or 0),
        _("Tệp kèm theo"): asking.ATTACHED.get(criteria.attached),
        _("Thứ tự"): asking.ORDERS[criteria.order],
    }
    return "; ".join(f"{name}: {value}" for name, value in said.items() if value)
