"""Check a diagram and say shortly what was found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from engine.bpmn.checks import check
from tests.engine.bpmn.diagrams import tag


@dataclass(frozen=True)
class Names:
    """A catalog with one operation, one form and one table."""

    operations: Mapping[str, Mapping[str, bool]] = field(
        default_factory=lambda: {"documents.register": {"document": True, "register": False}}
    )
    forms: Collection[str] = frozenset({"accept"})
    decisions: Collection[str] = frozenset({"routing"})


def found(xml: bytes, catalog: Names | None = None) -> list[tuple[str, str]]:
    """Element and rule of every finding."""
    return [(each.element, each.rule) for each in check(xml, catalog)]


def sentences(xml: bytes, catalog: Names | None = None) -> list[str]:
    """What a person would read."""
    return [each.sentence for each in check(xml, catalog)]


def work(id: str, *children: str, **attributes: object) -> str:
    """A user task nobody could object to."""
    return tag("userTask", id, *children, name=id.upper(), camunda__assignee="x", **attributes)
