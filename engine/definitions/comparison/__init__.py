"""What differs between two versions of a procedure: on the diagram, in forms, tables and scenarios, in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.definitions.comparison import diagrams, forms, tables, words
from engine.definitions.comparison.outline import Delta, Item, Outline, differences
from engine.definitions.shipped import Bundle
from engine.errors import DefinitionError

Part = Literal["diagram", "form", "table", "scenario"]
PARTS: tuple[Part, ...] = ("diagram", "form", "table", "scenario")
_VERBS = {"added": "thêm mới", "removed": "bỏ", "changed": "sửa", "moved": "dời chỗ"}
_LINES = frozenset({"sequenceFlow", "messageFlow", "association"})


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs, ready to be read."""

    part: Part
    kind: str  # "added", "removed", "changed", "moved"
    element: str  # the element's id on the diagram, the component's key, the rule's id, the scenario's name
    place: str  # which form, which table file; empty for the diagram
    title: str
    details: tuple[str, ...] = ()
    line: bool = False  # a flow: when it only moved, it followed what it connects

    @property
    def sentence(self) -> str:
        """The whole change in one line."""
        return f"{self.title}: {'; '.join(self.details) or _VERBS[self.kind]}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs, and what could not be compared and why."""

    changes: tuple[Change, ...]
    obstacles: tuple[str, ...] = ()

    def of(self, part: Part) -> tuple[Change, ...]:
        """The changes of one part."""
        return tuple(change for change in self.changes if change.part == part)

    def marks(self, side: Literal["old", "new"]) -> Mapping[str, list[str]]:
        """Kind of change → ids of the elements to be marked on the old or the new diagram."""
        missing = {"old": "added", "new": "removed"}[side]
        found: dict[str, list[str]] = {}
        for change in self.of("diagram"):
            if change.kind != missing and not (change.line and change.kind == "moved"):
                found.setdefault(change.kind, []).append(change.element)
        return found


def compare(old: Bundle, new: Bundle) -> Comparison:
    """What `new` adds, removes, changes and moves against `old`; matched by ids, keys and names.

    Never raises for malformed content: an obstacle says what can't be compared.
    """
    changes: list[Change] = []
    obstacles: list[str] = []
    try:
        before, after = diagrams.outline(old.diagram), diagrams.outline(new.diagram)
        changes += [_drawn(delta) for delta in differences(before, after) if delta.id != diagrams.ROOT]
    except DefinitionError as error:
        if old.diagram != new.diagram:
            obstacles.append(f"Chưa so sánh được sơ đồ: {error.findings[0].sentence}")
    changes += _files("form", "Biểu mẫu", old.forms, new.forms, forms.outline, _asked, obstacles)
    changes += _files("table", "Bảng", old.decisions, new.decisions, tables.outline, _ruled, obstacles)
    changes += _scenarios(old.scenarios, new.scenarios)
    return Comparison(tuple(changes), tuple(obstacles))


def details(delta: Delta) -> tuple[str, ...]:
    """The facets that differ, each as a phrase."""
    if delta.old is None or delta.new is None:
        return ()
    return tuple(words.told(facet, delta.old, delta.new) for facet in delta.facets)


def _drawn(delta: Delta) -> Change:
    item = _item(delta)
    facets = tuple(facet for facet in delta.facets if facet != "layout") or delta.facets
    told = details(Delta(delta.id, delta.kind, delta.old, delta.new, facets)) if delta.kind == "changed" else ()
    return Change("diagram", delta.kind, delta.id, "", words.title(item), told, item.kind in _LINES)


def _asked(delta: Delta, place: str) -> Change:
    item = _item(delta)
    title = f"Ô “{item.name or item.id.lstrip('#')}”" if item.id else "Toàn biểu mẫu"
    return Change("form", _no_move(delta), delta.id, place, title, details(delta))


def _ruled(delta: Delta, place: str) -> Change:
    item = _item(delta)
    titles = {"rule": item.name.capitalize(), "input": f"Cột điều kiện “{item.name}”",
              "output": f"Cột kết quả “{item.name}”", "decision": f"Bảng “{item.name}”"}  # fmt: skip
    return Change("table", _no_move(delta), delta.id, place, titles.get(item.kind, "Tệp bảng"), _row(delta))


def _row(delta: Delta) -> tuple[str, ...]:
    """A changed row says what changed; a new or dropped one says what stands in it."""
    item = _item(delta)
    if delta.kind in ("changed", "moved") or item.kind != "rule":
        return details(delta)
    cells = [
        f"{words.column_of(name, item)}: {facet.text or '-'}"
        for name, facet in item.facets.items()
        if name.startswith("cell ")
    ]
    return (f"{_VERBS[delta.kind]} ({'; '.join(cells)})",)


def _no_move(delta: Delta) -> str:
    return "changed" if delta.kind == "moved" else delta.kind


def _item(delta: Delta) -> Item:
    found = delta.new or delta.old
    assert found is not None
    return found


def _files(
    part: Part, name: str, old: Mapping[str, Any], new: Mapping[str, Any], read: Callable[[Any], Outline],
    tell: Callable[[Delta, str], Change], obstacles: list[str],
) -> Iterator[Change]:  # fmt: skip
    for place in sorted({*old, *new}):
        if place not in old or place not in new:
            yield Change(part, "removed" if place in old else "added", "", place, f"{name} “{place}”")
        elif old[place] != new[place]:
            try:
                before, after = read(old[place]), read(new[place])
            except DefinitionError as error:
                obstacles.append(f"Chưa so sánh được {name.lower()} “{place}”: {error.findings[0].sentence}")
                continue
            yield from (tell(delta, place) for delta in differences(before, after) if set(delta.facets) != {"layout"})


def _scenarios(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    parts = {"name": "tên", "data": "dữ liệu ban đầu", "start": "điểm bắt đầu", "step": "các bước", "end": "kết thúc",
             "operations": "kết quả của thao tác", "thrown": "thông điệp gửi đi", "done": "việc đã làm",
             "not_done": "việc không làm"}  # fmt: skip
    for name in sorted({*old, *new}):
        title = f"Kịch bản “{_called(new.get(name, old.get(name)), name)}”"
        if name not in old or name not in new:
            yield Change("scenario", "removed" if name in old else "added", name, name, title)
        elif _plain(old[name]) != _plain(new[name]):
            both = [dict(each) if isinstance(each, Mapping) else {} for each in (old[name], new[name])]
            differing = [key for key in {**both[0], **both[1]} if _plain(both[0].get(key)) != _plain(both[1].get(key))]
            told = tuple(f"sửa {parts.get(key, key)}" for key in differing)
            yield Change("scenario", "changed", name, name, title, told or ("đã sửa",))


def _called(table: Any, name: str) -> str:
    said = table.get("name") if isinstance(table, Mapping) else None
    return said if isinstance(said, str) and said else name


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


__all__ = ["PARTS", "Change", "Comparison", "Part", "compare"]
