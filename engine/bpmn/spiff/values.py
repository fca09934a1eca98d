"""Variables around a token: what its expressions see, what it is given, what it leaves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.bpmn.dialect import Element, MultiInstance, Passing
from engine.bpmn.spiff.texts import Functions, Held, holds, named, stored, work_out

MAX_ITEMS = 10_000  # of a multi-instance activity


def readable(value: Any) -> str:
    """A value inside a sentence."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}…"


def inputs(element: Element, variables: Mapping[str, Any], functions: Functions) -> dict[str, Any]:
    """The input parameters, each seeing those before it."""
    found: dict[str, Any] = {}
    for each in element.inputs:
        found[each.name] = stored(work_out(each.value, {**variables, **found}, functions), each.name)
    return found


def outputs(element: Element, variables: Mapping[str, Any], functions: Functions) -> dict[str, Any]:
    """The output parameters, each seeing those before it."""
    found: dict[str, Any] = {}
    for each in element.outputs:
        found[each.name] = stored(work_out(each.value, {**variables, **found}, functions), each.name)
    return found


def passed(passings: tuple[Passing, ...], variables: Mapping[str, Any], functions: Functions) -> dict[str, Any]:
    """What camunda:in or camunda:out hand over."""
    found: dict[str, Any] = {}
    for each in passings:
        if each.everything:
            found.update(stored(dict(variables), "all"))
        else:
            text = each.expression or named(each.source or "")
            target = each.target or each.source or ""
            found[target] = stored(work_out(text, variables, functions), target)
    return found


def items(multi: MultiInstance, variables: Mapping[str, Any], functions: Functions) -> list[Any]:
    """What a multi-instance activity runs over; raises Held."""
    if multi.cardinality is not None:
        number = work_out(multi.cardinality, variables, functions)
        if isinstance(number, str) and number.strip().isdigit():
            number = int(number)
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= MAX_ITEMS:
            raise Held("value", f"Số bản «{multi.cardinality}» phải là số nguyên từ 0 đến {MAX_ITEMS}.")
        return list(range(number))
    found = work_out(named(multi.collection or ""), variables, functions)
    if not isinstance(found, list | tuple):
        raise Held("value", f"«{multi.collection}» phải là một danh sách.")
    if len(found) > MAX_ITEMS:
        raise Held("value", f"«{multi.collection}» có {len(found)} mục; nhiều nhất {MAX_ITEMS} mục một lần.")
    return [stored(each, multi.item_variable) for each in found]


def picked(multi: MultiInstance, result: Any) -> Any:
    """What one instance contributes to the collected results."""
    if multi.output_item and isinstance(result, dict):
        return result.get(multi.output_item)
    return result


def completed(
    completion: str | None,
    results: list[Any],
    total: int,
    done: int,
    variables: Mapping[str, Any],
    functions: Functions,
) -> bool:
    """Whether a multi-instance activity may stop early; never before its first result."""
    if completion is None or not done:
        return False
    counted = {"nr_of_instances": total, "nr_of_completed": done, "results": results}
    return holds(completion, {**variables, **counted}, functions)


def texts(value: Any) -> tuple[str, ...]:
    """A list of names, or names with commas between, as a tuple."""
    if value is None:
        return ()
    parts = value if isinstance(value, list | tuple) else str(value).split(",")
    return tuple(text for text in (str(part).strip() for part in parts) if text)
