"""Brings the ends of drawn flows back to the borders of what they connect, after shapes came from two sides."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from engine.bpmn.dialect import BPMN
from engine.definitions.comparison.diagrams import drawings, elements

DC = "http://www.omg.org/spec/DD/20100524/DC"
WAY = "http://www.omg.org/spec/DD/20100524/DI"
NEAR = 3.0  # how far from the border an end may be and still count as there

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, width, height


def dock(root: Any, touched: Collection[str]) -> None:
    """Move the ends of every flow that was redrawn, or whose ends were, onto the borders of what it connects."""
    drawn = drawings(root)
    boxes = {key: box for key, pieces in drawn.items() if (box := _box(pieces[0])) is not None}
    for element, _parent in elements(root):
        source, target = element.get("sourceRef"), element.get("targetRef")
        identifier = element.get("id")
        if not {identifier, source, target} & set(touched) or identifier not in drawn:
            continue
        for edge in drawn[identifier]:
            points = [each for each in edge if each.tag == f"{{{WAY}}}waypoint"]
            if len(points) >= 2:
                _end(points[0], points[1], boxes.get(source))
                _end(points[-1], points[-2], boxes.get(target))


def _end(end: Any, towards: Any, box: Box | None) -> None:
    if box is None:
        return
    place, other = _point(end), _point(towards)
    if place is None or other is None or _on_border(place, box):
        return
    x, y = _border(box, other)
    end.set("x", f"{x:g}")
    end.set("y", f"{y:g}")


def overlaps(root: Any, added: Collection[str]) -> Iterator[tuple[str, str]]:
    """Pairs of an added element and another one it was drawn over; boxes that hold others don't count."""
    holding = {"participant", "lane", "laneSet", "subProcess", "group", "process", "collaboration", "textAnnotation"}
    drawn = drawings(root)
    boxes: dict[str, Box] = {}
    hosts: dict[str, str] = {}
    for element, _parent in elements(root):
        identifier, name = element.get("id"), element.tag.removeprefix(f"{{{BPMN}}}")
        box = _box(drawn[identifier][0]) if identifier in drawn else None
        if box is not None and name not in holding:
            boxes[identifier] = box
            hosts[identifier] = element.get("attachedToRef") or ""
    for one in added:
        for other, box in boxes.items():
            if one in boxes and one != other and hosts[one] != other and hosts[other] != one and _over(boxes[one], box):
                yield one, other


def _over(one: Box, other: Box) -> bool:
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return across > NEAR and down > NEAR


def _box(piece: Any) -> Box | None:
    bounds = piece.find(f"{{{DC}}}Bounds")
    if bounds is None:
        return None
    try:
        x, y, width, height = (float(bounds.get(name, "")) for name in ("x", "y", "width", "height"))
    except ValueError:
        return None
    return x, y, width, height


def _point(waypoint: Any) -> Point | None:
    try:
        return float(waypoint.get("x", "")), float(waypoint.get("y", ""))
    except ValueError:
        return None


def _on_border(point: Point, box: Box) -> bool:
    x, y, (left, top, width, height) = *point, box
    inside = left - NEAR <= x <= left + width + NEAR and top - NEAR <= y <= top + height + NEAR
    deep = left + NEAR < x < left + width - NEAR and top + NEAR < y < top + height - NEAR
    # events and gateways are round and pointed: for small boxes being inside is near enough
    return inside and (not deep or max(width, height) <= 60)


def _border(box: Box, towards: Point) -> Point:
    """Where the line from the middle of a box to a point leaves the box."""
    left, top, width, height = box
    middle = (left + width / 2, top + height / 2)
    across, down = towards[0] - middle[0], towards[1] - middle[1]
    if not across and not down:
        return middle
    scale = min(width / 2 / abs(across) if across else float("inf"), height / 2 / abs(down) if down else float("inf"))
    return round(middle[0] + across * scale, 1), round(middle[1] + down * scale, 1)
