"""SpiffWorkflow task spec for sub-processes: once, in a loop, or many at a time."""

from __future__ import annotations

from typing import Any

from engine.bpmn.joins import Data, same
from engine.bpmn.spiff.activities import ActivitySpec
from engine.bpmn.spiff.case import InnerScope, Token
from engine.bpmn.spiff.catching import arm_scope, local_names
from engine.bpmn.spiff.moves import again, go, place, withdraw
from engine.bpmn.spiff.values import completed, items, outputs, picked


class SubProcessSpec(ActivitySpec):
    """Holds an inner scope (or several) until it is over."""

    def _run_hook(self, my_task: Token) -> bool:
        marks = my_task.marks
        if "back" in marks:
            return self._settle(my_task)
        if "items" in marks:
            return self._go_on(my_task)
        if not self.begin(my_task):
            return True
        if self.node.multi is not None:
            return self._begin_many(my_task)
        local = local_names(my_task)
        self.arm(my_task)
        self._open(my_task, 0, {**self.counted(my_task), **local})
        return False

    def _open(self, token: Token, index: int, data: Data) -> None:
        case = token.workflow.case
        scope = case.open_scope(token, case.subprocess_specs[self.node.id], index)
        marks = {"result": token.marks.pop("result")} if "result" in token.marks else {}
        start = place(scope, scope.spec.start_node, data, (), **marks)
        arm_scope(scope)
        go(start)

    def scope_done(self, token: Token, index: int, data: Data) -> None:
        """Called when an inner scope is over."""
        if "items" in token.marks:
            token.marks["results"][index] = self._contribution(token, data)
            token.marks["finished"] += 1
        else:
            token.marks["back"] = data
        again(token)

    def leaving(self, token: Token, data: Data) -> Data:
        """What goes on outside: everything but the names that were local to the inside."""
        local = [each.name for each in self.node.element.inputs]
        if self.node.loop is not None:
            local.append("loop_counter")
        if not local:
            return data
        outside = {name: value for name, value in data.items() if name not in local}
        outside.update((name, token.data[name]) for name in local if name in token.data)
        return outside

    def _settle(self, token: Token) -> bool:
        inside, before = token.marks["back"], token.data
        data = self.leaving(token, inside)
        if self.node.element.outputs:
            data = {**data, **outputs(self.node.element, inside, token.workflow.case.functions)}
        token.data = data
        try:
            self.finish_turn(token)
        except Exception:
            token.data = before
            raise
        del token.marks["back"]
        return True

    def _begin_many(self, token: Token) -> bool:
        multi = self.node.multi
        assert multi is not None
        found = items(multi, token.data, token.workflow.case.functions)
        local_names(token)  # a missing variable is found before anything begins
        token.marks.update(items=found, results=[None] * len(found), finished=0, begun=0)
        self.arm(token)
        for _ in found[:1] if multi.sequential else found:
            self._next(token)
        return self._go_on(token)

    def _next(self, token: Token) -> None:
        multi = self.node.multi
        assert multi is not None
        index = token.marks["begun"]
        token.marks["begun"] += 1
        self._open(token, index, self._inside(token, index))

    def _inside(self, token: Token, index: int) -> Data:
        multi = self.node.multi
        assert multi is not None
        data = {**token.data, multi.item_variable: token.marks["items"][index], "loop_counter": index}
        return {**data, **local_names(token)}

    def _contribution(self, token: Token, data: Data) -> Any:
        multi = self.node.multi
        assert multi is not None
        if multi.output_item is not None:
            return picked(multi, data)
        known = token.data
        local = {multi.item_variable, "loop_counter", *(each.name for each in self.node.element.inputs)}
        return {
            name: value
            for name, value in data.items()
            if name not in local and not (name in known and same(value, known[name]))
        }

    def _go_on(self, token: Token) -> bool:
        multi, marks, functions = self.node.multi, token.marks, token.workflow.case.functions
        assert multi is not None
        total, finished = len(marks["items"]), marks["finished"]
        results = [result for index, result in enumerate(marks["results"]) if index < marks["begun"]]
        early = completed(multi.completion, results, total, finished, token.data, functions)
        if finished < total and not early:
            if multi.sequential and finished == marks["begun"]:
                self._next(token)
            return False
        data = dict(token.data)
        if multi.output:
            data[multi.output] = results
        if self.node.element.outputs:
            data.update(outputs(self.node.element, {**data, "results": results}, functions))
        self._stop(token)
        token.data = data
        for mark in ("items", "results", "finished", "begun"):
            del marks[mark]
        return True

    def _stop(self, token: Token) -> None:
        case = token.workflow.case
        scopes: list[InnerScope] = case.inner(token)
        for scope in scopes:
            for each in scope.tokens():
                withdraw(each)
            case.close_scope(scope)
