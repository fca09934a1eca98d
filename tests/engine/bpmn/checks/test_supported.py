"""Each rule of supported: what the core can't run, and what to draw instead."""

from __future__ import annotations

import pytest

from engine.bpmn.checks import supported
from tests.engine.bpmn.checks.trial import found, sentences, work
from tests.engine.bpmn.diagrams import (
    boundary,
    catch,
    end,
    event,
    extension,
    flow,
    io,
    many,
    passing,
    path,
    process,
    rule,
    service,
    start,
    sub,
    tag,
    throw,
    timer,
    xor,
)


def one(element: str, *more: str) -> bytes:
    return process(start(), element, end(), path("start a end"), *more)


def guarded(condition: str) -> bytes:
    ways = flow("x", "a", condition) + path("x end")
    return process(start(), xor("x", default="x-end"), work("a"), end(), path("start x"), ways, path("a end"))


def started(kind: str) -> bytes:
    return one(f'<bpmn:{kind} id="a"/>')


def repeated(cycle: str) -> bytes:
    return one(work("a"), boundary("t", "a", timer(cycle=cycle), interrupting=False), flow("t", "end"))


def called(target: str) -> bytes:
    return one(tag("callActivity", "a", passing("out", source="x", target=target), calledElement="q"))


LISTENER = extension("<camunda:executionListener/>").encode()
IN_SCRIPT = guarded("${q}").replace(b"<bpmn:conditionExpression", b'<bpmn:conditionExpression language="javascript"')
CORE, EXPRESSION = "supported.core", "supported.expression"
WRONG = [
    (started("scriptTask"), "a", CORE),
    (started("complexGateway"), "a", CORE),
    (started("adHocSubProcess"), "a", CORE),
    (started("transaction"), "a", CORE),
    (started("serviceTask"), "a", CORE),
    (started("businessRuleTask"), "a", CORE),
    (started("callActivity"), "a", CORE),
    (one(tag("serviceTask", "a", camunda__type="external")), "a", CORE),
    (one(tag("serviceTask", "a", camunda__type="mail", camunda__topic="x.y")), "a", CORE),
    (one(tag("serviceTask", "a", camunda__class="a.B", camunda__type="external", camunda__topic="x.y")), "a", CORE),
    (one(service("a").replace("<bpmn:serviceTask", '<bpmn:serviceTask camunda:delegateExpression="${b}"')), "a", CORE),
    (one(service("a").replace("<bpmn:serviceTask", '<bpmn:serviceTask camunda:expression="${b}"')), "a", CORE),
    (one(work("a", isForCompensation="true")), "a", CORE),
    (one(work("a"), boundary("c", "a", event("compensate")), flow("c", "end")), "c", CORE),
    (one(throw("a", event("compensate"))), "a", CORE),
    (one(catch("a", event("conditional"))), "a", CORE),
    (one(catch("a")), "a", CORE),
    (one(catch("a", timer(""))), "a", CORE),
    (one(work("a", many())), "a", CORE),
    (one(work("a", extension('<camunda:taskListener event="create"/>'))), "a", CORE),
    (one(service("a", io({"x": "1"})).replace(">1<", "><camunda:script>1</camunda:script><")), "a", CORE),
    (process(start(), sub("a"), end(), path("start a end")), "a", CORE),
    (process(start(), throw("a", event("link")), path("start a")), "a", CORE),
    (guarded("${1 +}"), "x-a", EXPRESSION),
    (guarded("q == 1"), "x-a", EXPRESSION),
    (guarded("${unknown_function(1)}"), "x-a", EXPRESSION),
    (one(service("a", io({"x": "${'a' + 1}"}))), "a", EXPRESSION),
    (one(work("a", camunda__dueDate="${")), "a", EXPRESSION),
    (one(work("a", camunda__candidateGroups="#{x}")), "a", EXPRESSION),
    (one(work("a", many("items items"))), "a", EXPRESSION),
    (one(catch("a", timer("soon"))), "a", "supported.timer"),
    (one(catch("a", timer(date="2026-13-01"))), "a", "supported.timer"),
    (repeated("R3"), "t", "supported.timer"),
    (one(work("a", camunda__dueDate="ngày mai")), "a", "supported.due-date"),
    (one(work("a", camunda__priority="cao")), "a", "supported.number"),
    (one(work("a", many(number="ba"))), "a", "supported.number"),
    (one(service("a", io(outputs={"số văn bản": "1"}))), "a", "supported.variable"),
    (one(rule("a", variable="in")), "a", "supported.variable"),
    (one(rule("a", variable="data")), "a", "supported.variable"),
    (one(rule("a", variable="type")), "a", "supported.variable"),
    (one(rule("a", variable="a.b")), "a", "supported.variable"),
    (one(rule("a", variable="kết quả")), "a", "supported.variable"),
    (one(work("a", many("items", item="a-b"))), "a", "supported.variable"),
    (called("y z"), "a", "supported.variable"),
    (one(service("a", extension("<camunda:connector/>"))), "a", "supported.ignored"),
    (one(work("a", extension("<camunda:formData/>"))), "a", "supported.ignored"),
    (one(service("a", extension('<camunda:field name="x"/>'))), "a", "supported.ignored"),
    (one(work("a", camunda__formKey="embedded:a.html")), "a", "supported.form-key"),
    (one(work("a")).replace(b"<bpmn:startEvent", LISTENER + b"<bpmn:startEvent"), "p", "supported.code"),
    (one(throw("a", event("message", "m", **{"class": "a.B"}))), "a", "supported.code"),
    (IN_SCRIPT, "x-a", "supported.code"),
]  # fmt: skip

RIGHT = [
    guarded("${q == 'a' && size(copies) > 0}"),
    one(service("a", io({"document": "${document}", "note": "Số ${number}"}, {"number": "${result.number}"}))),
    one(work("a", camunda__dueDate="${office_deadline(received_at, 'PT2H')}", camunda__priority="50")),
    one(work("a", camunda__dueDate="P3D", camunda__priority="${rank}")),
    one(work("a", camunda__dueDate="2026-12-01T17:00:00+07:00")),
    one(work("a", many("people", item="person", until="${nr_of_completed == 1}"))),
    one(work("a", many(number="3"))),
    one(work("a", many(number="${count}"))),
    one(rule("a", variable="route")),
    one(catch("a", timer("PT2H30M"))),
    one(catch("a", timer(date="2026-12-01T17:00:00+07:00"))),
    one(catch("a", timer("${wait}"))),
    repeated("R3/PT4H"),
    called("y"),
    one(throw("a", event("message", "m"))),
    guarded("${q}").replace(b"<bpmn:conditionExpression", b'<bpmn:conditionExpression language="cel"'),
]


@pytest.mark.parametrize(("xml", "element", "rule"), WRONG, ids=range(len(WRONG)))
def test_wrong(xml: bytes, element: str, rule: str) -> None:
    errors = [each for each in found(xml) if each[1].startswith(("supported.", "readable."))]
    assert (element, rule) in errors
    assert {each[1] for each in errors} == {rule}
    assert all(len(sentence) > 20 for sentence in sentences(xml))


@pytest.mark.parametrize("xml", RIGHT, ids=range(len(RIGHT)))
def test_right(xml: bytes) -> None:
    assert found(xml) == []


def test_every_rule_has_a_case() -> None:
    assert {rule for _, _, rule in WRONG} == {rule.id for rule in supported.RULES}
