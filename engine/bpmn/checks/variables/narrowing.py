"""What a condition tells of variables where it is true, or where it is false."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from engine.bpmn.checks.variables.environment import Environment, meet
from engine.bpmn.checks.variables.shapes import NUMBERS, Scalar, Shape, kind_of, literals, present
from engine.bpmn.expressions.syntax import Call, Items, Literal, Loop, Name, Node, Select

ALL_DATA = "data"

Path: TypeAlias = tuple[str, ...]


def path_of(node: Node) -> Path | None:
    """`a.b.c` as its steps, with `data.a` as `a`; None for anything else."""
    steps: list[str] = []
    while isinstance(node, Select):
        steps.append(node.field)
        node = node.operand
    if not isinstance(node, Name):
        return None
    if node.name != ALL_DATA or not steps:
        steps.append(node.name)
    return tuple(reversed(steps))


def paths(node: Node) -> set[Path]:
    """Every variable, or part of one, that an expression reads or asks for; the longest path each time."""
    path = path_of(node)
    if path is not None:
        return {path}
    if isinstance(node, Select):
        return paths(node.operand)
    if isinstance(node, Call):
        return set().union(*(paths(each) for each in node.arguments))
    if isinstance(node, Items):
        return set().union(*(paths(each) for each in node.elements))
    if isinstance(node, Loop):
        inside = set().union(*(paths(each) for each in (node.condition, node.step, node.result)))
        own = {node.item, node.gathered}
        return paths(node.items) | paths(node.start) | {each for each in inside if each[0] not in own}
    if isinstance(node, Literal | Name):
        return set()
    return set().union(*(paths(each) for pair in node.pairs for each in pair))


def narrow(environment: Environment, condition: Node, truth: bool) -> Environment | None:
    """The environment where the condition has this truth; None where it can't have it."""
    narrowed = _narrow(environment, condition, truth)
    return None if narrowed is None else _revealed(narrowed, paths(condition))


def _narrow(environment: Environment, node: Node, truth: bool) -> Environment | None:
    if isinstance(node, Literal) and isinstance(node.value, bool):
        return environment if node.value is truth else None
    if isinstance(node, Select) and node.test:
        return _there(environment, path_of(node)) if truth else environment
    if isinstance(node, Call):
        return _called(environment, node, truth)
    path = path_of(node)
    return environment if path is None else _among(environment, path, (True,), truth)


def _called(environment: Environment, node: Call, truth: bool) -> Environment | None:
    name, given = node.function, node.arguments
    if name == "!_":
        return _narrow(environment, given[0], not truth)
    if name in ("_&&_", "_||_"):
        return _both(environment, given, truth) if (name == "_&&_") is truth else _one_of(environment, given, truth)
    if name in ("_==_", "_!=_"):
        wanted = truth if name == "_==_" else not truth
        for path, value in ((path_of(given[0]), given[1]), (path_of(given[1]), given[0])):
            if path is not None and isinstance(value, Literal):
                return _among(environment, path, (value.value,), wanted)
    if name == "@in":
        path, listed = path_of(given[0]), given[1]
        if path is not None and isinstance(listed, Items):
            values = tuple(each.value for each in listed.elements if isinstance(each, Literal))
            if len(values) == len(listed.elements):
                return _among(environment, path, values, truth)
    return environment


def _both(environment: Environment, parts: tuple[Node, ...], truth: bool) -> Environment | None:
    found: Environment | None = environment
    for part in parts:
        found = None if found is None else _narrow(found, part, truth)
    return found


def _one_of(environment: Environment, parts: tuple[Node, ...], truth: bool) -> Environment | None:
    found: Environment | None = None
    for part in parts:
        way = _narrow(environment, part, truth)
        if way is not None:
            found = way if found is None else meet(found, way)
    return found


