"""What a procedure wants from whoever calls it, and what it gives back."""

from __future__ import annotations

from engine.bpmn.checks.facts import Knowledge, ProcedureFacts
from engine.bpmn.checks.rules import Subject, as_run
from engine.bpmn.checks.variables.analysis import analysis
from engine.bpmn.checks.variables.declared import declared
from engine.bpmn.reading import read, read_xml
from engine.bpmn.reading.support import refusals
from engine.errors import DefinitionError


def summary(xml: bytes, catalog: Knowledge) -> ProcedureFacts:
    """The facts of a procedure as its callers need them; nothing known of one that can't be run."""
    try:
        diagram = read(xml)
        if refusals(diagram):
            return ProcedureFacts(name=diagram.name)
        subject = Subject(xml, read_xml(xml), diagram, catalog)
    except DefinitionError:
        return ProcedureFacts()
    starts = [node for node in as_run(xml).root.nodes.values() if node.kind == "startEvent" and not node.events]
    takes = declared(starts[0].element) if len(starts) == 1 else None
    known = analysis(subject)
    told = known.finished and not known.final.open
    return ProcedureFacts(
        needs=frozenset(name for name, shape in (takes or {}).items() if not shape.optional),
        takes=takes,
        gives=known.final.variables if told else None,
        name=diagram.name,
    )
