"""SpiffWorkflow task specs for what waits for somebody or something outside."""

from __future__ import annotations

from typing import Any

from engine.bpmn.spiff.case import Token
from engine.bpmn.spiff.catching import Handler, arm_boundaries, disarm, fire, surroundings
from engine.bpmn.spiff.moves import go, place, withdraw
from engine.bpmn.spiff.nodes import NodeSpec, taken
from engine.bpmn.spiff.texts import Held, holds, work_out
from engine.bpmn.spiff.timers import following, moment, schedule
from engine.bpmn.spiff.values import outputs, passed, picked
from engine.bpmn.spiff.waits import activity_wait, event_wait, fan_out_wait
from engine.bpmn.step import Repeat, Wait


class ActivitySpec(NodeSpec):
    """What activities have in common: standard loops and the events at their border."""

    def begin(self, token: Token) -> bool:
        """Before the first turn; false when a loop tested before has nothing to do."""
        loop = self.node.loop
        if loop is None or not loop.test_before or not loop.condition or self._turn(token):
            return True
        return holds(loop.condition, self.counted(token), token.workflow.case.functions)

    def counted(self, token: Token) -> dict[str, Any]:
        """The data with the loop counter."""
        if self.node.loop is None:
            return token.data
        return {**token.data, "loop_counter": self._turn(token)}

    def finish_turn(self, token: Token) -> bool:
        """After a turn: notes whether another one follows; always true."""
        loop = self.node.loop
        if loop is None:
            return True
        turn = self._turn(token) + 1
        more = loop.maximum is None or turn < loop.maximum
        if more and loop.condition is not None:
            more = holds(loop.condition, {**token.data, "loop_counter": turn}, token.workflow.case.functions)
        if more:
            token.marks["loop_again"] = turn
        return True

    def _turn(self, token: Token) -> int:
        return int(token.marks.get("loop", 0))

    def arm(self, token: Token) -> None:
        """Open the border events, once for all turns of a loop."""
        if not self._turn(token):
            arm_boundaries(token)

    def _on_complete(self, my_task: Token) -> None:
        scope = my_task.workflow
        if my_task.id not in scope.tasks:
            return
        turn = my_task.marks.get("loop_again")
        if turn is None:
            disarm(my_task)
            super()._on_complete(my_task)
            return
        scope.case.log.left(my_task)
        scope.drop(my_task)
        following_turn = place(scope, self.node.id, my_task.data, my_task.path, loop=turn)
        for token in scope.tokens():
            if token.marks.get("host") == my_task.id:
                token.marks["host"] = following_turn.id
        go(following_turn)


class WaitSpec(ActivitySpec):
    """User tasks, operations, decisions and calls: opened on the way in, settled when the result comes."""

    def _run_hook(self, my_task: Token) -> bool:
        if "result" in my_task.marks:
            return self._settle(my_task)
        case = my_task.workflow.case
        if not self.begin(my_task):
            return True
        wait = self.wait(my_task)
        if wait.fan_out is not None and not wait.fan_out.items:
            my_task.marks["result"] = {"results": []}
            return self._settle(my_task)
        case.log.open(my_task, wait)
        self.arm(my_task)
        return False

    def wait(self, token: Token) -> Wait:
        """What is wanted, worked out from the token's data as it is now."""
        case = token.workflow.case
        if self.node.multi is None:
            return activity_wait(case, self.node.element, self.counted(token))
        return fan_out_wait(case, self.node, token.data)

    def _settle(self, token: Token) -> bool:
        result = token.marks["result"]
        before = token.data
        token.data = self._fan_in(token, result) if self.node.multi is not None else self._one(token, result)
        try:
            self.finish_turn(token)
        except Held:
            token.data = before
            raise
        del token.marks["result"]
        return True

    def _one(self, token: Token, result: Any) -> dict[str, Any]:
        element, functions = self.node.element, token.workflow.case.functions
        data = dict(token.data)
        answers = result if isinstance(result, dict) else {}
        if self.node.kind == "callActivity":
            data.update(passed(element.passes_out, answers, functions))
        elif self.node.kind == "businessRuleTask":
            variable = element.attributes.get("resultVariable")
            data.update({variable: result} if variable else {} if element.outputs else answers)
        if element.outputs:
            names = answers if self.node.kind == "userTask" else {}
            data.update(outputs(element, {**data, **names, "result": result}, functions))
        elif self.node.kind == "userTask":
            data.update(answers)
        return data

    def _fan_in(self, token: Token, result: Any) -> dict[str, Any]:
        multi, element = self.node.multi, self.node.element
        assert multi is not None
        given = result.get("results", []) if isinstance(result, dict) else result
        results = [picked(multi, each) for each in given]
        data = dict(token.data)
        if multi.output:
            data[multi.output] = results
        if element.outputs:
            variables = {**data, "results": results, "result": result}
            data.update(outputs(element, variables, token.workflow.case.functions))
        return data


class CatchSpec(ActivitySpec):
    """Intermediate events, receive tasks, boundary events, starts of event sub-processes: wait, then take what came."""

    def _run_hook(self, my_task: Token) -> bool:
        marks = my_task.marks
        if "result" in marks:
            my_task.data = taken(my_task, marks["result"])
            del marks["result"]
            self._end_race(my_task)
            return True
        case, event = my_task.workflow.case, self.node.event
        assert event is not None
        data = surroundings(my_task) if my_task.armed else my_task.data
        due, repeat = self._due(my_task, data) if event.kind == "timer" else (None, None)
        host = marks.get("host")
        case.log.open(my_task, event_wait(case, self.node, data, due, repeat, host))
        if self.node.kind == "receiveTask":
            self.arm(my_task)
        return False

    def _due(self, token: Token, data: dict[str, Any]) -> tuple[Any, Repeat | None]:
        case, event = token.workflow.case, self.node.event
        assert event is not None
        assert event.timer is not None
        try:
            last = token.marks.pop("last", None)
            if last is not None:
                upcoming = following(moment(last, case.now), Repeat(*token.marks["repeat"]), case.now)
                assert upcoming is not None
                due, repeat = upcoming[0], upcoming[1]
                found: tuple[Any, Repeat | None] = (due, repeat)
            else:
                found = schedule(event.timer, work_out(event.text, data, case.functions), case.now)
        except ValueError as error:
            raise Held("value", f"Bộ hẹn giờ: {error}.") from error
        if found[1] is not None:
            token.marks.update(due=found[0].isoformat(), repeat=[found[1].remaining, found[1].interval])
        return found

    def _end_race(self, token: Token) -> None:
        race = token.marks.pop("race", None)
        if race is not None:
            for other in token.workflow.tokens():
                if other.marks.get("race") == race:
                    withdraw(other)

    def occur(self, token: Token, result: Any) -> None:
        """An armed event has happened: the handler takes over."""
        scope = token.workflow
        host = scope.tasks.get(token.marks.get("host", ""))
        sub = next((sub for sub, start in scope.spec.event_subs if start.id == self.node.id), None)
        fire(Handler(scope, self.node, host=host, sub=None if host is not None else sub), result, armed=token)
