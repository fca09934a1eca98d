"""The token game: what gets stuck, what happens twice, and what is fine though it looks odd."""

from __future__ import annotations

import random
import time

import pytest

from engine.bpmn.checks import soundness
from engine.bpmn.normalise import normalise
from engine.bpmn.reading import read
from tests.engine.bpmn.checks.trial import found, sentences, work
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    catch,
    end,
    event,
    first,
    flow,
    link,
    path,
    process,
    some,
    start,
    sub,
    throw,
    timer,
    xor,
)

DEADLOCK, UNSAFE, ENDLESS = "soundness.deadlock", "soundness.unsafe", "soundness.endless"


def diamond(split: str, join: str, after: str = work("c")) -> bytes:
    conditional = "parallelGateway" not in split
    return process(
        start(), split, work("a"), work("b"), join, after, end(),
        path("start s"), flow("s", "a", "${q}" if conditional else None), flow("s", "b", id="sb"),
        path("a j"), path("b j c end"),
    )  # fmt: skip


WRONG = {
    DEADLOCK: diamond(xor("s", default="sb"), both("j")),
    UNSAFE: diamond(both("s"), xor("j")),
    ENDLESS: process(
        start(), xor("m"), both("s"), work("a"), work("b"), end(), path("start m s a m"), path("s b end")
    ),
}


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (diamond(both("s"), both("j")), []),
        (diamond(xor("s", default="sb"), xor("j")), []),
        (diamond(some("s", default="sb"), some("j")), []),
        (diamond(both("s"), some("j")), []),
        (diamond(xor("s", default="sb"), some("j")), []),
        (diamond(xor("s", default="sb"), both("j")), [("j", DEADLOCK)]),
        (diamond(some("s", default="sb"), both("j")), [("j", DEADLOCK)]),
        (diamond(both("s"), xor("j")), [("c", UNSAFE)]),
        (diamond(some("s", default="sb"), xor("j")), []),
    ],
)
def test_splits_and_joins(xml: bytes, expected: list[tuple[str, str]]) -> None:
    assert found(xml) == expected


def test_an_inclusive_split_of_two_conditions_may_do_a_step_twice() -> None:
    xml = process(
        start(), some("s", default="sb"), work("a"), work("b"), work("c"), xor("j"), work("d"), end(),
        path("start s"), flow("s", "a", "${q}"), flow("s", "b", id="sb"), flow("s", "c", "${r}"),
        path("a j"), path("b j"), path("c j d end"),
    )  # fmt: skip
    assert found(xml) == [("d", UNSAFE)]


def test_reaching_the_end_twice_is_fine() -> None:
    xml = process(start(), both("s"), work("a"), work("b"), xor("j"), end(), path("start s a j end"), path("s b j"))
    assert found(xml) == []


def test_implicit_split_and_merge_of_an_activity() -> None:
    xml = process(start(), work("a"), work("b"), work("c"), work("d"), end(), path("start a b d end"), path("a c d"))
    assert found(xml) == [("d", UNSAFE)]
    assert "“D”" in sentences(xml)[0]


def test_deadlock_sentence_counts_the_branches() -> None:
    (sentence,) = sentences(diamond(xor("s", default="sb"), both("j")))
    assert "“j” chờ đủ 2 luồng nhưng có trường hợp chỉ 1 luồng tới" in sentence


def test_rework_loop_is_fine() -> None:
    xml = process(
        start(), work("a"), work("b"), xor("x", default="x-end"), end(), path("start a b x end"),
        flow("x", "a", "${no}"),
    )  # fmt: skip
    assert found(xml) == []


def test_rework_inside_a_parallel_branch_is_fine() -> None:
    xml = process(
        start(), both("s"), work("a"), xor("x", default="x-j"), work("b"), both("j"), end(),
        path("start s a x j end"), path("s b j"), flow("x", "a", "${no}"),
    )  # fmt: skip
    assert found(xml) == []


