"""Where things stand in a diagram file: boxes, lines and labels of its layout."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree

from engine.bpmn.dialect import BPMN
from engine.bpmn.reading import read_xml

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
LINES = "http://www.omg.org/spec/DD/20100524/DI"


@dataclass(frozen=True)
class Box:
    """A rectangle of the drawing."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, other: Box) -> bool:
        """Whether `other` lies inside."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= self.x + self.width
            and other.y + other.height <= self.y + self.height
        )

    def meets(self, other: Box) -> bool:
        """Whether the two share any area."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def touches(self, point: tuple[float, float]) -> bool:
        """Whether a point lies on the border or inside."""
        return self.x <= point[0] <= self.x + self.width and self.y <= point[1] <= self.y + self.height


@dataclass(frozen=True)
class Drawing:
    """A diagram file: its parsed XML, the box of every shape and the points of every line."""

    root: Any
    boxes: dict[str, Box]
    lines: dict[str, tuple[tuple[float, float], ...]]
    labelled: frozenset[str]


@lru_cache(maxsize=16)
def drawing(path: Path) -> Drawing:
    """Read the layout of a diagram file."""
    root = read_xml(path.read_bytes())
    boxes, lines, labelled = {}, {}, set()
    for shape in root.iter(f"{{{DI}}}BPMNShape"):
        boxes[shape.get("bpmnElement")] = _box(shape.find(f"{{{DC}}}Bounds"))
    for edge in root.iter(f"{{{DI}}}BPMNEdge"):
        points = edge.findall(f"{{{LINES}}}waypoint")
        lines[edge.get("bpmnElement")] = tuple((float(p.get("x")), float(p.get("y"))) for p in points)
    for label in root.iter(f"{{{DI}}}BPMNLabel"):
        labelled.add(label.getparent().get("bpmnElement"))
    return Drawing(root, boxes, lines, frozenset(labelled))


def _box(bounds: Any) -> Box:
    return Box(*(float(bounds.get(name)) for name in ("x", "y", "width", "height")))


def elements(root: Any, *kinds: str) -> list[Any]:
    """The BPMN elements of these kinds, wherever they stand."""
    return [each for kind in kinds for each in root.iter(f"{{{BPMN}}}{kind}")]


def local(element: Any) -> str:
    """The kind of an element, without its namespace."""
    return str(etree.QName(element).localname)
