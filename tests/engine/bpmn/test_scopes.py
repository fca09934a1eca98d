"""Sub-processes, loops, many at a time, calls."""

from __future__ import annotations

import pytest

from engine.bpmn import run
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    call,
    end,
    event,
    flow,
    io,
    loop,
    many,
    passing,
    path,
    process,
    rule,
    service,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.engine.bpmn.play import Play


def around(inner: str, *more: str) -> bytes:
    return process(start(), inner, user("after"), end(), path("start sub after end"), *more)


def test_sub_process_sees_and_hands_on_the_data() -> None:
    play = Play(around(sub("sub", start("s"), user("in"), end("e"), path("s in e"))), a=1)
    assert play.wait("in").given == {"a": 1}
    play.done("in", b=2)
    assert play.wait("after").given == {"a": 1, "b": 2}
    assert play.history()[:5] == ["+start", "-start", "+sub", "+s", "-s"]
    play.done("after")
    assert play.history()[-4:] == ["+after", "-after", "+end", "-end"]


def test_sub_process_without_start_and_end() -> None:
    play = Play(around(sub("sub", user("x"), user("y"), user("z"), path("x y"))))
    assert play.open == ["x", "z"]
    play.done("x", x=1)
    play.done("z", z=1)
    play.done("y", y=1)
    assert play.wait("after").given == {"x": 1, "y": 1, "z": 1}
    assert not any(":" in line for line in play.history())


def test_local_names_of_a_sub_process_stay_inside() -> None:
    inner = sub(
        "sub",
        io({"local": "${a + 1}"}, {"out": "${answer}"}),
        start("s"),
        user("in"),
        end("e"),
        path("s in e"),
    )
    play = Play(around(inner), a=1)
    assert play.wait("in").given == {"a": 1, "local": 2}
    play.done("in", answer="x")
    assert play.wait("after").given == {"a": 1, "answer": "x", "out": "x"}


def test_interrupting_timer_on_a_sub_process_takes_everything_inside_away() -> None:
    inner = sub("sub", start("s"), both("f"), user("x"), user("y"), path("s f x"), path("f y"))
    play = Play(
        around(inner, boundary("late", "sub", timer("PT1H")), user("remind"), end("end2"), path("late remind end2"))
    )
    play.done("x", x=1)
    tokens = {play.wait("y").token}
    play.done("late")
    assert set(play.closed) == tokens
    assert play.open == ["remind"]
    assert play.wait("remind").given == {"x": 1}
    assert "xsub" in play.history()
    assert "xy" in play.history()
    play.done("remind")
    assert play.ended


def test_non_interrupting_timer_on_a_sub_process_leaves_it_running() -> None:
    inner = sub("sub", start("s"), user("x"), user("y"), path("s x y"))
    play = Play(
        around(
            inner,
            boundary("late", "sub", timer("PT1H"), interrupting=False),
            user("remind"),
            end("end2"),
            path("late remind end2"),
        )
    )
    play.done("x", x=1)
    play.done("late")
    assert play.wait("remind").given == {"x": 1}
    play.done("y", y=2)
    play.done("after")
    play.done("remind", reminded=True)
    assert play.ended
    assert play.data == {"x": 1, "y": 2, "reminded": True}


def test_error_end_goes_to_the_border_of_the_sub_process() -> None:
    inner = sub("sub", start("s"), user("x"), end("bad", event("error", "rejected")), path("s x bad"))
    play = Play(
        around(
            inner,
            boundary("catch", "sub", event("error", "rejected", errorCodeVariable="why")),
            user("repair"),
            end("end2"),
            path("catch repair end2"),
        )
    )
    play.done("x", x=1)
    assert play.wait("repair").given == {"x": 1, "why": "rejected"}
    assert play.closed == []


def test_thrown_error_finds_the_nearest_handler_with_the_code() -> None:
    inner = sub(
        "sub",
        start("s"),
        service("op"),
        end("e"),
        path("s op e"),
        boundary("other", "op", event("error", "other")),
        end("e2"),
        path("other e2"),
    )
    xml = around(
        inner,
        boundary("any", "sub", event("error", errorMessageVariable="message")),
        user("repair"),
        end("end2"),
        path("any repair end2"),
    )
    play = Play(xml)
    before = play.state
    play.error("op", "document.duplicate", "Văn bản đã có")
    assert play.wait("repair").given == {"message": "Văn bản đã có"}
    play = Play(xml)
    assert play.state == before
    play.error("op", "other")
    assert play.open == ["after"]


