"""Small procedures to walk: a check with a return, a send that may fail, a call, a reminder."""

from __future__ import annotations

from typing import Any

from connectors.catalog import catalog
from engine.definitions.scenarios import Limits, Surroundings
from engine.definitions.shipped import Bundle
from tests.bpmn_text import (
    END,
    START,
    boundary_error,
    boundary_timer,
    call,
    catch_message,
    chain,
    error,
    error_end,
    flow,
    inputs_of,
    message,
    outputs_of,
    process,
    service,
    user,
)  # fmt: skip

FORM = {
    "type": "default",
    "id": "check",
    "components": [
        {
            "type": "radio", "id": "decision", "key": "decision", "label": "Quyết định", "validate": {"required": True},
            "values": [{"value": "pass", "label": "Đạt"}, {"value": "return", "label": "Trả lại"}],
        },
        {
            "type": "textarea", "id": "remark", "key": "remark", "label": "Lý do", "validate": {"required": True},
            "conditional": {"hide": '=decision != "return"'},
        },
        {"type": "number", "id": "days", "key": "days", "label": "Số ngày"},
        {"type": "textfield", "id": "subject", "key": "subject", "label": "Trích yếu",
         "properties": {"bind": "document.subject"}},
    ],
}  # fmt: skip


def bundle(key: str, diagram: bytes, **more: Any) -> Bundle:
    """A procedure with the form `check` and nothing else unless given."""
    return Bundle(key, key, diagram, more.get("forms", {"check": FORM}), more.get("decisions", {}),
                  more.get("scenarios", {}))  # fmt: skip


def check_task(element: str = "check", due: str = "") -> str:
    """A user task with the form."""
    timed = f' camunda:dueDate="{due}"' if due else ""
    return (f'<bpmn:userTask id="{element}" name="Kiểm tra" camunda:formRef="check"'
            f' camunda:candidateGroups="clerk"{timed}/>')  # fmt: skip


def checked() -> Bundle:
    """check → good? → send → end; a return ends apart, a failure of sending is caught, a timer reminds."""
    parts = [
        START, check_task(due="${office_deadline(now(), 'PT2H')}"),
        boundary_timer("remind", "check", "PT1H", cancel=False), '<bpmn:endEvent id="reminded"/>',
        '<bpmn:exclusiveGateway id="good" default="good-send"/>',
        service("send", "exchange.send", inputs_of(dispatch="${7}"), outputs_of(transport="${result.transport_id}")),
        boundary_error("lost", "send", "exchange.recalled"), '<bpmn:endEvent id="given-up"/>',
        '<bpmn:endEvent id="returned"/>', END,
        chain("start", "check", "good", "send", "end"), flow("good", "returned", "decision == 'return'"),
        flow("lost", "given-up"), flow("remind", "reminded"),
    ]  # fmt: skip
    return bundle("checked", process("checked", parts, declared=error("exchange.recalled")))


def loop() -> Bundle:
    """A loop nobody stands in: a table or operation sends it round for ever."""
    work = service("again", "tasks.remind", inputs_of(document="${7}", message="${'x'}"))
    parts = [
        START,
        work,
        '<bpmn:exclusiveGateway id="on" default="on-again"/>',
        END,
        chain("start", "again", "on", "again"),
        flow("on", "end", "false"),
    ]
    return bundle("loop", process("loop", parts))


def caller() -> Bundle:
    """A call between start and end; an error of the called one is caught."""
    parts = [START, call("ask", "asked"), boundary_error("refused", "ask", "no"), '<bpmn:endEvent id="not-done"/>', END,
             chain("start", "ask", "end"), flow("refused", "not-done")]  # fmt: skip
    return bundle("caller", process("caller", parts, declared=error("no")))


def asked() -> Bundle:
    """What `caller` calls: a check whose return is an error."""
    parts = [START, check_task(), '<bpmn:exclusiveGateway id="good" default="good-end"/>', END,
             error_end("no-end", "no"), chain("start", "check", "good", "end"),
             flow("good", "no-end", "decision == 'return'")]  # fmt: skip
    return bundle("asked", process("asked", parts, declared=error("no")))


def shared() -> Bundle:
    """A task given to everybody in `people`, over when two have answered."""
    several = (
        '<bpmn:multiInstanceLoopCharacteristics camunda:collection="people" camunda:elementVariable="person" '
        'camunda:loopDataOutputRef="opinions">'
        "<bpmn:completionCondition>${nr_of_completed &gt;= 2}</bpmn:completionCondition>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    task = '<bpmn:userTask id="opine" camunda:formRef="check" camunda:assignee="${person}">' + several
    return bundle("shared", process("shared", [START, task + "</bpmn:userTask>", END, chain("start", "opine", "end")]))


def talking() -> Bundle:
    """One branch tells the other: a message thrown and caught in the same case, after a task on each side."""
    told = inputs_of(word="${'đã xong'}")
    throw = (
        '<bpmn:intermediateThrowEvent id="tell"><bpmn:extensionElements><camunda:properties>'
        '<camunda:property name="correlation" value="${string(document_id)}"/></camunda:properties>'
        f"<camunda:inputOutput>{told}</camunda:inputOutput></bpmn:extensionElements>"
        '<bpmn:messageEventDefinition messageRef="message-news"/></bpmn:intermediateThrowEvent>'
    )
    parts = [
        START, '<bpmn:parallelGateway id="fork"/>', '<bpmn:parallelGateway id="join"/>', END, user("work"), throw,
        user("before"), catch_message("hear", "news", "${string(document_id)}"), chain("start", "fork", "work", "tell"),
        chain("fork", "before", "hear", "join", "end"), flow("tell", "join"),
    ]  # fmt: skip
    return bundle("talking", process("talking", parts, declared=message("news")))


def plain() -> Bundle:
    """One task without a form."""
    return bundle("plain", process("plain", [START, user("work"), END, chain("start", "work", "end")]))


def around(*called: Bundle, **more: Any) -> Surroundings:
    """The real catalog, these procedures to call, and limits if given."""
    clock = {"seconds": more["seconds"]} if "seconds" in more else {}
    return Surroundings(catalog(), {each.key: each for each in called}, limits=more.get("limits", Limits()), **clock)
