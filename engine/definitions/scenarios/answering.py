"""One step of a scenario carried out: the wait it names, its answer checked by the real form, what comes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine.bpmn import run
from engine.bpmn.expressions import ExpressionError
from engine.bpmn.spiff.timers import after
from engine.clock import VIETNAM
from engine.definitions.scenarios import automatic
from engine.definitions.scenarios.automatic import pass_time
from engine.definitions.scenarios.course import Astray, Course, Open
from engine.definitions.scenarios.ordinary import NoOrdinaryResult, ordinary_result
from engine.definitions.scenarios.reading import Step, Table
from engine.errors import InvalidInput
from engine.forms.context import FormContext, Upload
from engine.forms.form import Form

SOMEBODY = 70  # who does what no step names a person for
DOCUMENT: Mapping[str, Any] = {
    "subject": "Về việc báo cáo", "due_date": None, "signer_id": 5, "signer_name": "Nguyễn Văn An",
}  # fmt: skip
MOST_NAMED = 10
_UPLOADED = 1024


def carry_out(course: Course, step: Step) -> list[str]:
    """Do one step; return the sentences on what wasn't as it expects. Astray when it can't be done at all."""
    if not step.at:
        pass_time(course, _until(course, step))
        return []
    found = _waiting(course, step)
    sentences = differences(found.wait, step.expect, found.title)
    if step.now is not None or step.after is not None:
        pass_time(course, _until(course, step))
    if found.wait.kind == "timer" and found.wait.due is not None:
        pass_time(course, found.wait.due)
    if course.open.get((id(found.case), found.wait.token)) is not found:
        raise Astray(f"{found.title} không còn chờ nữa: trong lúc thời gian trôi, hồ sơ đã đi tiếp hướng khác.")
    if step.error is not None:
        course.throw(found, step.error, step.message)
    elif step.failure is not None:
        _fail(course, found, step.failure)
    else:
        course.complete(found, _result(course, found, step))
    return sentences


def form_of(course: Course, found: Open) -> Form | None:
    """The form of a user task; None for one without. Astray when the procedure has no such form."""
    if not found.wait.form:
        return None
    key = found.wait.form.removesuffix(".form.json")
    form = found.case.prepared.forms.get(key)
    if form is None:
        raise Astray(f"{found.title} dùng biểu mẫu “{key}”, nhưng quy trình không có biểu mẫu này.")
    return form


def context_of(course: Course, given: Mapping[str, Any]) -> FormContext:
    """What a form is shown with and checked against: process data, the document of the scenario, anything to pick."""
    data = {"document": {**DOCUMENT, **course.scenario.document}, "opinion": {}, **given}
    today = course.now.astimezone(VIETNAM).date()
    return FormContext(json.loads(json.dumps(data, default=_plain)), course.around.choices, today)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _waiting(course: Course, step: Step) -> Open:
    found = [each for each in course.waits() if each.place == step.at]
    if len(found) > step.nth:
        return found[step.nth]
    root = course.root.prepared
    name = root.title(step.at)
    if not step.at.count("/") and step.at not in root.nodes:
        raise Astray(f"Sơ đồ không có phần tử {name}.")
    if found:
        raise Astray(f"Ở {name} chỉ có {len(found)} việc đang chờ, không có việc thứ {step.nth + 1}.")
    raise Astray(f"Đáng lẽ đang chờ ở {name}, nhưng {whereabouts(course)}.")


def whereabouts(course: Course) -> str:
    """Where the case stands, inside a sentence; what may come at any time is named when nothing else waits."""
    every = list(course.waits())
    main = [each for each in every if each.wait.host is None and each.case.prepared.nodes[each.wait.element].kind
            not in ("boundaryEvent", "startEvent")]  # fmt: skip
    waiting = list(dict.fromkeys(each.title for each in main or every))
    if waiting:
        more = f" và {len(waiting) - MOST_NAMED} nơi khác" if len(waiting) > MOST_NAMED else ""
        return f"hồ sơ đang chờ ở {', '.join(waiting[:MOST_NAMED])}{more}"
    if course.troubles:
        return "hồ sơ dừng lại vì sự cố: " + " ".join(course.troubles.values()).rstrip(".")
    return "hồ sơ đã kết thúc" if course.root.ended else "không có gì đang chờ"


def _until(course: Course, step: Step) -> datetime:
    until = step.now or course.now
    try:
        until = after(until, step.after) if step.after is not None else until
    except ValueError as error:
        raise Astray(f"Khoảng thời gian trôi qua không đúng: {error}.") from error
    if until < course.now:
        raise Astray(f"Thời gian không lùi được: đang là {said(course.now)}, kịch bản ghi {said(until)}.")
    return until


def _fail(course: Course, found: Open, why: str) -> None:
    if found.wait.kind != "operation":
        raise Astray(f"{found.title} không phải thao tác tự động nên không gặp lỗi kỹ thuật được.")
    course.hold(found, why)


# --- what a step answers


def _result(course: Course, found: Open, step: Step) -> Any:
    wait = found.wait
    if wait.kind == "user_task":
        return _answered(course, found, step)
    if wait.kind == "operation":
        return _operated(course, found, step)
    if wait.fan_out is not None:
        lines = len(wait.fan_out.items)
        results = [dict(each) for each in step.results or ()] or [dict(step.answer or {})] * lines
        return {"results": _enough(course, found, results)}
    return dict(step.answer or {})


def _operated(course: Course, found: Open, step: Step) -> Any:
    try:
        lines = automatic.carry_out(course, found)
        if step.results is None and step.answer is None:
            ordinary: Table = ordinary_result(course.around.catalog.get(found.wait.name))
        else:
            ordinary = step.answer or {}
    except (InvalidInput, NoOrdinaryResult, KeyError) as problem:
        raise Astray(f"{found.title}: {problem}") from problem
    if found.wait.fan_out is None:
        return dict(ordinary)
    results = [dict(each) for each in step.results] if step.results is not None else [dict(ordinary)] * lines
    return {"results": _enough(course, found, results)}


def _answered(course: Course, found: Open, step: Step) -> dict[str, Any]:
    by = {"completed_by": step.by or SOMEBODY, "completed_at": course.now.isoformat()}
    fan_out = found.wait.fan_out
    if fan_out is None:
        return _checked(course, found, found.wait.given, step.answer or {}) | by
    answers = list(step.results) if step.results is not None else [step.answer or {}] * len(fan_out.items)
    if len(answers) > len(fan_out.items):
        raise Astray(f"{found.title} giao cho {len(fan_out.items)} nơi, kịch bản ghi {len(answers)} kết quả.")
    shares = zip(fan_out.shares, answers, strict=False)
    results = [_checked(course, found, share.given, answer) | by for share, answer in shares]
    return {"results": _enough(course, found, results)}


def _enough(course: Course, found: Open, results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The results of a fan-out when there is one for every line, or its condition says that these will do."""
    fan_out = found.wait.fan_out
    assert fan_out is not None
    lines = len(fan_out.items)
    try:
        done = run.fan_out_done(fan_out, results, found.wait.given, course.functions())
    except ExpressionError as problem:
        raise Astray(f"{found.title}: {problem}") from problem
    if len(results) > lines or not done:
        raise Astray(f"{found.title} giao cho {lines} nơi, kịch bản ghi {len(results)} kết quả.")
    return results