def _among(environment: Environment, path: Path, values: tuple[Scalar, ...], inside: bool) -> Environment | None:
    """Where the variable is one of these values, or none of them."""
    before = shape_at(environment, path)
    if before is None:
        return environment
    shape = restricted(before, values, inside)
    return None if shape is None else _replaced(environment, path, present(shape))


def restricted(shape: Shape, values: tuple[Scalar, ...], inside: bool) -> Shape | None:
    """The shape without the values a condition shuts out; None when nothing is left."""
    wanted = {_compared(kind_of(value), value) for value in values}
    known = shape.values
    if known is None and shape.only({"flag", "null"}) and "flag" in shape.kinds:
        nothing = {("null", None)} if "null" in shape.kinds else set()
        known = frozenset({("flag", True), ("flag", False), *nothing})
    if known is not None:
        left = {pair for pair in known if (_compared(*pair) in wanted) is inside}
        if not left:
            return None
        kinds = {kind for kind, _ in left} & {"null", "flag", "text"} | (shape.kinds - {"null", "flag", "text"})
        return Shape(frozenset(kinds), frozenset(left), shape.fields, shape.sealed, shape.item, shape.optional)
    if inside:
        return literals(values) if not shape.fields and "list" not in shape.kinds and None not in values else shape
    if ("null", None) in wanted and "null" in shape.kinds and len(shape.kinds) > 1:
        return Shape(shape.kinds - {"null"}, None, shape.fields, shape.sealed, shape.item, shape.optional)
    return shape


def _compared(kind: str, value: Scalar) -> tuple[str, Scalar]:
    """A value as == sees it: 1 and 1.0 are the same, 1 and true aren't."""
    return ("number" if kind in NUMBERS else kind, value)


def shape_at(environment: Environment, path: Path) -> Shape | None:
    """What is known of a variable or a part of it; None when nothing is."""
    shape = environment.get(path[0])
    for step in path[1:]:
        shape = None if shape is None else shape.fields.get(step)
    return shape


def _there(environment: Environment, path: Path | None) -> Environment:
    shape = None if path is None else shape_at(environment, path)
    if path is None or shape is None or not shape.optional:
        return environment
    return _replaced(environment, path, present(shape))


def _replaced(environment: Environment, path: Path, shape: Shape) -> Environment:
    if len(path) == 1:
        return environment.narrowed({path[0]: shape})
    root = environment.variables.get(path[0])
    changed = None if root is None else _inside(root, path[1:], shape)
    return environment if changed is None else environment.narrowed({path[0]: changed})


def _inside(root: Shape, path: Path, shape: Shape) -> Shape | None:
    if not path:
        return shape
    inner = root.fields.get(path[0])
    changed = None if inner is None else _inside(inner, path[1:], shape)
    if changed is None:
        return None
    fields = MappingProxyType({**root.fields, path[0]: changed})
    return Shape(root.kinds, root.values, fields, root.sealed, root.item, root.optional, root.hinges)


def _revealed(environment: Environment, asked: set[Path]) -> Environment:
    """A question that is hidden by the answer to another was shown, if that answer has been looked at."""
    plain = {path[0] for path in asked if len(path) == 1}
    changed: dict[str, Shape] = {}
    if plain:
        for name, shape in environment.variables.items():
            if shape.optional and shape.hinges & plain:
                changed[name] = present(shape)
    for root in {path[0] for path in asked if len(path) == 2}:
        outer = changed.get(root) or environment.variables.get(root)
        if outer is not None:
            told = {path[1] for path in asked if len(path) == 2 and path[0] == root}
            fields = _shown(outer.fields, told)
            if fields is not outer.fields:
                changed[root] = Shape(
                    outer.kinds, outer.values, fields, outer.sealed, outer.item, outer.optional, outer.hinges
                )
    return environment.narrowed(changed)


def _shown(fields: Mapping[str, Shape], told: set[str]) -> Mapping[str, Shape]:
    shown = {name: present(shape) for name, shape in fields.items() if shape.optional and shape.hinges & told}
    return MappingProxyType({**fields, **shown}) if shown else fields
