"""What happens in a course without anybody: operations answer as usual, tables decide, timers fire as time passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.bpmn.expressions import ExpressionError
from engine.definitions.scenarios.course import Course, Did, Open
from engine.definitions.scenarios.ordinary import NoOrdinaryResult, ordinary_result
from engine.definitions.scenarios.reading import Table
from engine.errors import InvalidInput, PlatformError

NOBODYS = ("operation", "decision")


def settle(course: Course, following: str | None = None) -> None:
    """Let operations and tables answer by themselves and hand over what was thrown; all but the element the next step
    names.
    """
    while True:
        others = [each for each in course.waits() if each.place != following]
        ready = next((each for each in others if each.wait.kind in NOBODYS and not each.held), None)
        if ready is not None:
            _answer(course, ready)
        elif not _hand_over(course, others):
            return


def _hand_over(course: Course, waits: Sequence[Open]) -> bool:
    """Give a thrown message or signal to whom it is for; messages wait for those who ask late, signals don't."""
    for thrown in list(course.undelivered):
        meant = [
            each for each in waits
            if (each.wait.kind, each.wait.name) == (thrown.kind, thrown.name)
            and (thrown.kind == "signal" or each.wait.correlation == thrown.correlation)
        ]  # fmt: skip
        if thrown.kind == "signal" or meant:
            course.undelivered.remove(thrown)
        for each in meant if thrown.kind == "signal" else meant[:1]:
            if course.open.get((id(each.case), each.wait.token)) is each:
                course.complete(each, thrown.data)
        if meant:
            return True
    return False


def pass_time(course: Course, until: datetime) -> None:
    """Let time pass; timers that are due before then fire in their order, and what follows from them happens."""
    while True:
        due = [(each.wait.due, each) for each in course.waits() if each.wait.kind == "timer" and each.wait.due]
        ready = [(moment, each) for moment, each in due if moment < until]
        if not ready:
            break
        moment, first = min(ready, key=lambda pair: pair[0])
        course.now = max(course.now, moment)
        course.complete(first, {})
        settle(course)
    course.now = max(course.now, until)


def carry_out(course: Course, found: Open) -> int:
    """Note that an operation is done, after its inputs were checked as the platform checks them; how many lines.

    InvalidInput when an input is missing or of a wrong type.
    """
    fan_out, key = found.wait.fan_out, found.wait.name
    lines = [share.given for share in fan_out.shares] if fan_out is not None else [found.wait.given]
    if key in course.around.catalog:
        for given in lines:
            course.around.catalog.get(key).read(given)
    course.operations += [told(key, given) for given in lines]
    return len(lines)


def _answer(course: Course, found: Open) -> None:
    wait = found.wait
    try:
        result = _decided(course, found) if wait.kind == "decision" else _operated(course, found)
    except (PlatformError, ExpressionError, NoOrdinaryResult) as problem:
        course.hold(found, str(problem))
        return
    course.did.append(Did(found.place, wait.kind, wait.name, wait.given, result))
    course.complete(found, result)


def _decided(course: Course, found: Open) -> Any:
    table = found.case.prepared.tables.get(found.wait.name)
    if table is None:
        raise InvalidInput(f"Không có bảng quyết định “{found.wait.name}”.")
    result = table.evaluate(found.wait.given, course.functions())
    if result is None:
        raise InvalidInput(f"Không dòng nào của bảng quyết định “{found.wait.name}” đúng với dữ liệu này.")
    return result if isinstance(result, dict) else {"result": result}


def _operated(course: Course, found: Open) -> dict[str, Any]:
    key = found.wait.name
    if key not in course.around.catalog:
        raise InvalidInput(f"Chưa cài đặt thao tác “{key}”.")
    special = course.special.get(key)
    if special:
        result: Table = special.pop(0) if len(special) > 1 else special[0]
    else:
        result = ordinary_result(course.around.catalog.get(key))
    lines = carry_out(course, found)
    return {"results": [dict(result) for _ in range(lines)]} if found.wait.fan_out is not None else dict(result)


def told(operation: str, given: Mapping[str, Any]) -> str:
    """An operation with the one input that tells it from others of its kind."""
    names = ("code", "status", "resolution", "dispatch", "kind")
    telling = next((str(given[name]) for name in names if given.get(name)), "")
    return f"{operation} {telling}".strip()
