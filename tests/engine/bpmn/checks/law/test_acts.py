"""What elements do in the eyes of the law, and how people and times are read off a task."""

from __future__ import annotations

import pytest

from engine.bpmn.checks.facts import ProcedureFacts
from engine.bpmn.checks.law.acts import acts_in, is_blank, own_acts, words
from engine.bpmn.checks.law.people import office_hours, roles
from engine.bpmn.dialect import Node
from engine.bpmn.reading import read
from tests.engine.bpmn.checks.law.drawing import FORMS, op, opinion, report, task
from tests.engine.bpmn.diagrams import call, end, event, path, process, start, throw


def node_of(part: str) -> Node:
    return next(node for node in read(process(start(), part, end())).root.nodes.values() if "Event" not in node.kind)


@pytest.mark.parametrize(
    ("part", "acts"),
    [
        (op("a", "documents.check"), {"check"}),
        (op("a", "documents.late-dispatch"), set()),
        (op("a", "documents.set-status", status="submitted"), {"submit"}),
        (op("a", "documents.set-status", status="${x ? 'submitted' : 'cancelled'}"), {"submit", "cancel"}),
        (op("a", "documents.set-status", status="${x}"), set()),
        (report("03"), {"status-03"}),
        (report("${x ? '15' : '16'}", id="a"), {"status-15", "status-16"}),
        (opinion("a", "content-check"), {"content-check"}),
        (opinion("a", "note"), set()),
        (opinion("a", "approval"), {"approve"}),
        (opinion("a", "approval", verdict="return"), {"return"}),
        (opinion("a", "approval", status="draft"), {"return"}),
        (opinion("a", "approval", status="${v == 'pass' ? 'approved' : 'draft'}"), {"approve"}),
        (opinion("a", "${kind}"), {"content-check", "form-check", "approve"}),
        (task("a", "specialist", form="draft"), {"draft"}),
        (task("a", "specialist", form="verdict"), set()),
        (task("a", "specialist", form="nowhere"), set()),
    ],
)
def test_an_element_does_what_its_operation_says(part: str, acts: set[str]) -> None:
    assert own_acts(node_of(part), FORMS) == acts


def test_codes_nobody_wrote_down_may_be_any() -> None:
    assert len(own_acts(node_of(report("${code}", id="a")), FORMS)) == 9


def test_a_procedure_does_what_its_parts_and_those_it_calls_do() -> None:
    arrival = start("s", event("message", "document-arrived"))
    parts = [arrival, op("a", "documents.check"), call("b", called="sub"), throw("c", event("message", "m")), end()]
    diagram = read(process(*parts, path("s a b c end")))
    known = {"sub": ProcedureFacts(does=frozenset({"seal"}))}
    assert acts_in(diagram, FORMS, known) == {"check", "seal", "throw:m"}
    assert acts_in(diagram, FORMS, {}) == {"check", "?", "throw:m"}
    assert acts_in(diagram, None, None) == {"check", "?", "throw:m"}


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        ("clerk", {"clerk"}),
        ("clerk, leader@12", {"clerk", "leader"}),
        ("${'unit-head@' + string(unit)}", {"unit-head"}),
        ('${x ? "clerk" : \'leader\'}', {"clerk", "leader"}),
        ("${group}", None),
        ("", None),
        ("person:12", None),
    ],
)
def test_roles_are_read_off_groups(groups: str, found: set[str] | None) -> None:
    assert roles(node_of(task("a", groups))) == found


HOURS = {"PT2H": 2, "PT90M": 1.5, "P1D": 8, "P1DT1H": 9, "P1W": 40, "PT30S": 1 / 120, "PT": None, "2H": None}


@pytest.mark.parametrize(("text", "hours"), HOURS.items())
def test_durations_are_hours_of_work(text: str, hours: float | None) -> None:
    assert office_hours(text) == hours


@pytest.mark.parametrize("value", [None, "", "  ", "${''}", '${""}', "${null}", "${ }"])
def test_blank_is_what_says_nothing(value: str | None) -> None:
    assert is_blank(value)
    assert not words(value)


def test_what_says_something_is_not_blank() -> None:
    assert not is_blank("${reason}")
    assert not is_blank(["a"])
    assert words("${x == 'a' ? 'b' : \"c\"}") == {"a", "b", "c"}
    assert words(["a"]) is None