def test_uncaught_error_changes_nothing() -> None:
    play = Play(process(start(), service("op"), end(), path("start op end")))
    with pytest.raises(run.Uncaught) as caught:
        play.error("op", "x", "Hỏng")
    assert caught.value.code == "x"
    play.done("op")
    assert play.ended


def test_error_end_without_handler_ends_the_instance() -> None:
    xml = process(
        start(),
        both("f"),
        user("a"),
        user("b"),
        end("bad", event("error", "void")),
        end(),
        path("start f a bad"),
        path("f b end"),
    )
    play = Play(xml)
    b = play.wait("b").token
    play.done("a", x=1)
    assert play.ended
    assert play.closed == [b]
    assert [(thrown.kind, thrown.name) for thrown in play.thrown] == [("error", "void")]
    assert play.data == {"x": 1}


def test_standard_loop_repeats_until_its_condition_fails() -> None:
    xml = process(
        start(),
        user(
            "work",
            loop("${!done && loop_counter < 5}"),
        ),
        boundary("late", "work", timer("PT1H")),
        end(),
        end("end2"),
        path("start work end"),
        path("late end2"),
    )
    play = Play(xml)
    tokens = set()
    for turn in range(3):
        tokens.add(play.wait("work").token)
        assert play.wait("work").given.get("loop_counter") == turn
        play.done("work", done=turn == 2)
    assert len(tokens) == 3
    assert play.ended
    assert play.data == {"done": True}
    assert len(play.closed) == 1


def test_loop_tested_before_may_do_nothing() -> None:
    xml = process(start(), user("work", loop("${wanted}", before=True)), end(), path("start work end"))
    assert Play(xml, wanted=False).ended
    assert Play(xml, wanted=True).open == ["work"]


def test_loop_with_a_maximum() -> None:
    xml = process(start(), sub("sub", loop(maximum=2), user("x")), end(), path("start sub end"))
    play = Play(xml)
    play.done("x", a=1)
    play.done("x", b=1)
    assert play.ended
    assert play.data == {"a": 1, "b": 1}


PEOPLE = process(
    start(),
    user(
        "opinion",
        many("people", "person", until="${nr_of_completed >= 2}", output="opinions", output_item="opinion"),
        assignee="${person}",
        dueDate="P1D",
    ),
    end(),
    path("start opinion end"),
)


def test_many_people_are_one_wait() -> None:
    play = Play(PEOPLE, people=["an", "binh", "chi"])
    wait = play.wait("opinion")
    assert wait.fan_out is not None
    assert wait.fan_out.items == ("an", "binh", "chi")
    assert [share.assignee for share in wait.fan_out.shares] == ["an", "binh", "chi"]
    assert wait.fan_out.shares[1].given["person"] == "binh"
    assert not run.fan_out_done(wait.fan_out, [{"opinion": "yes"}], wait.given)
    assert run.fan_out_done(wait.fan_out, [{"opinion": "yes"}] * 2, wait.given)
    play.done("opinion", results=[{"opinion": "yes"}, {"opinion": "no"}])
    assert play.data == {"people": ["an", "binh", "chi"], "opinions": ["yes", "no"]}


def test_nobody_to_ask_goes_on_at_once() -> None:
    play = Play(PEOPLE, people=[])
    assert play.ended
    assert play.data["opinions"] == []


def test_something_else_than_a_list_is_held() -> None:
    play = Play(PEOPLE, people="an")
    assert [trouble.code for trouble in play.step.incidents] == ["value"]
    play.retry("opinion", people=["an"])
    assert play.open == ["opinion"]


def test_many_operations_are_one_wait_with_inputs_for_each() -> None:
    xml = process(
        start(),
        service("send", many("to", "agency"), io({"to": "${agency}"}, {"sent": "${size(results)}"})),
        end(),
        path("start send end"),
    )
    play = Play(xml, to=["A", "B"])
    fan_out = play.wait("send").fan_out
    assert fan_out is not None
    assert [share.given for share in fan_out.shares] == [{"to": "A"}, {"to": "B"}]
    play.done("send", results=[{}, {}])
    assert play.data["sent"] == 2


