"""Laws of merging under any edits: one side's work stands, sides may be swapped, the file says what was settled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.bpmn.reading import read_xml
from engine.definitions.comparison import diagrams as drawn
from engine.definitions.comparison import forms as asked
from engine.definitions.comparison import tables as ruled
from engine.definitions.comparison.outline import LAYOUT, Facet, Outline
from engine.definitions.merging import diagrams, forms, tables
from engine.definitions.merging.threeway import Settled, Side, settle, woven
from engine.definitions.shipped import PROCESSES, read_folder
from tests.engine.definitions.merging.edits import (
    drawing_edits,
    drop,
    edited,
    edited_form,
    edited_table,
    form_edits,
    insert,
    table_edits,
)

DIAGRAMS = {key: read_folder(PROCESSES / key).diagram for key in ("recall", "resolution")}
OUTLINES = {key: drawn.outline(diagram) for key, diagram in DIAGRAMS.items()}  # merging only reads its base
FORM = read_folder(PROCESSES / "resolution").forms["assign-work"]
TABLE = read_folder(PROCESSES / "incoming-document").decisions["forwarding-deadlines.dmn"]
ASKED, RULED = asked.outline(FORM), ruled.outline(TABLE)
Said = Mapping[str, Mapping[str, Any]]


def said(outline: Outline, *, layout: bool = True) -> Said:
    """What an outline says, item by item, for comparing."""
    return {key: plain(item.facets, layout) for key, item in outline.items()}


def plain(facets: Mapping[str, Facet], layout: bool = True) -> Mapping[str, Any]:
    return {name: facet.value for name, facet in facets.items() if layout or name != LAYOUT}


def merged(base: Outline, theirs: Outline, mine: bytes, side: Side | None = None) -> tuple[Settled, Said]:
    """What was settled, and what the written file says; `mine` is read anew, as writing changes what was read."""
    root = read_xml(mine)
    own = drawn.outline_of(root)
    found = settle(base, theirs, own, lambda item, facet: side)
    return found, said(drawn.outline(diagrams.write(root, found, own)), layout=False)


@given(st.sampled_from(sorted(DIAGRAMS)), drawing_edits)
@settings(max_examples=60)
def test_an_unchanged_side_adds_nothing(key: str, edits: list[Any]) -> None:
    base, changed = OUTLINES[key], edited(DIAGRAMS[key], edits)
    outline = drawn.outline(changed)
    for theirs, mine in ((base, changed), (outline, DIAGRAMS[key])):
        found, made = merged(base, theirs, mine)
        assert found.clashes == []
        assert made == said(outline, layout=False)


@given(st.sampled_from(sorted(DIAGRAMS)), drawing_edits, drawing_edits)
@example("resolution", [(drop, 28)], [(insert, 0, "review"), (drop, 0), (drop, 28)])  # a default flow fell with its end
@settings(max_examples=80)
def test_the_file_says_what_was_settled(key: str, one: list[Any], other: list[Any]) -> None:
    theirs, mine = drawn.outline(edited(DIAGRAMS[key], one)), edited(DIAGRAMS[key], other)
    for side in (None, "mine", "theirs"):
        found, made = merged(OUTLINES[key], theirs, mine, side)
        assert made == {key: plain(facets, layout=False) for key, facets in found.items.items()}
        if not found.clashes:
            break  # nobody is asked, so every side would have said the same


@given(st.sampled_from(sorted(DIAGRAMS)), drawing_edits, drawing_edits)
@settings(max_examples=60)
def test_it_does_not_matter_which_side_is_which(key: str, one: list[Any], other: list[Any]) -> None:
    base, a, b = OUTLINES[key], edited(DIAGRAMS[key], one), edited(DIAGRAMS[key], other)
    left, right = merged(base, drawn.outline(a), b, "mine"), merged(base, drawn.outline(b), a, "theirs")
    assert {(each.id, each.facet) for each in left[0].clashes} == {(each.id, each.facet) for each in right[0].clashes}
    assert left[1] == right[1]


@given(form_edits, form_edits)
@settings(max_examples=60)
def test_forms_merge_by_the_same_laws(one: list[Any], other: list[Any]) -> None:
    theirs, mine = edited_form(FORM, one), edited_form(FORM, other)

    def made(a: Any, b: Any, side: Side) -> Any:
        own = asked.outline(b)
        found = settle(ASKED, asked.outline(a), own, lambda item, facet: side)
        written = forms.write(b, found, own)
        assert said(asked.outline(written)) == {key: plain(facets) for key, facets in found.items.items()}
        return written

    assert json.dumps(made(FORM, mine, "mine")) == json.dumps(mine)
    assert said(asked.outline(made(theirs, FORM, "mine"))) == said(asked.outline(theirs))
    left, right = asked.outline(made(theirs, mine, "mine")), asked.outline(made(mine, theirs, "theirs"))
    assert said(left) == said(right)
    assert {key: item.children for key, item in left.items()} == {key: item.children for key, item in right.items()}


@given(table_edits, table_edits)
@settings(max_examples=60)
def test_tables_merge_by_the_same_laws(one: list[Any], other: list[Any]) -> None:
    theirs, mine = edited_table(TABLE, one), edited_table(TABLE, other)

    def made(a: str, b: str, side: Side) -> Outline:
        root = read_xml(b.encode())
        own, far = ruled.outline_of(root), ruled.outline(a)
        found = settle(RULED, far, own, lambda item, facet: side)
        return ruled.outline(tables.write(root, found, own, far))

    assert said(made(TABLE, mine, "mine")) == said(ruled.outline(mine))
    assert said(made(theirs, TABLE, "mine")) == said(ruled.outline(theirs))
    left, right = made(theirs, mine, "mine"), made(mine, theirs, "theirs")
    assert said(left) == said(right)
    assert {key: item.children for key, item in left.items()} == {key: item.children for key, item in right.items()}


@given(st.permutations("abcdef"), st.permutations("abcdxy"))
def test_no_one_is_lost_in_the_order(theirs: list[str], mine: list[str]) -> None:
    both = set(theirs) & set(mine)
    order = woven(theirs, mine, both, "mine")
    assert sorted(order) == sorted({*theirs, *mine})
    assert [each for each in order if each in both] == [each for each in mine if each in both]
    assert order == woven(mine, theirs, both, "theirs")
