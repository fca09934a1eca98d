"""Narrowing an inbox by step, urgency, deadline and unit, and how many tasks each choice would leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import case

from engine.clock import VIETNAM
from engine.documents.models import Document
from engine.tasks.models import Task

DUE = ("late", "today")  # overdue; due before this day ends
URGENCIES = range(5)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a person wants to see of a box; nothing chosen shows all of it."""

    due: str | None = None
    urgency: int | None = None
    step: str | None = None
    unit: int | None = None  # drafting unit of the document

    @property
    def chosen(self) -> tuple[str, ...]:
        """The names of what is chosen."""
        return tuple(each for each in KINDS if getattr(self, each) is not None)


KINDS = tuple(each.name for each in fields(Filter))


@dataclass(frozen=True, slots=True)
class Facets:
    """The choices with their counts, each under the other choices made, and how many tasks all of them leave."""

    total: int
    choices: Mapping[str, Sequence[tuple[Any, int]]]


def columns(now: datetime) -> dict[str, Any]:
    """What a task is narrowed by, as columns of a statement on tasks and their documents."""
    tomorrow = datetime.combine(now.astimezone(VIETNAM).date() + timedelta(days=1), time(0), VIETNAM)
    due = case((Task.due_at < now, DUE[0]), (Task.due_at < tomorrow, DUE[1]))
    return {"due": due, "urgency": Document.urgency, "step": Task.name, "unit": Document.unit_id}


def narrow(rows: Any, wanted: Filter, now: datetime) -> Any:
    """Narrow a select on tasks and their documents."""
    by = columns(now)
    return rows.where(*(by[each] == getattr(wanted, each) for each in wanted.chosen))


def facets(groups: Iterable[tuple[Filter, int]], wanted: Filter) -> Facets:
    """Count the choices from how many tasks share all four values; a choice made stays, even when nothing is left."""
    rows = list(groups)
    choices = {}
    for kind in KINDS:
        others = replace(wanted, **{kind: None})
        found: Counter[Any] = Counter()
        for values, count in rows:
            if getattr(values, kind) is not None and _within(values, others):
                found[getattr(values, kind)] += count
        if kind in wanted.chosen:
            found[getattr(wanted, kind)] += 0
        choices[kind] = sorted(found.items(), key=lambda item: (-item[1], str(item[0])))
    return Facets(sum(count for values, count in rows if _within(values, wanted)), choices)


def _within(values: Filter, wanted: Filter) -> bool:
    return all(getattr(values, each) == getattr(wanted, each) for each in wanted.chosen)
