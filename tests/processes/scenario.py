"""Walks a shipped procedure step by step as a scenario file tells, on the real engine core, forms and tables.

A scenario is `processes/<key>/scenarios/<name>.toml`: `start`, `[data]`, `[[step]]` (`at` an element that waits, then
`answer`, `results` of a fan-out, or an `error`), and what must come out: `[end]` or `waiting`. Operations and tables
answer by themselves unless a step names their element; `[operations]` gives them other results than the ordinary.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from connectors.catalog import catalog
from engine.bpmn import decisions, procedure, run
from engine.definitions.shipped import PROCESSES, Bundle, read_folder
from engine.forms.context import FormContext
from engine.forms.reading import read_form
from tests.processes.ordinary import ORDINARY, AnyChoice, functions

MORNING = datetime.fromisoformat("2026-11-23T08:15:00+07:00")
SOMEBODY = 70
KNOWN_KEYS = {"at", "answer", "results", "error", "message", "by", "nth", "expect", "now"}


@dataclass(frozen=True)
class Scenario:
    """One scenario file."""

    key: str
    path: Path
    table: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.key}/{self.path.stem}"


@lru_cache(maxsize=1)
def bundles() -> Mapping[str, Bundle]:
    """Every shipped procedure by key."""
    return {about.parent.name: read_folder(about.parent) for about in sorted(PROCESSES.glob("*/process.toml"))}


def scenarios(key: str) -> list[Scenario]:
    """The scenarios of a procedure, in the order of their file names."""
    paths = sorted((PROCESSES / key / "scenarios").glob("*.toml"))
    return [Scenario(key, path, tomllib.loads(path.read_text(encoding="utf-8"))) for path in paths]


@dataclass
class Walk:
    """One scenario being walked; `elements` and `flows` are what it came through."""

    scenario: Scenario
    waits: dict[str, run.Wait] = field(default_factory=dict)
    elements: set[str] = field(default_factory=set)
    flows: set[str] = field(default_factory=set)
    ends: list[str] = field(default_factory=list)
    thrown: list[dict[str, Any]] = field(default_factory=list)
    operations: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    state: bytes = b""
    ended: bool = False

    def __post_init__(self) -> None:
        self.bundle = bundles()[self.scenario.key]
        self.procedure = procedure.compile(self.bundle.diagram)
        self.tables: dict[str, decisions.DecisionTable] = {}
        for text in self.bundle.decisions.values():
            self.tables.update(decisions.read_decisions(text.encode()))
        self.forms = {key: read_form(json.dumps(schema).encode()) for key, schema in self.bundle.forms.items()}
        self.now = datetime.fromisoformat(self.scenario.table.get("now", MORNING.isoformat()))
        self.steps = list(self.scenario.table.get("step", []))
        special = self.scenario.table.get("operations", {})
        self.special = {key: list(found) if isinstance(found, list) else [found] for key, found in special.items()}

    def walk(self) -> Walk:
        """Go through every step, then compare what came out with what the scenario expects."""
        table = self.scenario.table
        data, at = dict(table.get("data", {})), table.get("start")
        self._take(run.start(self.procedure, data, self.now, functions(self.now), at))
        while self.steps:
            self._settle_what_needs_nobody(self.steps[0]["at"])
            self._step(self.steps.pop(0))
        self._settle_what_needs_nobody(None)
        self._compare()
        return self

    # --- one step

    def _step(self, step: Mapping[str, Any]) -> None:
        assert set(step) <= KNOWN_KEYS, f"{self.scenario}: unknown keys {set(step) - KNOWN_KEYS}"
        found = [wait for wait in self.waits.values() if wait.element == step["at"]]
        assert found, f"{self.scenario}: nothing waits at {step['at']}; waiting: {self._waiting()}"
        wait = found[step.get("nth", 0)]
        self._expect(wait, step.get("expect", {}))
        if "now" in step:
            self.now = datetime.fromisoformat(step["now"])
        if wait.kind == "timer":
            assert wait.due is not None
            self.now = max(self.now, wait.due)
        if "error" in step:
            del self.waits[wait.token]
            said = step.get("message", "Không làm được.")
            self._take(
                run.throw_error(
                    self.procedure, self.state, wait.token, step["error"], said, self.now, functions(self.now)
                )
            )
            return
        self._complete(wait, self._result(wait, step))

    def _expect(self, wait: run.Wait, expected: Mapping[str, Any]) -> None:
        for name, value in expected.items():
            if name == "shares":  # of a fan-out: who has which line
                assert wait.fan_out is not None
                lines = [[share.assignee or "", *share.candidate_groups] for share in wait.fan_out.shares]
                assert lines == value, f"{self.scenario}: {wait.element} goes to {lines}"
                continue
            seen: Any = getattr(wait, name)
            if isinstance(seen, datetime):
                seen, value = seen, datetime.fromisoformat(value)
            elif isinstance(seen, tuple):
                seen = list(seen)
            elif isinstance(value, dict):
                seen = {key: seen.get(key) for key in value}
            assert seen == value, f"{self.scenario}: {wait.element}.{name} is {seen!r}, not {value!r}"

    def _result(self, wait: run.Wait, step: Mapping[str, Any]) -> dict[str, Any]:
        by = {"completed_by": step.get("by", SOMEBODY), "completed_at": self.now.isoformat()}
        if wait.fan_out is not None:
            results = list(step.get("results", []))
            lines = len(wait.fan_out.items)
            assert len(results) == lines, f"{self.scenario}: {wait.element} has {lines} lines"
            if wait.kind == "user_task":
                shares = zip(wait.fan_out.shares, results, strict=True)
                results = [self._answers(wait, share.given, answer) | by for share, answer in shares]
            return {"results": results}
        answer = dict(step.get("answer", {}))
        return self._answers(wait, wait.given, answer) | by if wait.kind == "user_task" else answer

    def _answers(self, wait: run.Wait, given: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
        """What the platform makes of the answers: checked by the form, bound ones put on the document."""
        form = self.forms[(wait.form or "").removesuffix(".form.json")]
        document = {"subject": "Về việc báo cáo", "due_date": None, "signer_id": 5, "signer_name": "Nguyễn Văn An"}
        data = {"document": document | self.scenario.table.get("document", {}), **given}
        context = FormContext(json.loads(json.dumps(data)), AnyChoice(), self.now.date())
        values = form.validate(answer, context)
        surplus = set(answer) - set(values)
        assert not surplus, f"{self.scenario}: {wait.element} doesn't ask {surplus} here"
        bound = _bound(self.bundle.forms[form.id].get("components", []))
        return {key: value for key, value in values.items() if key not in bound}

    # --- operations and tables

    def _settle_what_needs_nobody(self, following: str | None) -> None:
        while True:
            ready = [w for w in self.waits.values() if w.kind in ("operation", "decision") and w.element != following]
            if not ready:
                return
            wait = ready[0]
            self._complete(wait, self._decided(wait) if wait.kind == "decision" else self._operated(wait))

    def _decided(self, wait: run.Wait) -> Any:
        outcome = self.tables[wait.name].evaluate(wait.given, functions(self.now))
        assert outcome is not None, f"{self.scenario}: no rule of {wait.name} holds for {wait.given}"
        return outcome

    def _operated(self, wait: run.Wait) -> dict[str, Any]:
        lines = [share.given for share in wait.fan_out.shares] if wait.fan_out is not None else [wait.given]
        for given in lines:
            catalog().get(wait.name).read(given)
            self.operations.append(_told(wait.name, given))
        special = self.special.get(wait.name, [])
        result = (special.pop(0) if len(special) > 1 else special[0]) if special else ORDINARY[wait.name]
        return {"results": [dict(result) for _ in lines]} if wait.fan_out is not None else dict(result)

    def _complete(self, wait: run.Wait, result: Any) -> None:
        del self.waits[wait.token]
        self._take(run.complete(self.procedure, self.state, wait.token, result, self.now, functions(self.now)))

    def _take(self, step: run.Step) -> None:
        assert not step.incidents, f"{self.scenario}: {step.incidents}"
        self.state, self.ended, self.data = step.state, step.ended, step.data
        for token in step.closed:
            self.waits.pop(token, None)
        self.waits.update({wait.token: wait for wait in step.opened})
        self.thrown += [{"name": t.name, "correlation": t.correlation, "data": t.data} for t in step.thrown]
        for passage in step.passages:
            if passage.event == "entered":
                self.elements.add(passage.element)
                self.flows |= {passage.flow} if passage.flow else set()
                if self.procedure.elements[passage.element].kind == "endEvent":
                    self.ends.append(passage.element)

    # --- what came out

    def _waiting(self) -> list[str]:
        return sorted(wait.element for wait in self.waits.values())

    def _compare(self) -> None:
        table, where = self.scenario.table, str(self.scenario)
        assert ("end" in table) != ("waiting" in table), f"{where}: say either how it ends or what waits at last"
        if "waiting" in table:
            assert self._waiting() == sorted(table["waiting"]), where
        else:
            assert self.ended, f"{where}: hasn't ended, waits at {self._waiting()}"
            assert sorted(self.ends) == sorted(table["end"]["at"]), where
            for name, value in table["end"].get("data", {}).items():
                assert self.data.get(name) == value, f"{where}: {name} is {self.data.get(name)!r}"
        assert self.thrown == table.get("thrown", []), where
        for told in table.get("done", []):
            assert told in self.operations, f"{where}: {told} wasn't done; done: {self.operations}"
        for told in table.get("not_done", []):
            assert not any(each.startswith(told) for each in self.operations), f"{where}: {told} was done"


def _told(operation: str, given: Mapping[str, Any]) -> str:
    """An operation with the one input that tells it from others of its kind."""
    names = ("code", "status", "resolution", "dispatch", "kind")
    telling = next((str(given[name]) for name in names if given.get(name)), "")
    return f"{operation} {telling}".strip()


def _bound(components: list[Any]) -> set[str]:
    found = set()
    for component in components:
        found |= _bound(component.get("components", []))
        if str(component.get("properties", {}).get("bind", "")).startswith("document."):
            found.add(component["key"])
    return found
