"""What every family of checks is made of: a subject, and rules that look at it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from lxml import etree

from engine.bpmn.dialect import BPMN, CAMUNDA, Diagram, Node, Scope
from engine.errors import Finding


class CheckCatalog(Protocol):
    """What a diagram may name outside itself."""

    @property
    def operations(self) -> Mapping[str, Mapping[str, bool]]:
        """Operation key → its inputs by name, true where one is required."""
        ...

    @property
    def forms(self) -> Collection[str]:
        """Keys of the forms that come with the procedure."""
        ...

    @property
    def decisions(self) -> Collection[str]:
        """Ids of the decision tables that come with the procedure."""
        ...


@dataclass(frozen=True, slots=True)
class Subject:
    """A diagram under check: its bytes, the parsed XML, and what the core read from it."""

    xml: bytes
    root: Any
    diagram: Diagram
    catalog: CheckCatalog | None = None

    def places(self) -> Iterator[tuple[Scope, Node]]:
        """Every node with the scope it stands in."""
        for scope in self.diagram.root.scopes():
            for node in scope.nodes.values():
                yield scope, node


# What a rule yields: the element and the sentence.
Found = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong. `clause` is the provision of law that wants it so, where there is one."""

    id: str
    look: Callable[[Subject], Iterable[Found]]
    severity: Literal["error", "warning"] = "error"
    clause: str | None = None

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """What this rule finds, in the order of the diagram."""
        for element, sentence in self.look(subject):
            yield Finding(element, self.id, sentence, self.severity, self.clause)


def local(node: Any) -> str:
    """The BPMN name of an XML element, or an empty text for anything foreign."""
    return _named(node, BPMN)


def camunda(node: Any) -> str:
    """The camunda: name of an XML element, or an empty text for anything else."""
    return _named(node, CAMUNDA)


def _named(node: Any, namespace: str) -> str:
    if not isinstance(node.tag, str):
        return ""
    name = etree.QName(node)
    return str(name.localname) if name.namespace == namespace else ""


def owner(node: Any) -> str:
    """The id of the nearest element around an XML element that has one."""
    while node is not None:
        if node.get("id") and local(node) and not local(node).endswith(("Definition", "Expression")):
            return str(node.get("id"))
        node = node.getparent()
    return ""


def title(node: Node) -> str:
    """How a sentence calls an element: its name in quotes, or its id."""
    return f"“{node.element.name or node.id}”"
