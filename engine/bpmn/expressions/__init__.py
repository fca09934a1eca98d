"""Conditions and mappings of diagrams: CEL, read once and evaluated often."""

from engine.bpmn.expressions.compiled import (
    ALL_DATA,
    FUNCTION_NAMES,
    MAX_LENGTH,
    MAX_STEP_WORK,
    NO_FUNCTIONS,
    Expression,
    ExpressionError,
    Functions,
    Value,
    as_text,
    compile_expression,
    limited,
    parse_value,
)

__all__ = [
    "ALL_DATA",
    "FUNCTION_NAMES",
    "MAX_LENGTH",
    "MAX_STEP_WORK",
    "NO_FUNCTIONS",
    "Expression",
    "ExpressionError",
    "Functions",
    "Value",
    "as_text",
    "compile_expression",
    "limited",
    "parse_value",
]
