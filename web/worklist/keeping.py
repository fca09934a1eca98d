"""Filters that are kept: saved from the inbox, opened from the sidebar, deleted where they are shown."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from engine.errors import InvalidInput, NotAllowed
from engine.tasks import kept
from web.session import actor, inside, platform
from web.worklist import narrowing
from web.worklist.routes import screen


@screen.post("/tasks/filters")
def keep_filter() -> Any:
    """Keep what the inbox is narrowed by."""
    wanted, search = narrowing.asked(request.form), request.form.get("q", "").strip()[: narrowing.LONGEST]
    box = request.form.get("box", "")
    try:
        row = platform().run(
            actor(), kept.keep_filter, request.form.get("name", ""), box, wanted, search,
            request.form.get("role") or None,
        )  # fmt: skip
    except (InvalidInput, NotAllowed) as error:
        flash(str(error), "late")
        return redirect(inside(request.form.get("back")) or url_for("worklist.inbox"), 303)
    flash(_("Đã lưu bộ lọc “%(name)s”.", name=row.name), "done")
    return redirect(url_for("worklist.inbox", kept=row.id), 303)


@screen.post("/tasks/filters/<int:filter_id>/delete")
def forget_filter(filter_id: int) -> Any:
    """Delete a kept filter."""
    platform().run(actor(), kept.forget_filter, filter_id)
    flash(_("Đã xóa bộ lọc."), "done")
    return redirect(url_for("worklist.inbox"), 303)
