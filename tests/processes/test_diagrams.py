"""The shipped diagrams are sound, completely drawn and documented, and name only what exists."""

from __future__ import annotations

import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from engine.bpmn import procedure
from engine.bpmn.checks import check
from engine.bpmn.checks.facts import Knowledge
from engine.bpmn.checks.variables.declared import declared
from engine.bpmn.procedure import Procedure
from engine.definitions.catalog import knowledge
from engine.definitions.shipped import PROCESSES
from engine.forms.reading import read_form
from tests.catalog import catalog
from tests.processes.drawing import drawing, elements, local
from tests.processes.scenario import bundles

KEYS = list(bundles())
VERB_NOUN = re.compile(r"[a-z]+(-[a-z0-9]+)+")
# The ids of the facts: LA-5.2.b, LA-8.2.a–d, QD28-9.2b, ND30-15.1, SYS-1.h, SYS-1.l–m.
CLAUSE = re.compile(r"(LA|QD28|ND30)-\d+(\.\d+)?(\.?[a-zđ](–[a-z])?)?|SYS-\d+(\.[a-zđ](–[a-z])?)?")
NODES = (
    "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
    "userTask", "serviceTask", "businessRuleTask", "callActivity", "subProcess",
    "exclusiveGateway", "parallelGateway", "eventBasedGateway",
)  # fmt: skip
ACTIVITIES = {"userTask", "serviceTask", "businessRuleTask", "callActivity", "subProcess"}
PAGE = 297 / 210  # a landscape A4 or A3 page


def diagram(key: str) -> Path:
    """The diagram file of a procedure."""
    return PROCESSES / key / f"{key}.bpmn"


def compiled(key: str) -> Procedure:
    """The procedure, compiled."""
    return procedure.compile(bundles()[key].diagram)


def offered(key: str) -> Knowledge:
    """What the checks know beside the diagram: operations, forms, tables, the other procedures."""
    return knowledge(bundles()[key], catalog(), bundles().get)


@pytest.mark.parametrize("key", KEYS)
def test_starts_say_what_they_are_given(key: str):
    about = tomllib.loads((PROCESSES / key / "process.toml").read_text(encoding="utf-8"))
    elements = compiled(key).elements
    assert {each["element"]: each["data"] for each in about["start"]} == {
        each["element"]: list(declared(elements[each["element"]]) or ()) for each in about["start"]
    }


@pytest.mark.parametrize("key", KEYS)
def test_nothing_is_wrong_with_the_diagram(key: str):
    assert check(bundles()[key].diagram, offered(key)) == ()


@pytest.mark.parametrize("key", KEYS)
def test_ids_are_a_verb_and_a_noun_and_lead_back_to_the_folder(key: str):
    root = drawing(diagram(key)).root
    assert [each.get("id") for each in elements(root, "process")] == [key]
    found = [each.get("id") for each in elements(root, *NODES, "sequenceFlow", "lane", "participant", "message")]
    assert [each for each in found if not VERB_NOUN.fullmatch(each)] == []


@pytest.mark.parametrize("key", KEYS)
def test_people_can_read_every_element(key: str):
    root = drawing(diagram(key)).root
    nodes = elements(root, *NODES)
    assert [each.get("id") for each in nodes if not described(each)] == []
    assert [e.get("id") for e in nodes if len(e.get("name", "")) < 3 and not local(e).endswith("Gateway")] == []
    for gateway in elements(root, "exclusiveGateway"):
        outgoing = [f for f in elements(root, "sequenceFlow") if f.get("sourceRef") == gateway.get("id")]
        if len(outgoing) > 1:
            assert gateway.get("name"), gateway.get("id")
            assert [f.get("id") for f in outgoing if not f.get("name")] == []


def described(element: Any) -> bool:
    """Whether an element has a documentation of more than a few words."""
    texts = [child for child in element if local(child) == "documentation"]
    return bool(texts) and len("".join(texts[0].itertext()).split()) >= 3


@pytest.mark.parametrize("key", KEYS)
def test_activities_name_the_clauses_they_carry_out(key: str):
    found = compiled(key).elements.values()
    assert [each.id for each in found if each.kind in ACTIVITIES and not each.legal_basis] == []
    assert [(each.id, clause) for each in found for clause in each.legal_basis if not CLAUSE.fullmatch(clause)] == []


@pytest.mark.parametrize("key", KEYS)
def test_every_user_task_has_a_form_a_group_and_nearly_all_a_due_date(key: str):
    tasks = [each for each in compiled(key).elements.values() if each.kind == "userTask"]
    assert tasks
    for task in tasks:
        assert task.attributes["formRef"] in bundles()[key].forms, task.id
        assert task.attributes["candidateGroups"], task.id
        # A draft is finished when it is finished; everything after it has a limit.
        assert "dueDate" in task.attributes or task.id == "draft-document", task.id


@pytest.mark.parametrize("key", KEYS)
def test_every_form_and_table_is_used_and_every_called_procedure_ships(key: str):
    found = compiled(key).elements.values()
    assert {e.attributes["formRef"] for e in found if e.kind == "userTask"} == set(bundles()[key].forms)
    assert {e.attributes["decisionRef"] for e in found if e.kind == "businessRuleTask"} == set(offered(key).decisions)
    assert {e.attributes["calledElement"] for e in found if e.kind == "callActivity"} <= set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_forms_are_read_and_their_ids_are_their_file_names(key: str):
    for name, schema in bundles()[key].forms.items():
        assert read_form(json.dumps(schema, ensure_ascii=False).encode()).id == name


