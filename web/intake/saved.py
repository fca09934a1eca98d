"""Kept registration forms: which there are, what they fill in, deleting one's own."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from engine.documents import kinds
from engine.intake import commands, queries
from web.intake import entry
from web.intake.routes import require_clerk, screen
from web.session import actor, platform


@screen.get("/intake/forms")
def saved() -> str:
    """List the registration forms the person may use."""
    require_clerk()
    with platform().reading() as session:
        forms = queries.forms(session, actor())
    labels = {question.key: question.label for question in entry.TYPED.fields}
    return render_template("intake/saved.html", forms=forms, labels=labels, urgency=kinds.URGENCY)


@screen.post("/intake/forms/<int:form_id>/delete")
def forget(form_id: int) -> Any:
    """Delete a form of one's own."""
    require_clerk()
    platform().run(actor(), commands.forget_form, form_id)
    flash(_("Đã xóa mẫu đăng ký."), "done")
    return redirect(url_for("intake.saved"), 303)
