"""A diagram made ready to run: parsed once, never changed, known by the hash of its file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from engine.bpmn.dialect import Assignment, Element, Node, Passing
from engine.bpmn.normalise import normalise
from engine.bpmn.reading import read
from engine.bpmn.reading.support import refusals
from engine.bpmn.spiff.build import build
from engine.bpmn.spiff.texts import syntax_findings
from engine.errors import DefinitionError

__all__ = ["Assignment", "Element", "Passing", "Procedure", "Start", "compile"]


@dataclass(frozen=True, slots=True)
class Start:
    """One way the procedure begins; `kind` is none, timer, message or signal."""

    element: str
    kind: str
    name: str = ""  # of the message or signal
    timer: str | None = None  # date, duration or cycle
    text: str | None = None  # the time, as written


@dataclass(frozen=True, slots=True)
class Procedure:
    """A runnable procedure; `core` is the affair of engine/bpmn/spiff alone."""

    key: str
    name: str
    version_hash: str
    lanes: tuple[str, ...]
    elements: Mapping[str, Element]
    starts: tuple[Start, ...]
    documentation: str
    properties: Mapping[str, str]
    core: Any


def compile(xml: bytes) -> Procedure:  # noqa: A001 - the word of the contract
    """Read, check, rewrite and parse a BPMN file.

    Raises DefinitionError with every element the core can't run. The same bytes give the same object.
    """
    return _compile(hashlib.sha256(xml).hexdigest(), xml)


@lru_cache(maxsize=256)
def _compile(version_hash: str, xml: bytes) -> Procedure:
    diagram = read(xml)
    findings = refusals(diagram) or syntax_findings(diagram)
    if findings:
        raise DefinitionError(findings)
    elements = {node.id: node.element for node in diagram.nodes()}
    starts = tuple(_start(node) for node in diagram.root.nodes.values() if node.kind == "startEvent")
    normalise(diagram.root)
    return Procedure(
        key=diagram.key,
        name=diagram.name,
        version_hash=version_hash,
        lanes=diagram.lanes,
        elements=MappingProxyType(elements),
        starts=starts,
        documentation=diagram.documentation,
        properties=diagram.properties,
        core=build(diagram),
    )


def _start(node: Node) -> Start:
    event = node.event
    if event is None:
        return Start(node.id, "none")
    return Start(node.id, event.kind, event.name or "", event.timer, event.text)
