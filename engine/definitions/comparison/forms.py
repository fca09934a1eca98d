"""A form-js schema as an outline: one item per component, found again by its key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from engine.definitions.comparison.outline import PARENT, Facet, Item
from engine.errors import DefinitionError, Finding

ROOT = ""
INSIDE = "components"
MAX_DEPTH = 50
_OF_THE_FILE = frozenset({"exporter", "executionPlatform", "executionPlatformVersion"})


def outline(schema: Any) -> dict[str, Item]:
    """The outline of a form; DefinitionError when it isn't one, or one key stands twice."""
    if not isinstance(schema, Mapping):
        raise _refusal("", "Nội dung không phải biểu mẫu form-js.")
    found: dict[str, Item] = {}
    for component, parent, identifier in components(schema, "", ROOT, 0):
        if identifier in found:
            raise _refusal(identifier, f"Ô “{identifier}” đứng hai lần trong biểu mẫu.")
        found[identifier] = _item(component, parent, identifier)
    return found


def components(
    component: Mapping[str, Any], parent: str, identifier: str, depth: int
) -> Iterator[tuple[Mapping[str, Any], str, str]]:
    """The component itself and every one inside it, with the ids of the ones around them; DefinitionError."""
    if depth > MAX_DEPTH:
        raise _refusal(identifier, f"Biểu mẫu lồng nhau quá {MAX_DEPTH} lớp.")
    yield component, parent, identifier
    for child in inside(component):
        yield from components(child, identifier, name_of(child), depth + 1)


def inside(component: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The components directly inside one; DefinitionError when what stands there isn't a list of components."""
    children = component.get(INSIDE, [])
    if not isinstance(children, list) or not all(isinstance(child, Mapping) for child in children):
        raise _refusal(name_of(component), "Danh sách ô của biểu mẫu không đúng dạng.")
    return children


def name_of(component: Mapping[str, Any]) -> str:
    """What a component is found again by: the key of its value, else its id."""
    key, identifier = component.get("key"), component.get("id")
    if isinstance(key, str) and key:
        return key
    if isinstance(identifier, str) and identifier:
        return f"#{identifier}"
    raise _refusal("", "Có ô trong biểu mẫu chưa có khóa (key) và mã (id).")


def _item(component: Mapping[str, Any], parent: str, identifier: str) -> Item:
    facets = {
        f"@{name}": Facet(_plain(value), said(value), value)
        for name, value in component.items()
        if name != INSIDE and (identifier != ROOT or name not in _OF_THE_FILE)
    }
    if identifier != ROOT:
        facets[PARENT] = Facet(parent, parent, needs=frozenset({parent} - {ROOT}))
    children = tuple(name_of(child) for child in inside(component))
    label = component.get("label") or component.get("text") or ""
    return Item(identifier, str(component.get("type", "")), _short(label), facets, children, component)


def said(value: Any) -> str:
    """A value of a schema as people read it."""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, str | int | float):
        return _short(value)
    if isinstance(value, list) and value and all(isinstance(each, Mapping) and "label" in each for each in value):
        return ", ".join(_short(each["label"]) for each in value)
    return _short(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str))


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 200 else text[:199] + "…"


def _refusal(element: str, sentence: str) -> DefinitionError:
    return DefinitionError([Finding(element, "forms.shape", sentence)])
