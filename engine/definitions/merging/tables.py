"""Writes a settled DMN outline into the variant's own file: columns and rules by id, cells under their columns."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from engine.definitions.comparison.outline import PARENT, Facet, Item, Outline
from engine.definitions.comparison.tables import COLUMNS, ROOT, children, table_of
from engine.definitions.merging.threeway import Settled

_BEFORE_RULES = ("input", "output", "annotation")


def write(mine: Any, settled: Settled, own: Outline, theirs: Outline) -> str:
    """The merged DMN file. `mine` is the variant's parsed file (it is changed), `own` its outline."""
    work = _Writing(mine, settled, own, theirs)
    for node in children(mine, "decision"):
        if node.get("id") not in settled.items:
            mine.remove(node)
    work.say(mine, ROOT, "")
    for identifier in [key for key in settled.items if work.item(key).kind == "decision"]:
        work.decision(identifier)
    etree.indent(mine, "  ")
    return etree.tostring(mine, xml_declaration=True, encoding="UTF-8").decode()


class _Writing:
    def __init__(self, root: Any, settled: Settled, own: Outline, theirs: Outline) -> None:
        self.root, self.settled, self.own, self.theirs = root, settled, own, theirs
        self.space = etree.QName(root).namespace

    def item(self, identifier: str) -> Item:
        return self.own.get(identifier) or self.theirs[identifier]

    def decision(self, identifier: str) -> None:
        """Write one decision: what is said of it, its columns and its rules in the settled order."""
        node = self.own[identifier].node if identifier in self.own else self._copied(identifier)
        if node.getparent() is None:
            decisions = children(self.root, "decision")
            self.root.insert(self.root.index(decisions[-1]) + 1 if decisions else 0, node)
        self.say(node, identifier, "")
        table = table_of(node)
        if table is None:
            return
        self.say(table, identifier, "table ")
        for part in children(table, *COLUMNS, "rule"):
            table.remove(part)
        inside = self._inside(identifier)
        place = 0
        for key in [each for kind in (*COLUMNS, "rule") for each in inside if self.item(each).kind == kind]:
            if self.item(key).kind == "rule":
                table.append(self._rule(key, inside))
            else:
                part = self._part(key)
                self.say(part, key, "")
                table.insert(place, part)
                place += 1

    def _inside(self, identifier: str) -> list[str]:
        here = [
            key
            for key, facets in self.settled.items.items()
            if key != ROOT and self.item(key).kind != "decision" and facets[PARENT].value == identifier
        ]
        ordered = [each for each in self.settled.orders.get(identifier, ()) if each in here]
        return [*ordered, *(each for each in here if each not in ordered)]

    def _part(self, identifier: str) -> Any:
        return self.own[identifier].node if identifier in self.own else self._copied(identifier)

    def _copied(self, identifier: str) -> Any:
        """A part of the other file, in the namespace of this one."""
        made = copy.deepcopy(self.theirs[identifier].node)
        made.tail = None
        self._adopt(made)
        return made

    def _adopt(self, node: Any) -> None:
        for each in node.iter():
            if isinstance(each.tag, str) and "/spec/DMN/" in (etree.QName(each).namespace or ""):
                each.tag = f"{{{self.space}}}{etree.QName(each).localname}"

    def _rule(self, identifier: str, inside: Iterable[str]) -> Any:
        node, facets = self._part(identifier), self.settled.items[identifier]
        for part in children(node, *COLUMNS.values(), "description", "annotationEntry", "extensionElements"):
            node.remove(part)
        for name in ("description", "extensionElements"):
            self._append(node, facets.get(name))
        for kind, entry in COLUMNS.items():
            for column in (each for each in inside if self.item(each).kind == kind):
                node.append(self._cell(entry, facets.get(f"cell {column}"), kind))
        self._append(node, facets.get("annotationEntry"))
        return node

    def _cell(self, entry: str, facet: Facet | None, kind: str) -> Any:
        if facet is not None:
            cell = copy.deepcopy(facet.source[1])
            cell.tail = None
            self._adopt(cell)
            return cell
        cell = etree.Element(f"{{{self.space}}}{entry}")
        text = etree.SubElement(cell, f"{{{self.space}}}text")
        text.text = "-" if kind == "input" else ""
        return cell

    def _append(self, node: Any, facet: Facet | None) -> None:
        for part in facet.source if facet is not None else ():
            copied = copy.deepcopy(part)
            copied.tail = None
            self._adopt(copied)
            node.append(copied)

    def say(self, node: Any, identifier: str, prefix: str) -> None:
        """Make attributes and parts of a node what the settled facets say, where they differ from its own."""
        facets = self.settled.items[identifier]
        before: Mapping[str, Facet] = self.own[identifier].facets if identifier in self.own else {}
        for name in {**before, **facets}:
            if not name.startswith(prefix) or before.get(name) == facets.get(name) or identifier not in self.own:
                continue
            bare, facet = name.removeprefix(prefix), facets.get(name)
            if bare.startswith("@"):
                if facet is not None:
                    node.set(bare[1:], facet.source)
                else:
                    node.attrib.pop(bare[1:], None)
            elif bare == "layout" or bare.startswith("child "):
                old = children(node, "DMNDI" if bare == "layout" else bare.removeprefix("child "))
                place = node.index(old[0]) if old else len(node) if bare == "layout" else 0
                for part in old:
                    node.remove(part)
                for offset, part in enumerate(facet.source if facet is not None else ()):
                    copied = copy.deepcopy(part)
                    copied.tail = None
                    self._adopt(copied)
                    node.insert(place + offset, copied)
