"""Each rule of choices: branches that leave a case out, never come or come twice, and the same put right."""

from __future__ import annotations

import pytest

from engine.bpmn.checks import choices
from engine.bpmn.checks.facts import FieldFacts, FormFacts, Knowledge, TableFacts
from engine.bpmn.checks.variables.shapes import ANY, literals, nullable, of
from tests.engine.bpmn.checks.trial import found, sentences, work
from tests.engine.bpmn.diagrams import end, flow, path, process, rule, some, start, xor

KNOWN = Knowledge(
    forms={
        "review": FormFacts(
            {
                "decision": FieldFacts("radio", literals(["accept", "refuse", "hold"]), required=True),
                "route": FieldFacts("radio", nullable(literals(["submit", "transfer"]))),
                "urgent": FieldFacts("checkbox", literals([True, False])),
                "days": FieldFacts("number", of("whole"), required=True),
                "text": FieldFacts("text", of("text"), required=True),
            }
        )
    },
    decisions={"routing": TableFacts(outputs={"way": literals(["clerk", "leader"])}, complete=True)},
    starts={"": {"whatever": ANY}},
)


def choice(*conditions: str | None, gateway: str = "", before: str = "") -> bytes:
    """A form, then a gateway with a branch for each condition; None is the default."""
    default = next((f"f{n}" for n, each in enumerate(conditions) if each is None), None)
    parts = [start(), before or work("a", camunda__formRef="review"), gateway or xor("x", default=default), end()]
    parts.append(path("start a x"))
    for place, condition in enumerate(conditions):
        text = None if condition is None else f"${{{condition}}}"
        parts += [work(f"w{place}"), flow("x", f"w{place}", text, id=f"f{place}"), flow(f"w{place}", "end")]
    return process(*parts)


ALL_THREE = ("decision == 'accept'", "decision == 'refuse'", "decision == 'hold'")
CASES = {
    "choices.uncovered": (choice(*ALL_THREE[:2]), "x", choice(*ALL_THREE)),
    "choices.maybe-uncovered": (
        choice("decision == 'accept' && urgent", "decision != 'accept'"), "x",
        choice("decision == 'accept' && urgent", "decision != 'accept' || !urgent"),
    ),
    "choices.no-default": (choice("whatever == 1", "whatever > 1"), "x", choice("whatever == 1", None)),
    "choices.never": (choice("decision == 'acept'", None), "f0", choice("decision == 'accept'", None)),
    "choices.overlap": (
        choice("decision == 'accept'", "decision in ['accept', 'hold']", None), "f1",
        choice("decision == 'accept'", "decision in ['refuse', 'hold']"),
    ),
}  # fmt: skip


def of_rule(rule: str, xml: bytes) -> list[str]:
    return [element for element, told in found(xml, KNOWN) if told == rule]


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == {rule.id for rule in choices.RULES}


@pytest.mark.parametrize("rule", CASES)
def test_wrong_and_right(rule: str) -> None:
    wrong, element, right = CASES[rule]
    assert found(wrong, KNOWN) == [(element, rule)]
    assert found(right, KNOWN) == []
    assert all("hãy" in sentence.lower() for sentence in sentences(wrong, KNOWN))


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (("urgent", "!urgent"), []),
        (("urgent", "decision == 'accept'"), ["choices.maybe-uncovered", "choices.overlap"]),
        (("route == 'submit'", "route == 'transfer'"), ["choices.uncovered"]),
        (("route == 'submit'", "route == 'transfer'", "route == null"), []),
        (("days > 3", "days <= 3"), []),
        (("days > 3", "days < 3"), ["choices.maybe-uncovered"]),
        (("text == 'a'", "text == 'b'"), ["choices.maybe-uncovered"]),
        (("text == 'a'", "text != 'a'"), []),
        (("text == 'a'", None), []),
        (("size(text) > 3", "size(text) <= 3"), []),
        (("text.startsWith('a')", None), []),
        (("decision == 'refuse'", None), []),
    ],
)
def test_what_is_decided(conditions: tuple[str | None, ...], expected: list[str]) -> None:
    assert [rule for _, rule in found(choice(*conditions), KNOWN)] == expected


def test_the_case_left_out_is_named() -> None:
    assert "Khi decision là “hold” thì không nhánh nào" in sentences(CASES["choices.uncovered"][0], KNOWN)[0]
    assert "Khi route là rỗng" in sentences(choice("route == 'submit'", "route == 'transfer'"), KNOWN)[0]


def test_outcomes_of_tables_are_tried_too() -> None:
    asked = rule("a", decision="routing", variable="routed")
    assert found(choice("routed.way == 'clerk'", "routed.way == 'leader'", before=asked), KNOWN) == []
    left_out = choice("routed.way == 'clerk'", "routed.way == 'unit'", before=asked)
    assert found(left_out, KNOWN) == [("x", "choices.uncovered"), ("f1", "choices.never")]


def test_what_an_earlier_gateway_shut_out_needs_no_branch() -> None:
    second = xor("y"), work("b"), work("c"), flow("y", "b", "${decision == 'accept'}"), flow("y", "c", ALL_THREE[1])
    first = start(), work("a", camunda__formRef="review"), xor("x", default="on"), end(), path("start a x")
    ways = flow("x", "end", "${decision == 'hold'}"), flow("x", "y", id="on"), path("b end"), path("c end")
    xml = process(*first, *ways, *second).replace(ALL_THREE[1].encode(), b"${decision == 'refuse'}")
    assert found(xml, KNOWN) == []


def test_inclusive_gateways_may_take_several_ways_but_need_one() -> None:
    both_ways = choice("urgent", "decision == 'accept'", "true", gateway=some("x"))
    assert found(both_ways, KNOWN) == []
    assert [rule for _, rule in found(choice("urgent", "decision == 'hold'", gateway=some("x")), KNOWN)] == [
        "choices.maybe-uncovered"
    ]


def test_an_activity_that_chooses_is_told_like_a_gateway() -> None:
    xml = process(
        start(), work("a", camunda__formRef="review"), work("b"), work("c"), end(), path("start a"), path("b end"),
        path("c end"), flow("a", "b", "${decision == 'accept'}"), flow("a", "c", "${decision == 'refuse'}"),
    )  # fmt: skip
    assert found(xml, KNOWN) == [("a", "choices.uncovered")]
    assert "bước “A”" in sentences(xml, KNOWN)[0]


def test_too_many_cases_are_left_alone() -> None:
    conditions = [f"decision == '{n}' && days == {n}" for n in range(300)]
    assert [rule for _, rule in found(choice(*conditions), KNOWN)] == ["choices.no-default"]
