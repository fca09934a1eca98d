"""Can the file be read at all: XML that is safe, BPMN 2.0, one procedure, ids that hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.bpmn.checks.rules import CheckCatalog, Found, Rule, Subject, local
from engine.bpmn.dialect import Diagram
from engine.bpmn.reading import read, read_xml
from engine.errors import DefinitionError, Finding

MAX_ELEMENTS = 1_000  # far more than anybody can read; some checks take the square of it
MAX_PARTS = 4_000  # elements, flows, parameters: each text costs, and what they do together costs more
_TOO_LARGE = f"Sơ đồ có hơn {MAX_ELEMENTS} phần tử; hãy chia thành các thủ tục con."
_TOO_MUCH = f"Sơ đồ có hơn {MAX_PARTS} phần tử, luồng và tham số; hãy chia thành các thủ tục con."
_FOREIGN = {
    "http://camunda.org/schema/zeebe/1.0": "Camunda 8",
    "http://activiti.org/bpmn": "Activiti",
    "http://flowable.org/bpmn": "Flowable",
    "http://www.jboss.org/drools": "jBPM",
}


def open_subject(xml: bytes, catalog: CheckCatalog | None) -> tuple[Subject | None, list[Finding]]:
    """The subject of all other checks, or the reasons why there is none. Never raises on bad content."""
    try:
        root = read_xml(xml)
    except DefinitionError as error:
        return None, [Finding(each.element, "readable.xml", each.sentence) for each in error.findings]
    try:
        diagram = read(xml)
    except DefinitionError as error:
        return None, [Finding(each.element, _rule(each), each.sentence) for each in error.findings]
    if sum(1 for _ in diagram.nodes()) > MAX_ELEMENTS:
        return None, [Finding(diagram.key, "readable.size", _TOO_LARGE)]
    if _parts(diagram) > MAX_PARTS:
        return None, [Finding(diagram.key, "readable.size", _TOO_MUCH)]
    return Subject(xml, root, diagram, catalog), []


def _parts(diagram: Diagram) -> int:
    flows = sum(len(scope.flows) for scope in diagram.root.scopes())
    elements = (node.element for node in diagram.nodes())
    return flows + sum(
        1 + sum(_texts(each.value) for each in (*element.inputs, *element.outputs))
        + len(element.passes_in) + len(element.passes_out)
        for element in elements
    )  # fmt: skip


def _texts(value: Any) -> int:
    """How many texts a parameter holds, in its lists and maps too."""
    if isinstance(value, list | dict):
        return 1 + sum(_texts(each) for each in (value.values() if isinstance(value, dict) else value))
    return 1


def _rule(finding: Finding) -> str:
    return "readable.element" if finding.element else "readable.procedure"


def _foreign(subject: Subject) -> Iterator[Found]:
    seen = set()
    for node in subject.root.iter():
        for namespace in _namespaces(node):
            if namespace in _FOREIGN and namespace not in seen:
                seen.add(namespace)
                yield subject.diagram.key, (
                    f"Sơ đồ có thuộc tính riêng của {_FOREIGN[namespace]} và các thuộc tính này bị bỏ qua; "
                    "hãy khai lại bằng bảng thuộc tính của trình vẽ."
                )


def _namespaces(node: Any) -> Iterator[str]:
    for name in (node.tag, *node.attrib):
        if isinstance(name, str) and name.startswith("{"):
            yield name[1:].partition("}")[0]


def _not_executable(subject: Subject) -> Iterator[Found]:
    for process in subject.root:
        chosen = local(process) == "process" and process.get("id") == subject.diagram.key
        if chosen and process.get("isExecutable") != "true":
            yield subject.diagram.key, "Quy trình chưa được đánh dấu là thực thi được; hãy bật mục “Executable”."


RULES = (
    Rule("readable.foreign", _foreign, "warning"),
    Rule("readable.not-executable", _not_executable, "warning"),
)
