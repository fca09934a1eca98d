"""Can every deadline be worked out, and does it lie ahead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from engine.bpmn.checks.data import uses
from engine.bpmn.checks.rules import Found, Rule, Subject, title
from engine.bpmn.checks.variables.analysis import analysis
from engine.bpmn.checks.variables.evaluation import Use
from engine.bpmn.checks.variables.inference import Called
from engine.bpmn.checks.variables.narrowing import Path, path_of
from engine.bpmn.checks.variables.shapes import Scalar, named
from engine.bpmn.dialect import Node
from engine.bpmn.spiff.timers import after, moment, schedule

_SOME_DAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
_TIMES = frozenset({"text", "time", "duration"})
_OFFICE_DURATION = re.compile(
    r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?", re.ASCII
)
_OFFICE = frozenset({"office_deadline", "end_of_next_day", "end_of_morning_next_day"})
_OFTEN = timedelta(minutes=1)


def office_time(text: str) -> tuple[int, timedelta] | None:
    """Office days and hours of a duration as the office calendar reads it; None when it can't."""
    match = _OFFICE_DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return weeks * 5 + days, timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _deadlines(subject: Subject) -> Iterator[Use]:
    return (use for use in uses(subject) if use.what in ("timer", "dueDate"))


def _said(use: Use) -> str:
    return "Bộ hẹn giờ" if use.what == "timer" else "Hạn xử lý"


def _kind(subject: Subject) -> Iterator[Found]:
    for use in _deadlines(subject):
        accepted = _TIMES | ({"null"} if use.what == "dueDate" else set())
        if use.nodes and use.shape.never(accepted):
            yield use.element, (
                f"{_said(use)} cho ra {named(use.shape.kinds)}, không phải thời gian; hãy dùng một thời điểm, ví dụ "
                "${office_deadline(received_at, 'PT2H')}."
            )


def _texts(values: Iterable[Scalar] | None) -> list[str]:
    return [value for value in values or () if isinstance(value, str) and value]


def _unreadable(subject: Subject) -> Iterator[Found]:
    """Values a table or form may give that are no time."""
    for use in _deadlines(subject):
        for text in _texts(use.shape.literals if use.nodes else None):
            if _first(use, text) is None:
                yield use.element, f"{_said(use)} có thể là “{text[:60]}”, không đọc được; hãy viết như PT2H hoặc P3D."


def _first(use: Use, text: str) -> datetime | None:
    """When a deadline written like this would be; None when it can't be read."""
    try:
        return schedule("cycle", text, _SOME_DAY)[0] if use.name == "cycle" else moment(text, _SOME_DAY)
    except (ValueError, OverflowError):
        return None


def _not_ahead(subject: Subject) -> Iterator[Found]:
    for use in _deadlines(subject):
        for text in _texts(use.shape.literals):
            due = _first(use, text) if text.strip().startswith(("P", "-P")) else None
            if due is not None and due <= _SOME_DAY:
                yield use.element, (
                    f"{_said(use)} “{text}” không ở phía trước nên xảy ra ngay lập tức; hãy ghi khoảng thời gian dương."
                )


def _empty(subject: Subject) -> Iterator[Found]:
    for use in _deadlines(subject):
        if use.what == "timer" and use.nodes and use.shape.known and "null" in use.shape.kinds:
            yield use.element, (
                "Bộ hẹn giờ đọc một thời điểm có thể để trống, khi đó hồ sơ sẽ dừng lại; "
                "hãy thêm giá trị thay thế, ví dụ ${due_at != null ? due_at : office_deadline(now(), 'P3D')}."
            )


def _calls(subject: Subject) -> Iterator[tuple[Use, Called]]:
    for use in uses(subject):
        for call in use.calls:
            if call.function in _OFFICE and call.shapes:
                yield use, call


def _office(subject: Subject) -> Iterator[Found]:
    for use, call in _calls(subject):
        name, start = call.function, call.shapes[0]
        if start.never({"text", "time"}):
            yield use.element, (
                f"{name}() phải tính từ một thời điểm nhưng ở đây là {named(start.kinds)}; hãy dùng ví dụ received_at "
                "hoặc now()."
            )
        for text in _texts(start.literals):
            if not _is_moment(text):
                yield use.element, f"{name}() không tính được từ “{text[:60]}”; hãy dùng một thời điểm, ví dụ now()."
        yield from _office_durations(use, call)


