"""Closed cases played once more on another version: which would have taken another path.

A case is played with what people, deliveries and called procedures really answered. What operations inside the
transaction and messages brought isn't kept, so it is read back from the variables at the end. Whether that is good
enough is proved case by case: only a case that its own version plays exactly as it went is compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn import run
from engine.bpmn.dialect import Element, Node
from engine.bpmn.reading import read
from engine.definitions import queries as definitions
from engine.definitions.queries import Ready
from engine.errors import PlatformError
from engine.instances.models import Instance
from engine.instances.practice.record import Record, Settled, records
from engine.instances.timing.functions import functions
from engine.platform import Actor

MAX_CASES = 500  # of one replay, the latest; with more a page would be waited for too long
_RESULT = re.compile(r"\bresult\.([a-z_][a-z0-9_]*)")
_WAITING = frozenset({"userTask", "serviceTask", "businessRuleTask", "callActivity", "receiveTask", "boundaryEvent",
                      "intermediateCatchEvent"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Other:
    """A case that would have gone another way: where it parts, in words, and what it passes more or less."""

    instance_id: int
    document_id: int | None
    sentence: str
    more: frozenset[str]
    less: frozenset[str]


@dataclass(frozen=True, slots=True)
class Replay:
    """What came out of playing closed cases against a version."""

    total: int  # that closed in the period
    tried: int
    same: int
    others: tuple[Other, ...]
    unclear: int  # cases that even their own version doesn't play as they went: nothing is said about them


@dataclass(frozen=True, slots=True)
class _Present:
    session: Session
    now: datetime


@dataclass(slots=True)
class _Play:
    """One case on the move on one version."""

    session: Session
    agency_id: int
    ready: Ready
    nodes: Mapping[str, Node]
    story: Record
    waits: dict[str, run.Wait] = field(default_factory=dict)
    state: bytes = b""
    path: set[str] = field(default_factory=set)
    ended: bool = False

    def play(self) -> str:
        """Go through the whole record; empty when it came to an end, else where it parts from the record, in words."""
        story = self.story
        start = story.start if story.start in self.nodes else None
        self._take(
            run.start(
                self.ready.procedure, dict(story.data), story.started_at, self._functions(story.started_at), start
            )
        )
        for settled in story.settled:
            node = self.nodes.get(settled.element)
            if node is not None and node.kind not in _WAITING:
                continue
            if (parted := self._settle(settled, node)) is not None:
                return parted
        return "" if self.ended else self._stands()

    def _settle(self, settled: Settled, node: Node | None) -> str | None:
        wait = next((each for each in self.waits.values() if each.element == settled.element), None)
        if wait is None and node is not None and node.event is not None and node.event.kind in ("error", "escalation"):
            wait = next((each for each in self.waits.values() if each.element == node.attached_to), None)
            if wait is not None:
                self._throw(wait, node.event.code or "error", settled.at)
                return None
        if wait is None:
            if node is not None and settled.element in self.path:
                return None  # passed at once here: a throwing event, or a step that needs no answer
            return self._stands(settled.element)
        self._complete(wait, settled)
        return None

    def _complete(self, wait: run.Wait, settled: Settled) -> None:
        result: Any
        if wait.kind == "decision":
            result = self.ready.decisions[wait.name].evaluate(wait.given, self._functions(settled.at))
        elif wait.kind == "timer":
            result = {}
        else:
            result = settled.result if settled.result is not None else self._guessed(wait.element)
            if wait.fan_out is not None:
                lines = result if isinstance(result, dict) else {}
                result = {"results": [lines[each] for each in sorted(k for k in lines if isinstance(k, int))]}
        del self.waits[wait.token]
        self._take(
            run.complete(self.ready.procedure, self.state, wait.token, result, settled.at, self._functions(settled.at))
        )

    def _throw(self, wait: run.Wait, code: str, at: datetime) -> None:
        del self.waits[wait.token]
        self._take(run.throw_error(self.ready.procedure, self.state, wait.token, code, "", at, self._functions(at)))

    def _guessed(self, element: str) -> dict[str, Any]:
        """A result that leads to the variables the case ended with."""
        found: dict[str, Any] = {}
        for each in self.ready.procedure.elements[element].outputs:
            names = set(_RESULT.findall(each.value)) if isinstance(each.value, str) else set()
            if len(names) == 1 and each.name in self.story.outcome:
                found[names.pop()] = self.story.outcome[each.name]
        return found

    def _take(self, step: run.Step) -> None:
        self.state, self.ended = step.state, step.ended
        for token in step.closed:
            self.waits.pop(token, None)
        self.waits.update({wait.token: wait for wait in step.opened})
        for passage in step.passages:
            if passage.event == "entered":
                self.path.add(passage.element)
                self.path |= {passage.flow} if passage.flow else set()
        if step.incidents:
            raise _Stuck(step.incidents[0].message)

    def _functions(self, at: datetime) -> Mapping[str, Any]:
        return functions(_Present(self.session, at), self.agency_id)

    def _stands(self, expected: str = "") -> str:
        here = ", ".join(sorted({_name(self.ready, wait.element) for wait in self.waits.values()}))
        where = f"hồ sơ đứng ở: {here}" if here else "hồ sơ đã kết thúc"
        asked = f"Bước “{_name(self.ready, expected)}” không tới lượt; " if expected else "Chưa kết thúc; "
        return f"{asked}{where}."


class _Stuck(PlatformError):
    """The case would have stopped with an incident."""


def replay(
    session: Session, actor: Actor, key: str, target: Ready, since: datetime, until: datetime, limit: int = MAX_CASES
) -> Replay:
    """Play the agency's cases of a procedure that closed in the period against `target`; the newest first.

    NotAllowed without the role of an analyst or admin. Writes nothing.
    """
    definitions.require_reader(actor)
    ended = (
        Instance.agency_id == actor.agency_id, Instance.procedure == key, Instance.status == "ended",
        Instance.ended_at >= since, Instance.ended_at < until, Instance.error.is_(None),
    )  # fmt: skip
    total = session.scalar(select(func.count()).where(*ended)) or 0
    closed = select(Instance).where(*ended).order_by(Instance.id.desc()).limit(limit)
    cases = [(case, definitions.ready(session, case.version_id)) for case in session.scalars(closed)]
    nodes: dict[bytes, Mapping[str, Node]] = {}
    same, unclear, others = 0, 0, []
    for (case, own), story in zip(cases, records(session, cases), strict=True):
        parted, path = _played(session, own, story, case.agency_id, nodes)
        if parted or path != story.path:
            unclear += 1
            continue
        parted, path = _played(session, target, story, case.agency_id, nodes)
        if not parted and path == story.path:
            same += 1
            continue
        more, less = path - story.path, story.path - path
        others.append(Other(case.id, case.document_id, parted or _told(target, own, more, less), more, less))
    return Replay(total, len(cases), same, tuple(others), unclear)


def _played(
    session: Session, ready: Ready, story: Record, agency_id: int, nodes: dict[bytes, Mapping[str, Node]]
) -> tuple[str, frozenset[str]]:
    """Where the case parts from its record on this version (empty: nowhere), and what it passed."""
    if ready.diagram not in nodes:
        nodes[ready.diagram] = {node.id: node for node in read(ready.diagram).nodes()}
    play = _Play(session, agency_id, ready, nodes[ready.diagram], story)
    try:
        parted = play.play()
    except PlatformError as error:
        parted = str(error)
    return parted, frozenset(play.path)


def _told(new: Ready, old: Ready, more: frozenset[str], less: frozenset[str]) -> str:
    """The difference of two paths that both came to an end, in words."""
    steps = [f"đi thêm “{_name(new, each)}”" for each in sorted(more & new.procedure.elements.keys())]
    steps += [f"không qua “{_name(old, each)}”" for each in sorted(less & old.procedure.elements.keys())]
    return ("Hồ sơ " + ", ".join(steps) if steps else "Hồ sơ đi theo luồng khác giữa các bước như cũ") + "."


def _name(ready: Ready, element: str) -> str:
    found: Element | None = ready.procedure.elements.get(element)
    return found.name or element if found is not None else element
