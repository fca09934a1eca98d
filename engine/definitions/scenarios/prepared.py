"""A bundle parsed for walking: the real core, forms and tables; kept for a few contents, since drafts change often."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

from engine.bpmn import decisions, procedure
from engine.bpmn.dialect import Node
from engine.bpmn.reading import read
from engine.definitions.shipped import Bundle
from engine.errors import DefinitionError, Finding
from engine.forms.form import Form
from engine.forms.reading import read_form

BOUND = ("document.", "opinion.", "outage.")
MOST_ELEMENTS = 3_000  # larger ones would take longer to prepare than anybody waits


@dataclass(frozen=True, slots=True)
class Prepared:
    """One procedure ready to be walked."""

    key: str
    procedure: procedure.Procedure
    forms: Mapping[str, Form]
    bound: Mapping[str, frozenset[str]]  # form → answers that go to the document instead of the process data
    tables: Mapping[str, decisions.DecisionTable]
    nodes: Mapping[str, Node]
    flows: frozenset[str]

    def title(self, element: str) -> str:
        """How a sentence names an element: by its name where it has one."""
        node = self.nodes.get(element)
        return f"“{node.element.name}” ({element})" if node is not None and node.element.name else f"“{element}”"


_KEPT = 60
_made: OrderedDict[str, Prepared] = OrderedDict()
_lock = Lock()


def prepare(bundle: Bundle) -> Prepared:
    """Parse a bundle; the same content gives the same object. DefinitionError with findings when a part of it can't be
    run.
    """
    parts = Bundle(bundle.key, bundle.name, bundle.diagram, bundle.forms, bundle.decisions).content_hash
    with _lock:
        if (known := _made.get(parts)) is not None:
            _made.move_to_end(parts)
            return known
    made = _prepare(bundle)
    with _lock:
        _made[parts] = made
        while len(_made) > _KEPT:
            _made.popitem(last=False)
    return made


def _prepare(bundle: Bundle) -> Prepared:
    nodes, flows = _drawn(bundle.diagram)
    if len(nodes) > MOST_ELEMENTS:
        sentence = f"Sơ đồ có {len(nodes)} phần tử; kịch bản chỉ chạy được với sơ đồ tới {MOST_ELEMENTS} phần tử."
        raise DefinitionError([Finding(bundle.key, "scenarios.size", sentence)])
    compiled = procedure.compile(bundle.diagram)
    tables: dict[str, decisions.DecisionTable] = {}
    for text in bundle.decisions.values():
        tables.update(decisions.read_decisions(_text(text).encode()))
    forms = {key: read_form(json.dumps(schema, ensure_ascii=False).encode()) for key, schema in bundle.forms.items()}
    bound = {key: frozenset(_bound(schema)) for key, schema in bundle.forms.items()}
    return Prepared(bundle.key, compiled, forms, bound, tables, nodes, flows)


@lru_cache(maxsize=60)
def _drawn(diagram: bytes) -> tuple[Mapping[str, Node], frozenset[str]]:
    """The elements and flows as they are drawn, before they are rewritten to run."""
    found = read(diagram)
    flows = frozenset(flow for scope in found.root.scopes() for flow in scope.flows)
    return {node.id: node for node in found.nodes()}, flows


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise DefinitionError([Finding("", "readable.table", "Bảng quyết định phải là văn bản XML.")])
    return raw


def _bound(part: Any) -> set[str]:
    """The keys of questions whose answer is put on the document (`properties.bind`)."""
    found: set[str] = set()
    components = part.get("components", []) if isinstance(part, Mapping) else []
    for component in components if isinstance(components, list) else []:
        if not isinstance(component, Mapping):
            continue
        found |= _bound(component)
        properties = component.get("properties")
        bind = properties.get("bind", "") if isinstance(properties, Mapping) else ""
        if str(bind).startswith(BOUND) and component.get("key"):
            found.add(str(component["key"]))
    return found
