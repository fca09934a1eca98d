"""What passing an element does to the variables, as the core does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.checks.rules import CheckCatalog
from engine.bpmn.checks.variables.declared import declared
from engine.bpmn.checks.variables.environment import Environment, meet, same
from engine.bpmn.checks.variables.evaluation import Evaluator, Use
from engine.bpmn.checks.variables.shapes import ANY, Shape, group, listed, maybe, of, present
from engine.bpmn.dialect import MultiInstance, Node
from engine.bpmn.spiff.texts import named

WAITS = frozenset({"userTask", "serviceTask", "businessRuleTask", "callActivity"})
_PEOPLE = ("assignee", "candidateGroups", "candidateUsers", "dueDate", "priority")
_NAMED = {"serviceTask": "topic", "businessRuleTask": "decisionRef", "callActivity": "calledElement"}
_COUNTS: Mapping[str, Shape] = {"nr_of_instances": of("whole"), "nr_of_completed": of("whole")}
_TURNS = 8  # of a loop, until what a task sets settles
ANYTHING = Shape(frozenset({"map"}))  # a result nobody has declared


@dataclass(frozen=True, slots=True)
class Effect:
    """The variables after an element, and every text that was worked out on the way."""

    after: Environment
    uses: tuple[Use, ...]
    inner: Environment | None = None  # what a sub-process begins with


class Effects:
    """Applies the elements of one diagram."""

    def __init__(self, catalog: CheckCatalog | None) -> None:
        self.catalog = catalog

    def of(self, node: Node, before: Environment) -> Effect:
        """Pass one element; for a sub-process only what is done on the way in."""
        seen = Evaluator(node.id)
        if node.kind == "subProcess":
            return self._enter(node, before, seen)
        if node.kind in WAITS:
            after = self._wait(node, before, seen)
            if node.loop is not None:
                after = self._turns(node, before, after, seen)
        elif node.kind in ("sendTask", "intermediateThrowEvent", "endEvent"):
            after = self._throw(node, before, seen)
        elif node.events:
            after = self._catch(node, before, seen)
        else:
            after = before
        return Effect(after, tuple(seen.uses))

    def leave(self, node: Node, before: Environment, inside: Environment) -> Effect:
        """Come out of a sub-process that began with `before` and ended knowing `inside`."""
        seen, element = Evaluator(node.id), node.element
        local = [each.name for each in element.inputs]
        if node.multi is not None:
            after = before.set(_collected(node.multi, ANY))
            seeing = after.set({"results": listed()})
        else:
            after = inside.without([*local, *(["loop_counter"] if node.loop else [])], before)
            seeing = inside
        if element.outputs:
            after = after.set(seen.assignments("output", element.outputs, seeing))
        if node.loop is not None and node.loop.condition:
            seen.value("loop", node.loop.condition, after.set({"loop_counter": of("whole")}))
        return Effect(after, tuple(seen.uses))

    def _enter(self, node: Node, before: Environment, seen: Evaluator) -> Effect:
        inner = self._items(node, before, seen)
        inner = inner.set(seen.assignments("input", node.element.inputs, before))
        return Effect(before, tuple(seen.uses), inner)

    def _items(self, node: Node, before: Environment, seen: Evaluator) -> Environment:
        """The variables of one turn: of a loop, or of an item."""
        multi = node.multi
        if multi is None:
            return before.set({"loop_counter": of("whole")}) if node.loop is not None else before
        item = of("whole")
        if multi.cardinality is not None:
            seen.value("cardinality", multi.cardinality, before)
        else:
            item = seen.value("collection", named(multi.collection or ""), before).item or ANY
        if multi.completion is not None:
            seen.value("completion", multi.completion, before.set({**_COUNTS, "results": listed()}))
        return before.set({multi.item_variable: present(item), "loop_counter": of("whole")})

    def _wait(self, node: Node, before: Environment, seen: Evaluator) -> Environment:
        element = node.element
        turn = self._items(node, before, seen)
        given = turn.set(seen.assignments("input", element.inputs, turn))
        for name in _PEOPLE:
            if text := element.attributes.get(name):
                seen.value(name, text, given)
        if text := element.attributes.get(_NAMED.get(node.kind, "")):
            seen.value(_NAMED[node.kind], text, given)
        result = self._result(node, given, seen)
        if node.multi is not None:
            return self._fan_in(node, before, result, seen)
        return self._settled(node, before, result, seen)

    def _turns(self, node: Node, before: Environment, after: Environment, seen: Evaluator) -> Environment:
        """What is known after any number of turns, where `after` is known after the first."""
        for _ in range(_TURNS):
            more = meet(after, self._wait(node, meet(before, after), Evaluator(node.id)))
            if same(after, more):
                break
            after = more
        else:  # many values that move on turn by turn: nothing is said of what the task sets
            set_here = (name for name, shape in after.variables.items() if before.variables.get(name) != shape)
            after = after.narrowed({name: Shape(optional=after.variables[name].optional) for name in set_here})
        self._wait(node, meet(before, after), seen)
        return after

    def _settled(self, node: Node, before: Environment, result: Shape, seen: Evaluator) -> Environment:
        element, after = node.element, before
        unknown = not result.sealed
        if node.kind == "callActivity":
            after = after.set(seen.passed("out", element.passes_out, Environment(result.fields, unknown)))
            if unknown and any(each.everything for each in element.passes_out):
                after = after.opened()
        elif node.kind == "businessRuleTask":
            variable = element.attributes.get("resultVariable")
            if variable:
                after = after.set({variable: result})
            elif not element.outputs:
                after = _given(after, result)
        if element.outputs:
            seeing = _given(after, result) if node.kind == "userTask" else after
            after = after.set(seen.assignments("output", element.outputs, seeing.set({"result": result})))
        elif node.kind == "userTask":
            after = _given(after, result)
        if node.loop is not None and node.loop.condition:
            seen.value("loop", node.loop.condition, after.set({"loop_counter": of("whole")}))
        return after

    def _fan_in(self, node: Node, before: Environment, result: Shape, seen: Evaluator) -> Environment:
        assert node.multi is not None
        after = before.set(_collected(node.multi, result))
        if node.element.outputs:
            seeing = after.set({"results": listed(result), "result": group({"results": listed(result)})})
            after = after.set(seen.assignments("output", node.element.outputs, seeing))
        return after

    def _result(self, node: Node, given: Environment, seen: Evaluator) -> Shape:
        """The answer somebody or something gives, and what they read for it."""
        attributes, catalog = node.element.attributes, self.catalog
        if node.kind == "userTask":
            return self._answers(attributes.get("formRef") or attributes.get("formKey") or "", given, seen)
        if node.kind == "callActivity":
            seen.passed("in", node.element.passes_in, given)
            procedures = None if catalog is None else catalog.procedures
            called = None if procedures is None else procedures.get(attributes.get("calledElement", ""))
            return ANYTHING if called is None or called.gives is None else group(called.gives)
        if node.kind == "serviceTask":
            facts = None if catalog is None else catalog.operations.get(attributes.get("topic", ""))
            return ANYTHING if facts is None or facts.results is None else group(facts.results)
        table = None if catalog is None else catalog.decisions.get(attributes.get("decisionRef", ""))
        if table is None or not table.known:
            return ANYTHING
        seen.names("table", iter(sorted(table.reads)), given, attributes["decisionRef"])
        return group(table.outputs)

    def _answers(self, form: str, given: Environment, seen: Evaluator) -> Shape:
        always = {"completed_by": of("person"), "completed_at": of("time")}
        if not form:
            return group(always)
        facts = None if self.catalog is None else self.catalog.forms.get(form.removesuffix(".form.json"))
        if facts is None or not facts.known:
            return Shape(frozenset({"map"}), fields=always)
        seen.names("form", iter(sorted(facts.reads - {"document", "opinion"})), given, form)
        asked = {name: each.shape for name, each in facts.fields.items() if not each.bound and not each.readonly}
        return group({**asked, **always})

    def _throw(self, node: Node, before: Environment, seen: Evaluator) -> Environment:
        element = node.element
        given = before.set(seen.assignments("input", element.inputs, before))
        if node.event is None or node.event.kind not in ("message", "signal"):
            return before
        seen.passed("in", element.passes_in, given)
        if correlation := element.properties.get("correlation"):
            seen.value("correlation", correlation, given)
        return before.set(seen.assignments("output", element.outputs, given)) if element.outputs else before

    def _catch(self, node: Node, before: Environment, seen: Evaluator) -> Environment:
        event, element = node.event, node.element
        assert event is not None
        if event.kind == "timer" and event.text:
            seen.value("timer", event.text, before, event.timer or "")
        if event.kind in ("message", "signal") and (correlation := element.properties.get("correlation")):
            seen.value("correlation", correlation, before)
        after = before
        if event.code_variable:
            after = after.set({event.code_variable: of("text")})
        if event.message_variable:
            after = after.set({event.message_variable: of("text")})
        brought = _brought(node)
        if element.outputs:
            seeing = _given(after, brought).set({"result": brought})
            after = after.set(seen.assignments("output", element.outputs, seeing))
        elif event.kind in ("message", "signal"):
            after = _given(after, brought)
        return after


def _brought(node: Node) -> Shape:
    """What an event brings with it."""
    event = node.event
    if event is not None and event.kind in ("error", "escalation"):
        return group({"code": of("text"), "message": of("text")})
    if event is not None and event.kind == "timer":
        return group({})
    said = declared(node.element)
    return ANYTHING if said is None else group(said)


def _given(before: Environment, result: Shape) -> Environment:
    """The variables together with everything in a result."""
    after = before.set(result.fields)
    return after if result.sealed else after.opened()


def _collected(multi: MultiInstance, result: Shape) -> dict[str, Shape]:
    if not multi.output:
        return {}
    one = result
    if multi.output_item:
        found = result.fields.get(multi.output_item)
        one = ANY if found is None else maybe(found)
    return {multi.output: listed(present(one))}
