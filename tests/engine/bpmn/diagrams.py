"""A small language for test diagrams: each function is one element, `process` puts them into a BPMN file."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:test">\n'
)


def process(*parts: str, key: str = "p", name: str = "Thủ tục thử") -> bytes:
    body = "".join(parts)
    declared = ""
    for kind in ("message", "signal", "error", "escalation"):
        for ref in sorted(set(re.findall(rf'{kind}Ref="{kind}_([^"]*)"', body))):
            code = f' {kind}Code="{ref}"' if kind in ("error", "escalation") else ""
            declared += f'<bpmn:{kind} id="{kind}_{ref}" name="{ref}"{code}/>'
    return (
        f'{HEAD}<bpmn:process id="{key}" name="{name}" isExecutable="true">{body}</bpmn:process>'
        f"{declared}</bpmn:definitions>"
    ).encode()


def tag(kind: str, id: str, *children: str, **attributes: object) -> str:
    text = "".join(
        f" {name.replace('__', ':')}={quoteattr(str(value))}" for name, value in attributes.items() if value is not None
    )
    ordered = sorted(children, key=lambda child: not child.startswith("<bpmn:extensionElements"))
    boxes = [child for child in ordered if child.startswith("<bpmn:extensionElements")]
    rest = [child for child in ordered if child not in boxes]
    inside = "".join(re.sub("^<bpmn:extensionElements>|</bpmn:extensionElements>$", "", box) for box in boxes)
    extension = f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>" if inside else ""
    return f"<bpmn:{kind} id={quoteattr(id)}{text}>{extension}{''.join(rest)}</bpmn:{kind}>"


def extension(inside: str) -> str:
    return f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>"


def io(inputs: dict[str, str] | None = None, outputs: dict[str, str] | None = None) -> str:
    def parameters(kind: str, values: dict[str, str] | None) -> str:
        return "".join(
            f'<camunda:{kind} name="{name}">{escape(value)}</camunda:{kind}>' for name, value in (values or {}).items()
        )

    both = parameters("inputParameter", inputs) + parameters("outputParameter", outputs)
    return extension(f"<camunda:inputOutput>{both}</camunda:inputOutput>")


def prop(name: str, value: str) -> str:
    inside = f"<camunda:property name={quoteattr(name)} value={quoteattr(value)}/>"
    return extension(f"<camunda:properties>{inside}</camunda:properties>")


def passing(direction: str, **attributes: str) -> str:
    text = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return extension(f"<camunda:{direction}{text}/>")


def flow(source: str, target: str, condition: str | None = None, id: str | None = None) -> str:
    inside = ""
    if condition is not None:
        inside = f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>"
    name = id or f"{source}-{target}"
    return f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'


def path(ids: str) -> str:
    names = ids.split()
    return "".join(flow(source, target) for source, target in pairwise(names))


def start(id: str = "start", *children: str, **attributes: object) -> str:
    return tag("startEvent", id, *children, **attributes)


def end(id: str = "end", *children: str) -> str:
    return tag("endEvent", id, *children)


def user(id: str, *children: str, **attributes: object) -> str:
    return tag("userTask", id, *children, **{f"camunda__{name}": value for name, value in attributes.items()})


def service(id: str, *children: str, topic: str = "documents.register", default: str | None = None) -> str:
    return tag("serviceTask", id, *children, camunda__type="external", camunda__topic=topic, default=default)


def rule(id: str, *children: str, decision: str = "routing", variable: str | None = None) -> str:
    return tag("businessRuleTask", id, *children, camunda__decisionRef=decision, camunda__resultVariable=variable)


def call(id: str, *children: str, called: str = "other") -> str:
    return tag("callActivity", id, *children, calledElement=called)


def sub(id: str, *children: str, by_event: bool = False) -> str:
    return tag("subProcess", id, *children, triggeredByEvent="true" if by_event else None)


def xor(id: str, default: str | None = None) -> str:
    return tag("exclusiveGateway", id, default=default)


def both(id: str) -> str:
    return tag("parallelGateway", id)


def some(id: str, default: str | None = None) -> str:
    return tag("inclusiveGateway", id, default=default)


def first(id: str) -> str:
    return tag("eventBasedGateway", id)


def catch(id: str, *children: str) -> str:
    return tag("intermediateCatchEvent", id, *children)


def throw(id: str, *children: str) -> str:
    return tag("intermediateThrowEvent", id, *children)


def boundary(id: str, host: str, *children: str, interrupting: bool = True) -> str:
    return tag("boundaryEvent", id, *children, attachedToRef=host, cancelActivity=None if interrupting else "false")


def timer(duration: str | None = None, date: str | None = None, cycle: str | None = None) -> str:
    form, text = ("Duration", duration) if duration else ("Date", date) if date else ("Cycle", cycle)
    inside = f"<bpmn:time{form}>{escape(text or '')}</bpmn:time{form}>"
    return f"<bpmn:timerEventDefinition>{inside}</bpmn:timerEventDefinition>"


def event(kind: str, name: str | None = None, **attributes: str) -> str:
    ref = f' {kind}Ref="{kind}_{name}"' if name else ""
    text = "".join(f" camunda:{key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<bpmn:{kind}EventDefinition{ref}{text}/>"


def link(name: str) -> str:
    return f'<bpmn:linkEventDefinition name="{name}"/>'


def many(
    collection: str | None = None,
    item: str | None = None,
    number: str | None = None,
    sequential: bool = False,
    until: str | None = None,
    output: str | None = None,
    output_item: str | None = None,
) -> str:
    attributes = ' isSequential="true"' if sequential else ""
    attributes += f' camunda:collection="{collection}"' if collection else ""
    attributes += f' camunda:elementVariable="{item}"' if item else ""
    inside = f"<bpmn:loopCardinality>{number}</bpmn:loopCardinality>" if number else ""
    inside += f"<bpmn:loopDataOutputRef>{output}</bpmn:loopDataOutputRef>" if output else ""
    inside += f'<bpmn:outputDataItem id="o" name="{output_item}"/>' if output_item else ""
    inside += f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else ""
    return f"<bpmn:multiInstanceLoopCharacteristics{attributes}>{inside}</bpmn:multiInstanceLoopCharacteristics>"


def loop(condition: str | None = None, maximum: int | None = None, before: bool = False) -> str:
    attributes = f' testBefore="{"true" if before else "false"}"' + (f' loopMaximum="{maximum}"' if maximum else "")
    inside = f"<bpmn:loopCondition>{escape(condition)}</bpmn:loopCondition>" if condition else ""
    return f"<bpmn:standardLoopCharacteristics{attributes}>{inside}</bpmn:standardLoopCharacteristics>"
