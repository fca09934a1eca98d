"""Weakness 4: the state holds only what is still needed, stays small however long the instance runs, and is safe."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable

import pytest

from engine.bpmn import run
from engine.bpmn.state import MIGRATIONS, ScopeState, Snapshot, TokenState, UnreadableState, pack, unpack
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    catch,
    end,
    event,
    first,
    flow,
    io,
    many,
    path,
    process,
    service,
    some,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.engine.bpmn.play import NOW, Play


def test_pack_and_unpack_give_the_same() -> None:
    shared = {"a": [1, {"b": "ấ"}]}
    token = TokenState("t1", "x", 8, shared, (1, 2), {"open": "user_task"})
    scope = ScopeState("p", None, [token, TokenState("t2", "y", 32, shared)], {1: shared}, [({"a": 1}, {"a": 2}, 5)])
    inner = ScopeState("s", ("t2", 3), [])
    snapshot = Snapshot(7, [scope, inner], shared)
    assert unpack(pack(snapshot)) == snapshot


def test_shared_data_is_written_once() -> None:
    data = {"text": "x" * 50}
    tokens = [TokenState(f"t{n}", "x", 8, data) for n in range(10)]
    text = zlib.decompress(pack(Snapshot(1, [ScopeState("p", None, tokens)], data))[1:]).decode()
    assert text.count("x" * 50) == 1


def test_nested_values_that_are_shared_are_written_once_and_stay_shared() -> None:
    people = [f"person-{n}" for n in range(20)]
    tokens = [TokenState(f"t{n}", "x", 8, {"n": n, "people": people}) for n in range(10)]
    snapshot = Snapshot(1, [ScopeState("p", None, tokens)], {"people": people})
    packed = pack(snapshot)
    assert zlib.decompress(packed[1:]).decode().count("person-7") == 1
    again = unpack(packed)
    assert again == snapshot
    assert pack(again) == packed


@pytest.mark.parametrize("state", [b"", b"\x00abc", b"\xffabc", b"\x01abc", b"\x01" + zlib.compress(b"{")])
def test_what_is_no_state_is_refused(state: bytes) -> None:
    with pytest.raises(UnreadableState):
        unpack(state)


def test_an_older_layout_is_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    import engine.bpmn.state as module

    old = pack(Snapshot(7, [], {"a": 1}))
    monkeypatch.setattr(module, "VERSION", 2)
    monkeypatch.setitem(MIGRATIONS, 1, lambda layout: [layout[0] + 1, *layout[1:]])
    assert unpack(old).counter == 8


def test_an_element_that_is_gone_is_told() -> None:
    play = Play(process(start(), user("x"), end(), path("start x end")))
    other = Play(process(start(), user("y"), end(), path("start y end")))
    with pytest.raises(UnreadableState):
        run.places(other.procedure, play.state)


def test_the_state_holds_no_definition_and_nothing_of_the_past() -> None:
    parts = [start(), end()]
    parts += [user(f"step-{n}", name="Một tên dài của bước") for n in range(30)]
    parts.append(path("start " + " ".join(f"step-{n}" for n in range(30)) + " end"))
    play = Play(process(*parts), document=1)
    for n in range(29):
        play.done(f"step-{n}")
    text = zlib.decompress(play.state[1:]).decode()
    assert "step-29" in text
    assert "step-28" not in text
    assert "tên" not in text


def rework(*inside: str, ways: str, extra: str = "") -> bytes:
    return process(
        start(),
        *inside,
        user("review"),
        xor("enough", "enough-end"),
        end(),
        ways,
        path("review enough"),
        flow("enough", "again", "${again}"),
        xor("again"),
        path("start again"),
        flow("enough", "end"),
        extra,
    )


def plain(play: Play, turn: int) -> None:
    play.done("draft", turn=turn)


def forked(play: Play, turn: int) -> None:
    play.done("a", a=turn)
    play.done("b", b=turn)


def chosen(play: Play, turn: int) -> None:
    for wait in list(play.waits.values()):
        if wait.element in "ab":
            play.settle(wait, {wait.element: turn})


def notifying(play: Play, turn: int) -> None:
    play.done("note", turn=turn)
    play.done("draft", turn=turn)


def in_sub(play: Play, turn: int) -> None:
    play.done("in1", x=turn)
    play.done("in2", y=turn)


def in_many(play: Play, turn: int) -> None:
    for wait in [wait for wait in play.waits.values() if wait.element == "in1"]:
        play.settle(wait, {"x": turn})


def late(play: Play, turn: int) -> None:
    play.done("late")
    play.done("chase", chased=turn)
    play.done("draft")


def reminded(play: Play, turn: int) -> None:
    play.done("late")
    play.done("chase", chased=turn)
    play.done("draft")


def raced(play: Play, turn: int) -> None:
    play.done("answer" if turn % 2 else "timeout", turn=turn)


def noted(play: Play, turn: int) -> None:
    play.done("hint", hint=turn)
    play.done("read")
    play.done("draft")


SHAPES: dict[str, tuple[bytes, Callable[[Play, int], None]]] = {
    "user task": (rework(user("draft"), ways=path("again draft review")), plain),
    "fork and join": (
        rework(both("f"), user("a"), user("b"), both("j"), ways=path("again f a j review") + path("f b j")),
        forked,
    ),
    "inclusive fork and join": (
        rework(
            some("f", "f-b"),
            user("a"),
            user("b"),
            some("j"),
            ways=path("again f")
            + flow("f", "a", "${size(wanted) > 0}")
            + flow("f", "b")
            + path("a j review")
            + path("b j"),
        ),
        chosen,
    ),
    "fork whose branch ends by itself": (
        rework(
            both("f"),
            service("note", io({}, {"noted": "${result.turn}"})),
            end("told"),
            user("draft"),
            ways=path("again f draft review") + path("f note told"),
        ),
        notifying,
    ),
    "sub-process": (
        rework(sub("s", start("s0"), user("in1"), user("in2"), path("s0 in1 in2")), ways=path("again s review")),
        in_sub,
    ),
    "many sub-processes": (
        rework(
            sub("s", many("wanted", output="answers", output_item="x"), start("s0"), user("in1"), path("s0 in1")),
            ways=path("again s review"),
        ),
        in_many,
    ),
    "reminder with a path of its own": (
        rework(
            user("draft"),
            boundary("late", "draft", timer(cycle="R/P1D"), interrupting=False),
            user("chase"),
            end("chased"),
            ways=path("again draft review") + path("late chase chased"),
        ),
        reminded,
    ),
    "event gateway": (
        rework(
            first("g"),
            catch("answer", event("message", "m")),
            catch("timeout", timer("P1D")),
            xor("m"),
            ways=path("again g answer m review") + path("g timeout m"),
        ),
        raced,
    ),
    "event sub-process": (
        rework(
            user("draft"),
            ways=path("again draft review"),
            extra=sub(
                "s",
                start("hint", event("message", "hint"), isInterrupting="false"),
                user("read"),
                path("hint read"),
                by_event=True,
            ),
        ),
        noted,
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_two_hundred_turns_of_rework_stay_flat(shape: str) -> None:
    xml, turn_of = SHAPES[shape]
    play = Play(xml, document=7, wanted=["A", "B"])
    sizes = []
    for turn in range(200):
        turn_of(play, turn)
        play.done("review", again=turn < 199)
        sizes.append(len(play.state))
        layout = json.loads(zlib.decompress(play.state[1:]))
        assert sum(len(scope[2]) for scope in layout[3]) <= 8
        play.passages.clear()
    assert play.ended
    assert max(sizes) < 500
    assert max(sizes[20:-1]) <= max(sizes[5:20]) + 12, "counters may get longer digits, nothing else"


def test_two_hundred_reminders_of_one_task_stay_flat() -> None:
    xml = process(
        start(),
        user("work"),
        boundary("late", "work", timer(cycle="R/P1D"), interrupting=False),
        service("remind", io({}, {"reminders": "${reminders + 1}"})),
        end("told"),
        end(),
        path("start work end"),
        path("late remind told"),
    )
    play = Play(xml, reminders=0)
    sizes = []
    for _ in range(200):
        play.done("late")
        play.done("remind")
        sizes.append(len(play.state))
    assert max(sizes[20:]) <= max(sizes[5:20]) + 12
    play.done("work", done=True)
    assert play.data == {"reminders": 200, "done": True}


def test_notes_of_an_event_sub_process_reach_the_work_and_stay_flat() -> None:
    xml, _ = SHAPES["event sub-process"]
    play = Play(xml)
    sizes = []
    for turn in range(100):
        play.done("hint", hint=turn)
        play.done("read", seen=turn)
        sizes.append(len(play.state))
    assert max(sizes[20:]) <= max(sizes[5:20]) + 12
    play.done("draft")
    assert play.wait("review").given == {"hint": 99, "seen": 99}


def test_a_case_of_thirty_elements_stays_under_four_kilobytes() -> None:
    parts = [start(), both("f"), both("j"), end(), path("start f"), path("j end")]
    for n in range(9):
        parts += [
            user(f"task-{n}"),
            boundary(f"late-{n}", f"task-{n}", timer("P1D"), interrupting=False),
            end(f"told-{n}"),
            path(f"f task-{n} j"),
            path(f"late-{n} told-{n}"),
        ]
    data = {f"variable_{n}": f"Giá trị số {n} của hồ sơ" for n in range(40)}
    play = Play(process(*parts), **data)
    assert len(play.procedure.elements) == 31
    assert len(play.state) < 2048
    for n in range(8):
        play.done(f"task-{n}", **{f"answer_{n}": n})
        assert len(play.state) < 4096


def test_a_place_says_where_the_instance_stands() -> None:
    xml = process(
        start(), user("x"), boundary("late", "x", timer("P1D")), end(), end("e2"), path("start x end"), path("late e2")
    )
    play = Play(xml)
    assert [(place.element, place.wait, place.trouble) for place in run.places(play.procedure, play.state)] == [
        ("x", "user_task", None),
        ("late", "timer", None),
    ]


def test_an_ended_instance_answers_nothing_any_more() -> None:
    play = Play(process(start(), user("x"), end(), path("start x end")))
    token = play.wait("x").token
    play.done("x")
    assert run.places(play.procedure, play.state) == ()
    with pytest.raises(run.UnknownToken):
        run.complete(play.procedure, play.state, token, {}, NOW)
    again = run.cancel(play.procedure, play.state)
    assert again.ended
    assert again.closed == ()