def _checked(course: Course, found: Open, given: Mapping[str, Any], answer: Table) -> dict[str, Any]:
    """What the platform makes of the answers: checked by the form; bound ones and files go to the document."""
    form = form_of(course, found)
    if form is None:
        if answer:
            raise Astray(f"{found.title} không có biểu mẫu nên không hỏi {', '.join(sorted(answer))}.")
        return {}
    files = {question.key for question in form.fields if question.kind == "file"}
    raw = {key: _uploads(value) if key in files else value for key, value in answer.items()}
    try:
        values = form.validate(raw, context_of(course, given))
    except InvalidInput as problem:
        told = " ".join(dict.fromkeys(problem.fields.values()))
        raise Astray(f"Câu trả lời ở {found.title} chưa đúng: {told}", problem.fields) from problem
    surplus = sorted(set(answer) - set(values))
    if surplus:
        raise Astray(f"{found.title} lúc này không hỏi {', '.join(f'“{key}”' for key in surplus)}.")
    kept_apart = found.case.prepared.bound.get(form.id, frozenset()) | files
    kept_apart |= found.case.prepared.bound.get((found.wait.form or "").removesuffix(".form.json"), frozenset())
    return {key: value for key, value in values.items() if key not in kept_apart}


def _uploads(value: Any) -> list[Upload]:
    names = value if isinstance(value, list) else [value]
    return [Upload(str(name), _UPLOADED) for name in names if name]


# --- what a wait was expected to look like


def differences(wait: run.Wait, expected: Table, title: str) -> list[str]:
    """Sentences on everything about a wait that isn't as expected."""
    found = []
    for name, value in expected.items():
        seen = _seen(wait, name, value)
        if seen != value and not (isinstance(seen, datetime) and said(seen) == said(value)):
            aspect = _ASPECTS.get(name, name)
            found.append(f"{title}: {aspect} là {readable(seen)}, kịch bản mong đợi {readable(value)}.")
    return found


_ASPECTS: Mapping[str, str] = {
    "due": "hạn",
    "given": "dữ liệu nhận được",
    "assignee": "người được giao",
    "candidate_groups": "nhóm xử lý",
    "candidate_users": "người có thể nhận",
    "priority": "mức ưu tiên",
    "correlation": "mã liên kết thông điệp",
    "name": "tên",
    "shares": "việc chia cho",
}


def _seen(wait: run.Wait, name: str, value: Any) -> Any:
    if name == "shares":  # of a fan-out: who has which line
        shares = wait.fan_out.shares if wait.fan_out is not None else ()
        return [[share.assignee or "", *share.candidate_groups] for share in shares]
    seen = getattr(wait, name)
    if isinstance(seen, tuple):
        return list(seen)
    if isinstance(value, Mapping) and isinstance(seen, Mapping):
        return {key: seen.get(key) for key in value}
    return seen


def said(moment: datetime | str) -> str:
    """A moment as a sentence has it, in Vietnam's time."""
    try:
        found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    except ValueError:
        return str(moment)
    return f"{found.astimezone(VIETNAM):%H:%M:%S %d/%m/%Y}".replace(":00 ", " ", 1)


def readable(value: Any) -> str:
    """A value as a sentence has it."""
    if value is None:
        return "không có"
    if isinstance(value, datetime):
        return said(value)
    if isinstance(value, bool):
        return "đúng" if value else "sai"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return f"“{text}”" if len(text) <= 200 else f"“{text[:197]}…”"
