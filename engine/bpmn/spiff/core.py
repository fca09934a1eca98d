"""The steps of an instance, on packed state; what `engine.bpmn.run` offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from engine.bpmn.dialect import Node
from engine.bpmn.expressions import MAX_STEP_WORK, limited
from engine.bpmn.spiff.activities import WaitSpec
from engine.bpmn.spiff.build import Core
from engine.bpmn.spiff.case import Case, Token
from engine.bpmn.spiff.catching import arm_scope, catcher, fire, surroundings
from engine.bpmn.spiff.freeze import freeze, put_on, thaw
from engine.bpmn.spiff.gateways import JoinSpec, release
from engine.bpmn.spiff.moves import again, finish, go, place, view
from engine.bpmn.spiff.texts import Functions, Held, work_out
from engine.bpmn.state import pack, unpack
from engine.bpmn.step import Step, Thrown, Uncaught, UnknownToken, plain
from engine.errors import InvalidInput

_NO_TIME = datetime.fromtimestamp(0, UTC)  # cancelling and looking need no time


@dataclass(frozen=True, slots=True)
class Place:
    """A token of an instance: where it stands, the kind of its open wait, the code of its trouble."""

    token: str
    element: str
    wait: str | None
    trouble: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A token seen from near: whether its wait is open, its data, and the result that couldn't be taken over."""

    element: str
    open: bool
    fanned_out: bool
    data: dict[str, Any]
    result: Any = None


def _plain(value: Any, what: str) -> Any:
    try:
        return plain(value)
    except ValueError as error:
        raise InvalidInput(f"{what} có {error}, không lưu được.") from error


def _answer(case: Case) -> Step:
    case.run()
    while release(case):
        case.run()
    log = case.log
    if case.final is None and not log.incidents:
        _report_stuck(case)
    snapshot = freeze(case)
    return Step(
        state=pack(snapshot),
        ended=snapshot.ended,
        data=plain(snapshot.data),
        opened=tuple(log.opened.values()),
        closed=tuple(log.closed),
        passages=tuple(log.passages),
        thrown=tuple(log.thrown),
        incidents=tuple(log.incidents),
    )


def _report_stuck(case: Case) -> None:
    """Nothing is open and nothing is held, yet the instance hasn't ended: say it instead of hanging silently."""
    tokens = [token for scope in case.scopes() for token in scope.live()]
    if any("open" in token.marks or "trouble" in token.marks for token in tokens):
        return
    if any("open" in token.marks for scope in case.scopes() for token in scope.tokens()):
        return
    for token in tokens:
        if isinstance(token.task_spec, JoinSpec):
            sentence = "Cổng hợp nhánh chờ một nhánh không bao giờ tới; hãy sửa sơ đồ rồi chuyển phiên bản."
            case.hold(token, Held("stuck", sentence))


@limited(MAX_STEP_WORK)
def start(core: Core, data: dict[str, Any], now: datetime, functions: Functions, start_element: str | None) -> Step:
    """See `engine.bpmn.run.start`."""
    case = Case(core.specs, core.root, now, functions)
    nodes = [node for node in case.spec.scope.nodes.values() if node.kind == "startEvent"]
    plainly = [node for node in nodes if node.event is None]
    if start_element is not None:
        chosen = [node for node in nodes if node.id == start_element]
    else:
        chosen = plainly if plainly else nodes
    if len(chosen) != 1:
        raise InvalidInput("Thủ tục không có sự kiện bắt đầu này, hoặc có nhiều sự kiện bắt đầu mà chưa chọn.")
    first = place(case, chosen[0].id, _plain(data, "Dữ liệu ban đầu"), ())
    arm_scope(case)
    go(first)
    return _answer(case)


def _open(case: Case, identifier: str) -> Token:
    token = case.find(identifier)
    if token is None or "open" not in token.marks:
        raise UnknownToken(identifier)
    return token


@limited(MAX_STEP_WORK)
def complete(core: Core, state: bytes, identifier: str, result: Any, now: datetime, functions: Functions) -> Step:
    """See `engine.bpmn.run.complete`."""
    case = thaw(core, unpack(state), now, functions)
    token = _open(case, identifier)
    brought = _plain(result, "Kết quả")
    if token.node.kind == "userTask" and not isinstance(brought, dict):
        raise InvalidInput("Câu trả lời của một công việc phải gồm các trường có tên.")
    if token.armed:
        token.task_spec.occur(token, brought)
    else:
        case.log.settled(token)
        token.marks["result"] = brought
        again(token)
    return _answer(case)


@limited(MAX_STEP_WORK)
def throw_error(
    core: Core, state: bytes, identifier: str, code: str, message: str, now: datetime, functions: Functions
) -> Step:
    """See `engine.bpmn.run.throw_error`."""
    case = thaw(core, unpack(state), now, functions)
    token = _open(case, identifier)
    handler = catcher(token, "error", code)
    if handler is None:
        raise Uncaught(code, message)
    # The wait itself has ended, with the error; it isn't one that was withdrawn.
    case.log.settled(token)
    fire(handler, {"code": code, "message": message}, token.data)
    return _answer(case)


