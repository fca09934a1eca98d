"""Plays an instance in tests: keeps the state, the open waits and everything that happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from engine.bpmn import procedure as procedures
from engine.bpmn import run
from engine.bpmn.procedure import Procedure
from engine.bpmn.run import Passage, Step, Thrown, Trouble, Wait

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Play:
    def __init__(
        self, xml: bytes, /, *, now: datetime = NOW, functions: Any = None, at: str | None = None, **data: Any
    ):
        self.procedure: Procedure = procedures.compile(xml)
        self.functions = functions or {}
        self.now = now
        self.waits: dict[str, Wait] = {}
        self.passages: list[Passage] = []
        self.thrown: list[Thrown] = []
        self.closed: list[str] = []
        self.troubles: dict[str, Trouble] = {}
        self.step = self._take(run.start(self.procedure, data, now, self.functions, at))

    def _take(self, step: Step) -> Step:
        self.step = step
        for token in step.closed:
            assert token in self.waits, f"{token} was never open"
            del self.waits[token]
        for wait in step.opened:
            assert wait.token not in self.waits
            self.waits[wait.token] = wait
        self.closed += step.closed
        self.passages += step.passages
        self.thrown += step.thrown
        self.troubles.update({trouble.token: trouble for trouble in step.incidents})
        self.state = step.state
        if step.ended:
            assert not self.waits, f"ended with open waits: {self.waits}"
        return step

    def wait(self, element: str) -> Wait:
        found = [wait for wait in self.waits.values() if wait.element == element]
        assert len(found) == 1, f"{element}: {[wait.element for wait in self.waits.values()]}"
        return found[0]

    def done(self, element: str, **result: Any) -> Step:
        return self.settle(self.wait(element), result)

    def settle(self, wait: Wait, result: Any) -> Step:
        del self.waits[wait.token]
        return self._take(run.complete(self.procedure, self.state, wait.token, result, self.now, self.functions))

    def error(self, element: str, code: str, message: str = "Lỗi") -> Step:
        wait = self.wait(element)
        step = run.throw_error(self.procedure, self.state, wait.token, code, message, self.now, self.functions)
        del self.waits[wait.token]
        return self._take(step)

    def escalate(self, element: str, code: str) -> Step:
        wait = self.wait(element)
        return self._take(run.escalate(self.procedure, self.state, wait.token, code, "", self.now, self.functions))

    def retry(self, element: str, **patch: Any) -> Step:
        trouble = next(trouble for trouble in self.troubles.values() if trouble.element == element)
        del self.troubles[trouble.token]
        return self._take(
            run.retry(self.procedure, self.state, trouble.token, self.now, self.functions, data_patch=patch)
        )

    def move(self, xml: bytes, **renamed: str) -> Step:
        self.procedure = procedures.compile(xml)
        return self._take(run.move(self.procedure, self.state, self.now, self.functions, renamed))

    def cancel(self) -> Step:
        return self._take(run.cancel(self.procedure, self.state))

    def later(self, **delta: float) -> None:
        self.now += timedelta(**delta)

    @property
    def open(self) -> list[str]:
        return sorted(wait.element for wait in self.waits.values())

    @property
    def data(self) -> dict[str, Any]:
        return self.step.data

    @property
    def ended(self) -> bool:
        return self.step.ended

    def history(self) -> list[str]:
        signs = {"entered": "+", "left": "-", "cancelled": "x"}
        return [f"{signs[passage.event]}{passage.element}" for passage in self.passages]
