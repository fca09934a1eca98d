"""Plays a draft step by step: where it stands, what can be answered there, what a scenario of it could expect."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.definitions.scenarios.answering import carry_out, context_of, form_of, whereabouts
from engine.definitions.scenarios.automatic import settle
from engine.definitions.scenarios.contents import Answered, Waiting, answered, waiting
from engine.definitions.scenarios.course import Astray, Course, Open
from engine.definitions.scenarios.prepared import Prepared, prepare
from engine.definitions.scenarios.proposing import Proposal, Seen, propose
from engine.definitions.scenarios.reading import Scenario, Step, Table, read_scenario
from engine.definitions.scenarios.surroundings import Surroundings
from engine.definitions.shipped import Bundle
from engine.errors import DefinitionError, InvalidInput, PlatformError
from engine.forms.context import Upload


@dataclass(frozen=True, slots=True)
class Opening:
    """One way to begin: a start event and example data, taken from the scenarios there are."""

    element: str
    title: str
    data: Table


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a scenario stands after its steps. `steps` are the steps done, their answers as process data keeps them;
    `problem` says why the next one couldn't be done.
    """

    sentence: str
    steps: tuple[Table, ...] = ()
    now: datetime | None = None
    ended: bool = False
    waiting: tuple[Waiting, ...] = ()
    answered: tuple[Answered, ...] = ()
    troubles: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()  # the path in order, by name
    proposals: tuple[Proposal, ...] = ()
    openings: tuple[Opening, ...] = ()
    problem: str = ""


def play(bundle: Bundle, table: Any, around: Surroundings) -> Standing:
    """Replay the steps of a scenario's table and say where it stands. Never raises for what people drew or typed."""
    try:
        prepared = prepare(bundle)
        named = {**table, "name": table.get("name") or "Đang ghi"} if isinstance(table, Mapping) else table
        scenario = read_scenario("", named)
    except DefinitionError as problem:
        sentence = "Sơ đồ, biểu mẫu hoặc bảng quyết định còn lỗi nên chưa chạy thử được."
        return Standing(sentence, problem=" ".join(each.sentence for each in problem.findings[:3]))
    except InvalidInput as problem:
        return Standing("Kịch bản ghi chưa đúng.", problem=" ".join(problem.fields.values()) or str(problem))
    return _Player(Course(scenario, prepared, around), bundle, table).standing()


def openings(bundle: Bundle, prepared: Prepared) -> tuple[Opening, ...]:
    """How the procedure may begin, plain start first."""
    known: dict[str | None, Table] = {}
    for table in bundle.scenarios.values():
        if isinstance(table, Mapping) and isinstance(table.get("data", {}), Mapping):
            known.setdefault(table.get("start"), table.get("data", {}))
    starts = sorted(prepared.procedure.starts, key=lambda start: start.kind != "none")
    plain = next((start.element for start in starts if start.kind == "none"), None)
    example = next(iter(known.values()), {})  # better to change than to guess the names
    found = []
    for start in starts:
        data = known.get(start.element) or (known.get(None) if start.element == plain else None) or example
        title = prepared.nodes[start.element].element.name or start.element
        found.append(Opening(start.element, title, data))
    return tuple(found)


class _Player:
    """Plays one course and keeps what it saw on the way."""

    def __init__(self, course: Course, bundle: Bundle, table: Table) -> None:
        self._course, self._bundle, self._table = course, bundle, table
        self._steps: list[dict[str, Any]] = []
        self._seen: list[Seen] = []
        self._wrong: dict[str, Any] | None = None

    def standing(self) -> Standing:
        course = self._course
        problem, fresh = "", 0
        step = None
        try:
            course.begin()
            for raw, step in zip(self._table.get("step", []), course.scenario.steps, strict=True):
                settle(course, step.at)
                self._one(dict(raw), step)
                fresh = len(course.did)
            step = None
            settle(course)
        except (Astray, PlatformError, RecursionError) as found:
            problem = "Quy trình gọi nhau lồng quá sâu." if isinstance(found, RecursionError) else str(found)
            self._remember_wrong(step, found)
        return self._told(problem, fresh)

    def _one(self, raw: dict[str, Any], step: Step) -> None:
        course = self._course
        at = next((each for nth, each in enumerate(w for w in course.waits() if w.place == step.at)
                   if nth == step.nth), None)  # fmt: skip
        if at is not None and at.wait.kind == "user_task":
            step = self._tidied(at, step)
            raw |= {"answer": step.answer} if step.answer is not None else {}
            raw |= {"results": list(step.results)} if step.results is not None else {}
        number = len(self._steps)
        seen = None if at is None else Seen(number, at.title, at.wait)
        carry_out(course, step)
        self._seen += [seen] if seen is not None else []
        self._steps.append(raw)

    def _tidied(self, found: Open, step: Step) -> Step:
        """A step with the answers as process data keeps them; what the form doesn't ask now is left out."""
        fan_out = found.wait.fan_out
        if fan_out is not None and step.results is not None:
            shares = zip(fan_out.shares, step.results, strict=False)
            return dataclasses.replace(
                step, results=tuple(self._kept(found, share.given, answer) for share, answer in shares)
            )
        if fan_out is None and step.answer is not None:
            return dataclasses.replace(step, answer=self._kept(found, found.wait.given, step.answer))
        return step

    def _kept(self, found: Open, given: Mapping[str, Any], answer: Table) -> Table:
        form = form_of(self._course, found)
        if form is None:
            return {}
        files = {question.key for question in form.fields if question.kind == "file"}
        raw = {
            key: [Upload(str(name), 1024) for name in (value if isinstance(value, list) else [value]) if name]
            if key in files
            else value
            for key, value in answer.items()
        }
        try:
            values = form.validate(raw, context_of(self._course, given))
        except InvalidInput:
            return answer  # the step itself will say what is wrong with it
        return {
            key: [upload.name for upload in value] if key in files else value
            for key, value in values.items()
            if value not in (None, "", [], False)
        }

    def _remember_wrong(self, step: Step | None, problem: Exception) -> None:
        if step is not None and isinstance(problem, Astray) and problem.fields:
            self._wrong = {"at": step.at, "nth": step.nth, "answer": dict(step.answer or {}), "fields": problem.fields}

    def _told(self, problem: str, fresh: int) -> Standing:
        course, prepared = self._course, self._course.root.prepared
        where = whereabouts(course)
        return Standing(
            sentence=f"{where[0].upper()}{where[1:]}.",
            steps=tuple(self._steps),
            now=course.now,
            ended=course.root.ended,
            waiting=waiting(course, self._wrong),
            answered=answered(course, course.did[fresh:]),
            troubles=tuple(course.troubles.values()),
            elements=tuple(sorted(course.trail.elements)),
            flows=tuple(sorted(course.trail.flows)),
            passed=tuple(course.trail.path),
            proposals=propose(course, self._seen),
            openings=openings(self._bundle, prepared),
            problem=problem,
        )


__all__ = ["Opening", "Scenario", "Standing", "openings", "play"]
