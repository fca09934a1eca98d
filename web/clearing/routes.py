"""Stopped files: asked for by who brings them in, decided by a leader, passed once; nobody does it alone (LA-1.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.documents.editing import Upload
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.intake import clearing, queries
from web.layout.forms import uploads
from web.session import actor, platform

screen = Blueprint("clearing", __name__)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What wasn't taken: at the form one asks with, or at the request one decides on."""

    fields: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)
    scan_id: int | None = None


@screen.get("/stopped-files")
def index() -> Any:
    """List what waits and what was decided, beside the form to ask with."""
    return _page(Wrong(scan_id=request.args.get("scan", type=int)))


def _page(wrong: Wrong) -> Any:
    if not clearing.may_ask(actor()):
        raise NotFound(_("Trang này dành cho văn thư, người soạn thảo và lãnh đạo cơ quan."))
    with platform().reading() as session:
        waiting = clearing.lines(session, actor(), open_ones=True)
        past = clearing.lines(session, actor(), open_ones=False)
        scan = queries.scan(session, actor(), wrong.scan_id) if wrong.scan_id is not None else None
    page = render_template(
        "clearing/index.html", waiting=[(line, clearing.may_decide(actor(), line.row)) for line in waiting], past=past,
        states=clearing.STATES, errors=wrong.fields, reasons=wrong.reasons, sent=request.form,
        scan=scan if scan is not None and scan.state == "stopped" else None,
        largest=platform().settings.max_upload_bytes,
    )  # fmt: skip
    return page, 422 if wrong.fields or wrong.reasons else 200


@screen.post("/stopped-files")
def ask() -> Any:
    """Ask for a stopped scan, or for a file that is chosen once more; the file itself isn't kept."""
    scan_id, reason = request.form.get("scan", type=int), request.form.get("reason", "")
    if not clearing.may_ask(actor()):
        raise NotFound(_("Trang này dành cho văn thư, người soạn thảo và lãnh đạo cơ quan."))
    try:
        if scan_id is not None:
            platform().run(actor(), clearing.ask_for_scan, scan_id, reason)
        else:
            platform().run(actor(), clearing.ask_for_file, _given(), reason)
    except InvalidInput as error:
        return _page(Wrong(error.fields or {"reason": str(error)}, scan_id=scan_id))
    except Conflict as error:
        flash(str(error), "late")
    else:
        flash(_("Đã đề nghị. Giữ nguyên tệp: chỉ đúng tệp này được cho qua, quét lại thành tệp khác."), "done")
    return redirect(url_for("clearing.index"), 303)


def _given() -> Upload | None:
    for each in uploads("file")[:1]:
        each.handle.seek(0)
        return Upload(each.name, each.handle.read())
    return None


@screen.post("/stopped-files/<int:clearance_id>/<any(confirm, refuse, withdraw):decision>")
def decide(clearance_id: int, decision: str) -> Any:
    """Let a file pass, say no with the reason, or take back what one asked for."""
    said = {
        "confirm": _("Đã cho qua: người đề nghị gửi lại đúng tệp đó được một lần."),
        "refuse": _("Đã ghi không cho qua."), "withdraw": _("Đã rút lại đề nghị."),
    }  # fmt: skip
    commands: dict[str, Callable[..., Any]] = {"confirm": clearing.grant, "withdraw": clearing.withdraw}
    try:
        if decision == "refuse":
            platform().run(actor(), clearing.refuse, clearance_id, request.form.get("reason", ""))
        else:
            platform().run(actor(), commands[decision], clearance_id)
    except InvalidInput as error:
        return _page(Wrong(reasons={clearance_id: error.fields.get("reason", str(error))}))
    except (Conflict, NotAllowed) as error:
        flash(str(error), "late")
    else:
        flash(said[decision], "done")
    return redirect(url_for("clearing.index"), 303)
