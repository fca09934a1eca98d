"""Merges an agency's variant with a newer base: what goes together by itself, and what somebody has to settle."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn import checks
from engine.bpmn.reading import read_xml
from engine.definitions.comparison import Change, Part, compare, words
from engine.definitions.comparison import diagrams as drawn
from engine.definitions.comparison import forms as asked
from engine.definitions.comparison import tables as ruled
from engine.definitions.comparison.outline import Delta, Item, Outline, different_facets
from engine.definitions.merging import diagrams, docking, forms, tables
from engine.definitions.merging.threeway import EXISTENCE, ORDER, Clash, Settled, Side, settle
from engine.definitions.shipped import Bundle
from engine.errors import DefinitionError, Finding

Choices = Mapping[str, Side]  # a conflict's key → the side somebody chose
WHOLE = "whole"  # the facet of a conflict about a whole file


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing both sides changed in different ways, ready to be put to somebody."""

    key: str
    part: Part
    place: str
    element: str
    title: str
    question: str
    base: str
    theirs: str
    mine: str
    chosen: Side | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that merged by itself and that somebody should still look at."""

    element: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged procedure, what came from the newer base, and what needs a person."""

    bundle: Bundle
    merged: tuple[Change, ...]  # what the result changes against the variant
    kept: tuple[Change, ...]  # what the variant had changed against its old base
    conflicts: tuple[Conflict, ...]
    doubts: tuple[Doubt, ...]
    findings: tuple[Finding, ...]  # what the checks say about the merged diagram

    @property
    def settled(self) -> bool:
        """Whether every conflict has been decided by somebody."""
        return all(conflict.chosen for conflict in self.conflicts)


def merge(base: Bundle, theirs: Bundle, mine: Bundle, choices: Choices | None = None) -> Merged:
    """Bring what `theirs` (the newer base) changed since `base` into `mine` (the variant).

    BPMN by element id, forms by component key, tables by rule and column, scenarios by name. What both changed
    differently is a conflict: decided by `choices`, else the variant's side stands in the result for the time being.
    Nothing raises for content that can't be read: such a file is taken or kept as a whole.
    """
    work = _Merging(choices or {})
    diagram = work.one("diagram", "", _Three(base.diagram, theirs.diagram, mine.diagram), work.drawn)
    made = Bundle(
        mine.key,
        mine.name,
        mine.diagram if diagram is None else diagram,
        work.files("form", _Three(base.forms, theirs.forms, mine.forms), work.asked),
        work.files("table", _Three(base.decisions, theirs.decisions, mine.decisions), work.ruled),
        work.files("scenario", _Three(base.scenarios, theirs.scenarios, mine.scenarios), None),
    )
    return Merged(
        made,
        compare(mine, made).changes,
        compare(base, mine).changes,
        tuple(work.conflicts),
        tuple(dict.fromkeys(work.doubts)),
        checks.check(made.diagram),
    )


@dataclass(frozen=True, slots=True)
class _Three:
    base: Any
    theirs: Any
    mine: Any

    def of(self, name: str) -> _Three:
        return _Three(self.base.get(name), self.theirs.get(name), self.mine.get(name))


Inside = Callable[[str, _Three], Any]


@dataclass(slots=True)
class _Merging:
    choices: Choices
    conflicts: list[Conflict] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def files(self, part: Part, three: _Three, inside: Inside | None) -> dict[str, Any]:
        """Forms, tables or scenarios by name; the order is the variant's, what is new comes behind."""
        made = {}
        for name in {**three.mine, **three.theirs}:
            content = self.one(part, name, three.of(name), inside)
            if content is not None:
                made[name] = content
        return made

    def one(self, part: Part, place: str, three: _Three, inside: Inside | None) -> Any:
        """One file of three: whichever side changed it; when both did, what is inside is merged."""
        if _same(three.theirs, three.base) or _same(three.theirs, three.mine):
            return three.mine
        if _same(three.mine, three.base):
            return three.theirs
        if inside is not None and three.mine is not None and three.theirs is not None:
            try:
                return inside(place, three)
            except DefinitionError:
                pass  # one of them can't be read: then somebody takes one of them as it is
        return three.theirs if self._whole(part, place, three) == "theirs" else three.mine

    def _whole(self, part: Part, place: str, three: _Three) -> Side:
        key = _key(part, place, "", WHOLE)
        chosen = self.choices.get(key)
        kinds = {"diagram": "Sơ đồ", "form": "Biểu mẫu", "table": "Bảng", "scenario": "Kịch bản"}
        title = f"{kinds[part]} “{place}”" if place else kinds[part]
        told = [
            "không có" if side is None else "như cũ" if _same(side, three.base) else "đã sửa"
            for side in (three.theirs, three.mine)
        ]
        question = "Hai bên đều thay đổi và không ghép được từng phần; chọn giữ toàn bộ bản của một bên."
        before = "không có" if three.base is None else "có"
        self.conflicts.append(Conflict(key, part, place, "", title, question, before, told[0], told[1], chosen))
        return chosen or "mine"

    def drawn(self, place: str, three: _Three) -> bytes:
        """Merge three diagrams."""
        root = read_xml(three.mine)
        base, theirs = drawn.outline(three.base), drawn.outline(three.theirs)
        mine = drawn.outline_of(root)
        settled = self._settle("diagram", place, base, theirs, mine)
        made = diagrams.write(root, settled, mine)
        added = [key for key in settled.items if key not in mine]
        self._doubt_drawing(settled, base, theirs, mine, docking.overlaps(root, added))
        return made

    def asked(self, place: str, three: _Three) -> Any:
        """Merge three forms."""
        base, theirs, mine = (asked.outline(each) for each in (three.base or {}, three.theirs, three.mine))
        return forms.write(three.mine, self._settle("form", place, base, theirs, mine), mine)

    def ruled(self, place: str, three: _Three) -> Any:
        """Merge three decision tables."""
        base = {} if three.base is None else ruled.outline(three.base)
        theirs = ruled.outline(three.theirs)
        if not isinstance(three.mine, str):
            ruled.outline(three.mine)
        root = read_xml(three.mine.encode())
        mine = ruled.outline_of(root)
        settled = self._settle("table", place, base, theirs, mine)
        new = [
            {key for key, item in side.items() if item.kind == "rule" and key not in base} for side in (theirs, mine)
        ]
        if all(new) and new[0] != new[1]:
            self.doubts.append(Doubt("", f"Hai bên cùng thêm dòng vào bảng “{place}”; hãy xem lại thứ tự các dòng."))
        return tables.write(root, settled, mine, theirs)

    def _settle(self, part: Part, place: str, base: Outline, theirs: Outline, mine: Outline) -> Settled:
        settled = settle(base, theirs, mine, lambda item, facet: self.choices.get(_key(part, place, item, facet)))
        known = {**base, **theirs, **mine}
        for clash in settled.clashes:
            fallen = [words.title(known[one]) for one, gone in settled.cascades if gone == clash.id]
            self.conflicts.append(_conflict(part, place, clash, fallen))
        return settled

    def _doubt_drawing(
        self, settled: Settled, base: Outline, theirs: Outline, mine: Outline, over: Iterator[tuple[str, str]]
    ) -> None:
        known = {**theirs, **mine}
        relaid = [key for key in settled.relaid if known[key].kind != "sequenceFlow"]
        if relaid:
            names = ", ".join(words.title(known[key]) for key in relaid[:5]) + ("…" if len(relaid) > 5 else "")
            self.doubts.append(Doubt(relaid[0], f"Hai bên vẽ lại chỗ khác nhau, giữ chỗ của bản riêng: {names}."))
        for one, other in over:
            sentence = f"{words.title(known[one])} nằm chồng lên {words.title(known[other])}; hãy kéo ra."
            self.doubts.append(Doubt(one, sentence))
        before, new, own = (_ways_out(side) for side in (base, theirs, mine))
        for key in base:
            ways = [side.get(key, frozenset()) for side in (before, new, own)]
            if key in settled.items and ways[0] != ways[1] != ways[2] != ways[0]:
                sentence = f"Hai bên cùng đổi luồng đi ra khỏi {words.title(known[key])}; hãy xem lại đường đi."
                self.doubts.append(Doubt(key, sentence))


