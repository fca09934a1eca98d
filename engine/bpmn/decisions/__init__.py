"""Decision tables (DMN 1.3): read once from XML, worked out with the data of an instance."""

from engine.bpmn.decisions.reading import read_decisions
from engine.bpmn.decisions.table import DecisionError, DecisionTable, Rule

__all__ = ["DecisionError", "DecisionTable", "Rule", "read_decisions"]
