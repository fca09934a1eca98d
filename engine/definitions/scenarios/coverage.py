"""Which elements and flows of a diagram the scenarios pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.definitions.scenarios.prepared import prepare
from engine.definitions.scenarios.walking import Walked
from engine.definitions.shipped import Bundle
from engine.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Coverage:
    """Ids in the order of the alphabet: everything drawn, and what at least one scenario came through."""

    elements: tuple[str, ...]
    flows: tuple[str, ...]
    passed_elements: tuple[str, ...]
    passed_flows: tuple[str, ...]

    @property
    def missing_elements(self) -> tuple[str, ...]:
        """Elements no scenario comes to."""
        return tuple(sorted(set(self.elements) - set(self.passed_elements)))

    @property
    def missing_flows(self) -> tuple[str, ...]:
        """Flows no scenario takes."""
        return tuple(sorted(set(self.flows) - set(self.passed_flows)))

    @property
    def figure(self) -> str:
        """Both figures in words."""
        elements = f"{len(self.passed_elements)}/{len(self.elements)} phần tử"
        return f"{elements}, {len(self.passed_flows)}/{len(self.flows)} luồng"


def coverage(bundle: Bundle, walks: Iterable[Walked]) -> Coverage:
    """What these walks pass of a diagram; scenarios that fail count as far as they came. Empty for a diagram that
    can't be read.
    """
    try:
        prepared = prepare(bundle)
    except DefinitionError:
        return Coverage((), (), (), ())
    walked = list(walks)
    elements, flows = set(prepared.nodes), set(prepared.flows)
    passed = {element for each in walked for element in each.elements}
    taken = {flow for each in walked for flow in each.flows}
    return Coverage(
        tuple(sorted(elements)), tuple(sorted(flows)), tuple(sorted(passed & elements)), tuple(sorted(taken & flows))
    )
