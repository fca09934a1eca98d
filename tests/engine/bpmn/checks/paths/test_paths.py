"""What the analysis says of a drawing is what playing every course of it shows; and special cases one by one."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from engine.bpmn.checks.paths import Paths
from engine.bpmn.dialect import Node
from engine.bpmn.reading import read
from tests.engine.bpmn.checks.paths.blocks import Block, Course, courses, drawn, some_block
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    call,
    catch,
    end,
    event,
    first,
    flow,
    link,
    path,
    process,
    service,
    some,
    start,
    sub,
    throw,
    timer,
    user,
    xor,
)

ALL_KINDS = ("seq", "seq", "one", "all", "loop", "scope")


def paths(*parts: str) -> Paths:
    return Paths(read(process(*parts)).root)


def _blocks(kinds: tuple[str, ...], number: int) -> Iterator[tuple[int, Block, set[Course]]]:
    seed = made = 0
    while made < number:
        seed += 1
        dice = random.Random(seed)
        block = some_block(dice, dice.randint(2, 6), kinds)
        try:
            yield seed, block, courses(block)
        except OverflowError:
            continue
        made += 1


def _without(course: Course, target: str, done: set[str], undone: set[str]) -> bool:
    """Whether the target is come to in this course while what is wanted isn't there."""
    held = False
    for task in course:
        if task == target and not held:
            return True
        held = task in done or (held and task not in undone)
    return False


