"""Weakness 3: every event works or is refused; nothing is dropped without a word."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.bpmn.run import Repeat
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    catch,
    end,
    event,
    extension,
    first,
    flow,
    io,
    link,
    passing,
    path,
    process,
    prop,
    start,
    sub,
    tag,
    throw,
    timer,
    user,
)
from tests.engine.bpmn.play import NOW, Play


def waiting(*children: str, **data: object) -> Play:
    return Play(process(start(), catch("wait", *children), end(), path("start wait end")), **data)


@pytest.mark.parametrize(
    ("when", "due"),
    [
        ({"duration": "PT2H30M"}, timedelta(hours=2, minutes=30)),
        ({"duration": "P1DT1S"}, timedelta(days=1, seconds=1)),
        ({"date": "2026-11-24T08:00:00Z"}, timedelta(days=1)),
        ({"date": "${deadline}"}, timedelta(days=2)),
        ({"duration": "${pause}"}, timedelta(minutes=10)),
        ({"duration": "P1M"}, timedelta(days=30)),
        ({"duration": "${office_deadline(now(), 'PT2H')}"}, timedelta(hours=2)),
    ],
)
def test_timer_forms(when: dict[str, str], due: timedelta) -> None:
    functions = {"now": lambda: NOW, "office_deadline": lambda start, text: start + timedelta(hours=2)}
    play = waiting(timer(**when), functions=functions, deadline="2026-11-25T08:00:00+00:00", pause="PT10M")
    assert play.wait("wait").kind == "timer"
    assert play.wait("wait").due == NOW + due
    play.done("wait")
    assert play.ended


def test_a_timer_that_says_nothing_sensible_is_held() -> None:
    play = waiting(timer("${pause}"), pause="soon")
    assert [(t.element, t.code) for t in play.step.incidents] == [("wait", "value")]
    play.retry("wait", pause="PT1H")
    assert play.wait("wait").due == NOW + timedelta(hours=1)


def reminding(cycle: str) -> bytes:
    return process(
        start(),
        user("work"),
        boundary("remind", "work", timer(cycle=cycle), interrupting=False),
        end(),
        end("end2"),
        path("start work end"),
        path("remind end2"),
    )


def test_cycle_fires_as_often_as_it_says() -> None:
    play = Play(reminding("R3/PT4H"))
    for remaining in (2, 1, 0):
        wait = play.wait("remind")
        assert wait.repeat == Repeat(remaining, "PT4H")
        assert wait.due == NOW + timedelta(hours=4 * (3 - remaining))
        play.now = wait.due
        play.done("remind")
    assert play.open == ["work"]
    play.done("work")
    assert play.ended


def test_endless_cycle_goes_on_and_misses_what_is_past() -> None:
    play = Play(reminding("R/P1D"))
    for _ in range(5):
        assert play.wait("remind").repeat == Repeat(None, "P1D")
        play.now = play.wait("remind").due + timedelta(days=3, hours=1)
        play.done("remind")
        assert play.wait("remind").due > play.now
    token = play.wait("remind").token
    play.done("work")
    assert play.closed == [token]


@pytest.mark.parametrize("cycle", ["R/PT1S", "R/P1M", "R/P1Y"])
def test_years_of_missed_firings_are_passed_over_at_once(cycle: str) -> None:
    play = Play(reminding(cycle))
    play.later(days=365 * 30)
    play.done("remind")
    due = play.wait("remind").due
    assert due is not None
    assert timedelta(0) < due - play.now <= timedelta(days=366)


@pytest.mark.parametrize(
    "text", ["R/P0D", "R/-P1D", "R0/P1D", "R/x", "P1D2H", "P", "PT", "R/P9999999999D", "P99999Y", "tomorrow", "${5}"]
)
def test_times_that_are_none_are_held(text: str) -> None:
    play = Play(reminding(text))
    assert [(trouble.element, trouble.code) for trouble in play.step.incidents] == [("remind", "value")]
    assert play.open == ["work"]


def test_cycle_with_a_beginning() -> None:
    play = Play(reminding("R2/2026-12-01T07:00:00Z/P1D"))
    due = play.wait("remind").due
    assert due is not None
    assert due.day == 1
    play.done("remind")
    assert play.wait("remind").due == due + timedelta(days=1)


def test_message_carries_correlation_and_brings_data() -> None:
    play = waiting(event("message", "receipt"), prop("correlation", "${code}"), code="15/UBND")
    wait = play.wait("wait")
    assert (wait.kind, wait.name, wait.correlation) == ("message", "receipt", "15/UBND")
    play.done("wait", status="01")
    assert play.data == {"code": "15/UBND", "status": "01"}


def test_message_with_outputs_takes_only_those() -> None:
    play = waiting(event("message", "receipt"), io({}, {"state": "${result.status}"}))
    play.done("wait", status="01", noise=1)
    assert play.data == {"state": "01"}


def test_receive_and_send_tasks() -> None:
    xml = process(
        start(),
        tag("sendTask", "send", prop("correlation", "${code}"), passing("in", source="code"), messageRef="message_ask"),
        tag("receiveTask", "receive", prop("correlation", "${code}"), messageRef="message_answer"),
        end(),
        path("start send receive end"),
    )
    play = Play(xml, code="7", other=1)
    assert [(t.kind, t.name, t.correlation, t.data, t.element) for t in play.thrown] == [
        ("message", "ask", "7", {"code": "7"}, "send")
    ]
    assert play.wait("receive").name == "answer"
    play.done("receive", yes=True)
    assert play.ended


@pytest.mark.parametrize("kind", ["message", "signal", "escalation"])
def test_thrown_on_the_way_and_at_the_end(kind: str) -> None:
    xml = process(
        start(), throw("t", event(kind, "one"), io({"n": "${n}"})), end("end", event(kind, "two")), path("start t end")
    )
    play = Play(xml, n=1)
    assert play.ended
    assert [(t.kind, t.name) for t in play.thrown] == [(kind, "one"), (kind, "two")]
    assert play.thrown[0].data == {"n": 1}


def test_signal_wait() -> None:
    play = waiting(event("signal", "holiday"))
    assert (play.wait("wait").kind, play.wait("wait").name) == ("signal", "holiday")
    play.done("wait", day="2026-12-01")
    assert play.data == {"day": "2026-12-01"}


def test_link_leads_on() -> None:
    xml = process(
        start(), throw("out", link("A")), catch("in", link("A")), user("x"), end(), path("start out"), path("in x end")
    )
    play = Play(xml)
    assert play.open == ["x"]
    assert play.history()[2:6] == ["+out", "-out", "+in", "-in"]


def test_terminate_takes_the_rest_away_and_keeps_what_was_learnt() -> None:
    xml = process(
        start(),
        both("f"),
        user("a"),
        user("b"),
        user("c"),
        end("stop", "<bpmn:terminateEventDefinition/>"),
        end(),
        path("start f a stop"),
        path("f b c end"),
    )
    play = Play(xml)
    play.done("b", b=1)
    token = play.wait("c").token
    play.done("a", a=1)
    assert play.ended
    assert play.closed == [token]
    assert play.data == {"a": 1, "b": 1}


def test_terminate_inside_a_sub_process_ends_only_that() -> None:
    inner = sub(
        "sub",
        start("s"),
        both("f"),
        user("x"),
        user("y"),
        end("stop", "<bpmn:terminateEventDefinition/>"),
        path("s f x stop"),
        path("f y"),
    )
    play = Play(process(start(), inner, user("after"), end(), path("start sub after end")))
    play.done("x")
    assert play.open == ["after"]


def test_first_event_wins_behind_an_event_gateway() -> None:
    xml = process(
        start(),
        first("g"),
        catch("answer", event("message", "answer")),
        catch("late", timer("P1D")),
        user("x"),
        user("y"),
        end("e1"),
        end("e2"),
        path("start g answer x e1"),
        path("g late y e2"),
    )
    play = Play(xml)
    assert play.open == ["answer", "late"]
    token = play.wait("late").token
    play.done("answer", text="ok")
    assert play.closed == [token]
    assert play.wait("x").given == {"text": "ok"}
    assert "xlate" in play.history()


def test_escalation_goes_up_and_the_work_goes_on() -> None:
    inner = sub("sub", start("s"), throw("up", event("escalation", "late")), user("x"), end("e"), path("s up x e"))
    play = Play(
        process(
            start(),
            inner,
            end(),
            path("start sub end"),
            boundary("told", "sub", event("escalation", "late"), interrupting=False),
            user("boss"),
            end("end2"),
            path("told boss end2"),
        )
    )
    assert play.open == ["boss", "x"]
    assert play.thrown == []
    play.done("x", x=1)
    play.done("boss", y=1)
    assert play.ended
    assert play.data == {"x": 1, "y": 1}


def test_interrupting_escalation_takes_over() -> None:
    inner = sub("sub", start("s"), user("x"), throw("up", event("escalation", "late")), user("y"), path("s x up y"))
    play = Play(
        process(
            start(),
            inner,
            end(),
            path("start sub end"),
            boundary("told", "sub", event("escalation")),
            user("boss"),
            end("end2"),
            path("told boss end2"),
        )
    )
    play.done("x", x=1)
    assert play.open == ["boss"]
    assert play.wait("boss").given == {"x": 1}


def test_escalation_out_of_a_wait() -> None:
    xml = process(
        start(),
        user("x"),
        boundary("told", "x", event("escalation", "help"), interrupting=False),
        user("boss"),
        end(),
        end("end2"),
        path("start x end"),
        path("told boss end2"),
    )
    play = Play(xml)
    play.escalate("x", "help")
    assert play.open == ["boss", "x"]
    play.escalate("x", "unknown")
    assert [(t.kind, t.name) for t in play.thrown] == [("escalation", "unknown")]
    assert play.open == ["boss", "x"]


def watched(kind: str, interrupting: bool, *definition: str) -> bytes:
    return process(
        start(),
        both("f"),
        user("a"),
        user("b"),
        end(),
        end("end2"),
        path("start f a end"),
        path("f b end2"),
        sub(
            "watch",
            start("stop", *definition, isInterrupting=str(interrupting).lower()),
            user("tidy"),
            end("tidied"),
            path("stop tidy tidied"),
            by_event=True,
        ),
    )


def test_interrupting_event_sub_process_really_interrupts() -> None:
    play = Play(watched("message", True, event("message", "withdraw")), n=1)
    assert play.open == ["a", "b", "stop"]
    assert play.wait("stop").interrupting
    play.done("a", a=1)
    b = play.wait("b").token
    play.done("stop", reason="nhầm")
    assert play.closed == [b]
    assert play.open == ["tidy"]
    assert play.wait("tidy").given == {"n": 1, "a": 1, "reason": "nhầm"}
    play.done("tidy", tidy=True)
    assert play.ended
    assert play.data == {"n": 1, "a": 1, "reason": "nhầm", "tidy": True}


def test_non_interrupting_event_sub_process_may_run_several_times() -> None:
    play = Play(watched("message", False, event("message", "note")))
    play.done("stop", one=1)
    play.done("stop", two=2)
    assert play.open == ["a", "b", "stop", "tidy", "tidy"]
    play.done("a", a=1)
    for wait in [wait for wait in play.waits.values() if wait.element == "tidy"]:
        play.settle(wait, {})
    assert not play.ended
    play.done("b", b=1)
    assert play.ended
    assert play.data == {"one": 1, "two": 2, "a": 1, "b": 1}


def test_timer_event_sub_process() -> None:
    play = Play(watched("timer", True, timer("P10D")))
    assert play.wait("stop").due == NOW + timedelta(days=10)
    play.done("stop")
    assert play.open == ["tidy"]


def test_error_event_sub_process_catches_what_is_thrown_in_its_scope() -> None:
    play = Play(watched("error", True, event("error", "void", errorCodeVariable="code")))
    assert play.open == ["a", "b"]
    play.error("a", "void")
    assert play.wait("tidy").given == {"code": "void"}
    assert play.open == ["tidy"]


def test_event_sub_process_goes_when_its_scope_ends() -> None:
    play = Play(watched("message", True, event("message", "withdraw")))
    token = play.wait("stop").token
    play.done("a")
    play.done("b")
    assert play.ended
    assert play.closed == [token]


def test_event_sub_process_inside_a_sub_process_interrupts_only_that() -> None:
    inner = sub(
        "sub",
        start("s"),
        user("x"),
        end("e"),
        path("s x e"),
        sub("watch", start("stop", event("message", "stop")), user("tidy"), path("stop tidy"), by_event=True),
    )
    play = Play(
        process(
            start(),
            both("f"),
            inner,
            user("other"),
            both("j"),
            user("after"),
            end(),
            path("start f sub j after end"),
            path("f other j"),
        )
    )
    play.done("stop")
    assert play.open == ["other", "tidy"]
    play.done("tidy", t=1)
    play.done("other")
    assert play.wait("after").given == {"t": 1}


def test_non_interrupting_message_at_the_border_may_come_again() -> None:
    xml = process(
        start(),
        user("work"),
        boundary("note", "work", event("message", "note"), interrupting=False),
        end(),
        end("end2"),
        path("start work end"),
        path("note end2"),
    )
    play = Play(xml)
    first_token = play.wait("note").token
    play.done("note", one=1)
    assert play.wait("note").token != first_token
    play.done("note", two=2)
    play.done("work", done=1)
    assert play.data == {"one": 1, "two": 2, "done": 1}


def test_start_by_message_or_timer() -> None:
    xml = process(
        start(),
        start("told", event("message", "arrived")),
        start("daily", timer(cycle="R/P1D")),
        user("x"),
        end(),
        path("start x end"),
        path("told x"),
        path("daily x"),
    )
    play = Play(xml, at="told", a=1)
    assert play.history()[:2] == ["+told", "-told"]
    assert [(s.element, s.kind, s.name, s.timer, s.text) for s in play.procedure.starts] == [
        ("start", "none", "", None, None),
        ("told", "message", "arrived", None, None),
        ("daily", "timer", "", "cycle", "R/P1D"),
    ]
    assert Play(xml).history()[0] == "+start"


def test_events_at_the_border_of_a_receive_task() -> None:
    xml = process(
        start(),
        tag("receiveTask", "receive", messageRef="message_answer"),
        boundary("late", "receive", timer("P1D")),
        end(),
        end("end2"),
        path("start receive end"),
        path("late end2"),
    )
    play = Play(xml)
    assert play.open == ["late", "receive"]
    play.done("late")
    assert play.ended


def test_foreign_extensions_are_passed_over() -> None:
    foreign = extension('<other:thing xmlns:other="urn:other" a="b"><other:deep/></other:thing>')
    xml = process(start(), user("x", foreign, io({"n": "1"})), end(), path("start x end"))
    assert Play(xml).wait("x").given == {"n": "1"}


def test_conditional_flows_from_a_task() -> None:
    xml = process(
        start(),
        user("x"),
        user("y"),
        user("z"),
        end("e1"),
        end("e2"),
        path("start x"),
        flow("x", "y", "${go}"),
        flow("x", "z"),
        path("y e1"),
        path("z e2"),
    )
    play = Play(xml)
    play.done("x", go=True)
    assert play.open == ["y", "z"]
