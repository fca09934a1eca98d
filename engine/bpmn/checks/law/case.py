"""A diagram as the rules of law look at it: its paths, and which element does what."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from engine.bpmn.checks.law import acts
from engine.bpmn.checks.paths import Paths
from engine.bpmn.checks.rules import Subject, title
from engine.bpmn.dialect import Node


class Case:
    """One diagram under the rules of law."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.catalog = subject.catalog
        self.paths = Paths(subject.diagram.root)
        self.nodes = self.paths.nodes
        self._doing: dict[str, dict[str, None]] = {}
        forms = None if self.catalog is None else self.catalog.forms
        procedures = None if self.catalog is None else self.catalog.procedures
        for node in self.nodes.values():
            called = node.kind == "callActivity"
            found = acts.called_acts(node, procedures) if called else acts.own_acts(node, forms)
            for act in found:
                self._doing.setdefault(act, {})[node.id] = None
        self._waiting()
        self.tasks = [node for node in self.nodes.values() if node.kind == "userTask"]

    def doing(self, *wanted: str) -> list[str]:
        """Elements that do one of the acts, calls of procedures known to do so included, in the diagram's order."""
        found = {each for act in wanted for each in self._doing.get(act, ())}
        return [each for each in self.nodes if each in found]

    def done(self, *wanted: str) -> frozenset[str]:
        """Elements after which one of the acts may count as done: also calls nobody can look into."""
        return frozenset(self.doing(*wanted, acts.UNKNOWN))

    def done_or_recalled(self, *wanted: str) -> frozenset[str]:
        """The same, or the sender asks for the document back: what is to be done then other rules say."""
        return self.done(*wanted).union(self.recalls)

    def own(self, *wanted: str) -> list[Node]:
        """Elements of this very diagram that do one of the acts."""
        return [self.nodes[each] for each in self.doing(*wanted) if self.nodes[each].kind != "callActivity"]

    def does(self, *wanted: str) -> bool:
        """Whether the procedure does one of the acts."""
        return bool(self.doing(*wanted))

    def may(self, *wanted: str) -> bool:
        """Whether the procedure does one of the acts or calls something that may."""
        return bool(self.done(*wanted))

    def without(self, targets: Iterable[str], done: Collection[str], undone: Collection[str] = ()) -> list[str]:
        """Targets that a path comes to without any of `done` (since the last of `undone`)."""
        wanted = [each for each in targets if each not in done]
        return self.paths.missing(wanted, done, [each for each in undone if each not in done])

    @property
    def arrivals(self) -> list[str]:
        """Starts at which a document comes in from the exchange."""
        return self.doing("start:document-arrived")

    @property
    def recalls(self) -> list[str]:
        """Where a request to take a document back comes in."""
        return [node.id for node in self.own("start:recall-received", "await:recall-received") if node.events]

    @property
    def came(self) -> frozenset[str] | None:
        """From where a received document is followed: its arrival, or every start when there is none."""
        return frozenset(self.arrivals) or None

    @property
    def drafts(self) -> bool:
        """Whether the procedure brings an outgoing document about: it is drafted, approved or signed here."""
        return self.does("draft", "approve", "sign")

    def people(self, element: str, begun: bool = False) -> list[Node]:
        """Whose tasks lead to the element: the nearest ones before it, done (or begun)."""
        return self.paths.last(element, lambda node: node.kind == "userTask", begun)

    def title(self, element: str) -> str:
        """How a sentence calls an element."""
        return title(self.nodes[element])

    def _waiting(self) -> None:
        """A gateway that waits for a message's event, and a task with one on its border, wait for the message too."""
        for scope, node in self.subject.places():
            caught = node.kind in ("intermediateCatchEvent", "receiveTask", "boundaryEvent")
            for name in acts.messages(node) if caught else ():
                waiting = self._doing.setdefault(f"await:{name}", {})
                if node.kind == "boundaryEvent" and node.attached_to is not None:
                    waiting[node.attached_to] = None
                for flow in scope.incoming(node.id):
                    if scope.nodes[flow.source].kind == "eventBasedGateway":
                        waiting[flow.source] = None


def case_of(subject: Subject) -> Case:
    """The case of a subject; made once for all rules that look at it."""
    if "law" not in subject.memory:
        subject.memory["law"] = Case(subject)
    case: Case = subject.memory["law"]
    return case
