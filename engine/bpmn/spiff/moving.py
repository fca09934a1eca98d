"""Puts a running instance on another version of its diagram."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.bpmn.spiff.build import Core
from engine.bpmn.spiff.case import Case, Token
from engine.bpmn.spiff.catching import OUTSIDE
from engine.bpmn.spiff.freeze import thaw
from engine.bpmn.spiff.moves import go, place
from engine.bpmn.spiff.nodes import JoinSpec
from engine.bpmn.spiff.texts import Functions
from engine.bpmn.state import ScopeState, Snapshot, TokenState
from engine.errors import Conflict


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