def many_units(**options: object) -> bytes:
    marker = many("units", "unit", output="answers", output_item="answer", **options)  # type: ignore[arg-type]
    return around(sub("sub", marker, start("s"), user("ask"), user("check"), end("e"), path("s ask check e")))


def test_many_sub_processes_at_once_keep_apart() -> None:
    play = Play(many_units(), units=["x", "y"])
    first, second = sorted(play.waits.values(), key=lambda wait: wait.given["unit"])
    play.settle(first, {"answer": 1, "secret": 1})
    play.settle(second, {"answer": 2})
    checks = sorted(play.waits.values(), key=lambda wait: wait.given["unit"])
    assert [wait.given["answer"] for wait in checks] == [1, 2]
    play.settle(checks[1], {})
    play.settle(checks[0], {})
    assert play.wait("after").given == {"units": ["x", "y"], "answers": [1, 2]}


def test_many_sub_processes_one_after_the_other() -> None:
    play = Play(many_units(sequential=True), units=["x", "y"])
    for number in (1, 2):
        assert play.open == ["ask"]
        play.done("ask", answer=number)
        play.done("check")
    assert play.wait("after").given["answers"] == [1, 2]


def test_many_sub_processes_may_stop_early() -> None:
    play = Play(many_units(until="${results.exists(r, r == 'yes')}"), units=["x", "y", "z"])
    waits = list(play.waits.values())
    play.settle(waits[1], {"answer": "yes"})
    play.done("check")
    assert play.open == ["after"]
    assert len(play.closed) == 2
    assert play.wait("after").given["answers"] == [None, "yes", None]


def test_many_sub_processes_with_nothing_to_do() -> None:
    assert Play(many_units(), units=[]).open == ["after"]


def test_call_is_a_wait_with_mapped_data() -> None:
    xml = process(
        start(),
        call(
            "resolve",
            passing("in", source="document", target="doc"),
            passing("in", sourceExpression="${level + 1}", target="level"),
            passing("out", source="outcome", target="resolution"),
            called="${which}",
        ),
        end(),
        path("start resolve end"),
    )
    play = Play(xml, document=7, level=1, which="resolution")
    wait = play.wait("resolve")
    assert (wait.kind, wait.name, wait.given) == ("call", "resolution", {"doc": 7, "level": 2})
    play.done("resolve", outcome="done", private=1)
    assert play.data == {"document": 7, "level": 1, "which": "resolution", "resolution": "done"}


def test_call_handing_over_everything() -> None:
    xml = process(
        start(),
        call("c", passing("in", variables="all"), passing("out", variables="all")),
        end(),
        path("start c end"),
    )
    play = Play(xml, a=1)
    assert play.wait("c").given == {"a": 1}
    play.done("c", b=2)
    assert play.data == {"a": 1, "b": 2}


def test_a_failing_call_can_be_caught() -> None:
    xml = process(
        start(),
        call("c"),
        boundary("b", "c", event("error", "refused")),
        user("x"),
        end(),
        end("end2"),
        path("start c end"),
        path("b x end2"),
    )
    play = Play(xml)
    play.error("c", "refused")
    assert play.open == ["x"]


def test_decision_puts_its_result_into_a_variable() -> None:
    xml = process(
        start(),
        rule("route", variable="unit"),
        xor("g", "g-e2"),
        end("e1"),
        end("e2"),
        path("start route g"),
        flow("g", "e1", "${unit.name == 'A'}"),
        flow("g", "e2"),
    )
    play = Play(xml, kind="complaint")
    wait = play.wait("route")
    assert (wait.kind, wait.name, wait.given) == ("decision", "routing", {"kind": "complaint"})
    play.done("route", name="A")
    assert play.history()[-1] == "-e1"


def test_conflict_at_the_end_of_a_sub_process_is_held_there() -> None:
    inner = sub("sub", start("s"), both("f"), user("x"), user("y"), path("s f x"), path("f y"))
    play = Play(around(inner))
    play.done("x", v=1)
    play.done("y", v=2)
    assert [(t.element, t.code) for t in play.step.incidents] == [("y", "join-conflict")]
    play.retry("y", v=2)
    assert play.wait("after").given == {"v": 2}
