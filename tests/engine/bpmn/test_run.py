"""The public steps: begin, settle, fail, retry, cancel."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.bpmn import run
from engine.bpmn.procedure import compile as compile_xml
from engine.errors import Conflict, InvalidInput
from tests.engine.bpmn.diagrams import both, boundary, end, flow, io, path, process, service, start, timer, user, xor
from tests.engine.bpmn.play import NOW, Play

ONE_TASK = process(
    start(), user("check", candidateGroups="clerk, leader", formRef="check"), end(), path("start check end")
)


def test_start_opens_the_first_user_task() -> None:
    play = Play(ONE_TASK, document=7)
    wait = play.wait("check")
    assert wait.kind == "user_task"
    assert wait.given == {"document": 7}
    assert wait.candidate_groups == ("clerk", "leader")
    assert wait.form == "check"
    assert not play.ended


def test_completing_the_last_task_ends_the_instance_with_its_answers() -> None:
    play = Play(ONE_TASK, document=7)
    play.done("check", outcome="approve")
    assert play.ended
    assert play.data == {"document": 7, "outcome": "approve"}
    assert play.history() == ["+start", "-start", "+check", "-check", "+end", "-end"]


def test_a_wait_can_be_settled_only_once() -> None:
    play = Play(ONE_TASK)
    token = play.wait("check").token
    play.done("check")
    with pytest.raises(run.UnknownToken):
        run.complete(play.procedure, play.state, token, {}, NOW)


def test_the_same_step_from_the_same_state_gives_the_same_answer() -> None:
    play = Play(ONE_TASK)
    token = play.wait("check").token
    first = run.complete(play.procedure, play.state, token, {"a": [1]}, NOW)
    assert run.complete(play.procedure, play.state, token, {"a": [1]}, NOW) == first


def test_operation_gets_its_inputs_and_only_its_outputs_stay() -> None:
    xml = process(
        start(),
        service("register", io({"document": "${document}", "book": "incoming"}, {"number": "${result.number}"})),
        end(),
        path("start register end"),
    )
    play = Play(xml, document=7)
    wait = play.wait("register")
    assert (wait.kind, wait.name) == ("operation", "documents.register")
    assert wait.given == {"document": 7, "book": "incoming"}
    play.done("register", number=15, register="s1")
    assert play.data == {"document": 7, "number": 15}


CHOICE = process(
    start(),
    user("decide"),
    xor("which", default="which-refused"),
    end("approved"),
    end("refused"),
    path("start decide which"),
    flow("which", "approved", "${outcome == 'approve'}"),
    flow("which", "refused"),
)


@pytest.mark.parametrize(("outcome", "last"), [("approve", "approved"), ("no", "refused")])
def test_exclusive_gateway_takes_one_way(outcome: str, last: str) -> None:
    play = Play(CHOICE)
    play.done("decide", outcome=outcome)
    assert play.history()[-1] == f"-{last}"
    assert ("+approved" in play.history()) != ("+refused" in play.history())


def test_missing_variable_holds_the_token_and_retry_goes_on() -> None:
    play = Play(CHOICE)
    step = play.done("decide")
    assert not step.ended
    (trouble,) = step.incidents
    assert (trouble.element, trouble.code) == ("which", "expression")
    assert "outcome" in trouble.message
    assert play.retry("which").incidents, "nothing changed: held again"
    play.troubles = {trouble.token: trouble}
    play.retry("which", outcome="approve")
    assert play.ended
    assert play.data == {"outcome": "approve"}


def test_no_way_out_of_a_gateway_is_a_trouble() -> None:
    xml = process(
        start(), xor("g"), end("a"), end("b"), path("start g"), flow("g", "a", "${n == 1}"), flow("g", "b", "${n == 2}")
    )
    play = Play(xml, n=3)
    assert [(t.element, t.code) for t in play.step.incidents] == [("g", "no-branch")]
    play.retry("g", n=2)
    assert play.ended


def test_a_failing_output_keeps_the_result_for_retry() -> None:
    xml = process(
        start(), service("number", io({}, {"n": "${result.number + offset}"})), end(), path("start number end")
    )
    play = Play(xml)
    play.done("number", number=4)
    assert play.troubles
    play.retry("number", offset=10)
    assert play.data["n"] == 14


def test_a_result_that_lacks_something_can_be_replaced() -> None:
    xml = process(start(), service("number", io({}, {"n": "${result.number}"})), end(), path("start number end"))
    play = Play(xml)
    play.done("number")
    play.retry("number", result={"number": 4})
    assert play.data == {"n": 4}


def test_parallel_join_waits_for_both() -> None:
    xml = process(
        start(),
        both("f"),
        user("a"),
        user("b"),
        both("j"),
        user("c"),
        end(),
        path("start f a j c end"),
        path("f b j"),
    )
    play = Play(xml)
    assert play.open == ["a", "b"]
    play.done("a", x=1)
    assert play.open == ["b"]
    play.done("b", y=2)
    assert play.open == ["c"]
    assert play.wait("c").given == {"x": 1, "y": 2}
    play.done("c")
    assert play.ended


def test_timer_at_the_border_interrupts() -> None:
    xml = process(
        start(),
        user("work"),
        boundary("late", "work", timer("PT2H")),
        user("remind"),
        end(),
        end("end2"),
        path("start work end"),
        path("late remind end2"),
    )
    play = Play(xml)
    assert play.wait("late").due == NOW + timedelta(hours=2)
    assert play.wait("late").host == play.wait("work").token
    work = play.wait("work").token
    play.done("late")
    assert play.closed == [work]
    assert play.open == ["remind"]
    play.done("remind")
    assert play.ended


def test_timer_at_the_border_goes_when_the_work_is_done() -> None:
    xml = process(
        start(),
        user("work"),
        boundary("late", "work", timer("PT2H")),
        end(),
        end("end2"),
        path("start work end"),
        path("late end2"),
    )
    play = Play(xml)
    late = play.wait("late").token
    play.done("work")
    assert play.closed == [late]
    assert play.ended
    assert not any("late" in line for line in play.history())


def test_cancel_closes_every_wait() -> None:
    xml = process(
        start(),
        user("work"),
        boundary("late", "work", timer("PT2H")),
        end(),
        end("end2"),
        path("start work end"),
        path("late end2"),
    )
    play = Play(xml, a=1)
    step = play.cancel()
    assert step.ended
    assert sorted(step.closed) == sorted(wait.token for wait in play.step.opened) or len(step.closed) == 2
    assert step.data == {"a": 1}


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(InvalidInput):
        Play(ONE_TASK, thing=object())


def test_callers_and_state_share_nothing() -> None:
    nested = {"list": [1]}
    play = Play(ONE_TASK, nested=nested)
    nested["list"].append(2)
    play.wait("check").given["nested"]["list"].append(3)
    play.done("check")
    assert play.data == {"nested": {"list": [1]}}


def test_loop_without_a_wait_is_stopped() -> None:
    xml = process(
        start(), xor("a"), xor("b"), end(), path("start a b"), flow("b", "a", "${true}"), flow("b", "end", "${false}")
    )
    play = Play(xml)
    assert [trouble.code for trouble in play.step.incidents] == ["endless"]


OLD = process(start(), user("a"), end(), path("start a end"), boundary("late", "a", timer("P1D")), path("late end"))


def test_moving_to_another_version_keeps_what_is_open() -> None:
    new = process(
        start(),
        user("a"),
        user("b"),
        end(),
        path("start a b end"),
        boundary("later", "a", timer("P2D")),
        path("later end"),
        key="p2",
    )
    play = Play(OLD, n=1)
    token, late = play.wait("a").token, play.wait("late").token
    play.move(new)
    assert play.closed == [late]
    assert play.open == ["a", "later"]
    assert play.wait("a").token == token
    play.done("a", x=1)
    assert play.open == ["b"]
    play.done("b")
    assert play.data == {"n": 1, "x": 1}


def test_moving_finds_renamed_elements_and_refuses_lost_ones() -> None:
    new = process(start(), user("check"), end(), path("start check end"))
    play = Play(OLD)
    with pytest.raises(Conflict, match="«a»"):
        run.move(compile_xml(new), play.state, NOW)
    play.move(new, a="check")
    assert [(place.element, place.wait) for place in run.places(play.procedure, play.state)] == [("check", "user_task")]


def test_moving_keeps_branches_that_wait_at_a_join() -> None:
    def fork(*more: str) -> bytes:
        return process(
            start(), both("f"), user("a"), user("b"), both("j"), end(), path("start f a j end"), path("f b j"), *more
        )

    play = Play(fork())
    play.done("a", a=1)
    play.move(fork(user("island")))
    play.done("b", b=1)
    assert play.ended
    assert play.data == {"a": 1, "b": 1}
    play = Play(fork())
    play.done("a")
    with pytest.raises(Conflict, match="«j»"):
        run.move(compile_xml(fork().replace(b'id="a-j"', b'id="other"')), play.state, NOW)
