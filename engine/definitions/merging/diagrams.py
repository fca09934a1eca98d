"""Writes a settled BPMN outline into the variant's own file; what it doesn't touch stays as it was."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from engine.bpmn.dialect import BPMN, CAMUNDA
from engine.definitions.comparison.diagrams import (
    DI,
    ROOT,
    XSI_TYPE,
    drawings,
    elements,
    facet_parts,
    is_item,
    memberships,
)
from engine.definitions.comparison.outline import LAYOUT, PARENT, Facet, Outline
from engine.definitions.merging import docking
from engine.definitions.merging.threeway import Settled, drawn_from

_PLACES = {"documentation": 0, "extensionElements": 1, "auditing": 2, "monitoring": 2, "categoryValueRef": 2,
           "incoming": 3, "outgoing": 4, "laneSet": 6, "association": 9, "group": 9, "textAnnotation": 9}  # fmt: skip
_PARTS, _FLOW_ELEMENTS, _DRAWING = 5, 7, 10
_IN_CAMUNDA = {"property": "properties", "input": "inputOutput", "output": "inputOutput"}


def write(mine: Any, settled: Settled, own: Outline) -> bytes:
    """The merged BPMN file. `mine` is the variant's parsed file (it is changed), `own` its outline."""
    canvas = _Canvas(mine)
    for identifier in own:
        if identifier not in settled.items:
            canvas.drop(identifier)
    changes = drawn_from(settled.items, own)
    for identifier in changes:
        if identifier not in own:
            canvas.add(identifier, settled.items[identifier], settled)
    for identifier, names in changes.items():
        for name in names:
            canvas.say(identifier, name, settled.items[identifier].get(name))
    canvas.finish(settled.items)
    docking.dock(mine, _touched(changes))
    etree.indent(mine, "  ")
    return etree.tostring(mine, xml_declaration=True, encoding="UTF-8")


def _touched(changes: Mapping[str, Iterable[str]]) -> frozenset[str]:
    return frozenset(key for key, names in changes.items() if LAYOUT in names or "ends" in names)


class _Canvas:
    """The variant's file while it is being changed."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.nodes: dict[str, Any] = {element.get("id"): element for element, _ in elements(root)}
        self.nodes[ROOT] = root

    def drop(self, identifier: str) -> None:
        """Take an element away, with its drawing and its place in lanes."""
        node = self.nodes.pop(identifier)
        if node.getparent() is not None:
            node.getparent().remove(node)
        self._drop_drawings(identifier)

    def add(self, identifier: str, facets: Mapping[str, Facet], settled: Settled) -> None:
        """Put an empty element of the right kind in its place; what is said of it comes with its facets."""
        parent = self._around(identifier, facets, settled)
        node = etree.Element(f"{{{BPMN}}}{facets['kind'].value}", id=identifier)
        _insert(_home(parent, node), node)
        self.nodes[identifier] = node

    def _around(self, identifier: str, facets: Mapping[str, Facet], settled: Settled) -> Any:
        around = str(facets[PARENT].value)
        if around not in self.nodes and around in settled.items:
            self.add(around, settled.items[around], settled)
        return self.nodes[around]

    def say(self, identifier: str, name: str, facet: Facet | None) -> None:
        """Make one facet of an element what it is to be; None takes it away."""
        node = self.nodes[identifier]
        if name == "kind":
            node.tag = f"{{{BPMN}}}{facet.value if facet else ''}"
        elif name == PARENT:
            around = _home(self.nodes[facet.value if facet else ROOT], node)
            if node.getparent() is not around:
                _insert(around, node)
        elif name == "ends":
            for key, value in zip(("sourceRef", "targetRef"), facet.source if facet else ("", ""), strict=True):
                _set(node, key, value)
        elif name.startswith("@"):
            _set(node, name[1:], facet.source if facet else "")
        elif name == "lane":
            self._stand_in(identifier, facet.source if facet else ())
        elif name == LAYOUT:
            self._draw(identifier, facet.source if facet else ())
        else:
            self._replace(node, name, facet.source if facet else ())

    def _stand_in(self, identifier: str, lanes: Iterable[str]) -> None:
        for lane in memberships(self.root).get(identifier, ()):
            for reference in lane.findall(f"{{{BPMN}}}flowNodeRef"):
                if (reference.text or "").strip() == identifier:
                    lane.remove(reference)
        for lane_id in lanes:
            lane = self.nodes.get(lane_id)
            if lane is not None:
                reference = etree.Element(f"{{{BPMN}}}flowNodeRef")
                reference.text = identifier
                _insert(lane, reference)

    def _drop_drawings(self, identifier: str) -> None:
        for piece in drawings(self.root).get(identifier, ()):
            piece.getparent().remove(piece)

    def _draw(self, identifier: str, pieces: Iterable[Any]) -> None:
        self._drop_drawings(identifier)
        planes = {plane.get("bpmnElement") or "": plane for plane in self.root.iter(f"{{{DI}}}BPMNPlane")}
        taken = {each.get("id") for each in self.root.iter() if isinstance(each.tag, str)}
        for piece in pieces:
            where = planes.get(piece.getparent().get("bpmnElement") or "")
            where = where if where is not None else next(iter(planes.values()), None)
            if where is None:
                continue
            copied = copy.deepcopy(piece)
            copied.tail = None
            for each in copied.iter():
                if isinstance(each.tag, str) and each.get("id") and each.get("id") in taken:
                    del each.attrib["id"]
            where.append(copied)

    def _replace(self, node: Any, name: str, parts: Iterable[Any]) -> None:
        old = facet_parts(node).get(name, [])
        holder, place = (old[0].getparent(), old[0].getparent().index(old[0])) if old else (None, 0)
        for part in old:
            part.getparent().remove(part)
        for offset, part in enumerate(parts):
            copied = copy.deepcopy(part)
            copied.tail = None
            self._own_prefixes(copied)
            if holder is not None:
                holder.insert(place + offset, copied)
            else:
                _insert(self._holder(node, name), copied)
        _tidy(node)

    def _holder(self, node: Any, name: str) -> Any:
        """The XML element that holds the parts of a facet; made when it isn't there."""
        kind = name.partition(" ")[0]
        if kind != "extension" and kind not in _IN_CAMUNDA and not _is_camunda_part(name):
            return node
        box = _within(node, f"{{{BPMN}}}extensionElements")
        return box if kind == "extension" else _within(box, f"{{{CAMUNDA}}}{_IN_CAMUNDA.get(kind, 'inputOutput')}")

    def _own_prefixes(self, part: Any) -> None:
        """A type named with the other file's prefix is named with this one's."""
        prefix = next((key for key, value in self.root.nsmap.items() if value == BPMN), None)
        for each in part.iter():
            value = each.get(XSI_TYPE) if isinstance(each.tag, str) else None
            if value is not None:
                name = value.rpartition(":")[2]
                each.set(XSI_TYPE, f"{prefix}:{name}" if prefix else name)

    def finish(self, items: Mapping[str, Mapping[str, Facet]]) -> None:
        """Let what the file says twice agree with what it says once: flows at nodes, nodes in lanes, drawings."""
        for reference in list(self.root.iter(f"{{{BPMN}}}flowNodeRef")):
            if (reference.text or "").strip() not in items:
                reference.getparent().remove(reference)
        for identifier in drawings(self.root):
            if identifier not in items:
                self._drop_drawings(identifier)
        flows = [node for node in self.nodes.values() if etree.QName(node).localname == "sequenceFlow"]
        for node in self.nodes.values():
            if node.get("default") and node.get("default") not in items:
                del node.attrib["default"]
        for name, key in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            wanted: dict[str, list[str]] = {}
            for flow in flows:
                wanted.setdefault(flow.get(key), []).append(flow.get("id"))
            for identifier, node in self.nodes.items():
                _list_flows(node, name, wanted.get(identifier, []))


