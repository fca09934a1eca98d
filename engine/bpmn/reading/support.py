"""What the core can't run is refused here, with the element and a sentence, never met while an instance runs."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.dialect import Diagram, Node, Scope
from engine.errors import Finding

_REFUSED_KINDS = {
    "scriptTask": "Tác vụ kịch bản không được dùng: sơ đồ không được chạy mã. Hãy dùng tác vụ dịch vụ hoặc biểu thức.",
    "complexGateway": "Cổng phức hợp chưa được hỗ trợ. Hãy dùng cổng loại trừ, bao hàm hoặc song song.",
    "adHocSubProcess": "Quy trình con tùy biến (ad-hoc) chưa được hỗ trợ. Hãy vẽ rõ thứ tự các bước.",
    "transaction": "Quy trình con kiểu giao dịch chưa được hỗ trợ. Hãy dùng quy trình con thường.",
    "choreographyTask": "Sơ đồ phối hợp (choreography) không thực thi được.",
    "callChoreography": "Sơ đồ phối hợp (choreography) không thực thi được.",
    "subChoreography": "Sơ đồ phối hợp (choreography) không thực thi được.",
}
_REFUSED_EVENTS = {
    "compensate": "Sự kiện bù trừ chưa được hỗ trợ. Hãy vẽ các bước hoàn tác như một nhánh thường.",
    "conditional": "Sự kiện điều kiện chưa được hỗ trợ. Hãy dùng thông điệp, tín hiệu hoặc bộ hẹn giờ.",
    "cancel": "Sự kiện hủy giao dịch chưa được hỗ trợ.",
}
_ALLOWED_EVENTS = {
    "startEvent": {"timer", "message", "signal"},
    "eventStart": {"timer", "message", "signal", "error", "escalation"},
    "endEvent": {"message", "signal", "error", "escalation", "terminate"},
    "intermediateCatchEvent": {"timer", "message", "signal", "link"},
    "intermediateThrowEvent": {"message", "signal", "escalation", "link"},
    "boundaryEvent": {"timer", "message", "signal", "error", "escalation"},
    "sendTask": {"message"},
    "receiveTask": {"message"},
}
_NEEDS_NAME = {"message": "thông điệp", "signal": "tín hiệu", "link": "liên kết"}
_REPEATABLE = {"userTask", "serviceTask", "callActivity", "subProcess"}
_LOOPABLE = _REPEATABLE | {"businessRuleTask", "receiveTask"}
_HOSTS = {"userTask", "serviceTask", "businessRuleTask", "callActivity", "receiveTask", "subProcess"}


def refusals(diagram: Diagram) -> list[Finding]:
    """Every reason why the diagram can't be run, element by element; empty when it can."""
    found = list(_scope(diagram.root, in_event=False))
    if not any(node.kind == "startEvent" for node in diagram.root.nodes.values()):
        found.append(_finding(diagram.key, "Quy trình chưa có sự kiện bắt đầu."))
    return found


def _finding(element: str, sentence: str) -> Finding:
    return Finding(element, "support", sentence)


def _scope(scope: Scope, in_event: bool) -> Iterator[Finding]:
    for node in scope.nodes.values():
        yield from _node(scope, node, in_event)
        if node.inner is not None and node.kind == "subProcess":
            yield from _inner(node)
    yield from _links(scope)


def _inner(node: Node) -> Iterator[Finding]:
    assert node.inner is not None
    starts = [each for each in node.inner.nodes.values() if each.kind == "startEvent"]
    if not node.inner.nodes:
        yield _finding(node.id, "Quy trình con chưa có bước nào.")
    elif len(starts) > 1:
        yield _finding(node.id, "Quy trình con chỉ được có một sự kiện bắt đầu.")
    elif node.by_event:
        if not starts or starts[0].event is None:
            yield _finding(node.id, "Quy trình con theo sự kiện phải bắt đầu bằng một sự kiện có loại.")
    elif starts and starts[0].events:
        yield _finding(starts[0].id, "Quy trình con thường phải bắt đầu bằng sự kiện không có loại.")
    elif not starts and not _beginnings(node.inner):
        yield _finding(node.id, "Quy trình con không có điểm bắt đầu: mọi bước đều có luồng đi vào.")
    yield from _scope(node.inner, in_event=node.by_event)


