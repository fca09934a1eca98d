"""Each rule of data: a reading that finds nothing or the wrong thing, and the same put right."""

from __future__ import annotations

from typing import Any

import pytest

from engine.bpmn.checks import data
from engine.bpmn.checks.facts import (
    FieldFacts,
    FormFacts,
    Knowledge,
    OperationFacts,
    ParameterFacts,
    ProcedureFacts,
    TableFacts,
)
from engine.bpmn.checks.variables import analysis as flow_of_variables
from engine.bpmn.checks.variables.shapes import ANY, group, literals, maybe, nullable, of
from tests.engine.bpmn.checks.trial import found, sentences, work
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
    prop,
    rule,
    service,
    some,
    start,
    sub,
    timer,
    xor,
)

REVIEW = FormFacts(
    {
        "decision": FieldFacts("radio", literals(["accept", "refuse"]), required=True),
        "reason": FieldFacts("text", maybe(of("text"), frozenset({"decision"})), hidden_by=frozenset({"decision"})),
        "subject": FieldFacts("text", of("text"), bound="subject"),
        "shown": FieldFacts("text", maybe(of("text")), readonly=True),
        "days": FieldFacts("number", nullable(of("whole"))),
    },
    reads=frozenset({"document", "note"}),
)
KNOWN = Knowledge(
    operations={
        "documents.number": OperationFacts(
            {
                "document": ParameterFacts(shape=of("document"), label="Văn bản"),
                "kind": ParameterFacts(False, "choice", of("text"), "Loại", ("letter", "order")),
            },
            {"number": of("whole"), "code": of("text")},
            name="Cấp số",
        )
    },
    forms={"review": REVIEW},
    decisions={"limits": TableFacts(frozenset({"urgency"}), {"limit": literals(["PT2H", "P1D"])}, complete=True)},
    procedures={
        "resolution": ProcedureFacts(
            frozenset({"document_id"}), {"document_id": ANY}, {"outcome": of("text"), "why": maybe(ANY)}, "Giải quyết"
        )
    },
    starts={"": {"document_id": of("document"), "urgency": of("whole"), "note": of("text")}},
)
OPEN = Knowledge(operations=KNOWN.operations, forms=KNOWN.forms, decisions=KNOWN.decisions)


def line(*elements: str) -> bytes:
    """A procedure of elements `a`, `b` … one after the other."""
    ids = " ".join(["start", *"abcdef"[: len(elements)], "end"])
    return process(start(), *elements, end(), path(ids))


def review(*children: str, **attributes: object) -> str:
    return work("a", *children, camunda__formRef="review", **attributes)


def number(**inputs: str) -> str:
    return service(
        "a", io({"document": "${document_id}", **inputs}, {"n": "${result.number}"}), topic="documents.number"
    )


def resolve(*children: str, out: str = "outcome") -> str:
    given = children if children else (passing("in", source="document_id", target="document_id"),)
    return call("a", *given, passing("out", source=out, target="result_text"), called="resolution")


ANSWER = io(outputs={"decision": "${result.decision}"})
CHOICE = path("start a x") + flow("x", "b", "${decision == 'refuse'}") + flow("x", "m", id="on") + path("b m c end")


def choice(after: str, set_by_b: str) -> bytes:
    """A step `b` on one branch only, and what reads behind the merge."""
    parts = (start(), review(ANSWER), xor("x", default="on"), work("b", io(outputs={set_by_b: "1"})), xor("m"), end())
    return process(*parts, work("c", io({"seen": after})), CHOICE)


