"""Weaknesses 1 and 2: branches keep to themselves, joins merge what each changed, conflicts are told."""

from __future__ import annotations

import copy

import pytest

from engine.bpmn.joins import Branch, Branches, Delta, merge
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    end,
    event,
    flow,
    io,
    path,
    process,
    service,
    some,
    start,
    sub,
    timer,
    user,
)
from tests.engine.bpmn.play import Play


def merged(base: dict, *sides: dict) -> tuple[dict, list[str]]:
    branch, clashes = merge([Branch((1,), side) for side in sides], {1: base})
    return branch.data, [clash.name for clash in clashes]


def test_each_branch_contributes_what_it_changed() -> None:
    assert merged({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 3}) == ({"a": 2, "b": 3}, [])


def test_a_change_wins_over_the_value_from_before_whoever_comes_last() -> None:
    changed, kept = {"a": 2}, {"a": 1}
    assert merged({"a": 1}, changed, kept) == merged({"a": 1}, kept, changed) == ({"a": 2}, [])


def test_lists_are_neither_mixed_nor_trimmed() -> None:
    assert merged({"l": [1, 2, 3]}, {"l": [1, 2, 3]}, {"l": [9]}) == ({"l": [9]}, [])


def test_maps_merge_by_key() -> None:
    assert merged({"m": {"x": 1}}, {"m": {"x": 1, "y": 2}}, {"m": {"x": 5}}) == ({"m": {"x": 5, "y": 2}}, [])


def test_different_changes_of_one_value_clash_and_keep_the_old_one() -> None:
    assert merged({"a": 1}, {"a": 2}, {"a": 3}) == ({"a": 1}, ["a"])
    assert merged({"m": {"x": 1}}, {"m": {"x": 2}}, {"m": {"x": 3}}) == ({"m": {"x": 1}}, ["m.x"])
    assert merged({}, {"a": 2}, {"a": {}}) == ({}, ["a"])


def test_true_is_not_one() -> None:
    assert merged({}, {"a": True}, {"a": 1})[1] == ["a"]


def test_forks_in_forks_merge_from_the_inside() -> None:
    bases = {1: {"x": 1}, 2: {"x": 2}}
    branches = [Branch((1, 2), {"x": 3}), Branch((1, 2), {"x": 2}), Branch((1,), {"x": 1, "y": 1})]
    assert merge(branches, bases) == (Branch((1,), {"x": 3, "y": 1}), ())


def test_merging_changes_no_side() -> None:
    base, one, two = {"m": {"x": 1}}, {"m": {"x": 2}}, {"m": {"x": 1, "y": [1]}}
    before = copy.deepcopy((base, one, two))
    merged(base, one, two)
    assert (base, one, two) == before


def test_forks_are_forgotten_when_one_branch_is_left() -> None:
    branches = Branches({1: {}, 2: {}}, [])
    assert list(branches.settle([(1,), (1, 2)])) == [1]
    assert branches.forks == {1: {}}
    assert list(branches.settle([(1, 2), (1, 3)])) == [1]
    branches = Branches({1: {}, 2: {}}, [])
    assert list(branches.settle([(1, 2), (1, 2)])) == [2]


def test_ended_branches_are_remembered_by_what_they_changed() -> None:
    branches = Branches({1: {"a": 1, "b": 1}}, [])
    branches.end(Branch((1,), {"a": 2, "b": 1}), [(1,)], 5)
    branches.end(Branch((1,), {"a": 1, "b": 1}), [(1,)], 6)
    branches.end(Branch((1,), {"a": 2, "b": 1, "c": 3}), [(1,)], 7)
    assert branches.ended == [Delta({"a": 1}, {"a": 2, "c": 3}, 7)]
    assert branches.total([Branch((1,), {"a": 1, "b": 5})]) == ({"b": 5, "a": 2, "c": 3}, ())
    assert [clash.name for clash in branches.total([Branch((1,), {"a": 7, "b": 1})])[1]] == ["a"]


def test_ended_branches_of_the_same_time_disagree_but_a_later_one_stands() -> None:
    branches = Branches({1: {}, 9: {}})
    branches.end(Branch((1,), {"told": "mon"}), [(1,)], 5)
    branches.end(Branch((1,), {"told": "tue"}), [(1,)], 6)
    assert len(branches.ended) == 2
    branches = Branches({1: {}, 9: {}})
    branches.end(Branch((1,), {"told": "mon"}), [(1,)], 5)
    branches.end(Branch((9,), {"told": "tue"}), [(9,)], 12)
    assert branches.ended == [Delta({}, {"told": "tue"}, 12)]


