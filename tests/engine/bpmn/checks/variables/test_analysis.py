"""What the analysis says of variables holds in every run of the core: what is set is there, what is never set isn't."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpmn import procedure as procedures
from engine.bpmn import run
from engine.bpmn.checks.facts import FieldFacts, FormFacts, Knowledge
from engine.bpmn.checks.readable import open_subject
from engine.bpmn.checks.variables import analysis as flow_of_variables
from engine.bpmn.checks.variables.analysis import Known, analysis
from engine.bpmn.checks.variables.environment import Environment
from engine.bpmn.checks.variables.shapes import Shape, kind_of, of
from tests.engine.bpmn.checks.trial import found as findings
from tests.engine.bpmn.checks.trial import work
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    end,
    event,
    flow,
    io,
    loop,
    path,
    process,
    prop,
    start,
    sub,
    timer,
    xor,
)
from tests.engine.bpmn.play import NOW
from tests.engine.bpmn.test_property import BLOCKS, Block, drawn


def known(xml: bytes, catalog: Knowledge | None = None) -> Known:
    """The flow of variables of a diagram."""
    subject, findings = open_subject(xml, catalog or Knowledge(starts={"": {"dice": of("whole")}}))
    assert subject is not None, findings
    return analysis(subject)


def answering(block: Block) -> tuple[bytes, Knowledge]:
    """A drawing whose tasks ask for a number under their own name, and forms that say so."""
    xml = re.sub(rb'<bpmn:userTask id="(task\d+)"', rb'<bpmn:userTask camunda:formRef="\1" id="\1"', drawn(block))
    names = [name.decode() for name in re.findall(rb'id="(task\d+)"', xml)]
    forms = {name: FormFacts({name: FieldFacts("number", of("whole"))}) for name in names}
    return xml, Knowledge(forms=forms, starts={"": {"dice": of("whole")}})


def agrees(environment: Environment, data: dict[str, Any], where: str) -> None:
    """Nothing that is said to be set is missing, nothing is there that nobody sets, and kinds are as told."""
    assert environment.certain() <= set(data), where
    assert set(data) <= set(environment.variables), where
    for name, value in data.items():
        shape: Shape = environment.variables[name]
        assert not shape.known or not isinstance(value, int) or kind_of(value) in shape.kinds | {"whole"}, where


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(block=BLOCKS, seed=st.integers(0, 2**16))
def test_runs_of_the_core_agree(block: Block, seed: int) -> None:
    dice = random.Random(seed)
    xml, catalog = answering(block)
    found = known(xml, catalog)
    assert found.finished
    procedure = procedures.compile(xml)
    step = run.start(procedure, {"dice": dice.randrange(30)}, NOW)
    waits = {wait.token: wait for wait in step.opened}
    for _ in range(400):
        if step.ended:
            break
        for wait in waits.values():
            if wait.kind == "user_task" and wait.element != "note":
                agrees(found.before[wait.element], wait.given, wait.element)
        wait = dice.choice([each for each in waits.values() if each.kind != "message"])
        del waits[wait.token]
        result: dict[str, Any] = {}
        if wait.kind == "user_task":
            count = wait.given.get(wait.element, 0) + 1
            result = {wait.element: count, "completed_by": 1, "completed_at": NOW.isoformat()}
        step = run.complete(procedure, step.state, wait.token, result, NOW)
        for token in step.closed:
            waits.pop(token, None)
        waits.update((opened.token, opened) for opened in step.opened)
    assert step.ended
    agrees(found.final, step.data, "the end")


def names(environment: Environment) -> dict[str, bool]:
    """Every name with whether it is set in any case."""
    return {name: not shape.optional for name, shape in environment.variables.items()}


WRITES = io(outputs={"x": "1"})


def test_after_branches_side_by_side_everything_is_known() -> None:
    xml = process(
        start(), both("s"), work("a", WRITES), work("b", io(outputs={"y": "2"})), end("e"), end("f"),
        path("start s a e"), path("s b f"),
    )  # fmt: skip
    assert names(known(xml).final) == {"dice": True, "x": True, "y": True}


def test_a_terminate_end_may_cut_the_others_off() -> None:
    xml = process(
        start(), both("s"), work("a", WRITES), work("b", io(outputs={"y": "2"})), end("f"),
        end("e", event("terminate")), path("start s a e"), path("s b f"),
    )  # fmt: skip
    assert names(known(xml).final) == {"dice": True, "x": True, "y": False}


def test_an_interrupting_event_sub_process_may_end_the_scope() -> None:
    handler = sub(
        "h", start("es", prop("data", ""), event("message", "m")), work("ew", io(outputs={"told": "1"})), end("ee"),
        path("es ew ee"), by_event=True,
    )  # fmt: skip
    xml = process(start(), work("a", WRITES), end(), path("start a end"), handler)
    found = known(xml)
    assert names(found.final) == {"dice": True, "x": False, "told": False}
    assert names(found.before["ew"]) == {"dice": True, "x": False}


def test_a_reminder_knows_less_than_the_way_on() -> None:
    reminder = (boundary("late", "b", timer("P1D"), interrupting=False), work("c", io(outputs={"told": "1"})), end("f"))
    xml = process(start(), work("a", WRITES), work("b", io(outputs={"y": "2"})), *reminder, end(),
                  path("start a b end"), path("late c f"))  # fmt: skip
    found = known(xml)
    assert names(found.before["c"]) == {"dice": True, "x": True}
    assert names(found.final) == {"dice": True, "x": True, "y": True, "told": False}


def test_branches_no_value_leads_to_are_looked_at_all_the_same() -> None:
    xml = process(
        start(), work("a", io(outputs={"way": "on"})), xor("g", default="go"), work("b", io({"seen": "${gone}"})),
        end(), path("start a g"), flow("g", "b", "${way == 'back'}"), flow("g", "end", id="go"), path("b end"),
    )  # fmt: skip
    found = known(xml)
    assert "b" in found.before
    assert [use.element for use in found.uses if use.troubles] == ["b"]


def test_nested_sub_processes_cost_no_more_than_flat_ones() -> None:
    deep = 40
    inside = work("w", WRITES)
    body = path("b0 w e0") + start("b0") + inside + end("e0")
    for n in range(1, deep):
        body = sub(f"s{n}", body)
        body = start(f"b{n}") + body + end(f"e{n}") + path(f"b{n} s{n} e{n}")
    xml = process(start(), sub("s", body), end(), path("start s end"))
    subject, _ = open_subject(xml, Knowledge(starts={"": {"dice": of("whole")}}))
    assert subject is not None
    flow = flow_of_variables.Analysis(flow_of_variables.as_run(xml), subject)
    assert names(flow.run().final) == {"dice": True, "x": True}
    assert flow.work < deep * 1_000


def turning(first: str, *inside: str, ways: str, **repeat: Any) -> bytes:
    """A sub-process that is gone through again and again, after x has been written."""
    body = (start("again"), *inside, end("over"), path(ways), loop(**repeat))
    return process(start(), work("a", io(outputs={"x": first})), sub("turn", *body), end(), path("start a turn end"))


WAITING = work("w", io(outputs={"x": "${x + 1}", "s": "${has(data.s) ? s : 'one'}"}))
TURNS = {
    "counted": turning("${1}", WAITING, ways="again w over", condition="${x < 5}", maximum=9),
    "a task by itself": process(
        start(), work("a", io(outputs={"x": "p", "y": "q", "z": "r"})),
        work("w", io(outputs={"x": "${y}", "y": "${z}", "z": "end"}), loop("${x != 'end'}", 9)), end(),
        path("start a w end"),
    ),
    "by a flow": process(
        start(), work("a", io(outputs={"x": "${1}"})), xor("m"), WAITING, xor("g", default="on"), end(),
        path("start a m w g"), flow("g", "m", "${x < 4}"), flow("g", "end", id="on"),
    ),
    "at its border": process(
        start(), work("a", io(outputs={"x": "p", "y": "q", "z": "r"})),
        work("w", io(outputs={"x": "${y}", "y": "${z}", "z": "end"}), loop("${x != 'end'}", 9)), end(),
        boundary("late", "w", timer("P1D")), work("v"), path("start a w end"), path("late v end"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TURNS)
def test_a_later_turn_begins_with_what_an_earlier_one_wrote(what: str) -> None:
    xml = TURNS[what]
    found, procedure = known(xml), procedures.compile(xml)
    step = run.start(procedure, {"dice": 1}, NOW)
    seen = []
    for _ in range(20):
        if step.ended:
            break
        wait = next(each for each in step.opened if each.kind == "user_task")
        told: Shape = found.before[wait.element].variables.get("x", of())
        if "x" in wait.given:
            seen.append(wait.given["x"])
            in_turn = found.map.nodes[wait.element].loop is not None  # what is known before it is of the first turn
            assert in_turn or told.values is None or (kind_of(wait.given["x"]), wait.given["x"]) in told.values
        step = run.complete(procedure, step.state, wait.token, {}, NOW)
    assert step.ended
    assert len(set(seen)) > 2
    final: Shape = found.final.variables["x"]
    assert final.values is None or (kind_of(step.data["x"]), step.data["x"]) in final.values


def test_a_branch_of_a_later_turn_is_not_said_to_be_never_taken() -> None:
    choice = (xor("g", default="on"), work("v"), work("w", io(outputs={"x": "${2}"})), path("v over"), path("w over"),
              flow("g", "v", "${x == 2}", id="second"), flow("g", "w", id="on"))  # fmt: skip
    xml = turning("${1}", *choice, ways="again g", condition="${x < 5}", maximum=3)
    assert known(xml).before["g"].variables["x"].literals == (1, 2)
    assert ("second", "choices.never") not in findings(xml, Knowledge(starts={"": {"dice": of("whole")}}))


def test_what_stands_at_the_border_of_a_loop_knows_every_turn() -> None:
    assert known(TURNS["at its border"]).before["v"].variables["x"].literals == ("end", "p", "q", "r")


def test_values_that_wander_through_a_loop_cost_little() -> None:
    wander = io(outputs={f"v{n}": f"${{v{n + 1}}}" for n in range(200)} | {"v200": "end"})
    begin = io(outputs={f"v{n}": f"{n}" for n in range(201)})
    xml = process(
        start(), work("a", begin), work("w", wander, loop("${v0 != 'end'}", 300)), end(), path("start a w end")
    )
    subject, _ = open_subject(xml, Knowledge(starts={"": {}}))
    assert subject is not None
    flow = flow_of_variables.Analysis(flow_of_variables.as_run(xml), subject)
    assert flow.run().final.variables["v0"].values is None
    assert flow.work < 10_000


def test_too_much_work_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_of_variables, "MOST_WORK", 50)
    assert not known(process(start(), work("a"), work("b"), end(), path("start a b end"))).finished