# rule → wrong, the element told, right, and what is known if not KNOWN
CASES: dict[str, tuple[bytes, str, bytes, Knowledge]] = {
    "data.never": (
        line(work("a", io({"seen": "${urgenci}"}))), "a", line(work("a", io({"seen": "${urgency}"}))), KNOWN,
    ),
    "data.maybe": (choice("${extra}", "extra"), "c", choice("${has(data.extra) ? extra : ''}", "extra"), KNOWN),
    "data.field": (
        line(review(io(outputs={"x": "${result.decisions}"}))), "a",
        line(review(io(outputs={"x": "${result.decision}"}))), KNOWN,
    ),
    "data.maybe-field": (
        line(review(io(outputs={"x": "${result.reason}"}))), "a",
        line(review(io(outputs={"x": "${has(result.reason) ? result.reason : ''}"}))), KNOWN,
    ),
    "data.kind": (
        line(work("a", io({"seen": "${note + urgency}"}))), "a",
        line(work("a", io({"seen": "${note + string(urgency)}"}))), KNOWN,
    ),
    "data.form": (
        line(review()), "a", line(review()),
        Knowledge(forms={"review": FormFacts({}, frozenset({"notes"}))}, starts={"": {"note": ANY}}),
    ),
    "data.table": (
        line(rule("a", decision="limits")), "a",
        line(rule("a", io({"urgency": "${note == '' ? 0 : 1}"}), decision="limits")),
        Knowledge(decisions=KNOWN.decisions, starts={"": {"note": ANY}}),
    ),
    "data.expected": (
        process(start(), xor("x", default="on"), work("a"), end(), path("start x"), flow("x", "a", "${urgency}"),
                flow("x", "end", id="on"), path("a end")), "x-a",
        process(start(), xor("x", default="on"), work("a"), end(), path("start x"), flow("x", "a", "${urgency > 0}"),
                flow("x", "end", id="on"), path("a end")), KNOWN,
    ),
    "data.parameter": (line(number(document="${note}")), "a", line(number(document="${document_id}")), KNOWN),
    "data.choice": (line(number(kind="memo")), "a", line(number(kind="letter")), KNOWN),
    "data.some-choices": (
        line(number(kind="${urgency > 0 ? 'memo' : 'order'}")), "a",
        line(number(kind="${urgency > 0 ? 'letter' : 'order'}")), KNOWN,
    ),
    "data.needs": (line(resolve(prop("x", "y"))), "a", line(resolve()), KNOWN),
    "data.gives": (line(resolve(out="outcomes")), "a", line(resolve(out="outcome")), KNOWN),
    "data.called": (line(call("a", called="resolutions")), "a", line(resolve()), KNOWN),
    "data.declared": (
        process(start("start", prop("data", "a:colour")), work("a"), end(), path("start a end")), "start",
        process(start("start", prop("data", "a:text b?")), work("a"), end(), path("start a end")), KNOWN,
    ),
    "data.start": (
        line(work("a", io({"seen": "${urgency}"}))), "start",
        process(start("start", prop("data", "urgency")), work("a", io({"seen": "${urgency}"})), end(),
                path("start a end")), OPEN,
    ),
}  # fmt: skip
FORM_RIGHT = Knowledge(forms={"review": FormFacts({}, frozenset({"note"}))}, starts={"": {"note": ANY}})


def of_rule(rule: str, xml: bytes, known: Knowledge) -> list[str]:
    return [element for element, told in found(xml, known) if told == rule]


def test_every_rule_has_a_case() -> None:
    assert set(CASES) | {"data.bound"} == {rule.id for rule in data.RULES}


@pytest.mark.parametrize("rule", CASES)
def test_wrong_and_right(rule: str) -> None:
    wrong, element, right, known = CASES[rule]
    assert of_rule(rule, wrong, known) == [element]
    assert of_rule(rule, right, FORM_RIGHT if rule == "data.form" else known) == []
    assert all("hãy" in sentence for sentence in sentences(wrong, known))


def test_too_much_to_follow_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_of_variables, "MOST_WORK", 100)
    assert [told for told in found(line(number()), KNOWN) if told[1].startswith("data")] == [("p", "data.bound")]


def test_a_slip_of_the_pen_is_guessed() -> None:
    assert "có phải là “urgency” không" in sentences(CASES["data.never"][0], KNOWN)[0]


def test_the_way_on_which_a_variable_stays_unset_is_named() -> None:
    wrong = CASES["data.maybe"][0].replace(b'id="x"', b'id="x" name="Ti\xe1\xba\xbfp nh\xe1\xba\xadn?"')
    (sentence,) = sentences(wrong, KNOWN)
    assert "“A” → “Tiếp nhận?”" in sentence
    assert "“B”" not in sentence


