"""The BPMN dialect as plain data: what a diagram says, before anything runs it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"

EMPTY: Mapping[str, str] = MappingProxyType({})

GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"})
WAITING_TASKS = frozenset({"userTask", "serviceTask", "businessRuleTask", "callActivity", "receiveTask"})
PASSING_TASKS = frozenset({"task", "manualTask"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})

EventKind = Literal[
    "timer", "message", "signal", "error", "escalation", "link", "terminate", "compensate", "conditional", "cancel"
]


@dataclass(frozen=True, slots=True)
class Assignment:
    """One camunda:inputParameter or outputParameter; `value` is text, or a list or map of such values."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Passing:
    """One camunda:in or camunda:out: a variable, an expression or everything, handed over as `target`."""

    target: str | None = None
    source: str | None = None
    expression: str | None = None
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """A node of the diagram as people and the platform know it."""

    id: str
    kind: str
    name: str = ""
    lane: str | None = None
    documentation: str = ""
    legal_basis: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    inputs: tuple[Assignment, ...] = ()
    outputs: tuple[Assignment, ...] = ()
    properties: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    passes_in: tuple[Passing, ...] = ()
    passes_out: tuple[Passing, ...] = ()
    parent: str | None = None  # the enclosing sub-process, None in the procedure itself


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """What an event is about: its kind and the name, code or time that goes with it."""

    kind: EventKind
    name: str | None = None  # message, signal or link name
    code: str | None = None  # error or escalation code; None catches every code
    timer: Literal["date", "duration", "cycle"] | None = None
    text: str | None = None  # the time itself, ISO 8601 or ${CEL}
    code_variable: str | None = None
    message_variable: str | None = None


@dataclass(frozen=True, slots=True)
class Loop:
    """Standard loop of an activity."""

    condition: str | None = None
    test_before: bool = False
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class MultiInstance:
    """Multi-instance marker of an activity: over a collection or a number."""

    collection: str | None = None
    cardinality: str | None = None
    item_variable: str = "item"
    sequential: bool = False
    completion: str | None = None
    output: str | None = None  # variable that takes the collected results
    output_item: str | None = None  # what each instance contributes; None: its whole result


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None


@dataclass(slots=True)
class Node:
    """A flow node with everything needed to run it; `normalise` may rewrite it."""

    element: Element
    default: str | None = None
    events: tuple[EventDefinition, ...] = ()
    attached_to: str | None = None
    interrupting: bool = True
    by_event: bool = False  # event sub-process
    multi: MultiInstance | None = None
    loop: Loop | None = None
    inner: Scope | None = None  # the content of a sub-process
    hidden: bool = False  # made by normalise: never shown in the history
    oddities: tuple[str, ...] = ()  # things read that no one here can run, for the refusal

    @property
    def id(self) -> str:
        """The element's id."""
        return self.element.id

    @property
    def kind(self) -> str:
        """The BPMN name of the element."""
        return self.element.kind

    @property
    def event(self) -> EventDefinition | None:
        """The only event definition, if there is one."""
        return self.events[0] if self.events else None


_Index = tuple[dict[str, list[Flow]], dict[str, list[Flow]], dict[str, list[Node]]]


@dataclass(slots=True)
class Scope:
    """A procedure or sub-process: its nodes and flows, in the order of the file."""

    id: str
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    _index: _Index | None = field(default=None, repr=False, compare=False)

    def add(self, part: Node | Flow) -> None:
        """Put in a node or flow, or another one in the place of one with the same id."""
        if isinstance(part, Node):
            self.nodes[part.id] = part
        else:
            self.flows[part.id] = part
        self._index = None

    def incoming(self, node: str) -> list[Flow]:
        """Flows that end at `node`."""
        return list(self._indexed()[0].get(node, ()))

    def outgoing(self, node: str) -> list[Flow]:
        """Flows that begin at `node`."""
        return list(self._indexed()[1].get(node, ()))

    def boundaries(self, node: str) -> list[Node]:
        """Boundary events attached to `node`."""
        return list(self._indexed()[2].get(node, ()))

    def _indexed(self) -> _Index:
        if self._index is None:
            ins: dict[str, list[Flow]] = {}
            outs: dict[str, list[Flow]] = {}
            borders: dict[str, list[Node]] = {}
            for flow in self.flows.values():
                ins.setdefault(flow.target, []).append(flow)
                outs.setdefault(flow.source, []).append(flow)
            for node in self.nodes.values():
                if node.attached_to is not None:
                    borders.setdefault(node.attached_to, []).append(node)
            self._index = (ins, outs, borders)
        return self._index

    def scopes(self) -> Iterator[Scope]:
        """This scope and every scope inside it, outermost first."""
        yield self
        for node in self.nodes.values():
            if node.inner is not None:
                yield from node.inner.scopes()


@dataclass(slots=True)
class Diagram:
    """One executable procedure read from a file."""

    key: str
    name: str
    root: Scope
    lanes: tuple[str, ...] = ()
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=lambda: EMPTY)

    def nodes(self) -> Iterator[Node]:
        """Every node of every scope."""
        for scope in self.root.scopes():
            yield from scope.nodes.values()
