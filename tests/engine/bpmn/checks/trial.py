"""Check a diagram and say shortly what was found."""

from __future__ import annotations

from typing import Any

from engine.bpmn.checks import check
from engine.bpmn.checks.facts import FormFacts, Knowledge, OperationFacts, ParameterFacts, TableFacts
from engine.bpmn.checks.rules import CheckCatalog
from engine.bpmn.checks.variables.shapes import ANY
from tests.engine.bpmn.diagrams import tag


def Names(**more: Any) -> Knowledge:  # noqa: N802 - reads as the thing it makes
    """A catalog with one operation, one form and one table; `more` replaces what it knows."""
    parameters = {"document": ParameterFacts(), "register": ParameterFacts(required=False)}
    known: dict[str, Any] = {
        "operations": {"documents.register": OperationFacts(parameters)},
        "forms": {"accept": FormFacts()},
        "decisions": {"routing": TableFacts()},
        "starts": {"": dict.fromkeys(("document", "form", "table"), ANY)},
    }
    return Knowledge(**{**known, **more})


def found(xml: bytes, catalog: CheckCatalog | None = None) -> list[tuple[str, str]]:
    """Element and rule of every finding."""
    return [(each.element, each.rule) for each in check(xml, catalog)]


def sentences(xml: bytes, catalog: CheckCatalog | None = None) -> list[str]:
    """What a person would read."""
    return [each.sentence for each in check(xml, catalog)]


def work(id: str, *children: str, **attributes: object) -> str:
    """A user task nobody could object to."""
    return tag("userTask", id, *children, **{"name": id.upper(), "camunda__candidateGroups": "clerk", **attributes})
