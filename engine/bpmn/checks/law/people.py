"""Who does a task, by role, and until when, as far as the diagram says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from engine.bpmn.checks.law.case import Case
from engine.bpmn.dialect import Node

_NAME = re.compile(r"[a-z][a-z-]*")
_ROLE = re.compile(r"'([a-z][a-z-]*)(?:@[^']*)?'|\"([a-z][a-z-]*)(?:@[^\"]*)?\"")
_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_WRITTEN = re.compile(r"""["'](P[0-9WDTHMS]+)["']""")
_VALUE_OF = re.compile(r"\b([a-z_][a-z0-9_]*)\.([a-z_][a-z0-9_]*)\b")
DAY_HOURS = 8


def roles(node: Node) -> frozenset[str] | None:
    """The roles a task is offered to; None when the diagram leaves it to data or to named people."""
    text = node.element.attributes.get("candidateGroups", "")
    if "${" in text:
        found = frozenset(one or other for one, other in _ROLE.findall(text))
        return found or None
    parts = (part.strip().partition("@")[0] for part in text.split(","))
    return frozenset(part for part in parts if _NAME.fullmatch(part)) or None


def may_be(node: Node, wanted: Iterable[str]) -> bool:
    """Whether somebody of one of the roles may have the task, as far as can be told."""
    known = roles(node)
    return known is None or not known.isdisjoint(wanted)


def same_person(one: Node, other: Node) -> bool:
    """Whether two tasks are offered to the same roles, or handed to the same person."""
    first, second = roles(one), roles(other)
    if first and second and first & second:
        return True
    names = (each.element.attributes.get("assignee") for each in (one, other))
    assignee, same = names
    return not (first and second) and bool(assignee) and assignee == same


def is_timed(case: Case, node: Node) -> bool:
    """Whether a task has a deadline: its own, or a timer on it or on a sub-process around it."""
    return bool(node.element.attributes.get("dueDate")) or any(_timers(case, node))


def is_watched(case: Case, node: Node) -> bool:
    """Whether a timer on the task or on a sub-process around it does something when time is up."""
    return any(_timers(case, node))


def limits(case: Case, node: Node) -> Iterator[str]:
    """The deadlines of a task that are written down: in its due date, else in its timers, or in a table they name."""
    due = node.element.attributes.get("dueDate")
    for text in [due] if due else list(_timers(case, node)):
        if "${" not in text:
            yield text
        yield from _WRITTEN.findall(text)
        for variable, column in _VALUE_OF.findall(text):
            yield from _from_tables(case, variable, column)


def office_hours(duration: str) -> float | None:
    """An ISO duration in hours of work; None when it isn't one."""
    found = _DURATION.fullmatch(duration)
    if found is None or duration in ("P", "PT"):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return (weeks * 5 + days) * DAY_HOURS + hours + minutes / 60 + seconds / 3600


def _timers(case: Case, node: Node) -> Iterator[str]:
    scope = case.paths.points.scope_of[node.id]
    hosts = [(scope, node), *((case.paths.points.scope_of[each.id], each) for each in case.paths.around(node.id))]
    for place, host in hosts:
        for boundary in place.boundaries(host.id):
            yield from (event.text for event in boundary.events if event.kind == "timer" and event.text)


def _from_tables(case: Case, variable: str, column: str) -> Iterator[str]:
    tables: Mapping[str, object] = {} if case.catalog is None else case.catalog.decisions
    for node in case.nodes.values():
        if node.element.attributes.get("resultVariable") == variable:
            facts = tables.get(node.element.attributes.get("decisionRef", ""))
            for row in getattr(facts, "rows", None) or ():
                if isinstance(row.get(column), str):
                    yield row[column]