@pytest.mark.parametrize("key", KEYS)
def test_everything_is_drawn(key: str):
    found = drawing(diagram(key))
    shapes = {each.get("id") for each in elements(found.root, *NODES, "lane", "participant")}
    flows = {each.get("id") for each in elements(found.root, "sequenceFlow")}
    assert set(found.boxes) == shapes
    assert set(found.lines) == flows
    named = {
        each.get("id") for each in elements(found.root, *NODES, "sequenceFlow")
        if each.get("name") and (local(each).endswith(("Event", "Gateway")) or local(each) == "sequenceFlow")
    }  # fmt: skip
    assert named == found.labelled


@pytest.mark.parametrize("key", KEYS)
def test_no_shapes_overlap_and_each_stands_in_its_lane(key: str):
    found = drawing(diagram(key))
    nodes = {each.get("id"): each for each in elements(found.root, *NODES)}
    hosts = {each.get("id"): each.get("attachedToRef") for each in nodes.values()}
    around = {name: each.getparent().get("id") for name, each in nodes.items()}
    names = sorted(nodes)
    met = [
        (a, b)
        for place, a in enumerate(names)
        for b in names[place + 1 :]
        if found.boxes[a].meets(found.boxes[b]) and a not in (hosts[b], around[b]) and b not in (hosts[a], around[a])
        and not (hosts[a] == around[b] or hosts[b] == around[a])
    ]  # fmt: skip
    assert met == []
    for lane in elements(found.root, "lane"):
        for child in lane:
            inside = found.boxes[child.text]
            assert found.boxes[lane.get("id")].holds(inside), child.text
    for name, outer in around.items():
        if outer in nodes and hosts[name] is None:
            assert found.boxes[outer].holds(found.boxes[name]), name


@pytest.mark.parametrize("key", KEYS)
def test_lines_are_square_and_begin_and_end_at_their_shapes(key: str):
    found = drawing(diagram(key))
    for flow in elements(found.root, "sequenceFlow"):
        points = found.lines[flow.get("id")]
        assert found.boxes[flow.get("sourceRef")].touches(points[0]), flow.get("id")
        assert found.boxes[flow.get("targetRef")].touches(points[-1]), flow.get("id")
        for (x0, y0), (x1, y1) in pairwise(points):
            assert x0 == x1 or y0 == y1, flow.get("id")


@pytest.mark.parametrize("key", KEYS)
def test_lines_cross_no_activity(key: str):
    found = drawing(diagram(key))
    tasks = {each.get("id") for each in elements(found.root, *(ACTIVITIES - {"subProcess"}))}
    crossed = [
        (flow.get("id"), task)
        for flow in elements(found.root, "sequenceFlow")
        for task in tasks - {flow.get("sourceRef"), flow.get("targetRef")}
        if any(found.boxes[task].touches(p) for p in _between(found.lines[flow.get("id")]))
    ]
    # An event on the border of a task begins on that task.
    hosts = {each.get("id"): each.get("attachedToRef") for each in elements(found.root, "boundaryEvent")}
    begun = {flow.get("id"): hosts.get(flow.get("sourceRef")) for flow in elements(found.root, "sequenceFlow")}
    assert [(flow, task) for flow, task in crossed if begun[flow] != task] == []


def _between(points: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    found = []
    for (x0, y0), (x1, y1) in pairwise(points):
        steps = max(1, int(max(abs(x1 - x0), abs(y1 - y0)) / 5))
        found += [(x0 + (x1 - x0) * n / steps, y0 + (y1 - y0) * n / steps) for n in range(steps + 1)]
    return found


@pytest.mark.parametrize("key", KEYS)
def test_the_drawing_is_read_on_one_landscape_page(key: str):
    found = drawing(diagram(key))
    page = found.boxes[f"pool-{key}"]
    assert page.width <= 1900
    assert PAGE - 0.15 <= page.width / page.height <= PAGE * 1.45


@pytest.mark.parametrize("key", KEYS)
def test_the_folder_says_what_is_in_it(key: str):
    folder = PROCESSES / key
    about = tomllib.loads((folder / "process.toml").read_text(encoding="utf-8"))
    assert about["key"] == key
    assert about["name"] == compiled(key).name
    files = {path.name for path in folder.iterdir() if path.is_file()}
    assert files - {"process.toml"} == set(about["files"])
    carried = {clause for each in compiled(key).elements.values() for clause in each.legal_basis}
    assert set(about["clauses"]) == carried | set(compiled(key).properties.get("legalBasis", "").split())
    called = [e.attributes["calledElement"] for e in compiled(key).elements.values() if e.kind == "callActivity"]
    assert about["calls"] == sorted(called)
    assert {start["element"] for start in about["start"]} == {start.element for start in compiled(key).starts}
    for start in compiled(key).starts:
        told = next(each for each in about["start"] if each["element"] == start.element)
        assert told.get("message", "") == start.name
        assert told["data"]
