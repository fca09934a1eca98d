"""Each rule of people: tasks nobody could do, and the same put right."""

from __future__ import annotations

import pytest

from engine.bpmn.checks import people
from engine.bpmn.checks.facts import Knowledge, OperationFacts, ParameterFacts
from engine.bpmn.checks.variables.shapes import ANY, listed, of
from tests.engine.bpmn.checks.trial import found, sentences, work
from tests.engine.bpmn.diagrams import end, io, many, path, process, service, start

STRENGTH = {"clerk": 2, "leader": 1, "unit-head": 1, "unit-head@3": 1, "unit-head@4": 0, "person:7": 1, "person:8": 0}
ROLES = ("clerk", "leader", "unit-head", "archivist")


def strength(group: str) -> int:
    """Two clerks, a leader, one head of unit 3; unit 4 has none; 7 is here, 8 has left."""
    unit = group.partition("@")[2]
    if (unit and unit not in ("3", "4")) or (group.startswith("person:") and group not in STRENGTH):
        return -1
    return STRENGTH.get(group, 0)


KNOWN = Knowledge(
    operations={"tasks.remind": OperationFacts({"group": ParameterFacts(False)}, {}, name="Nhắc việc")},
    roles=ROLES,
    people=strength,
    starts={"": {"unit": of("unit"), "drafter": of("person"), "urgent": of("flag"), "any": ANY, "rows": listed()}},
)


def task(groups: str | None = None, **attributes: object) -> bytes:
    given = {f"camunda__{name}": value for name, value in attributes.items()}
    return process(start(), work("a", camunda__candidateGroups=groups, **given), end(), path("start a end"))


CASES = {
    "people.role": (task("clerks"), task("clerk")),
    "people.unit": (task("unit-head@9"), task("unit-head@3")),
    "people.nobody": (task("archivist"), task("leader")),
    "people.person": (task("clerk", assignee="9"), task("clerk", assignee="7")),
}


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == {rule.id for rule in people.RULES}


@pytest.mark.parametrize("rule", CASES)
def test_wrong_and_right(rule: str) -> None:
    wrong, right = CASES[rule]
    assert found(wrong, KNOWN) == [("a", rule)]
    assert found(right, KNOWN) == []
    assert "hãy" in sentences(wrong, KNOWN)[0]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ("clerk, leader", []),
        ("clerk,archivist", ["people.nobody"]),
        ("unit-head@4", ["people.nobody"]),
        ("unit-head@${unit}", []),
        ("${'unit-head@' + string(unit)}", []),
        ("${'archivist@' + string(unit)}", ["people.nobody"]),
        ("${'heads@' + string(unit)}", ["people.role"]),
        ("${'unit-head@' + string(drafter)}", ["people.unit"]),
        ("${urgent ? 'leader' : 'clerk'}", []),
        ("${urgent ? 'leader' : 'archivist'}", ["people.nobody"]),
        ("${urgent ? 'leader' : 'nobody'}", ["people.role"]),
        ("${any}", []),
        ("${['clerk', 'archivist']}", ["people.nobody"]),
        ("${'person:' + string(drafter)}", []),
        ("person:7", []),
        ("person:8", ["people.nobody"]),
        ("person:9", ["people.unit"]),
    ],
)
def test_groups(groups: str, expected: list[str]) -> None:
    assert [rule for _, rule in found(task(groups), KNOWN)] == expected


@pytest.mark.parametrize(
    ("assignee", "expected"),
    [
        ("7", []),
        ("8", ["people.person"]),
        ("Nguyễn Văn A", ["people.person"]),
        ("${drafter}", []),
        ("${string(drafter)}", []),
        ("${any}", []),
        ("${unit}", ["people.person"]),
        ("${urgent ? string(drafter) : ''}", []),
        ("${urgent}", ["people.person"]),
    ],
)
def test_assignees(assignee: str, expected: list[str]) -> None:
    for attribute in ("assignee", "candidateUsers"):
        assert [rule for _, rule in found(task("clerk", **{attribute: assignee}), KNOWN)] == expected


def test_a_group_somebody_reminds_has_to_exist_too() -> None:
    def reminder(group: str) -> bytes:
        return process(start(), service("a", io({"group": group}), topic="tasks.remind"), end(), path("start a end"))

    assert found(reminder("leader"), KNOWN) == []
    assert found(reminder("leaders"), KNOWN) == [("a", "people.role")]


def test_items_of_a_list_are_known_only_while_running() -> None:
    each = work("a", many(collection="rows", item="who"), camunda__candidateGroups="${'unit-head@' + string(who)}")
    assert found(process(start(), each, end(), path("start a end")), KNOWN) == []


def test_the_shipped_line_has_roles_but_no_people() -> None:
    shipped = Knowledge(roles=ROLES, starts=KNOWN.starts)
    assert found(task("archivist"), shipped) == []
    assert found(task("unit-head@9"), shipped) == []
    assert found(task("clerks"), shipped) == [("a", "people.role")]


def test_sentences_name_the_group_and_the_task() -> None:
    assert "nhóm “archivist” nên không ai làm được “A”" in sentences(task("archivist"), KNOWN)[0]
    assert "Không đơn vị nào" in sentences(task("${'archivist@' + string(unit)}"), KNOWN)[0]
