"""The data a start or an event says it brings: its property `data`, as `document_id:document urgency:whole reason?`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.bpmn.checks.variables.shapes import ANY, KINDS, Shape, listed, maybe, of
from engine.bpmn.dialect import Element

_NAME = re.compile(r"([A-Za-z_]\w*)(?::([a-z]+))?(\?)?", re.ASCII)


def declared(element: Element) -> Mapping[str, Shape] | None:
    """Names and shapes the property tells, None without it; what can't be read is left out (`wrong` tells it)."""
    text = element.properties.get("data")
    if text is None:
        return None
    found: dict[str, Shape] = {}
    for word in _words(text):
        match = _NAME.fullmatch(word)
        if match is not None and (match[2] is None or match[2] in KINDS):
            shape = ANY if match[2] is None else listed() if match[2] == "list" else of(match[2])
            found[match[1]] = maybe(shape) if match[3] else shape
    return found


def wrong(element: Element) -> list[str]:
    """Words of the property that say nothing."""
    matches = ((word, _NAME.fullmatch(word)) for word in _words(element.properties.get("data", "")))
    return [word for word, match in matches if match is None or not (match[2] is None or match[2] in KINDS)]


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()