def test_leaving_a_parallel_branch_gets_stuck() -> None:
    xml = process(
        start(), both("s"), work("a"), xor("x", default="x-j"), work("b"), both("j"), end(), end("early"),
        path("start s a x j end"), path("s b j"), flow("x", "early", "${no}"),
    )  # fmt: skip
    assert found(xml) == [("j", DEADLOCK)]


def test_leaving_by_a_terminate_end_is_fine() -> None:
    xml = process(
        start(), both("s"), work("a"), xor("x", default="x-j"), work("b"), both("j"), end(),
        end("early", event("terminate")), path("start s a x j end"), path("s b j"), flow("x", "early", "${no}"),
    )  # fmt: skip
    assert found(xml) == []


def test_going_back_before_the_split_never_stops() -> None:
    xml = process(
        start(), xor("m"), both("s"), work("a"), work("b"), end(), path("start m s a m"), path("s b end"),
    )  # fmt: skip
    assert found(xml) == [("b", ENDLESS)]


def test_going_back_out_of_a_parallel_branch() -> None:
    xml = process(
        start(), xor("m"), both("s"), work("a"), xor("x", default="x-j"), work("b"), both("j"), end(),
        path("start m s a x j end"), path("s b j"), flow("x", "m", "${no}"),
    )  # fmt: skip
    assert ("b", ENDLESS) in found(xml)


def test_boundary_event_that_interrupts_starves_the_join() -> None:
    parts = (
        start(), both("s"), work("a"), boundary("late", "a", timer("PT1H")), work("b"), both("j"), end(), work("c"),
        path("start s a j end"), path("s b j"),
    )  # fmt: skip
    assert found(process(*parts, path("late c end"))) == [("j", DEADLOCK)]
    assert found(process(*parts, xor("m"), path("late c end")).replace(b'"a" targetRef="j"', b'"a" targetRef="j"'))
    repaired = process(
        start(), both("s"), work("a"), boundary("late", "a", timer("PT1H")), work("b"), xor("m"), both("j"), end(),
        work("c"), path("start s a m j end"), path("s b j"), path("late c m"),
    )  # fmt: skip
    assert found(repaired) == []


def test_reminder_beside_the_work_is_fine() -> None:
    reminder = (boundary("late", "a", timer("PT1H"), interrupting=False), work("c"))
    assert found(process(start(), work("a"), *reminder, end(), path("start a end"), path("late c end"))) == []
    redo = (xor("x", default="x-end"), flow("x", "a", "${no}"))
    assert found(process(start(), work("a"), *reminder, *redo, end(), path("start a x end"), path("late c end"))) == []
    again = process(start(), work("a"), *reminder, work("d"), end(), path("start a d end"), path("late c d"))
    assert found(again) == [("d", UNSAFE)]


def test_event_gateway_takes_one_way() -> None:
    ways = (catch("m1", event("message", "m")), catch("t1", timer("P1D")))
    assert found(process(start(), first("g"), *ways, end(), path("start g m1 end"), path("g t1 end"))) == []
    stuck = process(start(), first("g"), *ways, both("j"), end(), path("start g m1 j end"), path("g t1 j"))
    assert found(stuck) == [("j", DEADLOCK)]


def test_links_are_followed() -> None:
    xml = process(
        start(), xor("x", default="x-b"), work("a"), throw("t", link("L")), catch("k", link("L")), work("b"), both("j"),
        end(), path("start x"), flow("x", "a", "${q}"), path("x b j end"), path("a t"), path("k j"),
    )  # fmt: skip
    assert found(xml) == [("j", DEADLOCK)]


def test_inside_a_sub_process() -> None:
    inner = (start("s1"), xor("x", default="x-b"), work("a"), work("b"), both("j"), end("e1"))
    flows = path("s1 x b j e1") + flow("x", "a", "${q}") + path("a j")
    assert found(process(start(), sub("box", *inner, flows), end(), path("start box end"))) == [("j", DEADLOCK)]


