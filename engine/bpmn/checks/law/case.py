"""A diagram as the rules of law look at it: its paths, and which element does what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice, pairwise

from engine.bpmn.checks.law import acts
from engine.bpmn.checks.paths import Paths
from engine.bpmn.checks.rules import Subject, title
from engine.bpmn.dialect import Node

# How many findings of a rule name branches, and how far back these are looked for: it takes a walk for each.
_TOLD, _LOOKED_AT = 5, 30


class Case:
    """One diagram under the rules of law."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.catalog = subject.catalog
        self.paths = Paths(subject.diagram.root)
        self.nodes = self.paths.nodes
        self._doing: dict[str, dict[str, None]] = {}
        self._branches: dict[str, tuple[str, ...]] = {}
        forms = None if self.catalog is None else self.catalog.forms
        procedures = None if self.catalog is None else self.catalog.procedures
        for node in self.nodes.values():
            called = node.kind == "callActivity"
            found = acts.called_acts(node, procedures) if called else acts.own_acts(node, forms)
            for act in found:
                self._doing.setdefault(act, {})[node.id] = None
        self._waiting()
        self.tasks = [node for node in self.nodes.values() if node.kind == "userTask"]
        # Starts at which a document comes in from the exchange, and where the sender asks for it back.
        self.arrivals = self.doing("start:document-arrived")
        asked = self.own("start:recall-received", "await:recall-received")
        self.recalls = [node.id for node in asked if node.events]
        # From where a received document is followed; None: from every start.
        self.came = frozenset(self.arrivals) or None
        # An outgoing document is brought about here: drafted, approved or signed.
        self.drafts = self.does("draft", "approve", "sign")

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

    def missing(
        self,
        targets: Iterable[str],
        done: Collection[str],
        undone: Collection[str] = (),
        since: Collection[str] | None = None,
    ) -> list[str]:
        """As `Paths.missing`; `reached` then tells on which way."""
        found = self.paths.ways(targets, done, undone, since)
        for target, way in list(found.items())[:_TOLD]:
            last = way[-_LOOKED_AT:]
            self._branches[target] = tuple(islice(self._leading(last, done), 2))[::-1]
        return list(found)

    def without(self, targets: Iterable[str], done: Collection[str], undone: Collection[str] = ()) -> list[str]:
        """Targets that a path comes to without any of `done` (since the last of `undone`)."""
        wanted = [each for each in targets if each not in done]
        return self.missing(wanted, done, [each for each in undone if each not in done])

    def reached(self, element: str) -> str:
        """How a sentence calls an element that was come to amiss: its name, and the branches that lead past."""
        branches = ", ".join(self._branches.get(element, ()))
        return self.title(element) + (f" ({branches})" if branches else "")

    def _leading(self, way: Sequence[str], done: Collection[str]) -> Iterator[str]:
        """The branches of a way at whose other sides what is wanted is done, the last first."""
        for place, other in reversed(list(pairwise(way))):
            node, scope = self.nodes[place], self.paths.points.scope_of[place]
            flows = scope.outgoing(place)
            if node.attached_to is not None:
                onward = {node.attached_to, *(flow.target for flow in scope.outgoing(node.attached_to))}
                said = f"qua {title(node)}"
            elif self.paths.points.splits(node) != "all" and other in scope.nodes:
                onward = {flow.target for flow in flows if flow.target != other}
                named = next((flow.name for flow in flows if flow.target == other and flow.name), "")
                said = f"qua nhánh “{named}”" if named else f"qua nhánh tới {self.title(other)}"
            else:
                continue
            if (onward | self.paths.reached(onward, {place, way[-1]})) & set(done):
                yield said

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
                    # Whoever leaves the task by another event on its border has waited there too.
                    waiting[node.attached_to] = None
                    waiting |= {each.id: None for each in scope.boundaries(node.attached_to)}
                for flow in scope.incoming(node.id):
                    if scope.nodes[flow.source].kind == "eventBasedGateway":
                        waiting[flow.source] = None


def case_of(subject: Subject) -> Case:
    """The case of a subject; made once for all rules that look at it."""
    if "law" not in subject.memory:
        subject.memory["law"] = Case(subject)
    case: Case = subject.memory["law"]
    return case