def test_answers_bound_to_the_document_or_only_shown_are_not_in_the_result() -> None:
    for name, why in (("subject", "ghi thẳng vào văn bản"), ("shown", "chỉ để đọc")):
        assert why in sentences(line(review(io(outputs={"x": f"${{result.{name}}}"}))), KNOWN)[0]


def test_answers_nobody_reads_are_fine() -> None:
    assert found(line(review()), KNOWN) == []


def read(text: str, *parts: str) -> bytes:
    """`parts` with ids a, b … in a line, then a step that reads."""
    return line(*parts, work("abcdef"[len(parts)], io({"seen": text})))


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (read("${decision}", review()), []),
        (read("${completed_by}", review()), []),
        (read("${reason}", review()), [("b", "data.maybe")]),
        (read("${decision == 'refuse' ? reason : ''}", review()), []),
        (read("${has(data.reason) && reason != ''}", review()), []),
        (read("${subject}", review()), [("b", "data.never")]),
        (read("${n}", number()), []),
        (read("${number}", number()), [("b", "data.never")]),
        (read("${limits.limit}", rule("a", decision="limits", variable="limits")), []),
        (read("${limit}", rule("a", decision="limits")), []),
        (read("${limits.limits}", rule("a", decision="limits", variable="limits")), [("b", "data.field")]),
        (read("${result_text}", resolve()), []),
        (read("${result_text}", resolve(out="why")), [("a", "data.maybe")]),
        (read("${outcome}", resolve()), [("b", "data.never")]),
        (read("${item}", work("a", many(collection="rows", item="item"), io({"i": "${item}"}))), [("b", "data.never")]),
        (read("${got[0].decision}", review(many(number="2", output="got"))), []),
        (read("${loop_counter}", work("a", loop("${loop_counter < 3}"))), [("b", "data.never")]),
        (read("${note.size}"), [("a", "data.kind")]),
    ],
)
def test_what_a_step_leaves(xml: bytes, expected: list[tuple[str, str]]) -> None:
    known = Knowledge(
        KNOWN.operations, KNOWN.forms, KNOWN.decisions, KNOWN.procedures, {"": {**KNOWN.starts[""], "rows": of("list")}}
    )
    assert found(xml, known) == expected


def branches(split: str, join: str, one: str, other: str, after: str, *more: str) -> bytes:
    conditional = "parallelGateway" not in split
    return process(
        start(), split, work("a", io(outputs={one: "1"})), work("b", io(outputs={other: "2"})), join,
        work("c", io({"seen": after})), end(), *more, path("start s"),
        flow("s", "a", "${urgency > 0}" if conditional else None), flow("s", "b", id="sb"), path("a j"),
        path("b j c end"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (branches(both("s"), both("j"), "x", "y", "${x + y}"), []),
        (branches(xor("s", default="sb"), xor("j"), "x", "y", "${x}"), [("c", "data.maybe")]),
        (branches(xor("s", default="sb"), xor("j"), "x", "x", "${x}"), []),
        (branches(some("s", default="sb"), some("j"), "x", "y", "${y}"), [("c", "data.maybe")]),
        (branches(both("s"), both("j"), "x", "y", "${z}"), [("c", "data.never")]),
    ],
)
def test_forks_and_joins(xml: bytes, expected: list[tuple[str, str]]) -> None:
    assert found(xml, KNOWN) == expected


def test_one_branch_does_not_see_the_other() -> None:
    xml = process(
        start(), both("s"), work("a", io(outputs={"x": "1"})), work("b", io({"seen": "${x}"})), both("j"), end(),
        path("start s a j end"), path("s b j"),
    )  # fmt: skip
    assert found(xml, KNOWN) == [("b", "data.never")]


def test_border_events_know_what_was_before_their_host() -> None:
    host = work("a", io(outputs={"x": "1"}))
    late = (boundary("late", "a", timer("P1D")), work("b", io({"seen": "${x}"})), path("late b end"))
    assert found(process(start(), host, *late, end(), path("start a end")), KNOWN) == [("b", "data.never")]


def inner(*parts: str, sets: str = "x", **named: Any) -> str:
    return sub("a", *parts, start("is"), work("iw", io(outputs={sets: "1"})), end("ie"), path("is iw ie"), **named)


