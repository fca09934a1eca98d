"""A DMN file as an outline: decisions, their columns and their rules, each cell under the column it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from engine.bpmn.reading import read_xml
from engine.definitions.comparison.diagrams import shape
from engine.definitions.comparison.outline import PARENT, Facet, Item
from engine.errors import DefinitionError, Finding

ROOT = ""
COLUMNS = {"input": "inputEntry", "output": "outputEntry"}
_OF_THE_FILE = frozenset({"id", "exporter", "exporterVersion"})


def outline(text: Any) -> dict[str, Item]:
    """The outline of a DMN file; DefinitionError when it can't be read or an id stands twice."""
    if not isinstance(text, str):
        raise _refusal("", "Nội dung không phải tệp bảng quyết định.")
    return outline_of(read_xml(text.encode()))


def outline_of(root: Any) -> dict[str, Item]:
    """The outline of a DMN file that was read already."""
    name = etree.QName(root)
    if name.localname != "definitions" or "/spec/DMN/" not in (name.namespace or ""):
        raise _refusal("", "Tệp này không phải bảng quyết định DMN.")
    found: dict[str, Item] = {ROOT: Item(ROOT, "definitions", "", _facets(root, {"decision"}), node=root)}
    for decision in children(root, "decision"):
        for item in _decision(decision):
            if item.id in found:
                raise _refusal(item.id, f"Mã “{item.id}” được dùng cho hai phần của bảng.")
            found[item.id] = item
    return found


def children(node: Any, *names: str) -> list[Any]:
    """Children with one of these names, whatever the edition of the standard."""
    return [child for child in node if isinstance(child.tag, str) and etree.QName(child).localname in names]


def table_of(decision: Any) -> Any:
    """The decision table drawn in a decision, or None."""
    return next(iter(children(decision, "decisionTable")), None)


def row_id(decision: str, kind: str, node: Any, place: int) -> str:
    """What a column or rule is found again by: its id, else its place in the table."""
    return str(node.get("id") or f"{decision}:{kind}:{place}")


def _decision(decision: Any) -> list[Item]:
    identifier = decision.get("id") or ""
    if not identifier:
        raise _refusal("", "Bảng quyết định chưa có mã.")
    table = table_of(decision)
    facets = _facets(decision, {"decisionTable"} if table is not None else set())
    facets[PARENT] = Facet(ROOT)
    if table is None:
        return [Item(identifier, "decision", decision.get("name") or identifier, facets, node=decision)]
    facets |= {f"table {name}": facet for name, facet in _facets(table, {*COLUMNS, "rule"}).items()}
    found: list[Item] = []
    columns: dict[str, list[tuple[str, str]]] = {}
    for kind in COLUMNS:
        columns[kind] = []
        for place, node in enumerate(children(table, kind), 1):
            name = row_id(identifier, kind, node, place)
            label = " ".join((node.get("label") or node.get("name") or said(node) or name).split())
            columns[kind].append((name, label))
            own = _facets(node, set()) | {PARENT: Facet(identifier, needs=frozenset({identifier}))}
            found.append(Item(name, kind, label, own, node=node))
    rules = [_rule(identifier, node, place, columns) for place, node in enumerate(children(table, "rule"), 1)]
    inside = tuple(item.id for item in (*found, *rules))
    name = decision.get("name") or identifier
    return [Item(identifier, "decision", name, facets, children=inside, node=decision), *found, *rules]


def _rule(decision: str, node: Any, place: int, columns: Mapping[str, list[tuple[str, str]]]) -> Item:
    facets = {PARENT: Facet(decision, needs=frozenset({decision}))}
    for part in children(node, "description", "extensionElements", "annotationEntry"):
        name = etree.QName(part).localname
        before = facets.get(name, Facet(()))
        facets[name] = Facet((*before.value, shape(part)), said(part), [*(before.source or []), part])
    for kind, entry in COLUMNS.items():
        for (column, label), cell in zip(columns[kind], children(node, entry), strict=False):
            text = said(cell)
            leans = frozenset({column} if text not in ("", "-") else ())
            facets[f"cell {column}"] = Facet((text, cell.get("expressionLanguage")), text, (label, cell), leans=leans)
    return Item(row_id(decision, "rule", node, place), "rule", f"dòng {place}", facets, node=node)


def _facets(node: Any, apart: set[str]) -> dict[str, Facet]:
    found = {
        f"@{name}": Facet(value, " ".join(value.split()), value)
        for name, value in node.attrib.items()
        if name not in _OF_THE_FILE
    }
    parts: dict[str, list[Any]] = {}
    for child in node:
        if isinstance(child.tag, str) and etree.QName(child).localname not in apart:
            name = etree.QName(child).localname
            parts.setdefault("layout" if name == "DMNDI" else f"child {name}", []).append(child)
    for name, those in parts.items():
        found[name] = Facet(tuple(shape(part) for part in those), "; ".join(said(part) for part in those), those)
    return found


def said(node: Any) -> str:
    """The words of a cell, a column or a note."""
    return " ".join("".join(node.itertext()).split())


def _refusal(element: str, sentence: str) -> DefinitionError:
    return DefinitionError([Finding(element, "decision.xml", sentence)])
