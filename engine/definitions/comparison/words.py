"""Vietnamese names of elements and of what may be said about them."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.dialect import CAMUNDA
from engine.definitions.comparison.outline import LAYOUT, PARENT, Item

LONGEST = 120

KINDS = {
    "userTask": "Bước", "manualTask": "Bước", "task": "Bước", "serviceTask": "Thao tác", "sendTask": "Thao tác",
    "receiveTask": "Bước chờ", "businessRuleTask": "Bước tra bảng quyết định", "scriptTask": "Tác vụ kịch bản",
    "callActivity": "Quy trình được gọi", "subProcess": "Quy trình con", "transaction": "Quy trình con",
    "adHocSubProcess": "Quy trình con", "startEvent": "Điểm bắt đầu", "endEvent": "Điểm kết thúc",
    "intermediateCatchEvent": "Sự kiện chờ", "intermediateThrowEvent": "Sự kiện báo", "boundaryEvent": "Sự kiện biên",
    "exclusiveGateway": "Cổng rẽ nhánh", "inclusiveGateway": "Cổng chọn nhiều nhánh", "complexGateway": "Cổng phức hợp",
    "parallelGateway": "Cổng song song", "eventBasedGateway": "Cổng chờ sự kiện", "sequenceFlow": "Luồng",
    "messageFlow": "Luồng thông điệp", "association": "Đường nối ghi chú", "lane": "Làn", "laneSet": "Nhóm làn",
    "childLaneSet": "Nhóm làn con", "participant": "Bên tham gia", "collaboration": "Khung phối hợp",
    "process": "Quy trình", "message": "Thông điệp", "signal": "Tín hiệu", "error": "Mã lỗi",
    "escalation": "Mã báo cáo vượt cấp", "textAnnotation": "Ghi chú", "group": "Nhóm", "dataObject": "Dữ liệu",
    "dataObjectReference": "Dữ liệu", "dataStoreReference": "Kho dữ liệu", "definitions": "Tệp sơ đồ",
}  # fmt: skip

FACETS = {
    "kind": "Loại phần tử", PARENT: "Nằm trong", "ends": "Nối", "documentation": "Diễn giải", "condition": "Điều kiện",
    "event": "Loại sự kiện", "loop": "Lặp", "lane": "Làn", LAYOUT: "Vị trí", "order": "Thứ tự bên trong",
    "@name": "Tên", "@default": "Luồng mặc định", "@calledElement": "Quy trình được gọi", "@isExecutable": "Thực thi",
    "@attachedToRef": "Gắn vào", "@cancelActivity": "Ngắt hoạt động", "@isInterrupting": "Ngắt",
    "property legalBasis": "Căn cứ pháp lý", "property correlation": "Nhận biết hồ sơ",
    "@camunda:candidateGroups": "Nhóm thực hiện", "@camunda:candidateUsers": "Người có thể nhận",
    "@camunda:assignee": "Người thực hiện", "@camunda:dueDate": "Hạn xử lý", "@camunda:priority": "Độ ưu tiên",
    "@camunda:formRef": "Biểu mẫu", "@camunda:topic": "Thao tác hệ thống", "@camunda:decisionRef": "Bảng quyết định",
    "@camunda:resultVariable": "Biến nhận kết quả", "@camunda:followUpDate": "Ngày nhắc lại",
    "@camunda:modelerTemplate": "Mẫu phần tử", "@camunda:modelerTemplateVersion": "Bản của mẫu phần tử",
    f"extension {{{CAMUNDA}}}in": "Dữ liệu đưa vào", f"extension {{{CAMUNDA}}}out": "Dữ liệu nhận về",
    # forms
    "@label": "Nhãn", "@description": "Hướng dẫn", "@type": "Loại ô", "@values": "Các lựa chọn", "@text": "Nội dung",
    "@validate": "Ràng buộc", "@conditional": "Điều kiện ẩn hiện", "@defaultValue": "Giá trị mặc định",
    "@properties": "Thuộc tính riêng", "@id": "Mã", "@key": "Khóa", "@disabled": "Khóa không cho sửa",
    "@readonly": "Chỉ xem", "@layout": "Bố trí", "@valuesKey": "Nguồn lựa chọn", "@schemaVersion": "Bản lược đồ",
    # tables
    "description": "Ghi chú", "annotationEntry": "Chú thích", "table @hitPolicy": "Cách chọn dòng",
    "table @aggregation": "Cách tính gộp", "child inputExpression": "Biểu thức", "@typeRef": "Kiểu",
}  # fmt: skip

LONG = frozenset({"documentation", "@values", "@validate", "@conditional", "@properties", "@layout", "child text"})


def title(item: Item) -> str:
    """What a sentence calls an item of a diagram: “Bước “Duyệt thu hồi””."""
    kind = KINDS.get(item.kind, "Phần tử")
    return f"{kind} “{_cut(item.name or item.id)}”" if item.id else kind


def facet_name(facet: str) -> str:
    """What people call a facet."""
    known = _prefixed(facet)
    if known in FACETS:
        return FACETS[known]
    kind, _, name = known.partition(" ")
    if kind == "property":
        return f"Thuộc tính “{name}”"
    if kind == "input":
        return f"Dữ liệu vào “{name}”"
    if kind == "output":
        return f"Dữ liệu ra “{name}”"
    if kind in ("extension", "child", "table"):
        return f"Phần “{name.rpartition('}')[2].lstrip('@')}”"
    return f"Thuộc tính “{known.lstrip('@').rpartition('}')[2]}”"


def told(facet: str, old: Item, new: Item) -> str:
    """One difference as people read it: “Tên: “Duyệt” → “Phê duyệt””."""
    name = facet_name(facet)
    if facet == "order":
        return "Thứ tự bên trong thay đổi"
    if facet == LAYOUT:
        return "Vị trí trên sơ đồ thay đổi"
    if facet.startswith("cell "):
        name = f"Cột “{_cut(column_of(facet, new) or column_of(facet, old))}”"
    before, after = old.facets.get(facet), new.facets.get(facet)
    if before is None and after is not None:
        return f"{name}: thêm {_quoted(after.text)}" if after.text else f"{name}: thêm mới"
    if after is None and before is not None:
        return f"{name}: bỏ {_quoted(before.text)}" if before.text else f"{name}: bỏ"
    assert before is not None
    assert after is not None
    if before.text == after.text or (facet in LONG and max(len(before.text), len(after.text)) > 2 * LONGEST):
        return f"{name}: đã sửa"
    return f"{name}: {_quoted(before.text)} → {_quoted(after.text)}"


def column_of(facet: str, item: Item) -> str:
    """The heading of the column a cell stands in; empty when the item has no such cell."""
    cell = item.facets.get(facet)
    return str(cell.source[0]) if cell is not None and cell.source else ""


def _prefixed(facet: str) -> str:
    if facet.startswith("@{"):
        name = etree.QName(facet[1:])
        return f"@camunda:{name.localname}" if name.namespace == CAMUNDA else facet
    return facet


def _quoted(text: str) -> str:
    return f"“{_cut(text)}”" if text else "để trống"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
