"""A running instance as plain data and back."""

from __future__ import annotations

from datetime import datetime

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.joins import Data, Delta, trim
from engine.bpmn.spiff.build import Core
from engine.bpmn.spiff.case import Case, Token
from engine.bpmn.spiff.moves import view
from engine.bpmn.spiff.texts import Functions
from engine.bpmn.state import ScopeState, Snapshot, TokenState, UnreadableState

_PASSING_MARKS = ("inside", "flow")  # kept only where something still needs them


def freeze(case: Case) -> Snapshot:
    """What has to be remembered until the next step; forgets forks nobody can join any more."""
    if case.final is not None:
        return Snapshot(case.counter, [], case.final, ended=True)
    scopes = []
    for scope in case.scopes():
        tokens = scope.tokens()
        kept = scope.branches.settle(token.path for token in tokens if not token.armed)
        frame = None if scope is case else (scope.holder.id, scope.index)
        packed = ScopeState(scope.spec.name, frame, forks=scope.branches.forks)
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
        for each in packed.tokens:
            spec = scope.spec.task_specs.get(each.node)
            if spec is None:
                raise UnreadableState(f"Sơ đồ này không có bước «{each.node}» mà hồ sơ đang đứng.")
            token = Token(scope, spec, scope.task_tree, each.state, each.id)
            scope.task_tree._children.append(each.id)
            token.data, token.path, token.internal_data = each.data, each.path, each.marks
    return case


def data_of(case: Case) -> Data:
    """The data of the instance: final, or what its branches agree upon now."""
    return case.final if case.final is not None else view(case)
