"""The inbox, and the page on which one task is done."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.copying import queries as copying
from engine.definitions import queries as definitions
from engine.directory import queries as directory
from engine.directory.models import Person
from engine.directory.rules import ROLES
from engine.documents import kinds
from engine.documents import queries as documents
from engine.documents.models import Document
from engine.documents.text import fold
from engine.drafts import signers
from engine.errors import Conflict, InvalidInput, NotFound
from engine.forms.form import Form
from engine.instances import commands as instances
from engine.instances import queries
from engine.instances.answers import form_of
from engine.instances.mending import taking_back
from engine.instances.models import Instance
from engine.instances.queries import TaskView
from engine.instances.timing import deadlines
from engine.instances.timing.suspending import LONGEST_REASON, may_suspend, resume_task, suspend_task
from engine.intake import duplicates
from engine.notices import queries as notices
from engine.notices.rules import LONGEST_MESSAGE, may_urge
from engine.platform import Verdict
from engine.tasks import commands as tasks
from engine.tasks import kept, reminders
from engine.tasks import queries as worklists
from engine.tasks import rules as task_rules
from engine.tasks.models import Task
from web.layout import navigation, papers, words
from web.layout.forms import again, posted
from web.session import actor, now, platform
from web.worklist import narrowing, why

screen = Blueprint("worklist", __name__)
PAGE = 50
NO_VERSION = 0
LONGEST_RECKONING = 31  # days shown one by one


@screen.get("/")
def inbox() -> Any:
    """Show what waits for me, for my groups, for whom I stand in, or is due soon; due soonest first."""
    box = request.args.get("box", "mine")
    if box not in worklists.BOXES:
        raise NotFound(_("Không có hộp việc này."))
    start = max(request.args.get("start", 0, type=int), 0)
    wanted = request.args.get("q", "").strip()[:200]
    chosen, opened = narrowing.asked(), None
    with platform().reading() as reading:
        if (kept_id := request.args.get("kept", type=int)) is not None:
            opened = kept.kept_filter(reading, actor(), min(max(kept_id, 0), 2**63 - 1))
            box, wanted, chosen = opened.box, opened.search, opened.wanted
        rows = worklists.inbox(
            reading, actor(), box, now(), limit=PAGE + 1, offset=start, search=fold(wanted), wanted=chosen
        )
        counts = navigation.beside(reading).waiting.boxes
        shown = narrowing.shown(reading, box, chosen, wanted)
        calendar = directory.office_calendar(reading, actor().agency_id or 0)
    deadlines = {row.id: words.deadline(row.due_at, now(), calendar, suspended=row.suspended) for row in rows}
    return render_template(
        "worklist/inbox.html", box=box, rows=rows[:PAGE], deadlines=deadlines, counts=counts, q=wanted,
        start=start, more=len(rows) > PAGE, page=PAGE, facets=shown, here=narrowing.here(box, chosen, wanted),
        kept=opened, shares=_shares(), roles=ROLES,
        forgettable=opened is not None and kept.may_forget(actor(), opened.person_id, opened.role),
    )  # fmt: skip


@screen.get("/tasks/counts")
def counts() -> Any:
    """Answer the sidebar's question for counts; nothing else on the page moves."""
    with platform().reading() as reading:
        waiting = notices.waiting(reading, actor(), now())
    return render_template("worklist/counts.html", waiting=waiting)


@screen.get("/tasks/news")
def news() -> Any:
    """Say that the list has changed since it was shown; the rows stay where they are until the person asks."""
    box = request.args.get("box", "mine")
    if box not in worklists.BOXES:
        raise NotFound(_("Không có hộp việc này."))
    shown = request.args.get("shown", 0, type=int)
    chosen, wanted = narrowing.asked(), request.args.get("q", "").strip()[:200]
    with platform().reading() as reading:
        found = worklists.counts(reading, actor(), now())[box]
        facets = narrowing.shown(reading, box, chosen, wanted)
    here = narrowing.here(box, chosen, wanted)
    return render_template("worklist/news.html", box=box, more=found - shown, facets=facets, here=here)


@screen.get("/tasks/<int:task_id>")
def task(task_id: int) -> Any:
    """Show one task: the document, what is asked, the form, history and diagram."""
    page, unseen = _task_page(task_id)
    if unseen:
        platform().run(actor(), tasks.note_opened, task_id)
    return page