FORK = (start(), both("f"), user("a"), user("b"), both("j"), user("after"), end())
FORKED = process(*FORK, path("start f a j after end"), path("f b j"))


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_join_takes_both_changes_in_any_order(order: str) -> None:
    play = Play(FORKED, shared="old", n=1)
    for element in order:
        play.done(element, **({"shared": "new"} if element == "a" else {"n": 2}))
    assert play.data == {"shared": "new", "n": 2}


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_conflict_is_held_at_the_join_with_both_values(order: str) -> None:
    play = Play(FORKED, lead="?")
    for element in order:
        play.done(element, lead=f"unit-{element}")
    (trouble,) = play.step.incidents
    assert (trouble.element, trouble.code) == ("j", "join-conflict")
    assert sorted(trouble.details["values"]["lead"]) == ["unit-a", "unit-b"]
    assert "unit-a" in trouble.message
    assert "unit-b" in trouble.message
    assert play.open == []
    play.retry("j", lead="unit-b")
    assert play.wait("after").given == {"lead": "unit-b"}


def test_a_patch_that_decides_nothing_is_held_again() -> None:
    play = Play(FORKED)
    play.done("a", lead=1)
    play.done("b", lead=2)
    play.retry("j", other=3)
    assert [trouble.code for trouble in play.step.incidents] == ["join-conflict"]


def test_branches_do_not_see_each_other() -> None:
    play = Play(FORKED, files=["x"])
    play.done("a", mine=1, files=["x", "y"])
    assert play.wait("b").given == {"files": ["x"]}
    play.wait("b").given["files"].append("scribble")
    play.done("b")
    assert play.data == {"files": ["x", "y"], "mine": 1}


def test_nested_values_never_leak_between_branches_or_into_the_past() -> None:
    xml = process(
        start(),
        both("f"),
        service("a", io({}, {"items": "${items + [result.n]}"})),
        service("b", io({}, {"seen": "${size(items)}"})),
        both("j"),
        end(),
        path("start f a j end"),
        path("f b j"),
    )
    play = Play(xml, items=[1])
    before = play.state
    play.done("a", n=2)
    play.done("b")
    assert play.data == {"items": [1, 2], "seen": 1}
    # The state from before is untouched: the same steps from it give the same again.
    play.state, play.waits = before, {wait.token: wait for wait in Play(xml, items=[1]).waits.values()}
    play.done("b")
    play.done("a", n=2)
    assert play.data == {"items": [1, 2], "seen": 1}


def test_three_branches_joined_in_two_places() -> None:
    xml = process(
        start(),
        both("f"),
        user("a"),
        user("b"),
        user("c"),
        both("j1"),
        user("ab"),
        both("j2"),
        end(),
        path("start f a j1 ab j2 end"),
        path("f b j1"),
        path("f c j2"),
    )
    play = Play(xml, x=0, y=0, z=0)
    play.done("a", x=1)
    play.done("b", y=1)
    play.done("ab", x=2)
    play.done("c", z=1)
    assert play.ended
    assert play.data == {"x": 2, "y": 1, "z": 1}


def test_branches_that_end_apart_are_merged_at_the_end() -> None:
    xml = process(start(), both("f"), user("a"), user("b"), end("e1"), end("e2"), path("start f a e1"), path("f b e2"))
    play = Play(xml, x=0)
    play.done("a", x=1)
    play.done("b", y=2)
    assert play.ended
    assert play.data == {"x": 1, "y": 2}


def test_conflict_at_the_end_is_held_too() -> None:
    xml = process(start(), both("f"), user("a"), user("b"), end("e1"), end("e2"), path("start f a e1"), path("f b e2"))
    play = Play(xml)
    play.done("a", x=1)
    play.done("b", x=2)
    assert not play.ended
    assert [(t.element, t.code) for t in play.step.incidents] == [("e2", "join-conflict")]
    play.retry("e2", x=1)
    assert play.ended
    assert play.data == {"x": 1}
    assert play.history().count("-e2") == 1


def test_join_in_a_loop() -> None:
    xml = process(
        start(),
        user("plan"),
        both("f"),
        user("a"),
        user("b"),
        both("j"),
        user("review"),
        end(),
        path("start plan f a j review"),
        path("f b j"),
        flow("review", "plan", "${again}"),
        flow("review", "end", "${!again}"),
    )
    play = Play(xml, n=0)
    for turn in range(3):
        play.done("plan", turn=turn)
        for element in "ab" if turn % 2 else "ba":
            play.done(element, **{element: turn})
        play.done("review", again=turn < 2)
    assert play.ended
    assert play.data == {"n": 0, "turn": 2, "a": 2, "b": 2, "again": False}


