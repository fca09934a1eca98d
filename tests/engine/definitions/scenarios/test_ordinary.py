"""Every operation has an ordinary result of its own type; the special values fit what operations really answer."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, get_args

import pytest

from engine.definitions.scenarios import ordinary
from engine.definitions.scenarios.ordinary import NoOrdinaryResult, ordinary_result, other_outcomes, result_fields
from engine.operations import Operation, _fits
from tests.catalog import catalog

EVERY = list(catalog())


@pytest.mark.parametrize("operation", EVERY, ids=lambda each: each.key)
def test_every_operation_has_an_ordinary_result_of_its_types(operation: Operation):
    expected, result = result_fields(operation), ordinary_result(operation)
    assert set(result) == set(expected)
    for name, annotation in expected.items():
        assert _of_type(result[name], annotation), name


def _of_type(value: Any, annotation: Any) -> bool:
    """Whether data has a type; lines of a dataclass are mappings with its names."""
    inner = get_args(annotation)
    if inner and is_dataclass(inner[0]) and isinstance(value, list):
        return all(set(each) == {field.name for field in fields(inner[0])} for each in value)
    return _fits(value, annotation)


@pytest.mark.parametrize("table", [ordinary.SPECIAL, ordinary.OTHERS], ids=["special", "others"])
def test_special_values_belong_to_operations_there_are(table: dict[str, Any]):
    assert set(table) <= {each.key for each in EVERY}


def test_other_results_have_the_names_and_types_of_the_operation():
    for key, others in ordinary.OTHERS.items():
        expected = result_fields(catalog().get(key))
        for other in others:
            assert set(other.step["answer"]) == set(expected)
            assert all(_fits(other.step["answer"][name], annotation) for name, annotation in expected.items())


def test_every_error_an_operation_declares_has_a_name_for_people():
    declared = {code for each in EVERY for code in each.errors}
    assert declared - set(ordinary.ERRORS) == set()


@dataclass(frozen=True)
class Nothing:
    """No input."""


def untyped(given: Nothing, work: Any) -> dict[str, Any]:
    """Answers something nobody knows."""
    return {}


def test_a_new_operation_without_a_typed_result_is_refused():
    operation = replace(EVERY[0], key="new.one", function=untyped)
    with pytest.raises(NoOrdinaryResult, match=r"new\.one"):
        ordinary_result(operation)


def test_what_reaches_outside_may_not_answer_at_all():
    sign, file = catalog().get("signing.sign"), catalog().get("documents.file")
    assert ordinary.TIMED_OUT in other_outcomes(sign)
    assert ordinary.TIMED_OUT not in other_outcomes(file)
    assert [each.step.get("error") for each in other_outcomes(file, ["own.code"])] == [
        "document.transition",
        "own.code",
    ]
    conclusions = [each.step["answer"]["conclusion"] for each in ordinary.OTHERS["signing.verify"]]
    assert "invalid" in conclusions
