"""A procedure in which every text that somebody can write tries to be more than text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from engine.definitions.shipped import Bundle

TRIES = "<script>window.hit=1</script>\"'><img src=x onerror=window.hit=2>{{7*7}}${7*7}#{7*7}{%raw%}=7*7"
LINK = "javascript:window.hit=3"
KEY = "incoming-document"


def diagram(name: str = TRIES, strange: str = "") -> bytes:
    """Start, a task, a gateway, ends: every name, label and documentation tries; `strange` are more attributes."""
    text, words = quoteattr(name), escape(name)
    lane = f'<bpmn:lane id="lane" name={text}><bpmn:flowNodeRef>take-in</bpmn:flowNodeRef></bpmn:lane>'
    shapes = "".join(
        f'<di:BPMNShape id="s-{each}" bpmnElement="{each}"><dc:Bounds x="{100 + 200 * place}" y="100" width="100" '
        'height="80"/></di:BPMNShape>'
        for place, each in enumerate(("begin", "take-in", "which", "done", "gone"))
    )
    edges = "".join(
        f'<di:BPMNEdge id="e-{each}" bpmnElement="{each}"><dd:waypoint x="150" y="300"/><dd:waypoint x="350" y="300"/>'
        "</di:BPMNEdge>"
        for each in ("f1", "f2", "f3", "f4")
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"
    xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:dd="http://www.omg.org/spec/DD/20100524/DI"
    id="definitions" targetNamespace={text}>
  <bpmn:process id="{KEY}" name={text} isExecutable="true" {strange}>
    <bpmn:documentation>{words}</bpmn:documentation>
    <bpmn:laneSet id="lanes">{lane}</bpmn:laneSet>
    <bpmn:startEvent id="begin" name={text}/>
    <bpmn:userTask id="take-in" name={text} camunda:candidateGroups="clerk" camunda:formRef="accept" {strange}>
      <bpmn:documentation>{words} {LINK}</bpmn:documentation>
      <bpmn:extensionElements><camunda:properties><camunda:property name="legalBasis" value={text}/>
        <camunda:property name={text} value={text}/></camunda:properties></bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:exclusiveGateway id="which" name={text} default="f4"/>
    <bpmn:endEvent id="done" name={text}/>
    <bpmn:endEvent id="gone" name={text}/>
    <bpmn:textAnnotation id="note"><bpmn:text>{words}</bpmn:text></bpmn:textAnnotation>
    <bpmn:sequenceFlow id="f1" name={text} sourceRef="begin" targetRef="take-in"/>
    <bpmn:sequenceFlow id="f2" name={text} sourceRef="take-in" targetRef="which"/>
    <bpmn:sequenceFlow id="f3" name={text} sourceRef="which" targetRef="done">
      <bpmn:conditionExpression>${{line == {quoteattr("a")}}}</bpmn:conditionExpression></bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="f4" name={text} sourceRef="which" targetRef="gone"/>
  </bpmn:process>
  <di:BPMNDiagram id="drawing"><di:BPMNPlane id="plane" bpmnElement="{KEY}">{shapes}{edges}</di:BPMNPlane>
  </di:BPMNDiagram>
</bpmn:definitions>""".encode()


def form(name: str = TRIES) -> dict[str, Any]:
    """A form with every kind of part that shows a text, and those that would show markup or another page."""
    asked: list[dict[str, Any]] = [
        {"type": "textfield", "id": "a", "key": "line", "label": name, "description": name},
        {"type": "textarea", "id": "b", "key": "note", "label": name, "defaultValue": name},
        {"type": "select", "id": "c", "key": "pick", "label": name, "values": [{"value": "v", "label": name}]},
        {"type": "radio", "id": "d", "key": "way", "label": name, "values": [{"value": "w", "label": name}]},
        {"type": "checkbox", "id": "e", "key": "yes", "label": name},
        {"type": "text", "id": "f", "text": f"# {name}\n[here]({LINK}) {name}"},
        {"type": "html", "id": "g", "content": f"<b>bold</b> <a href='{LINK}'>x</a> {name}"},
        {"type": "image", "id": "h", "source": LINK, "alt": name},
        {"type": "iframe", "id": "i", "url": LINK, "label": name},
        {"type": "button", "id": "j", "label": name, "action": "submit"},
        {"type": "group", "id": "k", "label": name, "components": []},
    ]
    return {"type": "default", "id": "accept", "components": asked}


def fit_for_use() -> Bundle:
    """The same without what the gates refuse: calculations in labels, markup, pages of others."""
    name = TRIES.replace("{{7*7}}", "")
    asked = [each for each in form(name)["components"] if each["type"] not in ("html", "image", "iframe")]
    return replace(bundle(), forms={"accept": form(name) | {"components": asked}})


def table(name: str = TRIES) -> str:
    """A decision table whose names, headings and cells try."""
    text, words = quoteattr(name), escape(name)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="tables" name={text} namespace="urn:t">
  <decision id="limits" name={text}><decisionTable id="t" hitPolicy="FIRST">
    <input id="i" label={text}><inputExpression id="x" typeRef="string"><text>line</text></inputExpression></input>
    <output id="o" name="way" label={text} typeRef="string"/>
    <rule id="r"><description>{words}</description><inputEntry id="ie"><text>"a"</text></inputEntry>
      <outputEntry id="oe"><text>{escape('"' + name.replace('"', "") + '"')}</text></outputEntry></rule>
  </decisionTable></decision>
</definitions>"""


def bundle(name: str = TRIES) -> Bundle:
    """Everything together, under the key of a shipped procedure."""
    told = {"name": name, "step": [{"at": "take-in", "answer": {"line": name}}], "end": {"at": ["gone"]}}
    return Bundle(KEY, name[:200], diagram(name), {"accept": form(name)}, {"limits.dmn": table(name)}, {"try": told})
