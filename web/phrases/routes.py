"""The list of phrases, one kept or changed or removed, and what a form offers while somebody writes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.directory.rules import ROLES
from engine.errors import Conflict, InvalidInput, NotAllowed, RequestError
from engine.tasks import phrases
from web.session import actor, platform

screen = Blueprint("phrases", __name__)


@screen.get("/phrases")
def index() -> Any:
    """List my phrases and those my roles share; `edit` opens one."""
    return _page(request.args.get("edit", type=int))


@screen.get("/phrases/offered")
def offered() -> Any:
    """Give a form what may be put into a field; asked when somebody opens the list."""
    with platform().reading() as reading:
        found = phrases.phrases(reading, actor())
    return jsonify([{"name": each.name, "text": each.text, "shared": each.role is not None} for each in found])


@screen.post("/phrases")
def keep() -> Any:
    """Keep words under a name; from a form's own list the answer is short."""
    phrase_id = request.form.get("phrase", type=int)
    given = {name: request.form.get(name, "") for name in ("name", "text", "role")}
    brief = request.headers.get("X-Requested-With") == "phrases"
    try:
        row = platform().run(
            actor(), phrases.keep_phrase, given["name"], given["text"], given["role"] or None, phrase_id
        )
    except (InvalidInput, Conflict, NotAllowed) as error:
        if brief:
            return jsonify({"problem": str(error)}), error.status if isinstance(error, RequestError) else 422
        return _page(phrase_id, given, error), 422
    if brief:
        return jsonify({"name": row.name, "text": row.text, "shared": row.role is not None})
    flash(_("Đã lưu mẫu ý kiến “%(name)s”.", name=row.name), "done")
    return redirect(url_for("phrases.index"), 303)


@screen.post("/phrases/<int:phrase_id>/delete")
def forget(phrase_id: int) -> Any:
    """Remove a phrase."""
    platform().run(actor(), phrases.forget_phrase, phrase_id)
    flash(_("Đã xóa mẫu ý kiến."), "done")
    return redirect(url_for("phrases.index"), 303)


def _page(editing: int | None, given: dict[str, str] | None = None, problem: RequestError | None = None) -> str:
    with platform().reading() as reading:
        found = phrases.phrases(reading, actor())
        opened = phrases.phrase(reading, actor(), editing) if editing is not None else None
        changeable = {each.id for each in found if phrases.may_change(actor(), each)}
    if opened is not None and given is None:
        given = {"name": opened.name, "text": opened.text, "role": opened.role or ""}
    fields = getattr(problem, "fields", None) or ({"": str(problem)} if problem else {})
    return render_template(
        "phrases/index.html", rows=found, opened=opened, given=given or {}, problem=fields, changeable=changeable,
        roles=ROLES, shares={r: n for r, n in ROLES.items() if phrases.may_share(actor(), r)},
        most_name=phrases.LONGEST_NAME, most_text=phrases.LONGEST_TEXT,
    )  # fmt: skip
