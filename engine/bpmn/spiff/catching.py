"""Who catches what: boundary events and event sub-processes, armed for what comes from outside or found when thrown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.bpmn.dialect import Node
from engine.bpmn.joins import Branches, Data, apply
from engine.bpmn.spiff.case import Token
from engine.bpmn.spiff.moves import again, arrived, current, fork, go, place, view, withdraw
from engine.bpmn.spiff.values import inputs
from engine.bpmn.step import Repeat

OUTSIDE = frozenset({"timer", "message", "signal"})


@dataclass(frozen=True, slots=True)
class Handler:
    """What catches an event: a boundary event of `host`, or an event sub-process of `scope`."""

    scope: Any
    node: Node  # the boundary event, or the start event of the sub-process
    host: Token | None = None
    sub: Node | None = None

    @property
    def interrupting(self) -> bool:
        """Whether what runs is taken away."""
        return self.node.interrupting


def local_names(token: Token) -> dict[str, Any]:
    """The input parameters of the token's node."""
    return inputs(token.node.element, token.data, token.workflow.case.functions)


def catcher(token: Token, kind: str, code: str) -> Handler | None:
    """The nearest handler outwards from `token`; one for the very code before one for every code."""
    at: Token = token
    while True:
        scope = at.workflow
        found = _best(scope.spec.boundaries.get(at.node.id, ()), kind, code)
        if found is not None:
            return Handler(scope, found, host=at)
        # What goes wrong inside an event sub-process is no affair of its neighbours.
        if not at.node.by_event:
            starts = {start.id: sub for sub, start in scope.spec.event_subs}
            found = _best([start for _, start in scope.spec.event_subs], kind, code)
            if found is not None:
                return Handler(scope, found, sub=starts[found.id])
        if scope is scope.case:
            return None
        at = scope.holder


def _best(nodes: Any, kind: str, code: str) -> Node | None:
    general = None
    for node in nodes:
        if node.event is not None and node.event.kind == kind:
            if node.event.code == code:
                exact: Node = node
                return exact
            if node.event.code is None:
                general = node
    return general


def arm_boundaries(host: Token) -> None:
    """Open the events at the border of an activity that come from outside."""
    for node in host.workflow.spec.boundaries.get(host.node.id, ()):
        if node.event is not None and node.event.kind in OUTSIDE:
            go(place(host.workflow, node.id, {}, (), armed=1, host=host.id))


def disarm(host: Token) -> None:
    """The activity is over: nothing at its border can happen any more."""
    for token in host.workflow.tokens():
        if token.armed and token.marks.get("host") == host.id:
            withdraw(token)


def arm_scope(scope: Any) -> None:
    """Open the starts of the event sub-processes of a scope."""
    for _, start in scope.spec.event_subs:
        if start.event is not None and start.event.kind in OUTSIDE:
            go(place(scope, start.id, {}, (), armed=1))


def surroundings(armed: Token) -> Data:
    """The data an armed event sees: its host's, or the scope's."""
    host = armed.workflow.tasks.get(armed.marks.get("host", ""))
    return current(host) if host is not None else view(armed.workflow)


def fire(handler: Handler, result: Any, preferred: Data | None = None, armed: Token | None = None) -> None:
    """Let a handler take over with what the event brought; `armed` is the token that waited for it."""
    if armed is not None:
        armed.workflow.case.log.settled(armed)
        if not handler.interrupting:
            _rearm(handler, armed)
        if handler.sub is not None:
            armed.workflow.drop(armed)
    if handler.host is not None:
        _fire_boundary(handler, handler.host, result, preferred, armed)
    else:
        _fire_sub(handler, result, preferred)


def _rearm(handler: Handler, armed: Token) -> None:
    """A non-interrupting message or signal may come again, a cycle goes on."""
    marks: dict[str, Any] = {"armed": 1}
    if handler.host is not None:
        marks["host"] = handler.host.id
    event = handler.node.event
    if event is not None and event.kind == "timer":
        repeat = armed.marks.get("repeat")
        if repeat is None or Repeat(*repeat).remaining == 0:
            return
        marks.update(last=armed.marks["due"], repeat=repeat)
    go(place(armed.workflow, handler.node.id, {}, (), **marks))


def _fire_boundary(handler: Handler, host: Token, result: Any, preferred: Data | None, armed: Token | None) -> None:
    scope = handler.scope
    data, path = current(host), host.path
    if preferred is not None:
        inner = scope.case.inner(host)
        data = host.task_spec.leaving(host, view(inner[0], preferred)) if len(inner) == 1 else data
    if handler.interrupting:
        if armed is not None:
            armed.marks.pop("host", None)
        withdraw(host)
    else:
        path = host.path = fork(scope, data, host.path)
        data = _with_ended(scope, data)
    token = armed if armed is not None else place(scope, handler.node.id, data, path)
    token.data, token.path = data, path
    for mark in ("armed", "host", "due", "repeat", "trouble"):
        token.marks.pop(mark, None)
    token.marks["result"] = result
    scope.case.log.entered(token)
    again(token)


def _with_ended(scope: Any, data: Data) -> Data:
    """A later reminder knows what the earlier ones have noted, and carries it on in their place."""
    left = []
    for change in scope.branches.ended:
        known, clashes = apply(data, change)
        if clashes:
            left.append(change)
        else:
            data = known
    scope.branches.ended = left
    return data


def _fire_sub(handler: Handler, result: Any, preferred: Data | None) -> None:
    scope, sub = handler.scope, handler.sub
    assert sub is not None
    if handler.interrupting:
        data = view(scope, preferred)
        for token in scope.tokens():
            withdraw(token)
        scope.branches = Branches(main=data)
    else:
        data = arrived(scope)
    go(place(scope, sub.id, data, fork(scope, data, ()), result=result))