def test_missing_is_exact_where_nothing_is_undone() -> None:
    for seed, block, every in _blocks(ALL_KINDS, 400):
        tasks = sorted({task for course in every for task in course})
        dice = random.Random(-seed)
        done = set(dice.sample(tasks, dice.randint(1, max(1, len(tasks) // 2))))
        expected = [task for task in tasks if any(_without(course, task, done, set()) for course in every)]
        assert Paths(drawn(block)).missing(tasks, done) == expected, (seed, block, done)


def test_missing_is_exact_on_one_course_at_a_time_when_something_is_undone() -> None:
    for seed, block, every in _blocks(("seq", "seq", "one", "loop", "scope"), 300):
        tasks = sorted({task for course in every for task in course})
        dice = random.Random(-seed)
        done, undone = {dice.choice(tasks)}, {dice.choice(tasks)}
        expected = [task for task in tasks if any(_without(course, task, done, undone) for course in every)]
        assert Paths(drawn(block)).missing(tasks, done, undone) == expected, (seed, block, done, undone)


def test_missing_never_overlooks_what_a_branch_undoes_meanwhile() -> None:
    exact = 0
    for seed, block, every in _blocks(ALL_KINDS, 400):
        tasks = sorted({task for course in every for task in course})
        dice = random.Random(-seed)
        done, undone = {dice.choice(tasks)}, {dice.choice(tasks)}
        expected = {task for task in tasks if any(_without(course, task, done, undone) for course in every)}
        said = set(Paths(drawn(block)).missing(tasks, done, undone))
        assert said >= expected, (seed, block, done, undone)
        exact += said == expected
    assert exact == 400, exact


def test_unmet_is_exact_on_one_course_at_a_time() -> None:
    for seed, block, every in _blocks(("seq", "seq", "one", "loop", "scope"), 300):
        tasks = sorted({task for course in every for task in course})
        dice = random.Random(-seed)
        done = set(dice.sample(tasks, dice.randint(1, max(1, len(tasks) // 2))))
        expected = [
            task
            for task in tasks
            if task not in done
            and any(
                not done & set(course[place + 1 :])
                for course in every
                for place, each in enumerate(course)
                if each == task
            )
        ]
        assert Paths(drawn(block)).unmet(tasks, done) == expected, (seed, block, done)


def test_unmet_counts_what_another_branch_does() -> None:
    for seed, block, every in _blocks(ALL_KINDS, 300):
        tasks = sorted({task for course in every for task in course})
        done = {random.Random(-seed).choice(tasks)}
        unmet = set(Paths(drawn(block)).unmet(tasks, done))
        for task in tasks:
            ended_without = any(task in course and not done & set(course) for course in every)
            assert task in unmet or not ended_without, (seed, block, done, task)


ASKED = start("asked", event("message", "m"))
APART = [start("s"), both("f"), user("a"), user("b"), end("e1"), end("e2"), path("s f a e1"), path("f b e2")]
LINE = (start(), user("a"), user("b"), user("c"), end())


def test_what_a_branch_has_done_counts_after_the_join_not_in_the_other_branch() -> None:
    drawing = paths(*LINE, both("f"), both("j"), path("start f a j c end"), path("f b j"))
    assert drawing.missing(["b", "c"], {"a"}) == ["b"]


def test_an_inclusive_join_after_a_parallel_fork_waits_for_all() -> None:
    drawing = paths(*LINE, both("f"), some("j"), path("start f a j c end"), path("f b j"))
    assert drawing.missing(["c"], {"a"}) == []


def test_an_inclusive_fork_may_leave_a_branch_out() -> None:
    parts = [*LINE, some("f", default="f-b"), some("j"), flow("f", "a", "${x}"), flow("f", "b")]
    drawing = paths(*parts, path("start f"), path("a j c end"), path("b j"))
    assert drawing.missing(["c"], {"a"}) == ["c"]
    assert drawing.unmet(["start"], {"a"}) == ["start"]
    assert drawing.unmet(["start"], {"a", "b"}) == []


def test_several_flows_out_of_a_task_all_go_on_those_with_conditions_perhaps() -> None:
    always = paths(*LINE, path("start a b end"), path("a c end"))
    assert always.unmet(["a"], {"c"}) == []
    perhaps = paths(*LINE, path("start a b end"), flow("a", "c", "${x}"), path("c end"))
    assert perhaps.unmet(["a"], {"c"}) == ["a"]
    assert perhaps.unmet(["a"], {"b"}) == []


def test_branches_that_never_meet_still_do_their_work_unless_one_ends_everything() -> None:
    parts = [*LINE, both("f"), path("start f a end"), path("f b c"), end("end2"), path("c end2")]
    assert paths(*parts).unmet(["a"], {"c"}) == []
    ended = [each.replace('id="end"/>', 'id="end"><bpmn:terminateEventDefinition/></bpmn:endEvent>') for each in parts]
    ended = [each.replace('id="end"></bpmn', 'id="end"><bpmn:terminateEventDefinition/></bpmn') for each in ended]
    assert paths(*ended).unmet(["a"], {"c"}) == ["a"]


def test_a_branch_that_only_perhaps_runs_vouches_for_nothing() -> None:
    parts = [*LINE, some("f", default="f-b"), end("end2"), flow("f", "a", "${x}"), flow("f", "b"), path("start f")]
    assert paths(*parts, path("a end"), path("b c end2")).unmet(["a"], {"c"}) == ["a"]
    late = boundary("late", "a", timer("PT1H"), interrupting=False)
    beside = paths(*LINE, late, end("end2"), path("start a b end"), path("late c end2"))
    assert beside.unmet(["b"], {"c"}) == ["b"]
    assert beside.unmet(["c"], {"b"}) == []


def test_a_sub_process_whose_branches_end_apart_has_done_both() -> None:
    drawing = paths(start(), sub("box", *APART), user("c"), end(), path("start box c end"))
    assert drawing.missing(["c"], {"a"}) == []
    assert drawing.missing(["c"], {"b"}) == []
    choice = [each.replace("parallelGateway", "exclusiveGateway") for each in APART]
    drawing = paths(start(), sub("box", *choice), user("c"), end(), path("start box c end"))
    assert drawing.missing(["c"], {"a"}) == ["c"]


def test_what_comes_after_or_instead_of_a_sub_process_is_not_inside_it() -> None:
    parts = [start(), sub("box", *APART), user("c"), user("d"), end(), boundary("late", "box", timer("PT1H"))]
    drawing = paths(*parts, path("start box c d end"), path("late end"))
    assert drawing.missing(["c"], {"a"}) == []
    assert drawing.missing(["c"], {"d"}) == ["c"]
    assert drawing.missing(["d"], {"a", "d"}) == []
    choice = [each.replace("parallelGateway", "exclusiveGateway") for each in APART]
    drawing = paths(start(), sub("box", *choice), user("c"), user("d"), end(), path("start box c d end"))
    assert drawing.missing(["c"], {"a", "d"}) == ["c"]


def test_a_sub_process_that_may_undo_again_has_not_surely_done_it() -> None:
    undoing = [*APART, user("x"), path("a x")]
    undoing = [each.replace(flow("a", "e1"), "") for each in undoing] + [path("x e1")]
    drawing = paths(start(), sub("box", *undoing), user("c"), end(), path("start box c end"))
    assert drawing.missing(["c"], {"a"}) == []
    assert drawing.missing(["c"], {"a"}, {"x"}) == ["c"]


def test_a_boundary_event_leaves_before_the_work_is_done() -> None:
    drawing = paths(*LINE, boundary("late", "a", timer("PT1H")), path("start a b end"), path("late c end"))
    assert drawing.missing(["b", "c"], {"a"}) == ["c"]
    assert drawing.unmet(["start"], {"b"}) == ["start"]
    assert [node.id for node in drawing.last("c", _task)] == []
    assert [node.id for node in drawing.last("c", _task, begun=True)] == ["a"]


def test_an_event_that_does_not_interrupt_takes_nothing_away() -> None:
    late = boundary("late", "a", timer("PT1H"), interrupting=False)
    drawing = paths(*LINE, late, end("end2"), path("start a b end"), path("late c end2"))
    assert drawing.unmet(["start"], {"b"}) == []
    assert drawing.unmet(["start"], {"c"}) == ["start"]


def test_what_runs_beside_may_undo() -> None:
    late = boundary("late", "b", timer("PT1H"), interrupting=False)
    parts = [*LINE, user("d"), late, end("end2"), path("start a b c end"), path("late d end2")]
    assert paths(*parts).missing(["b", "c"], {"a"}, {"d"}) == ["b", "c"]
    assert paths(*parts).missing(["b", "c"], {"a"}) == []


def test_an_error_leaves_from_where_it_is_thrown() -> None:
    inner = [start("s"), user("a"), end("bad", event("error", "E")), path("s a bad")]
    parts = [start(), sub("box", *inner), boundary("oops", "box", event("error", "E")), user("b"), user("c"), end()]
    drawing = paths(*parts, path("start box b end"), path("oops c end"))
    assert drawing.missing(["c"], {"a"}) == []
    other = paths(*[each.replace("error_E", "error_F") if "oops" in each else each for each in parts],
                  path("start box b end"), path("oops c end"))  # fmt: skip
    assert other.missing(["c"], {"a"}) == []  # nothing throws it: no path, so nothing is missing
    assert "c" not in other.reached(["start"])


def test_an_operation_may_fail_before_it_has_done_anything() -> None:
    inner = [start("s"), user("a"), service("work"), end("e"), path("s a work e")]
    parts = [start(), sub("box", *inner), boundary("oops", "box", event("error")), user("b"), user("c"), end()]
    drawing = paths(*parts, path("start box b end"), path("oops c end"))
    assert drawing.missing(["c"], {"a"}) == []
    assert drawing.missing(["c"], {"work"}) == ["c"]


def test_errors_go_outwards_until_they_are_caught() -> None:
    own = boundary("own", "work", event("error", "E"))
    inside = [start("s"), service("work"), end("e"), own, path("s work e"), path("own e")]
    parts = [start(), sub("box", *inside), boundary("oops", "box", event("error")), user("b"), end()]
    assert "b" in paths(*parts, path("start box end"), path("oops b end")).reached(["start"])
    every = [each.replace('errorRef="error_E"', "") for each in inside]
    parts = [start(), sub("box", *every), boundary("oops", "box", event("error")), user("b"), end()]
    assert "b" not in paths(*parts, path("start box end"), path("oops b end")).reached(["start"])


def test_an_event_sub_process_breaks_off_at_any_moment() -> None:
    stop = sub("stop", ASKED, user("x"), end("gone"), path("asked x gone"), by_event=True)
    drawing = paths(*LINE, stop, path("start a b c end"))
    assert drawing.unmet(["start"], {"c"}) == ["start"]
    assert drawing.unmet(["start"], {"c"}, escapes=False) == []
    assert drawing.unmet(["start"], {"c", "x"}) == []
    assert drawing.missing(["x"], {"a"}) == ["x"]
    assert "x" in drawing.reached(["a"])
    assert "x" not in drawing.reached(["a"], aside=False)


def test_an_event_sub_process_inside_lets_the_outer_go_on() -> None:
    stop = sub("stop", ASKED, end("gone"), path("asked gone"), by_event=True)
    box = sub("box", start("s"), user("a"), end("e"), path("s a e"), stop)
    drawing = paths(start(), box, user("b"), end(), path("start box b end"))
    assert drawing.missing(["b"], {"a"}) == ["b"]
    assert drawing.unmet(["start"], {"b"}) == []


def test_a_rim_reaches_boundaries_from_event_sub_processes_too() -> None:
    stop = sub("stop", ASKED, user("x"), end("gone"), path("asked x gone"), by_event=True)
    box = sub("box", start("s"), user("a"), end("e"), path("s a e"), stop)
    late = boundary("late", "box", timer("PT1H"))
    drawing = paths(start(), box, late, user("b"), end(), path("start box end"), path("late b end"))
    assert drawing.missing(["b"], {"a", "x"}) == ["b"]
    assert drawing.unmet(["asked"], {"x", "b"}) == []
    assert drawing.unmet(["asked"], {"x"}) == ["asked"]


def test_since_begins_anew() -> None:
    loop = [*LINE, xor("m"), xor("x"), path("start m a b x c end"), flow("x", "m")]
    assert paths(*loop).missing(["b"], {"a"}, since={"x"}) == []
    assert paths(*loop).missing(["a"], {"b"}, since={"start"}) == ["a"]
    assert paths(*loop).missing(["c"], {"a"}, since={"b"}) == ["c"]
    assert paths(*loop).missing(["start"], {"a"}, since={"b"}) == []


def test_at_first_nothing_is_missing() -> None:
    line = [*LINE, path("start a b c end")]
    assert paths(*line).missing(["a", "b", "c"], set(), {"a"}, at_first=True) == ["b", "c"]
    assert paths(*line).missing(["a", "b", "c"], {"b"}, {"a"}, at_first=True) == ["b"]


def test_a_way_is_shown_from_where_it_was_undone() -> None:
    parts = [*LINE, xor("x", default="x-b"), xor("m"), flow("x", "a", "${y}"), flow("x", "b"), path("start x")]
    drawing = paths(*parts, path("a m c end"), path("b m"))
    assert drawing.ways(["c"], {"a"}) == {"c": ["start", "x", "b", "m", "c"]}
    assert drawing.ways(["c"], {"a", "b"}) == {}
    loop = paths(*LINE, xor("m"), xor("x"), path("start m a b x c end"), flow("x", "m"))
    assert loop.ways(["c"], {"a"}, {"b"}) == {"c": ["b", "x", "c"]}
    late = boundary("late", "b", timer("PT1H"), interrupting=False)
    beside = paths(*LINE, user("d"), late, end("end2"), path("start a b c end"), path("late d end2"))
    assert beside.ways(["c"], {"a"}, {"d"})["c"][-1] == "c"


def test_links_and_waiting_gateways_are_ways() -> None:
    parts = [start(), throw("go", link("L")), catch("come", link("L")), first("wait"), user("a"), user("b"), end()]
    parts += [catch("news", event("message", "m")), catch("late", timer("PT1H"))]
    drawing = paths(*parts, path("start go"), path("come wait news a end"), path("wait late b end"))
    assert drawing.unmet(["start"], {"a"}) == ["start"]
    assert drawing.unmet(["start"], {"a", "b"}) == []
    assert [node.id for node in drawing.last("end", _task)] in (["a", "b"], ["b", "a"])


def test_a_call_is_one_step() -> None:
    drawing = paths(start(), call("other"), user("a"), end(), path("start other a end"))
    assert drawing.missing(["a"], {"other"}) == []


def test_meanwhile_tells_what_runs_beside() -> None:
    parts = [*LINE, both("f"), both("j"), path("start f a j end"), path("f b c j")]
    assert paths(*parts).meanwhile(["a", "b"], {"c"}) == {"a"}


def test_around_tells_the_enclosing_sub_processes() -> None:
    inner = sub("in", start("s2"), user("a"), end("e2"), path("s2 a e2"))
    outer = sub("out", start("s1"), inner, end("e1"), path("s1 in e1"))
    drawing = paths(start(), outer, end(), path("start out end"))
    assert [node.id for node in drawing.around("a")] == ["in", "out"]


@pytest.mark.parametrize(
    "parts",
    [
        (start(), user("a")),
        (start(), both("j"), user("a"), path("start j a j")),
        (user("a"), user("b"), path("a b a")),
        (start(), sub("empty"), end(), path("start empty end")),
        (start(), '<bpmn:subProcess id="e" triggeredByEvent="true"/>', end(), path("start end")),
        (start(), user("a"), boundary("b", "a", timer("PT1H")), path("start a")),
        (start(), boundary("b", "start", timer("PT1H")), path("start b")),
        (start(), throw("t", link("nowhere")), path("start t")),
    ],
    ids=range(8),
)
def test_broken_drawings_are_looked_at_calmly(parts: tuple[str, ...]) -> None:
    drawing = paths(*parts)
    every = list(drawing.nodes)
    drawing.missing(every, every[:1], every[1:])
    drawing.unmet(every, every[:1])
    assert drawing.reached(every) <= set(every)


def _task(node: Node) -> bool:
    return node.kind == "userTask"
