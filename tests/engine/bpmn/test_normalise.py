"""What BPMN lets people leave out is put in, without ids that people would see."""

from __future__ import annotations

from engine.bpmn.dialect import Scope
from engine.bpmn.normalise import normalise
from engine.bpmn.reading import read
from tests.engine.bpmn.diagrams import catch, end, flow, link, path, process, start, sub, throw, user


def normalised(*parts: str) -> Scope:
    root = read(process(*parts)).root
    normalise(root)
    return root


def kinds(scope: Scope) -> dict[str, str]:
    return {node.id: node.kind for node in scope.nodes.values() if node.hidden}


def ends(scope: Scope) -> set[tuple[str, str]]:
    return {(flow.source, flow.target) for flow in scope.flows.values()}


def test_several_flows_out_of_a_task_become_a_parallel_gateway() -> None:
    scope = normalised(start(), user("x"), user("y"), user("z"), path("start x y"), path("x z"))
    assert kinds(scope) == {"x:split": "parallelGateway"}
    assert ends(scope) == {("start", "x"), ("x", "x:split"), ("x:split", "y"), ("x:split", "z")}


def test_conditional_flows_out_of_a_task_become_an_inclusive_gateway() -> None:
    scope = normalised(start(), user("x"), end(), end("e"), path("start x"), flow("x", "end", "${a}"), flow("x", "e"))
    assert kinds(scope) == {"x:split": "inclusiveGateway"}


def test_the_default_flow_moves_to_the_gateway() -> None:
    task = user("x").replace('id="x"', 'id="x" default="x-e"')
    scope = normalised(start(), task, end(), end("e"), path("start x"), flow("x", "end", "${a}"), flow("x", "e"))
    assert scope.nodes["x:split"].default == "x-e"
    assert scope.nodes["x"].default is None


def test_a_single_plain_flow_stays() -> None:
    scope = normalised(start(), user("x"), end(), path("start x end"))
    assert kinds(scope) == {}


def test_a_sub_process_without_a_start_gets_one() -> None:
    root = normalised(start(), sub("s", user("a"), user("b"), user("c"), path("a b")), end(), path("start s end"))
    inner = root.nodes["s"].inner
    assert inner is not None
    assert kinds(inner) == {"s:start": "startEvent", "s:start:split": "parallelGateway"}
    assert {("s:start:split", "a"), ("s:start:split", "c"), ("a", "b")} <= ends(inner)


def test_links_become_flows() -> None:
    scope = normalised(
        start(),
        throw("t1", link("A")),
        throw("t2", link("A")),
        catch("c", link("A")),
        end(),
        path("start t1"),
        path("c end"),
    )
    assert {("t1", "c"), ("t2", "c")} <= ends(scope)
