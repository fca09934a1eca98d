"""A BPMN file as an outline: everything with an id is an item, everything said about it a facet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.bpmn.dialect import BPMN, CAMUNDA
from engine.bpmn.reading import read_xml
from engine.definitions.comparison.outline import LAYOUT, PARENT, Facet, Item
from engine.definitions.comparison.words import KINDS
from engine.errors import DefinitionError, Finding

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
ROOT = ""  # the item of the file itself
_IN_BPMN, _IN_DI = f"{{{BPMN}}}", f"{{{DI}}}"  # how the tags of each begin

CONTAINERS = frozenset(
    {"definitions", "process", "subProcess", "transaction", "adHocSubProcess", "collaboration", "laneSet", "lane"}
    | {"childLaneSet", "category"}
)
DERIVED = frozenset({"incoming", "outgoing", "flowNodeRef"})  # said again elsewhere: by flows, by lanes
SAID_ELSEWHERE = frozenset({"id", "sourceRef", "targetRef", "exporter", "exporterVersion"})
REFERENCES = frozenset(
    {"messageRef", "signalRef", "errorRef", "escalationRef", "attachedToRef", "processRef", "categoryValueRef"}
    | {"dataObjectRef", "dataStoreRef"}
)


def outline(xml: bytes) -> dict[str, Item]:
    """The outline of a BPMN file; DefinitionError when it can't be read or an id stands twice."""
    return outline_of(read_xml(xml))


def outline_of(root: Any) -> dict[str, Item]:
    """The outline of a BPMN file that was read already."""
    if _bpmn(root) != "definitions":
        raise _refusal("", "Tệp này không phải sơ đồ BPMN 2.0.")
    inside = list(elements(root))
    names = {element.get("id"): " ".join(element.get("name", "").split()) for element, _ in inside}
    about = _About(memberships(root), drawings(root), names)
    found: dict[str, Item] = {ROOT: _item(root, "", about)}
    for element, parent in inside:
        identifier = element.get("id")
        if identifier in found:
            raise _refusal(identifier, f"Mã “{identifier}” được dùng cho hai phần tử.")
        found[identifier] = _item(element, parent, about)
    return found


def elements(root: Any) -> Iterator[tuple[Any, str]]:
    """Every XML element that is an item, with the id of the item around it, in the order of the file."""
    yield from _inside(root, _bpmn(root), ROOT)


def _inside(around: Any, kind: str, owner: str) -> Iterator[tuple[Any, str]]:
    for child in around:
        name = _bpmn(child)
        if _stands_alone(child, name, kind):
            yield child, owner
            if name in CONTAINERS:
                yield from _inside(child, name, child.get("id"))
        elif name == "childLaneSet":  # a box without a number of its own
            yield from _inside(child, name, owner)


def is_item(element: Any) -> bool:
    """Whether an XML element is compared by itself and not as a part of the one around it."""
    return _stands_alone(element, _bpmn(element), _bpmn(element.getparent()))


def _stands_alone(element: Any, name: str, around: str) -> bool:
    if not name or name in DERIVED or around not in CONTAINERS or not element.get("id"):
        return False
    if name.endswith("EventDefinition"):
        return around == "definitions"
    return not name.endswith("LoopCharacteristics") and name not in ("documentation", "extensionElements")


def shape(node: Any) -> Any:
    """An XML element as a value that is equal when the meaning is: no prefixes, no blanks between elements."""
    children = tuple(shape(child) for child in node if isinstance(child.tag, str))
    text = (node.text or "").strip() if children else (node.text or "").strip("\n\r\t")
    attributes = sorted((name, _unprefixed(name, value)) for name, value in node.attrib.items() if name != "id")
    return (node.tag, tuple(attributes), text, children)


def memberships(root: Any) -> Mapping[str, list[Any]]:
    """Id of a flow node → the lanes that say it stands in them."""
    found: dict[str, list[Any]] = defaultdict(list)
    for reference in root.iter(f"{{{BPMN}}}flowNodeRef"):
        found[(reference.text or "").strip()].append(reference.getparent())
    return found


def drawings(root: Any) -> Mapping[str, list[Any]]:
    """Id of an element → its shapes and edges on every plane of the file."""
    found: dict[str, list[Any]] = defaultdict(list)
    for plane in root.iter(f"{{{DI}}}BPMNPlane"):
        for drawn in plane:
            if isinstance(drawn.tag, str) and drawn.get("bpmnElement"):
                found[drawn.get("bpmnElement")].append(drawn)
    return found


def facet_parts(element: Any) -> Mapping[str, list[Any]]:
    """The children of an item's XML element that aren't items, under the name of the facet they make up."""
    parts: dict[str, list[Any]] = defaultdict(list)
    around = _bpmn(element)
    for child in element:
        name = _bpmn(child)
        if not isinstance(child.tag, str) or _stands_alone(child, name, around) or child.tag.startswith(_IN_DI):
            continue
        if name in DERIVED or name == "childLaneSet":
            continue
        if name == "extensionElements":
            for extension in child:
                if isinstance(extension.tag, str):
                    for facet, part in _extension_parts(extension):
                        parts[facet].append(part)
        else:
            parts[_part_name(name, child)].append(child)
    return parts


