"""Walks a scenario through a procedure and says in words what didn't come out as expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.definitions.scenarios.answering import carry_out, readable, whereabouts
from engine.definitions.scenarios.automatic import settle
from engine.definitions.scenarios.course import Astray, Course
from engine.definitions.scenarios.prepared import Prepared, prepare
from engine.definitions.scenarios.reading import Scenario, Table, read_scenario
from engine.definitions.scenarios.surroundings import Surroundings
from engine.definitions.shipped import Bundle
from engine.errors import DefinitionError, InvalidInput, PlatformError


@dataclass(frozen=True, slots=True)
class Walked:
    """How a scenario came out: `sentences` say what was expected and what came, none when it passed."""

    key: str
    name: str
    sentences: tuple[str, ...] = ()
    elements: frozenset[str] = frozenset()
    flows: frozenset[str] = frozenset()
    path: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    thrown: tuple[Table, ...] = ()
    incidents: tuple[str, ...] = ()
    stopped_at: int | None = None  # the number of the step that couldn't be done

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.sentences


def walk(bundle: Bundle, key: str, table: Any, around: Surroundings) -> Walked:
    """Walk one scenario of a procedure to its end. Never raises for a bad scenario, diagram, form or table."""
    name = str(table.get("name", key)) if isinstance(table, Mapping) else key
    try:
        scenario = read_scenario(key, table)
        prepared = prepare(bundle)
    except DefinitionError as problem:
        return Walked(key, name, tuple(each.sentence for each in problem.findings[:20]))
    except InvalidInput as problem:
        return Walked(key, name, tuple(problem.fields.values()) or (str(problem),))
    return _walked(scenario, prepared, around)


def walk_all(bundle: Bundle, around: Surroundings) -> tuple[Walked, ...]:
    """Walk every scenario that comes with a procedure; those for which no time is left say so."""
    begun, most = around.seconds(), around.limits.total_seconds
    found = []
    for key, table in bundle.scenarios.items():
        if around.seconds() - begun > most:
            found.append(Walked(key, key, (f"Chưa chạy: các kịch bản trước đã dùng hết {most:g} giây.",)))
        else:
            found.append(walk(bundle, key, table, around))
    return tuple(found)


def _walked(scenario: Scenario, prepared: Prepared, around: Surroundings) -> Walked:
    course = Course(scenario, prepared, around)
    sentences, stopped = follow(course)
    if stopped is None:
        sentences += list(_differences(course))
    return Walked(
        scenario.key,
        scenario.name,
        tuple(sentences),
        frozenset(course.trail.elements),
        frozenset(course.trail.flows),
        tuple(course.trail.path),
        tuple(course.trail.ends),
        tuple(each.place for each in course.waits()),
        tuple(course.operations),
        course.root.data,
        tuple(course.trail.thrown),
        tuple(course.troubles),
        stopped,
    )


def follow(course: Course, settle_last: bool = True) -> tuple[list[str], int | None]:
    """Take every step of the course's scenario: sentences on what differed, and the number of the step that couldn't
    be done (0: the beginning), None when all could.
    """
    sentences: list[str] = []
    steps = course.scenario.steps
    number = 0
    try:
        course.begin()
        for number, step in enumerate(steps, start=1):
            settle(course, step.at)
            sentences += [f"Bước {number}: {each}" for each in carry_out(course, step)]
        if settle_last:
            number = len(steps)
            settle(course)
    except (Astray, PlatformError, RecursionError) as problem:
        said = "Quy trình gọi nhau lồng quá sâu." if isinstance(problem, RecursionError) else str(problem)
        return [*sentences, f"Bước {number}: {said}" if number else said], number
    return sentences, None


def _differences(course: Course) -> Iterable[str]:
    scenario = course.scenario
    yield from _standing(course)
    yield from _happened(scenario, course)
    for place, sentence in course.troubles.items():
        if place not in scenario.incidents:
            yield sentence
    for place in scenario.incidents:
        if place not in course.troubles:
            yield f"{course.root.prepared.title(place)} đáng lẽ gặp sự cố, nhưng không."


def _standing(course: Course) -> Iterable[str]:
    scenario, prepared = course.scenario, course.root.prepared
    if scenario.ends is None and scenario.waiting is None:
        yield "Kịch bản chưa nói mong đợi gì: thêm nơi kết thúc (end) hoặc nơi cuối cùng đang chờ (waiting)."
    if scenario.waiting is not None:
        waiting = sorted(each.place for each in course.waits())
        if waiting != sorted(scenario.waiting):
            wanted = ", ".join(map(prepared.title, scenario.waiting)) or "không gì cả"
            yield f"Cuối cùng đáng lẽ đang chờ {wanted}, nhưng {whereabouts(course)}."
    if scenario.ends is not None:
        wanted = ", ".join(map(prepared.title, sorted(scenario.ends)))
        if not course.root.ended:
            yield f"Đáng lẽ kết thúc ở {wanted}, nhưng {whereabouts(course)}."
        elif sorted(course.trail.ends) != sorted(scenario.ends):
            came = ", ".join(map(prepared.title, sorted(course.trail.ends)))
            yield f"Đáng lẽ kết thúc ở {wanted}, nhưng lại ở {came}."
        else:
            for name, value in scenario.results.items():
                if course.root.data.get(name) != value:
                    seen = readable(course.root.data.get(name))
                    yield f"Kết quả “{name}” là {seen}, kịch bản mong đợi {readable(value)}."


def _happened(scenario: Scenario, course: Course) -> Iterable[str]:
    if scenario.thrown is not None and [dict(each) for each in scenario.thrown] != course.trail.thrown:
        sent, wanted = readable(course.trail.thrown), readable(list(scenario.thrown))
        yield f"Thông điệp đã gửi là {sent}, kịch bản mong đợi {wanted}."
    for told in scenario.done:
        if told not in course.operations:
            done = ", ".join(course.operations) or "chưa có gì"
            yield f"Thao tác “{told}” đáng lẽ được thực hiện, nhưng không. Đã thực hiện: {done}."
    for told in scenario.not_done:
        if any(each.startswith(told) for each in course.operations):
            yield f"Thao tác “{told}” đáng lẽ không được thực hiện, nhưng đã thực hiện."
    missed = _missed(scenario.path, course.trail.path)
    if missed is not None:
        yield f"Hồ sơ không đi qua {course.root.prepared.title(missed)} vào lúc mong đợi."


def _missed(expected: tuple[str, ...], path: list[str]) -> str | None:
    """The first expected element that doesn't come after the ones before it; None when all do."""
    rest = iter(path)
    return next((each for each in expected if each not in rest), None)
