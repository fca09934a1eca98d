"""Closed cases against a draft: which would have taken another path, and which nothing can be said about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from connectors.delivery import sweep
from engine.bpmn.procedure import compile as compiled
from engine.definitions.queries import Ready
from engine.instances.commands import start_instance
from engine.instances.practice.replay import Replay, replay
from tests.bpmn_text import END, START, boundary_timer, chain, flow, inputs_of, outputs_of, process, service, user
from tests.engine.instances.conftest import Office

HOUR = timedelta(hours=1)
ASK = user("ask").replace("<bpmn:userTask", '<bpmn:userTask camunda:formRef="ask"')
FORMS = {"ask": {"type": "default", "id": "ask", "components": [
    {"type": "number", "id": "amount", "key": "amount", "label": "Số lượng"},
]}}  # fmt: skip
GATE = '<bpmn:exclusiveGateway id="g" default="g-end"/>'


def chosen(limit: int, extra: str = "") -> bytes:
    """Who asks for more than `limit` goes to the leader, others straight to the end."""
    return process("one", [
        START, ASK, GATE, user("decide", "leader"), END, extra,
        chain("start", "ask", "g"), flow("g", "decide", f"amount &gt; {limit}"), flow("g", "end"),
        flow("decide", "end"),
    ])  # fmt: skip


def against(office: Office, xml: bytes) -> Replay:
    """Every closed case played on a diagram that isn't in force."""
    draft = Ready(0, "one", "Một", compiled(xml), {}, {}, {}, xml)
    now = office.clock.now()
    with office.platform.reading() as session:
        return replay(session, office.people["admin"], "one", draft, now - 24 * HOUR, now + HOUR)


def closed(office: Office, amount: int) -> int:
    case = office.start("one")
    office.do(case, "ask", {"amount": amount})
    if office.open_elements(case) == ["decide"]:
        office.do(case, "decide", who="leader")
    assert office.instance(case).status == "ended"
    return case


def test_a_moved_limit_changes_the_path_of_the_cases_between(office: Office):
    office.publish(chosen(100), FORMS)
    low, between, high = closed(office, 10), closed(office, 150), closed(office, 500)
    found = against(office, chosen(200))
    assert (found.tried, found.same, found.unclear) == (3, 2, 0)
    other = found.others[0]
    assert other.instance_id == between
    assert {"decide"} <= other.less
    assert "decide" in other.sentence
    assert {low, high}.isdisjoint({each.instance_id for each in found.others})


def test_the_same_diagram_changes_nothing(office: Office):
    office.publish(chosen(100), FORMS)
    closed(office, 10)
    closed(office, 500)
    found = against(office, chosen(100))
    assert (found.same, found.others, found.unclear) == (2, (), 0)


def test_a_new_step_parts_every_case_and_is_named(office: Office):
    office.publish(process("one", [START, ASK, END, chain("start", "ask", "end")]), FORMS)
    case = office.start("one")
    office.do(case, "ask", {"amount": 1})
    found = against(office, process("one", [START, ASK, user("review"), END,
                                            chain("start", "ask", "review", "end")]))  # fmt: skip
    assert [each.instance_id for each in found.others] == [case]
    assert "review" in found.others[0].sentence


def test_timers_that_fired_fire_again_at_their_time(office: Office, deliver: Callable[[], int]):
    timed = process("one", [START, ASK, user("late"), END, chain("start", "ask", "end"),
                            boundary_timer("over", "ask", "PT1H", True), chain("over", "late", "end")])  # fmt: skip
    office.publish(timed, FORMS)
    case = office.start("one")
    office.clock.advance(2 * HOUR)
    sweep(office.platform, lambda *_: None)
    office.do(case, "late", {})
    found = against(office, timed)
    assert (found.tried, found.same) == (1, 1)


def test_results_of_operations_are_read_back_from_what_they_led_to(office: Office, deliver: Callable[[], int]):
    def counting(limit: int) -> bytes:
        return process("one", [
            START, ASK, service("add", "test.add", inputs_of(a="${amount}"), outputs_of(sum="${result.total}")),
            GATE, user("decide", "leader"), END,
            chain("start", "ask", "add", "g"), flow("g", "decide", f"sum &gt; {limit}"), flow("g", "end"),
            flow("decide", "end"),
        ])  # fmt: skip

    office.publish(counting(100), FORMS)
    closed(office, 10)
    between = closed(office, 150)
    found = against(office, counting(200))
    assert (found.tried, found.same, found.unclear) == (2, 1, 0)
    assert [each.instance_id for each in found.others] == [between]


def test_what_cannot_be_played_back_is_not_judged(office: Office):
    twice = process("one", [
        START, ASK, service("add", "test.add", inputs_of(a="${amount}"), outputs_of(sum="${result.total}")),
        GATE, END, chain("start", "ask", "add", "g"),
        flow("g", "ask", "sum &lt; 100"), flow("g", "end"),
    ])  # fmt: skip
    office.publish(twice, FORMS)
    case = office.start("one")
    office.do(case, "ask", {"amount": 1})  # its sum is overwritten by the second turn, so it can't be read back
    office.do(case, "ask", {"amount": 500})
    assert office.instance(case).status == "ended"
    found = against(office, twice)
    assert (found.tried, found.same, found.others, found.unclear) == (1, 0, (), 1)


def test_other_agencies_cases_are_left_alone(office: Office):
    office.publish(chosen(100), FORMS)
    stranger = office.people["stranger"]
    theirs = office.platform.run(stranger, start_instance, "one", office.other_agency_id, {}).id
    office.do(theirs, "ask", {"amount": 10}, who="stranger")
    assert office.instance(theirs).status == "ended"
    assert against(office, chosen(1)).tried == 0