@screen.post("/tasks/<int:task_id>")
def complete(task_id: int) -> Any:
    """Finish the task with the form's answers; what is wrong is told at each field and nothing is lost."""
    name, form = _asked(task_id)
    sent = posted(form) if form else {}
    shown = _shown_version()
    try:
        done = platform().run(actor(), instances.complete_task, task_id, sent, shown)
    except InvalidInput as error:
        return _task_page(task_id, sent=sent, problem=error)[0], 422
    except Conflict:
        if not _is_stale(task_id, shown):
            raise
        stale = _("Việc này đã thay đổi sau khi bạn mở trang; những gì bạn đã nhập vẫn còn. Xem lại rồi gửi lần nữa.")
        return _task_page(task_id, sent=sent, problem=InvalidInput(stale))[0], 409
    flash(_("Đã hoàn thành: %(name)s.", name=name), "done")
    with platform().reading() as reading:
        following = worklists.waiting_for(reading, actor(), done.document_id, now())
        if following is None and request.form.get("then") == "next":
            following = worklists.next_of_mine(reading, actor(), now())
    if not done.ended:  # whether it can be is asked on the task's page, not by everybody who completes something
        flash(url_for("worklist.task", task_id=task_id), "take-back")
    return redirect(url_for("worklist.task", task_id=following) if following else url_for("worklist.inbox"), 303)


@screen.get("/tasks/<int:task_id>/deadline")
def deadline(task_id: int) -> Any:
    """Explain how a task's deadline was reckoned, day by day."""
    with platform().reading() as reading:
        found = deadlines.explain(reading, actor(), task_id, now())
        document = documents.seen(reading, actor(), found.task.document_id)
    return render_template(
        "worklist/deadline.html", found=found, task=found.task, document=document, longest=LONGEST_RECKONING,
        counted=lambda spans: sum((ends - begins for begins, ends in spans), timedelta(0)),
        duration=lambda seconds: timedelta(seconds=max(seconds, 0)),
    )  # fmt: skip


@screen.post("/tasks/<int:task_id>/claim")
def claim(task_id: int) -> Any:
    """Take a task of one of my groups."""
    platform().run(actor(), tasks.claim_task, task_id)
    return redirect(url_for("worklist.task", task_id=task_id), 303)


@screen.post("/tasks/<int:task_id>/release")
def release(task_id: int) -> Any:
    """Give a task back to its group."""
    platform().run(actor(), tasks.release_task, task_id)
    flash(_("Đã trả việc về nhóm."), "done")
    return redirect(url_for("worklist.inbox", box="groups"), 303)


@screen.post("/tasks/<int:task_id>/suspend")
def suspend(task_id: int) -> Any:
    """Let a task's deadline stand still while a supplement is awaited, or run on."""
    try:
        if request.form.get("do") == "resume":
            platform().run(actor(), resume_task, task_id)
            flash(_("Thời hạn được tính tiếp với thời gian làm việc còn lại."), "done")
        else:
            platform().run(actor(), suspend_task, task_id, request.form.get("reason", ""))
            flash(_("Đã tạm dừng thời hạn. Khi có bổ sung, chọn Tính tiếp thời hạn."), "done")
    except InvalidInput as error:
        flash(str(error), "late")
    return redirect(url_for("worklist.task", task_id=task_id), 303)


@screen.post("/tasks/<int:task_id>/hand-over")
def hand_over(task_id: int) -> Any:
    """Pass a task on to a colleague."""
    person_id, unit_id = (request.form.get(name, type=int) for name in ("person", "unit"))
    note = request.form.get("note", "")
    if person_id is not None:
        platform().run(actor(), tasks.hand_over_task, task_id, person_id, note)
    elif unit_id is not None:
        platform().run(actor(), tasks.forward_line, task_id, unit_id, note)
    else:
        raise InvalidInput(_("Chọn người nhận việc rồi chuyển lại."))
    flash(_("Đã chuyển việc."), "done")
    return redirect(url_for("worklist.inbox"), 303)


def _shares() -> dict[str, str]:
    """Return the roles somebody may share a filter with, by name."""
    return {role: name for role, name in ROLES.items() if kept.may_share(actor(), role)}


def _shown_version() -> int | None:
    """Return the version the form was shown with; what is no version is older than any."""
    sent = request.form.get("version")
    if sent is None:
        return None
    return int(sent) if re.fullmatch("[0-9]{1,9}", sent) else NO_VERSION


def _is_stale(task_id: int, shown: int | None) -> bool:
    """Tell whether the task still waits, only its page was old: then the person may look again and send again."""
    with platform().reading() as reading:
        found = reading.get(Task, task_id)
        return found is not None and found.state == "open" and shown is not None and found.version != shown


