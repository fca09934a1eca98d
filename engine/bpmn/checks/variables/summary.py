"""What a procedure wants from whoever calls it, and what it gives back."""

from __future__ import annotations

from engine.bpmn.checks.facts import Knowledge, ProcedureFacts
from engine.bpmn.reading import read
from engine.errors import DefinitionError


def summary(xml: bytes, catalog: Knowledge) -> ProcedureFacts:
    """The facts of a procedure as its callers need them; nothing known of one that can't be read."""
    try:
        diagram = read(xml)
    except DefinitionError:
        return ProcedureFacts()
    return ProcedureFacts(name=diagram.name)
