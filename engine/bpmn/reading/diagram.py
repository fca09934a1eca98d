"""Reads a BPMN file, trusting nothing in it, into a `Diagram`."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any

from lxml import etree

from engine.bpmn.dialect import (
    BPMN,
    CAMUNDA,
    EVENTS,
    GATEWAYS,
    PASSING_TASKS,
    WAITING_TASKS,
    Diagram,
    EventDefinition,
    Flow,
    Loop,
    MultiInstance,
    Node,
    Scope,
)
from engine.bpmn.reading.extensions import read_element, read_properties
from engine.errors import DefinitionError, Finding

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 100

_NODE_KINDS = (
    EVENTS
    | GATEWAYS
    | WAITING_TASKS
    | PASSING_TASKS
    | {"sendTask", "scriptTask", "subProcess", "transaction", "adHocSubProcess", "complexGateway"}
    | {"choreographyTask", "callChoreography", "subChoreography"}
)
_SCOPE_KINDS = frozenset({"subProcess", "transaction", "adHocSubProcess"})
_IN_BPMN = f"{{{BPMN}}}"  # how the tags of BPMN begin
_DECLARED = re.compile(rb"""^<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def _refuse(sentence: str, element: str = "", rule: str = "reading") -> DefinitionError:
    return DefinitionError([Finding(element, rule, sentence)])


