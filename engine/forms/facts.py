"""What a form asks and can answer, as the checks of diagrams want to know it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from engine.bpmn.checks.facts import FieldFacts, FormFacts
from engine.bpmn.checks.variables.shapes import ANY, Shape, listed, literals, maybe, nullable, of
from engine.bpmn.expressions import ExpressionError, parse_value
from engine.errors import DefinitionError
from engine.forms.components import Component, Field, Group
from engine.forms.conditions import Condition, names
from engine.forms.reading import read_form
from engine.forms.text import slots

BOUND = "document."
OPINION = "opinion."
OUTAGE = "outage."
_PICKED = {
    "person": "person",
    "people": "person",
    "unit": "unit",
    "units": "unit",
    "agency": "agency",
    "agencies": "agency",
    "document": "document",
    "register": "register",
    "dossier": "dossier",
}


def form_facts(schema: Any) -> FormFacts:
    """What a form-js schema asks; one that can't be read is there but unknown."""
    try:
        form = read_form(json.dumps(schema, ensure_ascii=False).encode())
    except (DefinitionError, ValueError, TypeError, RecursionError):
        return FormFacts(known=False)
    written = {str(item.get("key")): item for item in _items(schema)}
    fields = {each.key: _field(each, written.get(each.key, {})) for each in form.fields}
    reads = {name.split(".")[0] for name in _reads(form.parts)}
    for item in written.values():
        reads |= _defaults(item)
    return FormFacts(fields, frozenset(reads - set(fields)))


def _items(schema: Any) -> Iterator[Mapping[str, Any]]:
    stack = list(schema.get("components", []))
    while stack:
        item = stack.pop()
        if isinstance(item, Mapping):
            stack.extend(item.get("components") or [])
            if item.get("key"):
                yield item


def _field(question: Field, item: Mapping[str, Any]) -> FieldFacts:
    properties = item.get("properties") or {}
    bound = str(properties.get("bind") or "")
    hidden_by = frozenset().union(*(names(condition) for condition in question.hidden_when))
    away = bool(question.hidden_when) or question.readonly
    shape = _answer(question)
    return FieldFacts(
        kind=question.kind,
        shape=maybe(shape, hidden_by) if away else shape,
        required=question.limits.required,
        bound=bound.removeprefix(BOUND) if bound.startswith((BOUND, OPINION, OUTAGE)) else None,
        label=question.label,
        hidden_by=hidden_by,
        readonly=question.readonly,
    )


def _answer(question: Field) -> Shape:
    """What an answer to the question becomes in process data."""
    required = question.limits.required
    if question.kind == "dues":
        return of("map")
    if question.picker is not None:
        one = of(_PICKED[question.picker.kind])
        return listed(one) if question.limits.several else one if required else nullable(one)
    if question.kind in ("select", "radio", "checklist"):
        options = ANY if question.options_from else literals(option.value for option in question.options)
        return (
            listed(options)
            if question.limits.several
            else options
            if required or not options.known
            else nullable(options)
        )
    if question.kind == "checkbox":
        return literals([True] if required else [True, False])
    if question.kind in ("date", "time", "datetime"):
        return of("time") if required else nullable(of("time"))
    if question.kind == "number":
        number = of("whole") if question.limits.decimals == 0 else of("whole", "decimal")
        return number if required else nullable(number)
    return of("list") if question.kind == "file" else of("text")


def _reads(parts: tuple[Component, ...]) -> Iterator[str]:
    """Names that labels, texts, conditions, options and pickers look up."""
    for part in parts:
        yield from _conditions(part.hidden_when)
        if isinstance(part, Group):
            yield from slots(part.label)
            yield from _reads(part.parts)
        elif isinstance(part, Field):
            yield from slots(part.label)
            yield from slots(part.help)
            if part.options_from:
                yield part.options_from
            for text in (part.picker.narrowing if part.picker else {}).values():
                yield from slots(text)
        else:
            yield from slots(part.text)


def _conditions(conditions: tuple[Condition, ...]) -> Iterator[str]:
    for condition in conditions:
        yield from names(condition)


def _defaults(item: Mapping[str, Any]) -> frozenset[str]:
    default = (item.get("properties") or {}).get("default")
    try:
        return parse_value(default).names if isinstance(default, str) else frozenset()
    except ExpressionError:
        return frozenset()