def test_inclusive_join_waits_only_for_what_may_come() -> None:
    xml = process(
        start(), some("s", default="s-c"), work("a"), work("b"), work("c"), some("j"), work("d"), end(),
        path("start s"), flow("s", "a", "${p}"), flow("s", "b", "${q}"), path("s c"), path("a j"), path("b j"),
        path("c j d end"),
    )  # fmt: skip
    assert found(xml) == []


def test_drawings_with_very_many_possibilities_end_soon() -> None:
    names = [f"g{n}" for n in range(60)]
    parts = [start(), end(), path("start g0")]
    for n, name in enumerate(names):
        parts += [some(name, default=f"d{n}"), flow(name, "end", id=f"d{n}")]
        parts += [flow(name, names[(n + step) % 60], "${q}", id=f"f{n}-{step}") for step in range(1, 7)]
    started = time.process_time()
    assert found(process(*parts))
    assert time.process_time() - started < 20


def test_twelve_parallel_branches_with_choices_stay_within_the_bound() -> None:
    parts = [start(), both("s"), both("j"), end(), path("start s"), path("j end")]
    for n in range(6):
        parts += [xor(f"x{n}", default=f"x{n}-b{n}"), work(f"a{n}"), work(f"b{n}"), xor(f"m{n}")]
        parts += [path(f"s x{n} b{n} m{n} j"), flow(f"x{n}", f"a{n}", "${q}"), path(f"a{n} m{n}")]
    assert found(process(*parts)) == []


def test_the_bound_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundness, "MAX_ALL_ORDERS", 3)
    monkeypatch.setattr(soundness, "MAX_MARKINGS", 3)
    soundness._played.cache_clear()
    xml = diamond(xor("s", default="sb"), xor("j"), work("c", camunda__priority="1"))
    assert found(xml) == [("p", "soundness.bound")]
    soundness._played.cache_clear()


def _random(seed: int) -> bytes:
    """A drawing of nested blocks, some joined by the wrong gateway."""
    dice = random.Random(seed)
    parts: list[str] = []
    count = 0

    def block(depth: int) -> tuple[str, str]:
        nonlocal count
        count += 1
        mine = count
        if depth == 0 or dice.random() < 0.3:
            parts.append(work(f"w{mine}"))
            return f"w{mine}", f"w{mine}"
        kind = dice.choice([both, xor, some])
        join = kind if dice.random() < 0.7 else dice.choice([both, xor, some])
        inner = [block(depth - 1) for _ in range(dice.choice([2, 2, 3]))]
        split = kind(f"s{mine}") if kind is both else kind(f"s{mine}", default=f"s{mine}-{inner[0][0]}")
        parts.extend([split, join(f"j{mine}")])
        for place, (begin, finish) in enumerate(inner):
            parts.append(flow(f"s{mine}", begin, None if kind is both or place == 0 else "${q}"))
            parts.append(flow(finish, f"j{mine}"))
        return f"s{mine}", f"j{mine}"

    begin, finish = block(dice.choice([2, 2, 3]))
    parts.extend([flow("start", begin), flow(finish, "last"), flow("last", "end")])
    return process(start(), end(), work("last"), *parts)


@pytest.mark.parametrize("seed", range(60))
def test_furthest_back_first_finds_what_every_order_finds(seed: int) -> None:
    diagram = read(_random(seed))
    normalise(diagram.root)
    board = soundness._Board(diagram.root)
    every = soundness._Player(board, every_order=True, most=8_000).play("start")
    quick = soundness._Player(board, every_order=False, most=30_000).play("start")
    assert quick.finished
    if not every.finished:  # a few of the drawings are too wide for that
        return
    assert bool(quick.doubled or quick.stuck) == bool(every.doubled or every.stuck)
    if not every.doubled:
        assert quick.stuck == every.stuck
    assert not every.endless
    assert not quick.endless
