"""The shipped procedures and their scenarios, walked by the walker of the platform (engine/definitions/scenarios)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from connectors.catalog import catalog
from engine.definitions.scenarios import Surroundings, Walked, walk
from engine.definitions.shipped import Bundle, read_all


@dataclass(frozen=True)
class Case:
    """One scenario of one shipped procedure."""

    key: str
    name: str

    @property
    def table(self) -> Mapping[str, Any]:
        """What its file says."""
        found: Mapping[str, Any] = bundles()[self.key].scenarios[self.name]
        return found

    def __str__(self) -> str:
        return f"{self.key}/{self.name}"


@lru_cache(maxsize=1)
def bundles() -> Mapping[str, Bundle]:
    """Every shipped procedure by key."""
    return {bundle.key: bundle for bundle in read_all()}


def scenarios(key: str) -> list[Case]:
    """The scenarios of a procedure, in the order of their file names."""
    return [Case(key, name) for name in bundles()[key].scenarios]


@lru_cache(maxsize=1)
def around() -> Surroundings:
    """What stands in for the outside: every operation answers as usual, every shipped procedure may be called."""
    return Surroundings(catalog(), bundles())


@lru_cache(maxsize=200)
def walked(case: Case) -> Walked:
    """One scenario, walked once in this process."""
    return walk(bundles()[case.key], case.name, case.table, around())
