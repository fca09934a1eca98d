"""The functions Nghị định 30/2020/NĐ-CP, Phụ lục VI, Phần I asks of such a system, and where each of them is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.bpmn.procedure import Element


@dataclass(frozen=True, slots=True)
class Function:
    """One function: its ids in the facts, what it is about, how it is met, and the screens (name, endpoint)."""

    ids: tuple[str, ...]
    about: str
    met: str
    screens: tuple[tuple[str, str], ...] = ()

    @property
    def anchor(self) -> str:
        """The id of its place on the page."""
        return self.ids[0].lower()

    @property
    def places(self) -> str:
        """Where it stands in the appendix: “mục 1, điểm a, b, c”."""
        points: dict[str, list[str]] = {}
        for each in self.ids:
            number, _, letter = each.removeprefix("SYS-").partition(".")
            points.setdefault(number, []).extend(letter)
        said = (f"mục {number}" + (f", điểm {', '.join(each)}" if each else "") for number, each in points.items())
        return "M" + "; ".join(said)[1:]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a procedure in force that carries a function out."""

    procedure: str
    name: str
    key: str


def _read() -> tuple[Function, ...]:
    rows = tomllib.loads((Path(__file__).parent / "functions.toml").read_text(encoding="utf-8"))["function"]
    return tuple(
        Function(
            tuple(row["ids"]), row["about"], row["met"], tuple((name, where) for name, where in row.get("screens", ()))
        )
        for row in rows
    )


FUNCTIONS = _read()
_LETTERS = "abcdđeghiklmnopqrstuvxy"  # as points of a law are lettered


def carried_out(procedures: Iterable[tuple[str, str, Iterable[Element]]]) -> dict[str, list[Step]]:
    """Which steps of procedures (key, name, elements) name which function as their basis; by the function's anchor."""
    found: dict[str, list[Step]] = {}
    for key, name, elements in procedures:
        for element in elements:
            for function in named_by(element):
                step = Step(name, element.name, key)
                if element.name and step not in found.setdefault(function.anchor, []):
                    found[function.anchor].append(step)
    return found


def named_by(element: Element) -> Iterator[Function]:
    """The functions an element of a diagram says it carries out; `SYS-8` is all of its points, `SYS-1.l–m` both."""
    clauses = {each for clause in element.legal_basis for each in _points(clause)}
    for function in FUNCTIONS:
        if any(each == clause or each.startswith(f"{clause}.") for clause in clauses for each in function.ids):
            yield function


def _points(clause: str) -> Iterator[str]:
    stem, dot, letters = clause.partition(".")
    first, dash, last = letters.partition("–")
    if not dash or first not in _LETTERS or last not in _LETTERS:
        yield clause
        return
    for letter in _LETTERS[_LETTERS.index(first) : _LETTERS.index(last) + 1]:
        yield f"{stem}{dot}{letter}"
