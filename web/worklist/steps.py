"""What somebody has done lately, and taking a step back that nobody has opened."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.instances.mending import restoring, taking_back
from engine.tasks import queries as worklists
from web.session import actor, platform
from web.worklist.routes import screen

RECENT = 25


@screen.get("/tasks/done")
def done() -> Any:
    """List what I have done, newest first, and which steps can still be taken back."""
    start = max(request.args.get("start", 0, type=int), 0)
    with platform().reading() as reading:
        rows = worklists.done_by(reading, actor(), limit=RECENT + 1, offset=min(start, 10_000))
        verdicts = taking_back.may_take_back_each(
            reading, actor(), platform().catalog, [row.task for row in rows[:RECENT]]
        )
    return render_template(
        "worklist/done.html", rows=rows[:RECENT], verdicts=verdicts, start=start, page=RECENT, more=len(rows) > RECENT
    )


@screen.post("/tasks/<int:task_id>/take-back")
def take_back(task_id: int) -> Any:
    """Take back the step that completing this task was; it is mine again, with what I had answered."""
    task = platform().run(actor(), restoring.take_back, task_id)
    flash(_("Đã rút lại bước “%(name)s”. Nội dung đã nhập vẫn còn; sửa rồi gửi lại.", name=task.name), "done")
    return redirect(url_for("worklist.task", task_id=task_id), 303)