def _asked(task_id: int) -> tuple[str, Form | None]:
    """Return a task's name and form, to read what was posted; whether it may be done is the command's affair."""
    with platform().reading() as reading:
        found = reading.get(Task, task_id)
        if found is None or found.agency_id != actor().agency_id:
            raise NotFound(_("Không tìm thấy việc này."))
        version_id = reading.scalar(select(Instance.version_id).where(Instance.id == found.instance_id))
        return found.name, form_of(definitions.ready(reading, version_id or 0), found)


def _retractable(reading: Session, task_id: int) -> Verdict:
    """Tell whether a task just completed could be taken back."""
    return taking_back.may_take_back(reading, actor(), platform().catalog, reading.get_one(Task, task_id))


def _task_page(
    task_id: int, sent: dict[str, Any] | None = None, problem: InvalidInput | None = None
) -> tuple[str, bool]:
    """Return the page of a task, and whether nobody who may do it has looked at it before."""
    with platform().reading() as reading:
        view = queries.task(reading, actor(), task_id, now())
        calendar = directory.office_calendar(reading, view.task.agency_id)
        shown = _document_part(reading, view)
        course = queries.course(reading, view.instance)
        passing = _passing(reading, view)
        unoffered = why.missing(reading, actor(), view)
        others = view.may_complete and worklists.next_of_mine(reading, actor(), now(), besides=task_id)
        reminded = reminders.of_task(reading, task_id) if view.reminded else ()
        retractable = _retractable(reading, task_id) if view.task.completed_by_id == actor().person_id else None
        errors = (problem.fields or {"": str(problem)}) if problem else None
        # inside: pickers ask the database, and a session asked after its end keeps a connection of the pool
        form = view.form.view(again(view.form, sent, view.context), view.context, errors) if view.form else None
    page = render_template(
        "worklist/task.html", view=view, task=view.task, form=form, problem=problem, **passing,
        deadline=words.deadline(view.task.due_at, now(), calendar, suspended=view.task.suspended_at is not None),
        unoffered=unoffered, others=others, reminded=reminded,
        retractable=retractable,
        may_suspend=may_suspend(actor(), view.task), longest_reason=LONGEST_REASON,
        may_urge=may_urge(actor(), view.task), longest_message=LONGEST_MESSAGE, **shown,
        events=course.events, tokens=course.tokens, visited=course.visited,
    )  # fmt: skip
    return page, bool(view.may_complete) and view.task.opened_at is None and view.task.state == "open"


def _passing(reading: Session, view: TaskView) -> dict[str, Any]:
    """Whom a task can be passed on to, from whom it came, and how often anybody was urged about it."""
    task, open_ = view.task, view.task.state == "open"
    may_forward = task_rules.may_forward(actor(), task, view.groups)
    handed_by = reading.get(Person, task.handed_by_id) if task.handed_by_id else None
    return {
        "colleagues": worklists.receivers(reading, task, view.groups, now()) if open_ and view.may_release else [],
        "other_units": directory.units(reading, task.agency_id) if open_ and may_forward else [],
        "handed_by": handed_by.full_name if handed_by else "",
    }


def _concerned(view: TaskView) -> bool:
    return bool(view.may_complete or view.may_claim) or actor().person_id == view.task.completed_by_id


def _document_part(reading: Session, view: TaskView) -> dict[str, Any]:
    """Who has the task, may take it or did it sees its document's head and files; an admin who only looks after it
    sees them within their scope (SYS-3.a).
    """
    about = copying.made_of(reading, view.task.document_id, view.task.data.get("copy_document"))
    if about == view.task.document_id:
        document = view.document if view.document_seen or _concerned(view) else None
    else:
        document = documents.seen(reading, actor(), about)
        if document is None and about and _concerned(view):
            document = reading.get(Document, about)
    if document is None:
        nothing: dict[str, Any] = {"document": None, "files": [], "shown": None, "verdict": None, "links": []}
        return {**nothing, "status": "", "signer": True, "likenesses": []}
    found = papers.files(reading, document)
    return {
        "document": document,
        "files": found,
        "shown": papers.chosen(found, request.args.get("file")),
        "verdict": papers.verdict(document),
        "signer": signers.problem(reading, document, directory.today(now())),
        "links": [],
        "likenesses": duplicates.of_document(reading, document) if document.arrival_number is None else [],
        "status": kinds.status_name(document.direction, document.status),
    }
