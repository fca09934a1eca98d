"""Random edits of a procedure, as an analyst would make them: what the tests of merging draw from."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from lxml import etree

from engine.bpmn.dialect import BPMN, CAMUNDA
from engine.definitions.comparison.diagrams import elements

FOREIGN = "http://example.com/foreign"
TASKS = ("userTask", "serviceTask", "businessRuleTask", "callActivity", "subProcess")
Edit = Callable[[Any], None]


def q(name: str) -> str:
    return f"{{{BPMN}}}{name}"


def named(root: Any, *kinds: str) -> list[Any]:
    """The elements of these kinds, in the order of the file."""
    return [each for each, _ in elements(root) if etree.QName(each).localname in kinds]


def edited(xml: bytes, edits: list[tuple[Any, ...]]) -> bytes:
    """The file after the edits: each the maker of an edit with what it is told."""
    root = etree.fromstring(xml)
    for maker, *told in edits:
        maker(*told)(root)
    return etree.tostring(root)


def _pick(root: Any, place: int, *kinds: str) -> Any:
    found = named(root, *kinds)
    return found[place % len(found)]


def rename(place: int, name: str) -> Edit:
    """Call a task otherwise."""
    return lambda root: _pick(root, place, *TASKS).set("name", name)


def attribute(place: int, name: str, value: str) -> Edit:
    """Set a camunda attribute of a user task."""
    return lambda root: _pick(root, place, "userTask").set(f"{{{CAMUNDA}}}{name}", value)


def extension(place: int, name: str, value: str) -> Edit:
    """Give a task a foreign extension element and a property."""

    def edit(root: Any) -> None:
        node = _pick(root, place, *TASKS)
        box = node.find(q("extensionElements"))
        if box is None:
            box = etree.Element(q("extensionElements"))
            node.insert(0, box)
        foreign = etree.SubElement(box, f"{{{FOREIGN}}}{name}")
        etree.SubElement(foreign, f"{{{FOREIGN}}}inner").text = value
        holder = box.find(f"{{{CAMUNDA}}}properties")
        if holder is None:
            holder = etree.SubElement(box, f"{{{CAMUNDA}}}properties")
        etree.SubElement(holder, f"{{{CAMUNDA}}}property", name=name, value=value)

    return edit


def documentation(place: int, text: str) -> Edit:
    """Write what a task is for."""

    def edit(root: Any) -> None:
        node = _pick(root, place, *TASKS)
        for old in node.findall(q("documentation")):
            node.remove(old)
        made = etree.Element(q("documentation"))
        made.text = text
        node.insert(0, made)

    return edit


def shift(place: int, across: int) -> Edit:
    """Draw a task elsewhere."""

    def edit(root: Any) -> None:
        identifier = _pick(root, place, *TASKS).get("id")
        for shape in root.iter("{http://www.omg.org/spec/BPMN/20100524/DI}BPMNShape"):
            if shape.get("bpmnElement") == identifier:
                shape[0].set("x", str(float(shape[0].get("x")) + across))

    return edit


def insert(place: int, identifier: str) -> Edit:
    """Cut a flow and put a step in."""

    def edit(root: Any) -> None:
        flow = _pick(root, place, "sequenceFlow")
        parent, target = flow.getparent(), flow.get("targetRef")
        if any(each.get("id") == identifier for each, _ in elements(root)):
            return
        made = etree.SubElement(parent, q("userTask"), id=identifier, name=f"Bước {identifier}")
        etree.SubElement(parent, q("sequenceFlow"), id=f"{identifier}-on", sourceRef=identifier, targetRef=target)
        flow.set("targetRef", made.get("id"))
        lane = next(iter(root.iter(q("lane"))), None)
        if lane is not None and etree.QName(parent).localname == "process":
            etree.SubElement(lane, q("flowNodeRef")).text = identifier

    return edit


def drop(place: int) -> Edit:
    """Take a task out: what came to it now goes on to where it led; its borders and their ways go too."""

    def edit(root: Any) -> None:
        node = _pick(root, place, "userTask", "serviceTask", "businessRuleTask", "callActivity")
        identifier = node.get("id")
        flows = named(root, "sequenceFlow")
        onwards = next((each.get("targetRef") for each in flows if each.get("sourceRef") == identifier), None)
        gone = [identifier]
        for border in named(root, "boundaryEvent"):
            if border.get("attachedToRef") == identifier:
                gone.append(border.get("id"))
        for flow in flows:
            if flow.get("targetRef") == identifier and onwards and onwards != identifier:
                flow.set("targetRef", onwards)
            elif flow.get("sourceRef") in gone or flow.get("targetRef") in gone:
                gone.append(flow.get("id"))
        remove(root, gone)

    return edit


def remove(root: Any, gone: list[str]) -> None:
    """Take elements out of a file with everything that names them."""
    for node in list(root.iter()):
        if (
            isinstance(node.tag, str)
            and node.getparent() is not None
            and (node.get("id") in gone or node.get("bpmnElement") in gone or (node.text or "").strip() in gone)
        ):
            node.getparent().remove(node)
    for node in root.iter():
        if isinstance(node.tag, str) and node.get("default") in gone:
            del node.attrib["default"]


words = st.sampled_from(["Giao việc", "Thẩm tra", "Xem lại", "Trình", "Đóng dấu"])
places = st.integers(0, 40)
steps = st.sampled_from(["review", "verify", "second-look"])

drawing_edits: st.SearchStrategy[list[tuple[Any, ...]]] = st.lists(
    st.one_of(
        st.tuples(st.just(rename), places, words),
        st.tuples(st.just(attribute), places, st.sampled_from(["dueDate", "priority", "assignee"]), words),
        st.tuples(st.just(extension), places, st.sampled_from(["note", "mark"]), words),
        st.tuples(st.just(documentation), places, words),
        st.tuples(st.just(shift), places, st.integers(1, 90)),
        st.tuples(st.just(insert), places, steps),
        st.tuples(st.just(drop), places),
    ),
    max_size=5,
)


def edited_form(schema: Any, moves: list[tuple[str, int, str]]) -> Any:
    """A form after relabelling, adding, dropping and swapping questions."""
    made = copy.deepcopy(schema)
    for what, place, word in moves:
        asked = made["components"]
        at = place % len(asked) if asked else 0
        if what == "label" and asked:
            asked[at]["label"] = word
        elif what == "add" and word not in json.dumps(made):
            asked.insert(at, {"type": "textfield", "key": word, "label": word})
        elif what == "drop" and len(asked) > 1:
            del asked[at]
        elif what == "swap" and len(asked) > 1:
            asked[at], asked[at - 1] = asked[at - 1], asked[at]
    return made


form_edits = st.lists(
    st.tuples(st.sampled_from(["label", "add", "drop", "swap"]), places, st.sampled_from(["alpha", "beta", "gamma"])),
    max_size=4,
)


def edited_table(text: str, moves: list[tuple[str, int, str]]) -> str:
    """A decision table after changing cells, adding and dropping rules and columns."""
    root = etree.fromstring(text.encode())
    space = f"{{{etree.QName(root).namespace}}}"
    table = root.find(f"{space}decision/{space}decisionTable")
    for what, place, word in moves:
        rules = table.findall(f"{space}rule")
        rule = rules[place % len(rules)]
        if what == "cell":
            rule.findall(f"{space}outputEntry")[0].find(f"{space}text").text = f'"{word}"'
        elif what == "rule" and table.find(f"*[@id='{word}']") is None:
            made = copy.deepcopy(rule)
            made.set("id", word)
            table.insert(table.index(rule), made)
        elif what == "drop" and len(rules) > 1:
            table.remove(rule)
        elif what == "column" and table.find(f"*[@id='column-{word}']") is None:
            made = copy.deepcopy(table.find(f"{space}input"))
            made.set("id", f"column-{word}")
            made.set("label", word)
            table.insert(0, made)
            for each in rules:
                entry = etree.Element(f"{space}inputEntry")
                etree.SubElement(entry, f"{space}text").text = place % 2 * f'"{word}"' or "-"
                each.insert([child.tag for child in each].index(f"{space}inputEntry"), entry)
    return etree.tostring(root).decode()


table_edits = st.lists(
    st.tuples(st.sampled_from(["cell", "rule", "drop", "column"]), places, st.sampled_from(["a", "b", "c"])), max_size=4
)
