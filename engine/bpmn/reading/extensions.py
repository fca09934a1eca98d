"""Reads what the `camunda:` extension attributes and elements say about one element."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from lxml import etree

from engine.bpmn.dialect import BPMN, CAMUNDA, Assignment, Element, Passing

_OWN_ATTRIBUTES = ("calledElement",)  # plain BPMN attributes the platform wants to see beside the camunda: ones


def read_element(child: Any, kind: str, lane: str | None, enclosing: str | None) -> Element:
    """Everything the platform wants to know of one flow node; foreign extension elements are passed over."""
    documentation = child.find(f"{{{BPMN}}}documentation")
    said = _extensions(child)
    every = _property_pairs(said)
    return Element(
        id=child.get("id"),
        kind=kind,
        name=" ".join((child.get("name") or "").split()),
        lane=lane,
        documentation="" if documentation is None else "".join(documentation.itertext()).strip(),
        legal_basis=tuple(part for name, value in every if name == "legalBasis" for part in value.split()),
        attributes=MappingProxyType(_attributes(child)),
        inputs=_assignments(said, "inputParameter"),
        outputs=_assignments(said, "outputParameter"),
        properties=MappingProxyType(dict(every)),
        passes_in=_passings(said, "in"),
        passes_out=_passings(said, "out"),
        parent=enclosing,
    )


def read_properties(child: Any) -> dict[str, str]:
    """The camunda:property pairs of an element; the last of two with the same name wins."""
    return dict(_property_pairs(_extensions(child)))


def _attributes(child: Any) -> dict[str, str]:
    found = {}
    for name, value in child.attrib.items():
        if name in _OWN_ATTRIBUTES:
            found[name] = value
        elif etree.QName(name).namespace == CAMUNDA:
            found[etree.QName(name).localname] = value
    # A throwing message event carries topic and type on its definition.
    for definition in child:
        if etree.QName(definition).localname == "messageEventDefinition":
            for name, value in definition.attrib.items():
                if etree.QName(name).namespace == CAMUNDA:
                    found.setdefault(etree.QName(name).localname, value)
    return found


def _extensions(child: Any) -> list[Any]:
    holders = [child, *(each for each in child if etree.QName(each).localname.endswith("EventDefinition"))]
    return [each for holder in holders for box in holder.findall(f"{{{BPMN}}}extensionElements") for each in box]


def _property_pairs(said: list[Any]) -> list[tuple[str, str]]:
    return [
        (each.get("name"), each.get("value") or "")
        for box in said
        if box.tag == f"{{{CAMUNDA}}}properties"
        for each in box.findall(f"{{{CAMUNDA}}}property")
        if each.get("name")
    ]


def _assignments(said: list[Any], tag: str) -> tuple[Assignment, ...]:
    return tuple(
        Assignment(each.get("name"), _value(each))
        for box in said
        if box.tag == f"{{{CAMUNDA}}}inputOutput"
        for each in box.findall(f"{{{CAMUNDA}}}{tag}")
        if each.get("name")
    )


def _value(parameter: Any) -> Any:
    for each in parameter:
        shape = etree.QName(each)
        if shape.namespace == CAMUNDA and shape.localname == "list":
            return [_value(item) for item in each]
        if shape.namespace == CAMUNDA and shape.localname == "map":
            return {item.get("key") or "": _value(item) for item in each}
    return (parameter.text or "").strip()


def _passings(said: list[Any], tag: str) -> tuple[Passing, ...]:
    return tuple(
        Passing(
            target=each.get("target"),
            source=each.get("source"),
            expression=each.get("sourceExpression"),
            everything=each.get("variables") == "all",
        )
        for each in said
        if each.tag == f"{{{CAMUNDA}}}{tag}" and each.get("businessKey") is None
    )
