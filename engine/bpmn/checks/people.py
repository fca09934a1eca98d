"""Is there somebody for every task: roles that exist, units that exist, people who are there today."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TypeAlias

from engine.bpmn.checks.data import uses
from engine.bpmn.checks.rules import Found, Rule, Subject, title
from engine.bpmn.checks.variables.analysis import analysis
from engine.bpmn.checks.variables.environment import Environment
from engine.bpmn.checks.variables.evaluation import Use
from engine.bpmn.checks.variables.inference import infer
from engine.bpmn.checks.variables.narrowing import narrow
from engine.bpmn.checks.variables.shapes import Shape, named
from engine.bpmn.expressions import Expression, ExpressionError, parse_value
from engine.bpmn.expressions.syntax import Call, Items, Node, parse_expression

MOST_PATTERNS = 50
_NOBODY, _NO_SUCH = 0, -1

# A text as far as it is known: fixed pieces, and values worked out while running.
Pattern: TypeAlias = tuple[str | Shape, ...]


def _patterns(use: Use) -> list[Pattern]:
    """The texts an attribute can give; one with a gap where a value is worked out."""
    try:
        parts = parse_value(use.text).parts
    except ExpressionError:
        return []
    if all(isinstance(part, str) for part in parts):
        return [(each.strip(),) for each in use.text.split(",") if each.strip()]
    ways: list[list[Pattern]] = [
        _of(parse_expression(part.text), use.environment) if isinstance(part, Expression) else [(part,)]
        for part in parts
    ]
    joined = [sum(way, ()) for way in _bounded(ways)]
    return [piece for way in joined for piece in _commas(way)]


def _bounded(ways: list[list[Pattern]]) -> Iterator[tuple[Pattern, ...]]:
    count = 1
    for way in ways:
        count *= len(way)
    return iter(()) if count > MOST_PATTERNS else product(*ways)


def _of(node: Node, environment: Environment) -> list[Pattern]:
    if isinstance(node, Call):
        given = node.arguments
        if node.function == "_?_:_" and len(given) == 3:
            found: list[Pattern] = []
            for branch, truth in ((given[1], True), (given[2], False)):
                there = narrow(environment, given[0], truth)
                found += [] if there is None else _of(branch, there)
            return found
        if node.function == "_+_" and len(given) == 2:
            return [one + other for one, other in _bounded([_of(each, environment) for each in given])]
        if node.function == "string" and len(given) == 1:
            return _of(given[0], environment)
    if isinstance(node, Items):
        return [pattern for each in node.elements for pattern in _of(each, environment)]
    shape = infer(node, environment).shape
    if shape.literals is not None and len(shape.literals) <= MOST_PATTERNS:
        return [("",) if value is None else (str(value),) for value in shape.literals]
    return [(shape,)]


def _commas(way: Pattern) -> list[Pattern]:
    """Names with commas between, taken apart."""
    found: list[list[str | Shape]] = [[]]
    for piece in way:
        if isinstance(piece, str):
            first, *rest = piece.split(",")
            found[-1].append(first.strip())
            found += [[each.strip()] for each in rest]
        else:
            found[-1].append(piece)
    return [_merged(each) for each in found if any(part != "" for part in each)]


def _merged(pieces: list[str | Shape]) -> Pattern:
    merged: list[str | Shape] = []
    for piece in pieces:
        if piece == "":
            continue
        if merged and isinstance(piece, str) and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    return tuple(merged)



def _groups(subject: Subject) -> Iterator[tuple[Use, Pattern]]:
    """Every group a task or a reminder names."""
    for use in uses(subject):
        if use.what == "candidateGroups" or (use.what == "input" and use.name == "group" and _is_text(use)):
            for pattern in _patterns(use):
                if pattern:
                    yield use, pattern


def _is_text(use: Use) -> bool:
    return isinstance(use.text, str) and not use.shape.never({"text"})


def _head(pattern: Pattern) -> str:
    """The role of a group, empty where it is only known while running."""
    head = pattern[0]
    if not isinstance(head, str) or (len(pattern) > 1 and "@" not in head and ":" not in head):
        return ""
    return "" if head.startswith("person:") else head.partition("@")[0]


def _role(subject: Subject) -> Iterator[Found]:
    roles = None if subject.catalog is None else subject.catalog.roles
    seen: set[tuple[str, str]] = set()
    for use, pattern in _groups(subject) if roles is not None else ():
        role = _head(pattern)
        if role and role not in (roles or ()) and (use.element, role) not in seen:
            seen.add((use.element, role))
            yield use.element, f"Không có vai trò “{role}”; hãy chọn một vai trò có trong danh mục."


def _unit(subject: Subject) -> Iterator[Found]:
    for use, pattern in _groups(subject):
        if len(pattern) == 1 and _count(subject, str(pattern[0])) == _NO_SUCH and _known_role(subject, pattern):
            what = "người" if str(pattern[0]).startswith("person:") else "đơn vị"
            yield use.element, f"“{pattern[0]}” chỉ tới một {what} không có trong cơ quan; hãy chọn lại."
            continue
        gap = pattern[1] if len(pattern) == 2 else None
        if isinstance(gap, Shape) and str(pattern[0]).endswith("@") and _wrong(gap, "unit"):
            yield use.element, (
                f"Sau “{pattern[0]}” phải là một đơn vị nhưng ở đây là {named(gap.kinds)}; hãy sửa biểu thức."
            )


def _wrong(shape: Shape, wanted: str) -> bool:
    """Whether a value is known to be no id of this kind."""
    return shape.never({wanted, "whole", "text"})


def _known_role(subject: Subject, pattern: Pattern) -> bool:
    roles = None if subject.catalog is None else subject.catalog.roles
    return roles is None or not _head(pattern) or _head(pattern) in roles


def _count(subject: Subject, group: str) -> int | None:
    return None if subject.catalog is None else subject.catalog.people(group)


def _strength(subject: Subject, pattern: Pattern) -> int | None:
    """How many people a group has; for a unit known only while running, in whichever unit."""
    if len(pattern) == 1 and isinstance(pattern[0], str):
        return _count(subject, pattern[0])
    role = _head(pattern)
    return _count(subject, role) if role else None


def _nobody(subject: Subject) -> Iterator[Found]:
    for use, pattern in _groups(subject):
        if _strength(subject, pattern) == _NOBODY and _known_role(subject, pattern):
            node = analysis(subject).map.nodes[use.element]
            if pattern[0] != _head(pattern) and len(pattern) > 1:
                told = f"Không đơn vị nào của cơ quan có người giữ vai trò “{_head(pattern)}”"
            else:
                told = f"Cơ quan chưa có ai đang hoạt động trong nhóm “{pattern[0]}”"
            yield use.element, f"{told} nên không ai làm được {title(node)}; hãy giao vai trò cho người phụ trách."


def _person(subject: Subject) -> Iterator[Found]:
    for use in uses(subject):
        if use.what not in ("assignee", "candidateUsers"):
            continue
        for pattern in _patterns(use):
            sentence = _person_sentence(subject, pattern)
            if sentence:
                yield use.element, sentence


def _person_sentence(subject: Subject, pattern: Pattern) -> str:
    one = pattern[0] if len(pattern) == 1 else ""
    if isinstance(one, Shape):
        if _wrong(one, "person"):
            return f"Người xử lý phải là một người nhưng biểu thức cho ra {named(one.kinds)}; hãy sửa biểu thức."
        return ""
    if not one or subject.catalog is None:
        return ""
    if not one.isdigit():
        return f"Người xử lý phải ghi bằng mã số của người, không phải “{one}”; hãy chọn vai trò hoặc một người."
    count = _count(subject, f"person:{one}")
    if count == _NO_SUCH:
        return f"Không có người mã số {one} trong cơ quan; hãy chọn người khác."
    return f"Người mã số {one} đã ngừng hoạt động; hãy chọn người khác." if count == _NOBODY else ""


RULES = (
    Rule("people.role", _role),
    Rule("people.unit", _unit),
    Rule("people.nobody", _nobody),
    Rule("people.person", _person),
)