def _beginnings(scope: Scope) -> list[str]:
    targets = {flow.target for flow in scope.flows.values()}
    return [n.id for n in scope.nodes.values() if n.id not in targets and n.attached_to is None and not n.by_event]


def _node(scope: Scope, node: Node, in_event: bool) -> Iterator[Finding]:
    if node.kind in _REFUSED_KINDS:
        yield _finding(node.id, _REFUSED_KINDS[node.kind])
        return
    for oddity in node.oddities:
        yield _finding(node.id, f"Thuộc tính «{oddity}» không được hỗ trợ; hãy bỏ khỏi phần tử này.")
    yield from _events(node, "eventStart" if in_event and node.kind == "startEvent" else node.kind)
    yield from _repetition(node)
    yield from _places(scope, node)
    yield from _tasks(node)


def _events(node: Node, kind: str) -> Iterator[Finding]:
    allowed = _ALLOWED_EVENTS.get(kind, set())
    if len(node.events) > 1:
        yield _finding(node.id, "Một sự kiện chỉ được có một loại.")
    for event in node.events:
        if event.kind in _REFUSED_EVENTS:
            yield _finding(node.id, _REFUSED_EVENTS[event.kind])
        elif event.kind not in allowed:
            yield _finding(node.id, f"Loại sự kiện «{event.kind}» không dùng được ở vị trí này.")
        elif event.kind in _NEEDS_NAME and not event.name:
            yield _finding(node.id, f"Chưa đặt tên {_NEEDS_NAME[event.kind]} cho sự kiện này.")
        elif event.kind == "timer" and not event.text:
            yield _finding(node.id, "Bộ hẹn giờ chưa có thời điểm, khoảng thời gian hoặc chu kỳ.")
        elif event.kind == "timer" and event.timer == "cycle" and kind == "intermediateCatchEvent":
            yield _finding(node.id, "Sự kiện chờ giữa quy trình không nhận chu kỳ; hãy dùng thời điểm hoặc khoảng.")
        elif event.kind == "timer" and event.timer == "cycle" and node.interrupting and kind != "startEvent":
            yield _finding(node.id, "Chu kỳ chỉ có nghĩa với sự kiện không ngắt; hãy dùng khoảng thời gian.")
        elif event.kind == "error" and kind != "endEvent" and not node.interrupting:
            yield _finding(node.id, "Sự kiện lỗi luôn ngắt hoạt động; hãy bỏ chế độ không ngắt.")
        elif event.kind in ("error", "escalation") and kind == "endEvent" and not event.code:
            yield _finding(node.id, "Sự kiện kết thúc này phải nêu mã lỗi hoặc mã báo cáo vượt cấp.")
        elif event.kind == "escalation" and kind == "intermediateThrowEvent" and not event.code:
            yield _finding(node.id, "Sự kiện báo cáo vượt cấp phải nêu mã.")
    if kind in ("boundaryEvent", "intermediateCatchEvent") and not node.events:
        yield _finding(node.id, "Sự kiện này chưa có loại (hẹn giờ, thông điệp, tín hiệu…).")


def _repetition(node: Node) -> Iterator[Finding]:
    if node.multi is not None:
        if node.kind not in _REPEATABLE or node.by_event:
            yield _finding(node.id, "Phần tử này không lặp nhiều bản được.")
        if bool(node.multi.collection) == bool(node.multi.cardinality):
            yield _finding(node.id, "Hoạt động nhiều bản phải nêu một danh sách hoặc một số lượng.")
    if node.loop is not None:
        if node.kind not in _LOOPABLE or node.by_event:
            yield _finding(node.id, "Phần tử này không lặp được.")
        if node.loop.condition is None and node.loop.maximum is None:
            yield _finding(node.id, "Vòng lặp phải có điều kiện hoặc số lần tối đa.")


