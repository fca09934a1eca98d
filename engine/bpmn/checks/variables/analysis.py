"""The flow of variables through a diagram: what is known at every element and what every text there gives.

One pass over the whole diagram that is repeated where something new comes, until nothing does: every flow and every
scope keeps what has been learnt so far, which can only become less certain. Bounded, so that no diagram makes it long.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from engine.bpmn.checks.rules import Subject, as_run
from engine.bpmn.checks.variables import catching, choosing
from engine.bpmn.checks.variables.certainty import Certainty
from engine.bpmn.checks.variables.declared import declared
from engine.bpmn.checks.variables.effects import Effects
from engine.bpmn.checks.variables.environment import EMPTY, Environment, join, meet, same, settle
from engine.bpmn.checks.variables.evaluation import Use
from engine.bpmn.checks.variables.shapes import maybe
from engine.bpmn.dialect import Diagram, Flow, Node, Scope

MOST_WORK = 1_500_000  # variables looked at, all passes together
_SAME_FOR_ALL = 40  # what a pass over an element costs, counted in variables


@dataclass(slots=True)
class Known:
    """What the analysis found. Elements no token can come to are in neither map."""

    map: catching.Map
    before: dict[str, Environment]
    uses: list[Use] = field(default_factory=list)
    final: Environment = EMPTY
    finished: bool = True


def analysis(subject: Subject) -> Known:
    """The flow of variables of a diagram; worked out once per check."""
    if "variables" not in subject.memory:
        subject.memory["variables"] = Analysis(as_run(subject.xml), subject).run()
    known: Known = subject.memory["variables"]
    return known


class Analysis:
    """One analysis under way."""

    def __init__(self, diagram: Diagram, subject: Subject) -> None:
        self.diagram = diagram
        self.catalog = subject.catalog
        self.effects = Effects(subject.catalog)
        self.map = catching.Map(diagram.root)
        self.certainty = Certainty(self.effects, diagram.root)
        self.watched = frozenset(catching.watched(diagram.root, self.map))
        self.seeds: dict[str, Environment] = {}  # nodes that begin without a flow
        self.flows: dict[str, Environment] = {}  # what came along each flow
        self.inside: dict[str, Environment] = {}  # what may be known anywhere in a scope
        self.ends: dict[str, dict[str, Environment]] = {}
        self.noted: dict[str, Environment] = {}  # what event sub-processes may note beside their scope
        self.entered: dict[str, Environment] = {}
        self.queue: deque[str] = deque()
        self.waiting: set[str] = set()
        self.work = 0

    def run(self) -> Known:
        """Go on until nothing changes, then note every use once."""
        for node in self.diagram.root.nodes.values():
            if node.kind == "startEvent":
                self._seed(node.id, _given(self, node))
        finished = self._settle()
        while finished and (unlikely := _never_taken(self)):  # to be looked at too, though no value leads there
            for flow in unlikely:
                self.flows[flow.id] = self.entered[flow.source]
                self._again(flow.target)
            finished = self._settle()
        known = Known(self.map, dict(self.entered), [], _final(self), finished)
        for node in self.map.nodes.values():
            if node.id in self.entered:
                known.uses += _uses(self, node)
        return known

    def _settle(self) -> bool:
        while self.queue:
            identifier = self.queue.popleft()
            self.waiting.discard(identifier)
            self._pass(self.map.nodes[identifier])
            if self.work > MOST_WORK:
                return False
        return True

    def _again(self, identifier: str) -> None:
        if identifier not in self.waiting:
            self.waiting.add(identifier)
            self.queue.append(identifier)

    def _seed(self, identifier: str, environment: Environment) -> None:
        before = self.seeds.get(identifier)
        now = environment if before is None else meet(before, environment)
        if not same(before, now):
            self.seeds[identifier] = now
            self._again(identifier)

    def _entry(self, node: Node) -> Environment | None:
        """What is known where the node begins."""
        scope = self.map.scope_of[node.id]
        incoming = scope.incoming(node.id)
        found = [self.flows[flow.id] for flow in incoming if flow.id in self.flows]
        if node.id in self.seeds:
            found.append(self._with_notes(node, scope))
        if not found:
            return None
        if node.kind == "parallelGateway" and len(incoming) > 1:
            return join(found)
        entry = found[0]
        for each in found[1:]:
            entry = meet(entry, each)
        return entry

    def _with_notes(self, node: Node, scope: Scope) -> Environment:
        seed, notes = self.seeds[node.id], self.noted.get(scope.id)
        if notes is None or node.kind != "startEvent":
            return seed
        return seed.set({name: maybe(shape) for name, shape in notes.variables.items()})

    def _pass(self, node: Node) -> None:
        entry = self._entry(node)
        if entry is None:
            return
        self.work += _SAME_FOR_ALL + len(entry.variables)
        if same(self.entered.get(node.id), entry) and node.kind != "subProcess":
            return
        self.entered[node.id] = entry
        scope = self.map.scope_of[node.id]
        self._learn_inside(scope, entry)
        any_turn = entry if node.loop is None or node.inner else meet(entry, self.effects.of(node, entry).after)
        for identifier, seen in catching.caught_from(self.map, node, any_turn, self.catalog):
            self._seed(identifier, seen)
        if node.inner is not None:
            self._into(node, entry)
            return
        after = entry if _is_root_start(self, node) else self.effects.of(node, entry).after
        self._on(node, scope, after)

    def _into(self, node: Node, entry: Environment) -> None:
        _begin_turn(self, node, entry)
        self._out_of(node)

    def _replace_seed(self, identifier: str, environment: Environment) -> None:
        if not same(self.seeds.get(identifier), environment):
            self.seeds[identifier] = environment
            self._again(identifier)

    def _on(self, node: Node, scope: Scope, after: Environment) -> None:
        """Lead what is known on along the flows, or to the end of the scope."""
        outgoing = scope.outgoing(node.id)
        for flow, seen in choosing.behind(node, outgoing, after):
            if seen is not None and not same(self.flows.get(flow.id), seen):
                self.flows[flow.id] = seen
                self._again(flow.target)
        if not outgoing and not catching.leaves(node):
            self._end(scope, node.id, after)

    def _end(self, scope: Scope, node: str, after: Environment) -> None:
        ends = self.ends.setdefault(scope.id, {})
        if not same(ends.get(node), after):
            ends[node] = after
            holder = self.map.holder.get(scope.id)
            if holder is not None:
                self._out_of(holder)

    def _out_of(self, node: Node) -> None:
        """A sub-process that has ended goes on, or, if it stands beside, leaves what it learnt."""
        assert node.inner is not None
        before, ends = self.entered.get(node.id), self.ends.get(node.inner.id)
        if before is None or not ends:
            return
        scope = self.map.scope_of[node.id]
        after = self.effects.leave(node, before, _over(self, node.inner)).after
        if node.loop is not None:
            _begin_turn(self, node, meet(before, after))
        if not node.by_event:
            self._on(node, scope, after)
        elif catching.interrupts(node):
            self._end(scope, node.id, after)
        else:
            self._note(scope, before, after)

    def _note(self, scope: Scope, before: Environment, after: Environment) -> None:
        new = {name: shape for name, shape in after.variables.items() if before.variables.get(name) != shape}
        known = self.noted.get(scope.id, EMPTY)
        now = meet(known, Environment(new)) if known.variables else Environment(new)
        if new and not same(known, now):
            self.noted[scope.id] = now
            for node in scope.nodes.values():
                if node.kind == "startEvent":
                    self._again(node.id)

    def _learn_inside(self, scope: Scope, entry: Environment) -> None:
        """What may be known while a scope runs is what its event sub-processes and border events begin with."""
        if scope.id not in self.watched:
            return
        before = self.inside.get(scope.id)
        now = entry if before is None else meet(before, entry)
        if same(before, now):
            return
        self.inside[scope.id] = now
        for node in scope.nodes.values():
            if node.by_event:
                self._seed(node.id, now)
        holder = self.map.holder.get(scope.id)
        if holder is None or holder.by_event or holder.multi is not None:
            return
        local = [each.name for each in holder.element.inputs] + (["loop_counter"] if holder.loop else [])
        outside = now.without(local, self.entered.get(holder.id, EMPTY))
        for boundary in catching.from_outside(self.map, holder):
            self._seed(boundary.id, outside)
        self._learn_inside(self.map.scope_of[holder.id], outside)


def _begin_turn(work: Analysis, node: Node, before: Environment) -> None:
    """What a sub-process begins with, in its first turn or a later one."""
    assert node.inner is not None
    inner = work.effects.of(node, before).inner if not node.by_event else before
    for each in node.inner.nodes.values():
        if each.kind == "startEvent" and inner is not None:
            work._replace_seed(each.id, inner)


def _given(work: Analysis, start: Node) -> Environment:
    """The data an instance begins with; open where nobody has said."""
    said = declared(start.element)
    if said is None and work.catalog is not None:
        told = work.catalog.starts
        said = told.get(start.id, None if start.events else told.get(""))
    return Environment({}, True) if said is None else Environment(dict(said))


def _is_root_start(work: Analysis, node: Node) -> bool:
    return node.kind == "startEvent" and work.map.scope_of[node.id] is work.diagram.root


def _over(work: Analysis, scope: Scope) -> Environment:
    starts = [work.entered[node.id] for node in scope.nodes.values() if node.id in work.entered and
              node.kind == "startEvent"]  # fmt: skip
    begun = frozenset.intersection(*(each.certain() for each in starts)) if starts else frozenset()
    return settle(list(work.ends[scope.id].values()), begun | work.certainty.names(scope.id))


def _final(work: Analysis) -> Environment:
    return _over(work, work.diagram.root) if work.diagram.root.id in work.ends else EMPTY


def _never_taken(work: Analysis) -> list[Flow]:
    flows = (flow for scope in work.diagram.root.scopes() for flow in scope.flows.values())
    return [flow for flow in flows if flow.source in work.entered and flow.id not in work.flows]


def _uses(work: Analysis, node: Node) -> list[Use]:
    """Every text of an element and of the flows behind it, with what is known there at last."""
    entry, scope = work.entered[node.id], work.map.scope_of[node.id]
    effect = work.effects.of(node, entry)
    found = [] if _is_root_start(work, node) else list(effect.uses)
    after = effect.after
    if node.inner is not None and work.ends.get(node.inner.id):
        left = work.effects.leave(node, entry, _over(work, node.inner))
        found += left.uses
        after = left.after
    return found + list(choosing.uses(node, scope.outgoing(node.id), after))