def _list_flows(node: Any, name: str, flows: list[str]) -> None:
    tag = f"{{{BPMN}}}{name}"
    listed = set()
    for reference in node.findall(tag):
        flow = (reference.text or "").strip()
        if flow not in flows or flow in listed:
            node.remove(reference)
        listed.add(flow)
    for flow in flows:
        if flow not in listed:
            reference = etree.Element(tag)
            reference.text = flow
            _insert(node, reference)


def _home(parent: Any, child: Any) -> Any:
    """What a child really stands in: lanes inside a lane have a box of their own."""
    lane = f"{{{BPMN}}}lane"
    return _within(parent, f"{{{BPMN}}}childLaneSet") if parent.tag == lane == child.tag else parent


def _insert(parent: Any, child: Any) -> None:
    """Put a child where the BPMN schema wants it: behind everything of its rank or lower."""
    child.tail = None
    rank = _rank(child)
    place = 0
    for index, other in enumerate(parent):
        if other is not child and _rank(other) <= rank:
            place = index + 1
    if child.getparent() is parent and parent.index(child) < place:
        place -= 1
    parent.insert(place, child)


def _rank(node: Any) -> int:
    if not isinstance(node.tag, str):
        return 0
    name = etree.QName(node)
    if name.namespace == DI:
        return _DRAWING
    if name.namespace != BPMN:
        return _PARTS
    if name.localname in _PLACES:
        return _PLACES[name.localname]
    if name.localname.endswith(("EventDefinition", "LoopCharacteristics", "Expression")):
        return _PARTS
    return _FLOW_ELEMENTS if is_item(node) or (node.get("id") and node.getparent() is None) else _PARTS


def _is_camunda_part(name: str) -> bool:
    # what stood in camunda:inputOutput or camunda:properties under a name of its own (camunda:script …)
    return not name.startswith(("documentation", "condition", "event", "loop", "child ", "extension "))


def _within(node: Any, tag: str) -> Any:
    found = node.find(tag)
    if found is None:
        found = etree.Element(tag)
        if tag == f"{{{BPMN}}}extensionElements":
            _insert(node, found)
        else:
            node.append(found)
    return found


def _tidy(node: Any) -> None:
    """Take away the boxes that nothing is left in."""
    for box in node.findall(f"{{{BPMN}}}extensionElements"):
        for inner in box.findall(f"{{{CAMUNDA}}}properties") + box.findall(f"{{{CAMUNDA}}}inputOutput"):
            if not len(inner):
                box.remove(inner)
        if not len(box):
            node.remove(box)


def _set(node: Any, name: str, value: Any) -> None:
    if value:
        node.set(name, value)
    elif name in node.attrib:
        del node.attrib[name]