def _ways_out(side: Outline) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for key, item in side.items():
        if item.kind == "sequenceFlow":
            source, target = item.facets["ends"].value if "ends" in item.facets else ("", "")
            found.setdefault(source, set()).add(f"{key}:{target}")
    return {key: frozenset(ways) for key, ways in found.items()}


def _conflict(part: Part, place: str, clash: Clash, fallen: list[str]) -> Conflict:
    item = clash.mine or clash.theirs or clash.base
    assert item is not None
    title = words.title(item) if part == "diagram" else _inner_title(part, item)
    key = _key(part, place, clash.id, clash.facet)
    if clash.facet == EXISTENCE:
        dropped = "Bản gốc mới" if clash.theirs is None else "Bản riêng"
        other = "bản riêng" if clash.theirs is None else "bản gốc mới"
        question = f"{dropped} bỏ phần tử này, còn {other} có sửa hoặc có phần khác dựa vào nó."
        if fallen:
            question += f" Theo lựa chọn hiện tại thì bỏ thêm: {', '.join(fallen)}."
        told = [_existence(clash.base, side) for side in (clash.theirs, clash.mine)]
        return Conflict(key, part, place, clash.id, title, question, "có", told[0], told[1], clash.chosen)
    if clash.facet == ORDER:
        question = "Hai bên xếp lại thứ tự bên trong theo hai cách."
        return Conflict(key, part, place, clash.id, title, question, "", "thứ tự mới", "thứ tự riêng", clash.chosen)
    name = words.facet_name(clash.facet)
    if clash.facet.startswith("cell "):
        name = f"Cột “{words.column_of(clash.facet, item) or clash.facet.removeprefix('cell ')}”"
    before, other, own = (_said(side, clash.facet) for side in (clash.base, clash.theirs, clash.mine))
    question = f"{name}: hai bên sửa khác nhau."
    return Conflict(key, part, place, clash.id, title, question, before, other, own, clash.chosen)


def _existence(base: Item | None, side: Item | None) -> str:
    if side is None:
        return "bỏ"
    if base is None:
        return "thêm mới"
    names = tuple(name for name in different_facets(base, side) if name != "layout")
    delta = Delta(side.id, "changed", base, side, names)
    return "; ".join(words.told(name, base, side) for name in delta.facets) or "giữ, vì có phần khác dựa vào"


def _inner_title(part: Part, item: Item) -> str:
    if part == "form":
        return f"Ô “{item.name or item.id.lstrip('#')}”" if item.id else "Toàn biểu mẫu"
    return item.name[:1].upper() + item.name[1:] if item.name else "Tệp bảng"


def _said(item: Item | None, facet: str) -> str:
    found = item.facets.get(facet) if item is not None else None
    return "không có" if found is None else found.text or "để trống"


def _same(one: Any, other: Any) -> bool:
    if one is None or other is None or isinstance(one, bytes | str):
        return bool(one == other)
    return json.dumps(one, sort_keys=True, default=str) == json.dumps(other, sort_keys=True, default=str)


def _key(part: Part, place: str, element: str, facet: str) -> str:
    return ":".join((part, place, element, facet))


__all__ = ["Choices", "Conflict", "Doubt", "Merged", "Side", "merge"]
