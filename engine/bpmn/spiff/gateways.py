"""SpiffWorkflow task specs for gateways: which way on, and who waits for whom."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.dialect import Node
from engine.bpmn.joins import Branch
from engine.bpmn.spiff.case import Case, ScopeSpec, Token
from engine.bpmn.spiff.moves import conflict, go, place
from engine.bpmn.spiff.nodes import NodeSpec
from engine.bpmn.spiff.texts import Held, holds


class ExclusiveSpec(NodeSpec):
    """One way on: the first whose condition is true, else the default."""

    def _run_hook(self, my_task: Token) -> bool:
        case = my_task.workflow.case
        default = None
        for flow in self.flows:
            if flow.id == self.node.default:
                default = flow
            elif flow.condition is None or holds(flow.condition, my_task.data, case.functions):
                my_task.chosen = (flow,)
                return True
        if default is None and self.flows:
            raise Held("no-branch", "Không có nhánh nào thỏa điều kiện và cổng không có luồng mặc định.")
        my_task.chosen = () if default is None else (default,)
        return True


class JoinSpec(NodeSpec):
    """Gateways that may wait for other branches and merge what they know."""

    def __init__(self, wf_spec: ScopeSpec, node: Node) -> None:
        super().__init__(wf_spec, node)
        self.arriving: tuple[str, ...] = ()

    def parked(self, scope: Any) -> dict[str, Token]:
        """The first waiting token of each incoming flow that no held merge counts upon."""
        here = [token for token in scope.live() if token.task_spec is self]
        bound = {each for token in here for each in token.marks.get("with", ())}
        found: dict[str, Token] = {}
        for token in here:
            if token._state == TaskState.WAITING and token.id not in bound:
                found.setdefault(token.marks.get("flow", ""), token)
        return found

    def bring_together(self, group: dict[str, Token], leading: Token) -> None:
        """`leading` goes on for the whole group."""
        leading.marks["with"] = [token.id for token in group.values() if token is not leading]

    def merge(self, token: Token) -> None:
        """Make one token of the group; raises Held where they disagree."""
        others = token.marks.get("with")
        if not others:
            return
        scope = token.workflow
        partners = [scope.tasks[each] for each in others if each in scope.tasks]
        branches = [Branch(each.path, each.data) for each in (*partners, token)]
        merged, clashes = scope.branches.merge(branches)
        if clashes:
            raise conflict(clashes)
        for each in partners:
            each._set_state(TaskState.COMPLETED)
            scope.drop(each)
        token.data, token.path = merged.data, merged.path
        del token.marks["with"]


class ParallelSpec(JoinSpec):
    """Waits for a token on every incoming flow, goes on along every outgoing one."""

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.arriving) < 2:
            return True
        my_task._set_state(TaskState.WAITING)
        if len(my_task.workflow.came[self.node.id]) < len(self.arriving):
            return False  # told without looking at ten thousand tokens for each that comes
        group = self.parked(my_task.workflow)
        if len(group) < len(self.arriving):
            return False
        self.bring_together(group, my_task)
        return True

    def _run_hook(self, my_task: Token) -> bool:
        self.merge(my_task)
        return True


class InclusiveSpec(JoinSpec):
    """Waits as long as another token may still arrive, goes on along every way whose condition is true."""

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.arriving) < 2:
            return True
        my_task._set_state(TaskState.WAITING)
        return False

    def _run_hook(self, my_task: Token) -> bool:
        self.merge(my_task)
        case = my_task.workflow.case
        if len(self.flows) < 2 and not any(flow.condition for flow in self.flows):
            return True
        chosen = tuple(
            flow
            for flow in self.flows
            if flow.id != self.node.default
            and (flow.condition is None or holds(flow.condition, my_task.data, case.functions))
        )
        conditional = [flow for flow in chosen if flow.condition is not None]
        if not conditional:
            chosen += tuple(flow for flow in self.flows if flow.id == self.node.default)
        if not chosen:
            raise Held("no-branch", "Không có nhánh nào thỏa điều kiện và không có luồng mặc định.")
        my_task.chosen = chosen
        return True


class EventGatewaySpec(NodeSpec):
    """Opens every event behind it; the first one that comes takes the others away."""

    def _on_complete(self, my_task: Token) -> None:
        scope = my_task.workflow
        scope.case.log.left(my_task)
        scope.drop(my_task)
        waiting = [
            place(scope, flow.target, my_task.data, my_task.path, flow=flow.id, race=my_task.id) for flow in self.flows
        ]
        for token in waiting:
            go(token)


def release(case: Case) -> bool:
    """Let every inclusive gateway run that waits for nobody; true when one did."""
    released = False
    for scope in case.scopes():
        for spec in scope.spec.inclusive:
            group = spec.parked(scope)
            if group and not _awaited(scope, spec, group):
                leading = list(group.values())[-1]
                spec.bring_together(group, leading)
                leading._ready()
                released = True
    return released


def _awaited(scope: Any, spec: InclusiveSpec, group: dict[str, Token]) -> bool:
    """BPMN 2.0, 13.4.3: a token that can reach an empty incoming flow, but none that already has a token."""
    empty = {flow for flow in spec.arriving if flow not in group}
    if not empty:
        return False
    before_empty = _leading_to(scope.spec, empty, spec.node.id)
    before_full = _leading_to(scope.spec, set(group), spec.node.id)
    return any(
        token.node.id in before_empty and token.node.id not in before_full
        for token in scope.live()
        if token.task_spec is not spec
    )


def _leading_to(spec: ScopeSpec, flows: set[str], avoiding: str) -> set[str]:
    """Nodes from which a path leads over one of these flows without touching the gateway before."""
    open_nodes = [spec.scope.flows[flow].source for flow in flows]
    found: set[str] = set()
    while open_nodes:
        node = open_nodes.pop()
        if node in found or node == avoiding:
            continue
        found.add(node)
        open_nodes.extend(flow.source for flow in spec.incoming.get(node, ()))
        host = spec.scope.nodes[node].attached_to
        if host is not None:
            open_nodes.append(host)
    return found