def read_xml(xml: bytes) -> Any:
    """Parse `xml` without DTD, entities or network and return its root.

    Raises DefinitionError when the file is too large, too deep, not UTF-8 or not well-formed.
    """
    if len(xml) > MAX_BYTES:
        raise _refuse("Tệp sơ đồ lớn hơn 2 MB. Hãy chia thủ tục thành các thủ tục con.")
    declared = _DECLARED.match(xml.lstrip(b"\xef\xbb\xbf"))
    if declared is not None and declared.group(1).upper() not in (b"UTF-8", b"US-ASCII"):
        raise _refuse("Tệp sơ đồ phải dùng bảng mã UTF-8.")
    try:
        xml.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refuse("Tệp sơ đồ phải dùng bảng mã UTF-8.") from error
    # In UTF-8 the bytes are decisive: what isn't spelled this way isn't a document type.
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml or b"\x00" in xml:
        raise _refuse("Tệp sơ đồ khai báo DOCTYPE hoặc thực thể; vì an toàn, nội dung này không được nhận.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line, column = getattr(error, "position", (0, 0))
        where = f" ở dòng {line}, cột {column}" if line else ""
        raise _refuse(f"Tệp sơ đồ không phải XML đúng quy cách{where}; hãy xuất lại từ công cụ đã vẽ.") from error
    _check_depth(root)
    return root


def _check_depth(root: Any) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise _refuse(f"Tệp sơ đồ lồng nhau quá {MAX_DEPTH} lớp.")


def read(xml: bytes) -> Diagram:
    """Read the one executable procedure of a BPMN file; raises DefinitionError."""
    return _Reading(read_xml(xml)).diagram()


def _local(node: Any) -> str:
    # by far faster than a name object for every element
    return node.tag[len(_IN_BPMN) :] if isinstance(node.tag, str) and node.tag.startswith(_IN_BPMN) else ""


def _text(node: Any) -> str:
    parts: list[str] = list(node.itertext())
    return "".join(parts).strip()


class _Reading:
    """One pass over one file; collects what is broken and refuses at the end."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.findings: list[Finding] = []
        self.seen: set[str] = set()
        self.lanes: dict[str, str] = {}
        self.declared: dict[str, dict[str, Any]] = {
            kind: {each.get("id"): each for each in root.iter(f"{{{BPMN}}}{kind}") if each.get("id")}
            for kind in ("message", "signal", "error", "escalation")
        }

    def diagram(self) -> Diagram:
        process = self._process()
        lanes: list[str] = []
        for lane in process.iter(f"{{{BPMN}}}lane"):
            name = lane.get("name") or lane.get("id") or ""
            lanes.append(name)
            for ref in lane.findall(f"{{{BPMN}}}flowNodeRef"):
                self.lanes[(ref.text or "").strip()] = name
        key = process.get("id")
        self.seen.add(key)
        root = self._scope(process, key, None)
        if self.findings:
            raise DefinitionError(self.findings)
        documentation = process.find(f"{{{BPMN}}}documentation")
        return Diagram(
            key=key,
            name=process.get("name") or key,
            root=root,
            lanes=tuple(dict.fromkeys(lanes)),
            documentation="" if documentation is None else _text(documentation),
            properties=MappingProxyType(read_properties(process)),
        )

    def _process(self) -> Any:
        if _local(self.root) != "definitions":
            raise _refuse("Tệp này không phải sơ đồ BPMN 2.0.")
        processes = self.root.findall(f"{{{BPMN}}}process")
        executable = [each for each in processes if each.get("isExecutable", "false") == "true"]
        chosen = executable or processes
        if len(chosen) != 1:
            raise _refuse("Tệp sơ đồ phải có đúng một quy trình thực thi được.")
        if not chosen[0].get("id"):
            raise _refuse("Quy trình chưa có mã (id).")
        return chosen[0]

    def _fail(self, element: str, sentence: str) -> None:
        self.findings.append(Finding(element, "reading", sentence))

    def _scope(self, parent: Any, scope_id: str, enclosing: str | None) -> Scope:
        scope = Scope(scope_id)
        for child in parent:
            kind = _local(child)
            if kind not in _NODE_KINDS and kind != "sequenceFlow":
                continue
            identifier = child.get("id")
            if not identifier:
                self._fail(scope_id, f"Có phần tử {kind} chưa có mã (id).")
            elif identifier in self.seen:
                self._fail(identifier, "Mã (id) này được dùng cho hai phần tử.")
            else:
                self.seen.add(identifier)
                if kind == "sequenceFlow":
                    self._flow(scope, child, identifier)
                else:
                    scope.add(self._node(child, kind, enclosing))
        self._check_references(scope)
        return scope

    def _check_references(self, scope: Scope) -> None:
        for flow in scope.flows.values():
            for end in (flow.source, flow.target):
                if end not in scope.nodes:
                    self._fail(flow.id, f"Luồng nối tới phần tử «{end}» không có trong cùng phạm vi.")
        for node in scope.nodes.values():
            if node.attached_to is not None and node.attached_to not in scope.nodes:
                self._fail(node.id, "Sự kiện biên không gắn vào hoạt động nào.")
            if node.default is not None and node.default not in scope.flows:
                self._fail(node.id, "Luồng mặc định không tồn tại.")

    def _flow(self, scope: Scope, child: Any, identifier: str) -> None:
        condition = child.find(f"{{{BPMN}}}conditionExpression")
        text = None if condition is None else _text(condition)
        source, target = child.get("sourceRef", ""), child.get("targetRef", "")
        scope.add(Flow(identifier, source, target, child.get("name") or "", text or None))

    def _node(self, child: Any, kind: str, enclosing: str | None) -> Node:
        element = read_element(child, kind, self.lanes.get(child.get("id")), enclosing)
        node = Node(element, default=child.get("default"), events=self._events(child, kind))
        node.attached_to = child.get("attachedToRef") if kind == "boundaryEvent" else None
        node.interrupting = child.get("cancelActivity", child.get("isInterrupting", "true")) != "false"
        node.by_event = child.get("triggeredByEvent") == "true"
        node.multi, node.loop = self._multi(child), self._loop(child)
        node.oddities = _oddities(child)
        if kind in _SCOPE_KINDS:
            node.inner = self._scope(child, element.id, element.id)
        return node

    def _events(self, child: Any, kind: str) -> tuple[EventDefinition, ...]:
        found = []
        for each in child:
            name = _local(each)
            if name.endswith("EventDefinition"):
                found.append(self._event(child, each, name.removesuffix("EventDefinition")))
            elif name == "eventDefinitionRef":
                self._fail(child.get("id"), "Sự kiện tham chiếu tới định nghĩa dùng chung; hãy khai báo ngay tại đây.")
        if kind in ("sendTask", "receiveTask"):
            found.append(EventDefinition("message", name=self._declared_name(child, "message", child)))
        return tuple(found)

    def _declared_name(self, element: Any, kind: str, definition: Any) -> str | None:
        reference = definition.get(f"{kind}Ref")
        if not reference:
            return None
        declared = self.declared[kind].get(reference)
        if declared is None:
            self._fail(element.get("id"), f"Sự kiện tham chiếu tới «{reference}» chưa được khai báo.")
            return None
        return str(declared.get("name") or reference)

    def _event(self, element: Any, definition: Any, kind: str) -> EventDefinition:
        if kind == "timer":
            for form in ("Date", "Duration", "Cycle"):
                found = definition.find(f"{{{BPMN}}}time{form}")
                if found is not None:
                    timer: Any = form.lower()
                    return EventDefinition("timer", timer=timer, text=_text(found))
            return EventDefinition("timer")
        if kind in ("message", "signal"):
            return EventDefinition(kind, name=self._declared_name(element, kind, definition))  # type: ignore[arg-type]
        if kind in ("error", "escalation"):
            reference = definition.get(f"{kind}Ref")
            declared = self.declared[kind].get(reference) if reference else None
            if reference and declared is None:
                self._fail(element.get("id"), f"Sự kiện tham chiếu tới «{reference}» chưa được khai báo.")
            code = None if declared is None else declared.get(f"{kind}Code") or reference
            return EventDefinition(
                kind,  # type: ignore[arg-type]
                code=code,
                code_variable=definition.get(f"{{{CAMUNDA}}}{kind}CodeVariable"),
                message_variable=definition.get(f"{{{CAMUNDA}}}{kind}MessageVariable"),
            )
        return EventDefinition(kind, name=definition.get("name"))  # type: ignore[arg-type]

    def _loop(self, child: Any) -> Loop | None:
        marker = child.find(f"{{{BPMN}}}standardLoopCharacteristics")
        if marker is None:
            return None
        condition = marker.find(f"{{{BPMN}}}loopCondition")
        maximum = marker.get("loopMaximum")
        if maximum is not None and not maximum.isdigit():
            self._fail(child.get("id"), "Số vòng lặp tối đa phải là số nguyên.")
            maximum = None
        return Loop(
            None if condition is None else _text(condition),
            marker.get("testBefore") == "true",
            None if maximum is None else int(maximum),
        )

    def _multi(self, child: Any) -> MultiInstance | None:
        marker = child.find(f"{{{BPMN}}}multiInstanceLoopCharacteristics")
        if marker is None:
            return None
        parts = {_local(each): each for each in marker}
        item = parts.get("inputDataItem")
        output_item = parts.get("outputDataItem")
        variable = marker.get(f"{{{CAMUNDA}}}elementVariable")
        if not variable and item is not None:
            variable = item.get("name") or item.get("id")
        collection = marker.get(f"{{{CAMUNDA}}}collection") or _part(parts, "loopDataInputRef")
        return MultiInstance(
            collection=collection or None,
            cardinality=_part(parts, "loopCardinality"),
            item_variable=variable or "item",
            sequential=marker.get("isSequential") == "true",
            completion=_part(parts, "completionCondition"),
            output=_part(parts, "loopDataOutputRef"),
            output_item=None if output_item is None else output_item.get("name") or output_item.get("id"),
        )


def _part(parts: dict[str, Any], name: str) -> str | None:
    text: str = _text(parts[name]) if name in parts else ""
    return text or None


def _oddities(child: Any) -> tuple[str, ...]:
    """Names of attributes and children that would change how the element runs and that nothing here obeys."""
    found = []
    if child.get("isForCompensation") == "true":
        found.append("isForCompensation")
    if child.get("parallelMultiple") == "true":
        found.append("parallelMultiple")
    if child.get("instantiate") == "true":
        found.append("instantiate")
    for name in ("class", "delegateExpression", "expression", "variableMappingClass"):
        if child.get(f"{{{CAMUNDA}}}{name}"):
            found.append(f"camunda:{name}")
    for each in child.iter(f"{{{CAMUNDA}}}script", f"{{{CAMUNDA}}}executionListener", f"{{{CAMUNDA}}}taskListener"):
        if _owner(each) is child:
            found.append(f"camunda:{etree.QName(each).localname}")
    return tuple(dict.fromkeys(found))


def _owner(extension: Any) -> Any:
    current = extension
    while current is not None and _local(current) != "extensionElements":
        current = current.getparent()
    return None if current is None else current.getparent()
