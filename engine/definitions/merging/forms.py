"""Writes a settled form outline as a form-js schema."""

from __future__ import annotations

from typing import Any

from engine.definitions.comparison.forms import INSIDE, ROOT
from engine.definitions.comparison.outline import PARENT, Outline
from engine.definitions.merging.threeway import Settled


def write(mine: Any, settled: Settled, own: Outline) -> Any:
    """The merged schema; values in the order the variant has them, what is new behind."""
    return _component(ROOT, settled, own)


def _component(identifier: str, settled: Settled, own: Outline) -> dict[str, Any]:
    facets = settled.items[identifier]
    made: dict[str, Any] = {}
    before = own[identifier].node if identifier in own else {}
    names = [*before, *(name[1:] for name in facets if name.startswith("@") and name[1:] not in before)]
    children = [_component(each, settled, own) for each in _inside(identifier, settled)]
    for name in names:
        if name == INSIDE:
            made[INSIDE] = children
        elif f"@{name}" in facets:
            made[name] = facets[f"@{name}"].source
        elif identifier == ROOT and f"@{name}" not in own[ROOT].facets:
            made[name] = before[name]  # what says which program wrote the file isn't compared
    if children and INSIDE not in made:
        made[INSIDE] = children
    return made


def _inside(identifier: str, settled: Settled) -> list[str]:
    """What stands in a component now: in the settled order, then what moved in from elsewhere."""
    here = [key for key, facets in settled.items.items() if key != ROOT and facets[PARENT].value == identifier]
    ordered = [each for each in settled.orders.get(identifier, ()) if each in here]
    return [*ordered, *(each for each in here if each not in ordered)]
