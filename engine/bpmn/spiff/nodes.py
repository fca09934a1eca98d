"""SpiffWorkflow task specs for what doesn't wait: passing nodes, gateways, throwing events."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from engine.bpmn.dialect import Flow, Node
from engine.bpmn.spiff.case import ScopeSpec, Token
from engine.bpmn.spiff.catching import catcher, fire, local_names
from engine.bpmn.spiff.moves import check_end, finish, follow, view, withdraw
from engine.bpmn.spiff.texts import Held, stored, work_out
from engine.bpmn.spiff.values import inputs, outputs, passed
from engine.bpmn.step import Thrown


class NodeSpec(BpmnSpecMixin):  # type: ignore[misc]
    """What every node does: come in, run, go on. Never predicts: only tokens that exist are in the tree."""

    def __init__(self, wf_spec: ScopeSpec, node: Node) -> None:
        super().__init__(wf_spec, node.id, bpmn_name=node.element.name, lane=node.element.lane)
        self.node = node
        self.flows: tuple[Flow, ...] = ()

    def test(self) -> None:
        """Checked when the diagram was compiled."""

    def _predict(self, my_task: Token, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """The next tokens are placed when this one leaves, not before."""

    def _update_hook(self, my_task: Token) -> bool:
        return True

    def _on_ready(self, my_task: Token) -> None:
        my_task.workflow.case.log.entered(my_task)
        my_task.workflow.case.agenda.append(my_task)

    def _run(self, my_task: Token) -> bool | None:
        marks = my_task.marks
        marks.pop("trouble", None)
        try:
            if "done" not in marks:
                if not self._run_hook(my_task):
                    return None
                marks["done"] = 1
            if not self._ways(my_task) and "loop_again" not in marks:
                check_end(my_task)
        except Held as held:
            my_task.workflow.case.hold(my_task, held)
            return None
        return True

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def _ways(self, token: Token) -> tuple[Flow, ...]:
        return self.flows if token.chosen is None else token.chosen

    def _on_complete(self, my_task: Token) -> None:
        if my_task.id in my_task.workflow.tasks:
            my_task.workflow.case.log.left(my_task)
            follow(my_task, self._ways(my_task))

    def _on_cancel(self, my_task: Token) -> None:
        """`withdraw` has done everything."""


class PassSpec(NodeSpec):
    """Manual and undefined tasks, none events, links: recorded and passed."""


class StartSpec(NodeSpec):
    """Where a scope begins; the start of an event sub-process takes what the event brought."""

    def _run_hook(self, my_task: Token) -> bool:
        if "result" in my_task.marks:
            my_task.data = taken(my_task, my_task.marks["result"])
            del my_task.marks["result"]
        return True


def taken(token: Token, result: Any) -> dict[str, Any]:
    """The data of a token after an event brought `result`."""
    case, node = token.workflow.case, token.node
    event = node.event
    data = dict(token.data)
    brought = result if isinstance(result, dict) else {"value": result}
    if event is not None and event.code_variable:
        data[event.code_variable] = brought.get("code")
    if event is not None and event.message_variable:
        data[event.message_variable] = brought.get("message")
    if node.element.outputs:
        data.update(outputs(node.element, {**data, **brought, "result": brought}, case.functions))
    elif event is not None and event.kind in ("message", "signal"):
        data.update(brought)
    return data


class ThrowSpec(NodeSpec):
    """Intermediate and end events that send something, and send tasks."""

    def _run_hook(self, my_task: Token) -> bool:
        event, case = self.node.event, my_task.workflow.case
        assert event is not None
        if event.kind == "escalation":
            return self._escalate(my_task)
        given = local_names(my_task)
        variables = {**my_task.data, **given}
        data = {**given, **passed(self.node.element.passes_in, variables, case.functions)}
        correlation = self.node.element.properties.get("correlation")
        case.log.throw(
            Thrown(
                "signal" if event.kind == "signal" else "message",
                str(event.name),
                None if correlation is None else str(work_out(correlation, variables, case.functions)),
                data,
                self.node.id,
            )
        )
        if self.node.element.outputs:
            my_task.data = {**my_task.data, **outputs(self.node.element, variables, case.functions)}
        return True

    def _escalate(self, token: Token) -> bool:
        event, case = self.node.event, token.workflow.case
        assert event is not None
        code = event.code or ""
        data = {**token.data, **inputs(self.node.element, token.data, case.functions)}
        handler = catcher(token, "escalation", code)
        if handler is None:
            case.log.throw(Thrown("escalation", code, None, stored(data, code), self.node.id))
            return True
        if handler.interrupting:
            case.log.left(token)
        fire(handler, {"code": code, "message": self.node.element.name}, token.data)
        return token.id in token.workflow.tasks


class ErrorEndSpec(NodeSpec):
    """Throws a BPMN error to the nearest handler; without one the instance ends with it."""

    def _run_hook(self, my_task: Token) -> bool:
        case, event = my_task.workflow.case, self.node.event
        assert event is not None
        code, message = event.code or "", self.node.element.name
        case.log.left(my_task)
        handler = catcher(my_task, "error", code)
        if handler is not None:
            fire(handler, {"code": code, "message": message}, my_task.data)
            return False
        case.log.throw(Thrown("error", code, None, {"code": code, "message": message}, self.node.id))
        finish(case, view(case) if my_task.workflow is not case else view(case, my_task.data))
        return False


class TerminateSpec(NodeSpec):
    """Ends its scope at once and takes everything else in it away."""

    def _run_hook(self, my_task: Token) -> bool:
        scope = my_task.workflow
        scope.case.log.left(my_task)
        data = view(scope, my_task.data)
        withdraw(my_task)
        finish(scope, data)
        return False
