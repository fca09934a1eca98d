"""Write small BPMN files for tests and benchmarks, part by part."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://example.com/bench" id="d">'
)


def process(key: str, parts: Iterable[str], declared: str = "") -> bytes:
    """A whole file around the parts of one process; `declared`: messages and errors beside it."""
    body = "".join(parts)
    inside = f'{declared}<bpmn:process id="{key}" name="{key}" isExecutable="true">{body}</bpmn:process>'
    return f"{HEAD}{inside}</bpmn:definitions>".encode()


def user(element: str, group: str = "clerk") -> str:
    """A user task for one group."""
    return f'<bpmn:userTask id="{element}" name="{element}" camunda:candidateGroups="{group}"/>'


def flow(source: str, target: str, condition: str = "") -> str:
    """A sequence flow, with a condition or none."""
    inside = f"<bpmn:conditionExpression>${{{condition}}}</bpmn:conditionExpression>" if condition else ""
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<bpmn:sequenceFlow id="{source}-{target}" {ends}>{inside}</bpmn:sequenceFlow>'


def chain(*elements: str) -> str:
    """Flows from each element to the next."""
    return "".join(flow(a, b) for a, b in pairwise(elements))


START, END = '<bpmn:startEvent id="start"/>', '<bpmn:endEvent id="end"/>'


def service(element: str, topic: str, inputs: str = "", outputs: str = "") -> str:
    """A service task naming an operation; inputs and outputs as `inputs_of(name="${…}")` writes them."""
    mapping = (
        f"<bpmn:extensionElements><camunda:inputOutput>{inputs}{outputs}</camunda:inputOutput></bpmn:extensionElements>"
    )
    kind = f'camunda:type="external" camunda:topic="{topic}"'
    return f'<bpmn:serviceTask id="{element}" name="{element}" {kind}>{mapping}</bpmn:serviceTask>'


def inputs_of(**values: str) -> str:
    """camunda:inputParameter elements."""
    return "".join(f'<camunda:inputParameter name="{k}">{v}</camunda:inputParameter>' for k, v in values.items())


def outputs_of(**values: str) -> str:
    """camunda:outputParameter elements."""
    return "".join(f'<camunda:outputParameter name="{k}">{v}</camunda:outputParameter>' for k, v in values.items())


def boundary_timer(element: str, host: str, duration: str, cancel: bool) -> str:
    """A timer on the border of an activity."""
    return (
        f'<bpmn:boundaryEvent id="{element}" attachedToRef="{host}" cancelActivity="{str(cancel).lower()}">'
        f"<bpmn:timerEventDefinition><bpmn:timeDuration>{duration}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    )


def boundary_error(element: str, host: str, code: str) -> str:
    """An error event on the border of an activity; the file needs `error(code)` too."""
    return (
        f'<bpmn:boundaryEvent id="{element}" attachedToRef="{host}">'
        f'<bpmn:errorEventDefinition errorRef="error-{code}"/>'
        "</bpmn:boundaryEvent>"
    )


def catch_message(element: str, name: str, correlation: str) -> str:
    """An intermediate event that waits for a message; the file needs `message(name)` too."""
    prop = f'<camunda:property name="correlation" value="{correlation}"/>'
    return (
        f'<bpmn:intermediateCatchEvent id="{element}">'
        f"<bpmn:extensionElements><camunda:properties>{prop}</camunda:properties>"
        f'</bpmn:extensionElements><bpmn:messageEventDefinition messageRef="message-{name}"/>'
        "</bpmn:intermediateCatchEvent>"
    )


def call(element: str, called: str, extra: str = "", multi: str = "") -> str:
    """A call activity that hands all variables over and back."""
    passing = '<camunda:in variables="all"/><camunda:out variables="all"/>' + extra
    return (
        f'<bpmn:callActivity id="{element}" calledElement="{called}">'
        f"<bpmn:extensionElements>{passing}</bpmn:extensionElements>"
        f"{multi}</bpmn:callActivity>"
    )


def message(name: str) -> str:
    """A message declaration."""
    return f'<bpmn:message id="message-{name}" name="{name}"/>'


def error(code: str) -> str:
    """An error declaration."""
    return f'<bpmn:error id="error-{code}" name="{code}" errorCode="{code}"/>'


def boundary_message(element: str, host: str, name: str, correlation: str) -> str:
    """A message on the border of an activity that interrupts it; the file needs `message(name)` too."""
    prop = f'<camunda:property name="correlation" value="{correlation}"/>'
    return (
        f'<bpmn:boundaryEvent id="{element}" attachedToRef="{host}">'
        f"<bpmn:extensionElements><camunda:properties>{prop}</camunda:properties></bpmn:extensionElements>"
        f'<bpmn:messageEventDefinition messageRef="message-{name}"/></bpmn:boundaryEvent>'
    )


def error_end(element: str, code: str) -> str:
    """An end event that throws an error; the file needs `error(code)` too."""
    return f'<bpmn:endEvent id="{element}"><bpmn:errorEventDefinition errorRef="error-{code}"/></bpmn:endEvent>'