def _office_durations(use: Use, call: Called) -> Iterator[Found]:
    if len(call.shapes) < 2:
        return
    wanted = call.shapes[1]
    if wanted.never({"text", "duration"}):
        yield use.element, (
            f"{call.function}() nhận thời hạn dạng chữ như 'PT2H' nhưng ở đây là {named(wanted.kinds)}; hãy sửa."
        )
    for text in _texts(wanted.literals):
        read = office_time(text)
        if read is None:
            yield use.element, (
                f"Thời hạn “{text[:60]}” không đúng dạng; hãy viết như PT2H (2 giờ làm việc), P3D (3 ngày làm việc)."
            )
        elif read == (0, timedelta(0)):
            yield use.element, f"Thời hạn “{text}” bằng 0 nên quá hạn ngay; hãy ghi thời hạn dương."


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text.strip())
    except ValueError:
        return False
    return True


def _often(subject: Subject) -> Iterator[Found]:
    for use in _deadlines(subject):
        for text in _texts(use.shape.literals) if use.name == "cycle" else ():
            try:
                repeat = schedule("cycle", text, _SOME_DAY)[1]
                pause = None if repeat is None else after(_SOME_DAY, repeat.interval) - _SOME_DAY
            except (ValueError, OverflowError):
                continue
            if pause is not None and pause < _OFTEN:
                yield use.element, f"Chu kỳ “{text}” lặp dày hơn mỗi phút một lần; hãy đặt chu kỳ dài hơn."


def _late_reminder(subject: Subject) -> Iterator[Found]:
    """A reminder of the people at work that comes when their time is over."""
    found = {(use.element, use.what): use for use in uses(subject) if use.what in ("timer", "dueDate")}
    for _, node in subject.places():
        timer, due = found.get((node.id, "timer")), found.get((node.attached_to or "", "dueDate"))
        if timer is None or due is None or node.interrupting or not _reminds(subject, node):
            continue
        if _is_later(subject, timer, due):
            yield node.id, (
                f"{title(node)} nhắc việc sau khi đã hết hạn xử lý; hãy đặt lúc nhắc trước hạn hoặc báo cho người khác."
            )


def _reminds(subject: Subject, boundary: Node) -> bool:
    """Whether the next step urges those who have the task, not somebody above them."""
    where = analysis(subject).map
    for flow in where.scope_of[boundary.id].outgoing(boundary.id):
        element = where.nodes[flow.target].element
        if element.attributes.get("topic") == "tasks.remind" and all(each.name != "group" for each in element.inputs):
            return True
    return False


def _is_later(subject: Subject, timer: Use, due: Use) -> bool:
    """Whether the timer comes after the due date in some case that can be seen."""
    if not timer.nodes and not due.nodes:
        one, other = _first(timer, str(timer.text)), _first(due, str(due.text))
        return one is not None and other is not None and one > other
    one_call, other_call = _only_call(timer), _only_call(due)
    if one_call is None or other_call is None or one_call.arguments[0] != other_call.arguments[0]:
        return False
    pairs = _pairs(subject, one_call, other_call)
    return any(_longer(one, other) for one, other in pairs)


def _only_call(use: Use) -> Called | None:
    call = use.calls[0] if len(use.calls) == 1 and len(use.nodes) == 1 else None
    whole = call is not None and call.function == "office_deadline" and len(call.arguments) == 2
    return call if whole and getattr(use.nodes[0], "function", "") == "office_deadline" else None


def _pairs(subject: Subject, one: Called, other: Called) -> list[tuple[Scalar, Scalar]]:
    """Durations that go together: of the same row where both come from one table, else what is surely longer."""
    mine, theirs = path_of(one.arguments[1]), path_of(other.arguments[1])
    rows = _rows(subject, mine, theirs)
    if rows is not None and mine is not None and theirs is not None:
        return [(row.get(mine[1]), row.get(theirs[1])) for row in rows]
    first, second = _texts(one.shapes[1].literals), _texts(other.shapes[1].literals)
    always = first and second and all(_longer(a, b) for a in first for b in second)
    return [(first[0], second[0])] if always else []


def _rows(subject: Subject, mine: Path | None, theirs: Path | None) -> tuple[Mapping[str, Scalar], ...] | None:
    if mine is None or theirs is None or len(mine) != 2 or len(theirs) != 2 or mine[0] != theirs[0]:
        return None
    for _, node in subject.places():
        attributes = node.element.attributes
        if node.kind == "businessRuleTask" and attributes.get("resultVariable") == mine[0]:
            table = None if subject.catalog is None else subject.catalog.decisions.get(attributes["decisionRef"])
            return None if table is None else table.rows
    return None


def _longer(one: Scalar, other: Scalar) -> bool:
    mine = office_time(one) if isinstance(one, str) else None
    theirs = office_time(other) if isinstance(other, str) else None
    return mine is not None and theirs is not None and mine > theirs


RULES = (
    Rule("time.kind", _kind),
    Rule("time.unreadable", _unreadable),
    Rule("time.not-ahead", _not_ahead),
    Rule("time.empty", _empty, "warning"),
    Rule("time.office", _office),
    Rule("time.too-often", _often, "warning"),
    Rule("time.late-reminder", _late_reminder, "warning"),
)
