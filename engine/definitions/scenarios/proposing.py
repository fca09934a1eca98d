"""What a recorded scenario could expect, proposed from what happened; the analyst keeps what matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from engine.bpmn import run
from engine.clock import VIETNAM
from engine.definitions.scenarios.answering import readable, said
from engine.definitions.scenarios.contents import group_said
from engine.definitions.scenarios.course import Course

MILESTONES = frozenset(
    {"userTask", "callActivity", "receiveTask", "intermediateCatchEvent", "boundaryEvent", "endEvent"}
)
_TOO_LONG = 300
_BY_ITSELF = ("completed_at", "completed_by")


@dataclass(frozen=True, slots=True)
class Seen:
    """A wait as it stood when the step `number` (from 0) answered it."""

    number: int
    title: str
    wait: run.Wait


@dataclass(frozen=True, slots=True)
class Proposal:
    """One expectation: `value` goes to `place` in the scenario's table, as one more item of a list if `listed`.

    `fixed` ones belong to every scenario; `chosen` says whether it is ticked at first.
    """

    group: str
    label: str
    place: tuple[str | int, ...]
    value: Any
    listed: bool = False
    fixed: bool = False
    chosen: bool = True


def propose(course: Course, seen: Sequence[Seen]) -> tuple[Proposal, ...]:
    """The expectations that what happened would meet."""
    return (*_standing(course), *_path(course), *_results(course), *_deadlines(seen), *_done(course))


def _standing(course: Course) -> Iterator[Proposal]:
    title = course.root.prepared.title
    if course.root.ended:
        ends = sorted(course.trail.ends)
        yield Proposal("Kết thúc", f"Kết thúc ở {_listed(map(title, ends))}", ("end", "at"), ends, fixed=True)
    else:
        places = sorted(each.place for each in course.waits())
        label = f"Cuối cùng đang chờ {_listed(map(title, places)) or 'không gì cả'}"
        yield Proposal("Kết thúc", label, ("waiting",), places, fixed=True)
    if course.troubles:
        places = list(course.troubles)
        label = f"Có sự cố ở {_listed(map(title, places))}"
        yield Proposal("Kết thúc", label, ("incidents",), places, fixed=True)
    if course.trail.thrown:
        names = _listed(dict.fromkeys(str(each["name"]) for each in course.trail.thrown))
        yield Proposal("Kết thúc", f"Gửi thông điệp {names}", ("thrown",), course.trail.thrown, fixed=True)


def _path(course: Course) -> Iterator[Proposal]:
    nodes = course.root.prepared.nodes
    places = [each for each in course.trail.path if "/" in each or nodes[each].kind in MILESTONES]
    if places:
        names = [nodes[each].element.name or each if each in nodes else each for each in places]
        yield Proposal("Đường đi", f"Lần lượt qua {_listed(names)}", ("path",), places)


def _results(course: Course) -> Iterator[Proposal]:
    if not course.root.ended:
        return
    for name, value in course.root.data.items():
        told = readable(value)
        if name in _BY_ITSELF or course.scenario.data.get(name) == value or len(told) > _TOO_LONG:
            continue
        simple = isinstance(value, str | int | bool) and value != ""
        yield Proposal("Kết quả", f"{name} là {told}", ("end", "data", name), value, chosen=simple)


def _deadlines(seen: Sequence[Seen]) -> Iterator[Proposal]:
    for each in seen:
        step = ("step", each.number, "expect")
        if each.wait.due is not None:
            due = each.wait.due.astimezone(VIETNAM).isoformat()
            yield Proposal("Thời hạn", f"Hạn của {each.title} là {said(each.wait.due)}", (*step, "due"), due)
        groups = list(each.wait.candidate_groups)
        if each.wait.kind == "user_task" and groups:
            label = f"{each.title} giao cho {_listed(map(group_said, groups))}"
            yield Proposal("Người xử lý", label, (*step, "candidate_groups"), groups, chosen=False)


def _done(course: Course) -> Iterator[Proposal]:
    for told in dict.fromkeys(course.operations):
        key = told.split(" ")[0]
        name = course.around.catalog.get(key).name if key in course.around.catalog else key
        detail = told.removeprefix(key).strip()
        yield Proposal("Việc đã làm", f"{name} {detail}".strip(), ("done",), told, listed=True, chosen=False)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
