"""What can be answered where a course stands: forms, results and errors, messages, outcomes of calls."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from engine.bpmn import run
from engine.bpmn.dialect import Element, Node
from engine.definitions.scenarios import ordinary
from engine.definitions.scenarios.answering import context_of, form_of
from engine.definitions.scenarios.course import Astray, Course, Did, Open
from engine.definitions.scenarios.ordinary import NoOrdinaryResult, Other
from engine.directory.rules import ROLES
from engine.errors import PlatformError
from engine.forms.views import FormView

_READ = re.compile(r"\bresult\.([A-Za-z_]\w*)")
MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a result, message or outcome to fill in: `kind` is text, number, flag, list or data."""

    name: str
    kind: str
    value: Any
    suggestions: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One set of questions; a task given to several has one for each of them. `sentence` says why it has none."""

    label: str
    view: FormView | None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits, and how it can be answered: `lines` for people, `entries` and `others` for the outside."""

    place: str
    nth: int
    element: str
    kind: str
    title: str
    lane: str
    text: str
    due: datetime | None
    who: tuple[str, ...]
    host: str | None
    held: str
    count: int = 0  # how many lines a fan-out has
    lines: tuple[Line, ...] = ()
    entries: tuple[Entry, ...] = ()
    others: tuple[Other, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """An operation that answered by itself just now, and what else could have come of it."""

    place: str
    element: str
    title: str
    operation: str
    entries: tuple[Entry, ...]
    others: tuple[Other, ...]


def waiting(course: Course, wrong: Mapping[str, Any] | None = None) -> tuple[Waiting, ...]:
    """Everything that waits in a course, people first; `wrong` shows a refused answer again (see `_lines`)."""
    counted: dict[str, int] = {}
    found = []
    for each in islice(course.waits(), MOST_LINES * 2):
        nth = counted.get(each.place, 0)
        counted[each.place] = nth + 1
        found.append(_waiting(course, each, nth, wrong))
    order = ("user_task", "operation", "decision", "call", "message", "signal", "timer")
    return tuple(sorted(found, key=lambda each: order.index(each.kind)))


def _waiting(course: Course, found: Open, nth: int, wrong: Mapping[str, Any] | None) -> Waiting:
    wait, prepared = found.wait, found.case.prepared
    element = prepared.nodes[wait.element].element
    host = next((each.wait.element for each in course.open.values()
                 if each.case is found.case and each.wait.token == wait.host), None)  # fmt: skip
    lines: list[run.Wait | run.Share] = [wait, *(wait.fan_out.shares if wait.fan_out is not None else ())]
    who = [name for each in lines for name in _who(each)]
    refused = wrong if wrong is not None and (wrong["at"], wrong["nth"]) == (found.place, nth) else None
    return Waiting(
        place=found.place,
        nth=nth,
        element=wait.element,
        kind=wait.kind,
        title=element.name or element.id,
        lane=element.lane or "",
        text=element.documentation,
        due=wait.due,
        who=tuple(dict.fromkeys(who))[:MOST_LINES],
        host=host,
        held=found.held,
        count=len(wait.fan_out.items) if wait.fan_out is not None else 0,
        lines=tuple(_lines(course, found, refused)) if wait.kind == "user_task" else (),
        entries=tuple(_entries(course, found)),
        others=_others(course, found),
    )


def answered(course: Course, did: Iterable[Did]) -> tuple[Answered, ...]:
    """The operations among what answered by itself, latest last."""
    found = []
    prepared = course.root.prepared
    for each in did:
        if each.kind != "operation" or "/" in each.place or each.key not in course.around.catalog:
            continue
        operation = course.around.catalog.get(each.key)
        node = prepared.nodes[each.place]
        caught = _caught(prepared.nodes.values(), node.id)
        others = ordinary.other_outcomes(operation, caught)
        entries = tuple(_entry(name, value) for name, value in each.result.items() if name != "results")
        name = node.element.name or node.id
        found.append(Answered(each.place, each.place, name, operation.name, entries, others))
    return tuple(found)


def _who(share: run.Wait | run.Share) -> Iterator[str]:
    if share.assignee:
        yield f"người thử {share.assignee}"
    yield from map(group_said, share.candidate_groups)
    yield from (f"người thử {person}" for person in share.candidate_users)


def group_said(group: str) -> str:
    """A candidate group (`role`, `role@unit`, `person:id`) as people call it."""
    role, _at, unit = group.partition("@")
    if role.startswith("person:"):
        return f"người thử {role.removeprefix('person:')}"
    return f"{ROLES.get(role, role)}{f' của đơn vị thử {unit}' if unit else ''}"


def _lines(course: Course, found: Open, wrong: Mapping[str, Any] | None) -> Iterator[Line]:
    """The questions of a user task, line by line, with a refused answer and its errors where there is one."""
    fan_out = found.wait.fan_out
    shares = fan_out.shares[:MOST_LINES] if fan_out is not None else ()
    givens = [(", ".join(_who(share)) or f"Nơi {n}", share.given) for n, share in enumerate(shares, start=1)]
    for label, given in givens or [("", found.wait.given)]:
        try:
            form = form_of(course, found)
        except Astray as problem:
            yield Line(label, None, str(problem))
            continue
        if form is None:
            yield Line(label, None)
            continue
        context = dataclasses.replace(context_of(course, given), choices=course.around.offered)
        try:
            if wrong is None:
                yield Line(label, form.view(None, context))
            else:
                unasked = {key: value for key, value in form.proposed(context).items() if key not in wrong["answer"]}
                yield Line(label, form.view({**unasked, **wrong["answer"]}, context, wrong["fields"]))
        except PlatformError as problem:
            yield Line(label, None, f"Biểu mẫu chưa hiện được: {problem}")


def _others(course: Course, found: Open) -> tuple[Other, ...]:
    wait, nodes = found.wait, found.case.prepared.nodes.values()
    caught = _caught(nodes, wait.element)
    if wait.kind == "operation" and wait.name in course.around.catalog:
        return ordinary.other_outcomes(course.around.catalog.get(wait.name), caught)
    if wait.kind == "message":
        return ordinary.MESSAGES.get(wait.name, ())
    if wait.kind == "call":
        return tuple(Other(f"Quy trình con kết thúc với lỗi “{code}”", ordinary.error_step(code)) for code in caught)
    return ()


def _caught(nodes: Iterable[Node], element: str) -> tuple[str, ...]:
    """Codes of the errors that events at the border of an element catch by name."""
    events = [event for node in nodes if node.attached_to == element for event in node.events]
    return tuple(event.code for event in events if event.kind == "error" and event.code)


def _entries(course: Course, found: Open) -> Iterator[Entry]:
    wait, element = found.wait, found.case.prepared.nodes[found.wait.element].element
    if wait.kind == "operation" and wait.name in course.around.catalog:
        try:
            result = ordinary.ordinary_result(course.around.catalog.get(wait.name))
        except NoOrdinaryResult:
            return
        yield from (_entry(name, value) for name, value in result.items())
    elif wait.kind in ("message", "signal"):
        known = ordinary.MESSAGES.get(wait.name, ())
        example: dict[str, Any] = dict(known[0].step["answer"]) if known else {}
        for name in dict.fromkeys((*example, *_read_names(element))):
            yield _entry(name, example.get(name, ""))
    elif wait.kind == "call":
        yield from _outcome(course, found, element)


def _outcome(course: Course, found: Open, element: Element) -> Iterator[Entry]:
    """What a called procedure gives back, with the values its own scenarios end with as suggestions."""
    shares = found.wait.fan_out.shares if found.wait.fan_out is not None else ()
    called = course.around.called.get(shares[0].name if shares else found.wait.name)
    tables = called.scenarios.values() if called is not None else ()
    ends = [table.get("end", {}).get("data", {}) for table in tables if isinstance(table, Mapping)]
    names = [each.source for each in element.passes_out if each.source]
    if any(each.everything for each in element.passes_out):
        names += [name for end in ends for name in end]
    names += _read_names(element)
    for name in dict.fromkeys(names):
        seen = [end[name] for end in ends if name in end and isinstance(end[name], str | int)]
        values = tuple(dict.fromkeys(seen))
        yield _entry(name, values[0] if values else "", values)


def _read_names(element: Element) -> list[str]:
    """Names an element's outputs read from the result."""
    texts = [str(each.value) for each in element.outputs] + [each.expression or "" for each in element.passes_out]
    return [name for text in texts for name in _READ.findall(text)]


def _entry(name: str, value: Any, suggestions: tuple[Any, ...] = ()) -> Entry:
    kinds = ((bool, "flag"), (int | float, "number"), (str, "text"), (list, "list"))
    kind = next((kind for type_, kind in kinds if isinstance(value, type_)), "text" if value is None else "data")
    return Entry(name, kind, value, suggestions)
