"""The list behind the bell, the way from a notice to what it is about, and reminding somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.clock import VIETNAM
from engine.directory.rules import may_administer
from engine.errors import InvalidInput
from engine.notices import commands, queries
from engine.notices.models import Notice
from engine.notices.queries import Row
from engine.notices.sentences import headline, matter
from engine.platform import Work
from web.layout import words
from web.session import actor, inside, moment_sent, now, platform

screen = Blueprint("notices", __name__)
ICONS = {
    "assigned": "inbox", "offered": "group", "returned": "retry", "taken-back": "out", "near": "clock", "late": "alert",
    "urged": "bell", "refused": "alert", "answered": "check", "standing-in": "stand-in", "ready": "download",
    "undelivered": "alert", "incident": "alert", "handed-over": "inbox", "dossiers-due": "clock", "loan": "file",
    "copy": "compare", "rejected": "retry", "escalated": "alert", "urgent": "bolt", "informed": "file",
    "report": "download", "rights-asked": "lock", "clearing": "lock", "signer": "pen", "outage": "alert",
}  # fmt: skip
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Day:
    """The notices of one day."""

    said: str
    rows: tuple[Row, ...]


@screen.get("/notices")
def index() -> Any:
    """List what somebody has been told, by day, newest first."""
    unread_only = request.args.get("show") == "unread"
    before = request.args.get("before", type=int)
    before = before if before is not None and 0 < before <= LARGEST else None
    with platform().reading() as reading:
        rows = queries.notices(
            reading, actor(), unread=unread_only, before_id=before, limit=queries.PAGE + 1,
        )  # fmt: skip
        unread = queries.unread(reading, actor())
    shown = rows[: queries.PAGE]
    return render_template(
        "notices/index.html", days=_by_day(shown), unread=unread, unread_only=unread_only, most=queries.MOST_COUNTED,
        newest=shown[0].id if shown else 0, older=shown[-1].id if len(rows) > queries.PAGE else None, before=before,
        **_words(),
    )  # fmt: skip


def _words() -> dict[str, Any]:
    return {"headline": lambda row: headline(row, _), "matter": matter, "icons": ICONS}


def _by_day(rows: Any) -> list[Day]:
    today = words.local_now(now()).date()
    return [
        Day(_day(day, today), tuple(some)) for day, some in groupby(rows, lambda row: row.at.astimezone(VIETNAM).date())
    ]


def _day(day: date, today: date) -> str:
    if day == today:
        return _("Hôm nay")
    return _("Hôm qua") if day == today - timedelta(days=1) else words.day(day)


@screen.get("/notices/<int:notice_id>")
def open_notice(notice_id: int) -> Any:
    """Lead to what a notice is about; it counts as read from then on."""
    row = platform().run(actor(), commands.read_notice, notice_id)
    return redirect(_about(row))


def _about(row: Notice) -> str:
    if row.kind == "ready":
        return url_for("registers.own_prints")
    if row.kind == "report":
        return url_for("reports.scheduled")
    if row.kind == "undelivered":
        return url_for("notices.sent")
    if row.kind == "standing-in":
        return url_for("worklist.inbox", box="stand-in")
    if row.kind == "handed-over":
        return url_for("succession.minutes", hand_over_id=row.details["hand_over"])
    if row.kind == "signer" and row.document_id:
        return url_for("drafting.signer", outgoing_id=row.document_id)
    if row.kind == "rights-asked":
        return url_for("rights.index")
    if row.kind == "clearing":
        return url_for("clearing.index")
    if row.kind == "loan":
        return url_for("archive.loans")
    if row.kind == "outage":
        return url_for("outages.outage", outage_id=row.details["outage"])
    if row.kind == "dossiers-due":
        return url_for("records.index", only="due")
    if row.kind == "incident":
        return url_for("instances.instance", instance_id=row.instance_id)
    if row.task_id is not None:
        return url_for("worklist.task", task_id=row.task_id)
    return url_for("documents.document", document_id=row.document_id) if row.document_id else url_for("notices.index")


@screen.post("/notices/<int:notice_id>/read")
def read(notice_id: int) -> Any:
    """Let a notice count as read, or as unread again; nothing else on the page moves."""
    if request.form.get("do") == "unread":
        platform().run(actor(), commands.unread_notice, notice_id)
    else:
        platform().run(actor(), commands.read_notice, notice_id)
    if not request.headers.get("HX-Request"):
        return redirect(inside(request.form.get("back")) or url_for("notices.index"), 303)
    with platform().reading() as reading:
        rows = queries.notices(reading, actor(), ids=[notice_id])
        unread = queries.unread(reading, actor())
    return render_template(
        "notices/row.html", row=rows[0], unread=unread, most=queries.MOST_COUNTED, alone=True, **_words()
    )


@screen.post("/notices/read")
def read_all() -> Any:
    """Let everything that was on the page count as read, not what has come since."""
    until = request.form.get("until", 0, type=int)

    def read(work: Work) -> tuple[int, datetime]:
        return commands.read_all(work, min(max(until, 0), LARGEST)), work.now

    count, at = platform().run(actor(), read)
    if count:
        flash(_("Đã đánh dấu %(count)s thông báo là đã đọc.", count=count), "done")
        flash(url_for("notices.unread_again", at=at.isoformat()), "undo")
    return redirect(url_for("notices.index"), 303)


@screen.post("/notices/unread")
def unread_again() -> Any:
    """Undo that: what one click marked as read counts as unread again."""
    at = moment_sent(request.args.get("at", ""))
    count = platform().run(actor(), commands.unread_again, at) if at else 0
    flash(_("Đã đánh dấu lại %(count)s thông báo là chưa đọc.", count=count), "done")
    return redirect(url_for("notices.index"), 303)


# --- Reminders -------------------------------------------------------------------------------------------------


@screen.post("/tasks/<int:task_id>/urge")
def urge(task_id: int) -> Any:
    """Urge who has a task, or who may take it (SYS-1.l–m)."""
    try:
        platform().run(actor(), commands.urge, task_id, request.form.get("message", ""))
        flash(_("Đã gửi đôn đốc."), "done")
    except InvalidInput as error:
        flash(str(error), "late")
    return redirect(url_for("worklist.task", task_id=task_id), 303)


@screen.get("/notices/sent")
def sent() -> Any:
    """Show the reminders a person has sent: read or not, and whether the letter arrived; to admins, lost letters."""
    own = may_administer(actor(), actor().agency_id or 0)
    with platform().reading() as reading:
        rows = queries.reminders_by(reading, actor())
        failed = queries.failed_letters(reading, actor().agency_id or 0) if own else None
    return render_template("notices/sent.html", rows=rows, failed=failed)
