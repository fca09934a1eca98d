"""Results taken away as a file: what the person sees, in the columns they chose, with count and page numbers."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from connectors.conversion import tables
from engine.clock import VIETNAM
from engine.documents.searching import commands, queries
from web.layout import words
from web.search import columns
from web.search.routes import asked, refresh, screen
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
    rows = [[each.said(row, names) for each in shown] for row in page.documents]
    moment = now().astimezone(VIETNAM)
    counted = _("Số văn bản: %(count)s", count=len(rows))
    if page.after:
        counted = _("Chỉ gồm %(count)s văn bản đầu tiên; hãy thu hẹp điều kiện để có đủ.", count=most)
    table = tables.Table(
        title=_("Kết quả tìm kiếm văn bản"),
        heads=(
            _("Điều kiện: %(said)s", said=said_of(criteria.plain())),
            counted,
            _("Lập lúc %(moment)s bởi %(name)s", moment=words.moment(moment), name=actor().name),
        ),
        columns=tuple(tables.Column(str(each.title), each.width, each.figures) for each in shown),
        rows=tuple(tuple(row) for row in rows),
        page_said=_("Trang %(number)s", number="{page}"),
    )
    content = tables.WRITERS[extension](table)
    platform().run(actor(), commands.note_export, criteria, extension, len(rows))
    answer = Response(content, mimetype=tables.MEDIA_TYPES[extension])
    name = f"ket-qua-tim-kiem-{moment:%Y%m%d-%H%M}.{extension}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def said_of(plain: dict[str, str]) -> str:
    """What was asked, in a line."""
    names = {
        "q": _("từ"), "direction": _("đến hay đi"), "kind": _("loại"), "register": _("sổ"), "urgency": _("độ khẩn"),
        "since": _("từ ngày"), "until": _("đến ngày"), "status": _("trạng thái"), "organ": _("nơi gửi, nhận"),
        "signer": _("người ký"), "unit": _("đơn vị"), "attached": _("tệp kèm theo"), "order": _("thứ tự"),
    }  # fmt: skip
    return "; ".join(f"{names[name]}: {value}" for name, value in plain.items())