def _places(scope: Scope, node: Node) -> Iterator[Finding]:
    incoming, outgoing = scope.incoming(node.id), scope.outgoing(node.id)
    if incoming and (node.kind in ("startEvent", "boundaryEvent") or node.by_event):
        yield _finding(node.id, "Phần tử này không được có luồng đi vào.")
    if outgoing and (node.kind == "endEvent" or node.by_event):
        yield _finding(node.id, "Phần tử này không được có luồng đi ra.")
    if node.kind == "boundaryEvent":
        host = scope.nodes.get(node.attached_to or "")
        if host is None or host.kind not in _HOSTS or host.by_event:
            yield _finding(node.id, "Sự kiện biên chỉ gắn được vào một hoạt động.")
        if not outgoing:
            yield _finding(node.id, "Sự kiện biên chưa có luồng đi ra.")
    if node.kind == "eventBasedGateway":
        yield from _event_gateway(scope, node)
    if node.kind in ("exclusiveGateway", "inclusiveGateway") and len(outgoing) > 1:
        for flow in outgoing:
            if flow.condition is None and flow.id != node.default:
                yield _finding(flow.id, "Luồng ra khỏi cổng phải có điều kiện hoặc là luồng mặc định.")
    if node.kind == "parallelGateway" and any(flow.condition for flow in outgoing):
        yield _finding(node.id, "Luồng ra khỏi cổng song song không được có điều kiện.")


def _event_gateway(scope: Scope, node: Node) -> Iterator[Finding]:
    outgoing = scope.outgoing(node.id)
    if len(outgoing) < 2:
        yield _finding(node.id, "Cổng theo sự kiện phải có ít nhất hai luồng đi ra.")
    for flow in outgoing:
        target = scope.nodes.get(flow.target)
        if target is None or target.kind not in ("intermediateCatchEvent", "receiveTask"):
            yield _finding(flow.id, "Sau cổng theo sự kiện chỉ được là sự kiện chờ hoặc tác vụ nhận.")
        elif any(event.kind == "link" for event in target.events) or len(scope.incoming(target.id)) > 1:
            yield _finding(target.id, "Sự kiện sau cổng theo sự kiện chỉ được có một luồng đi vào.")
        elif scope.boundaries(target.id):
            yield _finding(target.id, "Tác vụ nhận sau cổng theo sự kiện không được có sự kiện biên.")


def _tasks(node: Node) -> Iterator[Finding]:
    attributes = node.element.attributes
    if node.kind == "serviceTask":
        if attributes.get("type") != "external" or not attributes.get("topic"):
            yield _finding(node.id, 'Tác vụ dịch vụ chưa chọn thao tác (camunda:type="external" và camunda:topic).')
    elif node.kind == "businessRuleTask" and not attributes.get("decisionRef"):
        yield _finding(node.id, "Tác vụ quy tắc chưa chọn bảng quyết định (camunda:decisionRef).")
    elif node.kind == "callActivity" and not attributes.get("calledElement"):
        yield _finding(node.id, "Hoạt động gọi chưa chọn thủ tục được gọi (calledElement).")


def _links(scope: Scope) -> Iterator[Finding]:
    thrown: dict[str, str] = {}
    caught: dict[str, list[str]] = {}
    for node in scope.nodes.values():
        event = node.event
        if event is not None and event.kind == "link" and event.name:
            if node.kind == "intermediateThrowEvent":
                thrown[node.id] = event.name
            else:
                caught.setdefault(event.name, []).append(node.id)
    for identifier, name in thrown.items():
        if len(caught.get(name, [])) != 1:
            yield _finding(identifier, f"Liên kết «{name}» phải có đúng một điểm đến trong cùng phạm vi.")
    for name, places in caught.items():
        for identifier in places:
            if name not in thrown.values():
                yield _finding(identifier, f"Không có liên kết nào dẫn tới «{name}».")
