"""Several tasks of one kind answered together: one form, a command and a result per row, and back again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.errors import InvalidInput, RequestError
from engine.forms.context import FormContext
from engine.forms.form import Form
from engine.instances import answers, queries
from engine.instances import commands as instances
from engine.instances.queries import TaskView
from web.layout.forms import again, posted
from web.session import actor, now, platform


@dataclass(frozen=True, slots=True)
class Together:
    """Tasks that ask the same: the form they share with what they all know, and the documents."""

    views: tuple[TaskView, ...]
    subjects: tuple[str, ...]
    form: Form
    context: FormContext


def gather(reading: Session, ids: Sequence[int]) -> Together:
    """Return the tasks as one; InvalidInput says why they can't be answered together."""
    views = tuple(queries.task(reading, actor(), each, now()) for each in ids)
    if any(view.task.state != "open" or not view.may_complete for view in views):
        raise InvalidInput(_("Có việc bạn không hoàn thành được hoặc đã xong; bỏ đánh dấu việc đó rồi làm lại."))
    if len({(view.task.procedure, view.task.element, view.ready.version_id) for view in views}) > 1:
        raise InvalidInput(_("Chỉ xử lý chung được các việc cùng một bước của cùng phiên bản quy trình."))
    form = views[0].form
    if form is None:
        raise InvalidInput(_("Bước này không có biểu mẫu để xử lý chung."))
    if answers.bindings(views[0].ready, views[0].task) or any(field.kind == "file" for field in form.fields):
        raise InvalidInput(_("Biểu mẫu của bước này ghi vào từng văn bản nên phải xử lý riêng từng việc."))
    subjects = tuple(_subject(view) for view in views)
    return Together(views, subjects, form, _shared([view.context for view in views]))


def _subject(view: TaskView) -> str:
    document = view.context.data.get("document")
    known = document if isinstance(document, dict) else {}
    said = " · ".join(str(known[name]) for name in ("code", "subject") if known.get(name))
    return said or view.task.name


def _shared(contexts: Sequence[FormContext]) -> FormContext:
    """What all of them know alike; what concerns one document alone is nothing to begin with."""
    first, *rest = [{name: value for name, value in each.data.items() if name != "document"} for each in contexts]
    written = [{name: json.dumps(value, sort_keys=True) for name, value in each.items()} for each in (first, *rest)]
    same = {name: first[name] for name in first if all(each.get(name) == written[0][name] for each in written)}
    return FormContext(same, contexts[0].choices, contexts[0].today)


def ask(reading: Session, asked: Together, back: str, problem: InvalidInput | None = None) -> str:
    """Return the page with the one form; after a refusal with what was typed and a sentence per field."""
    sent = posted(asked.form) if problem is not None else None
    errors = (problem.fields or {"": str(problem)}) if problem else None
    form = asked.form.view(again(asked.form, sent, asked.context), asked.context, errors)
    return render_template("worklist/together.html", asked=asked, task=asked.views[0].task, form=form, back=back)


def check(asked: Together) -> dict[str, Any]:
    """Return what was answered, as each row is to be answered; InvalidInput has a sentence per field."""
    sent = posted(asked.form)
    asked.form.validate(sent, asked.context)
    return sent


def answer(view: TaskView, sent: dict[str, Any]) -> str:
    """Complete one of them in a transaction of its own; the reason when it is refused."""
    version = request.form.get(f"version-{view.task.id}", type=int)
    try:
        platform().run(actor(), instances.complete_task, view.task.id, sent, version)
    except InvalidInput as error:
        return " ".join(error.fields.values()) or str(error)
    except RequestError as error:
        return str(error)
    return ""