def _extension_parts(extension: Any) -> Iterator[tuple[str, Any]]:
    lists = {"properties": "property", "inputOutput": ""}
    qualified = etree.QName(extension)
    if qualified.namespace != CAMUNDA or qualified.localname not in lists:
        yield f"extension {extension.tag}", extension
        return
    for part in extension:
        if isinstance(part.tag, str):
            kind = etree.QName(part).localname
            label = {"inputParameter": "input", "outputParameter": "output"}.get(kind, kind)
            yield f"{label} {part.get('name') or part.get('id') or ''}", part


def _part_name(name: str, child: Any) -> str:
    if name == "documentation":
        return "documentation"
    if name == "conditionExpression":
        return "condition"
    if name.endswith("EventDefinition") or name == "eventDefinitionRef":
        return "event"
    if name.endswith("LoopCharacteristics"):
        return "loop"
    return f"child {child.tag}"


@dataclass(frozen=True, slots=True)
class _About:
    """What the rest of the file says of its elements."""

    lanes: Mapping[str, list[Any]]
    drawn: Mapping[str, list[Any]]
    names: Mapping[str, str]

    def name(self, identifier: str) -> str:
        return self.names.get(identifier) or identifier


def _item(element: Any, parent: str, about: _About) -> Item:
    kind = _bpmn(element)
    identifier = element.get("id") if parent or kind != "definitions" else ROOT
    facets: dict[str, Facet] = {}
    name = " ".join((element.get("name") or "").split())
    if identifier != ROOT:
        facets["kind"] = Facet(kind, KINDS.get(kind, kind))
        facets[PARENT] = Facet(parent, about.name(parent), needs=frozenset({parent} - {ROOT}))
        if element.get("sourceRef") or element.get("targetRef"):
            ends = (element.get("sourceRef", ""), element.get("targetRef", ""))
            text = f"{about.name(ends[0])} → {about.name(ends[1])}"
            facets["ends"] = Facet(ends, text, ends, frozenset(ends) - {""})
            name = name or text
    for key, value in element.attrib.items():
        if key not in SAID_ELSEWHERE:
            needs = frozenset({value} if key in REFERENCES and value else ())
            leans = frozenset({value} if key == "default" else ())
            facets[f"@{key}"] = Facet(value, " ".join(about.name(value).split()), value, needs, leans)
    for key, parts in facet_parts(element).items():
        facets[key] = Facet(tuple(shape(part) for part in parts), _text(parts), parts, _references(parts))
    if identifier in about.lanes:
        inside = about.lanes[identifier]
        ids = tuple(sorted({lane.get("id") or "" for lane in inside}))
        facets["lane"] = Facet(ids, ", ".join(about.name(each) for each in ids), ids, leans=frozenset(ids))
    if identifier in about.drawn and identifier != ROOT:
        pieces = about.drawn[identifier]
        facets[LAYOUT] = Facet(tuple(sorted(_drawing(piece) for piece in pieces)), "", pieces)
    return Item(identifier, kind, name, facets, (), element)


def _references(parts: Iterable[Any]) -> frozenset[str]:
    """What the events among these parts refer to: messages, signals, errors, escalations."""
    events = [part for part in parts if _bpmn(part).endswith("EventDefinition")]
    return frozenset(event.get(name) for event in events for name in REFERENCES if event.get(name))


def _drawing(piece: Any) -> Any:
    plane = piece.getparent().get("bpmnElement") or ""
    tag, attributes, _text_of, children = _rounded(shape(piece))
    return (plane, tag, tuple(a for a in attributes if a[0] != "bpmnElement"), children)


def _rounded(value: Any) -> Any:
    tag, attributes, text, children = value
    told = tuple((name, _number(each)) for name, each in attributes)
    return (tag, told, text, tuple(_rounded(child) for child in children))


def _number(text: str) -> str:
    try:
        return f"{round(float(text), 1):g}"
    except ValueError:
        return text


def _text(parts: list[Any]) -> str:
    return "; ".join(filter(None, (_said(part) for part in parts)))


def _said(part: Any) -> str:
    name = etree.QName(part).localname
    if name == "property" and part.get("value"):
        return str(part.get("value"))
    text = " ".join("".join(part.itertext()).split())
    if text:
        return text
    known = {etree.QName(key).localname: value for key, value in part.attrib.items() if key not in ("id", "name")}
    return ", ".join(known.values()) or name.removesuffix("EventDefinition")


def _unprefixed(name: str, value: str) -> str:
    return value.rpartition(":")[2] if name == XSI_TYPE else value


def _bpmn(node: Any) -> str:
    tag = node.tag if node is not None else ""
    return tag[len(_IN_BPMN) :] if isinstance(tag, str) and tag.startswith(_IN_BPMN) else ""


def _refusal(element: str, sentence: str) -> DefinitionError:
    return DefinitionError([Finding(element, "readable.element", sentence)])
