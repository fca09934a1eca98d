"""A variant and a newer base: what goes together, what is asked, what is never lost."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from engine.bpmn import checks
from engine.bpmn.dialect import BPMN
from engine.definitions.comparison import compare, diagrams
from engine.definitions.merging import Merged, Side, merge
from engine.definitions.merging.docking import overlaps
from engine.definitions.shipped import PROCESSES, Bundle, read_folder
from tests.bpmn_text import END, START, chain, process, user
from tests.engine.definitions.merging import edits

RECALL = read_folder(PROCESSES / "recall")
INCOMING = read_folder(PROCESSES / "incoming-document")
RESOLUTION = read_folder(PROCESSES / "resolution")
TABLE = "forwarding-deadlines.dmn"


def swapped(bundle: Bundle, *pairs: tuple[str, str]) -> Bundle:
    text = bundle.diagram.decode()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return replace(bundle, diagram=text.encode())


def redrawn(bundle: Bundle, *moves: tuple[Any, ...]) -> Bundle:
    return replace(bundle, diagram=edits.edited(bundle.diagram, list(moves)))


def without(bundle: Bundle, *gone: str) -> Bundle:
    return redrawn(bundle, (lambda: lambda root: edits.remove(root, list(gone)),))


def said(found: Merged) -> list[str]:
    return [f"{change.kind}: {change.sentence}" for change in found.merged]


def everything(found: Merged, side: Side) -> dict[str, Side]:
    return {conflict.key: side for conflict in found.conflicts}


LEADER = 'camunda:formRef="approve-recall" camunda:candidateGroups="leader"'


@pytest.mark.parametrize("bundle", [RECALL, INCOMING, RESOLUTION], ids=lambda each: each.key)
def test_one_side_alone_is_taken_letter_by_letter(bundle: Bundle) -> None:
    changed = redrawn(bundle, (edits.insert, 3, "review"), (edits.extension, 2, "note", "Ghi chú"))
    assert merge(bundle, bundle, changed).bundle == changed
    assert merge(bundle, changed, bundle).bundle == changed
    assert merge(bundle, changed, changed).bundle == changed
    assert merge(bundle, changed, changed).conflicts == ()


def test_changes_in_different_places_go_together_and_are_listed() -> None:
    theirs = swapped(RECALL, ('name="Duyệt thu hồi"', 'name="Phê duyệt thu hồi"'))
    mine = swapped(RECALL, (LEADER, LEADER.replace("leader", "deputy")))
    found = merge(RECALL, theirs, mine)
    assert found.conflicts == ()
    assert found.settled
    assert said(found) == ["changed: Bước “Phê duyệt thu hồi”: Tên: “Duyệt thu hồi” → “Phê duyệt thu hồi”"]
    assert [each.sentence for each in found.kept] == ["Bước “Duyệt thu hồi”: Nhóm thực hiện: “leader” → “deputy”"]
    assert b'candidateGroups="deputy"' in found.bundle.diagram
    assert found.findings == checks.check(RECALL.diagram)


def test_what_both_changed_differently_is_asked_and_settled_by_choice() -> None:
    theirs = swapped(RECALL, ('name="Duyệt thu hồi"', 'name="Phê duyệt thu hồi"'))
    mine = swapped(RECALL, ('name="Duyệt thu hồi"', 'name="Xét thu hồi"'))
    found = merge(RECALL, theirs, mine)
    (asked,) = found.conflicts
    assert (asked.element, asked.base, asked.theirs, asked.mine, asked.chosen) == (
        "approve-recall", "Duyệt thu hồi", "Phê duyệt thu hồi", "Xét thu hồi", None,
    )  # fmt: skip
    assert not found.settled
    assert b"X\xc3\xa9t thu h\xe1\xbb\x93i" in found.bundle.diagram
    taken = merge(RECALL, theirs, mine, {asked.key: "theirs"})
    assert taken.settled
    assert compare(theirs, taken.bundle).changes == ()
    assert merge(RECALL, theirs, mine, {asked.key: "mine"}).bundle.diagram == found.bundle.diagram


def test_a_step_the_base_dropped_is_asked_for_when_the_variant_changed_it() -> None:
    gone = without(RECALL, "announce-recall", "announce-recall-to-recall-from-recipient")
    theirs = swapped(gone, ('targetRef="announce-recall"', 'targetRef="recall-from-recipient"'))
    mine = swapped(RECALL, ('name="Báo dừng theo dõi văn bản"', 'name="Báo dừng"'))
    found = merge(RECALL, theirs, mine)
    (asked,) = [each for each in found.conflicts if each.element == "announce-recall"]
    assert asked.theirs == "bỏ"
    assert asked.mine == "Tên: “Báo dừng theo dõi văn bản” → “Báo dừng”"
    assert b'name="B\xc3\xa1o d\xe1\xbb\xabng"' in found.bundle.diagram
    dropped = merge(RECALL, theirs, mine, everything(found, "theirs"))
    assert [each for each in compare(theirs, dropped.bundle).changes if each.kind != "moved"] == []
    assert dropped.settled


def test_an_untouched_step_goes_with_the_base() -> None:
    gone = without(RECALL, "announce-recall", "announce-recall-to-recall-from-recipient")
    theirs = swapped(gone, ('targetRef="announce-recall"', 'targetRef="recall-from-recipient"'))
    mine = swapped(RECALL, (LEADER, LEADER.replace("leader", "deputy")))
    found = merge(RECALL, theirs, mine)
    assert found.conflicts == ()
    assert b'id="announce-recall"' not in found.bundle.diagram
    assert b'bpmnElement="announce-recall"' not in found.bundle.diagram
    assert b">announce-recall<" not in found.bundle.diagram


def test_a_new_way_to_a_dropped_step_asks_whether_the_step_stays() -> None:
    base = Bundle(
        "one", "Một", process("one", [START, user("a"), user("b"), END, chain("start", "a", "b", "end")]), {}, {}
    )
    theirs = replace(base, diagram=process("one", [START, user("a"), END, chain("start", "a", "end")]))
    steps = [START, user("a"), user("b"), user("c"), END, chain("start", "a", "b", "end"), chain("c", "b")]
    mine = replace(base, diagram=process("one", steps))
    found = merge(base, theirs, mine)
    (asked,) = found.conflicts
    assert (asked.element, asked.theirs) == ("b", "bỏ")
    assert 'id="b"' in found.bundle.diagram.decode()
    dropped = merge(base, theirs, mine, {asked.key: "theirs"})
    outline = diagrams.outline(dropped.bundle.diagram)
    assert "b" not in outline
    assert "c" in outline
    assert "Theo lựa chọn hiện tại thì bỏ thêm: Luồng “c → b”" in dropped.conflicts[0].question


def test_both_cutting_the_same_flow_is_pointed_out() -> None:
    base = Bundle("one", "Một", process("one", [START, user("a"), END, chain("start", "a", "end")]), {}, {})
    sides = [redrawn(base, (edits.insert, 0, name)) for name in ("review", "verify")]
    found = merge(base, *sides)
    assert [each.question for each in found.conflicts] == ["Nối: hai bên sửa khác nhau."]
    assert "Hai bên cùng đổi luồng đi ra khỏi Điểm bắt đầu “start”; hãy xem lại đường đi." in {
        each.sentence for each in found.doubts
    }
    outline = diagrams.outline(found.bundle.diagram)
    assert {"review", "verify"} <= outline.keys()
    assert any(finding.element == "review" for finding in found.findings)


def test_foreign_elements_of_both_sides_live_on() -> None:
    theirs = redrawn(RECALL, (edits.extension, 1, "note", "của bản gốc"), (edits.documentation, 3, "Mới"))
    mine = redrawn(RECALL, (edits.extension, 1, "mark", "của bản riêng"), (edits.extension, 4, "mark", "khác"))
    text = merge(RECALL, theirs, mine).bundle.diagram.decode()
    root = etree.fromstring(text.encode())
    inner = [each.text for each in root.iter(f"{{{edits.FOREIGN}}}inner")]
    assert sorted(inner) == ["của bản gốc", "của bản riêng", "khác"]
    assert [each.get("value") for each in root.iter() if each.get("name") in ("note", "mark")] == [
        "của bản riêng", "của bản gốc", "khác",
    ]  # fmt: skip


def test_names_of_types_are_read_with_the_prefix_of_the_file_they_come_to() -> None:
    flow = '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${approver == 1}</bpmn:conditionExpression>'
    old = RECALL.diagram.decode()
    start = old.index("<bpmn:conditionExpression")
    condition = old[start : old.index("</bpmn:conditionExpression>", start) + len("</bpmn:conditionExpression>")]
    theirs = swapped(RECALL, (condition, flow))
    renamed = RECALL.diagram.replace(b"bpmn:", b"model:").replace(b"xmlns:bpmn=", b"xmlns:model=")
    mine = swapped(replace(RECALL, diagram=renamed), ('name="Duyệt thu hồi"', 'name="Xét thu hồi"'))
    found = merge(RECALL, theirs, mine)
    assert b'<model:conditionExpression xsi:type="model:tFormalExpression">${approver == 1}<' in found.bundle.diagram
    assert found.findings == checks.check(RECALL.diagram)


def test_what_both_drew_elsewhere_stays_where_the_variant_has_it() -> None:
    found = merge(RECALL, redrawn(RECALL, (edits.shift, 0, 30)), redrawn(RECALL, (edits.shift, 0, 60)))
    assert found.conflicts == ()
    assert found.merged == ()
    assert [each.sentence for each in found.doubts] == [
        "Hai bên vẽ lại chỗ khác nhau, giữ chỗ của bản riêng: Bước “Duyệt thu hồi”."
    ]


def test_lines_follow_a_step_that_moved() -> None:
    theirs = redrawn(RECALL, (edits.shift, 0, 0), (edits.rename, 5, "Khác"))
    mine = redrawn(RECALL, (edits.shift, 0, 40))
    root = etree.fromstring(merge(RECALL, mine, theirs).bundle.diagram)
    drawn = diagrams.drawings(root)
    place = drawn["approve-recall"][0][0]
    left, top, width, height = (float(place.get(name)) for name in ("x", "y", "width", "height"))
    ways = [drawn[key][0] for key in ("start-recall-to-approve-recall", "approve-recall-to-decide-approval")]
    points = [[each for each in way if each.tag.endswith("waypoint")] for way in ways]
    for end in (points[0][-1], points[1][0]):
        x, y = float(end.get("x")), float(end.get("y"))
        assert left - 1 <= x <= left + width + 1
        assert top - 1 <= y <= top + height + 1
        assert min(abs(x - left), abs(x - left - width), abs(y - top), abs(y - top - height)) <= 1


def test_something_new_drawn_over_something_else_is_pointed_out() -> None:
    both = []
    for name in ("review", "verify"):
        made = redrawn(RECALL, (edits.insert, 2 if name == "review" else 8, name))
        shape = (
            f'<bpmndi:BPMNShape id="shape-{name}" bpmnElement="{name}">'
            '<dc:Bounds x="5000" y="40" width="100" height="80" /></bpmndi:BPMNShape></bpmndi:BPMNPlane>'
        )
        both.append(swapped(made, ("</bpmndi:BPMNPlane>", shape)))
    found = merge(RECALL, *both)
    assert "Bước “Bước review” nằm chồng lên Bước “Bước verify”; hãy kéo ra." in {
        each.sentence for each in found.doubts
    }
    assert list(overlaps(etree.fromstring(RECALL.diagram), ["approve-recall", "end-rejected"])) == []


def test_an_added_step_comes_with_lane_flows_and_place_in_the_file() -> None:
    flows = [each.get("id") for each in edits.named(etree.fromstring(RECALL.diagram), "sequenceFlow")]
    theirs = redrawn(RECALL, (edits.insert, flows.index("start-recall-to-approve-recall"), "review"))
    mine = swapped(RECALL, ('name="Duyệt thu hồi"', 'name="Xét thu hồi"'))
    root = etree.fromstring(merge(RECALL, theirs, mine).bundle.diagram)
    made = next(each for each in root.iter(f"{{{BPMN}}}userTask") if each.get("id") == "review")
    assert [etree.QName(each).localname for each in made] == ["incoming", "outgoing"]
    assert [each.text for each in made] == ["start-recall-to-approve-recall", "review-on"]
    target = next(each for each in root.iter(f"{{{BPMN}}}userTask") if each.get("id") == "approve-recall")
    assert [each.text for each in target.findall(f"{{{BPMN}}}incoming")] == ["review-on"]
    assert diagrams.outline_of(root)["review"].facets["lane"].value == ("lane-leader",)
    assert root[-1].tag.endswith("BPMNDiagram")


def test_forms_merge_question_by_question() -> None:
    theirs: dict[str, Any] = copy.deepcopy(dict(RESOLUTION.forms))
    mine: dict[str, Any] = copy.deepcopy(dict(RESOLUTION.forms))
    theirs["assign-work"]["components"][1]["label"] = "Vì sao trả lại"
    theirs["assign-work"]["components"][2]["components"].append({"type": "number", "key": "days", "label": "Số ngày"})
    theirs["new-one"] = {"type": "default", "components": []}
    mine["assign-work"]["components"][1]["validate"] = {"required": True, "maxLength": 500}
    mine["assign-work"]["components"].insert(0, {"type": "text", "id": "hint", "text": "Đọc kỹ"})
    mine["own-one"] = {"type": "default", "components": []}
    found = merge(RESOLUTION, replace(RESOLUTION, forms=theirs), replace(RESOLUTION, forms=mine))
    made = found.bundle.forms
    assert found.conflicts == ()
    assert [each.get("key") or each.get("id") for each in made["assign-work"]["components"]] == [
        "hint", "decision", "return_reason", "group-assignment",
    ]  # fmt: skip
    assert made["assign-work"]["components"][2]["label"] == "Vì sao trả lại"
    assert made["assign-work"]["components"][2]["validate"]["maxLength"] == 500
    assert made["assign-work"]["components"][3]["components"][-1]["key"] == "days"
    assert {"new-one", "own-one"} <= made.keys()


def test_a_form_the_base_dropped_and_the_variant_changed_is_asked_for_as_a_whole() -> None:
    theirs = {key: form for key, form in RESOLUTION.forms.items() if key != "assign-work"}
    mine: dict[str, Any] = copy.deepcopy(dict(RESOLUTION.forms))
    mine["assign-work"]["components"][1]["label"] = "Khác"
    sides = replace(RESOLUTION, forms=theirs), replace(RESOLUTION, forms=mine)
    found = merge(RESOLUTION, *sides)
    (asked,) = found.conflicts
    assert (asked.place, asked.theirs, asked.mine) == ("assign-work", "không có", "đã sửa")
    assert found.bundle.forms == mine
    assert merge(RESOLUTION, *sides, {asked.key: "theirs"}).bundle.forms == theirs


def table(text: str) -> Bundle:
    return replace(INCOMING, decisions={**INCOMING.decisions, TABLE: text})


def test_tables_merge_cell_by_cell() -> None:
    text = INCOMING.decisions[TABLE]
    theirs = table(edits.edited_table(text.replace('"P3D"', '"P4D"'), [("column", 0, "kind"), ("rule", 1, "extra")]))
    mine = table(text.replace('"P10D"', '"P12D"').replace('"PT12M"', '"PT9M"'))
    found = merge(INCOMING, theirs, mine)
    assert found.conflicts == ()
    made = found.bundle.decisions[TABLE]
    assert '"P4D"' in made
    assert made.count('"P12D"') == 2
    assert compare(mine, theirs).of("table")
    assert {each.element for each in compare(mine, found.bundle).of("table")} >= {"column-kind", "extra"}
    assert found.findings == checks.check(INCOMING.diagram)


def test_one_cell_changed_by_both_is_asked_for() -> None:
    text = INCOMING.decisions[TABLE]
    found = merge(INCOMING, table(text.replace('"P3D"', '"P4D"')), table(text.replace('"P3D"', '"P5D"')))
    (asked,) = found.conflicts
    assert (asked.question, asked.base, asked.theirs, asked.mine) == (
        "Cột “Giải quyết trong”: hai bên sửa khác nhau.", '"P3D"', '"P4D"', '"P5D"',
    )  # fmt: skip


def test_a_dropped_column_the_variant_filled_is_asked_for() -> None:
    text = edits.edited_table(INCOMING.decisions[TABLE], [("column", 0, "kind")])
    filled = text.replace("<text>-</text>", '<text>"khẩn"</text>', 1)
    assert filled != text
    found = merge(table(text), INCOMING, table(filled))
    (asked,) = [each for each in found.conflicts if each.element == "column-kind"]
    assert asked.theirs == "bỏ"
    assert "column-kind" in found.bundle.decisions[TABLE]
    dropped = merge(table(text), INCOMING, table(filled), everything(found, "theirs"))
    assert "column-kind" not in dropped.bundle.decisions[TABLE]
    assert compare(INCOMING, dropped.bundle).changes == ()


def test_scenarios_merge_by_name() -> None:
    theirs = {**RECALL.scenarios, "new": {"name": "Mới"}, "denied": {"name": "Gốc"}}
    mine = {**RECALL.scenarios, "own": {"name": "Riêng"}, "denied": {"name": "Riêng"}}
    found = merge(RECALL, replace(RECALL, scenarios=theirs), replace(RECALL, scenarios=mine))
    assert [each.title for each in found.conflicts] == ["Kịch bản “denied”"]
    assert found.bundle.scenarios.keys() == {*RECALL.scenarios, "new", "own"}
    assert found.bundle.scenarios["denied"] == {"name": "Riêng"}


@pytest.mark.parametrize("broken", [b"<not xml", b"<x/>", b""])
def test_what_cannot_be_read_is_chosen_as_a_whole(broken: bytes) -> None:
    theirs = swapped(RECALL, ('name="Duyệt thu hồi"', 'name="Phê duyệt thu hồi"'))
    mine = replace(RECALL, diagram=broken, decisions={"a.dmn": "<y/>"})
    found = merge(RECALL, replace(theirs, decisions={"a.dmn": "<x/>"}), mine)
    assert [each.title for each in found.conflicts] == ["Sơ đồ", "Bảng “a.dmn”"]
    assert found.bundle.diagram == broken
    assert found.findings
    taken = merge(RECALL, replace(theirs, decisions={"a.dmn": "<x/>"}), mine, everything(found, "theirs"))
    assert (taken.bundle.diagram, taken.bundle.decisions) == (theirs.diagram, {"a.dmn": "<x/>"})
