"""Does the drawing hang together: everything can be reached, everything leads to an end, every choice has a way on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from engine.bpmn.checks.rules import Found, Rule, Subject, title
from engine.bpmn.dialect import Node, Scope

_CHOICES = ("exclusiveGateway", "inclusiveGateway")


def next_nodes(scope: Scope) -> Callable[[str], Iterable[str]]:
    """Where a token may go from a node: along flows, out of attached boundary events, through links."""
    following: dict[str, list[str]] = {node: [] for node in scope.nodes}
    for flow in scope.flows.values():
        following[flow.source].append(flow.target)
    catching: dict[str | None, str] = {}
    for node in scope.nodes.values():
        if node.kind == "boundaryEvent" and node.attached_to in following:
            following[node.attached_to].append(node.id)
        if node.kind == "intermediateCatchEvent" and node.event is not None and node.event.kind == "link":
            catching[node.event.name] = node.id
    for node in scope.nodes.values():
        if _is_link_throw(node) and node.event is not None and node.event.name in catching:
            following[node.id].append(catching[node.event.name])
    return following.__getitem__


def closure(begin: Iterable[str], following: Callable[[str], Iterable[str]]) -> set[str]:
    """Every node that can be reached from `begin`, these included."""
    found, waiting = set(), list(begin)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(following(node))
    return found


def beginnings(scope: Scope) -> list[str]:
    """Where a scope begins: its start events, or, without any, every node that nothing leads to."""
    starts = [node.id for node in scope.nodes.values() if node.kind == "startEvent"]
    if starts:
        return starts
    targets = {flow.target for flow in scope.flows.values()}
    return [node.id for node in scope.nodes.values() if node.id not in targets and not _apart(node)]


def _apart(node: Node) -> bool:
    """Nodes that begin by something else than a token: boundary events, event sub-processes, targets of links."""
    if node.kind == "boundaryEvent" or node.by_event:
        return True
    return node.kind == "intermediateCatchEvent" and node.event is not None and node.event.kind == "link"


def _unreachable(subject: Subject) -> Iterator[Found]:
    for scope in subject.diagram.root.scopes():
        reached = closure(beginnings(scope), next_nodes(scope))
        for node in scope.nodes.values():
            if node.id not in reached and not node.by_event and node.kind != "boundaryEvent":
                yield node.id, f"Không có đường nào đi tới {title(node)}; hãy nối luồng vào hoặc xóa phần tử này."


def _no_way_out(subject: Subject) -> Iterator[Found]:
    for scope in subject.diagram.root.scopes():
        following = next_nodes(scope)
        leading: dict[str, list[str]] = {node: [] for node in scope.nodes}
        for source in scope.nodes:
            for target in following(source):
                leading[target].append(source)
        ends = [node.id for node in scope.nodes.values() if not scope.outgoing(node.id) and not _is_link_throw(node)]
        ending = closure(ends, leading.__getitem__)
        for node in scope.nodes.values():
            if node.id not in ending and not node.by_event:
                yield node.id, f"Từ {title(node)} không có đường nào tới điểm kết thúc; hãy thêm lối ra khỏi vòng lặp."


def _is_link_throw(node: Node) -> bool:
    return node.kind == "intermediateThrowEvent" and node.event is not None and node.event.kind == "link"


def _no_end(subject: Subject) -> Iterator[Found]:
    if not any(node.kind == "endEvent" for node in subject.diagram.root.nodes.values()):
        yield subject.diagram.key, "Quy trình chưa có sự kiện kết thúc; hãy thêm ít nhất một."


def _loose_end(subject: Subject) -> Iterator[Found]:
    for scope, node in subject.places():
        if scope.outgoing(node.id) or node.kind in ("endEvent", "boundaryEvent") or node.by_event:
            continue
        if node.kind.endswith("Gateway") or _is_link_throw(node):
            continue
        yield node.id, f"Sau {title(node)} không còn luồng nào; hãy nối tới bước tiếp theo hoặc sự kiện kết thúc."


def _gateway_end(subject: Subject) -> Iterator[Found]:
    for scope, node in subject.places():
        if node.kind.endswith("Gateway") and not scope.outgoing(node.id):
            yield node.id, f"Cổng {title(node)} chưa có luồng đi ra; hãy nối tới bước tiếp theo."


def _idle_condition(subject: Subject) -> Iterator[Found]:
    for scope, node in subject.places():
        outgoing = scope.outgoing(node.id)
        for flow in outgoing:
            if flow.condition and flow.id == node.default:
                yield flow.id, "Luồng mặc định có điều kiện và điều kiện này bị bỏ qua; hãy xóa điều kiện."
            elif flow.condition and node.kind == "eventBasedGateway":
                yield flow.id, "Điều kiện sau cổng theo sự kiện bị bỏ qua; hãy xóa điều kiện."
            elif flow.condition and node.kind in _CHOICES and len(outgoing) == 1:
                yield flow.id, "Cổng chỉ có một luồng ra nên điều kiện có thể làm hồ sơ dừng lại; hãy xóa điều kiện."


def _idle_gateway(subject: Subject) -> Iterator[Found]:
    for scope, node in subject.places():
        if node.kind.endswith("Gateway") and len(scope.incoming(node.id)) == 1 and len(scope.outgoing(node.id)) == 1:
            yield node.id, f"Cổng {title(node)} chỉ có một luồng vào và một luồng ra; hãy bỏ cổng hoặc thêm nhánh."


def _several_starts(subject: Subject) -> Iterator[Found]:
    plain = [n for n in subject.diagram.root.nodes.values() if n.kind == "startEvent" and not n.events]
    for node in plain[1:]:
        yield node.id, "Quy trình có hơn một sự kiện bắt đầu không loại; hãy giữ một, các điểm khác đặt loại cho rõ."


def _uncaught(subject: Subject) -> Iterator[Found]:
    parents = {node.inner.id: (scope, node) for scope, node in subject.places() if node.inner is not None}
    for scope, node in subject.places():
        event = node.event
        throws = node.kind == "endEvent" and event is not None and event.kind == "error" and scope.id in parents
        if throws and event is not None and not _caught(scope, event.code, parents):
            yield node.id, (
                f"Lỗi “{event.code}” không được bắt ở đâu; hãy gắn sự kiện biên lỗi vào quy trình con bao ngoài."
            )


def _caught(scope: Scope, code: str | None, parents: dict[str, tuple[Scope, Node]]) -> bool:
    """Whether an error leaving `scope` meets something that catches it inside the procedure."""
    if any(_catches(start, code) for node in scope.nodes.values() if node.by_event for start in _starts(node)):
        return True
    if scope.id not in parents:
        return False
    outer, node = parents[scope.id]
    if any(_catches(boundary, code) for boundary in outer.boundaries(node.id)):
        return True
    return _caught(outer, code, parents)


def _starts(node: Node) -> list[Node]:
    inner = [] if node.inner is None else node.inner.nodes.values()
    return [each for each in inner if each.kind == "startEvent"]


def _catches(node: Node, code: str | None) -> bool:
    return any(event.kind == "error" and event.code in (None, code) for event in node.events)


def _unnamed(subject: Subject) -> Iterator[Found]:
    for _, node in subject.places():
        if node.kind == "userTask" and not node.element.name:
            yield node.id, "Công việc chưa có tên; hãy đặt tên để người làm biết phải làm gì."


def _nobody(subject: Subject) -> Iterator[Found]:
    for _, node in subject.places():
        attributes = node.element.attributes
        if node.kind == "userTask" and not any(
            attributes.get(name) for name in ("assignee", "candidateGroups", "candidateUsers")
        ):
            yield node.id, f"Công việc {title(node)} chưa giao cho ai; hãy chọn vai trò hoặc người xử lý."


RULES = (
    Rule("structure.unreachable", _unreachable),
    Rule("structure.no-way-out", _no_way_out),
    Rule("structure.gateway-end", _gateway_end),
    Rule("structure.no-end", _no_end, "warning"),
    Rule("structure.loose-end", _loose_end, "warning"),
    Rule("structure.idle-condition", _idle_condition, "warning"),
    Rule("structure.idle-gateway", _idle_gateway, "warning"),
    Rule("structure.several-starts", _several_starts, "warning"),
    Rule("structure.uncaught", _uncaught, "warning"),
    Rule("structure.unnamed", _unnamed, "warning"),
    Rule("structure.nobody", _nobody, "warning"),
)