def test_sub_processes_hand_on_what_they_set_but_for_their_own_names() -> None:
    assert found(read("${x}", inner()), KNOWN) == []
    assert found(read("${local}", inner(io({"local": "${note}"}))), KNOWN) == [("b", "data.never")]
    assert found(read("${x}", inner(many(number="2"))), KNOWN) == [("b", "data.never")]
    assert found(read("${x}", inner(io(outputs={"y": "${x}"}))), KNOWN) == []


def test_a_border_event_of_a_sub_process_may_come_before_anything_was_set() -> None:
    late = (boundary("late", "a", timer("P1D")), work("c", io({"seen": "${x}"})), path("late c end"))
    xml = process(start(), inner(), *late, end(), path("start a end"))
    assert found(xml, KNOWN) == [("c", "data.maybe")]
    own = inner("", sets="urgency")
    assert found(process(start(), own, *late, end(), path("start a end")).replace(b"${x}", b"${urgency}"), KNOWN) == []


def test_an_error_brings_what_was_set_before_it_was_thrown() -> None:
    thrown = sub(
        "a", start("is"), work("iw", io(outputs={"x": "1"})), end("ie", event("error", "no")), path("is iw ie"),
    )  # fmt: skip
    caught = (boundary("late", "a", event("error", "no")), work("c", io({"seen": "${x}"})), path("late c end"))
    assert found(process(start(), thrown, *caught, end(), path("start a end")), KNOWN) == []


def beside(interrupting: bool, *parts: str) -> bytes:
    """An event sub-process that sets `told`, beside a step `a` and one that reads it."""
    opening = start(
        "es", prop("data", "why:text"), event("message", "m"), isInterrupting=None if interrupting else "false"
    )
    handler = sub(
        "h", opening, work("ew", io({"seen": "${why}"}, {"told": "1"})), end("ee"), path("es ew ee"), by_event=True
    )
    return process(start(), work("a", io(outputs={"x": "1"})), work("b", *parts), end(), path("start a b end"), handler)


def test_event_sub_processes_see_their_scope_and_what_they_are_told() -> None:
    assert found(beside(False), KNOWN) == []
    assert found(beside(False, io({"seen": "${told}"})), KNOWN) == [("b", "data.maybe")]
    assert found(beside(True, io({"seen": "${told}"})), KNOWN) == [("b", "data.never")]


def test_loops_end_and_later_turns_may_rely_on_earlier_ones() -> None:
    xml = process(
        start(), xor("m"), work("a", io({"seen": "${has(data.x) ? x : 0}"}, {"x": "${1}"})), xor("q", default="on"),
        end(), path("start m a q"), flow("q", "m", "${x < 3}"), flow("q", "end", id="on"),
    )  # fmt: skip
    assert found(xml, KNOWN) == []


def test_messages_without_declared_data_may_bring_anything() -> None:
    xml = process(
        start("start", event("message", "m")), work("a", io({"seen": "${whatever}"})), end(), path("start a end"),
    )  # fmt: skip
    assert found(xml, KNOWN) == [("start", "data.start")]
    said = f'<bpmn:startEvent id="start">{prop("data", "x")}'.encode()
    assert found(xml.replace(b'<bpmn:startEvent id="start">', said), KNOWN) == [("a", "data.never")]


def test_records_of_two_kinds_are_told_apart_by_asking() -> None:
    known = Knowledge(starts={"": {"one": group({"unit": of("unit")}), "flag": of("flag")}})
    set_both = "${flag ? [{'unit': 1}] : [{'person': 2}]}"
    xml = line(work("a", io(outputs={"who": set_both})), work("b", io({"seen": "${who[0].unit}"})))
    assert found(xml, known) == [("b", "data.maybe-field")]
    asked = line(
        work("a", io(outputs={"who": set_both})),
        work("b", many(collection="who", item="w"), io({"s": "${has(w.unit) ? w.unit : w.person}"})),
    )
    assert found(asked, known) == []


def test_without_a_catalog_only_what_the_drawing_says_is_looked_at() -> None:
    assert found(line(work("a", io({"seen": "${anything.at.all}"})))) == []
