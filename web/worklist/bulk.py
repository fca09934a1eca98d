"""Many tasks at once: one command per row, a result per row, and back again where there is a way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from engine.directory import queries as directory
from engine.errors import Conflict, InvalidInput, NotFound, RequestError
from engine.instances.mending import restoring, taking_back
from engine.tasks import commands
from engine.tasks import queries as worklists
from engine.tasks.models import Task
from engine.tasks.queries import Chosen
from web.session import actor, inside, platform
from web.worklist import together
from web.worklist.routes import PAGE, screen

MOST = 2 * PAGE
BACK = {"claim": "release", "release": "claim", "answer": "take-back"}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row: the reason when it was refused, and whether it can be taken back."""

    id: int
    subject: str
    step: str
    refused: str = ""
    reversible: bool = False


@screen.post("/tasks/bulk")
def bulk() -> Any:
    """Claim, release, hand over, answer or take back what was marked; what needs more is asked on a page first."""
    wanted = _wanted()
    ids = _marked()
    back = inside(request.form.get("back")) or url_for("worklist.inbox")
    if wanted == "answer":
        return _together(ids, back)
    with platform().reading() as reading:
        found = worklists.chosen(reading, actor(), ids)
        colleagues = directory.people_at_work(reading, actor().agency_id or 0) if wanted == "hand-over" else ()
    person_id = request.form.get("person", type=int)
    if wanted == "hand-over" and person_id is None:
        asked = "person" in request.form
        tasks = [found[each] for each in ids if each in found]
        if not tasks:
            raise NotFound(_("Không tìm thấy việc này."))
        page = render_template("worklist/hand-over.html", tasks=tasks, colleagues=colleagues, back=back, asked=asked)
        return (page, 422) if asked else page
    results = [_one(wanted, each, found.get(each), person_id) for each in ids]
    receiver = next((each.full_name for each in colleagues if each.id == person_id), "")
    return _told(wanted, results, back, receiver)


def _told(wanted: str, results: list[Result], back: str, receiver: str = "") -> str:
    return render_template(
        "worklist/results.html", results=results, wanted=wanted, undo=BACK.get(wanted), back=back, receiver=receiver
    )


def _together(ids: list[int], back: str) -> Any:
    """Ask once for all, then answer each; a row that can be taken back is offered for it."""
    with platform().reading() as reading:
        asked = together.gather(reading, ids)
        if "answered" not in request.form:
            return together.ask(reading, asked, back)
        try:
            sent = together.check(asked)
        except InvalidInput as error:
            return together.ask(reading, asked, back, error), 422
    results = []
    for view, subject in zip(asked.views, asked.subjects, strict=True):
        refused = together.answer(view, sent)
        results.append(Result(view.task.id, subject, view.task.name, refused, reversible=not refused))
    return _told("answer", [_retractable(each) for each in results], back)


def _retractable(result: Result) -> Result:
    """Whether a row just answered could be taken back."""
    with platform().reading() as reading:
        task = reading.get_one(Task, result.id)
        allowed = bool(taking_back.may_take_back(reading, actor(), platform().catalog, task))
    return replace(result, reversible=result.reversible and allowed)


def _wanted() -> str:
    wanted = request.form.get("do", "")
    if wanted not in ("claim", "release", "hand-over", "take-back", "answer"):
        raise InvalidInput(_("Chọn thao tác cho các việc đã đánh dấu rồi thực hiện lại."))
    return wanted


def _marked() -> list[int]:
    sent = request.form.getlist("task")
    ids = list(dict.fromkeys(int(each) for each in sent if each.isascii() and each.isdigit() and len(each) < 19))
    if not ids:
        raise InvalidInput(_("Đánh dấu ít nhất một việc trong danh sách rồi thực hiện lại."))
    if len(ids) > MOST:
        raise InvalidInput(_("Mỗi lần chỉ làm được với tối đa %(most)s việc. Đánh dấu ít hơn rồi làm lại.", most=MOST))
    return ids


def _one(wanted: str, task_id: int, before: Chosen | None, person_id: int | None) -> Result:
    """Run one row's command in a transaction of its own: the rows before and after it stand by themselves."""
    said = (before.subject or before.name, before.name) if before else (_("Việc số %(id)s", id=task_id), "")
    try:
        if before is None:
            raise NotFound(_("Không tìm thấy việc này."))
        _run(wanted, task_id, person_id)
    except RequestError as error:
        return Result(task_id, *said, refused=str(error))
    except StaleDataError:
        return Result(task_id, *said, refused=str(Conflict(_("Người khác vừa thay đổi việc này."))))
    # taking back is the other command by the same person: not for what was theirs already, or somebody else's
    mine = before.assignee_id == actor().person_id
    return Result(task_id, *said, reversible=before.assignee_id is None if wanted == "claim" else mine)


def _run(wanted: str, task_id: int, person_id: int | None) -> None:
    run: Callable[..., Any] = platform().run
    if wanted == "hand-over":
        run(actor(), commands.hand_over_task, task_id, person_id)
    elif wanted == "take-back":
        run(actor(), restoring.take_back, task_id)
    else:
        run(actor(), commands.claim_task if wanted == "claim" else commands.release_task, task_id)