@limited(MAX_STEP_WORK)
def escalate(
    core: Core, state: bytes, identifier: str, code: str, message: str, now: datetime, functions: Functions
) -> Step:
    """See `engine.bpmn.run.escalate`."""
    case = thaw(core, unpack(state), now, functions)
    token = _open(case, identifier)
    handler = catcher(token, "escalation", code)
    if handler is None:
        case.log.throw(Thrown("escalation", code, None, {"code": code, "message": message}, token.node.id))
    else:
        fire(handler, {"code": code, "message": message}, token.data)
    return _answer(case)


@limited(MAX_STEP_WORK)
def retry(
    core: Core, state: bytes, identifier: str, now: datetime, functions: Functions, patch: dict[str, Any]
) -> Step:
    """See `engine.bpmn.run.retry`."""
    case = thaw(core, unpack(state), now, functions)
    token = case.find(identifier)
    if token is None or not (
        "trouble" in token.marks or (isinstance(token.task_spec, WaitSpec) and "open" in token.marks)
    ):
        raise UnknownToken(identifier)
    if patch:
        _patch(token, _plain(patch, "Dữ liệu sửa"))
    if "trouble" in token.marks:
        again(token)
    else:
        _announce(case, token)
    return _answer(case)


def _announce(case: Case, token: Token) -> None:
    try:
        case.log.open(token, token.task_spec.wait(token))
    except Held as held:
        case.hold(token, held)


def _patch(token: Token, patch: dict[str, Any]) -> None:
    scope = token.workflow
    if "result" in token.marks and "result" in patch:
        patch = dict(patch)
        token.marks["result"] = patch.pop("result")
    touched = [token, *(scope.tasks[each] for each in token.marks.get("with", ()) if each in scope.tasks)]
    if token.armed and token.marks.get("host") in scope.tasks:
        touched = [scope.tasks[token.marks["host"]]]
    for each in touched:
        each.data = {**each.data, **patch}
        if "back" in each.marks:
            each.marks["back"] = {**each.marks["back"], **patch}
    if token.marks.get("trouble") == "join-conflict" and "done" in token.marks:
        for change in scope.branches.ended:
            for name in patch:
                change.before.pop(name, None)
                change.after.pop(name, None)
        if scope.branches.main is not None:
            scope.branches.main = {**scope.branches.main, **patch}


def cancel(core: Core, state: bytes) -> Step:
    """See `engine.bpmn.run.cancel`."""
    case = thaw(core, unpack(state), _NO_TIME, {})
    if case.final is None:
        finish(case, view(case))
    return _answer(case)


@limited(MAX_STEP_WORK)
def move(core: Core, state: bytes, now: datetime, functions: Functions, renamed: Mapping[str, str]) -> Step:
    """See `engine.bpmn.run.move`."""
    case, gone = put_on(core, unpack(state), now, functions, renamed)
    case.log.closed.extend(gone)
    return _answer(case)


def places(core: Core, state: bytes) -> tuple[Place, ...]:
    """See `engine.bpmn.run.places`."""
    case = thaw(core, unpack(state), _NO_TIME, {})
    return tuple(
        Place(token.id, token.node.id, token.marks.get("open"), token.marks.get("trouble"))
        for scope in case.scopes()
        for token in scope.tokens()
    )


def standing(core: Core, state: bytes, identifier: str) -> Standing | None:
    """See `engine.bpmn.run.standing`."""
    case = thaw(core, unpack(state), _NO_TIME, {})
    token = case.find(identifier)
    if token is None:
        return None
    data = surroundings(token) if token.armed else token.data
    marks = token.marks
    fanned_out = token.node.multi is not None
    return Standing(token.node.id, "open" in marks, fanned_out, dict(data), marks.get("result"))


def catching(core: Core, message: str) -> list[Node]:
    """Nodes that wait for a message inside the diagram; a start event of the procedure itself isn't one."""
    return [
        node
        for spec in core.specs.values()
        for node in spec.scope.nodes.values()
        if any(event.kind == "message" and event.name == message for event in node.events)
        and node.kind in ("intermediateCatchEvent", "receiveTask", "boundaryEvent", "startEvent")
        and not (node.kind == "startEvent" and spec is core.specs[core.root])
    ]


@limited(MAX_STEP_WORK)
def correlations(
    core: Core, state: bytes, message: str, now: datetime, functions: Functions
) -> frozenset[str | None] | None:
    """See `engine.bpmn.run.correlations`."""
    case = thaw(core, unpack(state), now, functions)
    if case.final is not None:
        return frozenset()
    known = [view(scope) for scope in case.scopes()] + [token.data for scope in case.scopes() for token in scope.live()]
    found: set[str | None] = set()
    for node in catching(core, message):
        text = node.element.properties.get("correlation")
        for data in known if text else ():
            try:
                value = work_out(text, data, functions)
            except Held:
                return None
            if value is None or value == "":
                return None
            found.add(str(value))
        if not text:
            found.add(None)
    return frozenset(found)
