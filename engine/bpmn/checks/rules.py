"""What every family of checks is made of: a subject, and rules that look at it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, Protocol

from lxml import etree

from engine.bpmn.checks.facts import FormFacts, OperationFacts, ProcedureFacts, TableFacts
from engine.bpmn.checks.variables.shapes import Shape
from engine.bpmn.dialect import BPMN, CAMUNDA, Diagram, Node, Scope
from engine.bpmn.normalise import normalise
from engine.bpmn.reading import read
from engine.errors import Finding


class CheckCatalog(Protocol):
    """What a diagram may name outside itself; `facts.Knowledge` is one. None means: not known, so not checked."""

    @property
    def operations(self) -> Mapping[str, OperationFacts]:
        """Installed operations by key."""
        ...

    @property
    def forms(self) -> Mapping[str, FormFacts]:
        """Forms that come with the procedure, by key."""
        ...

    @property
    def decisions(self) -> Mapping[str, TableFacts]:
        """Decision tables that come with the procedure, by id."""
        ...

    @property
    def procedures(self) -> Mapping[str, ProcedureFacts] | None:
        """Procedures that may be called, by key."""
        ...

    @property
    def starts(self) -> Mapping[str, Mapping[str, Shape]]:
        """Start element → names given there, for starts whose property `data` doesn't say it."""
        ...

    @property
    def functions(self) -> Collection[str] | None:
        """Functions that expressions may call besides CEL's own."""
        ...

    @property
    def roles(self) -> Collection[str] | None:
        """Roles that exist."""
        ...

    @property
    def people(self) -> Callable[[str], int | None]:
        """How many active people a candidate group (`role`, `role@unit`, `person:id`) has, stand-ins counted; -1 when
        the unit or person doesn't exist, None when nobody can say (no agency)."""
        ...

    @property
    def waived(self) -> Mapping[str, str]:
        """Rules of law set aside for this procedure, each with a sentence: since when, by whom, why."""
        ...


@dataclass(frozen=True, slots=True)
class Subject:
    """A diagram under check: its bytes, the parsed XML, and what the core read from it."""

    xml: bytes
    root: Any
    diagram: Diagram
    catalog: CheckCatalog | None = None
    memory: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # what several rules look at

    def places(self) -> Iterator[tuple[Scope, Node]]:
        """Every node with the scope it stands in."""
        for scope in self.diagram.root.scopes():
            for node in scope.nodes.values():
                yield scope, node


@lru_cache(maxsize=4)
def as_run(xml: bytes) -> Diagram:
    """The diagram as the core runs it, rewritten by `normalise`; for files that passed the checks of support."""
    diagram = read(xml)
    normalise(diagram.root)
    return diagram


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