def test_inclusive_split_and_join() -> None:
    xml = process(
        start(),
        some("f", default="f-c"),
        user("a"),
        user("b"),
        user("c"),
        some("j"),
        user("after"),
        end(),
        path("start f"),
        flow("f", "a", "${'a' in wanted}"),
        flow("f", "b", "${'b' in wanted}"),
        flow("f", "c"),
        path("a j after end"),
        path("b j"),
        path("c j"),
    )
    play = Play(xml, wanted=["a", "b"])
    assert play.open == ["a", "b"]
    play.done("b", y=1)
    assert play.open == ["a"]
    play.done("a", x=1)
    assert play.wait("after").given == {"wanted": ["a", "b"], "x": 1, "y": 1}
    assert Play(xml, wanted=["b"]).open == ["b"]
    assert Play(xml, wanted=[]).open == ["c"]
    play = Play(xml, wanted=["a"])
    play.done("a")
    assert play.open == ["after"]


def test_inclusive_join_looks_at_tokens_that_may_still_come_the_long_way() -> None:
    xml = process(
        start(),
        some("f"),
        user("a"),
        user("b"),
        user("b2"),
        some("j"),
        end(),
        path("start f"),
        flow("f", "a", "${true}"),
        flow("f", "b", "${true}"),
        path("a j end"),
        path("b b2 j"),
        boundary("late", "b", timer("PT1H")),
        user("other"),
        end("end2"),
        path("late other end2"),
    )
    play = Play(xml)
    play.done("a")
    play.done("b")
    assert not play.ended
    assert play.open == ["b2"]
    play.done("b2")
    assert play.ended
    play = Play(xml)
    play.done("a")
    play.done("late")
    # Nobody can reach the join any more: it goes on, the reminder is still at work.
    assert play.open == ["other"]
    assert "-j" in play.history()
    play.done("other")
    assert play.ended


def test_what_a_reminder_learns_is_merged_with_the_work() -> None:
    xml = process(
        start(),
        user("work"),
        boundary("late", "work", timer("PT1H"), interrupting=False),
        user("remind"),
        end(),
        end("end2"),
        path("start work end"),
        path("late remind end2"),
    )
    play = Play(xml, a=1)
    play.done("late")
    assert play.open == ["remind", "work"]
    play.done("remind", reminded=True)
    play.done("work", answer="yes")
    assert play.ended
    assert play.data == {"a": 1, "reminded": True, "answer": "yes"}


def test_event_sub_process_beside_the_work_merges_by_what_it_changed() -> None:
    xml = process(
        start(),
        user("work"),
        user("work2"),
        end(),
        path("start work work2 end"),
        sub(
            "notes",
            start("note", event("message", "note"), isInterrupting="false"),
            user("read"),
            end("noted"),
            path("note read noted"),
            by_event=True,
        ),
    )
    play = Play(xml, a=1)
    play.done("work", a=2)
    play.done("note", text="hello")
    assert play.open == ["note", "read", "work2"]
    play.done("work2", a=3)
    assert not play.ended
    play.done("read", seen=True)
    assert play.ended
    assert play.data == {"a": 3, "text": "hello", "seen": True}


BESIDE = process(
    start(),
    user("one"),
    user("two"),
    end(),
    path("start one two end"),
    sub(
        "notes",
        start("note", event("message", "note"), isInterrupting="false"),
        user("read"),
        path("note read"),
        by_event=True,
    ),
)


def test_two_event_sub_processes_that_began_at_different_times_outlive_the_work() -> None:
    play = Play(BESIDE)
    play.done("note")
    play.done("one", turn=1)
    play.done("note")
    play.done("two", turn=2)
    reads = [wait for wait in play.waits.values() if wait.element == "read"]
    assert [wait.given for wait in reads] == [{}, {"turn": 1}]
    for number, wait in enumerate(reads):
        play.settle(wait, {f"read_{number}": True})
    assert play.ended
    assert play.data == {"turn": 2, "read_0": True, "read_1": True}


@pytest.mark.parametrize("first", ["two", "read"])
def test_work_and_event_sub_process_that_change_the_same_are_told(first: str) -> None:
    play = Play(BESIDE)
    play.done("one")
    play.done("note")
    last = "read" if first == "two" else "two"
    play.done(first, lead="A")
    play.done(last, lead="B")
    assert [trouble.code for trouble in play.step.incidents] == (["join-conflict"] if first == "two" else [])
    if first == "two":
        play.retry("notes", lead="B")
    assert play.ended
    # Who came second knew what the event sub-process had told the work.
    assert play.data == {"lead": "B"}
