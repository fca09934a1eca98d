"""Which question of which form a value comes from, as far as the mappings say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.bpmn.checks.facts import FieldFacts
from engine.bpmn.checks.law.case import Case
from engine.bpmn.dialect import Node

_NAME = re.compile(r"\b[a-z_][a-zA-Z0-9_]*\b")
_ANSWER = re.compile(r"\bresult\.([a-z_][a-zA-Z0-9_]*)")


def questions(case: Case, element: str, value: Any) -> Iterator[tuple[Node, FieldFacts]]:
    """The tasks before an element, with the questions, that give what its input `value` reads."""
    if not isinstance(value, str) or "${" not in value or case.catalog is None:
        return
    names = set(_NAME.findall(value))
    for task in case.tasks:
        facts = case.catalog.forms.get(task.element.attributes.get("formRef", ""))
        if facts is None or element not in case.paths.reached([task.id]):
            continue
        for output in task.element.outputs:
            asked = _ANSWER.findall(output.value) if output.name in names and isinstance(output.value, str) else ()
            yield from ((task, facts.fields[name]) for name in dict.fromkeys(asked) if name in facts.fields)


def optional(case: Case, element: str, value: Any) -> Iterator[tuple[Node, FieldFacts]]:
    """Those of the questions that may be left unanswered."""
    yield from ((task, field) for task, field in questions(case, element, value) if not field.required)
