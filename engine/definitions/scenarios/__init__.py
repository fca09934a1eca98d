"""Scenarios of a procedure: answers and expectations that the real core, forms and tables walk; no database."""

from __future__ import annotations

from engine.definitions.scenarios.coverage import Coverage, coverage
from engine.definitions.scenarios.reading import Scenario, read_scenario
from engine.definitions.scenarios.recording import Standing, play
from engine.definitions.scenarios.surroundings import Limits, Surroundings
from engine.definitions.scenarios.walking import Walked, walk, walk_all

__all__ = [
    "Coverage",
    "Limits",
    "Scenario",
    "Standing",
    "Surroundings",
    "Walked",
    "coverage",
    "play",
    "read_scenario",
    "walk",
    "walk_all",
]
