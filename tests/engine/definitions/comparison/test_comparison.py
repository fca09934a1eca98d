"""Two versions told apart: on the diagram, in forms, tables and scenarios, in sentences."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from engine.definitions.comparison import Comparison, compare
from engine.definitions.shipped import PROCESSES, Bundle, read_folder
from tests.bpmn_text import END, START, chain, process, user

RECALL = read_folder(PROCESSES / "recall")
INCOMING = read_folder(PROCESSES / "incoming-document")
RESOLUTION = read_folder(PROCESSES / "resolution")
TABLE = "forwarding-deadlines.dmn"


def drawn(bundle: Bundle, *swaps: tuple[str, str]) -> Bundle:
    """The bundle with words of its diagram swapped; each must be there."""
    text = bundle.diagram.decode()
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    return replace(bundle, diagram=text.encode())


def said(found: Comparison) -> list[str]:
    return [f"{change.kind}: {change.sentence}" for change in found.changes]


@pytest.mark.parametrize("bundle", [RECALL, INCOMING, RESOLUTION], ids=lambda each: each.key)
def test_a_version_does_not_differ_from_itself(bundle: Bundle) -> None:
    assert compare(bundle, copy.deepcopy(bundle)) == Comparison(())


def test_spelling_of_the_xml_is_no_difference() -> None:
    renamed = RECALL.diagram.replace(b"bpmn:", b"b:").replace(b"xmlns:bpmn=", b"xmlns:b=")
    renamed = renamed.replace(b">\n", b">\n\n")
    assert compare(RECALL, replace(RECALL, diagram=renamed)) == Comparison(())


def test_changed_attributes_are_told_by_their_names() -> None:
    new = drawn(
        RECALL,
        ('name="Duyệt thu hồi"', 'name="Phê duyệt thu hồi"'),
        ("now(), 'PT2H')}\" camunda:formRefBinding", "now(), 'PT4H')}\" camunda:formRefBinding"),
        ('value="ND30-18.4 QD28-8.2b"', 'value="ND30-18.4"'),
        ('name="remark"', 'name="note"'),
    )
    (change,) = [each for each in compare(RECALL, new).changes if each.element == "approve-recall"]
    assert change.title == "Bước “Phê duyệt thu hồi”"
    assert "Tên: “Duyệt thu hồi” → “Phê duyệt thu hồi”" in change.details
    assert "Hạn xử lý: “${office_deadline(now(), 'PT2H')}” → “${office_deadline(now(), 'PT4H')}”" in change.details
    assert "Căn cứ pháp lý: “ND30-18.4 QD28-8.2b” → “ND30-18.4”" in change.details
    assert any(each.startswith("Dữ liệu ra “note”: thêm") for each in change.details)
    assert any(each.startswith("Dữ liệu ra “remark”: bỏ") for each in change.details)


def test_an_added_step_and_the_flow_it_cuts() -> None:
    old = Bundle("one", "Một", process("one", [START, user("work"), END, chain("start", "work", "end")]), {}, {})
    steps = [START, user("work"), user("check"), END, chain("start", "work", "check", "end")]
    new = replace(old, diagram=process("one", steps))
    kinds = {(each.kind, each.element) for each in compare(old, new).changes}
    assert ("added", "check") in kinds
    assert compare(old, new).marks("old").get("added") is None
    assert "check" in compare(old, new).marks("new")["added"]
    assert {(each.kind, each.element) for each in compare(new, old).changes} >= {("removed", "check")}


def test_what_only_stands_elsewhere_has_moved() -> None:
    where = (
        RECALL.diagram.decode().split('bpmnElement="approve-recall"', 1)[1].split("<dc:Bounds ", 1)[1].split("/>")[0]
    )
    new = drawn(RECALL, (where, where.replace('x="', 'x="1')))
    assert said(compare(RECALL, new)) == ["moved: Bước “Duyệt thu hồi”: dời chỗ"]


def test_another_lane_is_a_change() -> None:
    new = drawn(
        RECALL,
        ("        <bpmn:flowNodeRef>freeze-document</bpmn:flowNodeRef>\n", ""),
        ('name="Hệ thống">', 'name="Hệ thống"><bpmn:flowNodeRef>freeze-document</bpmn:flowNodeRef>'),
    )
    assert said(compare(RECALL, new)) == ["changed: Thao tác “Đóng băng văn bản”: Làn: “Văn thư” → “Hệ thống”"]


def test_forms_are_compared_by_the_keys_of_their_components() -> None:
    forms: dict[str, Any] = copy.deepcopy(dict(RESOLUTION.forms))
    asked = forms["assign-work"]["components"]
    asked[1]["label"] = "Vì sao trả lại"
    group = asked[2]["components"]
    group.insert(0, {"type": "textfield", "key": "place", "label": "Nơi làm"})
    del group[-1]
    asked[0], asked[1] = asked[1], asked[0]
    del forms["give-opinion"]
    found = said(compare(RESOLUTION, replace(RESOLUTION, forms=forms)))
    assert "changed: Ô “Vì sao trả lại”: Nhãn: “Lý do trả lại” → “Vì sao trả lại”" in found
    assert "added: Ô “Nơi làm”: thêm mới" in found
    assert "removed: Ô “Yêu cầu của trưởng phòng”: bỏ" in found
    assert "changed: Toàn biểu mẫu: Thứ tự bên trong thay đổi" in found
    assert "removed: Biểu mẫu “give-opinion”: bỏ" in found
    assert len(found) == 5


def test_tables_are_compared_rule_by_rule() -> None:
    table = INCOMING.decisions[TABLE].replace('"P3D"', '"P4D"').replace('hitPolicy="FIRST"', 'hitPolicy="UNIQUE"')
    dropped = table[table.index('<rule id="rule-forwarding-deadlines-5">') : table.index("</decisionTable>")]
    new = replace(INCOMING, decisions={**INCOMING.decisions, TABLE: table.replace(dropped, "")})
    assert said(compare(INCOMING, new)) == [
        "changed: Bảng “Thời hạn theo độ khẩn”: Cách chọn dòng: “FIRST” → “UNIQUE”",
        'changed: Dòng 2: Cột “Giải quyết trong”: “"P3D"” → “"P4D"”',
        'removed: Dòng 5: bỏ (Độ khẩn: -; Nhắc văn thư sau: "PT1H36M"; Phải chuyển trong: "PT2H"; '
        'Giải quyết trong: "P10D")',
    ]


def test_scenarios_are_compared_by_name() -> None:
    scenarios = {**RECALL.scenarios, "mới": {"name": "Mới"}}
    scenarios["denied"] = {**scenarios["denied"], "end": {"at": ["x"]}}
    del scenarios["rejected"]
    assert said(compare(RECALL, replace(RECALL, scenarios=scenarios))) == [
        f"changed: Kịch bản “{RECALL.scenarios['denied']['name']}”: sửa kết thúc",
        "added: Kịch bản “Mới”: thêm mới",
        "removed: Kịch bản “Lãnh đạo không đồng ý thu hồi”: bỏ",
    ]


@pytest.mark.parametrize(
    ("diagram", "words"),
    [
        (b"<not xml", "Chưa so sánh được sơ đồ: Tệp sơ đồ không phải XML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', "Chưa so sánh được sơ đồ: Tệp sơ đồ khai báo DOCTYPE"),
        (b"<x/>", "Chưa so sánh được sơ đồ: Tệp này không phải sơ đồ BPMN 2.0."),
        (process("one", [START, START, END]), "Chưa so sánh được sơ đồ: Mã “start” được dùng cho hai phần tử."),
    ],
)
def test_what_cannot_be_read_is_said_and_the_rest_compared(diagram: bytes, words: str) -> None:
    forms: dict[str, Any] = {"broken": [1], "twice": {"components": [{"key": "a"}, {"key": "a"}]}}
    old = Bundle("one", "Một", process("one", [START, END]), {key: {} for key in forms}, {"a.dmn": "<x/>"}, {"s": {}})
    new = Bundle("one", "Một", diagram, forms, {"a.dmn": "<y/>"}, {"s": 5})
    found = compare(old, new)
    assert found.obstacles[0].startswith(words)
    assert [each.partition(":")[0] for each in found.obstacles[1:]] == [
        "Chưa so sánh được biểu mẫu “broken”",
        "Chưa so sánh được biểu mẫu “twice”",
        "Chưa so sánh được bảng “a.dmn”",
    ]
    assert said(found) == ["changed: Kịch bản “s”: đã sửa"]
