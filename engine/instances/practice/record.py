"""What a closed case left behind, in order: which waits were settled, when, and with what as far as it was kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
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


def record(session: Session, instance: Instance, ready: Ready) -> Record:
    """Put together how a closed case went, from its history, its tasks, deliveries and called procedures."""
    passages = session.scalars(
        select(Passage).where(Passage.instance_id == instance.id, Passage.event != "moved").order_by(Passage.id)
    ).all()
    kept = _kept(session, instance.id, ready)
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
        instance.id,
        instance.document_id,
        instance.started_at,
        entered[0].element if entered else "",
        _given_at_start(instance, ready),
        instance.outcome,
        tuple(settled),
        frozenset({p.element for p in entered} | {p.flow for p in entered if p.flow}),
        tuple(sorted(ends)),
    )


def _kept(session: Session, instance_id: int, ready: Ready) -> _Kept:
    """Answers of people, results of deliveries, outcomes of called procedures; fan-outs as one list per token."""
    lines: dict[tuple[str, str], dict[int, Any]] = {}
    order: list[tuple[datetime, str, str, int | None, Any]] = []
    tasks = select(Task).where(
        Task.instance_id == instance_id, Task.state == "completed", Task.completed_at.is_not(None)
    )
    for task in session.scalars(tasks):
        order.append((task.completed_at or task.created_at, task.element, task.token, task.index, task.answers))
    sent = select(outbox.Delivery).where(
        outbox.Delivery.instance_id == instance_id, outbox.Delivery.state == outbox.DONE
    )
    for delivery in session.scalars(sent):
        at = delivery.settled_at or delivery.created_at
        order.append((at, delivery.element or "", delivery.token or "", delivery.index, delivery.result))
    elements_of_calls = _calls(ready)
    called = select(Instance).where(Instance.parent_id == instance_id, Instance.status == "ended")
    for child in session.scalars(called):
        element = elements_of_calls.get(child.procedure, "")
        at = child.ended_at or child.started_at
        order.append((at, element, child.parent_token or "", child.parent_index, child.outcome))
    kept = _Kept()
    for _at, element, token, index, answer in sorted(order, key=lambda each: each[0]):
        if index is None:
            kept.answers[element].append(answer)
            continue
        group = (element, token)
        if group not in lines:
            lines[group] = {}
            kept.answers[element].append(lines[group])
        lines[group][index] = answer
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
