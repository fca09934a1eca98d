"""A running instance as plain data and back, also onto another version of its diagram."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.joins import Delta, trim
from engine.bpmn.spiff.build import Core
from engine.bpmn.spiff.case import Case, Token
from engine.bpmn.spiff.catching import OUTSIDE
from engine.bpmn.spiff.gateways import JoinSpec
from engine.bpmn.spiff.moves import go, place, view
from engine.bpmn.spiff.texts import Functions
from engine.bpmn.state import ScopeState, Snapshot, TokenState, UnreadableState
from engine.errors import Conflict


def freeze(case: Case) -> Snapshot:
    """What has to be remembered until the next step; forgets forks nobody can join any more."""
    if case.final is not None:
        return Snapshot(case.counter, [], case.final, ended=True)
    scopes = []
    for scope in case.scopes():
        tokens = scope.tokens()
        live = [token for token in tokens if not token.armed]
        kept = scope.branches.settle(
            [token.path for token in live if not token.node.by_event],
            [token.path for token in live if token.node.by_event],
        )
        frame = None if scope is case else (scope.holder.id, scope.index)
        packed = ScopeState(scope.spec.name, frame, forks=scope.branches.forks, main=scope.branches.main)
        packed.ended = [(change.before, change.after, change.count) for change in scope.branches.ended]
        for token in tokens:
            token.path = trim(token.path, kept)
            packed.tokens.append(_frozen(token))
        scopes.append(packed)
    return Snapshot(case.counter, scopes, view(case))


def _frozen(token: Token) -> TokenState:
    marks = token.marks
    if token._state != TaskState.WAITING:
        marks.pop("flow", None)
    return TokenState(token.id, token.task_spec.name, token._state, token.data, token.path, marks)


def thaw(core: Core, snapshot: Snapshot, now: datetime, functions: Functions) -> Case:
    """The instance as it was; raises UnreadableState when the diagram lacks an element it stands at."""
    case = Case(core.specs, core.root, now, functions)
    case.counter = snapshot.counter
    if snapshot.ended:
        case.final = snapshot.data
        return case
    for packed in snapshot.scopes:
        scope = case
        if packed.frame is not None:
            holder = case.find(packed.frame[0])
            if holder is None or packed.spec not in core.specs:
                raise UnreadableState("Trạng thái đã lưu không khớp với sơ đồ này.")
            scope = case.open_scope(holder, core.specs[packed.spec], packed.frame[1])
        scope.branches.forks = packed.forks
        scope.branches.ended = [Delta(*change) for change in packed.ended]
        scope.branches.main = packed.main
        for each in packed.tokens:
            spec = scope.spec.task_specs.get(each.node)
            if spec is None:
                raise UnreadableState(f"Sơ đồ này không có bước «{each.node}» mà hồ sơ đang đứng.")
            token = Token(scope, spec, scope.task_tree, each.state, each.id)
            scope.task_tree._children.append(each.id)
            scope.stand(token, each.data, each.path, each.marks)
    return case


def put_on(
    core: Core, snapshot: Snapshot, now: datetime, functions: Functions, renamed: Mapping[str, str]
) -> tuple[Case, list[str]]:
    """The instance on the specifications in `core`, and the tokens of events that are no longer there.

    `renamed` maps old element ids to new ones. Raises Conflict with the elements that have no place there.
    """
    gone: list[str] = []
    missing: list[str] = []
    for scope in snapshot.scopes:
        scope.spec = core.root if scope.frame is None else renamed.get(scope.spec, scope.spec)
        if scope.spec not in core.specs:
            missing.append(scope.spec)
            continue
        scope.tokens = [token for token in scope.tokens if _fits(core, scope, token, renamed, gone, missing)]
    if missing:
        named = ", ".join(f"«{each}»" for each in dict.fromkeys(missing))
        raise Conflict(f"Phiên bản mới không có các bước mà hồ sơ đang đứng: {named}.")
    case = thaw(core, snapshot, now, functions)
    for running in case.scopes():
        _arm(running.tokens())
    return case, gone


def _fits(
    core: Core, scope: ScopeState, token: TokenState, renamed: Mapping[str, str], gone: list[str], missing: list[str]
) -> bool:
    token.node = renamed.get(token.node, token.node)
    spec = core.specs[scope.spec].task_specs.get(token.node)
    if "armed" in token.marks and (spec is None or not _same_host(core, scope, token, renamed)):
        gone.append(token.id)
        return False
    parked_nowhere = isinstance(spec, JoinSpec) and token.marks.get("flow", "") not in ("", *spec.arriving)
    if spec is None or parked_nowhere:
        missing.append(token.node)
    return True


def _same_host(core: Core, scope: ScopeState, token: TokenState, renamed: Mapping[str, str]) -> bool:
    """Whether an armed boundary event is still attached to what it is armed for."""
    host = next((each for each in scope.tokens if each.id == token.marks.get("host")), None)
    if host is None:
        return True
    attached = core.specs[scope.spec].scope.nodes[token.node].attached_to
    return attached in (host.node, renamed.get(host.node, host.node))


def _arm(tokens: list[Token]) -> None:
    """Open the events the new version has and the old one hadn't."""
    if not tokens:
        return
    for token in tokens:
        if token.armed or not ("open" in token.marks or token.workflow.case.inner(token)):
            continue
        armed = {each.node.id for each in tokens if each.marks.get("host") == token.id}
        for node in token.workflow.spec.boundaries.get(token.node.id, ()):
            if node.event is not None and node.event.kind in OUTSIDE and node.id not in armed:
                go(place(token.workflow, node.id, {}, (), armed=1, host=token.id))
    running = tokens[0].workflow
    present = {each.node.id for each in tokens}
    for sub, start in running.spec.event_subs:
        if start.event is not None and start.event.kind in OUTSIDE and not present & {start.id, sub.id}:
            go(place(running, start.id, {}, (), armed=1))
