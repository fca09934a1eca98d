"""What a closed case left behind, in order: which waits were settled, when, and with what as far as it was kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine import outbox
from engine.bpmn.dialect import Element
from engine.definitions.queries import Ready
from engine.instances.models import Instance, Passage
from engine.tasks.models import Task


@dataclass(frozen=True, slots=True)
class Settled:
    """One element that a token left: when, and what was answered there (None: it isn't kept)."""

    element: str
    at: datetime
    result: Any = None


@dataclass(frozen=True, slots=True)
class Record:
    """A closed case as it really went."""

    instance_id: int
    document_id: int | None
    started_at: datetime
    start: str
    data: Mapping[str, Any]
    outcome: Mapping[str, Any]
    settled: tuple[Settled, ...]
    path: frozenset[str]  # elements and flows it passed
    ends: tuple[str, ...]


@dataclass(slots=True)
class _Kept:
    """Answers by element, in the order they were given."""

    answers: defaultdict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    def next(self, element: str) -> Any:
        waiting = self.answers.get(element)
        return waiting.pop(0) if waiting else None


def records(session: Session, cases: Sequence[tuple[Instance, Ready]]) -> Iterator[Record]:
    """How closed cases went, put together from history, tasks, deliveries and calls; a few queries for all."""
    ids = [case.id for case, _ready in cases]
    history = _by_case(
        session,
        select(Passage).where(Passage.instance_id.in_(ids), Passage.event.not_in(("moved", "taken-back"))),
        Passage,
    )
    done = _by_case(session, select(Task).where(Task.instance_id.in_(ids), Task.state == "completed"), Task)
    sent = _by_case(
        session,
        select(outbox.Delivery).where(outbox.Delivery.instance_id.in_(ids), outbox.Delivery.state == outbox.DONE),
        outbox.Delivery,
    )
    children = select(Instance).where(Instance.parent_id.in_(ids), Instance.status == "ended").order_by(Instance.id)
    called: defaultdict[int | None, list[Instance]] = defaultdict(list)
    for child in session.scalars(children):
        called[child.parent_id].append(child)
    for case, ready in cases:
        answers = [*map(_of_task, done[case.id]), *map(_of_delivery, sent[case.id])]
        calls = _calls(ready)
        answers += [_of_call(child, calls) for child in called[case.id]]
        yield _record(case, ready, history[case.id], _kept(answers))


def _by_case(session: Session, rows: Select[Any], table: Any) -> defaultdict[int | None, list[Any]]:
    found: defaultdict[int | None, list[Any]] = defaultdict(list)
    for row in session.scalars(rows.order_by(table.id)):
        found[row.instance_id].append(row)
    return found


def _record(case: Instance, ready: Ready, passages: Sequence[Passage], kept: _Kept) -> Record:
    elements = ready.procedure.elements
    settled, ends = [], []
    for passage in passages:
        element = elements.get(passage.element)
        if element is None:
            continue
        if passage.event == "entered" and element.kind == "endEvent":
            ends.append(element.id)
        if passage.event == "left":
            settled.append(Settled(element.id, passage.at, kept.next(element.id)))
    entered = [passage for passage in passages if passage.event == "entered"]
    return Record(
        case.id,
        case.document_id,
        case.started_at,
        entered[0].element if entered else "",
        _given_at_start(case, ready),
        case.outcome,
        tuple(settled),
        frozenset({p.element for p in entered} | {p.flow for p in entered if p.flow}),
        tuple(sorted(ends)),
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    at: datetime
    element: str
    token: str
    index: int | None
    value: Any


def _of_task(task: Task) -> _Answer:
    return _Answer(task.completed_at or task.created_at, task.element, task.token, task.index, task.answers)


def _of_delivery(sent: outbox.Delivery) -> _Answer:
    return _Answer(sent.settled_at or sent.created_at, sent.element or "", sent.token or "", sent.index, sent.result)


def _of_call(child: Instance, calls: Mapping[str, str]) -> _Answer:
    at = child.ended_at or child.started_at
    return _Answer(at, calls.get(child.procedure, ""), child.parent_token or "", child.parent_index, child.outcome)


def _kept(answers: Iterable[_Answer]) -> _Kept:
    """Answers by element; the lines of a fan-out as one mapping per token."""
    kept, lines = _Kept(), dict[tuple[str, str], dict[int, Any]]()
    for answer in sorted(answers, key=lambda each: each.at):
        if answer.index is None:
            kept.answers[answer.element].append(answer.value)
            continue
        group = (answer.element, answer.token)
        if group not in lines:
            lines[group] = {}
            kept.answers[answer.element].append(lines[group])
        lines[group][answer.index] = answer.value
    return kept


def _calls(ready: Ready) -> dict[str, str]:
    """Called procedure → the element that calls it, where the name is fixed."""
    return {
        element.attributes.get("calledElement", ""): element.id
        for element in ready.procedure.elements.values()
        if element.kind == "callActivity"
    }


def _given_at_start(instance: Instance, ready: Ready) -> dict[str, Any]:
    """What the case can have begun with: its variables at the end that no element writes."""
    written = {name for element in ready.procedure.elements.values() for name in writes(element)}
    return {name: value for name, value in instance.outcome.items() if name not in written}


def writes(element: Element) -> set[str]:
    """The variables an element writes."""
    names = {each.name for each in element.outputs} | {each.target for each in element.passes_out if each.target}
    return names | {name for name in (element.attributes.get("resultVariable"),) if name}
